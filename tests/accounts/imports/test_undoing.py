"""An import is taken back as a whole, but for what people have gone on with; its door deletes nothing else."""

import datetime as dt

import pytest
from django.db import ProgrammingError, connection, transaction

from accounts.actions import accounts, contacts, notes, tasks
from accounts.imports.actions.applying import apply_rows
from accounts.imports.actions.matching import match
from accounts.imports.actions.undoing import undo_batch
from accounts.imports.models import Import, Record, Stage
from accounts.models import Account, AccountState, Contact, Event, PhaseChange, Product
from accounts.tenancy.context import tenant_context
from journeys.actions import journeys
from tests.factories.accounts import AccountFactory, ContactFactory
from tests.factories.imports import ImportFactory, complaints, say

TODAY = dt.date(2026, 11, 20)


def imported(*rows, noun="account", **options):
    job = ImportFactory(noun=noun, options=options, stage=Stage.RUNNING)
    for number, nouns in enumerate(rows, start=2):
        say(job, number, **nouns)
    match(job)
    apply_rows(job, 1, 100)
    return job


def undone(job, size=100):
    Import.objects.filter(pk=job.pk).update(stage=Stage.UNDOING)
    turns = 0
    while undo_batch(job, size):
        turns += 1
    return turns


def test_everything_an_import_made_is_gone_again(acme):
    rows = [
        {
            "account": {"name": "Child", "parent": "Above"},
            "contact": {"name": "Jane"},
            "note": {"body": "x", "kind": "call"},
        },
        {"account": {"name": "Above"}, "product": {"name": "Core"}},
        {"account": {"name": "Third"}, "contact": {"name": "Jane"}},
    ]
    job = imported(*rows)
    assert Account.objects.count() == 3
    assert undone(job, size=1) == 7
    for model in (Account, Contact, AccountState, PhaseChange, Product):
        assert not model.objects.exists()
    assert {event.kind for event in Event.objects.all()} == {"product.added"}
    assert complaints(job) == {}
    assert not Record.objects.filter(done=True).exists()
    assert not undo_batch(job, 100)


def test_changes_go_back_where_the_import_still_stands(acme):
    above = AccountFactory(name="Above")
    there = AccountFactory(
        name="Acme",
        external_id="A1",
        industry="Mining",
        segment="SMB",
        csm=acme.cass,
        custom={"tier": "gold", "plan": "x"},
    )
    since = there.phase_since
    job = imported(
        {"account": {
            "external_id": "A1", "name": "Acme Inc", "industry": "Retail", "segment": "Mid", "csm_id": acme.lee.pk,
            "phase": "adoption", "parent": "Above", "custom": {"tier": "silver", "size": 3, "plan": None},
        }}
    )  # fmt: skip
    there.refresh_from_db()
    assert there.parent == above
    accounts.edit(there, {"segment": "Large"}, by=acme.ada)
    undone(job)
    there.refresh_from_db()
    assert (there.name, there.industry, there.segment, there.csm) == ("Acme", "Mining", "Large", acme.cass)
    assert (there.phase, there.phase_since, there.parent) == ("commit", since, None)
    assert there.custom == {"tier": "gold", "plan": "x"}
    assert complaints(job) == {2: "Changed since, and left as it is: segment."}
    assert list(PhaseChange.objects.filter(account=there).values_list("from_phase", "to_phase")) == [
        ("commit", "adoption"), ("adoption", "commit"),
    ]  # fmt: skip
    last = Event.objects.filter(account=there, kind="account.edited").latest("id")
    assert last.facts["import_id"] == job.pk
    assert last.facts["after"]["name"] == "Acme"


def test_an_own_field_that_somebody_changed_stays(acme):
    there = AccountFactory(external_id="A1", custom={"tier": "gold"})
    job = imported({"account": {"external_id": "A1", "custom": {"tier": "silver", "size": 3}}})
    Account.objects.filter(pk=there.pk).update(custom={"tier": "bronze", "size": 3})
    undone(job)
    there.refresh_from_db()
    assert there.custom == {"tier": "bronze"}
    assert complaints(job) == {2: "Changed since, and left as it is: tier."}


def test_what_people_went_on_with_stays_and_is_told(acme):
    job = imported(*({"account": {"name": name}, "contact": {"name": "P"}} for name in "ABCDEF"))
    a, b, c, d, e, f = Account.objects.order_by("name")
    tasks.add({"account": a, "title": "Call", "due_on": TODAY, "assignee": acme.cass}, by=acme.ada)
    notes.add(b, kind="note", body="Interesting", by=acme.ada)
    journeys.begin(c, committed_on=TODAY, by=acme.ada)
    contacts.edit(d.contacts.get(), {"title": "CEO"}, by=acme.ada)
    AccountFactory(name="Below", parent=e)
    assert undone(job) == 2
    assert not Account.objects.filter(pk=f.pk).exists()
    assert set(Account.objects.values_list("name", flat=True)) == {"A", "B", "C", "D", "E", "Below"}
    assert [contact.account for contact in Contact.objects.all()] == [d]
    assert complaints(job)[2] == "This account is in use or was changed since: it stays."
    assert set(complaints(job)) == {2, 3, 4, 5, 6}
    assert set(Record.objects.filter(noun="account").values_list("verdict", flat=True)) == {"create"}


def test_those_that_stay_keep_their_place_below_those_above(acme):
    job = imported(
        {"account": {"name": "Top"}},
        {"account": {"name": "Middle", "parent": "Top"}},
        {"account": {"name": "Used", "parent": "Middle"}},
        {"account": {"name": "Unused", "parent": "Middle"}},
        {"account": {"name": "Alone", "parent": "Later"}},
        {"account": {"name": "Later", "parent": "Top"}},
    )
    used = Account.objects.get(name="Used")
    tasks.add({"account": used, "title": "Call", "due_on": TODAY, "assignee": acme.cass}, by=acme.ada)
    undone(job, size=2)
    assert set(Account.objects.values_list("name", "parent__name")) == {
        ("Top", None), ("Middle", "Top"), ("Used", "Middle"),
    }  # fmt: skip
    assert set(complaints(job)) == {2, 3, 4}
    assert not Record.objects.filter(done=True).exists()


def test_accounts_that_somebody_put_in_a_circle_are_told_to_stay(acme):
    job = imported({"account": {"name": "One"}}, {"account": {"name": "Two", "parent": "One"}})
    one, two = Account.objects.order_by("name")
    Account.objects.filter(pk=one.pk).update(parent=two)
    undone(job)
    assert Account.objects.count() == 2
    assert set(complaints(job)) == {2, 3}


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"0": "account.name"}, "your book is as it was before"),
        ({"0": "account.name", "1": "new.text.Tier"}, "The field Tier stays"),
        ({"0": "account.name", "1": "new.text.Tier", "2": "new.number.Size"}, "These fields stay: Tier, Size."),
    ],
)
def test_the_page_says_which_new_fields_outlive_the_import(acme_cast, page, columns, words):
    with tenant_context(acme_cast.tenant):
        job = ImportFactory(columns=columns, stage=Stage.UNDONE)
    text = page(acme_cast.olly, acme_cast.tenant).get(f"/imports/{job.pk}/").content.decode()
    assert words in text
    assert ("as it was before" in text) == (len(columns) == 1)


def test_notes_take_their_touch_with_them(acme):
    there = AccountFactory(name="Acme", external_id="A1")
    before = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    notes.add(there, kind="call", body="Known", by=None, occurred_at=before)
    job = imported(
        {
            "account": {"external_id": "A1"},
            "note": {"kind": "call", "body": "New", "occurred_at": "2026-05-01T00:00:00Z"},
        },
        noun="note",
    )
    undone(job)
    assert [event.facts["body"] for event in Event.objects.filter(kind="call.logged")] == ["Known"]
    assert AccountState.objects.get(account=there).last_touch_at == before


def test_a_value_that_belongs_to_another_by_now_does_not_go_back(acme):
    there = AccountFactory(name="Acme", external_id="A1")
    jane = ContactFactory(account=there, name="Jane", external_id="C1", email="old@acme.test")
    joe = ContactFactory(account=there, name="Joe", external_id="C2", email="")
    job = imported(
        {"account": {"external_id": "A1"}, "contact": {"external_id": "C1", "email": "new@acme.test"}},
        {"account": {"external_id": "A1"}, "contact": {"external_id": "C2", "title": "CEO"}},
        noun="contact",
    )
    ContactFactory(account=there, name="Jim", email="old@acme.test")
    undone(job)
    jane.refresh_from_db()
    joe.refresh_from_db()
    assert (jane.email, joe.title) == ("new@acme.test", "")
    assert complaints(job) == {2: "Left as it is. This account has a contact with this e-mail address already."}


def test_nothing_is_taken_back_twice_or_while_it_is_not_asked_for(acme):
    job = imported({"account": {"name": "New"}})
    assert take_back(job.pk, "account", records("account")) == []
    undone(job)
    again = AccountFactory(name="New")
    assert not undo_batch(job, 100)
    assert Account.objects.get() == again


def test_only_what_an_import_made_can_be_deleted_by_its_door(acme_cast, rival):
    with tenant_context(rival.tenant):
        theirs = imported({"account": {"name": "Theirs"}})
        Import.objects.update(stage=Stage.UNDOING)
        their_records = records("account")
    with tenant_context(acme_cast.tenant):
        mine, other = imported({"account": {"name": "Mine"}}), imported({"account": {"name": "Other"}})
        Import.objects.update(stage=Stage.UNDOING)
        by_hand = accounts.open({"name": "By hand"}, by=None)
        note = notes.add(by_hand, kind="note", body="x", by=None)
        assert take_back(mine.pk, "account", their_records) == []
        assert take_back(theirs.pk, "account", their_records) == []
        assert take_back(mine.pk, "account", records("account", job=other)) == []
        # Not even when a record claims it: the timeline, which nobody can rewrite, says who made it.
        Record.objects.filter(job=mine).update(target_id=by_hand.pk)
        say(mine, 9, note={})
        Record.objects.filter(noun="note").update(verdict="create", done=True, target_id=note.pk)
        assert take_back(mine.pk, "account", records("account")) == []
        assert take_back(mine.pk, "note", records("note")) == []
        assert Account.objects.count() == 3
        with pytest.raises(ProgrammingError), transaction.atomic():
            asked("SELECT imports_unreferenced('accounts_account', '{1}', '{}')")


def records(noun, **which):
    return list(Record.objects.filter(noun=noun, **which).values_list("pk", flat=True))


def take_back(job_id, noun, record_ids):
    return asked("SELECT imports_take_back(%s, %s, %s::bigint[])", job_id, noun, record_ids)


def asked(sql, *values):
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [row[0] for row in cursor.fetchall()]
