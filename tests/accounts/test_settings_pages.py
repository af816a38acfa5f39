"""The settings: who may open them, what they change, what they refuse."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actions import custom_fields, products, tenants
from accounts.models import CustomField, Event, Product, Tenant, TouchModel, User
from accounts.roles import Permission, Role, allows
from accounts.tenancy.context import tenant_context
from accounts.views import role_table

pytestmark = pytest.mark.django_db

PAGES = ["", "workspace/", "people/", "roles/", "teams/", "keys/", "products/", "fields/", "touch-models/"]
FORMS = ["people/invite/", "teams/new/", "keys/new/", "products/new/", "fields/new/"]


@pytest.fixture
def ada(acme_cast, page):
    return page(acme_cast.ada, acme_cast.tenant)


@pytest.fixture
def olly(acme_cast, page):
    return page(acme_cast.olly, acme_cast.tenant)


def asked(queries: CaptureQueriesContext) -> int:
    """Questions to the tables, without the savepoints of the test's own transaction."""
    return sum(q["sql"].startswith(("SELECT", "INSERT", "UPDATE", "WITH")) for q in queries)


@pytest.mark.parametrize("path", PAGES + FORMS)
def test_an_admin_opens_every_page_of_the_settings_within_twelve_queries(ada, path):
    with CaptureQueriesContext(connection) as queries:
        assert ada.get(f"/settings/{path}").status_code == 200
    assert asked(queries) <= 12


@pytest.mark.parametrize("path", PAGES)
def test_a_csm_has_no_settings(acme_cast, page, path):
    assert page(acme_cast.cass, acme_cast.tenant).get(f"/settings/{path}").status_code == 403


@pytest.mark.parametrize("path", FORMS)
def test_a_leader_reads_the_settings_and_changes_nothing(acme_cast, page, path):
    lee = page(acme_cast.lee, acme_cast.tenant)
    assert lee.get("/settings/products/").status_code == 200
    assert lee.get(f"/settings/{path}").status_code == 403
    assert lee.post(f"/settings/{path}", {"name": "X"}).status_code == 403


def test_a_product_is_added_with_a_code_made_from_its_name(acme_cast, olly):
    answer = olly.post(
        "/settings/products/new/", {"name": "Core Suite", "unit": "seat", "recurring": "on", "active": "on"}
    )
    assert answer["Location"] == "/w/acme/settings/products/"
    with tenant_context(acme_cast.tenant):
        product = Product.objects.get()
        assert (product.name, product.code, product.recurring, product.active) == (
            "Core Suite",
            "core-suite",
            True,
            True,
        )
        assert Event.objects.get().kind == "product.added"


def test_a_second_product_of_a_code_is_refused_and_keeps_what_was_typed(acme_cast, olly):
    with tenant_context(acme_cast.tenant):
        products.add({"name": "Core"}, by=acme_cast.ada)
    answer = olly.post("/settings/products/new/", {"name": "Another core", "code": "core", "unit": "site"})
    assert answer.status_code == 422
    assert "Another product has this code." in answer.content.decode()
    assert 'value="Another core"' in answer.content.decode()
    with tenant_context(acme_cast.tenant):
        assert Product.objects.count() == 1


def test_the_later_of_two_editors_is_told_and_sees_both_values(acme_cast, olly):
    with tenant_context(acme_cast.tenant):
        product = products.add({"name": "Core", "unit": "seat"}, by=acme_cast.ada)
        products.edit(product, {"unit": "site"}, by=acme_cast.ada, version=1)
    said = {"name": "Core", "code": "core", "unit": "robot", "version": 1, "active": "on", "recurring": "on"}
    answer = olly.post(f"/settings/products/{product.pk}/", said)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Saved meanwhile: “site”." in page
    assert 'value="robot"' in page
    with tenant_context(acme_cast.tenant):
        assert Product.objects.get().unit == "site"
    assert olly.post(f"/settings/products/{product.pk}/", said | {"version": 2}).status_code == 302
    with tenant_context(acme_cast.tenant):
        assert Product.objects.get().unit == "robot"


def test_a_field_of_one_of_a_list_needs_its_list(acme_cast, olly):
    said = {"label": "Data region", "type": "choice", "choices": "\n \n"}
    answer = olly.post("/settings/fields/new/", said)
    assert answer.status_code == 422
    assert "Name at least one value to choose." in answer.content.decode()
    olly.post("/settings/fields/new/", said | {"choices": "EU\nUS\nEU"})
    with tenant_context(acme_cast.tenant):
        field = CustomField.objects.get()
        assert (field.key, field.choices, field.active) == ("data_region", ["EU", "US"], True)


def test_fields_move_and_stay_where_they_are_at_the_ends(acme_cast, olly):
    with tenant_context(acme_cast.tenant):
        ids = [custom_fields.add({"label": label, "type": "text"}, by=acme_cast.ada).pk for label in ("A", "B", "C")]
    olly.post(f"/settings/fields/{ids[2]}/move/", {"to": "up"})
    olly.post(f"/settings/fields/{ids[0]}/move/", {"to": "up"})
    with tenant_context(acme_cast.tenant):
        assert [field.label for field in CustomField.objects.all()] == ["A", "C", "B"]


def test_a_field_keeps_its_key_and_type_when_it_is_renamed(acme_cast, olly):
    with tenant_context(acme_cast.tenant):
        field = custom_fields.add({"label": "Tier", "type": "text"}, by=acme_cast.ada)
    said = {"label": "Service tier", "type": "number", "key": "other", "version": 1}
    assert olly.post(f"/settings/fields/{field.pk}/", said).status_code == 302
    with tenant_context(acme_cast.tenant):
        field = CustomField.objects.get()
        assert (field.label, field.key, field.type, field.active) == ("Service tier", "tier", "text", False)


def test_touch_models_are_changed_within_their_limits(acme_cast, olly):
    with tenant_context(acme_cast.tenant):
        model = TouchModel.objects.create(code="high")
    said = {"description": "Close", "touch_every_days": -1, "accounts_per_csm": 12, "version": 1}
    assert olly.post(f"/settings/touch-models/{model.pk}/", said).status_code == 422
    assert olly.post(f"/settings/touch-models/{model.pk}/", said | {"touch_every_days": 7}).status_code == 302
    with tenant_context(acme_cast.tenant):
        model = TouchModel.objects.get()
        assert (model.touch_every_days, model.accounts_per_csm) == (7, 12)


WORKSPACE = {
    "name": "Acme Cloud",
    "timezone": "Europe/Berlin",
    "country": "DE",
    "currency": "EUR",
    "handoff_due_days": 3,
    "first_impact_from": "kickoff",
    "accent": "#0f8a6a",
}


def test_the_workspace_is_changed_and_the_change_is_told(acme_cast, ada):
    assert ada.post("/settings/workspace/", WORKSPACE).status_code == 302
    tenant = Tenant.objects.get(slug="acme")
    assert {name: getattr(tenant, name) for name in WORKSPACE} == WORKSPACE
    with tenant_context(tenant):
        event = Event.objects.get()
        assert (event.kind, event.facts["after"]) == ("workspace.edited", WORKSPACE)


def test_a_zone_that_is_none_is_named_and_nothing_is_written(acme_cast, ada):
    answer = ada.post("/settings/workspace/", WORKSPACE | {"timezone": "Mars/Base"})
    assert answer.status_code == 422
    assert "is not a time zone" in answer.content.decode()
    assert Tenant.objects.get(slug="acme").name == "Acme"


def test_two_admins_who_change_the_workspace_at_once_are_told(acme_cast, ada):
    seen = ada.get("/settings/workspace/").context["form"]["seen"].value()
    with tenant_context(acme_cast.tenant):
        tenants.edit(acme_cast.tenant, {"name": "Acme Works"}, by=acme_cast.olly)
    answer = ada.post("/settings/workspace/", WORKSPACE | {"seen": seen})
    assert answer.status_code == 409
    assert "Saved meanwhile: “Acme Works”." in answer.content.decode()
    assert Tenant.objects.get(slug="acme").name == "Acme Works"


def test_a_new_workspace_has_an_admin_and_its_touch_models(acme_cast):
    tenant = tenants.create("globex", "Globex", admin=acme_cast.lee, currency="EUR", timezone="Europe/Berlin")
    assert [(m.user, m.role) for m in tenant.memberships.all()] == [(acme_cast.lee, "admin")]
    with tenant_context(tenant):
        assert list(TouchModel.objects.values_list("code", "touch_every_days")) == [
            ("high", 14),
            ("low", 45),
            ("tech", 90),
        ]


@pytest.mark.parametrize(("slug", "field"), [("acme", "slug"), ("Not A Slug", "slug")])
def test_a_workspace_with_a_bad_slug_is_refused_whole(acme_cast, slug, field):
    with pytest.raises(tenants.Refused) as refusal:
        tenants.create(slug, "Twice", admin=acme_cast.lee)
    assert list(refusal.value.errors) == [field]
    assert Tenant.objects.count() == 1


def test_preferences_are_saved_and_the_switch_in_the_header_sends_the_theme_alone(acme_cast, page):
    sal = page(acme_cast.sal, acme_cast.tenant)
    said = {"name": "Sal Ray", "theme": "dark", "density": "compact", "whole": "True"}
    assert sal.post("/preferences/", said).status_code == 302
    acme_cast.sal.refresh_from_db()
    assert (acme_cast.sal.name, acme_cast.sal.theme, acme_cast.sal.single_keys) == ("Sal Ray", "dark", False)
    answer = sal.post("/preferences/", {"theme": "light", "density": "compact"})
    assert (answer.status_code, answer.cookies["theme"].value) == (204, "light")
    acme_cast.sal.refresh_from_db()
    assert (acme_cast.sal.name, acme_cast.sal.theme, acme_cast.sal.density) == ("Sal Ray", "light", "compact")
    assert sal.post("/preferences/", said | {"name": " "}).status_code == 422
    assert sal.post("/preferences/", {"theme": "neon"}).status_code == 422


def test_the_operator_opens_a_workspace_from_the_command_line(acme_cast, monkeypatch, capsys):
    monkeypatch.setattr("getpass.getpass", lambda prompt: "a long enough password")
    call_command("create_tenant", "globex", "Globex", admin="Gus@Globex.test", currency="EUR")
    assert capsys.readouterr().out == "Globex is open at /w/globex/\n"
    tenant = Tenant.objects.get(slug="globex")
    assert [(m.user.email, m.user.name, m.role) for m in tenant.memberships.all()] == [
        ("gus@globex.test", "Gus", "admin")
    ]
    with pytest.raises(CommandError, match="slug"):
        call_command("create_tenant", "globex", "Again", admin="new@globex.test")
    assert not User.objects.filter(email="new@globex.test").exists()


def test_the_table_of_roles_has_every_permission_once():
    shown = [permission for _title, some in role_table.WORDS for permission, _words in some]
    assert sorted(shown) == sorted(Permission)


@pytest.mark.parametrize(
    ("permission", "who"),
    [
        (Permission.SETTINGS_EDIT, {"admin", "ops"}),
        (Permission.PLAN_TEMPLATE_EDIT, {"admin", "ops", "integration"}),
        (Permission.TARGET_EDIT, {"admin", "ops", "integration"}),
        (Permission.FACT_EDIT, {"admin", "ops", "integration"}),
    ],
)
def test_another_system_changes_templates_targets_and_facts_and_no_other_settings(permission, who):
    assert {role.value for role in Role if allows(role, permission)} == who
