"""What the demo says: the texts of each workspace and those that both share, with slots to fill."""

from __future__ import annotations

import random
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
SLUGS = ("acme", "globex")

Spec = dict[str, Any]


@lru_cache
def spec_of(slug: str) -> Spec:
    """The workspace as its file describes it."""
    return tomllib.loads((HERE / f"{slug}.toml").read_text())


@lru_cache
def shared() -> Spec:
    return tomllib.loads((HERE / "shared.toml").read_text())


def seeded(*parts: object) -> random.Random:
    """Chance that falls the same way on every machine; not for secrets."""
    return random.Random("/".join(str(part) for part in parts))  # noqa: S311


def email_of(name: str, slug: str) -> str:
    return f"{name.split()[0].lower()}@{slug}.test"
