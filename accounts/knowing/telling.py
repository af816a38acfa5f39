"""Facts as people read them: the value in words, as of when, whether it may still be trusted, and since when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext as _

from accounts import formats
from accounts.models import Account, AccountFacts, PastFacts
from accounts.registry import Fact, FactType, known_facts

VERSIONS = 120  # how far back it is asked since when a value holds
CHANGES = 8
MISSING = object()
# Figures that move from day to day tell nothing by their moving.
RESTLESS = ("usage",)


@dataclass(frozen=True)
class Told:
    """`value` is None where the fact isn't known; `since`: from when it has been known to have this value."""

    fact: Fact
    value: Any
    text: str
    as_of: dt.date | None
    stale: bool
    since: dt.datetime | None


@dataclass(frozen=True)
class Change:
    """`at` is the instant at which we knew."""

    fact: Fact
    before: str
    after: str
    at: dt.datetime


def facts_of(account: Account, today: dt.date) -> list[Told]:
    """Every fact that the tenant can ask about, those that aren't known among them. Two queries and the registry's."""
    now = AccountFacts.objects.filter(account=account).first()
    said: Mapping[str, Any] = now.facts if now else {}
    past = _past(account)
    return [
        told(fact, said, today, account.currency, _since(fact.name, said, now, past) if fact.name in said else None)
        for fact in known_facts().values()
    ]


def changes_of(account: Account, most: int = CHANGES) -> list[Change]:
    """The newest change of each fact, the newest first."""
    now = AccountFacts.objects.filter(account=account).first()
    if now is None:
        return []
    known = known_facts()
    found: dict[str, Change] = {}
    for (newer, at), (older, _from) in pairwise([(now.facts, now.valid_from), *_past(account)]):
        for name in [name for name in known if name not in found and known[name].group not in RESTLESS]:
            before, after = older.get(name, MISSING), newer.get(name, MISSING)
            if before != after:
                was, became = (words(known[name], value, account.currency) for value in (before, after))
                found[name] = Change(known[name], was, became, at)
    return sorted(found.values(), key=lambda change: change.at, reverse=True)[:most]


def told(fact: Fact, said: Mapping[str, Any], today: dt.date, currency: str, since: dt.datetime | None = None) -> Told:
    day = _day(said.get(f"@{fact.dated_by}")) if fact.dated_by else None
    value = said.get(fact.name)
    limit = dt.timedelta(days=fact.fresh_days) if fact.fresh_days is not None else None
    stale = value is not None and bool(fact.dated_by) and limit is not None and (day is None or day + limit < today)
    return Told(fact, value, words(fact, value, currency), day, stale, since)


def words(fact: Fact, value: Any, currency: str) -> str:
    """The value with its unit; empty where it isn't known."""
    if value is None or value is MISSING:
        return ""
    if fact.type is FactType.MONEY:
        return formats.money(int(value), currency)
    if fact.type is FactType.DATE:
        day = _day(value)
        return formats.date(day) if day else str(value)
    if fact.type is FactType.BOOLEAN:
        return _("Yes") if value else _("No")
    if fact.type is FactType.CHOICE:
        return str(dict(fact.choices).get(value, value))
    if fact.type is FactType.TEXT:
        return str(value)
    unit = "%" if fact.type is FactType.PERCENT else formats.unit(value, str(fact.unit))
    return f"{formats.number(value, 0 if value == int(value) else 1)} {unit}".strip()


def _past(account: Account) -> list[tuple[dict[str, Any], dt.datetime]]:
    rows = PastFacts.objects.filter(account_id=account.pk).order_by("-valid_to")
    return list(rows.values_list("facts", "valid_from")[:VERSIONS])


def _since(
    name: str, said: Mapping[str, Any], now: AccountFacts | None, past: Iterable[tuple[dict[str, Any], dt.datetime]]
) -> dt.datetime | None:
    since = now.valid_from if now else None
    for facts, valid_from in past:
        if facts.get(name, MISSING) != said[name]:
            return since
        since = valid_from
    return since


def _day(value: Any) -> dt.date | None:
    try:
        return dt.date.fromisoformat(value)
    except (TypeError, ValueError):
        return None
