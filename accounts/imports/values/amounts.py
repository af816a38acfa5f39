"""Amounts of money as people write them: 1.234,50 €, $1,234.50, 1 234,50, 1'234.–, (500)."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal

from accounts import formats
from accounts.imports.values.currencies import SIGN
from accounts.imports.values.wrong import Wrong

LARGEST = Decimal(10) ** 14
# Spaces that printers put between figures, and other dashes and apostrophes, as the plain ones.
TYPED = str.maketrans({
    "\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u2007": " ", "\u2212": "-", "\u2013": "-", "\u2014": "-",
    "\u2019": "'", "\uff0c": ",", "\uff0e": ".",
})  # fmt: skip
_WHOLE = re.compile(
    rf"(?P<before>{SIGN})?\s*(?P<open>\()?(?P<minus>[-+])?\s*(?P<inner>{SIGN})?\s*(?P<late>[-+])?\s*"
    rf"(?P<figures>\d(?:[\d.,' ]*\d)?|[.,]\d+)(?P<dashes>[.,]--?)?"
    rf"\s*(?P<after>{SIGN})?\s*(?P<end>-)?(?P<close>\))?\s*(?P<last>{SIGN})?"
)
# By the decimal mark: plain, in thousands, in thousands and lakhs, less than one.
_FIGURES = {
    ".": re.compile(
        r"\d+(?:\.\d*)?|[1-9]\d{0,2}([,' ])\d{3}(?:\1\d{3})*(?:\.\d*)?|[1-9]\d?(?:,\d\d)*,\d{3}(?:\.\d*)?|\.\d+"
    ),
    ",": re.compile(r"\d+(?:,\d*)?|[1-9]\d{0,2}([.' ])\d{3}(?:\1\d{3})*(?:,\d*)?|,\d+"),
}
_OTHER = {".": ",", ",": "."}
_PLAIN = re.compile(r"-?\d{1,14}(?:\.\d{1,6})?", re.ASCII)


def amount(text: str, decimal: str) -> tuple[Decimal, str]:
    """The amount and the sign or code of its currency as it stands there, or none. Wrong: it isn't an amount."""
    if decimal == "." and _PLAIN.fullmatch(text):
        return Decimal(text), ""
    found = _WHOLE.fullmatch(" ".join(text.translate(TYPED).split()))
    if found is None or bool(found["open"]) != bool(found["close"]):
        raise Wrong("isn't an amount")
    signs = [found[name] for name in ("before", "inner", "after", "last") if found[name]]
    minuses = [found[name] for name in ("open", "minus", "late", "end") if found[name] not in (None, "+")]
    value = figures(found["figures"].strip(), decimal)
    if value is None or len(set(signs)) > 1 or len(minuses) > 1:
        raise Wrong("isn't an amount")
    return (-value if minuses else value), signs[0] if signs else ""


def figures(text: str, decimal: str) -> Decimal | None:
    """Digits with their separators. What fits the other style alone can mean nothing else, hence counts."""
    for mark in (decimal, _OTHER[decimal]):
        if _FIGURES[mark].fullmatch(text):
            kept = text.replace("'", "").replace(" ", "").replace(_OTHER[mark], "")
            return Decimal(kept.replace(mark, ".").rstrip("."))
    return None


def minor(value: Decimal, code: str, *, exact: bool = True) -> int:
    """In the currency's smallest unit. Wrong: finer than that, or beyond all sums."""
    if abs(value) >= LARGEST:
        raise Wrong("is too large")
    scaled = value.scaleb(formats.DIGITS.get(code, 2))
    whole = int(scaled.to_integral_value(ROUND_HALF_UP))
    if exact and whole != scaled:
        raise Wrong(f"is finer than the smallest unit of {code}")
    return whole
