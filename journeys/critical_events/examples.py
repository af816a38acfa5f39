"""Customers in a similar place who were in time, or whose impact is confirmed: what is told to find the event."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When

from accounts.models import Account, ContractLine
from accounts.models.account import AccountQuerySet
from journeys.critical_events.models import CriticalEvent, EventStatus
from journeys.plans.models import Confirmation

MOST = 4


@dataclass(frozen=True)
class Example:
    """`alike`: in what they are similar; empty where nobody similar is there and any success has to do."""

    account_id: int
    name: str
    reached: str
    reached_on: dt.date | None
    confirmed: str
    confirmed_by: str
    alike: tuple[str, ...]


def of(account: Account, visible: AccountQuerySet) -> list[Example]:
    """Most similar first. One query over the accounts that the reader may see."""
    rows = _told(_with_likeness(visible.exclude(pk=account.pk), account))
    order = (-F("likeness"), F("reached_on").desc(nulls_last=True), "name", "pk")
    found: list[Any] = list(rows.order_by(*order)[: MOST * 2])
    alike = [row for row in found if row.likeness] or found
    return [_example(row, account) for row in alike[:MOST]]


def _with_likeness(accounts: AccountQuerySet, account: Account) -> QuerySet[Account]:
    owned = ContractLine.objects.filter(contract__account=account).order_by().values("product")
    same = ContractLine.objects.filter(contract__account=OuterRef("pk"), product__in=owned)
    return accounts.annotate(
        same_industry=_flag(Q(industry=account.industry) & ~Q(industry="")),
        same_segment=_flag(Q(segment=account.segment) & ~Q(segment="")),
        same_product=_flag(Q(Exists(same))),
    ).annotate(likeness=F("same_industry") * 2 + F("same_segment") + F("same_product"))


def _flag(condition: Q) -> Case:
    return Case(When(condition, then=Value(1)), default=Value(0), output_field=IntegerField())


def _told(accounts: QuerySet[Account]) -> QuerySet[Account]:
    reached = CriticalEvent.objects.filter(account=OuterRef("pk"), status=EventStatus.REACHED).critical()
    reached = reached.order_by("-settled_at", "-id")
    said = Confirmation.objects.filter(objective__plan__account=OuterRef("pk")).order_by("-confirmed_at", "-id")
    told = accounts.annotate(
        reached=Subquery(reached.values("title")[:1]),
        reached_on=Subquery(reached.values("happens_on")[:1]),
        confirmed=Subquery(said.values("objective__title")[:1]),
        confirmed_by=Subquery(said.values("name")[:1]),
    )
    return told.filter(Q(reached__isnull=False) | Q(confirmed__isnull=False))


def _example(row: Any, account: Account) -> Example:
    alike = [
        word
        for word, same in (
            (account.industry, row.same_industry),
            (account.segment, row.same_segment),
            ("same product", row.same_product),
        )
        if same
    ]
    return Example(
        row.pk, row.name, row.reached or "", row.reached_on, row.confirmed or "", row.confirmed_by or "", tuple(alike)
    )
