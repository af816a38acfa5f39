"""Versions of a model: drafted, changed, tried beside the live one, published once all have signed, retired."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any

from django.db import transaction
from django.db.models import F, Max
from django.db.models.functions import Now
from django.utils import timezone

from accounts import timeline
from accounts.actions import knowledge
from accounts.actions.errors import Conflict, Refused, named_refusals, refuse
from accounts.models import User
from metrics.health import checking, definitions, live
from metrics.health.actions import signing
from metrics.health.models import Decision, HealthModel, HealthVersion, Judgement, SignOff, State

NOTE = 300


def write(model: HealthModel, definition: Mapping[str, Any], *, by: User | None, note: str = "") -> HealthVersion:
    """The model's next draft. Refused with every problem at its path; one draft at a time."""
    accept(definition)
    known = live.judged_facts()
    last = model.versions.aggregate(last=Max("number"))["last"] or 0
    with named_refusals(HealthVersion):
        version = HealthVersion.objects.create(
            model=model, number=last + 1, definition=dict(definition), note=note[:NOTE], created_by=by
        )
    timeline.record("health_version.drafted", by=by, version_id=version.pk, name=version.name)
    _recall_judgements(known, definition)
    return version


@transaction.atomic
def draft(model: HealthModel, *, by: User | None) -> HealthVersion:
    """Begins where the newest version stands; the draft that is there already is given back."""
    there = model.versions.filter(state=State.DRAFT).first()
    if there is not None:
        return there
    return write(model, model.versions.latest("number").definition, by=by)


@transaction.atomic
def edit_draft(
    draft: HealthVersion, definition: Mapping[str, Any], *, by: User | None, note: str | None = None,
    version: int | None = None,
) -> HealthVersion:  # fmt: skip
    """Whoever signed is asked again, since they signed something else. Stale: Conflict."""
    _only_draft(draft)
    accept(definition)
    values = {"definition": dict(definition), "note": draft.note if note is None else note.strip()[:NOTE]}
    changes, known = len(definitions.differences(draft.definition, definition)), live.judged_facts()
    if not changes and values["note"] == draft.note:
        return draft
    seen = draft.version if version is None else version
    rows = HealthVersion.objects.filter(pk=draft.pk, version=seen, state=State.DRAFT)
    if not rows.update(**values, version=F("version") + 1):
        raise Conflict(HealthVersion.objects.select_related("model").get(pk=draft.pk))
    draft.refresh_from_db()
    if changes:
        signing.ask_again(draft, by=by)
        timeline.record("health_version.edited", by=by, version_id=draft.pk, name=draft.name, changes=changes)
        _recall_judgements(known, definition)
        if draft.shadow:
            look_again()
    return draft


@transaction.atomic
def drop(draft: HealthVersion, *, by: User | None) -> None:
    _only_draft(draft)
    if draft.number == 1:
        raise refuse("", "A model’s first draft can’t be dropped; archive the model instead.")
    name, was_shadow = draft.name, draft.shadow
    signing.forget(draft, by=by)
    draft.delete()
    timeline.record("health_version.dropped", by=by, name=name)
    if was_shadow:
        look_again()


@transaction.atomic
def shadow(draft: HealthVersion, on: bool, *, by: User | None) -> HealthVersion:
    """As a challenger it scores beside the live version, for the comparison, and changes nobody's band."""
    _only_draft(draft)
    if draft.shadow != on:
        HealthVersion.objects.filter(pk=draft.pk).update(shadow=on)
        draft.refresh_from_db()
        what = "scores beside the live one" if on else "no longer scores beside the live one"
        timeline.record("health_version.shadowed", by=by, version_id=draft.pk, name=draft.name, what=what)
        look_again()
    return draft


@transaction.atomic
def publish(draft: HealthVersion, *, by: User | None, now: dt.datetime | None = None) -> HealthVersion:
    """It scores from now on, and the one before is retired. Refused until all who were asked have signed."""
    row = HealthVersion.objects.select_for_update(of=("self",)).select_related("model").get(pk=draft.pk)
    _only_draft(row)
    if row.model.archived_at is not None:
        raise refuse("", "This model is archived.")
    _all_signed(row)
    accept(row.definition)
    at = now or timezone.now()
    row.model.versions.filter(state=State.PUBLISHED).update(state=State.RETIRED, retired_at=at)
    HealthVersion.objects.filter(pk=row.pk).update(
        state=State.PUBLISHED, shadow=False, published_at=at, published_by=by, version=F("version") + 1
    )
    row.refresh_from_db()
    timeline.record("health_version.published", by=by, version_id=row.pk, name=row.name, note=row.note or "–")
    look_again()
    return row


@transaction.atomic
def retire(version: HealthVersion, *, by: User | None) -> HealthVersion:
    """Nothing takes its place: its accounts go to the next model in order."""
    if not HealthVersion.objects.filter(pk=version.pk, state=State.PUBLISHED).update(
        state=State.RETIRED, retired_at=Now(), version=F("version") + 1
    ):
        raise refuse("", "Only what is published can be retired.")
    version.refresh_from_db()
    timeline.record("health_version.retired", by=by, version_id=version.pk, name=version.name)
    look_again()
    return version


def accept(definition: Any) -> None:
    """Refused({path: [what is wrong]})."""
    problems = checking.check(definition, live.inputs())
    if problems:
        errors: dict[str, list[str]] = {}
        for problem in problems:
            errors.setdefault(problem.path, []).append(problem.says)
        raise Refused(errors)


def look_again() -> None:
    """Every account may have another score now; the engine works them out within seconds, in slices."""
    knowledge.note_all(derived_only=True)


def _recall_judgements(known: Collection[str], definition: definitions.Raw) -> None:
    """What people judged for an earlier version is a fact again once a draft asks for it: so it is known long before
    the draft is published, and scores need nothing but the facts that are known."""
    asked = definitions.judged_facts(definitions.read(definition)).keys() - set(known)
    if Judgement.objects.filter(measure__in=[name.removeprefix(definitions.JUDGED) for name in asked]).exists():
        knowledge.note_all()


def _all_signed(draft: HealthVersion) -> None:
    missing = SignOff.objects.filter(of=draft).exclude(decision=Decision.SIGNED).select_related("asked")
    if missing:
        names = ", ".join(str(each.asked) for each in missing)
        raise refuse("", f"Not signed yet by {names}.")


def _only_draft(version: HealthVersion) -> None:
    if version.state != State.DRAFT:
        raise refuse("", "Only a draft can be changed; begin a new one.")
