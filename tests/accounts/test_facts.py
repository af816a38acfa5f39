"""Every source's statement stands, and every fact of it has the type that was declared."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection

from accounts.actions import knowledge
from accounts.knowing import columns
from accounts.models import AccountFacts
from accounts.registry import known_facts, sources
from tests.factories.accounts import AccountFactory

NOON = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)

pytestmark = pytest.mark.django_db


def test_each_fact_is_declared_once_and_named_by_its_group(acme):
    names = [fact.name for source in sources() for fact in source.facts]
    assert len(names) == len(set(names))
    assert all("." in name for name in names)


def test_every_declared_fact_can_be_read_as_its_type(acme):
    account = AccountFactory()
    knowledge.follow([account.pk], tenant=acme.tenant, at=NOON)
    known = known_facts()
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT f.* FROM accounts_accountfacts k, {columns.record(known.values(), of='k.facts')}"
            " WHERE k.account_id = %s",
            [account.pk],
        )
        assert cursor.fetchone() is not None
    assert set(AccountFacts.objects.get(account=account).facts) <= {
        *known, *(f"@{fact.dated_by}" for fact in known.values())
    }  # fmt: skip
