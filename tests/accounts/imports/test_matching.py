"""What a row of the file means: an account, person, product or note that is there, a new one, or nobody knows which."""

import datetime as dt

import pytest

from accounts.actions import accounts, contacts, contracts, notes
from accounts.imports.actions.matching import figures, match, settle
from accounts.imports.models import Import, Record
from accounts.tenancy.context import tenant_context
from tests.factories.accounts import AccountFactory, ContactFactory, ProductFactory
from tests.factories.imports import ImportFactory, complaints, heard, say


def verdict(job, number, noun="account"):
    return Record.objects.get(job=job, number=number, noun=noun)


def matched(*rows, noun="account", **options):
    """An import of these rows, numbered from 2 as a spreadsheet does."""
    job = ImportFactory(noun=noun, options=options)
    for number, nouns in enumerate(rows, start=2):
        say(job, number, **nouns)
    match(job)
    return job


def account(**values):
    return {"account": values}


def test_an_account_is_known_by_its_external_id_then_by_its_domain(acme):
    by_id = AccountFactory(name="Acme", external_id="A1", domain="old.test")
    by_domain = AccountFactory(name="Bolt", domain="bolt.test")
    job = matched(
        account(external_id="A1", name="Acme Inc", domain="acme.test"), account(name="Bolt", domain="Bolt.test".lower())
    )
    assert verdict(job, 2).target_id == by_id.pk
    assert verdict(job, 2).before == {"name": "Acme", "domain": "old.test"}
    assert (verdict(job, 3).target_id, verdict(job, 3).verdict) == (by_domain.pk, "same")
    assert figures(job) == {"account": {"created": 0, "changed": 1, "same": 1, "refused": 0}}
    assert Import.objects.get(pk=job.pk).figures["account"]["changed"] == 1


def test_an_account_of_another_workspace_is_never_meant(acme_cast, rival):
    with tenant_context(rival.tenant):
        AccountFactory(name="Acme", external_id="A1", domain="acme.test")
    with tenant_context(acme_cast.tenant):
        job = matched(account(external_id="A1", name="Acme", domain="acme.test"))
        assert heard(job) == {2: "create"}
        assert verdict(job, 2).possible == []


def test_a_domain_that_several_accounts_have_is_refused_with_their_names(acme):
    first, second = (
        AccountFactory(name="Acme", domain="acme.test"),
        AccountFactory(name="Acme Labs", domain="acme.test"),
    )
    job = matched(account(name="Acme Corp", domain="acme.test"), account(name="acme labs", domain="acme.test"))
    assert complaints(job) == {2: "Website: Several accounts have this domain: Acme, Acme Labs."}
    assert verdict(job, 2).possible == [first.pk, second.pk]
    assert verdict(job, 3).target_id == second.pk


@pytest.mark.parametrize("key", ["name", "domain"])
@pytest.mark.parametrize(
    ("duplicates", "expected", "said"),
    [
        ("leave", "refused", "Company: This may be “Acme” again: choose what happens to possible duplicates."),
        ("match", "refused", "Company: This may be “Acme” again, but it has another external id."),
        ("create", "create", None),
    ],
)
def test_an_account_with_another_external_id_is_a_possible_duplicate(acme, key, duplicates, expected, said):
    there = AccountFactory(name="Acme", domain="acme.test", external_id="A1")
    says = {"name": "Acme East", "domain": "east.test", "external_id": "A2"} | {key: getattr(there, key)}
    job = matched(account(**says), duplicates=duplicates)
    assert heard(job) == {2: expected}
    assert verdict(job, 2).possible == [there.pk]
    assert complaints(job).get(2) == said


def test_the_name_of_one_and_the_domain_of_another_show_both(acme):
    domain = AccountFactory(name="Acme Labs", domain="acme.test", external_id="A1")
    name = AccountFactory(name="Acme", external_id="A2")
    job = matched(account(name="Acme", domain="acme.test", external_id="A3"))
    assert verdict(job, 2).possible == [name.pk, domain.pk]
    assert heard(job) == {2: "refused"}


def test_an_archived_account_asks_to_be_restored(acme):
    accounts.archive(AccountFactory(name="Acme", external_id="A1"), by=acme.ada)
    job = matched(account(name="Acme", external_id="A1"))
    assert complaints(job) == {2: "Account ID: “Acme” has this external id and is archived: restore it first."}


@pytest.mark.parametrize(("duplicates", "expected"), [("leave", "refused"), ("create", "create"), ("match", "change")])
def test_a_possible_duplicate_is_shown_and_never_merged_silently(acme, duplicates, expected):
    there = AccountFactory(name="Acme", domain="acme.test")
    job = matched(account(name="ACME", industry="Mining"), duplicates=duplicates)
    assert heard(job) == {2: expected}
    assert verdict(job, 2).possible == [there.pk]


def test_a_contact_that_is_known_says_which_account_is_meant(acme):
    there = ContactFactory(account=AccountFactory(name="Acme"), email="jane@acme.test").account
    AccountFactory(name="Acme")
    job = matched(
        {"account": {"name": "Acme"}, "contact": {"email": "jane@acme.test"}},
        {"account": {"name": "Quite Other"}, "contact": {"email": "jane@acme.test"}},
    )
    assert verdict(job, 2).target_id == there.pk
    assert verdict(job, 3).possible == [there.pk]
    assert "may be “Acme” again" in complaints(job)[3]


def test_rows_about_contacts_name_their_account_and_do_not_rename_it(acme):
    there = AccountFactory(name="Acme", domain="acme.test", industry="Retail")
    job = matched(
        {"account": {"name": "acme", "industry": "Mining"}, "contact": {"name": "Jane"}},
        {"account": {"domain": "acme.test", "name": "Acme Incorporated"}, "contact": {"name": "Joe"}},
        noun="contact",
    )
    assert (verdict(job, 2).target_id, verdict(job, 2).before) == (there.pk, {"industry": "Retail"})
    assert (verdict(job, 3).target_id, verdict(job, 3).leader) == (there.pk, 2)
    assert heard(job, "contact") == {2: "create", 3: "create"}


def test_a_name_that_several_have_is_refused_in_rows_about_something_else(acme):
    AccountFactory(name="Acme")
    AccountFactory(name="ACME")
    job = matched({"account": {"name": "Acme"}, "contact": {"name": "Jane"}}, noun="contact")
    assert heard(job) == {2: "refused"}
    assert heard(job, "contact") == {2: "refused"}


def test_missing_accounts_are_created_once_or_refused_as_the_options_say(acme):
    rows = [
        {"account": {"external_id": "N1"}, "contact": {"name": "Jane"}},
        {"account": {"external_id": "N1", "name": "New", "domain": "new.test"}, "contact": {"name": "Joe"}},
        {"account": {"name": "NEW"}, "contact": {"name": "Jim"}},
    ]
    job = matched(*rows, noun="contact")
    assert heard(job) == {2: "create", 3: "same", 4: "same"}
    assert verdict(job, 2).values == {"external_id": "N1", "name": "New", "domain": "new.test"}
    assert (verdict(job, 3).leader, verdict(job, 4).leader) == (2, 2)
    assert figures(job)["account"] == {"created": 1, "changed": 0, "same": 0, "refused": 0}
    refused = matched(*rows, noun="contact", missing_accounts="refuse")
    assert set(heard(refused, "contact").values()) == {"refused"}
    assert complaints(refused)[4] == "Company: No account is called “NEW”."


def test_a_new_account_without_a_name_is_refused(acme):
    job = matched({"account": {"external_id": "N1"}, "contact": {"name": "Jane"}}, noun="contact")
    assert complaints(job) == {2: "Company: No account is known by this, and a new one needs a name."}


def test_two_rows_that_contradict_each_other_name_the_first(acme):
    job = matched(
        account(external_id="A1", name="Acme", industry="Mining"),
        account(external_id="A1", name="Acme"),
        account(external_id="A1", name="Acme", industry="Retail"),
        account(name="Bolt", domain="bolt.test"),
        account(name="Bolt Ltd", domain="bolt.test"),
        account(name="Cog"),
        account(name="cog", industry="Mining"),
    )
    assert heard(job) == {2: "create", 3: "same", 4: "refused", 5: "create", 6: "refused", 7: "create", 8: "refused"}
    assert complaints(job) == {
        4: "Account ID: Row 2 has this external id already.",
        6: "Website: Row 5 has this domain already.",
        8: "Company: Row 7 has this name already.",
    }


def test_rows_with_the_same_name_and_different_external_ids_are_different_accounts(acme):
    job = matched(account(external_id="A1", name="Acme"), account(external_id="A2", name="Acme"))
    assert heard(job) == {2: "create", 3: "create"}


def test_own_fields_are_compared_key_by_key(acme):
    AccountFactory(name="Acme", external_id="A1", custom={"tier": "gold", "plan": "x"})
    job = matched(
        account(external_id="A1", custom={"tier": "silver", "size": 3}), account(external_id="A1", custom={"size": 3})
    )
    assert verdict(job, 2).before == {"custom": {"tier": "gold", "size": None}}
    job = matched(account(external_id="A1", name="Acme", custom={"tier": "gold"}))
    assert heard(job) == {2: "same"}


def test_blank_cells_clear_only_where_that_was_asked_for(acme):
    AccountFactory(name="Acme", external_id="A1", industry="Mining")
    job = matched(
        account(external_id="A1", name=None, industry=None, csm_id=None, custom={"tier": None}), blanks="clear"
    )
    assert verdict(job, 2).values == {"external_id": "A1", "industry": "", "csm_id": None, "custom": {"tier": None}}
    assert verdict(job, 2).before == {"industry": "Mining"}


def test_a_currency_is_kept_while_contracts_are_in_it(acme):
    there = AccountFactory(name="Acme", external_id="A1")
    term = {
        "name": "First",
        "signed_on": dt.date(2026, 1, 1),
        "start_on": dt.date(2026, 1, 1),
        "end_on": dt.date(2027, 1, 1),
    }
    line = {"product": ProductFactory(), "quantity": 1, "amount_minor": 100}
    contracts.sign(there, term, [line], by=None, today=dt.date(2026, 1, 1))
    job = matched(account(external_id="A1", currency="EUR"))
    assert complaints(job) == {2: "Currency: The contracts of this account are in USD."}


def test_a_refused_row_is_refused_whole_and_the_next_one_speaks(acme):
    job = ImportFactory(noun="contact")
    say(job, 2, account={"name": "New"}, contact={"name": "Jane"})
    say(job, 3, account={"name": "New"}, contact={"name": "Joe"})
    say(job, 4, account={"name": "New"}, contact={"name": "Jim"})
    Record.objects.filter(number=2, noun="contact").update(errors=[{"column": "E-mail", "message": "no"}])
    match(job)
    assert heard(job) == {2: "refused", 3: "create", 4: "same"}
    Record.objects.filter(number=3, noun="contact").update(verdict="refused")
    settle(job)
    assert heard(job) == {2: "refused", 3: "refused", 4: "create"}
    assert verdict(job, 4).leader is None
    assert figures(job)["account"] == {"created": 1, "changed": 0, "same": 0, "refused": 2}


def test_matching_twice_comes_to_the_same(acme):
    AccountFactory(name="Acme", external_id="A1")
    job = matched(account(external_id="A1", industry="Mining"), account(name="Acme"), account(name="New"))
    first = list(Record.objects.filter(job=job).order_by("number").values())
    match(job)
    assert list(Record.objects.filter(job=job).order_by("number").values()) == first
    assert [len(each["errors"]) for each in first] == [0, 1, 0]


def test_parents_are_found_in_the_book_and_in_the_file(acme):
    above = AccountFactory(name="Holding", external_id="H1")
    there = AccountFactory(name="Acme", external_id="A1")
    job = matched(
        account(external_id="A1", parent="H1"), account(name="Bolt", parent="Later"),
        account(name="Later", parent="holding"),
        account(name="Cog", parent="Nobody"), account(name="Self", parent="Self"),
        account(name="Egg", parent="Hen"), account(name="Hen", parent="Egg"),
    )  # fmt: skip
    assert heard(job) == {
        2: "change", 3: "create", 4: "create", 5: "refused", 6: "refused", 7: "refused", 8: "refused",
    }  # fmt: skip
    assert verdict(job, 2).before == {"parent_id": None}
    assert complaints(job)[5] == "Parent: There is no account “Nobody”, neither here nor in the file."
    assert complaints(job)[6] == "Parent: An account can't be its own parent."
    assert "above itself" in complaints(job)[7]
    accounts.edit(there, {"parent": above}, by=None)
    match(job)
    assert heard(job)[2] == "same"


def test_a_contact_is_known_by_external_id_address_and_name(acme):
    there = AccountFactory(name="Acme", external_id="A1")
    jane = ContactFactory(account=there, name="Jane", email="jane@acme.test", external_id="C1")
    joe = ContactFactory(account=there, name="Joe", email="joe@acme.test")
    jim = ContactFactory(account=there, name="Jim", email="")
    job = matched(
        {"account": {"external_id": "A1"}, "contact": {"external_id": "C1", "title": "CEO"}},
        {"account": {"external_id": "A1"}, "contact": {"name": "Joseph", "email": "joe@acme.test"}},
        {"account": {"external_id": "A1"}, "contact": {"name": "jim", "email": "jim@acme.test"}},
        {"account": {"external_id": "A1"}, "contact": {"name": "Jane", "email": "other@acme.test"}},
        {"contact": {"email": "joe@acme.test", "name": "Joseph"}},
        noun="contact",
    )
    targets = [verdict(job, number, "contact").target_id for number in range(2, 7)]
    assert targets == [jane.pk, joe.pk, jim.pk, None, joe.pk]
    assert verdict(job, 3, "contact").before == {"name": "Joe"}
    assert heard(job, "contact") == {2: "change", 3: "change", 4: "change", 5: "create", 6: "same"}


def test_an_address_taken_twice_in_the_file_is_refused_the_second_time(acme):
    job = matched(
        {"account": {"name": "New"}, "contact": {"external_id": "C1", "email": "x@new.test", "name": "X"}},
        {"account": {"name": "New"}, "contact": {"external_id": "C2", "email": "x@new.test", "name": "Y"}},
        {"account": {"name": "New"}, "contact": {"email": "x@new.test", "name": "Z"}},
        {"account": {"name": "Other"}, "contact": {"email": "x@new.test", "name": "X"}},
        noun="contact",
    )
    assert heard(job, "contact") == {2: "create", 3: "refused", 4: "refused", 5: "create"}
    assert complaints(job)[3] == "E-mail: Row 2 has this e-mail address already."


def test_an_address_that_somebody_else_has_here_is_refused(acme):
    there = AccountFactory(name="Acme", external_id="A1")
    ContactFactory(account=there, name="Jane", external_id="C1", email="jane@acme.test")
    ContactFactory(account=there, name="Joe", external_id="C2", email="joe@acme.test")
    job = matched(
        {"account": {"external_id": "A1"}, "contact": {"external_id": "C1", "email": "joe@acme.test"}},
        {"account": {"external_id": "A1"}, "contact": {"external_id": "C3", "email": "joe@acme.test", "name": "J"}},
        noun="contact",
    )
    assert set(complaints(job).values()) == {"E-mail: “Joe” has this e-mail address here already."}


def test_a_contact_of_another_account_does_not_move(acme):
    ContactFactory(account=AccountFactory(name="Acme", external_id="A1"), external_id="C1")
    AccountFactory(name="Bolt", external_id="B1")
    job = matched({"account": {"external_id": "B1"}, "contact": {"external_id": "C1"}}, noun="contact")
    assert complaints(job)[2].startswith("Contact ID: This contact belongs to “Acme”")


def test_somebody_who_left_is_still_known(acme):
    jane = ContactFactory(account=AccountFactory(name="Acme", external_id="A1"), email="jane@acme.test")
    contacts.depart(jane, on=dt.date(2026, 5, 1), by=None)
    job = matched(
        {"account": {"external_id": "A1"}, "contact": {"email": "jane@acme.test", "title": "x"}}, noun="contact"
    )
    assert verdict(job, 2, "contact").target_id == jane.pk


def test_a_row_without_account_and_known_contact_is_refused(acme):
    job = matched({"contact": {"email": "who@acme.test"}}, {"contact": {}}, noun="contact")
    assert complaints(job)[2] == "Company: This row names no account, and nobody is known by this address."
    assert heard(job, "contact") == {2: "refused", 3: "refused"}


def test_products_are_known_by_code_then_by_name_and_get_a_code(acme):
    core, plus = ProductFactory(name="Core", code="core"), ProductFactory(name="Plus Plan", code="p2")
    job = matched(
        {"product": {"name": "Core 2", "code": "core"}}, {"product": {"name": "plus plan", "unit": "site"}},
        {"product": {"name": "Größe & Co"}}, {"product": {"name": "Core"}}, {"product": {"name": "C"}},
        {"product": {"name": "C++"}}, {"product": {"name": "日本"}},
        noun="product",
    )  # fmt: skip
    assert [verdict(job, n, "product").target_id for n in (2, 3)] == [core.pk, plus.pk]
    assert verdict(job, 3, "product").before == {"name": "Plus Plan", "unit": "seat"}
    assert verdict(job, 4, "product").values == {"name": "Größe & Co", "code": "groe-co"}
    assert heard(job, "product") == {
        2: "change",
        3: "change",
        4: "create",
        5: "refused",
        6: "create",
        7: "refused",
        8: "refused",
    }
    assert complaints(job)[7] == "SKU: Row 6 has this code already."


def test_a_note_that_is_there_already_stays_alone(acme):
    there = AccountFactory(name="Acme", external_id="A1")
    at = dt.datetime(2026, 5, 1, 12, tzinfo=dt.UTC)
    known = notes.add(there, kind="call", body="They like it", by=None, occurred_at=at)
    said = {"kind": "call", "body": " They like it\n", "occurred_at": at.isoformat()}
    job = matched(
        {"account": {"external_id": "A1"}, "note": said},
        {"account": {"external_id": "A1"}, "note": said | {"kind": "note"}},
        {"account": {"external_id": "A1"}, "note": said | {"kind": "note"}},
        {"account": {"external_id": "A1"}, "note": said | {"body": " "}},
        {"account": {"external_id": "A1"}, "note": said | {"occurred_at": "2999-01-01T00:00:00Z"}},
        {"note": said},
        noun="note",
    )
    assert verdict(job, 2, "note").target_id == known.pk
    assert heard(job, "note") == {2: "same", 3: "create", 4: "same", 5: "refused", 6: "refused", 7: "refused"}


def test_nothing_is_written_to_the_book_while_matching(acme):
    there = AccountFactory(name="Acme", external_id="A1")
    matched(account(external_id="A1", name="Changed"), account(name="New"))
    there.refresh_from_db()
    assert (there.name, there.version) == ("Acme", 1)
    assert type(there).objects.count() == 1
