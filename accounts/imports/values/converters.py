"""One converter for each column, made once: from a cell to the value that the table's column takes."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from accounts.imports.fields import Field
from accounts.imports.reading import Cell, Format
from accounts.imports.values import amounts, currencies, days, words
from accounts.imports.values.wrong import Wrong

Convert = Callable[[Any], Any]
# Longer than any day, amount or address. Only texts may be longer, and patterns never see them.
LONGEST = 320
REMEMBERED = 5_000
LIMITS = {"quantity": (0, 2_147_483_647), "notice_days": (0, 730), "term_months": (1, 600)}
NOBODY = frozenset({"unassigned", "no owner", "nobody", "deactivated user"})


@dataclass(frozen=True)
class Surroundings:
    """What cells are understood by."""

    format: Format
    members: Mapping[str, int]
    zone: dt.tzinfo
    now: dt.datetime
    strangers: str = "refuse"  # or "leave": people whom nobody here knows are left out


def converter(field: Field, around: Surroundings) -> Convert:
    """None for a cell that says nothing; Wrong for one that can't be meant."""
    if field.type == "text":
        return _code if field.path == "product.code" else _text(field.longest)
    return _remembering(_short(_MAKERS[field.type](field, around)))


def shown(cell: Cell) -> str:
    """A cell as text, as the spreadsheet would show it."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float | Decimal) and math.isfinite(cell):
        return str(int(cell)) if cell == int(cell) else format(Decimal(str(cell)), "f")
    if isinstance(cell, dt.datetime) and cell.time() == dt.time():
        return cell.date().isoformat()
    return str(cell)


def _remembering(convert: Convert) -> Convert:
    """Days, choices and people come again and again; the memory has an end, so that a million rows need no more."""
    known: dict[Any, Any] = {}

    def look_up(cell: Any) -> Any:
        # 1 and True and 1.0 are one key to a dict, but not one cell.
        if type(cell) is not str:
            return convert(cell)
        try:
            return known[cell]
        except KeyError:
            if len(known) >= REMEMBERED:
                known.clear()
            value = known[cell] = convert(cell)
            return value

    return look_up


def _short(convert: Convert) -> Convert:
    def short(cell: Any) -> Any:
        if isinstance(cell, str):
            cell = cell.strip()
            if cell.lower() in words.NOTHING:
                return None
            if len(cell) > LONGEST:
                raise Wrong("is too long")
            if cell in words.BROKEN:
                raise Wrong("is an error of the spreadsheet")
        return convert(cell)

    return short


def _text(longest: int) -> Convert:
    def text(cell: Any) -> str | None:
        said = cell.strip() if type(cell) is str else shown(cell)
        if len(said) > longest:
            raise Wrong(f"has {len(said):,} characters; at most {longest:,} fit")
        if said[:1] == "#" and said in words.BROKEN:
            raise Wrong("is an error of the spreadsheet")
        if "\0" in said:
            raise Wrong("has a NUL character")
        return said or None

    return text


_longest_code = _text(60)


def _code(cell: Any) -> str | None:
    said = _longest_code(cell)
    return words.code(said) if said else None


def _email(field: Field, around: Surroundings) -> Convert:
    return lambda cell: words.email(shown(cell))


def _domain(field: Field, around: Surroundings) -> Convert:
    return lambda cell: words.domain(shown(cell))


def _currency(field: Field, around: Surroundings) -> Convert:
    return lambda cell: currencies.currency(shown(cell))


def _date(field: Field, around: Surroundings) -> Convert:
    def date(cell: Any) -> str:
        if isinstance(cell, dt.datetime):
            return cell.date().isoformat()
        if isinstance(cell, dt.date):
            return cell.isoformat()
        try:
            if isinstance(cell, str):
                return days.day(cell, around.format.dates, around.zone).isoformat()
            return days.serial(cell).isoformat()
        except Wrong:
            raise
        except (ValueError, OverflowError):
            raise Wrong("isn't a day") from None

    return date


def _datetime(field: Field, around: Surroundings) -> Convert:
    def moment(cell: Any) -> dt.datetime:
        if isinstance(cell, dt.datetime):
            return (cell if cell.tzinfo else cell.replace(tzinfo=around.zone)).astimezone(dt.UTC)
        if not isinstance(cell, str):
            cell = cell.isoformat() if isinstance(cell, dt.date) else days.serial(cell).isoformat()
        return days.instant(cell, around.format.dates, around.zone)

    def instant(cell: Any) -> str:
        try:
            found = moment(cell)
        except Wrong:
            raise
        except (ValueError, OverflowError):
            raise Wrong("isn't a day and time") from None
        if found > around.now + dt.timedelta(minutes=5):
            raise Wrong("lies in the future")
        return found.isoformat()

    return instant


def _money(field: Field, around: Surroundings) -> Convert:
    """Amount, sign of the currency, and whether it is exact: a workbook's fractions are not."""

    def money(cell: Any) -> tuple[Decimal, str, bool]:
        if isinstance(cell, bool) or not isinstance(cell, str | int | float | Decimal):
            raise Wrong("isn't an amount")
        if isinstance(cell, str):
            return *amounts.amount(cell, around.format.decimal), True
        return Decimal(str(cell)), "", False

    return money


def _number(field: Field, around: Surroundings) -> Convert:
    def number(cell: Any) -> int | float:
        if isinstance(cell, bool) or not isinstance(cell, str | int | float | Decimal):
            raise Wrong("isn't a number")
        value = cell if not isinstance(cell, Decimal) else float(cell)
        return words.number(value, around.format.decimal) if isinstance(value, str) else words.tidy(value)

    return number


def _integer(field: Field, around: Surroundings) -> Convert:
    number = _number(field, around)
    least, most = LIMITS[field.key]
    return lambda cell: words.whole(number(cell), least, most)


def _bool(field: Field, around: Surroundings) -> Convert:
    return lambda cell: words.yes(shown(cell))


def _choice(field: Field, around: Surroundings) -> Convert:
    if field.choices is None:
        return _text(80)  # a list that is made from what the file says
    choices, listed = field.choices, words.lookup(field.choices)
    if field.path == "contact.influence":
        return lambda cell: int(words.chosen(shown(cell), choices, listed))
    return lambda cell: words.chosen(shown(cell).strip(), choices, listed)


def _member(field: Field, around: Surroundings) -> Convert:
    def member(cell: Any) -> int | None:
        said = shown(cell).lower()
        if said in NOBODY:
            return None
        found = around.members.get(said)
        if found is None and (named := words.named(said)):
            found = around.members.get(named)
        if found is None and around.strangers == "refuse":
            raise Wrong("belongs to nobody here")
        return found

    return member


def _product(field: Field, around: Surroundings) -> Convert:
    return _text(field.longest)


_MAKERS: dict[str, Callable[[Field, Surroundings], Convert]] = {
    "email": _email, "domain": _domain, "currency": _currency, "date": _date, "datetime": _datetime, "money": _money,
    "number": _number, "integer": _integer, "bool": _bool, "choice": _choice, "member": _member, "product": _product,
}  # fmt: skip
