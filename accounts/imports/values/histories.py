"""How a contract moved recurring revenue, read from the one text as which it leaves.

2024-01-01 new 1000.00 "Seats"; 2024-06-01 expansion 400.00 "Seats" "Two more sites"
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from accounts.imports.values import amounts
from accounts.imports.values.wrong import Wrong

NONE = "none"
QUOTED = r'"(?:[^"\\]|\\.)*"'
MOVEMENT = re.compile(
    rf"(?P<on>\d{{4}}-\d\d-\d\d) (?P<kind>[a-z]+) (?P<amount>-?\d+(?:\.\d+)?) (?P<product>{QUOTED})"
    rf"(?: (?P<reason>{QUOTED}))?(?:; |$)",
    re.DOTALL,
)
# By kind, which way it goes; none: either.
SIGNS = {
    "new": 1, "expansion": 1, "reactivation": 1, "contraction": -1, "churn": -1,
    "fx": 0, "transfer": 0, "correction": 0,
}  # fmt: skip
LONGEST_PRODUCT, LONGEST_REASON = 120, 200
Movement = Sequence[Any]  # day, kind, amount in minor units, product as it is called there, reason


def read(text: str, currency: str) -> list[Movement]:
    """In the order of the text. Wrong: what part of it can't be meant."""
    movements, place = [], 0
    if text.strip().lower() == NONE:
        return []
    while place < len(text):
        found = MOVEMENT.match(text, place)
        if found is None:
            raise Wrong(f"isn't understood from character {place + 1} on")
        movements.append(_read(found, currency))
        place = found.end()
    return movements


def _read(found: re.Match[str], currency: str) -> Movement:
    try:
        on = dt.date.fromisoformat(found["on"])
        product, reason = _text(found["product"]), _text(found["reason"] or '""')
    except ValueError:
        raise Wrong(f"isn't understood from character {found.start() + 1} on") from None
    amount = amounts.minor(Decimal(found["amount"]), currency)
    sign = SIGNS.get(found["kind"])
    if sign is None:
        raise Wrong(f"names a movement that nobody knows: {found['kind']}")
    if not amount or amount * sign < 0:
        raise Wrong(f"says {found['kind']} of {found['amount']}")
    if not product.strip() or len(product) > LONGEST_PRODUCT or len(reason) > LONGEST_REASON:
        where = f"from character {found.start() + 1} on"
        raise Wrong(f"names no product, or a product or a reason that is too long, {where}")
    return [on.isoformat(), found["kind"], amount, product, reason]


def _text(quoted: str) -> str:
    """ValueError as well where escapes make of it what the database can't hold."""
    text = str(json.loads(quoted, strict=False))
    if "\0" in text:
        raise ValueError(quoted)
    text.encode()  # refuses half a character
    return text
