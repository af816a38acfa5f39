"""A play that a step of another one starts: it opens a match of its own, so that its guards decide as for any other."""

from __future__ import annotations

from accounts import timeline
from accounts.models import AccountFacts, Event
from blueprints.actions.parking import MOST_ATTEMPTS
from blueprints.actions.stepping.outcomes import CantDo, Done, Moment, Outcome, Skipped
from blueprints.models import Fate, Match, Play, PlayState, Run, RunState
from blueprints.steps import Step

CALLED = "play.called"
DEEPEST = 3  # plays that start plays that start plays: further down it is a circle


def call(step: Step, moment: Moment) -> Outcome:
    """Not begun here: guards that count, and whether it is in motion then, are asked in the workspace's turn.

    What waits there for an event begins for certain; a match of the conditions may lapse, and the call with it.
    """
    play = Play.objects.filter(code=step["code"]).first()
    if play is None or play.state not in (PlayState.ON, PlayState.SHADOW):
        raise CantDo(f"“{play.name}” is not on." if play else "There is no play of this code any more.")
    here = {"play": play, "account": moment.account}
    if moving := Run.objects.filter(**here, state=RunState.MOVING).first():
        return Skipped("It is in motion at this account already.", {"run": moving.pk})
    certain = Match.objects.waiting().filter(**here, event__isnull=False, attempts__lt=MOST_ATTEMPTS)
    if waiting := certain.first():
        return Skipped("It waits for its turn at this account already.", {"match": waiting.pk})
    match = _open(play, moment)
    if match.fate == Fate.LOGGED:
        # Not under the name by which an undoing finds what was begun: nothing was.
        return Skipped(f"“{play.name}” is in the shadow: it logged this and did nothing.", {"logged": match.pk})
    return Done({"match": match.pk})


def _open(play: Play, moment: Moment) -> Match:
    event = _say(play, moment)
    known_from = AccountFacts.objects.filter(account=moment.account).values_list("valid_from", flat=True).first()
    return Match.objects.create(
        play=play, version=play.current(), account=moment.account, event=event, opened_at=moment.at,
        opened_on=moment.today, closed_at=moment.at, closed_on=moment.today, known_from=known_from or moment.at,
        due_at=moment.at, fate=Fate.LOGGED if play.state == PlayState.SHADOW else Fate.WAITING,
    )  # fmt: skip


def _say(play: Play, moment: Moment) -> Event:
    """The event that rings the turn in which its match is looked at."""
    depth = 1 + (moment.book.events.get(moment.event_id or 0, {}).get("depth") or 0)
    if depth > DEEPEST:
        raise CantDo("Plays start each other in a circle.")
    return timeline.record(
        CALLED, account=moment.account, by=None,
        play=play.name, play_code=play.code, by_play=moment.run.play.name, by_run=moment.run.pk, depth=depth,
    )  # fmt: skip
