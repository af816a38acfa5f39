"""The people map: parts and gaps, adding, editing, leaving."""

from __future__ import annotations

import pytest

from accounts.models import Account, Contact, Event
from accounts.tenancy.context import tenant_context
from tests.factories.accounts import AccountFactory, ContactFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def cass(acme_cast, page):
    return page(acme_cast.cass, acme_cast.tenant)


@pytest.fixture
def north(acme_cast) -> Account:
    with tenant_context(acme_cast.tenant):
        return AccountFactory(name="Northwind")


@pytest.fixture
def dana(acme_cast, north) -> Contact:
    with tenant_context(acme_cast.tenant):
        return ContactFactory(
            account=north, name="Dana Ruiz", buying_role="champion", stance="advocate", email="dana@north.test"
        )


def text_of(response) -> str:
    return " ".join(response.content.decode().split())


def test_the_map_shows_every_part_and_which_are_vacant(cass, north, dana):
    text = text_of(cass.get(f"/accounts/{north.pk}/people/"))
    assert "1 of 7 parts known" in text
    assert "Dana Ruiz" in text
    assert text.count("Vacant") == 6
    assert f"/accounts/{north.pk}/people/new/?role=decider" in text


def test_a_vacant_part_is_filled_from_where_it_is_missing(cass, acme_cast, north):
    form = cass.get(f"/accounts/{north.pk}/people/new/?role=decider").content.decode()
    assert '<option value="decider" selected>' in form
    said = {"name": "Helen Osei", "buying_role": "decider", "influence": 3, "email": "Helen@North.test"}
    assert cass.post(f"/accounts/{north.pk}/people/new/", said).status_code == 302
    with tenant_context(acme_cast.tenant):
        helen = Contact.objects.get()
        assert (helen.name, helen.email, helen.influence) == ("Helen Osei", "helen@north.test", 3)
        assert Event.objects.get(kind="contact.added").actor == acme_cast.cass


@pytest.mark.parametrize(
    ("said", "field"),
    [({"name": ""}, "name"), ({"email": "not an address"}, "email"), ({"buying_role": "boss"}, "buying_role"),
     ({"email": "dana@north.test"}, "email"), ({"reports_to": 987654}, "reports_to")],
)  # fmt: skip
def test_a_wrong_field_of_a_contact_is_named_and_nothing_is_written(cass, acme_cast, north, dana, said, field):
    response = cass.post(
        f"/accounts/{north.pk}/people/new/", {"name": "New", "influence": 0, "title": "Kept words"} | said
    )
    text = response.content.decode()
    assert response.status_code == 422
    assert f'id="id_{field}_error"' in text
    assert "Kept words" in text
    with tenant_context(acme_cast.tenant):
        assert Contact.objects.count() == 1


def test_a_contact_is_edited_and_a_stale_edit_is_told(cass, acme_cast, dana):
    said = {"name": "Dana Ruiz", "influence": 2, "version": dana.version, "title": "COO"}
    assert cass.post(f"/people/{dana.pk}/edit/", said).status_code == 302
    late = cass.post(f"/people/{dana.pk}/edit/", said | {"title": "CFO"})
    assert late.status_code == 409
    assert "Saved meanwhile: “COO”" in late.content.decode()
    with tenant_context(acme_cast.tenant):
        assert Contact.objects.get(pk=dana.pk).title == "COO"


def test_a_champion_leaves_and_a_new_person_follows(cass, acme_cast, north, dana):
    assert "They are the champion here." in cass.get(f"/people/{dana.pk}/depart/").content.decode()
    said = {
        "on": "2026-11-04",
        "moved_to": "Orbit",
        "new_name": "Marc Tran",
        "new_title": "VP",
        "version": dana.version,
    }
    assert cass.post(f"/people/{dana.pk}/depart/", said).status_code == 302
    with tenant_context(acme_cast.tenant):
        dana.refresh_from_db()
        assert (str(dana.departed_on), dana.moved_to, dana.successor.name) == ("2026-11-04", "Orbit", "Marc Tran")
        facts = Event.objects.get(kind="contact.departed").facts
        assert (facts["buying_role"], facts["moved_to"], facts["successor"]) == ("champion", "Orbit", "Marc Tran")
    text = text_of(cass.get(f"/accounts/{north.pk}/people/"))
    assert "now at Orbit, followed by Marc Tran" in text


def test_a_departure_that_is_refused_adds_nobody(cass, acme_cast, dana):
    with tenant_context(acme_cast.tenant):
        other = ContactFactory(account=dana.account, name="Ravi")
    both = {"on": "2026-11-04", "successor": other.pk, "new_name": "Marc Tran", "version": dana.version}
    assert cass.post(f"/people/{dana.pk}/depart/", both).status_code == 422
    stale = {"on": "2026-11-04", "new_name": "Marc Tran", "version": dana.version + 5}
    assert cass.post(f"/people/{dana.pk}/depart/", stale).status_code == 409
    with tenant_context(acme_cast.tenant):
        assert set(Contact.objects.values_list("name", flat=True)) == {"Dana Ruiz", "Ravi"}
        assert not Event.objects.filter(kind="contact.departed").exists()


def test_a_successor_is_a_colleague(cass, acme_cast, dana):
    with tenant_context(acme_cast.tenant):
        stranger = ContactFactory(account=AccountFactory(), name="Elsewhere")
    response = cass.post(f"/people/{dana.pk}/depart/", {"on": "2026-11-04", "successor": stranger.pk})
    assert response.status_code == 422
    assert 'id="id_successor_error"' in response.content.decode()


def test_people_of_unseen_accounts_are_unknown(acme_cast, dana, page, rival):
    for user, tenant in ((acme_cast.sal, acme_cast.tenant), (rival.rita, rival.tenant)):
        client = page(user, tenant)
        for address in (f"/people/{dana.pk}/edit/", f"/people/{dana.pk}/depart/"):
            assert client.get(address).status_code == 404
            assert client.post(address, {"name": "Taken"}).status_code == 404
    assert page(acme_cast.vera, acme_cast.tenant).post(f"/people/{dana.pk}/edit/", {"name": "X"}).status_code == 403
