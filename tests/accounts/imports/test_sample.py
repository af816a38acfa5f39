"""Sample data, asked for twice at once."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from accounts.actions.errors import Refused
from accounts.imports.actions import sample
from accounts.imports.models import Import
from accounts.tenancy.context import tenant_context

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_clicks_at_once_make_one_sample(acme_cast, monkeypatch):
    both, seen = Barrier(2), sample.standing

    def slowly():
        """Without a lock both have looked before either has written."""
        found = seen()
        try:
            both.wait(timeout=1)
        except Exception:  # the other one waits for the lock, and not here
            return found
        return found

    monkeypatch.setattr(sample, "standing", slowly)

    def click(_number):
        try:
            with tenant_context(acme_cast.tenant):
                return sample.load(by=acme_cast.ada, today=dt.date(2026, 11, 22)).pk
        except Refused as refused:
            return str(refused)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(click, range(2)), key=str)
    with tenant_context(acme_cast.tenant):
        only = Import.objects.get()
    assert answers == [only.pk, "The sample data is here already."]
