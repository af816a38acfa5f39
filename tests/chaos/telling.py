"""One line of JSON for each scenario: what was to be there, what is, what is missing and what is there twice."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Hashable, Mapping

from tests.chaos import plan


def tell_scenario(
    name: str, faults: Mapping[str, int], expected: Collection[Hashable], present: Counter, **more: object
) -> tuple[int, int]:
    """Prints it, and returns how many are lost and how many are too many; a stranger counts as one too many."""
    wanted = set(expected)
    lost = len(wanted - present.keys())
    doubled = sum(times - (key in wanted) for key, times in present.items())
    tell_counts(name, faults, len(wanted), present.total(), lost, doubled, **more)
    return lost, doubled


def tell_counts(
    name: str, faults: Mapping[str, int], expected: int, present: int, lost: int, doubled: int, **more: object
) -> None:
    line = {
        "name": f"chaos.{name}", "faults": sum(faults.values()), "expected": expected, "present": present,
        "lost": lost, "doubled": doubled, "seed": plan.SEED, "kinds": dict(faults),
    }  # fmt: skip
    print(json.dumps(line | more))
