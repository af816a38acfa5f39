"""The book at a glance: ARR, retention over twelve months, what renews soon."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Q, Sum
from django.db.models.functions import Coalesce, Greatest, Least

from accounts.models import Account, AccountState, Phase, RevenueMovement
from accounts.models.account import AccountQuerySet
from metrics.revenue import Retention

RENEWS_SOON = dt.timedelta(days=90)
YEAR = dt.timedelta(days=365)


@dataclass(frozen=True)
class Book:
    """Amounts in minor units of `currency`; `other_currencies` counts accounts left out of them."""

    currency: str
    accounts: int
    arr_minor: int
    renewing: int
    renewing_minor: int
    onboarding: int
    other_currencies: int
    retention: Retention


def book(accounts: AccountQuerySet, *, currency: str, today: dt.date) -> Book:
    """Four statements whatever the number of accounts."""
    soon = Q(renewal_on__gte=today, renewal_on__lte=today + RENEWS_SOON)
    here = Q(account__currency=currency)
    states = AccountState.objects.filter(account__in=accounts.values("pk"))
    sums = states.aggregate(
        arr=Coalesce(Sum("arr_minor", filter=here), 0),
        renewing=Count("pk", filter=soon),
        renewing_minor=Coalesce(Sum("arr_minor", filter=soon & here), 0),
        other=Count("pk", filter=~here & Q(arr_minor__gt=0)),
    )
    counts = accounts.exclude(phase=Phase.ENDED).aggregate(
        all=Count("pk"), onboarding=Count("pk", filter=Q(phase=Phase.ONBOARDING))
    )
    return Book(
        currency=currency,
        accounts=counts["all"],
        arr_minor=int(sums["arr"]),
        renewing=sums["renewing"],
        renewing_minor=int(sums["renewing_minor"]),
        onboarding=counts["onboarding"],
        other_currencies=sums["other"],
        retention=retained(accounts, currency=currency, since=today - YEAR, until=today),
    )


def retained(accounts: AccountQuerySet, *, currency: str, since: dt.date, until: dt.date) -> Retention:
    """The cohort that paid on `since`, and what it pays on `until`; point to point, per account, then summed."""
    per_account = (
        RevenueMovement.objects.filter(
            account__in=Account.objects.filter(pk__in=accounts.values("pk")), currency=currency
        )
        .values("account")
        .annotate(
            then=Coalesce(Sum("amount_minor", filter=Q(effective_on__lte=since)), 0),
            now=Coalesce(Sum("amount_minor", filter=Q(effective_on__lte=until)), 0),
        )
        .filter(then__gt=0)
    )
    sums = per_account.aggregate(
        start=Coalesce(Sum("then"), 0),
        end=Coalesce(Sum("now"), 0),
        kept=Coalesce(Sum(Greatest(Least("then", "now"), 0)), 0),
    )
    return Retention(start=int(sums["start"]), end=int(sums["end"]), kept=int(sums["kept"]))
