"""Whoever asks whatever by whichever way: not a byte of another tenant, not a row of it changed."""

from __future__ import annotations

import pytest

from tests.fuzz.callers import PARTS
from tests.fuzz.conftest import ATTEMPTS


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.django_db(databases=["default", "owner"])
def test_nothing_of_another_tenant_is_read_or_changed(hunt, capsys, part):
    found = hunt.run(ATTEMPTS // len(PARTS), PARTS[part])
    with capsys.disabled():
        print(found.line(part=part, **hunt.says()))
    assert found.told == [], "\n".join(found.told)
    assert found.asleep == set()
