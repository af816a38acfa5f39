"""Which events fulfill which plays, tested in one statement, and the matches and runs that come of it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import connection

from accounts.knowing.columns import record
from accounts.models import AccountFacts, Event, Tenant
from accounts.tenancy.context import current_tenant_id
from blueprints import rules
from blueprints.actions import sifting, starting, watching
from blueprints.actions.watching import Watch

Pair = tuple[int, int]  # event and version

TESTED = """
tested AS MATERIALIZED (
    SELECT e.id AS event_id, e.account_id, e.facts AS said, k.valid_from, k.facts, p.*
    FROM accounts_event e
    JOIN accounts_accountfacts k ON k.tenant_id = e.tenant_id AND k.account_id = e.account_id
    CROSS JOIN LATERAL {record}
    JOIN LATERAL (VALUES {plays}) p(play_id, version_id, kind, fate, names, holds) ON p.kind = e.kind
    WHERE e.tenant_id = %(tenant)s AND e.id = ANY(%(events)s) AND p.holds
)
"""
HERE = "(k.facts ->> 'account.archived')::boolean IS NOT TRUE"
PAIRS = "WITH {tested} SELECT event_id, version_id FROM tested"
OPEN = """
WITH {tested} INSERT INTO blueprints_match (tenant_id, play_id, version_id, account_id, event_id, opened_at, opened_on,
    known_from, closed_at, closed_on, facts, fate, attempts, due_at, last_error)
SELECT %(tenant)s, t.play_id, t.version_id, t.account_id, t.event_id, %(at)s, %(day)s, t.valid_from, %(at)s, %(day)s,
    (SELECT coalesce(jsonb_object_agg(key, value), '{{}}') FROM (
        SELECT * FROM jsonb_each(t.facts) UNION ALL SELECT 'event.' || key, value FROM jsonb_each(t.said)
    ) every WHERE key = ANY(t.names)), t.fate, 0, %(at)s, ''
FROM tested t JOIN unnest(%(chosen_events)s::bigint[], %(chosen_versions)s::bigint[]) c(event_id, version_id)
    USING (event_id, version_id)
ORDER BY t.event_id, t.play_id ON CONFLICT DO NOTHING RETURNING id, fate
"""


def pairs(watch: Watch, event_ids: list[int], *, at: dt.datetime, day: dt.date) -> set[Pair]:
    """Events and the wordings that they fulfill, by what is known now."""
    return {(event, version) for event, version in _ask(PAIRS, watch, event_ids, {"at": at, "day": day})}


def start(chosen: list[Pair], *, watch: Watch, tenant: Tenant, at: dt.datetime, day: dt.date) -> int:
    """Opens these matches, those that aren't there yet, and begins the runs that no guard holds back; how many."""
    events = [event for event, _ in chosen]
    values = {"at": at, "day": day, "chosen_events": events, "chosen_versions": [version for _, version in chosen]}
    opened = [match for match, fate in _ask(OPEN, watch, events, values) if fate == "waiting"]
    if not opened:
        return 0
    sifting.sift(tenant, at)
    return starting.begin(list(starting.due(at).filter(pk__in=opened).order_by("pk")), tenant=tenant, at=at)


def _ask(sql: str, watch: Watch, event_ids: list[int], values: dict[str, Any]) -> list[tuple[Any, Any]]:
    if not watch.versions or not event_ids:
        return []
    rows: list[str] = []
    params: dict[str, Any] = values | {"tenant": current_tenant_id(), "events": event_ids}
    for place, version in enumerate(watch.versions):
        said, compared = rules.condition(version.conditions, watch.known, today="%(day)s::date", prefix=f"c{place}_")
        params |= compared | {f"n{place}": names(version.conditions, watch.known), f"k{place}": version.play.trigger}
        ids, fate = f"{version.play_id}::bigint, {version.pk}::bigint", watching.fate_of(version).value
        rows.append(f"({ids}, %(k{place})s, '{fate}', %(n{place})s::text[], {HERE} AND {said})")
    tested = TESTED.format(record=record(watch.facts(), of="k.facts"), plays=", ".join(rows))
    with connection.cursor() as cursor:
        cursor.execute(sql.format(tested=tested), params)
        return cursor.fetchall()


def names(tree: rules.Tree, known: rules.Known) -> list[str]:
    """What a match keeps of the account's facts and of the event's."""
    return watching.kept(tree, known) + [name for name in rules.names(tree) if name.startswith(watching.EVENT)]


def known(event: Event) -> dict[str, Any]:
    """What conditions may ask about now: the event's facts and what is known of its account."""
    of_account = AccountFacts.objects.filter(account=event.account_id).values_list("facts", flat=True).first()
    return (of_account or {}) | {f"event.{name}": value for name, value in event.facts.items()}
