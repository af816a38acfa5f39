"""How an objective stands: its figures formatted once, how far it is, and who said so."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from accounts import formats
from accounts.access import MemberRequest
from accounts.calendar import local_today
from journeys.plans.models import Audience, Confirmation, Measurement, Objective, ObjectiveKind, ObjectiveStatus, Plan
from journeys.plans.progress import number, percent, share

TONES = {
    ObjectiveStatus.OPEN: "",
    ObjectiveStatus.ACHIEVED: "accent",
    ObjectiveStatus.CONFIRMED: "green",
    ObjectiveStatus.DROPPED: "",
}
SHORT = {ObjectiveStatus.ACHIEVED: "Achieved", ObjectiveStatus.CONFIRMED: "Confirmed", ObjectiveStatus.OPEN: "Open"}


@dataclass(frozen=True)
class Reading:
    value: str
    when: str
    who: str
    evidence: str
    url: str


@dataclass
class Course:
    """One objective as the plan shows it."""

    objective: Objective
    baseline: str
    target: str
    now: str
    measured: str
    percent: int | None
    worth: str
    due: str
    late: bool
    readings: list[Reading] = field(default_factory=list)
    confirmation: Confirmation | None = None

    @property
    def ref(self) -> str:
        return str(self.objective.pk)

    @property
    def first(self) -> bool:
        return self.objective.kind == ObjectiveKind.FIRST_IMPACT

    @property
    def internal(self) -> bool:
        return self.objective.audience == Audience.INTERNAL

    @property
    def state(self) -> str:
        return "Late" if self.late else SHORT.get(ObjectiveStatus(self.objective.status), "Dropped")

    @property
    def tone(self) -> str:
        return "red" if self.late else TONES[ObjectiveStatus(self.objective.status)]

    @property
    def open(self) -> bool:
        return self.objective.status == ObjectiveStatus.OPEN

    @property
    def settled(self) -> bool:
        return self.objective.status in (ObjectiveStatus.CONFIRMED, ObjectiveStatus.DROPPED)

    @property
    def bar(self) -> str:
        return "green" if self.objective.status == ObjectiveStatus.CONFIRMED else "red" if self.late else "accent"


def courses(objectives: Iterable[Objective], plan: Plan, today: dt.date) -> list[Course]:
    """All of a plan's objectives, with two queries for what was measured and confirmed."""
    rows = list(objectives)
    ids = [row.pk for row in rows]
    measured: dict[int, list[Measurement]] = defaultdict(list)
    for one in Measurement.objects.filter(objective__in=ids).select_related("recorded_by", "recorded_contact"):
        measured[one.objective_id].append(one)
    confirmed = {one.objective_id: one for one in Confirmation.objects.filter(objective__in=ids)}
    return [_course(row, plan, measured[row.pk], confirmed.get(row.pk), today) for row in rows]


def course_of(request: MemberRequest, objective: Objective) -> Course:
    return courses([objective], objective.plan, local_today(request.tenant))[0]


def _course(
    row: Objective, plan: Plan, measured: list[Measurement], confirmation: Confirmation | None, today: dt.date
) -> Course:
    last = measured[-1] if measured else None
    part = share(row.baseline, row.target, last.value if last else None)
    return Course(
        objective=row,
        baseline=number(row.baseline),
        target=number(row.target),
        now=number(last.value) if last else "",
        measured=formats.date(last.measured_on) if last else "",
        percent=percent(part if part is not None else 0.0 if row.measurable else None),
        worth=formats.money(row.value_minor, plan.currency) if row.value_minor else "",
        due=formats.date(row.due_on) if row.due_on else "",
        late=row.status == ObjectiveStatus.OPEN and row.due_on is not None and row.due_on < today,
        readings=[_reading(one, row) for one in reversed(measured)],
        confirmation=confirmation,
    )


def _reading(one: Measurement, row: Objective) -> Reading:
    who = one.recorded_contact or one.recorded_by
    value = f"{number(one.value)} {row.unit}".strip()
    return Reading(value, formats.date(one.measured_on), str(who or "Another system"), one.evidence, one.evidence_url)
