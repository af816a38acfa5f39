"""Plays: made, worded anew, switched on or into the shadow, and paused."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from django.db import transaction

from accounts import calendar, timeline
from accounts.actions.errors import named_refusals, refuse
from accounts.actions.validity import check
from accounts.actions.writing import change
from accounts.models import Tenant, User
from accounts.registry import known_facts
from blueprints import rules
from blueprints.actions import matching, turns, watching, wording
from blueprints.actions.watching import Watch
from blueprints.models import Fate, Match, Play, PlayState, PlayVersion
from blueprints.steps import CSM_ROLES
from blueprints.steps.kinds import LATEST, LONGEST_TITLE, MOST_STEPS

ROLES = {"csm": "CSM", "ae": "Account executive", "delivery": "Delivery"}
MOST_UNCONFIRMED = 25  # accounts that a switch may set in motion without being asked twice

Already = Literal["run", "leave"]


@transaction.atomic
def create(values: Mapping[str, Any], *, by: User | None) -> Play:
    """A draft. `values`: name, because, kind, code, trigger ("" watches facts), conditions, exit, steps, guards.

    Refused({field: [problems]}), steps as "steps.<n>.<field>", guards as "guards.<name>".
    """
    trigger = wording.trigger_of(values)
    said = wording.checked({"name": "", **values}, trigger=trigger, before=None)
    of_play = {name: values[name] for name in wording.OF_PLAY if name in values}
    play = Play(code=wording.free_code(values), trigger=trigger, **of_play)
    check(play)
    with named_refusals(Play):
        play.save(force_insert=True)
    PlayVersion.objects.create(play=play, number=1, created_by=by, **vars(said))
    timeline.record("play.created", by=by, play=play.name, play_id=play.pk)
    return play


@transaction.atomic
def revise(
    play: Play,
    values: Mapping[str, Any],
    steps: Sequence[Mapping[str, Any]] | None = None,
    *,
    by: User | None,
    version: int | None = None,
    confirmed: int | None = None,
) -> PlayVersion:
    """A new wording for what comes; episodes that are open stay as they are and fire nothing again.

    Refused names what is wrong; Conflict when somebody else revised it since. Where the play is on and would fire for
    many more accounts by its new conditions, `confirmed` must be their number.
    """
    before = play.current()
    said = wording.checked(dict(values) | ({} if steps is None else {"steps": steps}), trigger=play.trigger,
                           before=before)  # fmt: skip
    of_play = {name: values[name] for name in wording.OF_PLAY if name in values}
    if said.is_of(before) and all(getattr(play, name) == value for name, value in of_play.items()):
        return before
    # Also where the steps alone are new: the play's own version is what two editors meet at.
    change(play, of_play | {"version": play.version + 1}, version=version)
    made = PlayVersion.objects.create(play=play, number=before.number + 1, created_by=by, **vars(said))
    timeline.record("play.revised", by=by, play=play.name, play_id=play.pk, number=made.number)
    if play.state in (PlayState.ON, PlayState.SHADOW) and said.conditions != before.conditions and not play.trigger:
        turns.take(play.tenant_id)
        _open(play, made, turns.clock(), confirmed=confirmed, already="run")
    return made


@transaction.atomic
def switch_on(play: Play, *, by: User | None, confirmed: int | None = None, already: Already = "run") -> None:
    """From now on. A play that is on already stays untouched.

    Where it holds for accounts already, `already` says whether it runs there or leaves them until it holds anew. More
    than a few to run at: Refused({"confirmed": …}) with their number, unless `confirmed` is that number.
    """
    if play.state != PlayState.ON:
        _switch(play, PlayState.ON, "play.switched_on", by=by, confirmed=confirmed, already=already)


@transaction.atomic
def shadow(play: Play, *, by: User | None) -> None:
    """It opens matches and logs them, and does nothing."""
    if play.state != PlayState.SHADOW:
        _switch(play, PlayState.SHADOW, "play.shadowed", by=by, confirmed=None, already="run")


@transaction.atomic
def pause(play: Play, *, by: User | None) -> None:
    """Nothing new starts; runs in motion go on, since their tasks are people's work by now."""
    if play.state not in (PlayState.ON, PlayState.SHADOW):
        return
    change(play, {"state": PlayState.PAUSED})
    timeline.record("play.paused", by=by, play=play.name, play_id=play.pk)


def describe(version: PlayVersion, *, currency: str = "USD") -> list[str]:
    """The conditions as a person says them."""
    known = known_facts() if watching.of_account(version.conditions) else {}
    return rules.sentences(version.conditions, rules.askable(version.play.trigger, known), currency=currency)


def _switch(
    play: Play, state: PlayState, kind: str, *, by: User | None, confirmed: int | None, already: Already
) -> None:
    version = play.current()
    if not version.steps:
        raise refuse("steps", "A play without steps does nothing: add one first.")
    # Inside a turn: none may drop, as heard by nobody, what happens between this instant and our commit.
    turns.take(play.tenant_id)
    if problems := watching.problems_of(version, known_facts()):
        raise refuse("conditions", " ".join(problems))
    at = turns.clock()
    change(play, {"state": state, "on_since": at, "stopped_because": ""})
    timeline.record(kind, by=by, play=play.name, play_id=play.pk)
    if not play.trigger:
        _open(play, version, at, confirmed=confirmed, already=already)


def _open(play: Play, version: PlayVersion, at: dt.datetime, *, confirmed: int | None, already: Already) -> None:
    """Matches for accounts that fulfill the conditions already, so that they never count as having become so."""
    version.play = play
    today = calendar.local_today(Tenant.objects.get(pk=play.tenant_id), at)
    runs = play.state == PlayState.ON and already == "run"
    if runs:
        _confirm(play, version, today, confirmed)
        # Not by change(): two people who meet at the play's version have nothing to settle about this.
        Play.objects.filter(pk=play.pk).update(confirmed_at=at)
        play.confirmed_at = at
        # What was logged in the shadow and still holds has not been answered yet.
        Match.objects.open().filter(play=play, fate=Fate.LOGGED).update(fate=Fate.WAITING, due_at=at)
    fate = Fate.BEFORE if play.state == PlayState.ON and already == "leave" else None
    matching.settle(None, at=at, day=today, watch=Watch(known_facts(), [version]), fate=fate)
    timeline.ring(timeline.EVENTS)


def _confirm(play: Play, version: PlayVersion, today: dt.date, confirmed: int | None) -> None:
    count, _ = matching.would_match(version.conditions, day=today, most=1, play_id=play.pk)
    if count > MOST_UNCONFIRMED and confirmed != count:
        raise refuse(
            "confirmed",
            f"This would fire for {count:,} accounts: confirm that number.",
        )


__all__ = [
    "CSM_ROLES", "LATEST", "LONGEST_TITLE", "MOST_STEPS", "MOST_UNCONFIRMED", "ROLES", "create", "describe", "pause",
    "revise", "shadow", "switch_on",
]  # fmt: skip
