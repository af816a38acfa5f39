"""What was tried is written: each record once, with its story, whatever happens in between."""

import datetime as dt

from django.db import connection, transaction

from accounts.actions import accounts
from accounts.imports.actions.applying import apply_rows, parents
from accounts.imports.actions.matching import figures, match
from accounts.imports.models import Record
from accounts.models import Account, AccountState, Contact, Event, InboxEntry, PhaseChange, Product
from accounts.tenancy.context import tenant_context
from tests.factories.accounts import AccountFactory, ContactFactory
from tests.factories.imports import ImportFactory, complaints, heard, say

LAST = 100


def matched(*rows, noun="account", by=None, **options):
    job = ImportFactory(noun=noun, options=options, created_by=by)
    for number, nouns in enumerate(rows, start=2):
        say(job, number, **nouns)
    match(job)
    return job


def applied(*rows, **about):
    job = matched(*rows, **about)
    apply_rows(job, 1, LAST)
    return job


def told(**found):
    return [(event.kind, event.facts) for event in Event.objects.filter(**found).order_by("id")]


def test_a_new_account_comes_with_its_state_phase_and_story(acme):
    job = applied(
        {"account": {"name": "New", "domain": "new.test", "csm_id": acme.cass.pk, "custom": {"tier": "gold"}}},
        {"account": {"name": "Old", "phase": "ended", "touch_model": "tech", "currency": "EUR"}},
        by=acme.ada, phase="onboarding",
    )  # fmt: skip
    new, old = Account.objects.get(name="New"), Account.objects.get(name="Old")
    assert (new.csm, new.custom, new.phase, new.currency, new.touch_model, new.version) == (
        acme.cass, {"tier": "gold"}, "onboarding", "USD", "high", 1,
    )  # fmt: skip
    assert (old.phase, old.touch_model, old.currency, old.industry, old.external_id) == (
        "ended",
        "tech",
        "EUR",
        "",
        None,
    )
    assert AccountState.objects.filter(account=new, arr_minor=0, last_touch_at=None).count() == 1
    assert [(step.from_phase, step.to_phase, step.changed_by) for step in PhaseChange.objects.filter(account=new)] == [
        ("", "onboarding", acme.ada)
    ]
    assert told(account=new) == [("account.created", {"name": "New", "import_id": job.pk})]
    assert Event.objects.get(account=new).actor == acme.ada
    assert not InboxEntry.objects.exists()
    assert set(Record.objects.values_list("done", "target_id")) == {(True, new.pk), (True, old.pk)}


def test_rows_that_were_written_are_never_written_again(acme):
    job = matched(*({"account": {"name": f"New {n}"}} for n in range(5)))
    apply_rows(job, 1, 3)
    assert Account.objects.count() == 2
    for _ in range(2):
        apply_rows(job, 1, LAST)
    assert Account.objects.count() == 5
    assert Event.objects.count() == 5


def test_what_a_dead_worker_began_is_as_if_it_had_not(acme):
    job = matched({"account": {"name": "New"}, "contact": {"name": "Jane"}})
    with transaction.atomic():
        apply_rows(job, 1, LAST)
        transaction.set_rollback(True)
    assert not Account.objects.exists()
    assert not Record.objects.filter(done=True).exists()
    apply_rows(job, 1, LAST)
    assert Contact.objects.get().account.name == "New"


def test_changes_keep_what_was_there_and_tell_it_as_by_hand(acme):
    there = AccountFactory(
        name="Acme", external_id="A1", industry="Mining", csm=acme.cass, custom={"tier": "gold", "plan": "x"}
    )
    job = applied(
        {"account": {
            "external_id": "A1", "name": "Acme Inc", "industry": "Mining", "csm_id": acme.lee.pk, "phase": "adoption",
            "custom": {"tier": "silver", "plan": None, "size": 3},
        }},
        by=acme.ada,
    )  # fmt: skip
    since = there.phase_since
    there.refresh_from_db()
    assert (there.name, there.csm, there.phase, there.version) == ("Acme Inc", acme.lee, "adoption", 2)
    assert there.custom == {"tier": "silver", "size": 3}
    kept = Record.objects.get().before
    assert dt.datetime.fromisoformat(kept.pop("phase_since")) == since
    assert kept == {
        "name": "Acme", "csm_id": acme.cass.pk, "phase": "commit",
        "custom": {"tier": "gold", "plan": "x", "size": None},
    }  # fmt: skip
    events = dict(told(account=there))
    assert events["account.owner_changed"] == {
        "role": "CSM", "role_code": "csm", "before": acme.cass.name, "before_id": acme.cass.pk,
        "after": acme.lee.name, "after_id": acme.lee.pk, "import_id": job.pk,
    }  # fmt: skip
    assert events["phase.changed"] == {
        "before": "Committed", "after": "Adoption", "from_phase": "commit", "to_phase": "adoption", "import_id": job.pk,
    }  # fmt: skip
    assert (events["account.edited"]["changed"], events["account.edited"]["fields"]) == (
        "custom, name",
        ["custom", "name"],
    )
    assert events["account.edited"]["before"]["name"] == "Acme"
    assert events["account.edited"]["after"]["name"] == "Acme Inc"
    assert PhaseChange.objects.filter(account=there, from_phase="commit", to_phase="adoption").count() == 1


def test_what_somebody_else_wrote_meanwhile_is_what_before_says(acme):
    there = AccountFactory(name="Acme", external_id="A1", industry="Mining")
    job = matched(
        {"account": {"external_id": "A1", "industry": "Retail"}}, {"account": {"name": "X", "external_id": "X"}}
    )
    accounts.edit(there, {"industry": "Retail"}, by=None)
    apply_rows(job, 1, LAST)
    assert heard(job) == {2: "same", 3: "create"}
    there.refresh_from_db()
    assert there.version == 2


def test_people_and_notes_follow_their_account_through_the_file(acme):
    job = applied(
        {"account": {"name": "New"}, "contact": {"name": "Jane", "email": "jane@new.test", "influence": 3}},
        {"account": {"name": "new"}, "contact": {"email": "joe@new.test", "departed_on": "2026-05-01"}},
        noun="contact",
    )
    account = Account.objects.get()
    jane, joe = Contact.objects.order_by("id")
    assert {jane.account_id, joe.account_id} == {account.pk}
    assert (jane.influence, jane.stance, joe.name, joe.departed_on) == (3, "", "joe@new.test", dt.date(2026, 5, 1))
    assert ("contact.added", {
        "contact_id": jane.pk, "name": "Jane", "title": "", "buying_role": "", "stance": "", "import_id": job.pk,
    }) in told(account=account)  # fmt: skip
    at = "2026-05-01T12:00:00+00:00"
    notes = applied(
        {
            "account": {"name": "New"},
            "note": {"kind": "call", "body": " Hi ", "occurred_at": at, "author_id": acme.lee.pk},
        },
        {"contact": {"email": "jane@new.test"}, "note": {"body": "Later", "occurred_at": "2026-06-01T12:00:00+00:00"}},
        noun="note",
    )
    call = Event.objects.get(kind="call.logged")
    assert (call.account, call.actor, call.facts) == (account, acme.lee, {"body": "Hi", "import_id": notes.pk})
    assert call.occurred_at == dt.datetime.fromisoformat(at)
    assert Event.objects.get(kind="note.added").account == account
    assert AccountState.objects.get(account=account).last_touch_at == call.occurred_at


def test_rows_find_their_account_in_another_batch(acme):
    job = matched(*({"account": {"name": "New"}, "contact": {"name": f"P{n}"}} for n in range(3)), noun="contact")
    for number in (2, 3, 4):
        apply_rows(job, number, number)
    assert Account.objects.get().contacts.count() == 3
    assert figures(job) == {
        "account": {"created": 1, "changed": 0, "same": 0, "refused": 0},
        "contact": {"created": 3, "changed": 0, "same": 0, "refused": 0},
    }


def test_a_contact_who_left_is_told_as_one_who_left(acme):
    jane = ContactFactory(name="Jane", email="jane@acme.test", account=AccountFactory(name="Acme", external_id="A1"))
    applied(
        {"account": {"external_id": "A1"}, "contact": {
            "email": "jane@acme.test", "departed_on": "2026-05-01", "moved_to": "Bolt", "title": "CEO"}},
        noun="contact",
    )  # fmt: skip
    jane.refresh_from_db()
    assert (jane.departed_on, jane.moved_to, jane.title, jane.version) == (dt.date(2026, 5, 1), "Bolt", "CEO", 2)
    events = dict(told(account=jane.account))
    assert (events["contact.departed"]["where"], events["contact.departed"]["departed_on"]) == (
        "now at Bolt",
        "2026-05-01",
    )
    assert events["contact.edited"]["fields"] == ["title"]
    assert Record.objects.get(noun="contact").before == {"departed_on": None, "moved_to": "", "title": ""}


def test_products_are_added_and_edited(acme):
    applied(
        {"product": {"name": "Core"}}, {"product": {"name": "Setup", "code": "s", "recurring": False}}, noun="product"
    )
    assert list(Product.objects.order_by("id").values_list("name", "code", "unit", "recurring", "active")) == [
        ("Core", "core", "seat", True, True), ("Setup", "s", "seat", False, True),
    ]  # fmt: skip
    applied({"product": {"name": "Core", "unit": "site"}}, noun="product")
    assert Product.objects.get(code="core").unit == "site"
    assert Event.objects.get(kind="product.edited").facts["changed"] == "unit"


def test_parents_that_come_later_in_the_file_are_set_at_its_end(acme):
    there = AccountFactory(name="Acme", external_id="A1")
    job = matched(
        {"account": {"name": "Child", "parent": "Later"}},
        {"account": {"external_id": "A1", "parent": "L1"}},
        {"account": {"name": "Later", "external_id": "L1"}},
    )
    for number in (2, 3, 4):
        apply_rows(job, number, number)
    later = Account.objects.get(name="Later")
    assert set(later.children.values_list("name", flat=True)) == {"Child", "Acme"}
    there.refresh_from_db()
    assert there.version == 2
    assert Record.objects.get(number=3).before == {"parent_id": None}
    assert dict(told(account=there))["account.edited"]["after"] == {"parent": "Later"}


def test_no_row_searches_the_book_for_a_name(acme):
    """Whatever the planner believes of their numbers: names are brought together by sorting, not pair by pair."""
    said = {"tenant": acme.tenant.pk, "job": 1, "by": None, "first": 0, "last": LAST}
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {parents.WRITE}", said)
        plan = [line.strip() for (line,) in cursor.fetchall()]
    compared = [line for line in plan if line.startswith(("Filter:", "Join Filter:", "Index Cond:", "Recheck Cond:"))]
    assert compared
    assert not [line for line in compared if "lower(" in line]


def test_a_parent_is_found_by_its_external_id_before_its_name_and_never_in_the_archive(acme):
    AccountFactory(name="Bolt", archived_at="2026-01-01T00:00:00Z")
    bolt = AccountFactory(name="BOLT", external_id="B1")
    named = AccountFactory(name="B1")
    applied(
        {"account": {"name": "One", "parent": " bolt "}}, {"account": {"name": "Two", "parent": "B1"}},
        {"account": {"name": "Three", "parent": "b1"}}, {"account": {"name": "Four", "parent": ""}},
    )  # fmt: skip
    above = dict(Account.objects.filter(name__in=["One", "Two", "Three", "Four"]).values_list("name", "parent"))
    assert above == {"One": bolt.pk, "Two": bolt.pk, "Three": named.pk, "Four": None}


def test_a_row_that_the_book_cannot_take_any_more_is_refused_by_name_and_the_others_are_written(acme):
    job = matched(*({"account": {"name": f"New {n}", "external_id": f"N{n}"}} for n in range(7)))
    AccountFactory(name="First", external_id="N3")
    apply_rows(job, 1, LAST)
    assert Account.objects.count() == 7
    assert complaints(job) == {5: "Account ID: Another account has this external id."}
    assert figures(job)["account"] == {"created": 6, "changed": 0, "same": 0, "refused": 1}


def test_when_the_first_row_is_refused_the_next_one_makes_the_account(acme):
    there = AccountFactory(name="Acme", external_id="A1")
    ContactFactory(account=there, name="Jane", external_id="C0")
    job = matched(
        {"account": {"name": "New"}, "contact": {"external_id": "C1", "name": "Jane"}},
        {"account": {"name": "New"}, "contact": {"name": "Joe"}},
        {"account": {"name": "New"}, "contact": {"name": "x" * 170}},
        noun="contact",
    )
    ContactFactory(account=there, name="Meanwhile", external_id="C1")
    apply_rows(job, 1, LAST)
    assert [contact.name for contact in Account.objects.get(name="New").contacts.all()] == ["Joe"]
    assert complaints(job) == {
        2: "Contact ID: Another contact has this external id.",
        4: "Value too long for type character varying(160)",
    }
    assert heard(job, "account") == {2: "refused", 3: "create", 4: "refused"}


def test_refused_rows_write_nothing(acme):
    job = applied({"account": {"name": "Acme"}, "note": {"body": ""}}, noun="note")
    assert heard(job) == {2: "refused"}
    assert not Account.objects.exists()
    assert not Event.objects.exists()


def test_another_workspace_with_the_same_keys_is_left_alone(acme_cast, rival):
    with tenant_context(rival.tenant):
        theirs = AccountFactory(name="Acme", external_id="A1", domain="acme.test")
    with tenant_context(acme_cast.tenant):
        applied({"account": {"name": "Acme", "external_id": "A1", "industry": "Mining"}, "contact": {"name": "Jane"}})
        assert Account.objects.get().industry == "Mining"
    with tenant_context(rival.tenant):
        theirs.refresh_from_db()
        assert (theirs.industry, theirs.version, Contact.objects.count()) == ("", 1, 0)
