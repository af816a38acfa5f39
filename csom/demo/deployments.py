"""Deployment projects: a year of closed ones, those in motion, some late and some on hold; many rows in one go."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from accounts.calendar import add_business_days
from accounts.models import Account, Event, Phase, Product, Task, User
from csom.demo.stage import Stage
from csom.demo.words import seeded
from journeys.deployments.actions import timing
from journeys.deployments.models import (
    Activity,
    Cost,
    Dependency,
    Deployment,
    Escalation,
    Finding,
    Hold,
    Integration,
    PeerReview,
    StatusReport,
    TimeEntry,
)
from journeys.deployments.outlook import scheduled
from journeys.deployments.schedule import Item

DAY = dt.timedelta(days=1)
# What, whose turn, working days, hours of ours, numbers of those that it waits for.
PLAN: tuple[tuple[str, str, int, int, tuple[int, ...]], ...] = (
    ("Walk through today's planning with the site leads", "joint", 3, 8, ()),
    ("Hand over people, roles and calendars", "them", 8, 0, (0,)),
    ("Set up sites and rules", "us", 6, 20, (0,)),
    ("Load people and check with a sample", "us", 5, 14, (1, 2)),
    ("Connect single sign-on", "joint", 4, 10, (2,)),
    ("Connect payroll", "us", 7, 18, (3,)),
    ("Train the leads of the first site", "joint", 4, 12, (3,)),
    ("First site plans a whole period in it", "them", 10, 4, (4, 6)),
    ("Roll out to the other sites", "joint", 10, 16, (5, 7)),
)
SYSTEMS = (("Payroll", "ADP"), ("People", "Workday"), ("Sign-on", "Okta"), ("Time clocks", "Kronos"), ("ERP", "SAP"))
HOLDS = (
    "Their IT has a change freeze until the quarter is closed.", "The people data isn't cleaned yet; they work on it.",
    "Their project lead changed; the successor starts next month.",
)  # fmt: skip
FINDINGS = (
    "Nobody is named who takes over when the interface stops.", "The rules of the night shift lack a test.",
    "The training plan leaves out the deputies.", "Access of the pilot's guests was never withdrawn.",
)  # fmt: skip
TROUBLE = (
    "The payroll export misses people with two contracts.", "The first site's leads can't make the agreed dates.",
    "Single sign-on waits for their security team since two weeks.",
)  # fmt: skip
SUMMARIES = {
    "green": "On the way as planned; the next step has its people and its day.",
    "amber": "The data came later than agreed. The training can still keep its day.",
    "red": "The agreed end won't hold without a second person on their side. Escalated.",
}
ROWS = (Deployment, Hold, Task, Activity, Dependency, TimeEntry, Cost, PeerReview, Finding, Integration, Escalation,
        StatusReport, Event)  # fmt: skip


@dataclass
class Cut:
    """One deployment while it is put together; `rows` wait to be written with all others."""

    stage: Stage
    account: Account
    lead: User
    peer: User
    rng: random.Random
    row: Deployment
    late: bool = False
    rows: dict[type, list[Any]] = field(default_factory=lambda: {model: [] for model in ROWS})

    def add(self, *rows: Any) -> None:
        for row in rows:
            self.rows[type(row)].append(row)


def bring(stage: Stage) -> None:
    """Inside the workspace's context. Twice does no harm."""
    if Deployment.objects.exists():
        return
    cuts = [cut for cut in _cuts(stage) if cut]
    for cut in cuts:
        _fill(cut)
    for model in ROWS:
        model._default_manager.bulk_create([row for cut in cuts for row in cut.rows[model]], batch_size=500)
    timing.foresee_all([cut.row for cut in cuts if not cut.row.is_over], stage.tenant, stage.today)


def _cuts(stage: Stage) -> Iterator[Cut | None]:
    products = {product.code: product for product in Product.objects.all()}
    main = products[stage.spec["products"][0]["code"]]
    others = [one for one in products.values() if one.recurring and one != main]
    young = 0
    present = Account.objects.present().exclude(phase=Phase.ENDED).select_related("delivery")
    for account in present.order_by("id"):
        rng = seeded(stage.spec["workspace"]["slug"], account.external_id or account.name, "deployment")
        if account.phase in (Phase.COMMIT, Phase.ONBOARDING):
            young += 1
            # Every sixth of those who are being onboarded still waits for its plan.
            status = ("", "running", "running", "planned", "running", "on_hold")[young % 6]
            yield _cut(stage, account, main, status, rng) if status else None
            continue
        if rng.random() < 0.45:
            yield _cut(stage, account, main, "closed", rng)
        if others and rng.random() < 0.07:
            yield _cut(stage, account, rng.choice(others), rng.choice(["running", "running", "closed"]), rng)


def _cut(stage: Stage, account: Account, product: Product, status: str, rng: random.Random) -> Cut:
    crew = stage.by_role["delivery"]
    lead = account.delivery or rng.choice(crew)
    peer = rng.choice([person for person in crew if person != lead] or stage.by_role["csm"])
    today, lasted = stage.today, rng.choice((48, 55, 62, 70, 78, 86, 95, 112, 140))
    ahead = status == "planned"
    closed_on = today - DAY * rng.randint(3, 350) if status == "closed" else None
    began = (closed_on or today) - DAY * (lasted if closed_on else rng.randint(12, 58))
    start = add_business_days(today + DAY * rng.randint(4, 20) if ahead else began, 0, stage.tenant.country)
    late = (status == "running" and rng.random() < 0.35) or lasted > 90
    agreed = start + DAY * (rng.randint(52, 66) if late else max(64, lasted + 2))
    main = product.code == stage.spec["products"][0]["code"]
    row = Deployment(
        account=account, name=f"{product.name} {'rollout' if main else 'add-on'}", product=product, lead=lead,
        kind="initial" if main else "addon", status=status, planned_start_on=start, planned_end_on=agreed,
        started_on=None if ahead else start, closed_on=max(closed_on, start) if closed_on else None,
        currency=stage.tenant.currency, budget_hours=Decimal(rng.choice((110, 120, 130))), rate_minor=145_00,
        budget_minor=rng.choice((16_500, 18_000, 20_000)) * 100, created_by=lead, sow_title="Statement of work",
        sow_number=f"SOW-{rng.randrange(1_000, 9_999)}", sow_signed_on=start - DAY * 9,
        close_note="All sites work in it." if closed_on else "", created_at=stage.at(start - DAY * 9, rng),
    )  # fmt: skip
    return Cut(stage, account, lead, peer, rng, row, late)


def _fill(cut: Cut) -> None:
    cut.add(cut.row)
    _tell(cut, "deployment.planned", cut.row.planned_start_on - DAY * 9, planned_end_on=cut.row.planned_end_on)
    if cut.row.started_on:
        _tell(cut, "deployment.started", cut.row.started_on, on=cut.row.started_on)
    _plan(cut)
    _connect(cut)
    if cut.row.closed_on:
        _tell(cut, "deployment.closed", cut.row.closed_on, on=cut.row.closed_on, days=cut.row.days)
        if cut.rng.random() < 0.6:
            _review(cut, cut.row.closed_on, settled=cut.rng.random() < 0.8)
    elif cut.row.started_on:
        _go_on(cut)


def _plan(cut: Cut) -> None:
    """The activities as the schedule lays them out; what lies behind is done, on most days as planned."""
    items = [Item(n, days, after) for n, (_what, _side, days, _hours, after) in enumerate(PLAN)]
    slots = scheduled(cut.row, items, cut.stage.tenant, cut.row.begins_on).slots
    stretch = 1.0
    if cut.row.closed_on:
        last = max(slot.end for slot in slots.values())
        stretch = (cut.row.closed_on - cut.row.begins_on) / max(DAY, last - cut.row.begins_on)
    made = []
    for n, (what, side, days, hours, _after) in enumerate(PLAN):
        slot = slots[n]
        ours = side != "them"
        activity = Activity(
            deployment=cut.row, title=what, side=side, days=days, hours=Decimal(hours) if hours else None, position=n,
            our_owner=cut.lead if ours else None, start_on=slot.start, due_on=slot.end,
        )  # fmt: skip
        activity.done_on = _done(cut, slot.end, stretch)
        if activity.done_on is not None:
            activity.done_by = cut.lead
            _work(cut, activity)
        elif ours and cut.row.status == "running":
            activity.task = Task(
                account=cut.account, title=what, assignee=cut.lead, due_on=slot.end, source="deployment",
                detail=f"In “{cut.row.name}”.", created_by=cut.lead,
            )  # fmt: skip
            cut.add(activity.task)
        made.append(activity)
    cut.add(*made)
    cut.add(*(Dependency(activity=made[n], after=made[k]) for n, line in enumerate(PLAN) for k in line[4]))


def _done(cut: Cut, due_on: dt.date, stretch: float) -> dt.date | None:
    if cut.row.closed_on:
        return min(cut.row.begins_on + (due_on - cut.row.begins_on) * stretch, cut.row.closed_on)
    behind = cut.stage.today - DAY * (14 if cut.late else 0)
    return due_on if cut.row.started_on and due_on < behind else None


def _work(cut: Cut, activity: Activity) -> None:
    if not activity.hours or activity.done_on is None:
        return
    left = (activity.hours * Decimal(cut.rng.choice(("0.8", "0.95", "1", "1.1", "1.3")))).quantize(Decimal("0.5"))
    day = activity.done_on
    while left > 0:
        some = min(left, Decimal(8))
        cut.add(
            TimeEntry(deployment=cut.row, activity=activity, user=cut.lead, worked_on=day, hours=some,
                      recorded_by=cut.lead)
        )  # fmt: skip
        left, day = left - some, max(cut.row.begins_on, add_business_days(day, -1, cut.stage.tenant.country))


def _connect(cut: Cut) -> None:
    for name, system in cut.rng.sample(SYSTEMS, cut.rng.randint(1, 2)):
        done = cut.row.closed_on or (cut.stage.today - DAY * 4 if cut.rng.random() < 0.3 else None)
        done = done if cut.row.started_on and done and done >= cut.row.started_on else None
        cut.add(
            Integration(deployment=cut.row, name=name, system=system, completed_on=done,
                        completed_by=cut.lead if done else None)
        )  # fmt: skip
        if done:
            _tell(cut, "integration.completed", done, integration=name, on=done)


def _review(cut: Cut, on: dt.date | None, *, settled: bool) -> None:
    assert on is not None
    texts = cut.rng.sample(FINDINGS, cut.rng.randint(0, 2))
    review = PeerReview(
        deployment=cut.row, reviewer=cut.peer, reviewed_on=on, verdict="findings" if texts else "passed",
        recorded_by=cut.peer,
    )  # fmt: skip
    cut.add(review)
    for text in texts:
        cut.add(Finding(review=review, text=text, **({"settled_on": on, "settled_by": cut.lead} if settled else {})))


def _go_on(cut: Cut) -> None:
    """Reports of the last weeks, an escalation where it is late, a hold with its reason."""
    today, tone = cut.stage.today, "green"
    if cut.row.status == "on_hold":
        reason, on = cut.rng.choice(HOLDS), max(cut.row.begins_on, today - DAY * cut.rng.randint(5, 16))
        cut.add(Hold(deployment=cut.row, reason=reason, from_on=on, held_by=cut.lead))
        _tell(cut, "deployment.held", on, reason=reason, on=on)
        tone = "amber"
    elif cut.late:
        tone, what = cut.rng.choice(("amber", "red")), cut.rng.choice(TROUBLE)
        raised = max(cut.row.begins_on, today - DAY * 6)
        severity = "critical" if tone == "red" else "high"
        cut.add(
            Escalation(deployment=cut.row, what=what, severity=severity, raised_on=raised, raised_by=cut.lead,
                       owner=cut.stage.by_role["leader"][0], due_on=today + DAY * 3)
        )  # fmt: skip
        _tell(cut, "escalation.raised", raised, what=what, severity=severity.capitalize())
    elif cut.rng.random() < 0.4:
        _review(cut, today - DAY * 3, settled=False)
    cut.add(
        StatusReport(deployment=cut.row, as_of=max(cut.row.begins_on, today - DAY * 2), schedule=tone, budget="green",
                     quality="green" if tone == "green" else "amber", schedule_figure=tone, budget_figure="green",
                     quality_figure="none", summary=SUMMARIES[tone], recorded_by=cut.lead)
    )  # fmt: skip
    cut.add(Cost(deployment=cut.row, what="Travel to the first site", spent_on=cut.row.begins_on,
                 amount_minor=cut.rng.randrange(180, 900) * 100, recorded_by=cut.lead))  # fmt: skip


def _tell(cut: Cut, kind: str, day: dt.date | None, /, **facts: Any) -> None:
    """Only told: the plays don't act on what lies before their first day."""
    assert day is not None
    said = {name: value.isoformat() if isinstance(value, dt.date) else value for name, value in facts.items()}
    at = cut.stage.at(min(day, cut.stage.today), cut.rng)
    cut.add(Event(account=cut.account, kind=kind, actor=cut.lead, facts={"name": cut.row.name} | said, occurred_at=at))
