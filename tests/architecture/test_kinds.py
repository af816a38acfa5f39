"""What a kind of event promises to tell: whoever asks for it in a play must not wait for ever."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from accounts.registry import event_kinds

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("accounts", "blueprints", "journeys", "metrics")
# What only reads or names a fact doesn't tell it.
READING = {"facts", "facts.py", "forms", "forms.py", "api", "api.py", "views", "views.py", "migrations"}
PROMISED = sorted({(kind.kind, fact.name) for kind in event_kinds() for fact in kind.facts})


@pytest.fixture(scope="module")
def telling() -> str:
    files = [path for room in ROOMS for path in (ROOT / room).rglob("*.py")]
    return "\n".join(path.read_text() for path in files if not READING & set(path.relative_to(ROOT).parts))


@pytest.mark.parametrize(("kind", "fact"), PROMISED)
def test_what_a_kind_declares_somebody_tells(kind, fact, telling):
    assert re.search(rf"""["']{fact}["']|\b{fact}=""", telling), f"{kind} declares {fact}, and nobody tells it"
