"""Joint Impact Plans as they run: drafted from the handoff, agreed at the kickoff, measured, some of it confirmed."""

from __future__ import annotations

import datetime as dt
import random
from decimal import Decimal

from accounts.models import Contact
from csom.demo.stage import Stage, Tale
from journeys.plans.actions import comments, objectives, plans, steps, topics
from journeys.plans.models import Objective, Plan, Step

DAY = dt.timedelta(days=1)
KICKOFF_AFTER = 14
SHARE = 4  # every so manyth of the older accounts; of those in onboarding, all
READINGS = 4  # of an objective, the newest
FIRST_AFTER = 40  # days from the commitment in which most of them get there
OBSTACLES = (
    ("internal", "The regional lead planned the old way for ten years and hasn't been asked yet.",
     "An hour with them alone before the next training."),
    ("champion", "Month-end leaves no time for training.", "Two short sessions in the second week instead."),
    ("everyone", "Two data sources name the same teams differently.", "One list, kept by operations."),
)  # fmt: skip
OPENINGS = (
    ("internal", "A sister company asked them how they plan."),
    ("everyone", "The same report could go to the board each quarter."),
)
SHOWN = ("The figure of their own weekly report.", "Export of the month, checked with their controlling.", "")
REVIEWED = (
    "On track; the next step is the second group.",
    "Behind by two weeks: access came late. The dates were moved together.",
    "They want the same figure for the other sites.",
)


def tell(stage: Stage, tales: list[Tale]) -> None:
    """All that are in onboarding, and a share of the older ones."""
    for tale in tales:
        old = not tale.sketch.stage and tale.sketch.number % SHARE == 0
        if tale.gone_on is None and "champion" in tale.contacts and (tale.sketch.stage == "accepted" or old):
            _tell(tale)


def _tell(tale: Tale) -> None:
    rng = tale.chance("plan")
    champion: Contact = tale.contacts["champion"]
    drafted = max(tale.sketch.committed_on + DAY * 4, tale.stage.since + DAY * rng.randint(10, 60))
    if drafted > tale.stage.today:
        return
    plan = plans.draft(tale.account, by=tale.csm, now=tale.at(drafted, rng))
    _word(tale, plan, champion, drafted, rng)
    _note(tale, plan, champion, drafted, rng)
    kickoff = drafted + DAY * (KICKOFF_AFTER - 4)
    if kickoff > tale.stage.today:
        return
    now = tale.at(kickoff, rng)
    plans.agree(plan, by=tale.csm, note="At the kickoff", now=now)
    if rng.random() < 0.85:
        plans.agree(plan, by=tale.csm, contact=champion, now=now)
    _work(tale, plan, champion, rng)
    _prove(tale, plan, champion, kickoff, rng)
    _review(tale, plan, kickoff, rng)


def _word(tale: Tale, plan: Plan, champion: Contact, day: dt.date, rng: random.Random) -> None:
    """What was agreed to measure; the wish of a person stays without a figure."""
    now, figures = tale.at(day, rng), tale.sketch.figures
    first = Objective.objects.filter(plan=plan, kind="first_impact").first()
    if first is not None:
        said = {"title": "First Impact: one team plans a whole month in it, without the old way beside it",
                "metric": "Weeks planned without the old way", "unit": "weeks", "baseline": Decimal(0),
                "target": Decimal(4), "their_owner": champion}  # fmt: skip
        objectives.edit(first, said, by=tale.csm, now=now)
    measured = {"metric": tale.sketch.industry["metric"], "baseline": Decimal(figures["a"]),
                "target": Decimal(figures["b"]), "value_minor": int(figures["value"]) * 100_000,
                "their_owner": champion}  # fmt: skip
    company = Objective.objects.filter(plan=plan, kind="impact", source__kind="rational").first()
    if company is not None:
        objectives.edit(company, measured, by=tale.csm, now=now)
    else:
        text = tale.sketch.say(tale.sketch.industry["impact_rational"])[:200]
        more = {"kind": "impact", "title": text, "our_owner": tale.csm, "due_on": day + DAY * 180}
        objectives.add(plan, measured | more, by=tale.csm, now=now)
    adoption = Objective.objects.filter(plan=plan, kind="adoption").first()
    if adoption is not None:
        reach = {"baseline": Decimal(0), "target": Decimal(round(figures["seats"] * 0.7))}
        objectives.edit(adoption, reach, by=tale.csm, now=now)


def _note(tale: Tale, plan: Plan, champion: Contact, day: dt.date, rng: random.Random) -> None:
    now = tale.at(day, rng)
    for audience, text, response in OBSTACLES:
        if rng.random() < 0.6:
            said = {"kind": "challenge", "audience": audience, "text": text, "response": response}
            topics.add(plan, said, by=tale.csm, now=now)
    audience, text = rng.choice(OPENINGS)
    topics.add(plan, {"kind": "opportunity", "audience": audience, "text": text}, by=tale.csm, now=now)
    if rng.random() < 0.4:
        words = f"{champion.name.split()[0]} wants to see the first figure before the summer plan is made."
        comments.say(plan, words, audience="internal", by=tale.csm, now=now)


def _work(tale: Tale, plan: Plan, champion: Contact, rng: random.Random) -> None:
    """What was due is done, most of it; a little is late."""
    for step in Step.objects.open().filter(plan=plan, due_on__lt=tale.stage.today - DAY * 2):
        if rng.random() < 0.85:
            now = tale.at((step.due_on or tale.stage.today) - DAY * rng.randint(0, 3), rng)
            theirs = step.side == "them"
            steps.done(step, now=now, by=None if theirs else tale.csm, contact=champion if theirs else None)


def _prove(tale: Tale, plan: Plan, champion: Contact, kickoff: dt.date, rng: random.Random) -> None:
    """Measured month by month; the First Impact confirmed where it had its time, the others now and then."""
    days = (tale.stage.today - kickoff).days
    for objective in Objective.objects.filter(plan=plan).exclude(metric="").order_by("id"):
        first = objective.kind == "first_impact"
        there = rng.random() < (0.9 if first else 0.3) and days > (FIRST_AFTER if first else 240)
        share = 1.0 if there else min(0.9, days / (60 if first else 400)) * rng.uniform(0.5, 1.0)
        span = min(days, FIRST_AFTER) if first else days
        for day, part in _readings(kickoff, span, share, rng):
            value = _between(objective, part)
            shown, now = rng.choice(SHOWN), tale.at(day, rng)
            objectives.measure(objective, value, on=day, evidence=shown, by=tale.csm, now=now)
        if there:
            _reach(tale, objective, champion, kickoff + DAY * span, rng)


def _readings(kickoff: dt.date, span: int, share: float, rng: random.Random) -> list[tuple[dt.date, float]]:
    """Days and the share of the way covered by then; the last one reaches `share`."""
    count = min(READINGS, span // 10)
    return [
        (kickoff + DAY * (span * n // count), share if n == count else share * n / count * rng.uniform(0.8, 1.05))
        for n in range(1, count + 1)
    ]


def _between(objective: Objective, part: float) -> Decimal:
    baseline, target = objective.baseline or Decimal(0), objective.target or Decimal(0)
    return (baseline + (target - baseline) * Decimal(str(round(part, 3)))).quantize(Decimal(1))


def _reach(tale: Tale, objective: Objective, champion: Contact, day: dt.date, rng: random.Random) -> None:
    now = tale.at(day, rng)
    objectives.achieve(objective, on=day, evidence="Seen in their own report of the month.", by=tale.csm, now=now)
    if rng.random() < 0.8:
        then = min(now + DAY * rng.randint(1, 4), tale.stage.now)
        said = rng.choice(("", "Yes. We showed it to our board.", "Confirmed, with thanks to the team."))
        objectives.confirm(objective, contact=champion, name=champion.name, statement=said, now=then)


def _review(tale: Tale, plan: Plan, kickoff: dt.date, rng: random.Random) -> None:
    """The last one, some weeks ago; for a few the next one is overdue by now."""
    day = tale.stage.today - DAY * rng.randint(5, 95)
    if day > kickoff + DAY * 30:
        plans.review(plan, on=day, note=rng.choice(REVIEWED), by=tale.csm, now=tale.at(day, rng))
