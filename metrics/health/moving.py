"""How scores went: one account's line over its versions, and who changed band among many, found set by set."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection

from accounts.models import Account, AccountFacts, PastFacts
from accounts.models.account import AccountQuerySet
from accounts.tenancy.context import current_tenant_id

MOST_VERSIONS = 2_000
# As it stood at that instant: the version that held then, which may hold still.
MOVED = """
WITH seen AS ({accounts}), was AS (
    SELECT p.account_id, p.facts ->> 'health.band' AS band, (p.facts ->> 'health.score')::int AS score
    FROM accounts_pastfacts p
    WHERE p.tenant_id = %s AND p.valid_to > %s AND p.valid_from <= %s AND p.account_id IN (SELECT id FROM seen)
)
SELECT s.id, s.name, t.band, n.facts ->> 'health.band', t.score, (n.facts ->> 'health.score')::int
FROM seen s JOIN was t ON t.account_id = s.id
JOIN accounts_accountfacts n ON n.tenant_id = %s AND n.account_id = s.id
WHERE t.band IS NOT NULL AND n.facts ? 'health.band' AND n.facts ->> 'health.band' <> t.band
"""


@dataclass(frozen=True)
class At:
    """What held from an instant on."""

    since: dt.datetime
    facts: Mapping[str, Any]

    @property
    def score(self) -> int | None:
        return self.facts.get("health.score")

    @property
    def model(self) -> str:
        return str(self.facts.get("health.model", ""))


@dataclass(frozen=True)
class Moved:
    account_id: int
    name: str
    before: str
    after: str
    score_before: int | None
    score_after: int | None


def versions(account: Account, since: dt.datetime) -> list[At]:
    """Every version that held since then, oldest first, the one that holds now last."""
    past = PastFacts.objects.filter(account_id=account.pk, valid_to__gte=since).order_by("-valid_to")[:MOST_VERSIONS]
    rows = [At(row.valid_from, row.facts) for row in past][::-1]
    now = AccountFacts.objects.filter(account=account).first()
    return [*rows, At(now.valid_from, now.facts)] if now else rows


def changes(rows: list[At]) -> list[tuple[At, At]]:
    """Neighbours whose score, band or model differ."""
    told = ("health.score", "health.band", "health.model")
    return [(a, b) for a, b in pairwise(rows) if any(a.facts.get(n) != b.facts.get(n) for n in told)]


def moved(accounts: AccountQuerySet, since: dt.datetime) -> list[Moved]:
    """Of these accounts, those in another band than at that instant, the largest falls first."""
    try:
        inner, params = accounts.order_by().values("id", "name").query.sql_with_params()
    except EmptyResultSet:  # a filter that nobody can pass
        return []
    tenant = current_tenant_id()
    with connection.cursor() as cursor:
        cursor.execute(MOVED.format(accounts=inner), [*params, tenant, since, since, tenant])
        rows = [Moved(*row) for row in cursor.fetchall()]
    return sorted(rows, key=lambda row: ((row.score_after or 0) - (row.score_before or 0), row.name))


def ends(account_ids: list[int], since: dt.datetime) -> dict[int, tuple[At, At]]:
    """What was known of each at that instant, and what is known now; two queries, however many they are."""
    then = PastFacts.objects.filter(account_id__in=account_ids, valid_to__gt=since, valid_from__lte=since)
    now = {
        row.account_id: At(row.valid_from, row.facts) for row in AccountFacts.objects.filter(account__in=account_ids)
    }
    return {
        row.account_id: (At(row.valid_from, row.facts), now[row.account_id])
        for row in then.order_by() if row.account_id in now
    }  # fmt: skip


def daily(rows: list[At], first: dt.date, last: dt.date, zone: dt.tzinfo) -> list[int | None]:
    """The score at the end of each day; None where it was unknown, or nobody had looked yet."""
    starts = [(row.since.astimezone(zone).date(), row.score) for row in rows]
    found, place, score = [], 0, None
    for n in range((last - first).days + 1):
        while place < len(starts) and starts[place][0] <= first + dt.timedelta(days=n):
            score = starts[place][1]
            place += 1
        found.append(score)
    return found
