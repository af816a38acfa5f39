"""A workspace whose accounts are scored."""

from __future__ import annotations

import datetime as dt

import pytest

from accounts.actions import knowledge
from accounts.models import Account, AccountFacts
from metrics.health.actions import models, versions
from tests.factories.health import simple

NOON = dt.datetime(2030, 1, 10, 12, tzinfo=dt.UTC)


class Scored:
    """One published model, and looks at accounts when a test says so."""

    def __init__(self, cast) -> None:
        self.cast, self.at = cast, NOON
        self.model = models.add({"name": "General"}, simple(), by=cast.ada)
        self.version = versions.publish(self.model.versions.get(), by=cast.ada, now=NOON - dt.timedelta(days=60))

    def look(self, *accounts: Account, at: dt.datetime | None = None) -> dict:
        """The first account's facts, followed at noon or a later instant."""
        ids = [account.pk for account in accounts] or list(Account.objects.values_list("pk", flat=True))
        knowledge.follow(ids, tenant=self.cast.tenant, at=at or self.at)
        row = AccountFacts.objects.filter(account_id=ids[0]).first()
        return row.facts if row else {}


@pytest.fixture
def scored(acme) -> Scored:
    return Scored(acme)
