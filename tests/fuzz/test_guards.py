"""One layer taken away: the others still hold, and a guard test says which one is gone. Two away: the hunt sees it."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

import pytest
from django.db import DataError, connections, models

from accounts import access
from accounts.tenancy.models import TenantManager
from tests.accounts import test_tenancy
from tests.architecture import test_catalogue, test_routes
from tests.fuzz.conftest import ATTEMPTS, SHORT
from tests.fuzz.hunt import Hunt

pytestmark = [
    pytest.mark.skipif(ATTEMPTS <= SHORT, reason="part of the long hunt: make fuzz"),
    pytest.mark.django_db(databases=["default", "owner"]),
]
EACH = 1_500
SHARE = 0.15  # of the pages whose forms are filled in: eight hunts begin with it
POLICIES = """
SELECT format('ALTER TABLE %1$s DISABLE ROW LEVEL SECURITY', oid::regclass),
    format('ALTER TABLE %1$s ENABLE ROW LEVEL SECURITY', oid::regclass)
FROM pg_class WHERE relkind IN ('r', 'p') AND relrowsecurity AND relnamespace = 'public'::regnamespace
"""
KEYS = """
SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname),
    format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid))
FROM pg_constraint WHERE contype = 'f' AND array_length(conkey, 1) = 2 AND conparentid = 0
    AND connamespace = 'public'::regnamespace
"""


def _without(changes: str, unblock: object) -> Iterator[None]:
    """The owner changes the schema before the test's transaction begins, and puts it right when it is over."""
    with unblock(), connections["owner"].cursor() as cursor:
        cursor.execute(changes)
        pairs = cursor.fetchall()
        for away, _ in pairs:
            cursor.execute(away)
    yield
    with unblock(), connections["owner"].cursor() as cursor:
        for _, back in pairs:
            cursor.execute(back)


@pytest.fixture(scope="class")
def without_policies(django_db_setup, django_db_blocker) -> Iterator[None]:
    yield from _without(POLICIES, django_db_blocker.unblock)


@pytest.fixture(scope="class")
def without_keys(django_db_setup, django_db_blocker) -> Iterator[None]:
    yield from _without(KEYS, django_db_blocker.unblock)


@pytest.fixture
def without_filter(hunt: Hunt, monkeypatch) -> None:
    monkeypatch.setattr(TenantManager, "get_queryset", models.Manager.get_queryset)


def _nothing_wrong(hunt: Hunt) -> None:
    found = hunt.run(EACH)
    assert found.told == [], "\n".join(found.told)


class TestWithoutTheManagersFilter:
    def test_the_policy_holds_alone(self, hunt, without_filter):
        _nothing_wrong(hunt)

    def test_a_guard_says_that_it_is_gone(self, acme_cast, monkeypatch):
        monkeypatch.setattr(TenantManager, "get_queryset", models.Manager.get_queryset)
        with pytest.raises(DataError):
            test_tenancy.test_outside_a_tenant_both_layers_are_loud(acme_cast)


@pytest.mark.usefixtures("without_policies")
class TestWithoutThePolicies:
    def test_the_managers_filter_holds_alone(self, hunt):
        _nothing_wrong(hunt)

    def test_a_guard_says_that_they_are_gone(self):
        with pytest.raises(AssertionError):
            test_catalogue.test_every_table_is_forced_or_listed_with_a_reason()

    def test_without_the_filter_too_the_hunt_sees_it(self, hunt, without_filter):
        wrong = hunt.run(EACH).wrong
        assert "body" in wrong, wrong


@pytest.mark.usefixtures("without_keys")
class TestWithoutTheCompositeKeys:
    def test_filter_and_policy_hold_alone(self, hunt):
        _nothing_wrong(hunt)

    def test_a_guard_says_that_they_are_gone(self):
        with pytest.raises(AssertionError):
            test_catalogue.test_every_key_between_tenants_rows_is_composite_and_immediate()


class TestWithoutPermissions:
    def test_whoever_may_do_everything_still_meets_nothing_of_the_rivals(self, hunt, monkeypatch):
        monkeypatch.setattr(access, "require", lambda request, permission: None)
        _nothing_wrong(hunt)

    def test_a_guard_says_that_they_are_gone(self, acme_cast, page, monkeypatch):
        monkeypatch.setattr(access, "require", lambda request, permission: None)
        with pytest.raises(AssertionError, match=" met "):
            test_routes.test_whose_role_lacks_the_permission_is_refused_by_the_gate(acme_cast, page)

    def test_a_guard_says_which_page_has_none(self):
        name, _path, view = next(route for route in test_routes.TENANT_ROUTES if hasattr(route[2], access.ENFORCES))
        with pytest.raises(AssertionError, match="has no @requires"):
            test_routes.test_a_page_of_a_workspace_names_its_permission(name, inspect.unwrap(view))
