"""The one statement that finds all facts of many accounts and writes what changed: versions before, version now."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from accounts.knowing.columns import bigints, quoted, record
from accounts.models import Tenant
from accounts.registry import Derived, Fact, Source, event_kinds, ordered_derivations, sources
from accounts.tenancy.context import current_tenant_id

# Where a month has no partition yet, its versions lie in the rest. A clock that was set back doesn't turn a version's
# time around: the next one begins right after it. What lists are sorted by is kept beside, locked in the one order in
# which everybody else does.
WRITE = """
WITH {found}, changed AS MATERIALIZED (
    SELECT n.account_id, n.facts, o.facts AS before, o.valid_from, o.first_day,
        greatest(%(at)s, o.valid_from + interval '1 microsecond') AS at, greatest(%(today)s, o.first_day) AS today
    FROM {last} n LEFT JOIN accounts_accountfacts o ON o.tenant_id = %(tenant)s AND o.account_id = n.account_id
    WHERE o.facts IS DISTINCT FROM n.facts
), kept AS (
    INSERT INTO accounts_pastfacts (tenant_id, account_id, facts, valid_from, valid_to, first_day, seen_on)
    SELECT %(tenant)s, c.account_id, c.before, c.valid_from, c.at, c.first_day, coalesce(s.seen_on, c.first_day)
    FROM changed c LEFT JOIN accounts_accountstate s ON s.tenant_id = %(tenant)s AND s.account_id = c.account_id
    WHERE c.before IS NOT NULL
), written AS (
    INSERT INTO accounts_accountfacts (tenant_id, account_id, facts, valid_from, first_day)
    SELECT %(tenant)s, account_id, facts, at, today FROM changed ORDER BY account_id
    ON CONFLICT (tenant_id, account_id) DO UPDATE
    SET facts = EXCLUDED.facts, valid_from = EXCLUDED.valid_from, first_day = EXCLUDED.first_day
), held AS MATERIALIZED (
    SELECT s.id, k.* FROM {last} n
    JOIN accounts_accountstate s ON s.tenant_id = %(tenant)s AND s.account_id = n.account_id
    CROSS JOIN LATERAL (SELECT {found_anew},
        round((n.facts ->> 'health.score')::numeric)::smallint AS score,
        coalesce(n.facts ->> 'health.band', '') AS band) k
    WHERE (s.arr_minor, s.renewal_on, s.health_score, s.health_band)
        IS DISTINCT FROM (k.arr, k.renewal_on, k.score, k.band)
    ORDER BY s.account_id FOR NO KEY UPDATE OF s
), shown AS (
    UPDATE accounts_accountstate s
    SET arr_minor = h.arr, renewal_on = h.renewal_on, health_score = h.score, health_band = h.band
    FROM held h WHERE s.tenant_id = %(tenant)s AND s.id = h.id
)
SELECT count(*) FROM changed
"""
ANEW = """coalesce((n.facts ->> 'contract.arr')::bigint, 0) AS arr,
        (n.facts ->> 'contract.renewal_on')::date AS renewal_on"""
# Whoever changed it in the meantime is right.
AS_IT_IS = "s.arr_minor AS arr, s.renewal_on"
PAIRS = 50  # a function takes a hundred arguments
BASE = """known AS MATERIALIZED (
    SELECT a.id AS account_id, jsonb_strip_nulls({facts}) AS facts FROM accounts_account a {joins}
    WHERE a.tenant_id = %(tenant)s AND a.id = ANY(%(ids)s::bigint[])
)"""
KNOWN = """known AS MATERIALIZED (
    SELECT account_id, facts - %(derived)s::text[] AS facts FROM accounts_accountfacts
    WHERE tenant_id = %(tenant)s AND account_id = ANY(%(ids)s::bigint[])
)"""


def build(tenant: Tenant, account_ids: list[int], *, at: dt.datetime, today: dt.date) -> tuple[str, dict[str, Any]]:
    """The statement and its parameters, for the open tenant."""
    params: dict[str, Any] = {
        "tenant": current_tenant_id(), "ids": bigints(account_ids), "at": at, "today": today, "zone": tenant.timezone,
        "touches": [kind.kind for kind in event_kinds() if kind.touch],
    }  # fmt: skip
    asked = sources()
    for source in asked:
        params |= source.params
    steps, last = _derivations(asked, params)
    return WRITE.format(found=", ".join([*_found(asked), *steps]), last=last, found_anew=ANEW), params


def build_derived(account_ids: list[int], *, at: dt.datetime, today: dt.date) -> tuple[str, dict[str, Any]]:
    """The same from the facts as they are known: only what follows from them is worked out anew."""
    told = sorted({name for derivation in ordered_derivations() for name in derivation.told()})
    params = {"tenant": current_tenant_id(), "ids": bigints(account_ids), "at": at, "today": today, "derived": told}
    steps, last = _derivations(sources(), params)
    return WRITE.format(found=", ".join([KNOWN, *steps]), last=last, found_anew=AS_IT_IS), params


def _derivations(asked: list[Source], params: dict[str, Any]) -> tuple[list[str], str]:
    """A step for each, one after the other, and the name of the last; their parameters are put to the others."""
    known = {fact.name: fact for source in asked for fact in source.facts}
    steps, last = [], "known"
    for number, derivation in enumerate(ordered_derivations()):
        derived = derivation.build(known)
        if derived is not None:
            steps.append(_derived(derived, known.values(), f"d{number}", last))
            params |= derived.params
            known |= {fact.name: fact for fact in derived.facts}
            last = f"d{number}"
    return steps, last


def _found(asked: list[Source]) -> list[str]:
    """Each source by itself, and then all of them side by side as one object for each account."""
    steps, shaped, pairs, joins = [], [], [], []
    for number, source in enumerate(asked):
        alias = f"s{number}"
        names = "account_id, facts" if source.shaped else ", ".join(["account_id", *_places(source)])
        steps.append(f"{alias}({names}) AS MATERIALIZED ({source.sql})")
        joins.append(f"LEFT JOIN {alias} ON {alias}.account_id = a.id")
        if source.shaped:
            shaped.append(f"coalesce({alias}.facts, '{{}}')")
        else:
            pairs += _pairs(source, alias)
    # As few objects as may be: each is copied once more for every one that is put to it.
    objects = [f"jsonb_build_object({', '.join(pairs[n : n + PAIRS])})" for n in range(0, len(pairs), PAIRS)]
    return [*steps, BASE.format(facts=" || ".join([*objects, *shaped]), joins=" ".join(joins))]


def _derived(derived: Derived, known: Iterable[Fact], name: str, last: str) -> str:
    """Only what it asks for is unfolded: that costs by the column."""
    unfolded = record([fact for fact in known if quoted(fact.name) in derived.sql], of="k.facts")
    return (
        f"{name} AS MATERIALIZED (SELECT k.account_id,"
        f" k.facts || coalesce(jsonb_strip_nulls({derived.sql}), '{{}}') AS facts FROM {last} k, {unfolded})"
    )


def _places(source: Source) -> list[str]:
    return [f"c{place}" for place in range(len(source.facts))]


def _pairs(source: Source, alias: str) -> list[str]:
    places = zip(source.facts, _places(source), strict=True)
    return [f"'{fact.name}', {_value(fact, f'{alias}.{place}')}" for fact, place in places]


def _value(fact: Fact, column: str) -> str:
    if fact.absent is None:
        return column
    return f"coalesce({column}, {str(fact.absent).lower()})"
