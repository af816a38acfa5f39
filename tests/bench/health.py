"""Health of a whole book, history and what lists sort by among it, against SQL that somebody wrote for one model."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import connection, connections
from django.db.models import Sum

from accounts.actions import knowledge
from accounts.calendar import local_today
from accounts.models import AccountState, PastFacts, Tenant, User
from accounts.tenancy.context import tenant_context
from blueprints.actions import engine, turns
from metrics.health.actions import models, versions
from tests.bench import sweeps
from tests.bench.sweeps import SIZE, in_turns, seconds

NAME = "health"
GOAL, VERSIONS_A_YEAR = 1.5, 365  # of an account whose usage moves every day

Figure = dict[str, Any]


def _pillar(key: str, weight: int, fact: str, how: dict[str, Any], missing: str) -> dict[str, Any]:
    measure = {"key": key, "label": key, "weight": 100, "fact": fact, "how": how, "missing": missing}
    return {"key": key, "label": key, "weight": weight, "measures": [measure]}


MODEL = {
    "pillars": [
        _pillar("people", 35, "people.champion_present", {"yes": 100, "no": 0}, "zero"),
        _pillar("contact", 30, "account.last_touch_on", {"bad": 60, "good": 14, "counts": "age"}, "zero"),
        _pillar("work", 20, "task.overdue", {"bad": 5, "good": 0}, "zero"),
        _pillar("renewal", 15, "contract.renewal_on", {"bad": 0, "good": 180, "counts": "until"}, "neutral"),
    ],
    "limits": [{"when": {"fact": "people.champion_present", "is": False}, "cap": 60, "reason": "No champion"}],
    "bands": {"healthy": 70, "symptoms": 50},
    "least_known": 50,
}
HAND = """
WITH worth AS MATERIALIZED (
    SELECT k.account_id, k.facts, k.valid_from, k.first_day, f."people.champion_present" AS champion,
        CASE WHEN f."people.champion_present" THEN 10000 ELSE 0 END AS people,
        CASE WHEN f."account.last_touch_on" IS NULL THEN 0
            ELSE (20000 * least(greatest(60 - (%(day)s::date - f."account.last_touch_on"), 0), 46) + 46) / 92 END
            AS contact,
        coalesce((20000 * least(greatest(5 - f."task.overdue", 0), 5) + 5) / 10, 0) AS work,
        CASE WHEN f."contract.renewal_on" IS NULL THEN 5000
            ELSE (20000 * least(greatest(f."contract.renewal_on" - %(day)s::date, 0), 180) + 180) / 360 END AS renewal,
        55 + CASE WHEN f."account.last_touch_on" IS NULL THEN 0 ELSE 30 END
            + CASE WHEN f."contract.renewal_on" IS NULL THEN 0 ELSE 15 END AS known
    FROM accounts_accountfacts k CROSS JOIN LATERAL jsonb_to_record(k.facts) AS f("people.champion_present" boolean,
        "account.last_touch_on" date, "task.overdue" int, "contract.renewal_on" date)
    WHERE k.tenant_id = %(tenant)s
), scored AS MATERIALIZED (
    SELECT *, CASE WHEN total > 60 AND NOT champion THEN 60 ELSE total END AS score, total > 60 AND NOT champion AS held
    FROM (SELECT *, ((2 * (35 * people + 30 * contact + 20 * work + 15 * renewal) + 100) / 200 + 50) / 100 AS total
        FROM worth) t
), named AS MATERIALIZED (
    SELECT *, CASE WHEN score >= 70 THEN 'healthy' WHEN score >= 50 THEN 'symptoms' ELSE 'at_risk' END AS band
    FROM scored
), kept AS (
    INSERT INTO accounts_pastfacts (tenant_id, account_id, facts, valid_from, valid_to, first_day, seen_on)
    SELECT %(tenant)s, account_id, facts, valid_from, now(), first_day, %(day)s FROM named
), written AS (
    UPDATE accounts_accountfacts k SET valid_from = now(), first_day = %(day)s,
        facts = jsonb_strip_nulls(n.facts || jsonb_build_object('health.score', n.score, 'health.computed', n.score,
            'health.band', n.band, 'health.known', n.known, 'health.model', 'bench v1', 'health.capped_by',
            CASE WHEN n.held THEN 'No champion' END, 'health.people', (n.people + 50) / 100, 'health.contact',
            (n.contact + 50) / 100, 'health.work', (n.work + 50) / 100, 'health.renewal', (n.renewal + 50) / 100))
    FROM named n WHERE k.tenant_id = %(tenant)s AND k.account_id = n.account_id
)
UPDATE accounts_accountstate s SET health_score = n.score, health_band = n.band, seen_on = %(day)s
FROM named n WHERE s.tenant_id = %(tenant)s AND s.account_id = n.account_id
"""
BYTES = """
SELECT sum(pg_total_relation_size(inhrelid))::bigint FROM pg_inherits
WHERE inhparent = 'accounts_pastfacts'::regclass
"""


def measure(figure: Any, picked: str) -> Iterator[Figure]:
    if picked not in NAME:
        return
    tenant, user = sweeps.workspace("health", SIZE)
    sweeps.know(tenant)
    with tenant_context(tenant):
        _publish(user)
    yield from _scores(figure, tenant)
    yield from _all_found(figure, tenant)
    yield from _history(figure, tenant)


def _publish(user: User) -> None:
    model = models.add({"name": "Bench"}, MODEL, by=user)
    versions.publish(model.versions.get(), by=user)


def _turn(tenant: Tenant) -> None:
    """What a worker does once a version is published."""
    while taken := knowledge.take(turns.clock(), most=engine.SLICE):
        engine.look(
            list(taken), tenant=tenant, at=turns.clock(), derived=[pk for pk, derived in taken.items() if derived]
        )


def _hand(tenant: Tenant) -> None:
    with connection.cursor() as cursor:
        cursor.execute(HAND, {"tenant": tenant.pk, "day": local_today(tenant)})


def _scores(figure: Any, tenant: Tenant) -> Iterator[Figure]:
    found: set[int] = set()

    def said() -> None:
        found.add(AccountState.objects.aggregate(total=Sum("health_score"))["total"])

    ours, floor = in_turns(
        lambda: seconds(tenant, lambda: _turn(tenant), then=said),
        lambda: seconds(tenant, lambda: _hand(tenant), then=said),
    )
    assert len(found) == 1, found  # both said the same of every account
    yield figure("health: all scores with their history", ours, "s", floor, GOAL, accounts=SIZE,
                 accounts_a_second=round(SIZE / ours))  # fmt: skip


def _all_found(figure: Any, tenant: Tenant) -> Iterator[Figure]:
    """The night's round finds every fact anew before it scores; held against scores alone, by hand."""

    def look() -> None:
        for some in sweeps.slices(sweeps.ids_of(tenant)):
            engine.look(some, tenant=tenant, at=turns.clock())

    ours, floor = in_turns(lambda: seconds(tenant, look), lambda: seconds(tenant, lambda: _hand(tenant)))
    yield figure(
        "health: every fact found anew and scored", ours, "s", floor, 10.0, accounts_a_second=round(SIZE / ours)
    )


def _history(figure: Any, tenant: Tenant) -> Iterator[Figure]:
    """What a version takes, with its index; the goal is what a daily one may take in a year."""
    seconds(tenant, lambda: _turn(tenant), keep=True)
    with connections["owner"].cursor() as cursor:  # what was taken back before lies in it still
        cursor.execute("VACUUM FULL accounts_pastfacts")
    with tenant_context(tenant), connection.cursor() as cursor:
        cursor.execute(BYTES)
        each = cursor.fetchone()[0] / PastFacts.objects.count()
    yield figure("health: history of an account and year", each * VERSIONS_A_YEAR / 1024, "KB", 1024, 1.0,
                 bytes_a_version=round(each))  # fmt: skip
