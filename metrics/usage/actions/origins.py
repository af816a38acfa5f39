"""Whose usage it is: groups and people as senders name them, matched to accounts by themselves or by a person."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import connection, transaction
from django.db.models import F

from accounts import timeline
from accounts.actions.errors import Conflict, refuse
from accounts.models import Account, User
from accounts.tenancy.context import current_tenant_id
from metrics.usage.messages import Link, Ref
from metrics.usage.models import Arrival, Origin, OriginState

WORK = "usage"

# By lists and not by a join: on a table that was never analyzed the planner may join each row with all rows.
RESOLVE = """
SELECT ref, id, account_id, group_id FROM usage_origin
WHERE tenant_id = %(tenant)s AND kind = %(kind)s AND ref = ANY (%(refs)s)
"""
GROUPS = "SELECT id, account_id FROM usage_origin WHERE tenant_id = %(tenant)s AND id = ANY (%(ids)s)"
# In order, as every writer of several origins: nobody waits in a circle.
UPSERT = """
INSERT INTO usage_origin (tenant_id, kind, ref, name, domain, email, state, version)
SELECT %(tenant)s, kind, ref, name, domain, email, 'waiting', 1
FROM unnest(%(kinds)s::text[], %(refs)s::text[], %(names)s::text[], %(domains)s::text[], %(emails)s::text[])
    said(kind, ref, name, domain, email)
ORDER BY kind, ref
ON CONFLICT (tenant_id, kind, ref) DO UPDATE
SET name = coalesce(nullif(EXCLUDED.name, ''), usage_origin.name),
    domain = coalesce(nullif(EXCLUDED.domain, ''), usage_origin.domain),
    email = coalesce(nullif(EXCLUDED.email, ''), usage_origin.email)
RETURNING id
"""
PUT_IN_GROUP = """
UPDATE usage_origin p SET group_id = g.id, grouped_at = said.at
FROM unnest(%(kinds)s::text[], %(refs)s::text[], %(groups)s::text[], %(ats)s::timestamptz[]) said(kind, ref, team, at)
JOIN usage_origin g ON g.tenant_id = %(tenant)s AND g.kind = 'group' AND g.ref = said.team
WHERE p.tenant_id = %(tenant)s AND p.kind = said.kind AND p.ref = said.ref
    AND (p.grouped_at IS NULL OR p.grouped_at <= said.at)
"""
# The same person under two ids is in one group, whichever of them was put there.
TOGETHER = """
UPDATE usage_origin a SET group_id = b.group_id, grouped_at = b.grouped_at
FROM unnest(%(kinds)s::text[], %(refs)s::text[], %(other_kinds)s::text[], %(others)s::text[])
    said(kind, ref, kind2, ref2)
JOIN usage_origin b ON b.tenant_id = %(tenant)s AND b.kind = said.kind2 AND b.ref = said.ref2 AND b.group_id IS NOT NULL
WHERE a.tenant_id = %(tenant)s AND a.kind = said.kind AND a.ref = said.ref AND a.group_id IS NULL
"""
# A group by the account's id in the sender's system, else by a domain that one account alone has; a person by an
# address that is a contact's of one account alone. What a person took from an account waits for a person.
MATCH = """
WITH asked AS (
    SELECT o.id, o.kind, o.ref, o.email, array_remove(ARRAY[lower(o.ref), o.domain], '') AS domains FROM usage_origin o
    WHERE o.tenant_id = %(tenant)s AND o.state = 'waiting' AND o.decided_by_id IS NULL AND o.group_id IS NULL
        AND {which}
), found AS (
    SELECT asked.id, a.id AS account_id, 1 AS rank FROM asked
    JOIN accounts_account a ON a.tenant_id = %(tenant)s AND a.external_id = asked.ref
    WHERE asked.kind = 'group' AND a.archived_at IS NULL
    UNION ALL
    SELECT asked.id, a.id, 2 FROM asked
    JOIN accounts_account a ON a.tenant_id = %(tenant)s AND a.domain = ANY (asked.domains)
    WHERE asked.kind = 'group' AND a.archived_at IS NULL
    UNION ALL
    SELECT asked.id, c.account_id, 2 FROM asked
    JOIN accounts_contact c ON c.tenant_id = %(tenant)s AND c.email = asked.email
    JOIN accounts_account a ON a.tenant_id = %(tenant)s AND a.id = c.account_id AND a.archived_at IS NULL
    WHERE asked.kind = 'user' AND asked.email <> ''
), best AS (
    SELECT id, rank, min(account_id) AS account_id, count(DISTINCT account_id) AS candidates,
        min(rank) OVER (PARTITION BY id) AS first
    FROM found GROUP BY id, rank
)
UPDATE usage_origin o SET account_id = best.account_id, state = 'matched', version = o.version + 1
FROM best WHERE o.tenant_id = %(tenant)s AND o.id = best.id AND best.rank = best.first AND best.candidates = 1
    AND o.state = 'waiting'
RETURNING o.id
"""


def resolve(refs: set[Ref]) -> dict[Ref, tuple[int, int | None]]:
    """Origin and account of each; who was never heard of is noted, and matched where the book knows them."""
    known = _resolve(refs)
    if missing := refs - known.keys():
        _upsert({ref: {} for ref in missing})
        known |= _resolve(missing)
        strangers = [origin for ref, (origin, account) in known.items() if ref in missing and account is None]
        if match_by_itself(strangers):
            known |= _resolve(missing)
    return known


def link(links: list[Link]) -> list[int]:
    """Notes who is who, and who is in which group; the ids of all origins that were named."""
    if not links:
        return []
    said: dict[Ref, dict[str, str]] = {}
    groups: dict[Ref, Link] = {}
    for each in sorted(links, key=lambda one: one.said_at):
        people = [each.person, each.also] if each.also else [each.person]
        for person in people:
            said.setdefault(person, {})
        about: Ref = ("group", each.group) if each.group else each.person
        said[about] = said.get(about, {}) | {name: value for name, value in each.traits.items() if value}
        groups |= dict.fromkeys(people, each) if each.group else {}
    ids = _upsert(said)
    _put_in_groups(groups)
    _bring_together([(each.person, each.also) for each in links if each.also])
    match_by_itself(ids)
    return ids


def match_by_itself(ids: list[int] | None) -> list[int]:
    """Matches what waits, of these or of all, where the book leaves no doubt; the origins that are matched now."""
    if ids == []:
        return []
    which = "true" if ids is None else "o.id = ANY (%(ids)s)"
    with connection.cursor() as cursor:
        cursor.execute(MATCH.format(which=which), {"tenant": current_tenant_id(), "ids": ids})
        return [row[0] for row in cursor.fetchall()]


@transaction.atomic
def match(origin: Origin, account: Account, *, by: User, version: int | None = None) -> Origin:
    """Their usage is this account's, what waits and what comes. Matched ones stay where they are."""
    _decide(origin, OriginState.MATCHED, account, by, version)
    timeline.record(
        "usage_origin.matched", account=account, by=by, origin_id=origin.pk, name=str(origin), ref=origin.ref
    )
    tell_touched([origin.pk])
    return origin


@transaction.atomic
def ignore(origin: Origin, *, by: User, version: int | None = None) -> Origin:
    """Their usage is nobody's: kept, but out of the list."""
    _decide(origin, OriginState.IGNORED, None, by, version)
    timeline.record("usage_origin.ignored", by=by, origin_id=origin.pk, name=str(origin), ref=origin.ref)
    return origin


@transaction.atomic
def reopen(origin: Origin, *, by: User, version: int | None = None) -> Origin:
    """Ignored by mistake: it waits again."""
    if origin.state != OriginState.IGNORED:
        raise refuse("", "Only what was ignored can wait again.")
    write(origin, OriginState.WAITING, None, None, version)
    timeline.record("usage_origin.reopened", by=by, origin_id=origin.pk, name=str(origin), ref=origin.ref)
    return origin


def tell_touched(ids: list[int]) -> None:
    """A turn will look at their waiting events."""
    Arrival.objects.create(origins=ids)
    timeline.ring(WORK)


def _decide(origin: Origin, state: str, account: Account | None, by: User, version: int | None) -> None:
    if origin.state == OriginState.MATCHED:
        raise refuse("account", "This is matched already: move it to another account instead.")
    write(origin, state, account, by, version)


def write(origin: Origin, state: str, account: Account | None, by: User | None, version: int | None) -> None:
    """Conflict when somebody else was first. What a person lets wait (`by`) is matched by a person alone."""
    rows = Origin.objects.filter(pk=origin.pk, version=origin.version if version is None else version)
    if not rows.update(state=state, account=account, decided_by=by, version=F("version") + 1):
        raise Conflict(Origin.objects.get(pk=origin.pk))
    origin.refresh_from_db()


def _resolve(refs: Iterable[Ref]) -> dict[Ref, tuple[int, int | None]]:
    """A person who is in a group is the group, whose account theirs is unless they have one of their own."""
    by_kind: dict[str, list[str]] = {}
    for kind, ref in refs:
        by_kind.setdefault(kind, []).append(ref)
    tenant, rows = current_tenant_id(), []
    with connection.cursor() as cursor:
        for kind, names in by_kind.items():
            cursor.execute(RESOLVE, {"tenant": tenant, "kind": kind, "refs": names})
            rows += [((kind, ref), *place) for ref, *place in cursor.fetchall()]
        groups = {group for *_, group in rows if group is not None}
        if groups:
            cursor.execute(GROUPS, {"tenant": tenant, "ids": sorted(groups)})
        accounts: dict[int, int | None] = dict(cursor.fetchall()) if groups else {}
    return {
        ref: (origin, account) if group is None else (group, account or accounts[group])
        for ref, origin, account, group in rows
    }


def _upsert(said: dict[Ref, dict[str, str]]) -> list[int]:
    values: dict[str, Any] = {"kinds": [kind for kind, _ in said], "refs": [ref for _, ref in said]}
    for column, trait in (("names", "name"), ("domains", "domain"), ("emails", "email")):
        values[column] = [traits.get(trait, "") for traits in said.values()]
    with connection.cursor() as cursor:
        cursor.execute(UPSERT, values | {"tenant": current_tenant_id()})
        return [row[0] for row in cursor.fetchall()]


def _put_in_groups(groups: dict[Ref, Link]) -> None:
    if not groups:
        return
    values: dict[str, Any] = {
        "tenant": current_tenant_id(),
        "kinds": [kind for kind, _ in groups],
        "refs": [ref for _, ref in groups],
        "groups": [each.group for each in groups.values()],
        "ats": [each.said_at for each in groups.values()],
    }
    with connection.cursor() as cursor:
        cursor.execute(PUT_IN_GROUP, values)


def _bring_together(pairs: list[tuple[Ref, Ref]]) -> None:
    """Both ways: either of the two may be the one that was put in a group."""
    both = pairs + [(other, one) for one, other in pairs]
    if not both:
        return
    values: dict[str, Any] = {
        "tenant": current_tenant_id(),
        "kinds": [one[0] for one, _ in both],
        "refs": [one[1] for one, _ in both],
        "other_kinds": [other[0] for _, other in both],
        "others": [other[1] for _, other in both],
    }
    with connection.cursor() as cursor:
        cursor.execute(TOGETHER, values)
