"""Shares with their intervals, by SciPy: said only where there are enough cases to say it."""

from __future__ import annotations

from typing import Any

from scipy.stats import binomtest

FEWEST = 20  # cases under which a share is too uncertain to be said


def share(hits: int, n: int) -> dict[str, Any]:
    """{n, hits, percent, low, high, too_few}: the share with its 95 % interval by Wilson, in percent."""
    if not n:
        return {"n": 0, "hits": 0, "percent": None, "low": None, "high": None, "too_few": True}
    interval = binomtest(hits, n).proportion_ci(confidence_level=0.95, method="wilson")
    return {
        "n": n, "hits": hits, "percent": round(100 * hits / n, 1), "low": round(100 * float(interval.low), 1),
        "high": round(100 * float(interval.high), 1), "too_few": n < FEWEST,
    }  # fmt: skip
