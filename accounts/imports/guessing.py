"""How amounts and days are written in this file, and in which currency, by what its first rows say."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from accounts.imports.fields import plain
from accounts.imports.reading import Cell, Format

# Only a point can be the decimal mark here, or only a comma; the last two say so less surely.
POINT = re.compile(r"\d{1,3}(?:,\d{3})+\.\d+|\d+\.(?:\d{1,2}|\d{4,})")
COMMA = re.compile(r"\d{1,3}(?:[.' ]\d{3})+,\d+|\d+,(?:\d{1,2}|\d{4,})")
EITHER_POINT, EITHER_COMMA = re.compile(r"\d{1,3}(?:,\d{3})+"), re.compile(r"\d{1,3}(?:\.\d{3})+")
SURE, UNSURE = 10, 1
FIGURES = re.compile(r"[-+(]*(?:[A-Z]{0,3}[$€£¥₹₩]|[A-Z]{3})? ?[-+(]*(\d[\d.,' ]*)\)? ?(?:[$€£¥₹₩%]|[A-Z]{3}|kr)?\)?-?")
TRIPLE = re.compile(r"(\d{1,4})([-/.])(\d{1,2})\2(\d{1,4})(?!\d)")
SIGNS = {"€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR", "₩": "KRW", "$": "USD"}
DOLLARS = frozenset({"USD", "CAD", "AUD", "NZD", "MXN", "HKD", "SGD", "TWD"})
KNOWN = DOLLARS | {*SIGNS.values(), "CHF", "SEK", "NOK", "DKK", "PLN", "CZK", "ZAR", "AED", "BRL", "ILS", "CNY"}
LONGEST = 30  # of an amount
MONEY_CODE = re.compile(r"(?<![A-Za-z])([A-Z]{3})\s*\d|\d\s*([A-Z]{3})(?![A-Za-z])")
CODE = re.compile(r"[A-Z]{3}")


def guess(format: Format, headings: Sequence[str], sample: Sequence[Sequence[Cell]]) -> Format:
    """What the cells don't tell stays as it is in `format`, but for what goes together, such as semicolon and comma."""
    texts = [cell.strip() for row in sample for cell in row if isinstance(cell, str) and cell.strip()]
    decimal = _decimal(texts) or ("," if format.delimiter == ";" else "") or format.decimal
    currency = _currency(format, headings, sample, texts)
    return replace(format, decimal=decimal, dates=_dates(texts, decimal, currency), currency=currency)


def _decimal(texts: Iterable[str]) -> str:
    weight: Counter[str] = Counter()
    for text in texts:
        found = FIGURES.fullmatch(" ".join(text.split())) if len(text) <= LONGEST else None
        if found is None:
            continue
        figures = found[1].strip()
        if POINT.fullmatch(figures):
            weight["."] += SURE
        elif COMMA.fullmatch(figures):
            weight[","] += SURE
        elif EITHER_POINT.fullmatch(figures):
            weight["."] += UNSURE
        elif EITHER_COMMA.fullmatch(figures):
            weight[","] += UNSURE
    return max(weight, key=lambda mark: weight[mark]) if weight else ""


def _dates(texts: Iterable[str], decimal: str, currency: str) -> str:
    """One day above the twelfth tells the order; without any, the house that writes the amounts so tells it."""
    orders: Counter[str] = Counter()
    marks: Counter[str] = Counter()
    for text in texts:
        found = TRIPLE.match(text)
        if found is None or len(found[1]) == 4:
            continue
        marks[found[2]] += 1
        if int(found[1]) > 12:
            orders["dmy"] += 1
        elif int(found[3]) > 12:
            orders["mdy"] += 1
    if orders:
        return max(orders, key=lambda order: orders[order])
    if not marks:
        return "ymd"
    european = marks["."] > 0 or decimal == "," or currency not in ("", "USD")
    return "dmy" if european else "mdy"


def _currency(format: Format, headings: Sequence[str], sample: Sequence[Sequence[Cell]], texts: Iterable[str]) -> str:
    found: Counter[str] = Counter()
    for text in texts:
        if not any(letter.isdigit() for letter in text) or len(text) > LONGEST:
            continue
        sign = next((code for sign, code in SIGNS.items() if sign in text), "")
        code = MONEY_CODE.search(text)
        if sign:
            found[format.currency if sign == "USD" and format.currency in DOLLARS else sign] += 1
        elif code and (code[1] or code[2]) in KNOWN:
            found[code[1] or code[2]] += 1
    for column, heading in enumerate(headings):
        if "currency" in plain(heading) or "währung" in heading.lower():
            cells = (row[column] for row in sample if column < len(row))
            found.update(cell for cell in cells if isinstance(cell, str) and CODE.fullmatch(cell))
        elif mentioned := [word for word in CODE.findall(heading) if word in KNOWN]:
            found.update(mentioned)
    return max(found, key=lambda code: found[code]) if found else format.currency
