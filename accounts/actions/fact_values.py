"""Values of external facts by the batch: what can be taken is taken, each wrong row is named, twice does no harm."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction

from accounts.actions import knowledge
from accounts.actions.readings import READERS, Unreadable, choice
from accounts.models import Account, ApiKey, ExternalFact, ExternalType, Membership
from accounts.tenancy.context import current_tenant_id

MOST = 5_000
FIELDS = {"account_id", "account_external_id", "key", "value", "observed_on"}
NAMES = {"account_id": "pk", "account_external_id": "external_id"}
LONGEST_SHOWN = 80  # of a field that nobody knows, in the reason that names it

# The newest day wins, and of one day the last that was said: an older one changes nothing.
UPSERT = """
WITH said AS (
    SELECT DISTINCT ON (account_id, fact_id) account_id, fact_id, value, observed_on
    FROM unnest(%(accounts)s::bigint[], %(facts)s::bigint[], %(values)s::jsonb[], %(days)s::date[])
        WITH ORDINALITY s(account_id, fact_id, value, observed_on, place)
    ORDER BY account_id, fact_id, observed_on DESC, place DESC
), written AS (
    INSERT INTO accounts_externalvalue AS v (tenant_id, account_id, fact_id, value, observed_on, received_at)
    SELECT %(tenant)s, account_id, fact_id, value, observed_on, coalesce(%(now)s, statement_timestamp()) FROM said
    ORDER BY account_id, fact_id
    ON CONFLICT (tenant_id, account_id, fact_id) DO UPDATE
    SET value = EXCLUDED.value, observed_on = EXCLUDED.observed_on, received_at = EXCLUDED.received_at
    WHERE EXCLUDED.observed_on >= v.observed_on AND (v.value, v.observed_on) IS DISTINCT FROM
        (EXCLUDED.value, EXCLUDED.observed_on)
    RETURNING v.account_id
)
SELECT account_id FROM written
"""


# Where what was said still stands: what was there before, or nothing where there was nothing.
PUT_BACK = """
WITH said AS (
    SELECT s.account_id, s.key, f.id AS fact_id, s.said, s.earlier, s.earlier_on
    FROM unnest(%(accounts)s::bigint[], %(keys)s::text[], %(values)s::jsonb[], %(earlier)s::jsonb[], %(days)s::date[])
        s(account_id, key, said, earlier, earlier_on)
    JOIN accounts_externalfact f ON f.tenant_id = %(tenant)s AND f.key = s.key
), gone AS (
    DELETE FROM accounts_externalvalue v USING said s
    WHERE v.tenant_id = %(tenant)s AND v.account_id = s.account_id AND v.fact_id = s.fact_id AND v.value = s.said
        AND s.earlier_on IS NULL RETURNING v.account_id, v.fact_id
), back AS (
    UPDATE accounts_externalvalue v
    SET value = s.earlier, observed_on = s.earlier_on, received_at = statement_timestamp()
    FROM said s
    WHERE v.tenant_id = %(tenant)s AND v.account_id = s.account_id AND v.fact_id = s.fact_id AND v.value = s.said
        AND s.earlier_on IS NOT NULL RETURNING v.account_id, v.fact_id
)
SELECT account_id, key FROM said WHERE (account_id, fact_id) NOT IN (TABLE gone UNION ALL TABLE back)
"""


@dataclass(frozen=True)
class Pushed:
    """`value` and `earlier` are JSON; `earlier_on`: the day that the earlier one was seen on, if there was any."""

    account_id: int
    key: str
    value: str
    earlier: str | None = None
    earlier_on: dt.date | None = None


@dataclass(frozen=True)
class Wrong:
    index: int
    reason: str
    field: str


@dataclass
class Answer:
    """`changed`: values that are new; `kept`: right, and known already or older than what is known."""

    changed: int = 0
    kept: int = 0
    refused: list[Wrong] = field(default_factory=list)


@transaction.atomic
def push(
    rows: Sequence[Any], *, reader: Membership | ApiKey | None, today: dt.date, now: dt.datetime | None = None
) -> Answer:
    """Each row names its account, the fact's key, its value (null: no longer known) and the day it was observed on."""
    answer = Answer()
    facts = {fact.key: fact for fact in ExternalFact.objects.filter(active=True)}
    known = _accounts(rows, reader)
    taken: list[tuple[int, int, str, dt.date]] = []
    for index, said in enumerate(rows):
        try:
            taken.append(_one(said, facts, known, today))
        except Unreadable as wrong:
            answer.refused.append(Wrong(index, str(wrong), wrong.field))
    answer.changed = len(_write(taken, now)) if taken else 0
    answer.kept = len(taken) - answer.changed
    return answer


@transaction.atomic
def keep(said: Sequence[Pushed], *, today: dt.date) -> int:
    """Values that were read and checked elsewhere, as of today; a fact that was retired since takes none."""
    facts = dict(ExternalFact.objects.filter(active=True).values_list("key", "pk"))
    taken = [(row.account_id, facts[row.key], row.value, today) for row in said if row.key in facts]
    return len(_write(taken, None)) if taken else 0


@transaction.atomic
def put_back(said: Sequence[Pushed]) -> list[tuple[int, str]]:
    """Takes back what `keep` wrote where it still stands; account and key of those that said something else since."""
    if not said:
        return []
    lists: dict[str, Any] = {
        "tenant": current_tenant_id(),
        "accounts": [row.account_id for row in said], "keys": [row.key for row in said],
        "values": [row.value for row in said], "earlier": [row.earlier for row in said],
        "days": [row.earlier_on for row in said],
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(PUT_BACK, lists)
        left = [(pk, key) for pk, key in cursor.fetchall()]
    knowledge.note(row.account_id for row in said)
    return left


def _write(taken: list[tuple[int, int, str, dt.date]], now: dt.datetime | None) -> list[int]:
    accounts, facts, values, days = (list(column) for column in zip(*taken, strict=True))
    with connection.cursor() as cursor:
        cursor.execute(
            UPSERT,
            {"tenant": current_tenant_id(), "accounts": accounts, "facts": facts, "values": values, "days": days,
             "now": now},
        )  # fmt: skip
        touched = [row[0] for row in cursor.fetchall()]
    knowledge.note(touched)
    return touched


def _accounts(rows: Sequence[Any], reader: Membership | ApiKey | None) -> dict[tuple[str, Any], int]:
    """Every account that is named, by how it is named: a query for each way of naming."""
    seen = Account.objects.present()
    if reader is not None:
        seen = seen.visible_to(reader)
    found: dict[tuple[str, Any], int] = {}
    for name, column in NAMES.items():
        kind = int if name == "account_id" else str
        said = {row[name] for row in rows if isinstance(row, Mapping) and type(row.get(name)) is kind}
        said = {value for value in said if "\x00" not in value} if kind is str else {v for v in said if 0 < v < 2**63}
        if said:
            found |= {
                (name, value): pk for value, pk in seen.filter(**{f"{column}__in": said}).values_list(column, "pk")
            }
    return found


def _one(
    said: Any, facts: Mapping[str, ExternalFact], known: Mapping[tuple[str, Any], int], today: dt.date
) -> tuple[int, int, str, dt.date]:
    if not isinstance(said, Mapping):
        raise Unreadable("A row must be a JSON object.", "")
    if unknown := sorted(map(str, said.keys() - FIELDS)):
        shown = unknown[0][:LONGEST_SHOWN]
        raise Unreadable(f"There is no field “{shown}” here.", shown)
    key = said.get("key")
    fact = facts.get(key) if isinstance(key, str) else None
    if fact is None:
        raise Unreadable("“key” must be the key of an external fact that is in use.", "key")
    if "value" not in said:
        raise Unreadable("“value” is missing; null says that it is no longer known.")
    return _account(said, known), fact.pk, json.dumps(value_of(fact, said["value"])), _day(said, today)


def value_of(fact: ExternalFact, value: Any) -> Any:
    """As it is kept in JSON; Unreadable where it isn't of the fact's type."""
    if value is None:
        return None
    if fact.type == ExternalType.CHOICE:
        return choice(value, fact.choices)
    return READERS[fact.type](value)


def _account(said: Mapping[str, Any], known: Mapping[tuple[str, Any], int]) -> int:
    named = [name for name in NAMES if said.get(name) not in (None, "")]
    if len(named) != 1:
        raise Unreadable("Name the account by “account_id” or by “account_external_id”.", "account_external_id")
    value = said[named[0]]
    pk = known.get((named[0], value)) if type(value) in (int, str) else None
    if pk is None:
        raise Unreadable("No account in this workspace has this id.", named[0])
    return pk


def _day(said: Mapping[str, Any], today: dt.date) -> dt.date:
    text = said.get("observed_on")
    if text is None:
        return today
    if isinstance(text, dt.date) and not isinstance(text, dt.datetime):
        day = text
    else:
        try:
            day = dt.date.fromisoformat(text)
        except (TypeError, ValueError):
            raise Unreadable("“observed_on” must be a date such as 2026-03-31.", "observed_on") from None
    if day > today:
        raise Unreadable("“observed_on” lies in the future.", "observed_on")
    return day
