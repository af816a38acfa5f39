"""What the database itself says about tenancy, read from its catalogue and not from our models."""

import pytest
from django.apps import apps
from django.db import connection, models

from accounts.tenancy.fields import MemberForeignKey, TenantField, TenantForeignKey
from csom.guard import too_strong

# Tables outside row-level security, each with its reason. Nothing else may stand without it.
OUTSIDE = {
    "accounts_tenant": "it is what row-level security is about",
    "accounts_user": "one person may belong to several tenants",
    "accounts_user_groups": "Django's own, unused",
    "accounts_user_user_permissions": "Django's own, unused",
    "accounts_membership": "decides which tenant a person may enter",
    "accounts_invitation": "its reader has no tenant yet",
    "accounts_apikey": "decides the tenant of a call",
    "usage_writekey": "decides the tenant of what a sender sends",
    "accounts_tenantwork": "tells sweeps, which have no tenant, where work waits",
    "account_emailaddress": "sign-in",
    "account_emailconfirmation": "sign-in",
    "mfa_authenticator": "sign-in",
    "auth_group": "Django's own",
    "auth_group_permissions": "Django's own",
    "auth_permission": "Django's own",
    "django_admin_log": "the operator's admin; a tenant's admin writes none",
    "django_content_type": "Django's own",
    "django_migrations": "Django's own",
    "django_session": "a session begins before its tenant is known",
}
# They make and drop whole months, which belong to nobody, and say nothing of what is in them.
OF_NO_TENANT = {
    "accounts_pastfacts_ensure_month", "accounts_pastfacts_drop_months", "usage_ensure_month", "usage_drop_months",
}  # fmt: skip
POLICY = "(tenant_id = ( SELECT (current_setting('app.tenant_id'::text))::bigint AS current_setting))"


def rows(sql: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def tenant_models() -> list[type[models.Model]]:
    return [m for m in apps.get_models() if any(isinstance(f, TenantField) for f in m._meta.fields)]


@pytest.mark.django_db
def test_every_table_is_forced_or_listed_with_a_reason():
    tables = rows(
        "SELECT relname, relrowsecurity AND relforcerowsecurity FROM pg_class "
        "WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace"
    )
    unforced = {name for name, forced in tables if not forced}
    assert unforced - OUTSIDE.keys() == set()
    assert OUTSIDE.keys() - unforced == set(), "listed, but no such table stands outside any more"


@pytest.mark.django_db
def test_every_forced_table_has_the_one_policy_and_the_owners():
    tables = {m._meta.db_table for m in tenant_models()}
    policies = rows("SELECT tablename, policyname, roles::text, qual, with_check FROM pg_policies")
    ours = {(table, qual, check) for table, name, roles, qual, check in policies if name == "tenant_isolation"}
    assert ours == {(table, POLICY, POLICY) for table in tables}
    assert {(name, roles) for _, name, roles, _, _ in policies} == {
        ("tenant_isolation", "{public}"), ("owner_all", "{csom_owner}")
    }  # fmt: skip


@pytest.mark.django_db
def test_every_key_between_tenants_rows_is_composite_and_immediate():
    found = {
        row[0]
        for row in rows(
            "SELECT conname FROM pg_constraint WHERE contype = 'f' AND array_length(conkey, 1) = 2 "
            "AND condeferrable AND NOT condeferred AND convalidated"
        )
    }
    expected = {
        f"{model._meta.db_table}_{field.name}_fk"
        for model in tenant_models()
        for field in model._meta.local_fields
        if isinstance(field, TenantForeignKey)
    }
    assert found == expected


def test_every_key_to_a_tenants_row_or_a_person_is_of_the_tenant_kind():
    guarded = {*tenant_models(), apps.get_model("accounts.User")}
    plain = [
        f"{model.__name__}.{field.name}"
        for model in tenant_models()
        for field in model._meta.local_fields
        if isinstance(field, models.ForeignKey)
        and field.related_model in guarded
        and not isinstance(field, TenantForeignKey | MemberForeignKey)
    ]
    assert plain == []


@pytest.mark.django_db
def test_every_unique_key_of_a_tenants_table_begins_with_the_tenant():
    keys = rows(
        "SELECT i.indexrelid::regclass::text, a.attname FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid "
        "JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0] "
        "WHERE i.indisunique AND NOT i.indisprimary AND c.relforcerowsecurity"
    )
    assert [name for name, first in keys if first != "tenant_id"] == []


@pytest.mark.django_db
def test_no_view_looks_past_row_level_security():
    views = rows("SELECT relname FROM pg_class WHERE relkind IN ('v', 'm') AND relnamespace = 'public'::regnamespace")
    assert views == []


@pytest.mark.django_db
def test_functions_with_the_owners_rights_pin_their_path_and_name_the_tenant():
    functions = rows(
        "SELECT proname, proconfig::text, prosrc FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace"
    )
    assert {name for name, _, _ in functions} == {
        "search_accounts", "search_contacts", "take_back_contracts", "take_back_contract_changes", "imports_take_back",
        *OF_NO_TENANT,
    }  # fmt: skip
    for name, config, source in functions:
        # A temporary table must not pass for a real one, so theirs is named last.
        assert "search_path=pg_catalog, public, pg_temp" in config
        assert name in OF_NO_TENANT or "tenant_id = current_setting('app.tenant_id')::bigint" in source


@pytest.mark.django_db
def test_the_application_runs_as_a_role_that_owns_nothing_and_truncates_nothing():
    assert rows("SELECT current_user") == [("csom_app",)]
    assert too_strong() == ""
    assert rows(
        "SELECT table_name FROM information_schema.role_table_grants "
        "WHERE grantee = 'csom_app' AND privilege_type IN ('TRUNCATE', 'REFERENCES', 'TRIGGER')"
    ) == []  # fmt: skip


@pytest.mark.django_db(databases=["default", "owner"])
def test_the_owners_role_would_be_refused():
    assert "owns tables" in too_strong("owner")
