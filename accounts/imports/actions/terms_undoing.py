"""Contracts of an import taken back with all that they brought, but for those that people have gone on with."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import F, Func, JSONField, Value

from accounts.actions import states
from accounts.calendar import local_today
from accounts.imports.actions.statements import rows
from accounts.imports.actions.terms_reading import next_accounts, places_of
from accounts.imports.models import Import, Record, Verdict
from accounts.models import Account, Contract, ContractLine, Product, RevenueMovement

WRITTEN = "done AND errors = '[]'"
DONE = f"""
SELECT id, number, verdict, target_id, before FROM imports_record
WHERE tenant_id = %(tenant)s AND job_id = %(job)s AND noun = 'contract' AND number = ANY(%(numbers)s) AND {WRITTEN}
ORDER BY number
"""
TAKE_BACK = "SELECT take_back_contracts(%(job)s, %(records)s)"
KEPT = "Kept: it was changed or renewed since."
BUILT_ON = "Kept: later contracts of this account build on it."
AMENDED = "Kept: a change of a contract isn't taken back. Amend it where it was wrong."


@dataclass(frozen=True)
class Done:
    """One record that was written, with the contract that it is about as it stands now."""

    record: int
    verdict: str
    contract: int
    before: str | None  # JSON
    account: int
    renews: int | None
    touched: bool


@dataclass(frozen=True)
class Moved:
    """A movement of recurring revenue, by what it is about."""

    id: int
    account: int
    contract: int
    on: dt.date


def undo_contracts(job: Import, size: int) -> bool:
    """Takes back the contracts of the next `size` accounts. False when there was nothing more."""
    accounts = next_accounts(job, job.place.get("account", 0), size, WRITTEN)
    if not accounts:
        return False
    list(Account.objects.select_for_update(of=("self",)).filter(pk__in=accounts).order_by("pk").values_list("pk"))
    done = _done(job, accounts)
    created = [each for each in done if each.verdict != Verdict.CHANGE]
    kept = _kept({each.contract: each for each in created})
    gone = [each for each in created if each.contract not in kept]
    _take_back(job, gone)
    _say(AMENDED, (each for each in done if each.verdict == Verdict.CHANGE))
    for reason in (KEPT, BUILT_ON):
        _say(reason, (each for each in created if kept.get(each.contract) == reason))
    _restore(gone)
    states.refresh(accounts, today=local_today(job.tenant))
    job.place["account"] = accounts[-1]
    return True


def _done(job: Import, accounts: list[int]) -> list[Done]:
    places = places_of(job, accounts)
    records = rows(job, DONE, numbers=list(places))
    stand = {row.pk: row for row in Contract.objects.filter(pk__in={contract for *_, contract, _ in records})}
    return [
        Done(
            record, verdict, contract, before, places[number][0], stand[contract].renews_id, stand[contract].version > 1
        )
        for record, number, verdict, contract, before in records
        if contract in stand
    ]


def _kept(created: dict[int, Done]) -> dict[int, str]:
    """By contract, why it stays: people changed or renewed it, or what stays was named in view of it."""
    later = Contract.objects.filter(renews__in=created, pk__gt=F("renews_id")).exclude(pk__in=created)
    links = [each.contract for each in created.values() if each.touched] + list(
        later.values_list("renews_id", flat=True)
    )
    kept = dict.fromkeys(_with_earlier(created, links), KEPT)
    movements = _movements(created)
    while links := _built_on(created, movements, kept):
        kept = dict.fromkeys(_with_earlier(created, links), BUILT_ON) | kept
    return kept


def _with_earlier(created: dict[int, Done], links: list[int]) -> set[int]:
    """And what these renew in their turn: their movements build on those."""
    found: set[int] = set()
    while links:
        link = links.pop()
        if link in created and link not in found:
            found.add(link)
            if (before := created[link].renews) is not None:
                links.append(before)
    return found


def _movements(created: dict[int, Done]) -> list[Moved]:
    """Of all contracts of their accounts."""
    rows_there = RevenueMovement.objects.filter(account__in={each.account for each in created.values()})
    return [Moved(*row) for row in rows_there.values_list("pk", "account_id", "contract_id", "effective_on")]


def _built_on(created: dict[int, Done], movements: list[Moved], kept: dict[int, str]) -> list[int]:
    """Those with a movement that stays and is of their first day or later: its kind depends on what stood before it.

    Not so where it was recorded before the import's: it was named without them.
    """
    wrote: dict[int, int] = {}  # by account, the import's first
    began: dict[int, dt.date] = {}
    for each in movements:
        if each.contract in created:
            wrote[each.account] = min(each.id, wrote.get(each.account, each.id))
            began[each.contract] = min(each.on, began.get(each.contract, each.on))
    stays: dict[int, dt.date] = {}  # by account, the last
    for each in movements:
        since = each.contract not in created and each.id > wrote.get(each.account, each.id)
        if since or each.contract in kept:
            stays[each.account] = max(each.on, stays.get(each.account, each.on))
    return [
        contract
        for contract, on in began.items()
        if contract not in kept and on <= stays.get(created[contract].account, dt.date.min)
    ]


def _take_back(job: Import, gone: list[Done]) -> None:
    contracts = list({each.contract for each in gone})
    records = [each.record for each in gone]
    Contract.objects.filter(renews__in=contracts).exclude(pk__in=contracts).update(renews=None)
    rows(job, TAKE_BACK, records=records)
    ContractLine.objects.filter(contract__in=contracts)._raw_delete("default")
    Contract.objects.filter(pk__in=contracts)._raw_delete("default")
    Record.objects.filter(pk__in=records).update(done=False, target_id=None)


def _say(message: str, kept: Iterable[Done]) -> None:
    said = Value([{"step": "undo", "column": "", "message": message}], JSONField())
    joined = Func(F("errors"), said, template="(%(expressions)s)", arg_joiner=" || ", output_field=JSONField())
    Record.objects.filter(pk__in=[each.record for each in kept]).update(errors=joined)


def _restore(gone: list[Done]) -> None:
    """Currencies that the first contract decided, and products that only these contracts named."""
    for each in gone:
        before = json.loads(each.before) if each.before else {}
        if "account_currency" in before and not Contract.objects.filter(account=each.account).exists():
            Account.objects.filter(pk=each.account).update(currency=before["account_currency"])
        if "product" in before and not ContractLine.objects.filter(product=before["product"]).exists():
            Product.objects.filter(pk=before["product"])._raw_delete("default")
