"""Files and rows don't stay for ever: deleted when asked, or after a while; the import's line and figures stay."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.utils import timezone

from accounts.actions.errors import Refused
from accounts.imports import tasks
from accounts.imports.actions import forgetting, halting, imports, sample, working
from accounts.imports.models import FilePart, Import, Record, Stage
from accounts.models import Account, Event, Tenant, TenantWork
from accounts.tenancy.context import tenant_context

pytestmark = pytest.mark.django_db
BOOK = b"Name,Region\nAlder,EMEA\nBasalt,AMER,x\n"


def done(cast, body=BOOK):
    """An import that was run, with one refused row."""
    with tenant_context(cast.tenant):
        job = imports.open("book.csv", [body], noun="account", by=cast.ada)
        imports.map_columns(job, job.columns, by=cast.ada, options={"follow": "anyway"})
        imports.check(job, by=cast.ada)
    working.go_on(cast.tenant.pk)
    with tenant_context(cast.tenant):
        job.refresh_from_db()
    assert job.stage == Stage.DONE
    return job


def kept(cast):
    with tenant_context(cast.tenant):
        return FilePart.objects.count(), Record.objects.count()


def aged(cast, days, **which):
    with tenant_context(cast.tenant):
        Import.objects.filter(**which).update(stage_since=timezone.now() - dt.timedelta(days=days))


def test_file_and_rows_go_and_the_figures_stay(acme_cast):
    job = done(acme_cast)
    figures = job.figures
    with tenant_context(acme_cast.tenant):
        job = forgetting.forget(job, by=acme_cast.ada)
        assert job.forgotten_at is not None
        assert acme_cast.tenant.pk in forgetting.waiting_tenants()
    forgetting.go_on(acme_cast.tenant.pk)
    assert kept(acme_cast) == (0, 0)
    with tenant_context(acme_cast.tenant):
        job = Import.objects.get()
        assert (job.name, job.figures, job.sample, job.stage) == ("book.csv", figures, [], Stage.DONE)
        assert Account.objects.count() == 1
        event = Event.objects.get(kind="import.forgotten")
        assert (event.actor, event.facts["name"], event.facts["import_id"]) == (acme_cast.ada, "book.csv", job.pk)
    assert forgetting.waiting_tenants() == []


@pytest.mark.parametrize("act", [imports.check, imports.run, imports.stop, imports.undo, forgetting.forget])
def test_nothing_can_be_done_with_it_any_more(acme_cast, act):
    job = done(acme_cast)
    with tenant_context(acme_cast.tenant):
        forgetting.forget(job, by=acme_cast.ada)
        with pytest.raises(Refused, match="The file and the rows of this import were deleted on"):
            act(job, by=acme_cast.ada)
        with pytest.raises(Refused, match="were deleted on"):
            imports.map_columns(job, {}, by=acme_cast.ada)
        assert Account.objects.count() == 1
        assert Event.objects.filter(kind="import.forgotten").count() == 1


def test_how_far_it_came_before_it_failed_is_still_said(acme_cast, monkeypatch):
    monkeypatch.setattr(working, "ROWS", 1)
    monkeypatch.setattr(halting, "TRIES", 1)
    real = working.applying.apply_rows
    monkeypatch.setattr(
        working.applying, "apply_rows", lambda job, first, last: real(job, first, last) if first < 3 else 1 / 0
    )
    with tenant_context(acme_cast.tenant):
        job = imports.open("book.csv", [b"Name\nAlder\nBasalt\n"], noun="account", by=acme_cast.ada)
        imports.map_columns(job, job.columns, by=acme_cast.ada, options={"follow": "anyway"})
        imports.check(job, by=acme_cast.ada)
    working.go_on(acme_cast.tenant.pk)
    with tenant_context(acme_cast.tenant):
        job.refresh_from_db()
        assert (job.stage, Account.objects.count()) == (Stage.STOPPED, 1)
        forgetting.forget(job, by=acme_cast.ada)
    forgetting.go_on(acme_cast.tenant.pk)
    with tenant_context(acme_cast.tenant):
        assert Import.objects.get().figures["written"] == {"account": {"created": 1, "changed": 0}}


def test_an_import_under_a_workers_hands_stays(acme):
    job = imports.open("book.csv", [BOOK], noun="account", by=acme.ada)
    imports.check(job, by=acme.ada)
    with pytest.raises(Refused, match="A worker is at this import"):
        forgetting.forget(job, by=acme.ada)
    assert FilePart.objects.count() == 1


def test_the_sample_that_stands_keeps_its_rows(acme_cast):
    with tenant_context(acme_cast.tenant):
        job = sample.load(by=acme_cast.ada, today=dt.date(2026, 11, 22))
    working.go_on(acme_cast.tenant.pk)
    aged(acme_cast, 400)
    forgetting.go_on(acme_cast.tenant.pk)
    assert kept(acme_cast)[0] == 1
    with tenant_context(acme_cast.tenant), pytest.raises(Refused, match="take it back"):
        forgetting.forget(job, by=acme_cast.ada)


def test_what_is_old_goes_by_itself_and_the_rest_stays(acme_cast, rival, settings):
    settings.IMPORT_KEEP_DAYS = 30
    old, new = done(acme_cast), done(acme_cast, BOOK + b"Coral,EMEA\n")
    aged(acme_cast, 31, pk=old.pk)
    aged(acme_cast, 29, pk=new.pk)
    forgetting.go_on(acme_cast.tenant.pk)
    forgetting.go_on(acme_cast.tenant.pk)
    with tenant_context(acme_cast.tenant):
        assert list(Import.objects.filter(forgotten_at=None)) == [new]
        assert set(Record.objects.values_list("job", flat=True)) == {new.pk}
        assert list(FilePart.objects.values_list("job", flat=True)) == [new.pk]
        assert Event.objects.get(kind="import.forgotten").actor is None


def test_no_days_keep_everything(acme_cast, settings):
    settings.IMPORT_KEEP_DAYS = 0
    done(acme_cast)
    aged(acme_cast, 4_000)
    forgetting.go_on(acme_cast.tenant.pk)
    assert kept(acme_cast) == (1, 2)


def test_an_import_is_deleted_in_batches(acme_cast, monkeypatch):
    job = done(acme_cast, b"Name\n" + b"".join(b"Account %d\n" % n for n in range(25)))
    with tenant_context(acme_cast.tenant):
        forgetting.forget(job, by=acme_cast.ada)
    monkeypatch.setattr(forgetting, "BATCHES", {"imports_filepart": 1, "imports_record": 10})
    left = []
    while forgetting._delete_some(acme_cast.tenant.pk):
        left.append(kept(acme_cast))
    assert left == [(0, 15), (0, 5), (0, 0)]
    assert not TenantWork.objects.filter(kind=forgetting.WORK).exists()


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_get_in_nobodys_way(acme_cast, monkeypatch):
    aged_ones = [done(acme_cast, b"Name\n" + b"".join(b"%d of %d\n" % (n, m) for n in range(300))) for m in range(3)]
    aged(acme_cast, 100)
    monkeypatch.setattr(forgetting, "BATCHES", {"imports_filepart": 1, "imports_record": 20})

    def turn(_number):
        forgetting.go_on(acme_cast.tenant.pk)
        connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(turn, range(2)))
    forgetting.go_on(acme_cast.tenant.pk)
    assert kept(acme_cast) == (0, 0)
    with tenant_context(acme_cast.tenant):
        assert Event.objects.filter(kind="import.forgotten").count() == len(aged_ones)


def test_sweeps_ring_whoever_has_old_files_and_whoever_asked(acme_cast, rival, monkeypatch):
    rung = []
    monkeypatch.setattr(tasks.forget_imports, "delay", rung.append)
    monkeypatch.setattr(tasks.forget_imports, "apply_async", lambda ids, expires: rung.extend(ids))
    tasks.sweep_old_imports.run()
    assert rung == list(Tenant.objects.order_by("pk").values_list("pk", flat=True))
    rung.clear()
    job = done(acme_cast)
    tasks.sweep_imports.run()
    assert rung == []
    with tenant_context(acme_cast.tenant):
        forgetting.forget(job, by=acme_cast.ada)
    tasks.sweep_imports.run()
    assert rung == [acme_cast.tenant.pk]


def test_the_page_says_that_it_is_gone(acme_cast, page):
    job = done(acme_cast)
    ada, olly = page(acme_cast.ada, acme_cast.tenant), page(acme_cast.olly, acme_cast.tenant)
    assert "Delete file and rows" in ada.get(f"/imports/{job.pk}/").content.decode()
    assert "Delete file and rows" not in olly.get(f"/imports/{job.pk}/").content.decode()
    assert olly.post(f"/imports/{job.pk}/forget/").status_code == 403
    assert ada.post(f"/imports/{job.pk}/forget/").status_code == 302
    text = ada.get(f"/imports/{job.pk}/").content.decode()
    assert "were deleted on" in text
    assert text.count("<a ") == text.count("</a>")
    for gone in ("Take it back", "Download refused rows", "Delete file and rows", 'id="rows"'):
        assert gone not in text
    answer = ada.get(f"/imports/{job.pk}/refused/")
    assert answer.status_code == 410
    assert "were deleted on" in answer.content.decode()
    assert "file deleted" in ada.get("/imports/").content.decode()
    assert kept(acme_cast) == (1, 2), "the worker's turn is still to come"
    ada.post(f"/imports/{job.pk}/undo/")
    with tenant_context(acme_cast.tenant):
        assert Import.objects.get().stage == Stage.DONE


def test_an_upload_that_nobody_mapped_can_go_too(acme_cast, page):
    with tenant_context(acme_cast.tenant):
        job = imports.open("book.csv", [BOOK], noun="account", by=acme_cast.ada)
    ada = page(acme_cast.ada, acme_cast.tenant)
    assert "Delete file and rows" in ada.get(f"/imports/{job.pk}/mapping/").content.decode()
    ada.post(f"/imports/{job.pk}/forget/")
    assert ada.get(f"/imports/{job.pk}/mapping/").status_code == 302
    assert "were deleted on" in ada.get(f"/imports/{job.pk}/").content.decode()


def test_another_system_deletes_them_and_is_told_what_is_gone(acme_cast, api):
    job = done(acme_cast)
    answer = api.post(f"/imports/{job.pk}/forget")
    assert (answer.status_code, answer.json()["forgotten_at"] is not None) == (200, True)
    assert api.get(f"/imports/{job.pk}").json()["figures"] == job.figures
    for path in ("refused", "rows"):
        answer = api.get(f"/imports/{job.pk}/{path}")
        assert answer.status_code == 410
        assert "were deleted on" in answer.json()["detail"]
    assert api.post(f"/imports/{job.pk}/undo").status_code == 400
