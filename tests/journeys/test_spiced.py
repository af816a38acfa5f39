"""The account's record by letter: said, corrected, confirmed, never rewritten."""

import datetime as dt
import re
import threading

import pytest
from django.db import ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.actions.errors import Refused
from accounts.models import Event
from accounts.tenancy.context import tenant_context
from journeys.actions import journeys, spiced
from journeys.models import Journey, SpicedConfirmation, SpicedEntry
from journeys.spiced import LETTERS
from journeys.views import record_of
from tests.factories.accounts import TODAY, AccountFactory
from tests.factories.journeys import person, said
from tests.factories.onboarding import ANSWERS, submitted


def test_a_statement_is_kept_with_who_said_it_when_and_where(acme):
    account = AccountFactory()
    contact = person(account)
    entry = said(acme, account, said_by=contact, evidence="Shift log of May")
    assert entry.statement == "Two plans a week contradict each other."
    assert (entry.said_by, entry.written_by) == (contact, acme.cass)
    assert (entry.source, entry.occurred_on, entry.evidence) == ("meeting", TODAY, "Shift log of May")
    event = Event.objects.get(kind="spiced.said")
    assert (event.account, event.actor, event.facts["letter"]) == (account, acme.cass, "Pain")


@pytest.mark.parametrize(
    ("letter", "more", "field"),
    [
        ("pain", {"statement": "  "}, "statement"),
        ("impact", {}, "kind"),
        ("pain", {"kind": "rational"}, ""),
        ("pain", {"due_on": TODAY}, ""),
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_is_written(acme, letter, more, field):
    with pytest.raises(Refused) as refused:
        said(acme, letter=letter, **more)
    assert list(refused.value.errors) == [field]
    assert (SpicedEntry.objects.count(), Event.objects.filter(kind="spiced.said").count()) == (0, 0)


def test_somebody_of_another_account_has_said_nothing_here(acme):
    stranger = person(AccountFactory())
    with pytest.raises(Refused) as refused:
        said(acme, said_by=stranger)
    assert list(refused.value.errors) == ["said_by"]


def test_a_critical_event_says_what_it_lacks(acme):
    account = AccountFactory()
    whole = said(acme, account, "critical_event", due_on=TODAY, consequence="A fine of $50,000")
    dated = said(acme, account, "critical_event", due_on=TODAY)
    assert whole.gap == ""
    assert "compelling event" in dated.gap
    assert said(acme, account, "critical_event", consequence="A fine").gap == "No date yet."


def test_a_correction_replaces_and_both_stay_readable(acme):
    entry = said(acme)
    better = spiced.correct(entry, "Three plans a week.", source="call", occurred_on=TODAY, by=acme.cass)
    assert (better.replaces, better.letter) == (entry, "pain")
    assert list(SpicedEntry.objects.standing()) == [better]
    assert Event.objects.filter(kind="spiced.corrected").count() == 1
    [row] = {letter.code: rows for letter, rows in record_of(entry.account)}["pain"]
    assert (row.entry, [old.entry for old in row.earlier]) == (better, [entry])


def test_a_second_correction_of_the_same_statement_is_told(acme):
    entry = said(acme)
    spiced.correct(entry, "Three.", source="call", occurred_on=TODAY, by=acme.cass)
    with pytest.raises(Refused) as refused:
        spiced.correct(entry, "Four.", source="call", occurred_on=TODAY, by=acme.lee)
    assert refused.value.errors == {"replaces": ["Somebody corrected this statement in the meantime."]}
    assert SpicedEntry.objects.count() == 2


def test_a_confirmation_counts_once_a_person(acme):
    entry = said(acme)
    contact = person(entry.account)
    spiced.confirm(entry, contact=contact, by=acme.cass)
    with pytest.raises(Refused):
        spiced.confirm(entry, contact=contact, by=acme.cass)
    assert SpicedConfirmation.objects.count() == 1
    assert Event.objects.get(kind="spiced.confirmed").facts["contact"] == "Elena Brandt"


def test_nobody_confirms_for_another_account_or_what_was_replaced(acme):
    entry = said(acme)
    with pytest.raises(Refused):
        spiced.confirm(entry, contact=person(AccountFactory()), by=acme.cass)
    spiced.correct(entry, "Three.", source="call", occurred_on=TODAY, by=acme.cass)
    with pytest.raises(Refused):
        spiced.confirm(entry, contact=person(entry.account), by=acme.cass)
    assert SpicedConfirmation.objects.count() == 0


@pytest.mark.parametrize("verb", ["update", "delete"])
def test_what_was_said_can_not_be_unsaid(acme, verb):
    rows = SpicedEntry.objects.filter(pk=said(acme).pk)
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        rows.update(statement="Nothing") if verb == "update" else rows._raw_delete(rows.db)


def test_a_journey_begins_once(acme):
    account = AccountFactory()
    first = journeys.begin(account, committed_on=TODAY, by=acme.cass)
    assert journeys.begin(account, committed_on=TODAY, by=acme.lee) == first
    assert Event.objects.filter(kind="journey.began").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_corrections_at_once_are_one(acme_cast):
    with tenant_context(acme_cast.tenant):
        entry = said(acme_cast)
    barrier, results = threading.Barrier(2), []

    def correct(by) -> None:
        try:
            with tenant_context(acme_cast.tenant):
                barrier.wait(timeout=10)
                spiced.correct(entry, f"From {by}", source="call", occurred_on=TODAY, by=by)
            results.append("done")
        except Refused:
            results.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=correct, args=(by,)) for by in (acme_cast.cass, acme_cast.lee)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(results) == ["done", "refused"]


# Pages


@pytest.fixture
def account(acme_cast):
    with tenant_context(acme_cast.tenant):
        account = AccountFactory(ae=acme_cast.sal)
        person(account)
        said(acme_cast, account)
    return account


def entries(cast) -> list[str]:
    with tenant_context(cast.tenant):
        return list(SpicedEntry.objects.standing().order_by("id").values_list("statement", flat=True))


def test_the_page_shows_every_letter_with_a_question_where_nothing_is_known(page, acme_cast, account):
    response = page(acme_cast.cass, acme_cast.tenant).get(f"/accounts/{account.pk}/spiced/")
    text = response.content.decode()
    assert all(letter.label in text for letter in LETTERS)
    assert LETTERS[0].asks.split(",")[0] in text
    assert "Two plans a week contradict each other." in text
    panel = page(acme_cast.cass, acme_cast.tenant).get(f"/accounts/{account.pk}/spiced/panel/").content.decode()
    assert "Two plans a week" in panel


def panel_of(page, cast, account) -> str:
    shown = page(cast.cass, cast.tenant).get(f"/accounts/{account.pk}/spiced/panel/").content.decode()
    return " ".join(re.sub(r"<[^>]+>", " ", shown).split())


def test_the_panel_shows_the_impact_for_the_company_and_for_a_person(page, acme_cast, account):
    with tenant_context(acme_cast.tenant):
        said(acme_cast, account, letter="impact", kind="rational", statement="Overtime down by a third.")
    assert "For the company Overtime down by a third. For a person Nothing yet" in panel_of(page, acme_cast, account)
    with tenant_context(acme_cast.tenant):
        said(acme_cast, account, letter="impact", kind="emotional", statement="Tomas has his weekends back.")
    shown = panel_of(page, acme_cast, account)
    assert "For the company Overtime down by a third. For a person Tomas has his weekends back." in shown


def test_who_bought_is_not_how_they_decide(page, acme_cast):
    with tenant_context(acme_cast.tenant):
        handoff = submitted(acme_cast, not_known=("decision",))
    assert f"D Decision Nothing yet Who bought {ANSWERS['buyers']}" in panel_of(page, acme_cast, handoff.account)
    with tenant_context(acme_cast.tenant):
        said(acme_cast, handoff.account, letter="decision", statement="The CFO signs.")
        corrected = spiced.correct(
            SpicedEntry.objects.get(letter="decision", kind="buyers"), "Elena signed.", by=acme_cast.cass,
            source="call", occurred_on=TODAY,
        )  # fmt: skip
        assert corrected.kind == "buyers", "a better word for who bought says who bought"
    assert "D Decision The CFO signs. Who bought Elena signed." in panel_of(page, acme_cast, handoff.account)
    shown = page(acme_cast.cass, acme_cast.tenant).get(f"/accounts/{handoff.account_id}/spiced/").content.decode()
    assert "Who bought" in shown


@pytest.mark.parametrize(("letter", "kind"), [("impact", "buyers"), ("decision", "rational"), ("pain", "buyers")])
def test_each_letter_has_its_own_kinds(acme, letter, kind):
    with pytest.raises(Refused) as refused:
        said(acme, AccountFactory(), letter=letter, kind=kind)
    assert list(refused.value.errors) != []
    assert SpicedEntry.objects.count() == 0


@pytest.mark.parametrize("headers", [{}, {"HTTP_HX_REQUEST": "true"}])
def test_a_statement_is_added_from_its_letter(page, acme_cast, account, headers):
    csm = page(acme_cast.cass, acme_cast.tenant)
    address = f"/accounts/{account.pk}/spiced/add/"
    assert b"By which date must this work" in csm.get(f"{address}?letter=critical_event", **headers).content
    assert csm.get(f"{address}?letter=x").status_code == 404
    said_so = {
        "letter": "critical_event", "statement": "Audit", "due_on": "2027-02-15", "consequence": "A finding",
        "source": "call", "occurred_on": "2026-11-20",
    }  # fmt: skip
    assert csm.post(address, said_so | {"occurred_on": "2099-01-01", "statement": ""}).status_code == 422
    assert csm.post(address, said_so).status_code == 302
    with tenant_context(acme_cast.tenant):
        entry = SpicedEntry.objects.get(letter="critical_event")
    assert (entry.due_on, entry.consequence, entry.source) == (dt.date(2027, 2, 15), "A finding", "call")


def test_a_statement_is_corrected_and_confirmed_from_the_page(page, acme_cast, account):
    csm = page(acme_cast.cass, acme_cast.tenant)
    with tenant_context(acme_cast.tenant):
        entry, contact = SpicedEntry.objects.get(), account.contacts.get()
    assert b"Two plans a week" in csm.get(f"/spiced/{entry.pk}/correct/").content
    assert csm.post(f"/spiced/{entry.pk}/confirm/", {"contact": contact.pk}).status_code == 302
    assert csm.post(f"/spiced/{entry.pk}/confirm/", {"contact": contact.pk}).status_code == 422
    better = {"letter": "pain", "statement": "Three plans a week", "source": "call", "occurred_on": "2026-11-20"}
    assert csm.post(f"/spiced/{entry.pk}/correct/", better).status_code == 302
    assert entries(acme_cast) == ["Three plans a week"]
    response = csm.post(f"/spiced/{entry.pk}/correct/", better | {"statement": "Four"})
    assert response.status_code == 422
    assert b"in the meantime" in response.content
    assert b"Four" in response.content


def test_who_may_read_and_write(page, rival, acme_cast, account):
    with tenant_context(acme_cast.tenant):
        entry = SpicedEntry.objects.get()
    viewer, rita = page(acme_cast.vera, acme_cast.tenant), page(rival.rita, rival.tenant)
    assert viewer.get(f"/accounts/{account.pk}/spiced/").status_code == 200
    for path in (
        f"/accounts/{account.pk}/spiced/add/?letter=pain",
        f"/spiced/{entry.pk}/correct/",
        f"/spiced/{entry.pk}/confirm/",
    ):
        assert viewer.get(path).status_code == 403
        assert rita.get(path).status_code == 404
    assert rita.get(f"/accounts/{account.pk}/spiced/").status_code == 404
    with tenant_context(acme_cast.tenant):
        assert Journey.objects.count() == 0


def test_the_page_takes_few_queries(page, acme_cast, account):
    csm = page(acme_cast.cass, acme_cast.tenant)
    csm.get(f"/accounts/{account.pk}/spiced/")
    with CaptureQueriesContext(connection) as queries:
        csm.get(f"/accounts/{account.pk}/spiced/")
    asked = [q["sql"][:90] for q in queries if not q["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    # session, user, membership, context; account, its state, statements, confirmations, workspaces, permissions
    assert len(asked) <= 10, asked


def test_the_record_takes_two_queries_however_long(acme, django_assert_num_queries):
    account = AccountFactory()
    for n in range(12):
        said(acme, account, statement=f"Plan {n} contradicts plan {n + 1}")
    with django_assert_num_queries(2):
        sections = record_of(account)
        assert [row.entry.written_by.name for _, rows in sections for row in rows] == [acme.cass.name] * 12
