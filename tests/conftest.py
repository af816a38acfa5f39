"""The cast and the stage: tenant acme and its people, tenant rival with Rita, a database under row-level security."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing
from types import SimpleNamespace

import psycopg2
import pytest
from django.db import connections
from django.test import Client, TransactionTestCase
from hypothesis import settings

from accounts.models import Membership
from accounts.tenancy.context import tenant_context
from tests import databases
from tests.callers import api, caller, reader, rivals  # noqa: F401  (fixtures)
from tests.factories.accounts import TenantFactory, UserFactory

# The same code gets the same examples, so that nobody's change turns red by somebody else's luck; who goes hunting says
# HYPOTHESIS_PROFILE=hunt and gets others each time.
settings.register_profile("steady", derandomize=True, deadline=None)
settings.register_profile("hunt", deadline=None, max_examples=1_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: object, request: pytest.FixtureRequest) -> Iterator[None]:
    """A database of this worker's own, migrated by the owner, used by the application's role."""
    worker = getattr(request.config, "workerinput", {}).get("workerid", "main")
    name = f"test_csom_{worker}"
    with django_db_blocker.unblock():
        databases.use(name)
        yield
        databases.drop(name)


TRIES = 5
KEPT = ("django_content_type", "auth_permission", "django_migrations")


def _truncate_as_owner(self: TransactionTestCase) -> None:
    """The application's role may not truncate, so a test that committed is cleaned up by the owner.

    By a connection of its own: Django forbids tests to query through an alias they didn't ask for.
    """
    for attempt in range(TRIES):
        try:
            _truncate()
        except psycopg2.errors.DeadlockDetected:  # with what a closed window asked for last
            if attempt == TRIES - 1:
                raise
        else:
            return


def _truncate() -> None:
    parameters = databases.as_owner(connections["default"].settings_dict["NAME"])
    with closing(psycopg2.connect(**parameters)) as connection, connection, connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace")
        tables = ", ".join(f'"{name}"' for (name,) in cursor.fetchall() if name not in KEPT)
        cursor.execute(f"TRUNCATE {tables} RESTART IDENTITY CASCADE")


TransactionTestCase._fixture_teardown = _truncate_as_owner


def _tenant(slug: str, **people: str) -> SimpleNamespace:
    tenant = TenantFactory(slug=slug, name=slug.capitalize())
    cast = SimpleNamespace(tenant=tenant, slug=slug)
    for name, role in people.items():
        user = UserFactory(email=f"{name}@{slug}.test", name=f"{name.capitalize()} of {slug.capitalize()}")
        Membership.objects.create(tenant=tenant, user=user, role=role)
        setattr(cast, name, user)
    return cast


@pytest.fixture
def acme_cast(db: None) -> SimpleNamespace:
    """Acme's people, outside any context: .tenant .ada .lee .cass .sal .dee .olly .vera .sue"""
    return _tenant(
        "acme",
        ada="admin",
        lee="leader",
        cass="csm",
        sal="sales",
        dee="delivery",
        olly="ops",
        vera="viewer",
        sue="support",
    )


@pytest.fixture
def acme(acme_cast: SimpleNamespace) -> Iterator[SimpleNamespace]:
    """Acme's people, inside Acme's context."""
    with tenant_context(acme_cast.tenant):
        yield acme_cast


@pytest.fixture
def rival(db: None) -> SimpleNamespace:
    """The other tenant: .tenant .rita (admin)"""
    return _tenant("rival", rita="admin")


@pytest.fixture
def page() -> object:
    """page(user, tenant) -> a client whose .get('/x') asks for /w/<slug>/x."""

    def signed_in(user: object, tenant: object) -> WorkspaceClient:
        client = WorkspaceClient(tenant.slug)
        client.force_login(user)
        return client

    return signed_in


class WorkspaceClient(Client):
    """A browser inside one workspace: paths start after /w/<slug>. Use it outside any open tenant context."""

    def __init__(self, slug: str) -> None:
        super().__init__()
        self.slug = slug

    def generic(self, method: str, path: str, *args: object, **kwargs: object) -> object:
        inside = path if path.startswith("/w/") else f"/w/{self.slug}{path}"
        return super().generic(method, inside, *args, **kwargs)
