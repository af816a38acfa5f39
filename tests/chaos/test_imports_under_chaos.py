"""Whoever brings a book in is killed again and again: every row arrives once, and all can be taken back."""

from __future__ import annotations

import json
import random
import time
from collections import Counter

import pytest

from accounts.imports.actions import imports, working
from accounts.imports.models import Import, Stage
from accounts.models import Account, AccountState
from accounts.tenancy.context import tenant_context
from tests.chaos import books, plan
from tests.chaos.hunting import Hunt

ROWS = 1_000
EACH = max(1, plan.FAULTS // 10)  # batches that are lost in each step
NOTHING = (Counter(), Counter())
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.chaos]


@pytest.fixture
def hunt(acme_cast, tmp_path):
    hunt = Hunt.on("product", acme_cast.tenant.pk, tmp_path)
    yield hunt
    hunt.stop()


def stage_of(job: Import) -> str:
    with tenant_context(job.tenant_id):
        job.refresh_from_db()
    return job.stage


def tell(name: str, *, faults: dict[str, int], expected: Counter, present: Counter) -> tuple[Counter, Counter]:
    """One line, and what matters in it: the rows that were lost, and those that are there too often."""
    lost, doubled = expected - present, present - expected
    facts = {"expected": expected.total(), "present": present.total()}
    facts |= {"lost": lost.total(), "doubled": doubled.total()}
    print(json.dumps({"name": f"chaos.imports.{name}", "seed": plan.SEED, "faults": dict(faults)} | facts))
    return lost, doubled


def test_every_row_arrives_once_however_often_workers_are_killed(acme_cast, hunt):
    job = books.brought(acme_cast, "account", books.names_alone(ROWS), duplicates="create", follow="anyway")
    steps = dict.fromkeys(("checking.reading", "checking.matching", "running.rows"), EACH)
    hunt.until_done(steps)
    assert stage_of(job) == Stage.DONE
    assert all(hunt.lost[step] >= EACH for step in steps), hunt.lost
    with tenant_context(acme_cast.tenant):
        names = Counter(Account.objects.values_list("name", flat=True))
        states = AccountState.objects.count()
    expected = Counter(f"Account {n}" for n in range(ROWS))
    assert tell("rows", faults=hunt.lost, expected=expected, present=names) == NOTHING
    assert states == ROWS


def test_contracts_and_their_ledger_arrive_once_and_go_without_a_trace(acme_cast, rival, hunt):
    file = books.terms_of(range(80))
    for cast in (acme_cast, rival):
        books.stock(cast, range(20))
    books.undisturbed(rival, file)
    before, expected = books.rows_of(acme_cast), books.sayings_of(rival)
    job = books.brought(acme_cast, "contract", file, missing_accounts="create", follow="anyway")
    hunt.until_done({"running.contracts": EACH})
    assert stage_of(job) == Stage.DONE
    assert hunt.lost["running.contracts"] >= EACH, hunt.lost
    assert sum(each[0] == "movement" for each in expected.elements()) > 200
    assert tell("contracts", faults=hunt.lost, expected=expected, present=books.sayings_of(acme_cast)) == NOTHING
    with tenant_context(acme_cast.tenant):
        imports.undo(job, by=None)
    steps = dict.fromkeys(("undoing.contracts", "undoing.rows"), EACH)
    hunt.until_done(steps)
    assert stage_of(job) == Stage.UNDONE
    assert all(hunt.lost[step] >= EACH for step in steps), hunt.lost
    faults = {step: hunt.lost[step] for step in steps}
    assert tell("undo", faults=faults, expected=before, present=books.rows_of(acme_cast)) == NOTHING


def test_two_imports_that_overlap_at_once_make_the_book_of_one_after_the_other(acme_cast, rival, hunt):
    files = books.terms_of(range(40)), books.terms_of(range(20, 60))
    books.undisturbed(rival, *files)
    said = {"missing_accounts": "create", "follow": "anyway"}
    jobs = [books.brought(acme_cast, "contract", file, **said) for file in files]
    steps = dict.fromkeys(("checking.reading", "running.rows", "running.contracts"), EACH)
    hunt.until_done(steps)
    assert [stage_of(job) for job in jobs] == [Stage.DONE, Stage.DONE]
    assert all(hunt.lost[step] >= EACH for step in steps), hunt.lost
    expected, present = books.sayings_of(rival), books.sayings_of(acme_cast)
    assert tell("overlap", faults=hunt.lost, expected=expected, present=present) == NOTHING


def test_the_careless_way_doubles_rows_so_the_harness_sees_them(acme_cast, tmp_path):
    job = books.brought(acme_cast, "account", books.names_alone(1_000), duplicates="create")
    while stage_of(job) == Stage.CHECKING:
        working.go_on(acme_cast.tenant.pk)
    hunt = Hunt.on("naive", acme_cast.tenant.pk, tmp_path)
    expected, chance, began = Counter(f"Account {n}" for n in range(1_000)), random.Random(plan.SEED), time.monotonic()
    try:
        while time.monotonic() - began < plan.PATIENCE:
            time.sleep(chance.uniform(0.2, 0.6))
            with tenant_context(acme_cast.tenant):
                names = Counter(Account.objects.values_list("name", flat=True))
            if names - expected:
                break
    finally:
        hunt.stop()
    _lost, doubled = tell("control", faults={}, expected=expected, present=names)
    assert doubled.total() > 0
