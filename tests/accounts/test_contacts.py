"""People at an account: added, edited, gone elsewhere."""

import datetime as dt

import pytest

from accounts.actions import contacts
from accounts.actions.errors import Conflict, Refused
from accounts.models import Contact, Event
from accounts.registry import tell
from tests.factories.accounts import AccountFactory, ContactFactory

LEFT = dt.date(2026, 6, 30)


def test_a_contact_is_added_with_their_part_in_the_buying_center(acme):
    account = AccountFactory()
    kim = contacts.add(account, {"name": "Kim", "email": "KIM@blue.test", "buying_role": "champion"}, by=acme.cass)
    assert kim.email == "kim@blue.test"
    event = Event.objects.get()
    assert (event.kind, event.account, event.actor) == ("contact.added", account, acme.cass)
    assert event.facts["buying_role"] == "champion"


@pytest.mark.parametrize(
    ("values", "field"),
    [({"name": ""}, "name"), ({"name": "Kim", "email": "kim"}, "email"),
     ({"name": "Kim", "buying_role": "boss"}, "buying_role"),
     ({"name": "Kim", "influence": 9}, "influence"),
     ({"name": "Kim", "departed_on": LEFT}, "departed_on")],
)  # fmt: skip
def test_a_wrong_field_is_named_and_nothing_is_written(acme, values, field):
    with pytest.raises(Refused) as refused:
        contacts.add(AccountFactory(), values, by=acme.cass)
    assert list(refused.value.errors) == [field]
    assert (Contact.objects.count(), Event.objects.count()) == (0, 0)


def test_an_address_is_there_once_until_its_owner_leaves(acme):
    kim = ContactFactory(email="desk@blue.test")
    with pytest.raises(Refused) as refused:
        ContactFactory(account=kim.account, email="Desk@blue.test")
    assert list(refused.value.errors) == ["email"]
    contacts.depart(kim, on=LEFT, by=acme.cass)
    ContactFactory(account=kim.account, email="desk@blue.test")
    assert Contact.objects.count() == 2


def test_nobody_reports_to_themselves_or_to_another_company(acme):
    boss = ContactFactory()
    kim = ContactFactory(account=boss.account, reports_to=boss)
    for contact, above in [(boss, kim), (kim, ContactFactory()), (kim, kim)]:
        with pytest.raises(Refused) as refused:
            contacts.edit(contact, {"reports_to": above}, by=acme.cass)
        assert list(refused.value.errors) == ["reports_to"]
    assert Contact.objects.get(pk=boss.pk).reports_to is None
    assert Contact.objects.get(pk=kim.pk).reports_to == boss


def test_an_edit_says_what_changed(acme):
    kim = ContactFactory(name="Kim", stance="neutral")
    contacts.edit(kim, {"stance": "advocate", "name": "Kim"}, by=acme.cass, version=1)
    assert kim.version == 2
    event = Event.objects.get(kind="contact.edited")
    assert event.facts["before"] == {"stance": "neutral"}
    assert event.facts["after"] == {"stance": "advocate"}


def test_the_later_of_two_editors_is_told(acme):
    kim = ContactFactory(name="Kim")
    contacts.edit(Contact.objects.get(), {"title": "CTO"}, by=acme.lee)
    with pytest.raises(Conflict) as conflict:
        contacts.edit(kim, {"title": "CFO"}, by=acme.cass, version=1)
    assert conflict.value.current.title == "CTO"
    assert Contact.objects.get().title == "CTO"


def test_a_departure_says_where_to_and_who_follows(acme):
    kim = ContactFactory(name="Kim", buying_role="champion")
    lou = ContactFactory(account=kim.account, name="Lou")
    contacts.depart(kim, on=LEFT, moved_to=" Red Inc ", successor=lou, by=acme.cass)
    row = Contact.objects.get(pk=kim.pk)
    assert (row.departed_on, row.moved_to, row.successor) == (LEFT, "Red Inc", lou)
    assert list(Contact.objects.present()) == [lou]
    event = Event.objects.get(kind="contact.departed")
    assert (event.facts["contact_id"], event.facts["buying_role"], event.facts["successor"]) == (
        kim.pk,
        "champion",
        "Lou",
    )
    assert tell(event.kind, event.facts) == "Kim left, now at Red Inc"


def test_a_departure_to_nowhere_known_is_told_too(acme):
    kim = ContactFactory(name="Kim")
    contacts.depart(kim, on=LEFT, by=acme.cass)
    event = Event.objects.get(kind="contact.departed")
    assert tell(event.kind, event.facts) == "Kim left, nobody knows where to"


def test_nobody_leaves_twice_or_hands_over_to_the_wrong_person(acme):
    kim = ContactFactory()
    gone = ContactFactory(account=kim.account)
    contacts.depart(gone, on=LEFT, by=acme.cass)
    events = Event.objects.count()
    for contact, successor in [(gone, None), (kim, kim), (kim, gone), (kim, ContactFactory.build())]:
        with pytest.raises(Refused):
            contacts.depart(contact, on=LEFT, successor=successor, by=acme.cass)
    assert Contact.objects.get(pk=kim.pk).departed_on is None
    assert Event.objects.count() == events


def test_an_upsert_makes_one_changes_it_and_never_moves_it(acme):
    account = AccountFactory()
    kim, created = contacts.upsert_by_external_id("p-1", account, {"name": "Kim"}, by=None)
    again, created_again = contacts.upsert_by_external_id("p-1", account, {"name": "Kim Li"}, by=None)
    assert (created, created_again, again.pk, again.name) == (True, False, kim.pk, "Kim Li")
    with pytest.raises(Refused) as refused:
        contacts.upsert_by_external_id("p-1", AccountFactory(), {"name": "Kim"}, by=None)
    assert list(refused.value.errors) == ["account"]
    assert Contact.objects.get().account == account
