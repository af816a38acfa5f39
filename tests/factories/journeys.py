"""Statements about accounts, made through the actions that people use. Inside a tenant's context."""

from __future__ import annotations

from types import SimpleNamespace

from accounts.models import Account, Contact
from journeys.actions import spiced
from journeys.models import SpicedEntry
from tests.factories.accounts import TODAY, AccountFactory


def person(account: Account, name: str = "Elena Brandt") -> Contact:
    return Contact.objects.create(account=account, name=name, title="COO")


def said(cast: SimpleNamespace, account: Account | None = None, letter: str = "pain", **more: object) -> SpicedEntry:
    values = {"source": "meeting", "occurred_on": TODAY, "by": cast.cass, **more}
    statement = str(values.pop("statement", "Two plans a week contradict each other."))
    return spiced.say(account or AccountFactory(), letter, statement, **values)
