"""Accounts: opened, edited, assigned, moved from phase to phase."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.db.models.functions import Now

from accounts import timeline
from accounts.actions import custom_values, ownership, states
from accounts.actions.errors import Refused, named_refusals, refuse
from accounts.actions.validity import check, check_change, closes_circle, only, settled
from accounts.actions.writing import change, told
from accounts.models import Account, Phase, PhaseChange, User

OWNERS = tuple(ownership.ROLES)
FIELDS = (
    "name", "domain", "external_id", "industry", "region", "segment", "touch_model", "currency", "parent", "custom",
    *OWNERS,
)  # fmt: skip


@transaction.atomic
def open(values: Mapping[str, Any], *, by: User | None, now: dt.datetime | None = None) -> Account:
    """A new account in the phase «committed». `values`: names of the model's fields; owners are users."""
    given = _tidy(only(values, FIELDS))
    given["custom"] = custom_values.merged({}, given.get("custom") or {})
    account = Account(**given)
    if now is not None:
        account.created_at = account.updated_at = account.phase_since = now
    check(account)
    with named_refusals(Account):
        account.save(force_insert=True)
    settled(account)
    states.begin(account)
    _step(account, "", account.phase, by, now)
    timeline.record("account.created", account=account, by=by, occurred_at=now, name=account.name)
    return account


@transaction.atomic
def edit(
    account: Account,
    values: Mapping[str, Any],
    *,
    by: User | None,
    version: int | None = None,
    now: dt.datetime | None = None,
) -> Account:
    """Changes what differs; `custom` is laid over what is there. Stale `version`: Conflict."""
    given = _tidy(only(values, FIELDS))
    if "custom" in given:
        given["custom"] = custom_values.merged(account.custom, given["custom"] or {})
    check_change(account, given)
    _check_currency(account, given)
    _check_parent(account, given)
    changed = change(account, given, version=version)
    for role in OWNERS:
        if role in changed:
            ownership.tell(account, role, *changed.pop(role), by=by, now=now)
    if changed:
        timeline.record("account.edited", account=account, by=by, occurred_at=now, **told(changed))
    return account


def assign(account_ids: Iterable[int], *, by: User | None, **owners: User | None) -> int:
    """Gives these accounts to `csm`, `ae` or `delivery` (None: to nobody); how many changed hands."""
    return ownership.assign(account_ids, owners, by=by)


@transaction.atomic
def change_phase(account: Account, to: Phase, *, by: User | None, now: dt.datetime | None = None) -> Account:
    """Moves the account on and keeps the instant; a move to where it is already says nothing."""
    before = Phase(account.phase)
    if before == to:
        return account
    change(account, {"phase": Phase(to), "phase_since": now or Now()})
    _step(account, before, to, by, now)
    after = Phase(to)
    labels = {"before": before.label, "after": after.label, "from_phase": before.value, "to_phase": after.value}
    timeline.record("phase.changed", account=account, by=by, occurred_at=now, **labels)
    return account


@transaction.atomic
def archive(account: Account, *, by: User | None, version: int | None = None) -> Account:
    """Out of every list, with all its history kept."""
    if account.archived_at is None:
        change(account, {"archived_at": Now()}, version=version)
        timeline.record("account.archived", account=account, by=by, name=account.name)
    return account


@transaction.atomic
def restore(account: Account, *, by: User | None, version: int | None = None) -> Account:
    if account.archived_at is not None:
        change(account, {"archived_at": None}, version=version)
        timeline.record("account.restored", account=account, by=by, name=account.name)
    return account


def upsert_by_external_id(external_id: str, values: Mapping[str, Any], *, by: User | None) -> tuple[Account, bool]:
    """The account of this id with these values, and whether it is new. Two at once make one."""
    found = Account.objects.filter(external_id=external_id).first()
    if found is None:
        try:
            return open({**values, "external_id": external_id}, by=by), True
        except Refused as refused:
            found = Account.objects.filter(external_id=external_id).first()
            if found is None or "external_id" not in refused.errors:
                raise
    return edit(restore(found, by=by), {**values, "external_id": external_id}, by=by), False


def _tidy(given: dict[str, Any]) -> dict[str, Any]:
    for name, shaped in (("currency", str.upper), ("domain", str.lower)):
        if isinstance(given.get(name), str):
            given[name] = shaped(given[name])
    if "external_id" in given:
        given["external_id"] = given["external_id"] or None
    currency = given.get("currency", "USD")
    if not (isinstance(currency, str) and len(currency) == 3 and currency.isascii() and currency.isalpha()):
        raise refuse("currency", "This must be a currency of three letters, such as USD.")
    return given


def _check_currency(account: Account, given: Mapping[str, Any]) -> None:
    if given.get("currency", account.currency) != account.currency and account.contracts.exists():
        raise refuse("currency", f"The contracts of this account are in {account.currency}.")


def _check_parent(account: Account, given: Mapping[str, Any]) -> None:
    above = given.get("parent")
    if isinstance(above, Account) and above.pk != account.parent_id and closes_circle(account, "parent", above):
        raise refuse("parent", "An account can't be above itself.")


def _step(account: Account, before: str, after: str, by: User | None, now: dt.datetime | None) -> None:
    when = {} if now is None else {"changed_at": now}
    PhaseChange.objects.create(account=account, from_phase=before, to_phase=after, changed_by=by, **when)
