"""How a contract moved recurring revenue, as the one text that imports read back.

2024-01-01 new 1000.00 "Seats"; 2024-06-01 expansion 400.00 "Seats" "Two more sites"
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from decimal import Decimal

NONE = "none"


def written(movements: Iterable[tuple[str, str, Decimal, str, str]]) -> str:
    """Day, kind, amount, product and reason of each."""
    return "; ".join(_one(*each) for each in movements) or NONE


def _one(on: str, kind: str, amount: Decimal, product: str, reason: str) -> str:
    words = [f"{on} {kind} {amount:f}", json.dumps(product, ensure_ascii=False)]
    return " ".join([*words, json.dumps(reason, ensure_ascii=False)] if reason else words)
