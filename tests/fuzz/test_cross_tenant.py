"""Whoever asks whatever by whichever way: not a byte of another tenant, not a row of it changed."""

from __future__ import annotations

import datetime as dt
import os

import pytest

from tests.conftest import _tenant
from tests.fuzz.hunt import Hunt, numbers_apart
from tests.fuzz.oracle import listening
from tests.fuzz.stage import ROLES, set_up, tell

SHORT = 3_000
ATTEMPTS = int(os.environ.get("ATTEMPTS", SHORT))


@pytest.fixture
def hunt(db, settings):
    settings.API_RATE_PER_MINUTE = 10**9
    settings.TEMPLATES = _kept(settings.TEMPLATES)
    # The short profile asks the same each time; the long one another share of everything every day.
    today = 1 if ATTEMPTS <= SHORT else dt.date.today().toordinal()
    seed = int(os.environ.get("FUZZ_SEED", today))
    acme = _tenant("acme", **ROLES)
    with listening():
        ours = tell(acme, bare=False)
    with numbers_apart(), listening():
        rival = _tenant("rival", **ROLES)
        yield Hunt(set_up(acme, ours, rival), seed, share=0.15 if ATTEMPTS <= SHORT else 1.0)


def _kept(templates: list[dict]) -> list[dict]:
    """Templates read once and not again for every attempt."""
    found = []
    for engine in templates:
        options = engine["OPTIONS"]
        loaders = [("django.template.loaders.cached.Loader", options["loaders"])] if "loaders" in options else None
        found.append(engine | {"OPTIONS": options | ({"loaders": loaders} if loaders else {})})
    return found


@pytest.mark.django_db(databases=["default", "owner"])
def test_nothing_of_another_tenant_is_read_or_changed(hunt, capsys):
    found = hunt.run(ATTEMPTS)
    with capsys.disabled():
        print(found.line(**hunt.says()))
    assert found.told == [], "\n".join(found.told)
