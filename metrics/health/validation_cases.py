"""What happened to accounts, each time beside the score that they had so many days before.

A case is an account and a day on which something happened: it left (churn), it shrank (contraction), it grew
(expansion), or a renewed term began (renewal); the worst of a day counts. The score is the one that the model had
worked out by the first instant of the day so many days before: the version of facts that held then, and no later one.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from accounts.models import Tenant
from accounts.tenancy.context import current_tenant_id
from metrics.health import definitions, scoring
from metrics.health.definitions import Definition
from metrics.health.explaining import Explainer

AHEAD = (30, 60, 90, 180)
OUTCOMES = ("churn", "contraction", "expansion", "renewal")
BACK = dt.timedelta(days=730)
MOST = 5_000
CASES = """
WITH days AS (
    SELECT account_id, effective_on, bool_or(kind = 'churn') AS churned, bool_or(kind = 'contraction') AS shrank,
        bool_or(kind = 'expansion') AS grew,
        sum(sum(amount_minor)) OVER (PARTITION BY account_id ORDER BY effective_on) AS remains
    FROM accounts_revenuemovement WHERE tenant_id = %(tenant)s GROUP BY account_id, effective_on
), happened AS (
    SELECT account_id, effective_on AS day,
        CASE WHEN churned AND remains <= 0 THEN 1 WHEN shrank THEN 2 WHEN grew THEN 3 END AS what FROM days
    UNION ALL
    SELECT account_id, start_on, 4 FROM accounts_contract WHERE tenant_id = %(tenant)s AND renews_id IS NOT NULL
), cases AS MATERIALIZED (
    SELECT account_id, day, min(what) AS what,
        (day - %(ahead)s)::timestamp AT TIME ZONE %(zone)s AS at
    FROM happened WHERE what IS NOT NULL AND day > %(since)s AND day <= %(today)s
    GROUP BY account_id, day ORDER BY day DESC, account_id LIMIT %(most)s
)
SELECT c.account_id, a.name, c.day, c.what, (
    SELECT jsonb_object_agg(e.key, e.value) FROM jsonb_each(v.facts) e WHERE e.key = ANY(%(wanted)s)
)
FROM cases c JOIN accounts_account a ON a.tenant_id = %(tenant)s AND a.id = c.account_id
LEFT JOIN LATERAL (
    SELECT known.facts FROM (
        (SELECT p.facts, p.valid_from FROM accounts_pastfacts p
        WHERE p.tenant_id = %(tenant)s AND p.account_id = c.account_id AND p.valid_to > c.at
        ORDER BY p.valid_to LIMIT 1)
        UNION ALL
        SELECT n.facts, n.valid_from FROM accounts_accountfacts n
        WHERE n.tenant_id = %(tenant)s AND n.account_id = c.account_id
    ) known WHERE known.valid_from <= c.at LIMIT 1
) v ON true
ORDER BY c.day DESC, c.account_id
"""


@dataclass(frozen=True)
class Happened:
    """One case. `score` is None where no model had said anything; `rival` is what a challenger said then."""

    account_id: int
    name: str
    on: dt.date
    outcome: str
    score: int | None
    band: str
    version: str
    segment: str
    rival: int | None
    worth: Mapping[str, tuple[str, float]] = field(default_factory=dict)


def happened(tenant: Tenant, *, ahead: int, today: dt.date) -> list[Happened]:
    """The newest cases of the last two years, each with what was known so many days before."""
    explainer = Explainer(tenant.zone)
    read = {name: definitions.read(version.definition) for name, version in explainer.versions.items()}
    params: dict[str, Any] = {
        "tenant": current_tenant_id(), "ahead": ahead, "since": today - BACK, "today": today, "most": MOST,
        "zone": tenant.timezone, "wanted": _wanted(read, explainer),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(CASES, params)
        return [_happened(row, ahead, read, explainer) for row in cursor.fetchall()]


def _wanted(read: Mapping[str, Definition], explainer: Explainer) -> list[str]:
    """What the score was, and what the measures were made of, their days included."""
    asked = {measure.fact for definition in read.values() for measure in definition.measures}
    dated = {f"@{fact.dated_by}" for name in asked if (fact := explainer.known.get(name)) and fact.dated_by}
    return sorted(asked | dated | {"health.computed", "health.model", "health.challenger", "account.segment"})


def _happened(row: tuple[Any, ...], ahead: int, read: Mapping[str, Definition], explainer: Explainer) -> Happened:
    account_id, name, day, what, facts = row
    facts = json.loads(facts or "{}")
    version, score = str(facts.get("health.model", "")), facts.get("health.computed")
    definition = read.get(version)
    worth: dict[str, tuple[str, float]] = {}
    if definition is not None and score is not None:
        then = scoring.score(definition, facts, today=day - dt.timedelta(days=ahead), known=explainer.known)
        worth = {m.measure.key: (m.measure.label, m.normalized) for m in then.measures if m.normalized is not None}
    return Happened(
        account_id, name, day, OUTCOMES[what - 1], score if definition else None,
        definition.band(score) if definition else "unknown", version, str(facts.get("account.segment", "")),
        facts.get("health.challenger"), worth,
    )  # fmt: skip
