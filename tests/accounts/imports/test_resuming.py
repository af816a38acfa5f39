"""An import of contracts that stopped half-way and goes on: each is written once, and all of them can be taken back."""

from __future__ import annotations

import pytest

from accounts.imports.actions import halting, imports, terms, working
from accounts.imports.models import Import, Stage
from accounts.models import Account, Contract
from tests.accounts.imports.test_terms import account, job, say, seats, settled, term, undo, verdicts, whole_book
from tests.factories.accounts import AccountFactory

__all__ = ["account", "job", "seats"]

# Two contracts of each account, so that a row follows another about the same account.
DEALS = "Account,Deal,ARR,Start,End\n" + "".join(
    f"{name},{name} {year},1000,{year}-01-01,{year + 1}-01-01\n"
    for name in ("Alder", "Basalt", "Coral")
    for year in (2024, 2025)
)
PATHS = ("account.name", "contract.name", "contract.arr", "contract.start_on", "contract.end_on")


def test_what_was_written_before_a_stop_is_taken_back_with_the_rest(account, job, seats):
    other = AccountFactory(name="Basalt", currency="EUR")
    before = whole_book()
    say(job, 2, account, **term(0, 1000, name="First"))
    say(job, 3, other, **term(0, 500, name="Second"))
    terms.match_contracts(job)
    after = terms.apply_contracts(job, 0, 1)
    terms.match_contracts(job)
    while after is not None:
        after = terms.apply_contracts(job, after, 1)
    assert verdicts(job) == ["create", "create"]
    assert Contract.objects.count() == 2
    undo(job)
    assert settled(whole_book()) == settled(before)


@pytest.mark.parametrize("known", [False, True])
def test_rows_that_follow_others_are_written_after_a_stop_as_well(acme, monkeypatch, known):
    if known:
        for name in ("Alder", "Basalt", "Coral"):
            AccountFactory(name=name)
    before, there = settled(whole_book()), Account.objects.count()
    job = go_on(imports.check(mapped(acme.olly), by=acme.olly))
    stop_after_the_first_account(job, acme.olly, monkeypatch)
    assert Contract.objects.count() == 2
    job = go_on(imports.run(job, by=acme.olly))
    assert job.stage == Stage.DONE
    assert job.figures["contract"] == {"created": 6, "changed": 0, "same": 0, "refused": 0}
    assert Contract.objects.count() == 6
    job = go_on(imports.undo(job, by=acme.olly))
    assert (job.stage, Account.objects.count()) == (Stage.UNDONE, there)
    assert settled(whole_book()) == before


def mapped(by) -> Import:
    job = imports.open("deals.csv", [DEALS.encode()], noun="contract", by=by)
    columns = {str(n): path for n, path in enumerate(PATHS)}
    return imports.map_columns(job, columns, by=by, options={"missing_accounts": "create"})


def stop_after_the_first_account(job: Import, by, monkeypatch) -> None:
    real = terms.apply_contracts
    with monkeypatch.context() as patched:
        patched.setattr(working, "ACCOUNTS", 1)
        patched.setattr(halting, "TRIES", 1)
        patched.setattr(terms, "apply_contracts", lambda job, *then: 1 / 0 if then[0] else real(job, *then))
        go_on(imports.run(job, by=by))
    assert Import.objects.get(pk=job.pk).stage == Stage.STOPPED


def go_on(job: Import) -> Import:
    working.go_on(job.tenant_id)
    job.refresh_from_db()
    return job
