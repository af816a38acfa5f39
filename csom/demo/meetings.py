"""Meetings: kickoffs and reviews that were held, today's and those of the next days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any

from accounts.calendar import add_business_days
from accounts.models import Contact, Tenant, User
from csom.demo.stage import Stage, Tale
from csom.demo.words import seeded, shared
from journeys.meetings.actions import bringing, meetings, outcomes
from journeys.meetings.actions.attendees import Guest
from journeys.meetings.actions.bringing import Past
from journeys.meetings.models import Meeting

DAY = dt.timedelta(days=1)
KICKOFF_AFTER = 14
RHYTHM = {"high": 30, "low": 60, "tech": 0}
KEPT = 3  # of the regular meetings, the newest
QUARTER, REVIEWS = 91, 5
AT_KICKOFF = ("champion", "decider", "user", "gatekeeper")
REGULARLY = ("champion", "user")
AGENDAS: dict[str, list[tuple[str, int]]] = {
    "kickoff": [
        ("Who is here, and why", 10), ("The goal and how we measure it", 25), ("The first weeks", 20), ("Close", 5),
    ],
    "cadence": [("Next steps from last time", 5), ("What stands in the way", 15), ("What is next", 10)],
    "review": [("What changed for you", 15), ("What it brought so far", 20), ("The next quarter", 20), ("Close", 5)],
    "stakeholder": [("What hangs on the date", 10), ("The way back to today", 25), ("Close", 10)],
}  # fmt: skip
GOALS = {
    "kickoff": "Both sides name the same first impact and who works on it.",
    "cadence": "Every open step has an owner and a day.",
    "review": "They say in their own figures what it brought, and what should come next.",
    "stakeholder": "Whoever gains from it has agreed to the way there.",
}
TITLES = {
    "kickoff": "Kickoff with {name}", "cadence": "{name}: regular call", "review": "Quarterly review with {name}",
    "stakeholder": "{name}: stakeholders of the rollout",
}  # fmt: skip
DECISIONS = (
    "Start with the two sites that asked for it.", "The weekly figure comes from their own report, not from ours.",
    "Training in the teams' own rooms, an hour each.", "One channel for questions; mails to single people end.",
    "Single sign-on first, the second interface afterwards.",
)  # fmt: skip
NEXT = ("The first team works in it every day.", "The numbers of the pilot are on the table.", "All leads are trained.")
# Of the person who shows the product: minutes after midnight, kind, minutes.
TODAY = ((10 * 60, "cadence", 30), (13 * 60 + 30, "review", 60), (16 * 60, "stakeholder", 45))
SOON = (
    (1, 9 * 60, "cadence"),
    (2, 11 * 60, "review"),
    (2, 15 * 60, "cadence"),
    (3, 14 * 60, "cadence"),
    (5, 10 * 60, "review"),
)


def tell(stage: Stage, tales: list[Tale]) -> None:
    """All that was held in one go; then what is ahead, by the actions that people use."""
    bringing.bring([past for tale in tales for past in _held(tale)], today=stage.today)
    running = [tale for tale in tales if not tale.sketch.stage and tale.gone_on is None and "champion" in tale.contacts]
    first = stage.by_role["csm"][0]
    mine = [tale for tale in running if tale.csm == first]
    for tale, (minute, kind, minutes) in zip(mine, TODAY, strict=False):
        _today(tale, kind, _at(stage.tenant, stage.today, minute), minutes)
    for csm in stage.by_role["csm"]:
        own = [tale for tale in running if tale.csm == csm][3:]
        for tale, (days, minute, kind) in zip(own, SOON, strict=False):
            day = add_business_days(stage.today, days, stage.tenant.country)
            _plan(tale, kind, _at(stage.tenant, day, minute), 60 if kind == "review" else 30)


def _held(tale: Tale) -> Iterator[Past]:
    """The kickoff two weeks after the commitment, the newest of the regular calls, a review each quarter; in a bad
    time they are called off."""
    rng = tale.chance("meetings")
    kickoff = tale.sketch.committed_on + KICKOFF_AFTER * DAY
    accepted = tale.sketch.stage in ("", "accepted")
    if accepted and tale.sketch.committed_on >= tale.stage.since and kickoff < tale.ends - 2 * DAY:
        words = tale.sketch.say(rng.choice(shared()["kickoff"]), kickoff)
        yield _past(tale, "kickoff", kickoff, 60, AT_KICKOFF, notes=words)
    every = RHYTHM[tale.account.touch_model]
    if tale.sketch.stage or not every:
        return
    days = [("cadence", tale.ends - DAY * (every * n + rng.randint(4, every - 2))) for n in range(KEPT)]
    days += [("review", tale.ends - DAY * (QUARTER * n + rng.randint(15, 80))) for n in range(REVIEWS)]
    for kind, day in days:
        review = kind == "review"
        missed = rng.random() < 0.85 and tale.fate.shows("reviews" if review else "talks", day)
        if day > kickoff + 20 * DAY and day > tale.stage.since and not missed:
            yield _past(tale, kind, day, 60 if review else 30, AT_KICKOFF if review else REGULARLY)


def _past(tale: Tale, kind: str, day: dt.date, minutes: int, parts: Iterable[str], notes: str = "") -> Past:
    rng = tale.chance(f"meeting of {day}")
    guests: list[User | Contact] = [tale.csm, *_people(tale, parts)]
    day = add_business_days(day, -1, tale.stage.tenant.country) if day.weekday() > 4 else day
    return Past(
        account=tale.account,
        organizer=tale.csm,
        kind=kind,
        title=TITLES[kind].format(name=tale.account.name),
        goal=GOALS[kind],
        starts_at=_at(tale.stage.tenant, day, 60 * rng.randint(9, 16) + rng.choice([0, 30])),
        minutes=minutes,
        guests=guests,
        agenda=AGENDAS[kind],
        decisions=rng.sample(DECISIONS, rng.randint(1, 2)) if kind != "cadence" else (),
        goal_met=rng.choices(["yes", "partly", "no"], [70, 24, 6])[0],
        next_outcome=rng.choice(NEXT),
        notes=notes,
        absent=frozenset(who.pk for who in guests if isinstance(who, Contact) and rng.random() < 0.2),
    )


def _today(tale: Tale, kind: str, starts_at: dt.datetime, minutes: int) -> None:
    """One whose time has gone by was held."""
    meeting = _plan(tale, kind, starts_at, minutes)
    if meeting.ends_at >= tale.stage.now:
        return
    step = {"what": "Send the figures that were asked for", "side": "us", "user": tale.csm}
    outcomes.next_step(meeting, step | {"due_on": tale.stage.today + 5 * DAY}, by=tale.csm, now=meeting.starts_at)
    outcomes.decide(meeting, DECISIONS[0], by=tale.csm, now=meeting.starts_at)
    meetings.hold(meeting, by=tale.csm, next_outcome=NEXT[1], now=meeting.ends_at)


def _plan(tale: Tale, kind: str, starts_at: dt.datetime, minutes: int) -> Meeting:
    known = {"champion": "Knows the plan and its figures", "decider": "Was at the kickoff, nothing since"}
    guests: list[User | Contact | Guest] = [tale.csm]
    for part in ("champion", "decider") if kind != "cadence" else REGULARLY:
        if part in tale.contacts:
            guests.append(Guest(tale.contacts[part], context=known.get(part, "")))
    values: dict[str, Any] = {
        "kind": kind,
        "title": TITLES[kind].format(name=tale.account.name),
        "goal": GOALS[kind],
        "starts_at": starts_at,
        "ends_at": starts_at + dt.timedelta(minutes=minutes),
        "place": "https://meet.example/" + seeded(tale.account.name, kind).choice(["oak", "elm", "ash", "fir"]),
    }
    agenda = [{"title": title, "minutes": minutes} for title, minutes in AGENDAS[kind]]
    asked_at = min(tale.stage.now, starts_at) - 3 * DAY
    return meetings.schedule(tale.account, values, agenda, guests, by=tale.csm, now=asked_at)


def _people(tale: Tale, parts: Iterable[str]) -> list[Contact]:
    return [tale.contacts[part] for part in parts if part in tale.contacts]


def _at(tenant: Tenant, day: dt.date, minute: int) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(minute // 60, minute % 60), tzinfo=tenant.zone)
