"""A column that pushes an external fact: found by name, read by its type, told where it differs, taken back."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from accounts.actions import fact_values, knowledge
from accounts.calendar import local_today
from accounts.imports.actions import columns, imports, working
from accounts.imports.models import Import, Record, Verdict
from accounts.models import Account, AccountFacts, Event, ExternalFact, ExternalValue, Touched
from accounts.tenancy.context import tenant_context
from tests.factories.accounts import AccountFactory, ExternalFactFactory

pytestmark = pytest.mark.django_db
HEAD = "Account ID,Account name,Open tickets,Mood,Last reply,fact.nps\n"
EARLIER = dt.date(2026, 1, 5)


@pytest.fixture
def defined(acme):
    ExternalFactFactory(key="tickets", label="Open tickets", type="number")
    ExternalFactFactory(key="mood", label="Mood", type="choice", choices=["good", "bad"])
    ExternalFactFactory(key="last_reply", label="Last reply", type="date")
    return acme


def brought(acme, text: str, **options) -> Import:
    job = imports.open("book.csv", [text.encode()], noun="account", by=acme.ada)
    imports.map_columns(job, job.columns, by=acme.ada, options=options)
    imports.check(job, by=acme.ada)
    return gone_on(acme, job)


def gone_on(acme, job: Import) -> Import:
    working.go_on(acme.tenant.pk, seconds=60)
    job.refresh_from_db()
    return job


def run(acme, job: Import) -> Import:
    imports.run(job, by=acme.ada)
    return gone_on(acme, job)


def known() -> dict[tuple[str, str], object]:
    rows = ExternalValue.objects.values_list("account__name", "fact__key", "value")
    return {(name, key): value for name, key, value in rows}


def push(account, key: str, value: object, day: dt.date = EARLIER) -> None:
    row = {"account_id": account.pk, "key": key, "value": value, "observed_on": day.isoformat()}
    assert not fact_values.push([row], reader=None, today=local_today(account.tenant, timezone.now())).refused


def test_a_fact_is_found_by_its_name_only_while_it_is_in_use(defined):
    job = imports.open("book.csv", [(HEAD + "A,A,1,good,2026-02-03,4\n").encode()], noun="account", by=defined.ada)
    assert job.columns == {
        "0": "account.external_id", "1": "account.name", "2": "fact.tickets", "3": "fact.mood", "4": "fact.last_reply",
    }  # fmt: skip
    assert columns.paths()["fact.mood"] == "Mood"
    ExternalFact.objects.filter(key="mood").update(active=False)
    assert "fact.mood" not in columns.paths()


def test_values_are_pushed_for_new_and_known_accounts_as_of_today(defined):
    there = AccountFactory(name="There", external_id="There")
    push(there, "tickets", 2)
    Touched.objects.all().delete()
    job = run(defined, brought(defined, HEAD + "There,There,7,good,,\nNew,New,1,Bad,2026-02-03,\n"))
    assert (job.stage, job.figures["account"]["created"], job.figures["account"]["changed"]) == ("done", 1, 1)
    assert known() == {
        ("There", "tickets"): 7, ("There", "mood"): "good", ("New", "tickets"): 1, ("New", "mood"): "bad",
        ("New", "last_reply"): "2026-02-03",
    }  # fmt: skip
    today = local_today(defined.tenant, timezone.now())
    assert set(ExternalValue.objects.values_list("observed_on", flat=True)) == {today}
    ids = knowledge.take(timezone.now(), most=100)
    assert set(ids) == set(Account.objects.values_list("pk", flat=True))
    knowledge.follow(list(ids), tenant=defined.tenant, at=timezone.now() + dt.timedelta(seconds=1))
    assert AccountFacts.objects.get(account=there).facts["ext.tickets"] == 7
    # A fact is no column of the account: nobody edited it.
    assert not Event.objects.filter(kind="account.edited").exists()
    assert Account.objects.get(name="There").version == there.version


def test_only_what_differs_is_shown_and_what_is_the_same_is_fresh_again(defined):
    same, other = AccountFactory(name="Same", external_id="Same"), AccountFactory(name="Other", external_id="Other")
    push(same, "tickets", 3)
    push(other, "tickets", 3)
    push(other, "mood", "good")
    job = brought(defined, HEAD + "Same,Same,3,,,\nOther,Other,4,good,,\n")
    found = {record.target_id: record for record in Record.objects.filter(job=job)}
    assert (found[same.pk].verdict, found[same.pk].before) == (Verdict.SAME, None)
    assert (found[other.pk].verdict, found[other.pk].before) == (Verdict.CHANGE, {"facts": {"tickets": 3}})
    assert ExternalValue.objects.filter(observed_on=EARLIER).count() == 3
    run(defined, job)
    assert not ExternalValue.objects.filter(observed_on=EARLIER).exists()


@pytest.mark.parametrize(
    ("cells", "column", "reason"),
    [
        ("many,,,", "Open tickets", "isn't a number"),
        (",odd,,", "Mood", "odd"),
        (",,soon,", "Last reply", "soon"),
    ],
)
def test_a_cell_of_another_type_is_refused_by_its_column(defined, cells, column, reason):
    job = brought(defined, HEAD + f"A,A,{cells}\n")
    (error,) = Record.objects.get(job=job, verdict=Verdict.REFUSED).errors
    assert error["column"] == column
    assert reason in error["message"]
    assert known() == {}


def test_a_blank_keeps_what_is_known_unless_it_is_to_clear(defined):
    push(AccountFactory(name="There", external_id="There"), "tickets", 2)
    run(defined, brought(defined, HEAD + "There,There,,good,,\n"))
    assert known()["There", "tickets"] == 2
    run(defined, brought(defined, HEAD + "There,There,,good,,\n", blanks="clear"))
    assert known()["There", "tickets"] is None


def test_what_an_import_pushed_goes_back_to_what_was_known_and_when(defined):
    there = AccountFactory(name="There", external_id="There")
    push(there, "tickets", 2)
    job = run(defined, brought(defined, HEAD + "There,There,7,good,,\nNew,New,1,bad,,\n"))
    imports.undo(job, by=defined.ada)
    job = gone_on(defined, job)
    assert job.stage == "undone"
    assert known() == {("There", "tickets"): 2}
    assert ExternalValue.objects.get().observed_on == EARLIER
    assert not Account.objects.filter(name="New").exists()
    assert not Record.objects.filter(job=job).exclude(errors=[]).exists()
    assert there.pk in knowledge.take(timezone.now(), most=100)


def test_what_was_pushed_since_stays_and_is_told(defined):
    there = AccountFactory(name="There", external_id="There")
    push(there, "tickets", 2)
    job = run(defined, brought(defined, HEAD + "There,There,7,good,,\n"))
    push(there, "tickets", 9, local_today(defined.tenant, timezone.now()))
    imports.undo(job, by=defined.ada)
    gone_on(defined, job)
    assert known() == {("There", "tickets"): 9}
    (error,) = Record.objects.get(job=job).errors
    assert error["message"] == "Changed since, and left as it is: Open tickets."


def test_a_fact_of_another_workspace_is_no_column(acme_cast, rival):
    with tenant_context(rival.tenant):
        ExternalFactFactory(key="tickets")
    with tenant_context(acme_cast.tenant):
        assert "fact.tickets" not in columns.paths()


def test_the_page_offers_facts_and_tells_the_difference(defined, client):
    push(AccountFactory(name="There", external_id="There"), "tickets", 2)
    job = brought(defined, HEAD + "There,There,7,,,\n")
    client.force_login(defined.ada)
    page = client.get(f"/w/{defined.tenant.slug}/imports/{job.pk}/")
    assert page.status_code == 200
