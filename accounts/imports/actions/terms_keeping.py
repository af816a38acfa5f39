"""Which contracts of an import stay when it is taken back, and why."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F

from accounts.imports.actions.statements import rows
from accounts.imports.models import Import
from accounts.models import Contract, RevenueMovement

# By contract: the movements for which this import's own events answer, and whether anybody else told of it since.
TOLD = """
SELECT contract, coalesce(max(id) FILTER (WHERE NOT own) > min(id) FILTER (WHERE own), false),
    array_remove(array_agg(movement) FILTER (WHERE own), NULL)
FROM (
    SELECT e.id, (e.facts->>'contract_id')::bigint AS contract, m.value::bigint AS movement,
        (e.facts->'import_id' = to_jsonb(%(job)s::bigint)) IS TRUE AS own
    FROM accounts_event e
    LEFT JOIN LATERAL jsonb_array_elements_text(e.facts->'movements') m ON jsonb_typeof(e.facts->'movements') = 'array'
    WHERE e.tenant_id = %(tenant)s AND e.account_id = ANY(%(accounts)s::bigint[])
        AND e.kind IN ('contract.signed', 'contract.renewed', 'contract.edited', 'contract.amended', 'contract.ended')
) told WHERE contract = ANY(%(contracts)s) GROUP BY contract
"""
KEPT = "Kept: it was changed or renewed since."
BUILT_ON = "Kept: later contracts of this account build on it."


@dataclass(frozen=True)
class Done:
    """One contract that the import wrote as it stands now; `before`: what is kept with its records."""

    contract: int
    account: int
    renews: int | None
    records: list[int]
    created: bool
    before: list[dict[str, Any]]


@dataclass(frozen=True)
class Moved:
    """A movement of recurring revenue, by what it is about. `ours`: the import's."""

    id: int
    account: int
    contract: int
    on: dt.date
    ours: bool


def kept(job: Import, done: Sequence[Done]) -> dict[int, str]:
    """By contract, why it stays: people changed or renewed it, or what stays was named in view of it."""
    accounts = list({each.account for each in done})
    told = rows(job, TOLD, accounts=accounts, contracts=[each.contract for each in done])
    wrote = {movement for _, _, movements in told for movement in movements or ()}
    movements = _movements(accounts, {each.contract for each in done if each.created}, wrote)
    # A contract of which only the name changed is nobody's ground.
    moving = {each.contract for each in movements if each.ours}
    ours = {each.contract: each for each in done if each.created or each.contract in moving}
    later = Contract.objects.filter(renews__in=ours, pk__gt=F("renews_id")).exclude(pk__in=_new(ours))
    links = [contract for contract, since, _ in told if since]
    stay = dict.fromkeys(links, KEPT)
    links += later.values_list("renews_id", flat=True)
    stay |= dict.fromkeys(_with_earlier(ours, links), KEPT)
    while links := _built_on(ours, movements, stay):
        stay = dict.fromkeys(_with_earlier(ours, links), BUILT_ON) | stay
    return stay


def _new(ours: dict[int, Done]) -> list[int]:
    return [contract for contract, each in ours.items() if each.created]


def _movements(accounts: list[int], created: set[int], wrote: set[int]) -> list[Moved]:
    """Of all contracts of these accounts."""
    found = RevenueMovement.objects.filter(account__in=accounts)
    return [
        Moved(pk, account, contract, on, contract in created or pk in wrote)
        for pk, account, contract, on in found.values_list("pk", "account_id", "contract_id", "effective_on")
    ]


def _with_earlier(ours: dict[int, Done], links: list[int]) -> set[int]:
    """And what these renew in their turn: their movements build on those."""
    found: set[int] = set()
    while links:
        link = links.pop()
        if link in ours and link not in found:
            found.add(link)
            if (before := ours[link].renews) is not None:
                links.append(before)
    return found


def _built_on(ours: dict[int, Done], movements: list[Moved], stay: dict[int, str]) -> list[int]:
    """Those with a movement that stays and is of their first day or later: its kind depends on what stood before it.

    Not so where it was recorded before the import's: it was named without them.
    """
    wrote: dict[int, int] = {}  # by account, the import's first
    began: dict[int, dt.date] = {}
    for each in movements:
        if each.ours:
            wrote[each.account] = min(each.id, wrote.get(each.account, each.id))
            began[each.contract] = min(each.on, began.get(each.contract, each.on))
    stays: dict[int, dt.date] = {}  # by account, the last
    for each in movements:
        since = not each.ours and each.id > wrote.get(each.account, each.id)
        if since or (each.ours and each.contract in stay):
            stays[each.account] = max(each.on, stays.get(each.account, each.on))
    return [
        contract
        for contract, on in began.items()
        if contract not in stay and on <= stays.get(ours[contract].account, dt.date.min)
    ]
