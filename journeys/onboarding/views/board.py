"""The onboarding board: every account on its way to First Impact, in columns by stage; as a file, too."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, F, Value, When, Window
from django.db.models.functions import RowNumber
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts import formats
from accounts.access import MemberRequest, require, requires, visible_accounts
from accounts.calendar import local_today
from accounts.exports.texts import as_csv
from accounts.models import Account, Phase, Tenant
from accounts.roles import Permission
from accounts.views.scopes import scope_of
from journeys.onboarding import board as boards
from journeys.onboarding import pace
from journeys.onboarding.models import Handoff, HandoffStatus
from journeys.onboarding.views.rows import clock
from journeys.plans.models import Step

IN_COLUMN, IN_ONE = 20, 200
MOST = 20_000
HEAD = ("Account", "Segment", "CSM", "Stage", "Status", "Day", "Target", "Days on hold", "Reasons", "Next step")
TURNS = {
    HandoffStatus.DRAFT: "Hand the account over",
    HandoffStatus.RETURNED: "Answer what came back",
    HandoffStatus.SUBMITTED: "Accept the handoff",
}
GRAVITY = Case(*[When(status=code, then=Value(n)) for n, code in enumerate(pace.STATUSES)], default=Value(9))


@dataclass(frozen=True)
class Card:
    account: Account
    stage: str
    status: str
    tone: str
    clock: str
    share: int  # of the target, up to 100
    reasons: list[str]
    step: str
    who: str
    due: str


@dataclass(frozen=True)
class Column:
    code: str
    label: str
    count: int
    cards: list[Card]

    @property
    def meaning(self) -> str:
        return pace.MEANINGS[self.code]

    @property
    def more(self) -> int:
        return self.count - len(self.cards)


@require_GET
@requires(Permission.ACCOUNT_VIEW)
def board(request: MemberRequest) -> HttpResponseBase:
    """?scope=, ?segment=, ?status=, ?stage= narrow it; ?as=csv. The same few queries whatever the length."""
    rows, asked = _asked(request)
    if request.GET.get("as") == "csv":
        require(request, Permission.ACCOUNT_EXPORT)
        return _file(request, rows)
    counts = _counts(rows)
    stages = {asked["stage"]: pace.STAGES[asked["stage"]]} if asked["stage"] else pace.STAGES
    cards = _cards(request, rows, asked["stage"])
    scope = scope_of(request)
    context = {
        "columns": [
            Column(code, label, sum(counts.get((code, status), 0) for status in pace.STATUSES),
                   [card for card in cards if card.stage == code])
            for code, label in stages.items()
        ],
        "statuses": [(code, label, pace.TONES[code], sum(n for (_s, status), n in counts.items() if status == code))
                     for code, label in pace.STATUSES.items()],
        "scope": scope, "segments": boards.segments(), "total": sum(counts.values()), "asked": asked,
        "may_export": request.membership.may(Permission.ACCOUNT_EXPORT),
    }  # fmt: skip
    return render(request, "onboarding/board.html", context)


def _asked(request: MemberRequest) -> tuple[boards.Rows, dict[str, str]]:
    """What isn't a stage or a status asks for nothing."""
    today = local_today(request.tenant)
    decides = request.membership.may(Permission.HANDOFF_DECIDE)
    held = boards.held(visible_accounts(request), scope_of(request), decides=decides)
    rows = boards.rows(held, request.tenant, today)
    asked = {name: request.GET.get(name, "").replace("\x00", "") for name in ("segment", "status", "stage")}
    asked["status"] = asked["status"] if asked["status"] in pace.STATUSES else ""
    asked["stage"] = asked["stage"] if asked["stage"] in pace.STAGES else ""
    given = {name: value for name, value in asked.items() if value}
    return rows.filter(**given), asked


def _counts(rows: boards.Rows) -> dict[tuple[str, str], int]:
    counted = rows.order_by().values_list("stage", "status").annotate(n=Count("pk"))
    return {(stage, status): n for stage, status, n in counted}


def _cards(request: MemberRequest, rows: boards.Rows, stage: str) -> list[Card]:
    """The gravest of each stage first."""
    order = (GRAVITY.asc(), F("days").desc(), F("pk").asc())
    placed = rows.annotate(place=Window(RowNumber(), partition_by=F("stage"), order_by=order))
    found = list(placed.filter(place__lte=IN_ONE if stage else IN_COLUMN).select_related("csm").order_by("place", "pk"))
    return _drawn(found, request.tenant)


def _drawn(found: list[Any], tenant: Tenant) -> list[Card]:
    ids, today = [row.pk for row in found], local_today(tenant)
    steps, handoffs = boards.next_steps(ids), boards.open_handoffs(ids)
    return [_card(row, steps.get(row.pk), handoffs.get(row.pk), tenant, today) for row in found]


def _card(row: Any, step: Step | None, handoff: Handoff | None, tenant: Tenant, today: dt.date) -> Card:
    going = boards.going(row)
    before = handoff is not None and row.phase == Phase.COMMIT
    what, who, due = _turn(handoff, tenant, today) if handoff and before else _next(row, step, today)
    return Card(
        account=row, stage=row.stage, status=pace.STATUSES[row.status], tone=pace.TONES[row.status],
        clock=pace.clock(going), share=min(100, 100 * going.days // going.target), reasons=pace.reasons(going),
        step=what, who=who, due=due,
    )  # fmt: skip


def _turn(handoff: Handoff, tenant: Tenant, today: dt.date) -> tuple[str, str, str]:
    """(what, who, by when), as the handoff's own page says it."""
    who = handoff.rep.name if handoff.with_rep else handoff.csm.name if handoff.csm else "Whoever takes it"
    return TURNS[HandoffStatus(handoff.status)], who, clock(handoff, tenant, today).text


def _next(row: Any, step: Step | None, today: dt.date) -> tuple[str, str, str]:
    """(what, who, by when): what the stage asks for before there is a step to do."""
    csm = row.csm.name if row.csm else "Nobody yet"
    if row.stage == "handoff":
        return "Schedule the kickoff", csm, ""
    if row.stage == "confirm":
        return "Ask for their confirmation", csm, ""
    if step is None:
        return "No step in the plan", csm, ""
    person = step.our_owner or step.their_owner
    who = person.name if person else f"{step.get_side_display()}, nobody named"
    return step.title, who, formats.due(step.due_on, today) if step.due_on else ""


def _file(request: MemberRequest, rows: boards.Rows) -> HttpResponseBase:
    today = local_today(request.tenant)
    found = list(rows.select_related("csm").order_by("stage", "name", "pk")[:MOST])
    lines = []
    for row, card in zip(found, _drawn(found, request.tenant), strict=True):
        lines.append((
            row.name, row.segment, row.csm.name if row.csm else "", pace.STAGES[row.stage], card.status, row.days,
            row.target, row.days_held, "; ".join(card.reasons), f"{card.step} ({card.who})",
        ))  # fmt: skip
    answer = HttpResponse("".join(as_csv(HEAD, lines)), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="onboarding-{today}.csv"'
    return answer
