"""Switching plays on and off, and wording them anew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from accounts import timeline
from accounts.actions.errors import Refused, refuse
from accounts.actions.writing import change
from accounts.models import User
from blueprints import rules
from blueprints.actions import turns
from blueprints.models import Play, PlayState, PlayVersion

MOST_STEPS = 30
LONGEST_TITLE = 200
LATEST = 365
ROLES = {"csm": "CSM", "ae": "Account executive", "delivery": "Delivery"}

Step = Mapping[str, Any]


@transaction.atomic
def switch_on(play: Play, *, by: User | None) -> None:
    """From now on; what happened before stays as it was. A play that is on already stays untouched."""
    if play.state == PlayState.ON:
        return
    if not play.current().steps:
        raise refuse("steps", "A play without steps does nothing: add one first.")
    # Inside a turn: none may drop, as heard by nobody, what happens between this instant and our commit.
    turns.take(play.tenant_id)
    change(play, {"state": PlayState.ON, "on_since": turns.instant()})
    timeline.record("play.switched_on", by=by, play=play.name, play_id=play.pk)


@transaction.atomic
def pause(play: Play, *, by: User | None) -> None:
    """Nothing new starts; runs in motion go on, since their tasks are people's work by now."""
    if play.state != PlayState.ON:
        return
    change(play, {"state": PlayState.PAUSED})
    timeline.record("play.paused", by=by, play=play.name, play_id=play.pk)


@transaction.atomic
def revise(
    play: Play,
    values: Mapping[str, Any],
    steps: Sequence[Step],
    *,
    by: User | None,
    version: int | None = None,
) -> PlayVersion:
    """A new wording for runs to come: `values` may hold name and because; steps as PlayVersion keeps them.

    Refused({"steps.<n>.<field>": […]}) names what is wrong; Conflict when somebody else revised it since.
    """
    _refuse_wrong(steps)
    before, said = play.current(), [_plain(step) for step in steps]
    if said == before.steps and all(getattr(play, name) == value for name, value in values.items()):
        return before
    # Also where the steps alone are new: the play's own version is what two editors meet at.
    change(play, dict(values) | {"version": play.version + 1}, version=version)
    made = PlayVersion.objects.create(
        play=play, number=before.number + 1, conditions=before.conditions, steps=said, created_by=by
    )
    timeline.record("play.revised", by=by, play=play.name, play_id=play.pk, number=made.number)
    return made


def describe(version: PlayVersion) -> list[str]:
    """The conditions as a person says them."""
    return [rules.sentence(test) for test in rules.tests(version.conditions)]


def _plain(step: Step) -> dict[str, Any]:
    return {
        "title": str(step["title"]).strip(),
        "detail": str(step.get("detail", "")).strip(),
        "role": step["role"],
        "days": int(step["days"]),
        "blueprint": str(step.get("blueprint", "")),
    }


def _refuse_wrong(steps: Sequence[Step]) -> None:
    if not steps:
        raise refuse("steps", "A play needs at least one step.")
    if len(steps) > MOST_STEPS:
        raise refuse("steps", f"At most {MOST_STEPS} steps.")
    errors = {
        f"steps.{number}.{field}": [message] for number, step in enumerate(steps) for field, message in _wrong(step)
    }
    if errors:
        raise Refused(errors)


def _wrong(step: Step) -> list[tuple[str, str]]:
    title = str(step.get("title", "")).strip()
    checks = [
        ("title", bool(title), "Say what is to be done."),
        ("title", len(title) <= LONGEST_TITLE, f"At most {LONGEST_TITLE} characters."),
        ("role", step.get("role") in ROLES, "One of: " + ", ".join(ROLES.values()) + "."),
        ("days", _is_day_count(step.get("days")), f"Business days from 0 to {LATEST}."),
    ]
    return [(field, message) for field, right, message in checks if not right]


def _is_day_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LATEST
