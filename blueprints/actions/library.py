"""Puts the operating model that comes with the product into a tenant; again and again, without harm."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

from django.db.models import Func

from accounts.models import Tenant
from accounts.tenancy.context import tenant_context
from blueprints import library, rules, steps
from blueprints.actions import turns
from blueprints.models import Blueprint, Play, PlayState, PlayVersion

SAID = [
    "chapter", "position", "title", "goal", "summary", "moment_that_matters", "steps", "checklist", "questions",
    "letters", "next_code",
]  # fmt: skip


Since = dt.datetime | Func


def load(tenant: Tenant, *, since: Since | None = None, chosen: Collection[str] = ()) -> None:
    """Blueprints as the product says them now; plays only of codes that the tenant lacks: theirs stay theirs.

    A new workspace's first plays answer what happened from its first moment on, later ones what happens from now on;
    `since` says otherwise. Plays of the codes in `chosen` are on from the start.
    """
    with tenant_context(tenant):
        turns.take(tenant.pk)
        since = since or (turns.instant() if Play.objects.exists() else tenant.created_at)
        Blueprint.objects.bulk_create(
            [Blueprint(**_row(spec)) for spec in library.blueprints()],
            update_conflicts=True,
            unique_fields=["tenant", "code"],
            update_fields=SAID,
        )
        for spec in library.plays():
            _add_play(spec, since, is_on=spec.on or spec.code in chosen)


def _row(spec: library.BlueprintSpec) -> dict[str, Any]:
    values = {name: getattr(spec, name) for name in SAID if name != "next_code"}
    return values | {"code": spec.code, "next_code": spec.next}


def _add_play(spec: library.PlaySpec, since: Since, *, is_on: bool) -> None:
    if problems := rules.validate(spec.conditions) + rules.validate(spec.exit):
        raise ValueError(f"Play {spec.code}: {' '.join(problems)}")
    state = {"state": PlayState.ON, "on_since": since} if is_on else {}
    values = {"name": spec.name, "kind": spec.kind, "because": spec.because, "trigger": spec.trigger} | state
    play, is_new = Play.objects.get_or_create(code=spec.code, defaults=values)
    if is_new:
        PlayVersion.objects.create(
            play=play,
            number=1,
            conditions=spec.conditions,
            exit=spec.exit,
            guards=spec.guards,
            steps=[steps.plain(step) for step in spec.steps],
        )
