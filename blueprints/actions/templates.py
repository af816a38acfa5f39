"""Mails that plays send, written once: what is wrong with one is said before it is saved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from accounts import timeline
from accounts.actions.errors import Refused, named_refusals
from accounts.actions.validity import check, check_change, only, settled
from accounts.actions.writing import change, told
from accounts.models import User
from accounts.registry import known_facts
from blueprints import texts
from blueprints.models import MessageTemplate

FIELDS = ("name", "subject", "body")


@transaction.atomic
def add(values: Mapping[str, Any], *, by: User | None) -> MessageTemplate:
    given = only(values, FIELDS)
    template = MessageTemplate(**given)
    check(template)
    _check_texts(given)
    with named_refusals(MessageTemplate):
        template.save(force_insert=True)
    settled(template)
    timeline.record("template.added", by=by, template_id=template.pk, name=template.name)
    return template


@transaction.atomic
def edit(
    template: MessageTemplate, values: Mapping[str, Any], *, by: User | None, version: int | None = None
) -> MessageTemplate:
    """Changes what differs; runs that come to their mail from now on say it the new way. Stale `version`: Conflict."""
    given = only(values, FIELDS)
    check_change(template, given)
    _check_texts(given)
    if changed := change(template, given, version=version):
        timeline.record("template.edited", by=by, template_id=template.pk, name=template.name, **told(changed))
    return template


def _check_texts(given: Mapping[str, Any]) -> None:
    facts = known_facts()
    checks = {"subject": texts.line_problems, "body": texts.problems}
    found = {name: problems(given[name], facts=facts) for name, problems in checks.items() if name in given}
    if errors := {name: messages for name, messages in found.items() if messages}:
        raise Refused(errors)
