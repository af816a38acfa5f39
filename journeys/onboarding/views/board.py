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
from accounts.access import MemberRequest, require, requires
from accounts.calendar import local_today
from accounts.exports.texts import as_csv
from accounts.models import Account
from accounts.roles import Permission
from accounts.views.scopes import accounts_in, scope_of
from journeys.onboarding import board as boards
from journeys.onboarding import pace
from journeys.plans.models import Step

IN_COLUMN, IN_ONE = 20, 200
MOST = 20_000
HEAD = ("Account", "Segment", "CSM", "Stage", "Status", "Day", "Target", "Days on hold", "Reasons", "Next step")
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
    rows = boards.rows(accounts_in(request, scope_of(request)), request.tenant, today)
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
    steps = boards.next_steps([row.pk for row in found])
    today = local_today(request.tenant)
    return [_card(row, steps.get(row.pk), today) for row in found]


def _card(row: Any, step: Step | None, today: dt.date) -> Card:
    going = boards.going(row)
    what, who, due = _next(row, step, today)
    return Card(
        account=row, stage=row.stage, status=pace.STATUSES[row.status], tone=pace.TONES[row.status],
        clock=pace.clock(going), share=min(100, 100 * going.days // going.target), reasons=pace.reasons(going),
        step=what, who=who, due=due,
    )  # fmt: skip


def _next(row: Any, step: Step | None, today: dt.date) -> tuple[str, str, str]:
    """(what, who, by when): what the stage asks for before there is a step to do."""
    csm = row.csm.name if row.csm else "Nobody yet"
    if row.stage == "handoff":
        return ("Schedule the kickoff" if row.phase == "onboarding" else "Accept the handoff"), csm, ""
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
    steps = boards.next_steps([row.pk for row in found])
    lines = []
    for row in found:
        card = _card(row, steps.get(row.pk), today)
        lines.append((
            row.name, row.segment, row.csm.name if row.csm else "", pace.STAGES[row.stage], card.status, row.days,
            row.target, row.days_held, "; ".join(card.reasons), f"{card.step} ({card.who})",
        ))  # fmt: skip
    answer = HttpResponse("".join(as_csv(HEAD, lines)), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="onboarding-{today}.csv"'
    return answer
