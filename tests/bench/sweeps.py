"""Workspaces in which plays watch: accounts, wordings, and the SQL that somebody would write by hand instead."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable
from typing import Any

from django.db import connection, connections, transaction

from accounts.actions import knowledge
from accounts.calendar import local_today
from accounts.models import Account, Membership, Tenant, User
from accounts.tenancy.context import tenant_context
from blueprints.actions import engine, plays, turns
from blueprints.models import Play
from tests.bench import book

SIZE = int(os.environ.get("SIZE", 100_000))
PLAYS, ROUNDS = 25, 3
STEP = {"kind": "task", "title": "Call them", "detail": "", "role": "csm", "days": 2, "blueprint": ""}
SEGMENTS, REGIONS = ("Enterprise", "Mid-market", "SMB"), ("EMEA", "AMER", "APAC")
# Rising edges become matches, falling ones end them: for these 25 plays and for nothing else.
HAND = """
WITH held AS (
    SELECT k.account_id, k.valid_from, f.*, array_remove(ARRAY[{plays}], NULL) AS plays,
        coalesce(s.plays, '{{}}') AS was
    FROM accounts_accountfacts k CROSS JOIN LATERAL jsonb_to_record(k.facts) AS f(
        "account.segment" text, "account.region" text, "account.last_touch_on" date, "account.archived" boolean)
    LEFT JOIN (SELECT account_id, array_agg(play_id) AS plays FROM blueprints_match
        WHERE tenant_id = %(tenant)s AND closed_at IS NULL AND event_id IS NULL
        GROUP BY account_id) s USING (account_id)
    WHERE k.tenant_id = %(tenant)s
), ended AS (
    UPDATE blueprints_match m SET closed_at = now(), closed_on = %(day)s FROM held h
    WHERE m.tenant_id = %(tenant)s AND m.account_id = h.account_id AND m.closed_at IS NULL AND m.event_id IS NULL
        AND NOT m.play_id = ANY(h.plays)
)
INSERT INTO blueprints_match (tenant_id, play_id, version_id, account_id, opened_at, opened_on, known_from, facts, fate,
    attempts, due_at, last_error)
SELECT %(tenant)s, v.play_id, v.id, h.account_id, now(), %(day)s, h.valid_from, jsonb_build_object(
        'account.segment', "account.segment", 'account.region', "account.region",
        'account.last_touch_on', "account.last_touch_on"), 'waiting', 0, now(), ''
FROM held h CROSS JOIN LATERAL unnest(h.plays) AS p(id)
JOIN blueprints_playversion v ON v.tenant_id = %(tenant)s AND v.play_id = p.id
WHERE NOT p.id = ANY(h.was)
"""
HAND_TEST = (
    'f."account.archived" IS NOT TRUE AND f."account.segment" = \'{segment}\' AND f."account.region" = \'{region}\''
    ' AND %(day)s::date - f."account.last_touch_on" > {days}'
)


def workspace(slug: str, size: int) -> tuple[Tenant, User]:
    """With its book, and nothing known yet."""
    users = [
        User.objects.create_user(f"{name}@{slug}.test", "bench bench bench", name=name.capitalize())
        for name in ("one", "two")
    ]
    tenant = Tenant.objects.create(slug=slug, name=slug.capitalize())
    for user in users:
        Membership.objects.create(tenant=tenant, user=user, role="admin")
    names = {"csm": users[0].pk, "other": users[1].pk, "size": size, "tenant": tenant.pk, "every": max(1, size // 200)}
    with tenant_context(tenant), connection.cursor() as cursor:
        for statement in (book.ACCOUNTS.replace("n % ", "n %% "), book.STATES, book.CONTACTS, book.TASKS):
            cursor.execute(statement, names)
    analyze()
    return tenant, users[0]


def analyze() -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def tests(number: int) -> tuple[str, str, int]:
    """Segment, region and days of silence: each account fulfills one play in nine, where it is silent for long."""
    return SEGMENTS[number % 3], REGIONS[number // 3 % 3], 100 + number % 18


def watch(user: User) -> None:
    """Plays of three conditions, switched on while nothing is known, so that all of it is still to come."""
    for number in range(PLAYS):
        segment, region, days = tests(number)
        conditions = {
            "all": [
                {"fact": "account.segment", "is": segment},
                {"fact": "account.region", "is": region},
                {"fact": "account.last_touch_on", "older_than_days": days},
            ]
        }
        said = {"name": f"Silent {number}", "because": "they went quiet", "conditions": conditions, "steps": [STEP]}
        plays.switch_on(plays.create(said, by=user), by=user)


def hand_sweep(tenant: Tenant) -> int:
    """The same by hand; how many matches it opened."""
    pks = Play.objects.order_by("pk").values_list("pk", flat=True)
    said = [HAND_TEST.format(segment=s, region=r, days=d) for s, r, d in map(tests, range(PLAYS))]
    listed = ", ".join(f"CASE WHEN {test} THEN {pk}::bigint END" for pk, test in zip(pks, said, strict=True))
    with connection.cursor() as cursor:
        cursor.execute(HAND.format(plays=listed), {"tenant": tenant.pk, "day": local_today(tenant)})
        return cursor.rowcount


def ids_of(tenant: Tenant) -> list[int]:
    return list(Account.objects.order_by("pk").values_list("pk", flat=True))


def slices(ids: list[int]) -> list[list[int]]:
    return [ids[n : n + engine.ROUND_SLICE] for n in range(0, len(ids), engine.ROUND_SLICE)]


def know(tenant: Tenant) -> None:
    """The first version of everything, slice by slice as the round does it."""
    for some in slices(_ids(tenant)):
        with tenant_context(tenant):
            at = turns.clock()
            knowledge.follow(some, tenant=tenant, at=at)
            knowledge.seen(some, local_today(tenant, at))
    analyze()


def _ids(tenant: Tenant) -> list[int]:
    with tenant_context(tenant):
        return ids_of(tenant)


def seconds(
    tenant: Tenant, work: Callable[[], Any], *, keep: bool = False, then: Callable[[], Any] | None = None
) -> float:
    """In one transaction of the tenant's; taken back unless it is kept. What comes `then` isn't timed."""
    with tenant_context(tenant):
        began = time.perf_counter()
        work()
        took = time.perf_counter() - began
        if then is not None:
            then()
        if not keep:
            transaction.set_rollback(True)
    return took


def in_turns(ours: Callable[[], float], bare: Callable[[], float]) -> tuple[float, float]:
    """Medians, after a round that only warms."""
    pairs = [(ours(), bare()) for _ in range(ROUNDS + 1)][1:]
    return statistics.median(a for a, _ in pairs), statistics.median(b for _, b in pairs)
