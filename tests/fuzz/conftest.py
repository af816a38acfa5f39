"""The stage of the hunt, its seed and its length: short in the suite, long by `make fuzz`."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.conftest import _tenant
from tests.fuzz.callers import callers
from tests.fuzz.hunt import Hunt, met, numbers_apart
from tests.fuzz.oracle import listening
from tests.fuzz.stage import ROLES, set_up, tell

SHORT, SEED = 1_500, 2026  # in the suite: the same every time
ATTEMPTS = int(os.environ.get("ATTEMPTS", SHORT))


@pytest.fixture
def hunt(db, settings, request) -> Iterator[Hunt]:
    settings.API_RATE_PER_MINUTE = 10**9
    settings.TEMPLATES = _kept(settings.TEMPLATES)
    seed = int(os.environ.get("FUZZ_SEED", SEED))
    acme = _tenant("acme", **ROLES)
    with listening():
        ours = tell(acme, bare=False)
        clients = callers(acme, ours.token)
    with numbers_apart(), listening():
        stage = set_up(acme, ours, _tenant("rival", **ROLES))
    assert met() == set(), "a number of Acme's is one of the rival's, too"
    with listening():
        share = getattr(request.module, "SHARE", 0.15 if ATTEMPTS <= SHORT else 1.0)
        yield Hunt(stage, clients, seed, share)
    assert met() == set()


def _kept(templates: list[dict]) -> list[dict]:
    """Templates read once and not again for every attempt."""
    found = []
    for engine in templates:
        options = engine["OPTIONS"]
        loaders = [("django.template.loaders.cached.Loader", options["loaders"])] if "loaders" in options else None
        found.append(engine | {"OPTIONS": options | ({"loaders": loaders} if loaders else {})})
    return found
