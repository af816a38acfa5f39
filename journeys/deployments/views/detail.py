"""One deployment on its page: plan with its picture, what it used, what was said of it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts import formats
from accounts.access import MemberRequest, requires
from accounts.calendar import local_today
from accounts.roles import Permission
from accounts.views.header import header
from journeys.deployments import drawing
from journeys.deployments.models import (
    Activity,
    Cost,
    Deployment,
    Escalation,
    Hold,
    Integration,
    PeerReview,
    StatusReport,
    TimeEntry,
)
from journeys.deployments.outlook import Outlook, items_of
from journeys.deployments.schedule import Item, Slot
from journeys.deployments.views.finding import deployment_or_404
from journeys.deployments.views.listing import rows_of

SHOWN = 12
TITLE = 32


@dataclass(frozen=True)
class Line:
    """An activity as the plan shows it."""

    activity: Activity
    slot: Slot
    number: int
    after: str
    when: str
    state: str
    tone: str

    @property
    def hours(self) -> str:
        return _plain(self.activity.hours)

    @property
    def who(self) -> str:
        return ", ".join(str(one) for one in (self.activity.our_owner, self.activity.their_owner) if one)


@dataclass(frozen=True)
class Drawn:
    """A bar with the words that stand before its row."""

    bar: drawing.Bar
    line: Line
    label: str


@require_GET
@requires(Permission.ACCOUNT_VIEW)
def deployment_detail(request: MemberRequest, pk: int) -> HttpResponse:
    row, today = deployment_or_404(request, pk), local_today(request.tenant)
    shown = rows_of(request, [row], today)[0]
    seen, rows = shown.seen, items_of(row, request.tenant)
    lines = _lines(rows, seen, today)
    context = header(request, row.account) | {
        "deployment": row,
        "row": shown,
        "seen": seen,
        "lines": lines,
        "picture": _picture([item for _one, item in rows], lines, row, today),
        "holds": Hold.objects.filter(deployment=row),
        "integrations": Integration.objects.filter(deployment=row),
        "escalations": Escalation.objects.filter(deployment=row).select_related("owner", "resolved_by"),
        "reviews": _reviews(row),
        "reports": StatusReport.objects.filter(deployment=row).select_related("recorded_by")[:SHOWN],
        "may_edit": request.membership.may(Permission.DEPLOYMENT_EDIT),
    } | _used(row, seen)  # fmt: skip
    return render(request, "deployments/deployment.html", context)


def _lines(rows: list[tuple[Activity, Item]], seen: Outlook, today: dt.date) -> list[Line]:
    numbers = {activity.pk: place for place, (activity, _item) in enumerate(rows, 1)}
    return [
        _line(activity, item, seen.schedule.slots[activity.pk], numbers, today) for activity, item in rows
    ]  # fmt: skip


def _line(activity: Activity, item: Item, slot: Slot, numbers: dict[int, int], today: dt.date) -> Line:
    late = not slot.done and slot.end < today
    state, tone = ("Done", "green") if slot.done else ("Late", "red") if late else ("", "")
    if not state and slot.expected_end > slot.end:
        state, tone = "Pushed", "amber"
    elif not state and slot.critical:
        state, tone = "No slack", "none"
    when = formats.day_month(item.done_on) if item.done_on else formats.day_month(slot.expected_end)
    after = ", ".join(str(numbers[key]) for key in item.after if key in numbers)
    return Line(activity, slot, numbers[activity.pk], after, when, state, tone)


def _picture(items: list[Item], lines: list[Line], row: Deployment, today: dt.date) -> dict[str, Any] | None:
    known = {line.activity.pk: line for line in lines}
    stretches = [
        drawing.Stretch(
            item.pk, (known[item.pk].slot.start, known[item.pk].slot.end),
            (known[item.pk].slot.expected_start, known[item.pk].slot.expected_end), item.after,
        )
        for item in items
    ]  # fmt: skip
    chart = drawing.chart(stretches, today, row.planned_end_on)
    if chart is None:
        return None
    return {"chart": chart, "bars": [_drawn(bar, known[bar.pk]) for bar in chart.bars]}


def _drawn(bar: drawing.Bar, line: Line) -> Drawn:
    title = f"{line.number}. {line.activity.title}"
    return Drawn(bar, line, title if len(title) <= TITLE else title[: TITLE - 1].rstrip() + "…")


def _reviews(row: Deployment) -> Any:
    found = PeerReview.objects.filter(deployment=row).select_related("reviewer")
    return found.prefetch_related("findings")


def _used(row: Deployment, seen: Outlook) -> dict[str, Any]:
    entries = TimeEntry.objects.filter(deployment=row).select_related("user", "activity")
    money = seen.money
    return {
        "entries": [(entry, _plain(entry.hours)) for entry in entries[:SHOWN]],
        "costs": [
            (cost, formats.signed_money(cost.amount_minor, row.currency).lstrip("+"))
            for cost in Cost.objects.filter(deployment=row)[:SHOWN]
        ],
        "hours_used": _plain(seen.hours.used),
        "hours_expected": _plain(seen.hours.expected),
        "hours_planned": _plain(row.budget_hours),
        "money_used": formats.money(int(money.used), row.currency),
        "money_expected": formats.money(int(money.expected), row.currency),
        "money_planned": formats.money(row.budget_minor, row.currency) if row.budget_minor is not None else "",
    }


def _plain(hours: Any) -> str:
    return "" if hours is None else f"{hours:,.2f}".rstrip("0").rstrip(".")
