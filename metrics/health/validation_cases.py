"""What happened to accounts, beside the score that they had so many days before it was known.

An account counts once, by the newest thing that happened to it: it left (churn), it shrank (contraction), it grew
(expansion), or a renewed term began (renewal); the worst of a day counts. The days are counted back from the day on
which that took effect, or was written down if that was sooner: a notice that has been given is no prediction. The score
is the one of the version of facts that held at the first instant of that day, and no later one. A challenger scores the
same facts anew. All of it is one statement, and what comes back is counts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import connection

from accounts.knowing.columns import record
from accounts.models import Tenant
from accounts.registry import Fact
from accounts.tenancy.context import current_tenant_id
from metrics.health import definitions, live, sql
from metrics.health.definitions import Definition
from metrics.health.explaining import Explainer

AHEAD = (30, 60, 90, 180)
OUTCOMES = ("churn", "contraction", "expansion", "renewal")
BACK = dt.timedelta(days=730)
MOST = 20_000  # accounts of a larger book: chosen by chance, always the same ones
NAMED = 200
ON_DAY = "c.on_day"
CASES = """
WITH days AS (
    SELECT account_id, effective_on, min(least(effective_on, (recorded_at AT TIME ZONE %(zone)s)::date)) AS known_on,
        bool_or(kind = 'churn') AS churned, bool_or(kind = 'contraction') AS shrank,
        bool_or(kind = 'expansion') AS grew,
        coalesce(sum(amount_minor) FILTER (WHERE kind NOT IN ('fx', 'transfer')), 0) AS own,
        sum(sum(amount_minor)) OVER (PARTITION BY account_id ORDER BY effective_on) AS remains
    FROM accounts_revenuemovement WHERE tenant_id = %(tenant)s GROUP BY account_id, effective_on
), happened AS (
    SELECT account_id, effective_on AS day, known_on, CASE WHEN churned AND remains <= 0 THEN 1
        WHEN shrank AND own < 0 THEN 2 WHEN grew AND own > 0 THEN 3 END AS what FROM days
    UNION ALL
    SELECT account_id, start_on, least(start_on, (created_at AT TIME ZONE %(zone)s)::date), 4
    FROM accounts_contract WHERE tenant_id = %(tenant)s AND renews_id IS NOT NULL
), newest AS MATERIALIZED (
    SELECT DISTINCT ON (account_id) account_id, day, min(what) AS what, min(known_on) - %(ahead)s AS on_day
    FROM happened WHERE what IS NOT NULL AND day > %(since)s AND day <= %(today)s
    GROUP BY account_id, day ORDER BY account_id, day DESC
), cases AS MATERIALIZED (
    SELECT *, on_day::timestamp AT TIME ZONE %(zone)s AS at FROM newest ORDER BY md5(account_id::text) LIMIT %(most)s
), said AS MATERIALIZED (
    SELECT c.account_id, c.day, c.what, coalesce(v.facts ->> 'health.model', '') AS version,
        round((v.facts ->> 'health.computed')::numeric)::int AS score,
        coalesce(v.facts ->> 'account.segment', '') AS segment, {rival} AS rival, {worths} AS worths
    FROM cases c LEFT JOIN LATERAL (
        SELECT known.facts FROM (
            (SELECT p.facts, p.valid_from FROM accounts_pastfacts p
            WHERE p.tenant_id = %(tenant)s AND p.account_id = c.account_id AND p.valid_to > c.at
            ORDER BY p.valid_to LIMIT 1)
            UNION ALL
            SELECT n.facts, n.valid_from FROM accounts_accountfacts n
            WHERE n.tenant_id = %(tenant)s AND n.account_id = c.account_id
        ) known WHERE known.valid_from <= c.at LIMIT 1
    ) v ON true CROSS JOIN LATERAL {record}
), slice AS (
    SELECT * FROM said WHERE score IS NOT NULL AND %(version)s IN ('', version) AND %(segment)s IN ('', segment)
)
SELECT 'all', '', '', NULL::int, NULL::int, NULL::int, NULL::bigint, NULL::date, count(*) FROM newest
UNION ALL
SELECT 'group', version, segment, score, rival, what, NULL, NULL, count(*) FROM said GROUP BY 2, 3, 4, 5, 6
UNION ALL
SELECT 'worth', s.version, '', w.worth, w.place::int, s.what, NULL, NULL, count(*)
FROM slice s CROSS JOIN LATERAL unnest(s.worths) WITH ORDINALITY w(worth, place)
WHERE w.worth IS NOT NULL GROUP BY 2, 4, 5, 6
UNION ALL
(SELECT 'green', version, segment, score, NULL, what, account_id, day, 1 FROM slice s
WHERE what = ANY(%(lost)s) AND score >= {healthy} ORDER BY score DESC, day, account_id LIMIT {named})
"""


@dataclass(frozen=True)
class Group:
    """So many accounts alike. `score` None: no model had said anything; `rival`: what a challenger makes of it."""

    version: str
    segment: str
    score: int | None
    rival: int | None
    outcome: str
    count: int


@dataclass(frozen=True)
class Worth:
    """Of so many accounts a measure was worth so much, 0 to 100."""

    key: str
    label: str
    worth: float
    outcome: str
    count: int


class Green(NamedTuple):
    account_id: int
    version: str
    segment: str
    score: int
    outcome: str
    on: dt.date


@dataclass(frozen=True)
class Happened:
    """`total`: to how many accounts anything happened; `groups` has all of them, or MOST by chance."""

    groups: tuple[Group, ...]
    worths: tuple[Worth, ...]
    greens: tuple[Green, ...]
    total: int
    read: Mapping[str, Definition]
    version: str = ""
    segment: str = ""

    @property
    def sampled(self) -> bool:
        return self.total > sum(group.count for group in self.groups)


def happened(
    tenant: Tenant, *, ahead: int, today: dt.date, lost: Iterable[str] = ("churn", "contraction"), version: str = "",
    segment: str = "",
) -> Happened:  # fmt: skip
    """`version` and `segment` choose of whom measures and names are told; groups are of everybody."""
    explainer = Explainer(tenant.zone)
    read = {name: definitions.read(row.definition) for name, row in explainer.versions.items()}
    written, params = _written(read, explainer.known)
    params |= {
        "tenant": current_tenant_id(), "ahead": ahead, "since": today - BACK, "today": today, "most": MOST,
        "zone": tenant.timezone, "version": version, "segment": segment,
        "lost": [OUTCOMES.index(each) + 1 for each in lost],
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(written, params)
        return _told(cursor.fetchall(), read, version, segment)


def _written(read: Mapping[str, Definition], known: Mapping[str, Fact]) -> tuple[str, dict[str, Any]]:
    """Challengers score those whose live model is theirs: against another model there is nothing to win."""
    said = sql.Said("past_", today=ON_DAY)
    drafts = [line for line in live.lines() if line.challenger]
    version = "v.facts ->> 'health.model'"
    rivals = " ".join(f"WHEN {said(line.model)} THEN {sql.rescored(line.definition, known, said)}" for line in drafts)
    worths = " ".join(f"WHEN {said(name)} THEN {sql.worths(each, known, said)}" for name, each in read.items())
    healthy = " ".join(f"WHEN {said(name)} THEN {each.healthy}" for name, each in read.items())
    lines = [*drafts, *(sql.Line(name, {}, each) for name, each in read.items())]
    return CASES.format(
        rival=f"CASE regexp_replace({version}, ' v[0-9]+$', '') {rivals} END" if rivals else "NULL::int",
        worths=f"CASE {version} {worths} END" if worths else "NULL::int[]",
        healthy=f"CASE version {healthy} END" if healthy else "NULL::int",
        record=record(sql.needed(lines, known), of="coalesce(v.facts, '{}')"), named=NAMED,
    ), said.params  # fmt: skip


def _told(rows: list[tuple[Any, ...]], read: Mapping[str, Definition], version: str, segment: str) -> Happened:
    groups, worths, greens, total = [], [], [], 0
    for kind, name, of, first, second, what, account_id, day, count in rows:
        outcome = OUTCOMES[what - 1] if what else ""
        if kind == "all":
            total = count
        elif kind == "group":
            groups.append(Group(name, of, first if name in read else None, second, outcome, count))
        elif kind == "worth":
            measure = read[name].measures[second - 1]
            worths.append(Worth(measure.key, measure.label, first / 100, outcome, count))
        else:
            greens.append(Green(account_id, name, of, first, outcome, day))
    return Happened(tuple(groups), tuple(worths), tuple(greens), total, read, version, segment)
