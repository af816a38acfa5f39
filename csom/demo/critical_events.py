"""Days by which customers need the impact: found in the handoff, counted back from, reached by most."""

from __future__ import annotations

import datetime as dt
import random

from csom.demo.stage import Stage, Tale
from journeys.critical_events import timelines
from journeys.critical_events.actions import answers, events, nurtures, stakeholders, steps
from journeys.critical_events.models import CriticalEvent
from journeys.models import SpicedEntry

DAY = dt.timedelta(days=1)
SHARE = 5  # every so manyth of the older accounts; of those in onboarding, all
WAY = (
    ("Every team plans a full week in it", "them", 10, 2),
    ("Shift leads trained, site by site", "joint", 8, 0),
    ("First site live", "joint", 5, 3),
    ("Rules and rosters set up", "us", 8, 0),
    ("Data handed over and checked", "them", 6, 0),
)  # fmt: skip
GAINS = {
    "champion": "No more evenings spent on repairing the plan.",
    "decider": "A figure for the board that nobody argues about.",
    "user": "Knows next month's plan before this one ends.",
}
STORIES = (
    "How a plant of the same size planned its peak in one afternoon",
    "What two depots did with the hours they no longer plan by hand",
    "The one report that their controller now reads first",
)
PAST = ("Live in time, with a week to spare.", "In time, with the last site by hand.")


def tell(stage: Stage, tales: list[Tale]) -> None:
    """All that are in onboarding, and a share of the older ones; one customer has gone dark."""
    told = []
    for tale in tales:
        old = not tale.sketch.stage and tale.sketch.number % SHARE == 0
        if tale.gone_on is None and (tale.sketch.stage == "accepted" or old):
            told += [event for event in [_found(tale)] if event is not None]
    ahead = [event for event in told if event.is_open]
    for event in ahead[2:3]:
        nurtures.begin(event, STORIES, by=event.account.csm, since=stage.today - DAY * 12)
    for event in ahead[4:6]:
        events.edit(event, {"consequence": "", "value_minor": None}, by=event.account.csm)


def _found(tale: Tale) -> CriticalEvent | None:
    said = SpicedEntry.objects.standing().filter(account=tale.account, letter="critical_event")
    entry = said.exclude(due_on=None).first()
    if entry is None or entry.due_on is None:
        return None
    rng = tale.chance("critical event")
    found_on = min(max(tale.sketch.committed_on + DAY * 12, tale.stage.since), tale.stage.today)
    values = {
        "title": entry.statement[:200], "due_on": entry.due_on, "consequence": entry.consequence,
        "said_by": entry.said_by, "value_minor": int(tale.sketch.figures["value"]) * 100_000,
    }  # fmt: skip
    now = tale.at(found_on, rng)
    event = events.find(tale.account, values, _lines(tale, rng), entry=entry, by=tale.csm, on=found_on, now=now)
    _around(tale, event, found_on, now)
    _work(tale, event, rng)
    if entry.due_on < tale.stage.today:
        _settle(tale, event, rng)
    return event


def _lines(tale: Tale, rng: random.Random) -> list[dict[str, object]]:
    champion = tale.contacts.get("champion")
    owners: dict[str, dict[str, object]] = {
        "us": {"our_owner": tale.delivery},
        "them": {"their_owner": champion},
        "joint": {"our_owner": tale.csm},
    }
    return [
        {"title": title, "side": side, "days": max(1, days + rng.randint(-2, 2)), "slack": slack} | owners[side]
        for title, side, days, slack in WAY
    ]


def _around(tale: Tale, event: CriticalEvent, day: dt.date, now: dt.datetime) -> None:
    for part, gains in GAINS.items():
        if part in tale.contacts:
            stakeholders.name(event, tale.contacts[part], gains, by=tale.csm, now=now)
    missed = event.consequence or "Nobody has said so far."
    said = {"go_live": f"By {day:%B} at the latest they want it in every team.", "missed": missed}
    for question, text in said.items():
        answers.say(tale.account, question, text, on=day, by=tale.csm, said_by=tale.contacts.get("champion"), now=now)


def _work(tale: Tale, event: CriticalEvent, rng: random.Random) -> None:
    """What was due is done, most of it; a little is late."""
    for step in reversed(timelines.steps_of(event)):
        if step.finish_by and step.finish_by < tale.stage.today and rng.random() < 0.9:
            steps.done(step, by=tale.csm, now=tale.at(step.finish_by, rng))


def _settle(tale: Tale, event: CriticalEvent, rng: random.Random) -> None:
    now = tale.at(event.happens_on, rng)
    if rng.random() < 0.8:
        events.reach(event, by=tale.csm, note=rng.choice(PAST), now=now)
    else:
        events.miss(event, by=tale.csm, note="Two sites were still on paper.", now=now)
    event.refresh_from_db()
