"""A model out of a YAML document: as a new model, or as the next draft of the one with its key."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from accounts.actions.errors import Refused
from accounts.models import User
from metrics.health import checking, documents, live
from metrics.health.actions import models, versions
from metrics.health.checking import Problem
from metrics.health.models import HealthModel, HealthVersion, State

ELSEWHERE = (
    "Whom a model scores that is live changes at once, and not with a draft: change it on the model’s page first."
)


@transaction.atomic
def bring(text: str, *, by: User | None) -> HealthVersion:
    """Refused with every problem, each with its path in the document; nothing is written then."""
    values, definition, problems = documents.read(text)
    if definition or not problems:
        problems = problems + checking.check(definition, live.inputs())
    if problems:
        raise Refused({"text": [_said(each) for each in problems]})
    model = HealthModel.objects.filter(key=values["key"], archived_at=None).first() if values["key"] else None
    if model and model.applies != values["applies"] and model.versions.filter(state=State.PUBLISHED).exists():
        raise Refused({"text": [_said(Problem("applies", ELSEWHERE))]})
    if model is None:
        return _placed(lambda: models.add(values, definition, by=by)).versions.get()
    _placed(lambda: models.edit(model, {"name": values["name"], "applies": values["applies"]}, by=by))
    draft: HealthVersion = model.versions.filter(state=State.DRAFT).first() or versions.draft(model, by=by)
    return versions.edit_draft(draft, definition, by=by)


def _placed(act: Any) -> Any:
    """A refusal of a field is one of the document's."""
    try:
        return act()
    except Refused as refused:
        said = [_said(Problem(field, text)) for field, texts in refused.errors.items() for text in texts]
        raise Refused({"text": said}) from refused


def _said(problem: Problem) -> str:
    return f"{problem.path}: {problem.says}" if problem.path else problem.says
