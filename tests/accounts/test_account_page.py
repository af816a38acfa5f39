"""The account page: what it shows, derives and lets one do."""

from __future__ import annotations

import datetime as dt
import html
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import calendar
from accounts.actions import contacts, notes
from accounts.models import Account, AccountState, CustomField, Event, PhaseChange, Task, Tenant, TouchModel
from accounts.tenancy.context import tenant_context
from tests.factories.accounts import AccountFactory, ContactFactory, ContractFactory, TaskFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def cass(acme_cast, page):
    return page(acme_cast.cass, acme_cast.tenant)


@pytest.fixture
def today(acme_cast):
    return calendar.local_today(acme_cast.tenant)


@pytest.fixture
def north(acme_cast) -> Account:
    with tenant_context(acme_cast.tenant):
        return AccountFactory(name="Northwind", industry="Logistics", segment="Mid", csm=acme_cast.cass)


def inside(cast):
    return tenant_context(cast.tenant)


def text_of(response) -> str:
    return " ".join(response.content.decode().split())


def test_the_header_says_what_it_pays_when_it_renews_and_who_looks_after_it(cass, acme_cast, north, today):
    with inside(acme_cast):
        ContractFactory(
            account=north, arr_minor=412_500_00, start_on=today, end_on=today + dt.timedelta(days=61), today=today
        )
    text = text_of(cass.get(f"/accounts/{north.pk}/"))
    for words in ("Northwind", "Logistics · Mid", "$412,500", "in 61 d", "Cass of Acme", "High touch", "Committed"):
        assert words in text


def test_an_account_that_lacks_everything_says_so_with_evidence(cass, acme_cast, today):
    with inside(acme_cast):
        TouchModel.objects.create(code="high", touch_every_days=14)
        account = AccountFactory(name="Bare", phase="adoption")
        TaskFactory(account=account, title="Call them", due_on=today - dt.timedelta(days=3))
    text = text_of(cass.get(f"/accounts/{account.pk}/"))
    for words in ("1 task overdue", "“Call them” was due on", "Nobody known here", "Never touched", "No CSM"):
        assert words in text


def test_a_champion_who_left_is_the_first_thing_to_see(cass, acme_cast, north, today):
    with inside(acme_cast):
        dana = ContactFactory(account=north, name="Dana Ruiz", title="VP Operations", buying_role="champion")
        ravi = ContactFactory(account=north, name="Ravi Shah")
        contacts.depart(dana, on=today - dt.timedelta(days=4), moved_to="Orbit", successor=ravi, by=acme_cast.cass)
    text = text_of(cass.get(f"/accounts/{north.pk}/"))
    assert "Champion left" in text
    assert "Dana Ruiz (VP Operations) left on" in text
    assert "now at Orbit, followed by Ravi Shah, who isn&#x27;t the champion yet." in text
    assert "No champion" in text


def test_a_well_kept_account_needs_no_attention(cass, acme_cast, north, today):
    with inside(acme_cast):
        TouchModel.objects.create(code="high", touch_every_days=14)
        ContactFactory(account=north, buying_role="champion")
        ContractFactory(account=north, start_on=today, end_on=today + dt.timedelta(days=200), today=today)
        notes.add(north, kind="call", body="All well", by=acme_cast.cass)
    assert "Needs attention" not in text_of(cass.get(f"/accounts/{north.pk}/"))


def test_silence_is_measured_by_the_touch_model(cass, acme_cast, north):
    with inside(acme_cast):
        TouchModel.objects.create(code="high", touch_every_days=14)
        AccountState.objects.filter(account=north).update(last_touch_at=dt.datetime.now(dt.UTC) - dt.timedelta(days=20))
    assert "20 days since the last contact; High touch means every 14 days here." in text_of(
        cass.get(f"/accounts/{north.pk}/")
    )


def test_the_overview_takes_fifteen_queries_at_most(cass, acme_cast, north, today):
    with inside(acme_cast):
        for n in range(12):
            ContactFactory(account=north)
            TaskFactory(account=north, assignee=acme_cast.cass)
            notes.add(north, kind="note", body=f"Note {n}", by=acme_cast.cass)
        for _n in range(3):
            ContractFactory(account=north)
    cass.get(f"/accounts/{north.pk}/")
    with CaptureQueriesContext(connection) as queries:
        cass.get(f"/accounts/{north.pk}/")
    asked = [q["sql"] for q in queries if q["sql"].startswith(("SELECT", "WITH")) and "set_config" not in q["sql"]]
    assert len(asked) <= 15, "\n".join(sql[:160] for sql in asked)


def test_a_call_is_logged_and_counts_as_a_touch(cass, acme_cast, north):
    response = cass.post(
        f"/accounts/{north.pk}/notes/", {"kind": "call", "body": "They want a pilot in Denver.", "occurred_on": ""}
    )
    assert response.status_code == 302
    text = text_of(cass.get(f"/accounts/{north.pk}/"))
    assert "They want a pilot in Denver." in text
    assert "On the timeline." in text
    with inside(acme_cast):
        assert Event.objects.get(kind="call.logged").actor == acme_cast.cass
        assert AccountState.objects.get(account=north).last_touch_at is not None


@pytest.mark.parametrize(
    "said",
    [
        {"kind": "note", "body": "  "},
        {"kind": "shout", "body": "Kept words"},
        {"kind": "call", "body": "Kept words", "occurred_on": "2199-01-01"},
    ],
)
def test_a_note_that_cannot_be_taken_keeps_what_was_typed(cass, acme_cast, north, said):
    response = cass.post(f"/accounts/{north.pk}/notes/", said)
    assert response.status_code == 422
    assert said["body"].strip() in response.content.decode()
    with inside(acme_cast):
        assert not Event.objects.filter(account=north).exists()


def test_words_on_the_timeline_are_words_not_markup(cass, acme_cast, north):
    with inside(acme_cast):
        notes.add(north, kind="note", body="<img src=x onerror=alert(1)>", by=acme_cast.cass)
    assert "<img src=x" not in text_of(cass.get(f"/accounts/{north.pk}/"))


def test_the_timeline_pages_back_without_a_gap(cass, acme_cast, north):
    with inside(acme_cast):
        for n in range(45):
            notes.add(north, kind="note", body=f"Note number {n:02}.", by=acme_cast.cass)
    seen, address = [], f"/accounts/{north.pk}/timeline/?show=touches"
    for _page in range(3):
        text = cass.get(address, headers={"HX-Request": "true", "HX-Target": "more"}).content.decode()
        seen += [n for n in range(45) if f"Note number {n:02}." in text]
        following = text.split('hx-get="')[1].split('"')[0].replace("&amp;", "&") if 'hx-get="' in text else ""
        address = following.removeprefix("/w/acme")
    assert sorted(seen) == list(range(45))
    assert address == ""


def test_an_account_is_added_by_whoever_may_and_belongs_to_them(acme_cast, page, cass):
    response = cass.post(
        "/accounts/new/", {"name": "Fabrikam", "touch_model": "high", "currency": "usd", "csm": acme_cast.cass.pk}
    )
    assert response.status_code == 302, response.content.decode()
    sal = page(acme_cast.sal, acme_cast.tenant)
    assert sal.post("/accounts/new/", {"name": "Tailspin", "touch_model": "low", "currency": "USD"}).status_code == 302
    with inside(acme_cast):
        assert Account.objects.get(name="Fabrikam").csm == acme_cast.cass
        assert Account.objects.get(name="Fabrikam").currency == "USD"
        assert Account.objects.get(name="Tailspin").ae == acme_cast.sal
        assert AccountState.objects.count() == 2
    assert page(acme_cast.vera, acme_cast.tenant).get("/accounts/new/").status_code == 403


def test_wrong_fields_are_named_and_nothing_is_lost(cass, acme_cast):
    with inside(acme_cast):
        AccountFactory(external_id="crm-1")
    said = {"name": "", "industry": "Kept words", "touch_model": "medium", "currency": "euros", "csm": "987654"}
    response = cass.post("/accounts/new/", said)
    text = response.content.decode()
    assert response.status_code == 422
    assert "Kept words" in text
    for name in ("name", "touch_model", "currency", "csm"):
        assert f'id="id_{name}_error"' in text, name
    taken = cass.post(
        "/accounts/new/", {"name": "Two", "touch_model": "high", "currency": "USD", "external_id": "crm-1"}
    )
    assert taken.status_code == 422
    assert "Another account has this external id." in taken.content.decode()
    with inside(acme_cast):
        assert Account.objects.count() == 1


def test_own_fields_are_typed_and_refused_by_name(cass, acme_cast, north):
    with inside(acme_cast):
        CustomField.objects.create(key="seats", label="Seats", type="number")
        CustomField.objects.create(key="tier", label="Tier", type="choice", choices=["gold", "silver"])
        CustomField.objects.create(key="live", label="Live", type="boolean")
    form = cass.get(f"/accounts/{north.pk}/edit/").content.decode()
    assert 'name="custom.seats"' in form
    said = {
        "name": "Northwind",
        "touch_model": "high",
        "currency": "USD",
        "version": north.version,
        "csm": acme_cast.cass.pk,
    }
    wrong = cass.post(f"/accounts/{north.pk}/edit/", said | {"custom.seats": "many", "custom.tier": "bronze"})
    assert wrong.status_code == 422
    assert 'id="id_custom.seats_error"' in wrong.content.decode()
    right = said | {"custom.seats": "120", "custom.tier": "gold", "custom.live": "false"}
    assert cass.post(f"/accounts/{north.pk}/edit/", right).status_code == 302
    with inside(acme_cast):
        assert Account.objects.get(pk=north.pk).custom == {"seats": 120, "tier": "gold", "live": False}


def test_the_second_of_two_editors_sees_both_values_and_may_keep_theirs(cass, acme_cast, north, page):
    said = {
        "name": "Northwind",
        "touch_model": "high",
        "currency": "USD",
        "version": north.version,
        "csm": acme_cast.cass.pk,
    }
    lee = page(acme_cast.lee, acme_cast.tenant)
    assert lee.post(f"/accounts/{north.pk}/edit/", said | {"industry": "Freight"}).status_code == 302
    late = cass.post(f"/accounts/{north.pk}/edit/", said | {"industry": "Shipping"})
    text = late.content.decode()
    assert late.status_code == 409
    assert "Saved meanwhile: “Freight”" in text
    assert 'value="Shipping"' in text
    assert 'name="version" value="2"' in text
    with inside(acme_cast):
        assert Account.objects.get(pk=north.pk).industry == "Freight"
    assert cass.post(f"/accounts/{north.pk}/edit/", said | {"industry": "Shipping", "version": 2}).status_code == 302


def test_own_fields_that_the_second_editor_left_alone_follow_the_first(cass, acme_cast, north, page):
    with inside(acme_cast):
        for key, kind in {"seats": "number", "live": "boolean", "due": "date", "tier": "text"}.items():
            CustomField.objects.create(key=key, label=key.title(), type=kind)
        Account.objects.filter(pk=north.pk).update(custom={"seats": 120, "live": True, "tier": "gold"})
    path, lee = f"/accounts/{north.pk}/edit/", page(acme_cast.lee, acme_cast.tenant)

    def loaded(answer: object) -> str:
        found = re.search('name="loaded" value="([^"]*)"', answer.content.decode())
        return html.unescape(found[1]) if found else ""

    said = {"name": "Northwind", "touch_model": "high", "currency": "USD", "csm": acme_cast.cass.pk, "version": 1}
    said |= {"custom.seats": "120", "custom.live": "true", "custom.due": "", "custom.tier": "gold"}
    said |= {"industry": north.industry, "loaded": loaded(cass.get(path))}
    theirs = {"custom.seats": "150", "custom.live": "false", "custom.due": "2027-02-04", "custom.tier": "silver"}
    assert lee.post(path, said | theirs).status_code == 302
    late = cass.post(path, said | {"custom.tier": "bronze", "industry": "Freight"})
    text = late.content.decode()
    assert late.status_code == 409
    assert re.findall("Saved meanwhile: “(.*?)”", text) == ["silver"]
    kept = late.context["form"]
    followed = {name: kept[name].value() for name in theirs}
    assert followed == theirs | {"custom.tier": "bronze"}
    again = said | followed | {"industry": "Freight", "version": 2, "loaded": loaded(late)}
    assert cass.post(path, again).status_code == 302
    with inside(acme_cast):
        row = Account.objects.get(pk=north.pk)
        assert row.custom == {"seats": 150, "live": False, "due": "2027-02-04", "tier": "bronze"}
        assert row.industry == "Freight"


def test_a_phase_is_changed_with_its_instant(cass, acme_cast, north):
    assert cass.post(f"/accounts/{north.pk}/phase/", {"phase": "adoption"}).status_code == 302
    cass.post(f"/accounts/{north.pk}/phase/", {"phase": "nowhere"})
    with inside(acme_cast):
        assert Account.objects.get(pk=north.pk).phase == "adoption"
        assert PhaseChange.objects.filter(account=north, to_phase="adoption").count() == 1


def test_an_archived_account_is_gone_and_can_be_brought_back(cass, acme_cast, north):
    assert "Bring it back" in cass.post(f"/accounts/{north.pk}/archive/").content.decode()
    assert cass.get(f"/accounts/{north.pk}/").status_code == 404
    assert cass.post(f"/accounts/{north.pk}/restore/").status_code == 302
    assert cass.get(f"/accounts/{north.pk}/").status_code == 200


def test_tasks_of_the_account_are_open_or_closed(cass, acme_cast, north, today):
    with inside(acme_cast):
        TaskFactory(account=north, title="Prepare the kickoff", due_on=today)
        Task.objects.filter(title="Closed one").delete()
    text = text_of(cass.get(f"/accounts/{north.pk}/tasks/"))
    assert "Prepare the kickoff" in text
    assert "Today" in text


def test_a_viewer_reads_and_is_offered_nothing(acme_cast, north, page):
    vera = page(acme_cast.vera, acme_cast.tenant)
    text = text_of(vera.get(f"/accounts/{north.pk}/"))
    assert "Log it" not in text
    assert "Archive" not in text
    for address in ("edit/", "people/new/", "contracts/new/"):
        assert vera.get(f"/accounts/{north.pk}/{address}").status_code == 403
    for address in ("notes/", "phase/", "archive/"):
        assert vera.post(f"/accounts/{north.pk}/{address}", {}).status_code == 403


def test_a_sales_rep_finds_only_what_they_sell(acme_cast, north, page):
    sal = page(acme_cast.sal, acme_cast.tenant)
    for address in ("", "people/", "contracts/", "timeline/", "tasks/"):
        assert sal.get(f"/accounts/{north.pk}/{address}").status_code == 404
    with inside(acme_cast):
        Account.objects.filter(pk=north.pk).update(ae=acme_cast.sal)
    assert sal.get(f"/accounts/{north.pk}/").status_code == 200


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("Example.COM", "example.com"),
        ("https://Example.com:8443/about?x=1", "example.com"),
        ("example.com/", "example.com"),
    ],
)
def test_a_domain_is_taken_out_of_what_was_pasted(cass, acme_cast, north, said, kept):
    with inside(acme_cast):
        start = {"name": "Northwind", "touch_model": "high", "currency": "USD", "version": north.version}
    assert cass.post(f"/accounts/{north.pk}/edit/", start | {"domain": said}).status_code == 302
    with inside(acme_cast):
        assert Account.objects.get().domain == kept


@pytest.mark.parametrize(("field", "value"), [("domain", "not a domain"), ("domain", "http://x"), ("currency", "ABC")])
def test_a_domain_and_a_currency_that_are_none_are_named(cass, acme_cast, field, value):
    said = {"name": "Odd", "touch_model": "high", "currency": "USD"} | {field: value}
    refused = cass.post("/accounts/new/", said)
    assert refused.status_code == 422
    assert f'id="id_{field}_error"' in refused.content.decode()
    with inside(acme_cast):
        assert not Account.objects.exists()


def test_a_task_was_closed_on_the_day_of_the_workspace(cass, acme_cast, north):
    """In New York it was still the first of May."""
    Tenant.objects.filter(pk=acme_cast.tenant.pk).update(timezone="America/New_York")
    with tenant_context(acme_cast.tenant):
        closed = TaskFactory(account=north)
        Task.objects.filter(pk=closed.pk).update(status="done", closed_at=dt.datetime(2026, 5, 2, 2, tzinfo=dt.UTC))
    assert "1 May 2026" in cass.get(f"/accounts/{north.pk}/tasks/").content.decode()
