"""Pages of accounts in any order, as cheap deep in the list as at its start, and totals that stop counting."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.db.models import F, Q, Sum, Value
from django.db.models.expressions import OrderBy, RawSQL

from accounts.models import Phase
from accounts.models.account import AccountQuerySet
from accounts.models.contact import ContactQuerySet
from accounts.tenancy.models import CurrentTenant

CAP = 10_000
SIZE = 50

STATE = {
    "arr_minor": F("states__arr_minor"),
    "renewal_on": F("states__renewal_on"),
    "last_touch_at": F("states__last_touch_at"),
    "health_score": F("states__health_score"),
    "health_band": F("states__health_band"),
    "state_account": F("states__account_id"),
    "state_tenant": F("states__tenant_id"),
}
COLUMNS = (
    "id", "name", "domain", "phase", "segment", "region", "industry", "touch_model", "currency", "custom",
    "arr_minor", "renewal_on", "last_touch_at", "health_score", "health_band", "csm__name", "ae__name", "external_id",
)  # fmt: skip

# The columns that an order compares, each backed by an index that begins with the tenant.
ORDERS: dict[str, tuple[str, ...]] = {
    "name": ("name", "id"),
    "arr": ("arr_minor", "state_account"),
    "renewal": ("renewal_on", "state_account"),
    "touch": ("last_touch_at", "state_account"),
    "health": ("health_score", "state_account"),
    "phase": ("phase", "name", "id"),
    "segment": ("segment", "name", "id"),
}
MAY_BE_NULL = {"renewal_on", "last_touch_at", "health_score"}
DATES: dict[str, type[dt.date]] = {"renewal_on": dt.date, "last_touch_at": dt.datetime}
# The bowtie's order and not the alphabet's: one stretch of the list for each phase.
WAY = [phase.value for phase in Phase]


@dataclass(frozen=True)
class Sort:
    code: str = "name"
    down: bool = False

    @classmethod
    def read(cls, text: str) -> Sort:
        """From "arr" or "-arr"; what isn't an order is the order by name."""
        code = text.removeprefix("-")
        return cls(code, text.startswith("-")) if code in ORDERS else cls()

    def __str__(self) -> str:
        return f"-{self.code}" if self.down else self.code

    @property
    def keys(self) -> tuple[str, ...]:
        return ORDERS[self.code]


@dataclass(frozen=True)
class Page:
    rows: list[dict[str, Any]]
    next: str = ""


@dataclass(frozen=True)
class Totals:
    """`more`: there are more than `count`, and nothing was summed."""

    count: int
    more: bool = False
    arr: dict[str, int] = field(default_factory=dict)


def page(accounts: AccountQuerySet, sort: Sort, after: str = "", size: int = SIZE) -> Page:
    """One page in this order, behind the cursor of the one before. A cursor of another order starts anew."""
    rows = accounts.annotate(**STATE).filter(Q(("state_tenant", CurrentTenant())))
    stretches = _stretches(sort, read_cursor(sort, after))
    orders = [_order(key, sort.down) for key in sort.keys]
    parts = [
        rows.filter(stretch).order_by(*orders).values(*COLUMNS, *_hidden(sort), place=Value(place))[: size + 1]
        for place, stretch in enumerate(stretches)
    ]
    found = list(parts[0]) if len(parts) == 1 else _joined(parts, sort)
    following = write_cursor(sort, found[size - 1]) if len(found) > size else ""
    return Page(found[:size], following)


def _order(key: str, down: bool) -> OrderBy:
    """As the index has it: «nulls last» said of a column without nulls is another order, and sorts the whole tenant."""
    return OrderBy(F(key), descending=down, nulls_last=True if down and key in MAY_BE_NULL else None)


def totals(accounts: AccountQuerySet) -> Totals:
    """How many there are and what they pay by currency, unless there are too many to count."""
    count = accounts.order_by()[: CAP + 1].values("pk").count()
    if count > CAP:
        return Totals(CAP, more=True)
    sums = accounts.order_by().values("currency").annotate(arr=Sum("states__arr_minor")).values_list("currency", "arr")
    return Totals(count, arr={currency: arr or 0 for currency, arr in sums if arr})


def accounts_named(accounts: AccountQuerySet, words: str, most: int = CAP) -> AccountQuerySet:
    """Those whose name, domain or external id contains the words."""
    return accounts.filter(pk__in=_ids("search_accounts", words, most))


def contacts_named(contacts: ContactQuerySet, words: str, most: int = CAP) -> ContactQuerySet:
    return contacts.filter(pk__in=_ids("search_contacts", words, most))


def _ids(function: str, words: str, most: int) -> RawSQL:
    """By the narrow function: a trigram condition of the query's own would be kept off its index."""
    return RawSQL(f"SELECT {function}(%s, %s)", [words.replace("\0", ""), most], models.BigIntegerField())


def _stretches(sort: Sort, behind: Sequence[Any] | None) -> list[Q]:
    """The list, or what lies behind these values, as conditions that an index answers one after another.

    (a, id) > (x, y) is spelled «a = x and id > y», then «a > x»: comparisons of rows aren't leakproof.
    """
    if behind is None:
        return _beyond("phase", None, sort.down) if sort.code == "phase" else [Q()]
    stretches = []
    for place in reversed(range(len(sort.keys))):
        same = Q()
        for key, value in zip(sort.keys[:place], behind, strict=False):
            same &= Q(**{key: value}) if value is not None else Q(**{f"{key}__isnull": True})
        stretches += [same & beyond for beyond in _beyond(sort.keys[place], behind[place], sort.down)]
    return stretches


def _beyond(key: str, value: Any, down: bool) -> list[Q]:
    if key == "phase":
        way = WAY[::-1] if down else WAY
        return [Q(phase=phase) for phase in (way if value is None else way[way.index(value) + 1 :])]
    if value is None:
        return []
    further = [Q(**{f"{key}__lt" if down else f"{key}__gt": value})]
    return [*further, Q(**{f"{key}__isnull": True})] if key in MAY_BE_NULL else further


def _hidden(sort: Sort) -> list[str]:
    return [key for key in sort.keys if key not in COLUMNS]


def _joined(parts: list[Any], sort: Sort) -> list[dict[str, Any]]:
    """All stretches in one round trip; each has stopped at a page's length by itself."""
    rows = list(parts[0].union(*parts[1:], all=True))
    stretches: dict[int, list[dict[str, Any]]] = {}
    for row in rows:
        stretches.setdefault(row["place"], []).append(row)
    return [row for place in sorted(stretches) for row in stretches[place]]


def write_cursor(sort: Sort, row: dict[str, Any]) -> str:
    values = [row[key] for key in sort.keys]
    text = json.dumps([str(sort), *(value.isoformat() if isinstance(value, dt.date) else value for value in values)])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(sort: Sort, cursor: str) -> list[Any] | None:
    """The values behind which the page begins; None for no cursor, or one that isn't ours."""
    try:
        order, *values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if order != str(sort) or len(values) != len(sort.keys):
            return None
        return [_typed(key, value) for key, value in zip(sort.keys, values, strict=True)]
    except (ValueError, TypeError, binascii.Error):
        return None


def _typed(key: str, value: Any) -> Any:
    if key in MAY_BE_NULL and value is None:
        return None
    if key in DATES:
        return DATES[key].fromisoformat(value)
    expected = str if key in ("name", "segment", "phase") else int
    if type(value) is not expected or (key == "phase" and value not in WAY):
        raise ValueError(f"{key} can't be {value!r}")
    return value
