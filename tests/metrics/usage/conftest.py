"""Acme's sender, and an account that it sends for."""

import pytest

from accounts.tenancy.context import tenant_context
from tests.factories.accounts import AccountFactory
from tests.factories.usage import Sender


@pytest.fixture
def sender(acme_cast):
    return Sender(acme_cast.tenant, acme_cast.ada)


@pytest.fixture
def account(acme_cast):
    with tenant_context(acme_cast.tenant):
        return AccountFactory(name="Northwind", external_id="org-1", domain="northwind.test", ae=acme_cast.sal)
