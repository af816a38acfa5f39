"""A contract as its page shows it: the term in words, its lines, and what may be done with it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import BigIntegerField, Count, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from accounts import formats
from accounts.models import Account, Contract, ContractLine

MOST = 100


@dataclass(frozen=True)
class Line:
    product: str
    quantity: str
    amount: str
    days: str


@dataclass(frozen=True)
class Term:
    contract: Contract
    arr: str
    span: str
    status: str
    tone: str
    terms: str
    lines: list[Line]
    open: bool


def running(account: Account) -> QuerySet[Contract]:
    """The account's contracts, newest first, each with its recurring amount as `arr_minor`."""
    lines = ContractLine.objects.agreed().filter(contract=OuterRef("pk"), recurring=True)
    sums = lines.order_by().values("contract")
    total = Subquery(sums.annotate(total=Sum("amount_minor")).values("total"), output_field=BigIntegerField())
    rows = Contract.objects.filter(account=account)
    return rows.annotate(arr_minor=Coalesce(total, Value(0)), successors=Count("renewals"))


def short(account: Account, today: dt.date, most: int) -> list[Term]:
    """Without lines, for an overview."""
    return [term_of(contract, [], today) for contract in running(account)[:most]]


def terms(account: Account, today: dt.date) -> list[Term]:
    contracts = list(running(account)[:MOST])
    by_contract: dict[int, list[ContractLine]] = {}
    lines = ContractLine.objects.filter(contract__in=[contract.pk for contract in contracts])
    for line in lines.select_related("product"):
        by_contract.setdefault(line.contract_id, []).append(line)
    return [term_of(contract, by_contract.get(contract.pk, []), today) for contract in contracts]


def term_of(contract: Contract, lines: list[ContractLine], today: dt.date) -> Term:
    status, tone = _status(contract, today)
    renewal = "By itself" if contract.auto_renew else "By signature"
    return Term(
        contract=contract,
        arr=formats.money(getattr(contract, "arr_minor", 0), contract.currency),
        span=f"{formats.date(contract.start_on)} – {formats.date(contract.end_on)}",
        status=status,
        tone=tone,
        terms=f"{renewal}, {contract.notice_days} d notice",
        lines=[_line(line, contract.currency) for line in lines],
        open=contract.ended_on is None and not getattr(contract, "successors", 0),
    )


def _line(line: ContractLine, currency: str) -> Line:
    amount = formats.money(line.amount_minor, currency)
    return Line(
        line.product.name,
        formats.plural(line.quantity, line.product.unit),
        f"{amount} a year" if line.recurring else f"{amount} once",
        f"{formats.date(line.start_on)} – {formats.date(line.end_on)}",
    )


def _status(contract: Contract, today: dt.date) -> tuple[str, str]:
    if contract.ended_on is not None:
        word = "Ended" if contract.ended_on <= today else "Ends"
        return f"{word} {formats.date(contract.ended_on)}", "red"
    if getattr(contract, "successors", 0):
        return "Renewed", ""
    if contract.start_on > today:
        return "Starts " + formats.date(contract.start_on), ""
    if contract.end_on <= today:
        return f"Term over since {formats.date(contract.end_on)}", "red"
    days = (contract.end_on - today).days
    return f"{days} d to renewal", "amber" if days <= 90 else "green"
