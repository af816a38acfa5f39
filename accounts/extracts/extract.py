"""What an extract is, and how it leaves: read in chunks by key, each in its own transaction, sent while it is read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from accounts.exports import Kind, as_zip
from accounts.formats import DIGITS
from accounts.models import Tenant
from accounts.tenancy.context import tenant_context

CHUNK = 1_000
Row = dict[str, Any]


@dataclass(frozen=True)
class Column:
    """`names` are what it needs of a row; without `of` it is the value of the first one."""

    heading: str
    names: tuple[str, ...]
    of: Callable[[Row], Any] | None = None

    def value(self, row: Row) -> Any:
        return row[self.names[0]] if self.of is None else self.of(row)


@dataclass(frozen=True)
class Extract:
    """`rows(archived)`: what it lists, of archived accounts only when asked. `more` asks the tenant for columns."""

    noun: str
    label: Any
    icon: str
    rows: Callable[[bool], QuerySet[Any]]
    columns: tuple[Column, ...]
    more: Callable[[], Sequence[Column]] = tuple

    def laid_out(self) -> list[Column]:
        """Its columns in the open tenant."""
        return [*self.columns, *self.more()]


def plain_column(heading: str, name: str) -> Column:
    return Column(heading, (name,))


def choice(heading: str, name: str, choices: Iterable[tuple[Any, Any]]) -> Column:
    """A value of a closed list by its label."""
    labels = {value: str(label) for value, label in choices}
    return Column(heading, (name,), lambda row: labels.get(row[name], row[name]))


def money(heading: str, minor: str, currency: str) -> Column:
    return Column(heading, (minor, currency), lambda row: major(row[minor], row[currency]))


def major(minor: int, currency: str) -> Decimal:
    """(123450, "USD") -> 1234.50"""
    return Decimal(minor).scaleb(-DIGITS.get(currency, 2))


def sheet(tenant: Tenant, extract: Extract, *, archived: bool = False) -> tuple[list[str], Iterator[list[Any]]]:
    """Its headings and its rows; the rows are read while they are taken."""
    with tenant_context(tenant):
        columns = extract.laid_out()
    names = sorted({name for column in columns for name in column.names})
    rows = _every(tenant, extract.rows(archived), names)
    return [column.heading for column in columns], ([column.value(row) for column in columns] for row in rows)


def written(tenant: Tenant, extract: Extract, kind: Kind, *, archived: bool = False) -> Iterator[bytes]:
    head, rows = sheet(tenant, extract, archived=archived)
    return kind.written(head, rows, str(extract.label))


def everything(tenant: Tenant, extracts: Iterable[Extract], kind: Kind, *, archived: bool = False) -> Iterator[bytes]:
    """All of them as one ZIP, a file each."""
    files = ((f"{extract.noun}.{kind.code}", written(tenant, extract, kind, archived=archived)) for extract in extracts)
    return as_zip(files)


def _every(tenant: Tenant, rows: QuerySet[Any], names: Sequence[str]) -> Iterator[Row]:
    """The request's transaction is over when a stream is read, so each chunk enters the tenant by itself."""
    wanted, after = rows.order_by("pk").values("pk", *names), 0
    while True:
        with tenant_context(tenant):
            found = list(wanted.filter(pk__gt=after)[:CHUNK])
        yield from found
        if len(found) < CHUNK:
            return
        after = found[-1]["pk"]
