"""Contracts of an import taken back with all that they brought, but for those that people have gone on with."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import F, Func, JSONField, Value

from accounts.actions import states
from accounts.calendar import local_today
from accounts.imports.actions.statements import rows
from accounts.imports.actions.terms_reading import next_accounts, places_of
from accounts.imports.models import Import, Record, Verdict
from accounts.models import Account, Contract, ContractLine, Product

WRITTEN = "done AND errors = '[]'"
DONE = f"""
SELECT id, number, verdict, target_id, before FROM imports_record
WHERE tenant_id = %(tenant)s AND job_id = %(job)s AND noun = 'contract' AND number = ANY(%(numbers)s) AND {WRITTEN}
ORDER BY number
"""
TAKE_BACK = "SELECT take_back_contracts(%(job)s, %(records)s)"
KEPT = "Kept: it was changed or renewed since."
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
    _say(KEPT, (each for each in created if each.contract in kept))
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


def _kept(created: dict[int, Done]) -> set[int]:
    """What people changed or renewed, and what that renews in its turn: its movements build on those."""
    later = Contract.objects.filter(renews__in=created, pk__gt=F("renews_id")).exclude(pk__in=created)
    links = [each.contract for each in created.values() if each.touched] + list(
        later.values_list("renews_id", flat=True)
    )
    kept: set[int] = set()
    while links:
        link = links.pop()
        if link in created and link not in kept:
            kept.add(link)
            if (before := created[link].renews) is not None:
                links.append(before)
    return kept


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
