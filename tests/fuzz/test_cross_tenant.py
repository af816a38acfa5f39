"""Whoever asks whatever by whichever way: not a byte of another tenant, not a row of it changed."""

from __future__ import annotations

import pytest

from tests.fuzz.conftest import ATTEMPTS


@pytest.mark.django_db(databases=["default", "owner"])
def test_nothing_of_another_tenant_is_read_or_changed(hunt, capsys):
    found = hunt.run(ATTEMPTS)
    with capsys.disabled():
        print(found.line(**hunt.says()))
    assert found.told == [], "\n".join(found.told)
