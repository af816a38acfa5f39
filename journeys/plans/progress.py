"""How far an objective is on its way: pure arithmetic, in either direction."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

Number = Decimal | None


def share(baseline: Number, target: Number, last: Number) -> float | None:
    """The part of the way from baseline to target that the last measurement has covered.

    0.0 where they began, 1.0 at the target, below or above where it went the other way or further. None: it can't be
    said, since a figure lacks or the way has no length. Lower targets than baselines work the same.
    """
    if baseline is None or target is None or last is None or baseline == target:
        return None
    return float((last - baseline) / (target - baseline))


def percent(part: float | None) -> int | None:
    """In whole percent between 0 and 100, for a bar; rounded down, so that 100 means that it is reached."""
    return None if part is None else int(max(0.0, min(1.0, part)) * 100 + 1e-9)


def reached(baseline: Number, target: Number, last: Number) -> bool:
    part = share(baseline, target, last)
    return part is not None and part >= 1


def number(value: Number) -> str:
    """A figure as people write it: 1250.0000 -> "1,250", 4.2500 -> "4.25"."""
    if value is None:
        return ""
    text = f"{value:,f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return text.replace("-", "−")


def total(values: Iterable[int | None]) -> int | None:
    """The sum of what is known; None where nothing is."""
    known = [value for value in values if value is not None]
    return sum(known) if known else None
