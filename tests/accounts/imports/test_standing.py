"""An import compares again only where the book moved since it was tried, and asks indexes whoever is new here."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections

from accounts.actions import accounts, contacts, products
from accounts.imports.actions import halting, imports, matching, undoing, working
from accounts.imports.actions.applying import accounts as written
from accounts.imports.actions.matching import standing
from accounts.imports.actions.statements import rows
from accounts.imports.models import Import, Record, Stage
from accounts.models import Account
from accounts.tenancy.context import tenant_context
from tests.factories.imports import ImportFactory

pytestmark = pytest.mark.django_db(transaction=True)
FILE = "Account name,External ID\nAlder,C-1\nBasalt,C-2\n"
MANY = 4_000


@pytest.fixture(autouse=True)
def alone(monkeypatch):
    """Whoever is at work anywhere on the server counts as new, other tests among them; here nobody is."""
    monkeypatch.setattr(standing, "NOW", standing.NOW.replace("pg_snapshot_xmin", "pg_snapshot_xmax"))


@pytest.fixture
def tried(acme_cast):
    """A file that was tried, in transactions of its own as a worker has them."""
    with tenant_context(acme_cast.tenant):
        accounts.open({"name": "Before"}, by=acme_cast.ada)
        job = imports.open("book.csv", [FILE.encode()], noun="account", by=acme_cast.ada)
        imports.map_columns(job, {"0": "account.name", "1": "account.external_id"}, by=acme_cast.ada)
        imports.check(job, by=acme_cast.ada)
    return worked(job)


def worked(job: Import) -> Import:
    working.go_on(job.tenant_id)
    with tenant_context(job.tenant_id):
        job.refresh_from_db()
    return job


def ran(job: Import, by) -> Import:
    with tenant_context(job.tenant_id):
        imports.run(job, by=by)
    return worked(job)


@pytest.fixture
def compared(monkeypatch):
    """How often records were compared with the book."""
    times = []
    real = matching.match
    monkeypatch.setattr(matching, "match", lambda job: (times.append(job.pk), real(job)))
    return times


def test_a_book_that_stands_as_it_was_tried_isnt_compared_again(tried, acme_cast, compared):
    job = ran(tried, acme_cast.ada)
    assert (job.stage, compared) == (Stage.DONE, [])
    assert job.figures["account"] == {"created": 2, "changed": 0, "same": 0, "refused": 0}
    with tenant_context(acme_cast.tenant):
        assert list(Account.objects.values_list("name", flat=True)) == ["Alder", "Basalt", "Before"]


MOVES = {
    "an account came": lambda by: accounts.open({"name": "Alder", "external_id": "C-1"}, by=by),
    "an account changed": lambda by: accounts.edit(Account.objects.get(), {"external_id": "C-1"}, by=by),
    "a contact came": lambda by: contacts.add(Account.objects.get(), {"name": "Nora", "email": "n@a.test"}, by=by),
    "a product came": lambda by: products.add({"name": "Core", "code": "core"}, by=by),
}


@pytest.mark.parametrize("move", MOVES.values(), ids=MOVES)
def test_where_something_moved_it_is_compared_again(tried, acme_cast, compared, move):
    with tenant_context(acme_cast.tenant):
        move(acme_cast.ada)
    job = ran(tried, acme_cast.ada)
    assert (job.stage, compared) == (Stage.DONE, [job.pk])
    with tenant_context(acme_cast.tenant):
        assert Account.objects.filter(external_id="C-1").count() == 1


def test_what_went_is_missed(tried, acme_cast, compared):
    with tenant_context(acme_cast.tenant):
        other = imports.open("other.csv", [b"Account name\nGone soon\n"], noun="account", by=acme_cast.ada)
        imports.map_columns(other, {"0": "account.name"}, by=acme_cast.ada)
        imports.check(other, by=acme_cast.ada)
    other = ran(worked(other), acme_cast.ada)
    with tenant_context(acme_cast.tenant):
        before = matching.seen(tried)
        assert matching.stands(tried, before)
        imports.undo(other, by=acme_cast.ada)
    assert worked(other).stage == Stage.UNDONE
    with tenant_context(acme_cast.tenant):
        assert not matching.stands(tried, before)


def test_an_undo_that_cant_go_on_leaves_a_stopped_import_stopped(tried, acme_cast, monkeypatch):
    by = acme_cast.ada
    with tenant_context(acme_cast.tenant):
        imports.run(tried, by=by)
    monkeypatch.setattr(working, "ROWS", 2)  # the heading is row 1
    working.go_on(acme_cast.tenant.pk, seconds=0.0)
    while not _written(tried):
        working.go_on(acme_cast.tenant.pk, seconds=0.001)
    with tenant_context(acme_cast.tenant):
        imports.undo(imports.stop(tried, by=by), by=by)
    with monkeypatch.context() as broken:
        broken.setattr(undoing, "undo_batch", lambda *_: 1 / 0)
        for _ in range(halting.TRIES):
            working.go_on(acme_cast.tenant.pk)
    job = worked(tried)
    assert (job.stage, job.message) == (Stage.STOPPED, halting.OUR_FAULT)
    job = ran(job, by)
    assert job.stage == Stage.DONE
    with tenant_context(acme_cast.tenant):
        assert list(Account.objects.values_list("name", flat=True)) == ["Alder", "Basalt", "Before"]


def test_a_failure_sets_nobody_back_who_is_a_batch_further(tried, acme_cast):
    further = {"step": "rows", "after": 2, "last": 3}
    with ThreadPoolExecutor(1) as pool:
        with tenant_context(acme_cast.tenant):
            imports.run(tried, by=acme_cast.ada)
        with tenant_context(acme_cast.tenant):
            Import.objects.filter(pk=tried.pk).update(place=further)
            late = pool.submit(_fail_once, tried)
            while not rows(tried, "SELECT FROM pg_locks WHERE NOT granted"):
                assert not late.done()
        late.result()
    with tenant_context(acme_cast.tenant):
        tried.refresh_from_db()
    assert tried.place == further | {"tries": 1}


def _fail_once(job: Import) -> None:
    halting.count_failure(job.tenant_id, pk=job.pk)
    connection.close()


def _written(job: Import) -> bool:
    with tenant_context(job.tenant_id):
        return Record.objects.filter(job=job, done=True).exists()


SAY = """
INSERT INTO imports_record (job_id, number, noun, verdict, "values", errors, possible, done)
SELECT %s, n, 'account', 'create', '{}', '[]', '[]', false FROM generate_series(1, %s) n
"""


def test_rows_of_somebody_who_is_new_here_are_found_by_an_index(acme_cast, rival):
    """The planner knows nothing of a tenant that came since the last ANALYZE, and would expect a single row."""
    for tenant in (rival.tenant, acme_cast.tenant):
        with tenant_context(tenant), connection.cursor() as cursor:
            job = ImportFactory(noun="account", stage=Stage.RUNNING)
            cursor.execute(SAY, [job.pk, MANY])
        if tenant == rival.tenant:
            _analyze("imports_record")
    with tenant_context(acme_cast.tenant):
        plan = rows(job, "EXPLAIN " + written.CREATE, first=1, last=2_000, blanks="{}")
    assert not [line for (line,) in plan if "Join Filter" in line]
    assert [line for (line,) in plan if "Index Cond: (id = s.record_id)" in line or "AND (id = s.record_id))" in line]


def test_keys_and_what_is_taken_back_are_asked_as_for_anybody(tried, acme_cast, monkeypatch):
    """The same of the statements inside the database, which plan for each tenant anew unless they are told not to."""
    modes = []
    for room, name in ((working.applying, "apply_rows"), (undoing, "undo_batch")):
        real = getattr(room, name)
        monkeypatch.setattr(room, name, lambda *said, real=real: (modes.append(_plan_mode()), real(*said))[1])
    ran(tried, acme_cast.ada)
    with tenant_context(acme_cast.tenant):
        imports.undo(tried, by=acme_cast.ada)
    assert worked(tried).stage == Stage.UNDONE
    assert set(modes) == {"force_generic_plan"}
    assert _plan_mode() == "auto"


def _plan_mode() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW plan_cache_mode")
        return str(cursor.fetchone()[0])


def _analyze(table: str) -> None:
    owner = connections["owner"]
    parameters = owner.get_connection_params() | {"dbname": connection.settings_dict["NAME"]}
    parameters.pop("cursor_factory", None)
    own = owner.Database.connect(**parameters)
    own.cursor().execute(f"ANALYZE {table}")
    own.commit()
    own.close()
