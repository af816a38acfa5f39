"""The revenue ledger as a statement of a year: opening, every movement, closing, to the cent."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Sum

from accounts import formats
from accounts.models import Account, RevenueMovement

YEAR = dt.timedelta(days=365)
MOST = 200


@dataclass(frozen=True)
class Line:
    day: str
    kind: str
    what: str
    reason: str
    amount: str
    tone: str
    balance: str
    ahead: bool


@dataclass(frozen=True)
class Statement:
    """`opening` + the lines' amounts = `closing`; lines after today are agreed, and not counted into ARR yet."""

    since: str
    opening: str
    lines: list[Line]
    closing: str
    earlier: bool


def statement(account: Account, today: dt.date, *, since: dt.date | None = None) -> Statement:
    """From `since` on (a year back unless said), with what is agreed for days to come."""
    since = since or today - YEAR
    ledger = RevenueMovement.objects.filter(account=account, currency=account.currency)
    before = ledger.filter(effective_on__lt=since).aggregate(opening=Sum("amount_minor"))["opening"]
    balance = opening = before or 0
    lines = []
    for move in ledger.filter(effective_on__gte=since).select_related("product", "contract")[:MOST]:
        balance += move.amount_minor
        lines.append(_line(move, balance, today))
    return Statement(
        formats.date(since),
        formats.money(opening, account.currency),
        lines,
        formats.money(balance, account.currency),
        before is not None,
    )


def _line(move: RevenueMovement, balance: int, today: dt.date) -> Line:
    return Line(
        day=formats.date(move.effective_on),
        kind=move.get_kind_display(),
        what=f"{move.product.name}, {move.contract.name}",
        reason=move.reason,
        amount=formats.signed_money(move.amount_minor, move.currency),
        tone="green" if move.amount_minor > 0 else "red",
        balance=formats.money(balance, move.currency),
        ahead=move.effective_on > today,
    )
