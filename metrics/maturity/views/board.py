"""The matrix of the portfolio: four cells, and the accounts in one of them."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.access import MemberRequest, requires, visible_accounts
from accounts.models import Phase
from accounts.roles import Permission
from accounts.scopes import scope_for
from accounts.views.book import FIRST_SCOPE
from metrics.maturity import actions
from metrics.maturity import board as figures
from metrics.maturity.index import CELLS

APART = "apart"


@require_GET
@requires(Permission.ACCOUNT_VIEW)
def board(request: MemberRequest) -> HttpResponse:
    code = request.GET.get("scope", FIRST_SCOPE.get(request.membership.role, "all"))  # type: ignore[call-overload]
    scope = scope_for(code if code in ("own", "team", "all") else "all", request.membership)
    accounts = scope.accounts(visible_accounts(request).exclude(phase=Phase.ENDED))
    matrix, cell = actions.matrix(), request.GET.get("cell", "")
    cell = cell if cell in (*CELLS, APART) else ""
    found = figures.board(accounts, matrix)
    rows = figures.inside(accounts, matrix, "" if cell == APART else cell) if cell else []
    return render(request, "maturity/board.html", {
        "board": found,
        "cell": cell,
        "chosen": next((each for each in found.cells if each.key == cell), None),
        "rows": rows,
        "most": figures.SHOWN if len(rows) == figures.SHOWN else 0,
        "scope": scope.code,
        "any": any(each.count for each in found.cells),
        "may_edit": request.membership.may(Permission.HEALTH_EDIT),
    })  # fmt: skip
