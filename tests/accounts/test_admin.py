"""Two admins: what each shows, and to whom."""

import re

import pytest
from django.apps import apps
from django.test import Client

from accounts.admin import operator_site, workspace_site
from accounts.models import Event, Tenant, User
from accounts.tenancy.context import tenant_context
from accounts.tenancy.models import TenantModel
from tests.factories.accounts import AccountFactory, UserFactory


def test_every_noun_of_a_tenant_stands_in_the_workspaces_admin_and_no_other():
    nouns = {m for m in apps.get_models() if issubclass(m, TenantModel)}
    assert set(workspace_site._registry) == nouns


def test_the_operators_admin_shows_tables_outside_row_level_security_alone():
    names = {m.__name__ for m in operator_site._registry}
    assert names == {"Tenant", "User", "Membership", "Invitation", "ApiKey", "TenantWork", "WriteKey"}


@pytest.fixture
def two_accounts(acme_cast, rival):
    with tenant_context(acme_cast.tenant):
        ours = AccountFactory(name="Our customer")
    with tenant_context(rival.tenant):
        AccountFactory(name="Their customer")
    return ours


def test_a_workspaces_admin_reads_its_own_rows(two_accounts, acme_cast, page):
    ada = page(acme_cast.ada, acme_cast.tenant)
    listed = ada.get("/admin/accounts/account/").content.decode()
    assert "Our customer" in listed
    assert "Their customer" not in listed
    assert ada.get(f"/admin/accounts/account/{two_accounts.pk}/change/").status_code == 200


@pytest.mark.parametrize("name", ["cass", "sal", "vera", "lee"])
def test_other_roles_are_refused(name, two_accounts, acme_cast, page):
    assert page(getattr(acme_cast, name), acme_cast.tenant).get("/admin/").status_code == 403


@pytest.mark.parametrize("verb", ["change", "history"])
def test_another_tenants_row_does_not_exist(two_accounts, rival, page, verb):
    rita = page(rival.rita, rival.tenant)
    for pk in (two_accounts.pk, two_accounts.pk + 1000):
        missing = rita.get(f"/admin/accounts/account/{pk}/{verb}/")
        assert missing.status_code == 404
        assert "Our customer" not in missing.content.decode()


def test_the_operator_finds_nothing_at_an_id_that_is_nobodys(operator):
    assert operator.get("/admin/accounts/tenant/4711/change/").status_code == 404


def test_both_admins_have_our_icon(acme_cast, page, operator):
    for answer in (page(acme_cast.ada, acme_cast.tenant).get("/admin/"), operator.get("/admin/")):
        assert '<link rel="icon" href="/static/favicon.svg"' in answer.content.decode()


@pytest.mark.parametrize("model", [*workspace_site._registry, *operator_site._registry], ids=lambda m: m.__name__)
def test_the_menu_names_nouns_as_people_do(model):
    name = str(model._meta.verbose_name_plural)
    assert not re.search(r"[^aeiou]ys$|works$|\bapi\b", name)


def test_nothing_is_changed_through_it(two_accounts, acme_cast, page):
    ada = page(acme_cast.ada, acme_cast.tenant)
    assert ada.post(f"/admin/accounts/account/{two_accounts.pk}/change/", {"name": "Hacked"}).status_code == 403
    assert ada.get("/admin/accounts/account/add/").status_code == 403
    with tenant_context(acme_cast.tenant):
        two_accounts.refresh_from_db()
    assert two_accounts.name == "Our customer"


@pytest.fixture
def operator(db):
    client = Client()
    client.force_login(UserFactory(is_staff=True))
    return client


def test_the_operator_opens_a_tenant_with_its_first_admin(operator):
    admin = UserFactory()
    answer = operator.post(
        "/admin/accounts/tenant/add/",
        {"slug": "new", "name": "New", "timezone": "Europe/Berlin", "country": "DE", "currency": "EUR",
         "handoff_due_days": 2, "first_admin": admin.pk},
    )  # fmt: skip
    assert answer.status_code == 302, answer.context and answer.context["errors"]
    tenant = Tenant.objects.get(slug="new")
    assert [(m.user, m.role) for m in tenant.memberships.all()] == [(admin, "admin")]


def test_the_operator_adds_a_person_without_a_password(operator):
    answer = operator.post("/admin/accounts/user/add/", {"email": "New@Example.test", "name": "New", "is_active": "on"})
    assert answer.status_code == 302
    user = User.objects.get(email="new@example.test")
    assert not user.has_usable_password()


def test_the_operators_admin_is_closed_to_members_and_strangers(acme_cast):
    assert Client().get("/admin/")["Location"].startswith("/admin/login/")
    client = Client()
    client.force_login(acme_cast.ada)
    assert client.get("/admin/", follow=True).status_code == 403


def test_the_operator_edits_a_tenant_without_being_a_member(operator, acme_cast):
    said = {"name": "Acme Ltd", "timezone": "Europe/Berlin", "country": "DE", "currency": "EUR", "handoff_due_days": 2,
            "first_impact_from": "kickoff", "accent": "#4650c8"}  # fmt: skip
    assert operator.post(f"/admin/accounts/tenant/{acme_cast.tenant.pk}/change/", said).status_code == 302
    with tenant_context(acme_cast.tenant):
        assert Event.objects.get(kind="workspace.edited").actor is None
    assert Tenant.objects.get(pk=acme_cast.tenant.pk).name == "Acme Ltd"
