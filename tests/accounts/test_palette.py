"""The command palette, and what comboboxes are told."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actions import members, products, teams
from accounts.models import Membership
from accounts.tenancy.context import tenant_context
from tests.factories.accounts import AccountFactory, ContactFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def cass(acme_cast, page):
    return page(acme_cast.cass, acme_cast.tenant)


def labels(items) -> list[str]:
    return [str(item["label"]) for item in items]


def values(answer) -> list[str]:
    return re.findall(r'data-value="([^"]*)"', answer.content.decode())


def test_it_finds_accounts_by_a_part_of_name_or_domain_and_people_by_theirs(acme_cast, cass):
    with tenant_context(acme_cast.tenant):
        account = AccountFactory(name="Brightwave Health", domain="bwh.test")
        ContactFactory(account=account, name="Bea Bright")
        AccountFactory(name="Verity Labs")
    found = cass.get("/palette/", {"q": "bright"}).context
    assert [item["name"] for item in found["accounts"]] == ["Brightwave Health"]
    assert [item["name"] for item in found["people"]] == ["Bea Bright"]
    assert [item["name"] for item in cass.get("/palette/", {"q": "bwh.te"}).context["accounts"]] == [
        "Brightwave Health"
    ]


def test_before_anything_is_typed_it_shows_ones_own_accounts(acme_cast, cass):
    with tenant_context(acme_cast.tenant):
        AccountFactory(name="Mine", csm=acme_cast.cass)
        AccountFactory(name="Theirs")
    found = cass.get("/palette/").context
    assert [item["name"] for item in found["accounts"]] == ["Mine"]
    assert found["people"] == []


def test_it_offers_only_what_the_role_may_do(acme_cast, page):
    def actions_of(person, words):
        return labels(page(person, acme_cast.tenant).get("/palette/", {"q": words}).context["actions"])

    assert actions_of(acme_cast.ada, "settings") == ["Settings"]
    assert actions_of(acme_cast.cass, "settings") == []
    assert actions_of(acme_cast.ada, "api") == ["API keys"]
    assert actions_of(acme_cast.lee, "api") == []
    assert actions_of(acme_cast.vera, "new") == []
    assert actions_of(acme_cast.cass, "new") == ["New task", "New account"]


def test_on_an_account_what_one_does_with_it_comes_first(acme_cast, cass):
    with tenant_context(acme_cast.tenant):
        account = AccountFactory()
    here = {"HX-Request": "true", "HX-Current-URL": f"http://testserver/w/acme/accounts/{account.pk}/people/"}
    offered = cass.get("/palette/", headers=here).context["here"]
    assert f"/w/acme/accounts/{account.pk}/edit/" in [item["url"] for item in offered]
    assert len(offered) >= 5


def test_a_sales_rep_finds_what_they_sell_alone(acme_cast, page):
    with tenant_context(acme_cast.tenant):
        sold, other = AccountFactory(name="North One", ae=acme_cast.sal), AccountFactory(name="North Two")
        ContactFactory(account=sold, name="Nora North")
        ContactFactory(account=other, name="Nils North")
    sal = page(acme_cast.sal, acme_cast.tenant)
    found = sal.get("/palette/", {"q": "north"}).context
    assert [item["name"] for item in found["accounts"]] == ["North One"]
    assert [item["name"] for item in found["people"]] == ["Nora North"]
    assert values(sal.get("/options/accounts/", {"q": "north"})) == [str(sold.pk)]


def test_it_asks_few_questions(acme_cast, cass):
    with tenant_context(acme_cast.tenant):
        for n in range(30):
            ContactFactory(account=AccountFactory(name=f"North {n}"), name=f"Person North {n}")
    with CaptureQueriesContext(connection) as queries:
        found = cass.get("/palette/", {"q": "north"}).context
    assert (len(found["accounts"]), len(found["people"])) == (8, 6)
    assert sum(q["sql"].startswith(("SELECT", "WITH")) for q in queries) <= 8


@pytest.mark.parametrize("words", ["%", "_", "\\", "'; --", "x" * 500])
def test_strange_words_are_only_words(cass, words):
    assert cass.get("/palette/", {"q": words}).status_code == 200
    assert cass.get("/options/accounts/", {"q": words}).status_code == 200


def test_members_who_left_and_people_of_other_workspaces_are_no_choice(acme_cast, rival, cass):
    with tenant_context(acme_cast.tenant):
        members.end(Membership.objects.get(user=acme_cast.dee, tenant=acme_cast.tenant), by=acme_cast.ada)
    found = values(cass.get("/options/members/"))
    assert str(acme_cast.cass.pk) in found
    assert str(acme_cast.dee.pk) not in found
    assert str(rival.rita.pk) not in found
    assert values(cass.get("/options/members/", {"q": "LEE"})) == [str(acme_cast.lee.pk)]


def test_comboboxes_are_told_of_teams_products_and_words_in_use(acme_cast, cass):
    with tenant_context(acme_cast.tenant):
        team = teams.add({"name": "East"}, by=acme_cast.ada)
        sold = products.add({"name": "Core"}, by=acme_cast.ada)
        products.add({"name": "Core Classic", "active": False}, by=acme_cast.ada)
        for n, segment in enumerate(("Enterprise", "Mid-market", "Enterprise")):
            AccountFactory(segment=segment, region="EMEA", industry=f"Industry {n}")
    assert values(cass.get("/options/teams/", {"q": "ea"})) == [str(team.pk)]
    assert values(cass.get("/options/products/", {"q": "core"})) == [str(sold.pk)]
    assert values(cass.get("/options/segments/")) == ["Enterprise", "Mid-market"]
    assert values(cass.get("/options/regions/", {"q": "em"})) == ["EMEA"]
    assert len(values(cass.get("/options/industries/", {"q": "industry"}))) == 3


def test_never_more_than_twenty_choices(acme_cast, cass):
    with tenant_context(acme_cast.tenant):
        for n in range(25):
            AccountFactory(name=f"North {n:02}")
    assert len(values(cass.get("/options/accounts/", {"q": "north"}))) == 20
