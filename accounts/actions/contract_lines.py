"""The lines of a contract: read from what a person or a system said, written, amended."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from accounts.actions.errors import Errors, Refused
from accounts.models import Contract, ContractLine, Product

KNOWN = {"product", "quantity", "amount_minor", "start_on", "end_on"}
MOST = 2**31 - 1
MOST_MINOR = 2**53


@dataclass(frozen=True)
class Line:
    product: Product
    quantity: int
    amount_minor: int
    start_on: dt.date
    end_on: dt.date


def read_lines(
    contract: Contract, said: Sequence[Mapping[str, Any] | None], since: dt.date | None = None
) -> list[Line]:
    """The lines with their days filled in from the term (from `since` on, in an amendment), or Refused.

    None is a line that was refused already: the others are still looked at.
    """
    if not said:
        raise Refused({"lines": ["A contract needs at least one line."]})
    errors: Errors = {}
    lines: list[Line] = []
    seen: set[int] = set()
    rows = {} if since is None else {row.product_id: row for row in contract.lines.all()}
    for index, values in enumerate(said):
        if values is None:
            continue
        wrong = _wrong(contract, values, seen)
        if isinstance(values.get("product"), Product):
            seen.add(values["product"].pk)
        if not wrong:
            line = _line(contract, values, since)
            lines.append(line)
            wrong = _too_early(rows.get(line.product.pk), line, since)
        errors |= {f"lines.{index}.{field}": [message] for field, message in wrong.items()}
    if errors:
        raise Refused(errors)
    return lines


def _line(contract: Contract, values: Mapping[str, Any], since: dt.date | None) -> Line:
    start = values.get("start_on") or since or contract.start_on
    end = values.get("end_on") or contract.end_on
    return Line(values["product"], values.get("quantity", 1), values["amount_minor"], start, end)


def write_lines(contract: Contract, lines: Sequence[Line]) -> None:
    ContractLine.objects.bulk_create(_row(contract, line) for line in lines)


def amend_lines(contract: Contract, lines: Sequence[Line], on: dt.date) -> None:
    """The rows say what is agreed now; what was agreed before is in the ledger."""
    written, gone = amended(contract, lines, on)
    for row in written:
        row.save()
    for row in gone:
        row.delete()


def amended(contract: Contract, lines: Sequence[Line], on: dt.date) -> tuple[list[ContractLine], list[ContractLine]]:
    """The rows to write and those to delete so that from `on` these are all its lines; nothing is written here."""
    rows = {row.product_id: row for row in contract.lines.all()}
    written: list[ContractLine] = []
    gone: list[ContractLine] = []
    for line in lines:
        row = rows.pop(line.product.pk, None)
        if row is not None and row.end_on == line.end_on <= on:
            continue  # over before the change, which doesn't reach back
        written.append(_row(contract, _placed(row, line, on), row))
    for row in rows.values():
        if row.start_on >= on:
            gone.append(row)
        elif row.end_on > on:
            row.end_on = on
            written.append(row)
    return written, gone


def _placed(row: ContractLine | None, line: Line, on: dt.date) -> Line:
    """A line that runs already keeps its beginning; any other begins with the change or later."""
    if row is None or row.end_on <= on:
        return replace(line, start_on=max(line.start_on, on))
    return replace(line, start_on=row.start_on) if line.start_on <= on else line


def _too_early(row: ContractLine | None, line: Line, on: dt.date | None) -> dict[str, str]:
    """A change doesn't reach back: what it says of a line must still lie ahead of it."""
    if on is None or (row is not None and row.end_on == line.end_on <= on):
        return {}
    start = _placed(row, line, on).start_on
    if line.end_on > max(start, on) or (start < on and line.end_on == on):
        return {}
    return {"end_on": f"The change begins on {on}: this must end after that day."}


def same(contract: Contract, lines: Sequence[Line], on: dt.date) -> bool:
    """Whether an amendment from `on` to these lines would leave all as it is."""
    rows = {row.product_id: row for row in contract.lines.all()}
    said = all(_as_said(rows.pop(line.product.pk, None), line, on) for line in lines)
    return said and all(row.start_on < on and row.end_on <= on for row in rows.values())


def _as_said(row: ContractLine | None, line: Line, on: dt.date) -> bool:
    """When a line began is history once it has, and all of a line that is over."""
    if row is not None and row.end_on == line.end_on <= on:
        return True
    if row is None or (row.quantity, row.amount_minor, row.end_on) != (line.quantity, line.amount_minor, line.end_on):
        return False
    return line.start_on <= on or row.start_on == line.start_on


def _row(contract: Contract, line: Line, row: ContractLine | None = None) -> ContractLine:
    row = row or ContractLine(contract=contract, product=line.product, recurring=line.product.recurring)
    row.quantity, row.amount_minor = line.quantity, line.amount_minor
    row.start_on, row.end_on = line.start_on, line.end_on
    return row


def _wrong(contract: Contract, values: Mapping[str, Any], seen: set[int]) -> dict[str, str]:
    wrong = dict.fromkeys(sorted(set(values) - KNOWN), "This can't be set here.")
    product = values.get("product")
    if not isinstance(product, Product):
        wrong["product"] = "Choose a product."
    elif product.pk in seen:
        wrong["product"] = "This product is on the contract already."
    if not _whole(values.get("quantity", 1), 1, MOST):
        wrong["quantity"] = "This must be a whole number of at least 1."
    if not _whole(values.get("amount_minor"), 0, MOST_MINOR):
        wrong["amount_minor"] = "This must be an amount of zero or more."
    return wrong | _wrong_days(contract, values)


def _wrong_days(contract: Contract, values: Mapping[str, Any]) -> dict[str, str]:
    """A term that isn't one itself says nothing about its lines; they are still held against themselves."""
    first, last = contract.start_on, contract.end_on
    start, end = values.get("start_on") or first, values.get("end_on") or last
    if first and last and first < last:
        term = f"The term runs from {first} to {last}."
        if not first <= start < last:
            return {"start_on": term}
        if end > last:
            return {"end_on": term}
    elif not (values.get("start_on") and values.get("end_on")):
        return {}
    return {"end_on": "A line must end after it starts."} if end <= start else {}


def _whole(value: Any, least: int, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most
