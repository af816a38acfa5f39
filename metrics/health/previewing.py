"""What a draft would change today: every customer scored by it beside the score that they have, nothing written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection

from accounts.knowing.columns import record
from accounts.models.account import AccountQuerySet
from accounts.registry import Fact
from accounts.tenancy.context import current_tenant_id
from metrics.health import definitions, live, sql
from metrics.health.definitions import BANDS
from metrics.health.models import HealthModel

MOST = 25
# Both counts and names out of one pass over the accounts.
SCORED = """
WITH scored AS MATERIALIZED (
    SELECT k.account_id, coalesce(k.facts ->> 'health.band', 'unknown') AS before,
        (k.facts ->> 'health.score')::int AS score_before, {score} AS after
    FROM accounts_accountfacts k
    JOIN accounts_account a ON a.tenant_id = %(tenant)s AND a.id = k.account_id AND a.archived_at IS NULL
        AND a.phase <> 'ended', {facts}
    WHERE k.tenant_id = %(tenant)s
), told AS MATERIALIZED (
    SELECT account_id, before, score_before, coalesce(after ->> 'health.band', 'unknown') AS now,
        (after ->> 'health.score')::int AS score_now, after ->> 'health.model' AS model
    FROM scored
)
SELECT NULL, NULL, before, now, NULL, NULL, count(*), count(*) FILTER (WHERE model = %(preview_name)s)
FROM told GROUP BY before, now
UNION ALL
(SELECT t.account_id, a.name, t.before, t.now, t.score_before, t.score_now, 1, 0
FROM told t JOIN accounts_account a ON a.tenant_id = %(tenant)s AND a.id = t.account_id
WHERE t.before <> t.now
ORDER BY abs(coalesce(t.score_now, 0) - coalesce(t.score_before, 0)) DESC, a.name, a.id LIMIT {most})
"""


@dataclass(frozen=True)
class Change:
    account_id: int
    name: str
    before: str
    after: str
    score_before: int | None
    score_after: int | None


@dataclass(frozen=True)
class Preview:
    """Counts by band before and after; the first accounts that would change band, the largest steps first."""

    before: dict[str, int]
    after: dict[str, int]
    changing: int
    scored: int
    first: tuple[Change, ...]

    @property
    def total(self) -> int:
        return sum(self.after.values())

    @property
    def more(self) -> int:
        """How many change beside those that are named."""
        return self.changing - len(self.first)

    def naming(self, accounts: AccountQuerySet) -> Preview:
        """The same counts, with no name that isn't of these."""
        theirs = set(accounts.filter(pk__in=[each.account_id for each in self.first]).values_list("pk", flat=True))
        return replace(self, first=tuple(each for each in self.first if each.account_id in theirs))


def preview(model: HealthModel, definition: definitions.Raw, *, today: dt.date, name: str = "draft") -> Preview:
    """As if the definition were published now, for all but former customers.

    It must be one that checking finds nothing wrong with.
    """
    return scored(live.lines_with(model, definition, name), live.inputs(definition), today=today, name=name)


def scored(lines: Sequence[sql.Line], known: Mapping[str, Fact], *, today: dt.date, name: str) -> Preview:
    """As if these lines scored everybody; `name` is the one whose accounts are counted."""
    score, params = sql.compiled(lines, known)
    statement = SCORED.format(score=score, facts=record(sql.needed(lines, known), of="k.facts"), most=MOST)
    values = {"tenant": current_tenant_id(), "today": today, "preview_name": name}
    with connection.cursor() as cursor:
        cursor.execute(statement, params | values)
        return _told(cursor.fetchall())


def _told(rows: list[tuple[Any, ...]]) -> Preview:
    before, after = dict.fromkeys(BANDS, 0), dict.fromkeys(BANDS, 0)
    changing, scored, first = 0, 0, []
    for account_id, name, was, now, score_was, score_now, count, by_draft in rows:
        if account_id is not None:
            first.append(Change(account_id, name, was, now, score_was, score_now))
            continue
        before[was] += count
        after[now] += count
        scored += by_draft
        changing += count if was != now else 0
    return Preview(before, after, changing, scored, tuple(first))
