"""Health models: added, changed, put in order, put away. Whoever may be scored differently is looked at again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models.functions import Now
from django.utils.text import slugify

from accounts import timeline
from accounts.actions.errors import Conflict, named_refusals, refuse
from accounts.actions.validity import check, check_change, only
from accounts.actions.writing import change, told
from accounts.models import User
from blueprints import rules
from metrics.health import live
from metrics.health.actions import versions
from metrics.health.models import HealthModel, State

FIELDS = ("name", "key", "applies")
MOST = 20


@transaction.atomic
def add(values: Mapping[str, Any], definition: Mapping[str, Any], *, by: User | None) -> HealthModel:
    """A model with its first draft, behind all others; the key is made from the name unless given."""
    wanted = only(values, FIELDS)
    wanted["key"] = wanted.get("key") or slugify(wanted.get("name", ""))[:40].strip("-")
    if not wanted["key"]:
        raise refuse("name", "Give the model a name with letters.")
    if HealthModel.objects.filter(archived_at=None).count() >= MOST:
        raise refuse("", f"A workspace has at most {MOST} health models.")
    last = HealthModel.objects.order_by("-position").values_list("position", flat=True).first()
    model = HealthModel(**wanted, position=0 if last is None else last + 1)
    _check_applies(model.applies)
    check(model)
    with named_refusals(HealthModel):
        model.save()
    timeline.record("health_model.added", by=by, model_id=model.pk, name=model.name)
    versions.write(model, definition, by=by)
    return model


@transaction.atomic
def edit(model: HealthModel, values: Mapping[str, Any], *, by: User | None, version: int | None = None) -> HealthModel:
    """Its name and whom it scores; the key stays, since facts and charts call its versions by it."""
    wanted = only(values, ("name", "applies"))
    if "applies" in wanted:
        _check_applies(wanted["applies"])
    check_change(model, wanted)
    changed = change(model, wanted, version=version)
    if changed:
        timeline.record("health_model.edited", by=by, model_id=model.pk, name=model.name, **told(changed))
    if "applies" in changed and model.versions.filter(state=State.PUBLISHED).exists():
        versions.look_again()
    return model


@transaction.atomic
def move(model: HealthModel, *, up: bool, by: User | None, seen: Sequence[int] | None = None) -> None:
    """One place up or down; at the end of the list nothing happens.

    `seen` are the ids in the order that was looked at; Conflict where they stand in another by now.
    """
    rows = list(HealthModel.objects.select_for_update().filter(archived_at=None).order_by("position", "id"))
    if seen is not None and list(seen) != [row.pk for row in rows]:
        raise Conflict(model)
    ordered = moved(rows, model, up=up)
    if ordered == rows:
        return
    for position, row in enumerate(ordered):
        row.position = position
    HealthModel.objects.bulk_update(ordered, ["position"])
    before, after = (", ".join(row.name for row in each) for each in (rows, ordered))
    timeline.record("health_models.ordered", by=by, names=f"{after} (before: {before})", before=before, after=after)
    versions.look_again()


def moved(rows: list[HealthModel], model: HealthModel, *, up: bool) -> list[HealthModel]:
    """The same models with this one a place higher or lower, where there is one."""
    place = next((n for n, row in enumerate(rows) if row.pk == model.pk), -1)
    other = place + (-1 if up else 1)
    if place < 0 or not 0 <= other < len(rows):
        return rows
    ordered = list(rows)
    ordered[place], ordered[other] = ordered[other], ordered[place]
    return ordered


@transaction.atomic
def archive(model: HealthModel, *, by: User | None) -> HealthModel:
    """It scores nobody any more; its versions stay, since history was scored by them."""
    if model.archived_at is None:
        HealthModel.objects.filter(pk=model.pk).update(archived_at=Now())
        model.refresh_from_db()
        timeline.record("health_model.archived", by=by, model_id=model.pk, name=model.name)
        versions.look_again()
    return model


def _check_applies(tree: Any) -> None:
    problems = rules.validate(tree, live.inputs(), of_event=False)
    if problems:
        raise refuse("applies", " ".join(problems))
