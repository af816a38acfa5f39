"""Values of metrics that other systems send: each for one account, one metric, one day or instant."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import orjson

from accounts.calendar import local_midnight
from accounts.models import Account, Tenant
from metrics.usage.actions import receiving
from metrics.usage.envelopes import instant
from metrics.usage.messages import AHEAD, LONGEST_ID, Act, Refused, Taken, Wrong, key_of
from metrics.usage.models import Metric, Source

MOST = 5_000
LARGEST = 1e15
LONGEST_SHOWN = 80  # of a field that nobody knows, in the reason that names it
NAMES = {"account": "id", "external_id": "external_id", "domain": "domain"}
FIELDS = {*NAMES, "metric", "day", "at", "value", "id"}


@dataclass
class Answer:
    accepted: int = 0
    known: int = 0
    refused: list[Refused] = field(default_factory=list)


def send(tenant: Tenant, points: list[Any], *, now: dt.datetime) -> Answer:
    """What can be taken is taken, once for each id; the rest is named by its place and why."""
    answer, acts = Answer(), []
    metrics = set(Metric.objects.filter(source=Source.POINTS, active=True).values_list("key", flat=True))
    accounts = _accounts(points)
    oldest, seen = receiving.first_whole_day(now), set()
    for index, said in enumerate(points):
        try:
            act = _one(said, tenant, metrics, accounts, (oldest, now))
        except Wrong as wrong:
            name = str(said.get("id") or "") if isinstance(said, Mapping) else ""
            answer.refused.append(Refused(index, name[:LONGEST_ID], "point", "", str(wrong)))
            continue
        if act.id not in seen:
            seen.add(act.id)
            acts.append(act)
    received = receiving.receive(tenant, Taken(acts=acts, refused=answer.refused))
    answer.accepted, answer.known = received.new, len(points) - len(answer.refused) - received.new
    return answer


def _accounts(points: list[Any]) -> dict[tuple[str, Any], list[int]]:
    """Every account that is named, by how it is named. A query for each way of naming."""
    found: dict[tuple[str, Any], list[int]] = {}
    for name, column in NAMES.items():
        kind = int if name == "account" else str
        said = {p[name] for p in points if isinstance(p, Mapping) and type(p.get(name)) is kind}
        said = {value for value in said if type(value) is str or 0 < value < 2**63}
        if said:
            rows = Account.objects.present().filter(**{f"{column}__in": said}).values_list(column, "pk")
            for value, pk in rows:
                found.setdefault((name, value), []).append(pk)
    return found


def _one(
    said: Any,
    tenant: Tenant,
    metrics: set[str],
    accounts: dict[tuple[str, Any], list[int]],
    span: tuple[dt.datetime, dt.datetime],
) -> Act:
    if not isinstance(said, Mapping):
        raise Wrong("A point must be a JSON object.")
    if unknown := sorted(map(str, said.keys() - FIELDS)):
        raise Wrong(f"A point has no field “{unknown[0][:LONGEST_SHOWN]}”.")
    if type(said.get("metric")) is not str or said["metric"] not in metrics:
        raise Wrong("“metric” must be the key of a metric that counts values sent to the API.")
    value: Any = said.get("value")
    if type(value) not in (int, float) or not abs(value) < LARGEST:
        raise Wrong("“value” must be a number of at most 15 digits.")
    name = said.get("id")
    if name is not None and not (type(name) is str and 0 < len(name) <= LONGEST_ID):
        raise Wrong(f"“id” must be text of at most {LONGEST_ID} characters.")
    key = uuid4().hex if name is None else key_of(f"point:{name}")
    properties = orjson.dumps({"value": value}).decode()
    account = _account(said, accounts)
    return Act(key, "point", said["metric"], "", ("account", str(account)), _when(said, tenant, *span), properties)


def _account(said: Mapping[str, Any], accounts: dict[tuple[str, Any], list[int]]) -> int:
    named = [name for name in NAMES if said.get(name) not in (None, "")]
    if len(named) != 1:
        raise Wrong("Name the account by one of “account”, “external_id” and “domain”.")
    value = said[named[0]]
    found = accounts.get((named[0], value), []) if isinstance(value, str | int) else []
    if not found:
        raise Wrong(f"No account in this workspace has this {named[0].replace('_', ' ')}.")
    if len(found) > 1:
        raise Wrong("Several accounts have this domain: name one by its id.")
    return found[0]


def _when(said: Mapping[str, Any], tenant: Tenant, oldest: dt.datetime, now: dt.datetime) -> dt.datetime:
    """A day counts from its midnight in the workspace's zone, which the same id says again alike."""
    if ("day" in said) == ("at" in said):
        raise Wrong("Say when: either “day” or “at”.")
    at = instant(said["at"]) if "at" in said else _midnight(said["day"], tenant)
    if at is None:
        raise Wrong("“day” must be a date such as 2026-03-31, “at” an ISO 8601 instant.")
    try:
        ahead, past = at > now + AHEAD, at < oldest
    except OverflowError:
        raise Wrong("That is no instant on any calendar.") from None
    if ahead:
        raise Wrong("It lies in the future: more than an hour ahead of this moment.")
    if past:
        raise Wrong(f"It lies before {oldest:%Y-%m-%d}, the first day whose values are kept.")
    return at.astimezone(dt.UTC)


def _midnight(text: Any, tenant: Tenant) -> dt.datetime | None:
    try:
        day = dt.date.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return local_midnight(tenant, day) if day.year > 1 else None
