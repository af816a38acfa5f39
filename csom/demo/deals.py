"""How deals were handed over: answered, sometimes returned, accepted; and what became of the promises."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterable

from csom.demo.stage import Tale
from csom.demo.words import shared
from journeys.actions import spiced
from journeys.models import SpicedEntry
from journeys.onboarding.actions import agenda, handoffs, promises
from journeys.onboarding.models import Handoff
from journeys.onboarding.questions import QUESTIONS

DAY = dt.timedelta(days=1)
COMMON = {"buyers", "organization", "decision"}
MAY_BE_UNKNOWN = ("organization", "personas", "impact_emotional", "red_flags")
REASONS = {
    "impact_rational": "Who measures this today, and what is the figure now? Without it we can't show a first result.",
    "critical_event": "What happens to them if the day passes? As it stands it's a wish.",
    "decision": "Who nearly stopped it, and will they be there at the renewal?",
}


def open_deal(tale: Tale) -> Handoff:
    """The rep starts the handoff on the day of commit."""
    rng = tale.chance("handoff")
    on = tale.sketch.committed_on
    handoff = handoffs.open(tale.account, rep=tale.ae, committed_on=on, by=tale.ae, now=tale.at(on, rng))
    tale.account.refresh_from_db()
    return handoff


def tell(tale: Tale, until: str = "accepted") -> Handoff:
    """The loop up to that station: draft, submitted, returned or accepted."""
    rng = tale.chance("loop")
    handoff, day = open_deal(tale), tale.sketch.committed_on
    hard = until == "returned" or (until == "accepted" and rng.random() < 0.18)
    if until == "draft":
        _answer(tale, handoff, [question.code for question in QUESTIONS[: rng.randint(2, 7)]], rng)
        return handoff
    unknown = [code for code in MAY_BE_UNKNOWN if rng.random() < 0.2]
    _answer(tale, handoff, [question.code for question in QUESTIONS], rng, unknown)
    _promise(tale, handoff, day, rng)
    day = _submit(tale, handoff, day + DAY, rng)
    if hard:
        day += DAY * rng.randint(0, 1)
        reason = rng.choice(list(REASONS))
        handoffs.return_(handoff, {reason: REASONS[reason]}, by=tale.csm, now=tale.at(day, rng))
        if until == "returned":
            return handoff
        day = _submit(tale, handoff, day + DAY * rng.randint(1, 3), rng)
    return handoff if until == "submitted" else accept(tale, handoff, day + DAY * rng.randint(1, 2))


def accept(tale: Tale, handoff: Handoff, day: dt.date) -> Handoff:
    """The CSM takes it, and the first weeks begin."""
    rng = tale.chance("accept")
    handoff = handoffs.accept(handoff, by=tale.csm, now=tale.at(day, rng))
    tale.account.refresh_from_db()
    return handoff


def follow_up(tale: Tale, handoff: Handoff) -> None:
    """Open points asked at the kickoff, statements confirmed by the customer, promises settled."""
    rng = tale.chance("follow-up")
    kickoff = tale.sketch.committed_on + 14 * DAY
    if kickoff > tale.ends:
        return
    for item in handoff.agenda_items.all():
        if rng.random() < 0.75:
            text = tale.sketch.say(_text(tale, item.question, rng))
            agenda.answer(item, text, by=tale.csm, said_by=tale.contacts.get("champion"), now=tale.at(kickoff, rng))
    _confirm(tale, kickoff, rng)
    for promise in handoff.promises.all():
        day = kickoff + DAY * rng.randint(20, 70)
        if day < tale.ends:
            outcome, note = rng.choices(
                [("kept", ""), ("changed", "Later and smaller, agreed with them."), ("broken", "Not on our roadmap.")],
                [76, 17, 7],
            )[0]
            promises.settle(promise, outcome, note=note, by=tale.csm, now=tale.at(day, rng))


def remember(tale: Tale) -> None:
    """What is known about an account from before the handoffs began."""
    rng, on = tale.chance("record"), tale.stage.since
    asked = [question for question in QUESTIONS if question.letter and rng.random() < 0.7]
    spiced.write_down(
        SpicedEntry(
            account=tale.account, letter=question.letter, kind=question.kind, occurred_on=on, source="meeting",
            statement=tale.sketch.say(_text(tale, question.code, rng)), written_by=tale.csm,
            said_by=tale.contacts.get("champion"), recorded_at=tale.at(on, rng),
        )
        for question in asked
    )  # fmt: skip


def _submit(tale: Tale, handoff: Handoff, day: dt.date, rng: random.Random) -> dt.date:
    kickoff_on = tale.sketch.committed_on + 14 * DAY
    handoffs.submit(handoff, by=tale.ae, csm=tale.csm, kickoff_on=kickoff_on, now=tale.at(day, rng))
    return day


def _answer(
    tale: Tale, handoff: Handoff, codes: Iterable[str], rng: random.Random, unknown: Iterable[str] = ()
) -> None:
    for code in codes:
        more: dict[str, object] = {}
        if code == "critical_event":
            due_on = tale.sketch.committed_on + DAY * rng.randint(70, 200)
            more = {"due_on": due_on, "consequence": tale.sketch.say(tale.sketch.industry["consequence"])}
        text = "" if code in unknown else tale.sketch.say(_text(tale, code, rng))
        handoffs.answer(handoff, code, text, code in unknown, by=tale.ae, **more)  # type: ignore[arg-type]


def _promise(tale: Tale, handoff: Handoff, day: dt.date, rng: random.Random) -> None:
    for text in tale.sketch.industry["promises"]:
        if rng.random() < 0.6:
            due_on = day + DAY * rng.randint(45, 120)
            promises.make(handoff, text, due_on=due_on, by=tale.ae, now=tale.at(day, rng))


def _confirm(tale: Tale, day: dt.date, rng: random.Random) -> None:
    contact = tale.contacts.get("champion")
    if contact is None:
        return
    standing = SpicedEntry.objects.filter(account=tale.account, replacements=None).order_by("id")
    for entry in list(standing):
        if rng.random() < 0.45:
            spiced.confirm(entry, contact=contact, by=tale.csm, now=tale.at(day, rng))


def _text(tale: Tale, code: str, rng: random.Random) -> str:
    """The wording for a question: the industry's own, or one that fits everywhere."""
    if code in COMMON:
        return str(rng.choice(shared()[code]))
    if code == "red_flags":
        return str(rng.choice([*tale.sketch.industry["red_flags"], *shared()["none"]]))
    return str(tale.sketch.industry[code])
