"""Accounts: opened, edited, assigned, moved from phase to phase."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import DomainNameValidator
from django.db import transaction
from django.db.models.functions import Now

from accounts import timeline
from accounts.actions import custom_values, ownership, states
from accounts.actions.errors import Errors, Refused, named_refusals, noting, refuse
from accounts.actions.validity import check_change, closes_circle, only, settled
from accounts.actions.writing import change, told
from accounts.currencies import CODES, UNKNOWN
from accounts.models import Account, Phase, PhaseChange, Tenant, User
from accounts.tenancy.context import current_tenant_id

OWNERS = tuple(ownership.ROLES)
FIELDS = (
    "name", "domain", "external_id", "industry", "region", "segment", "touch_model", "currency", "parent", "custom",
    *OWNERS,
)  # fmt: skip
DOMAIN = DomainNameValidator(message="This must be a domain, such as acme.com.")


@transaction.atomic
def open(values: Mapping[str, Any], *, by: User | None, now: dt.datetime | None = None) -> Account:
    """A new account in the phase «committed», in the workspace's currency unless said. Owners are users."""
    given = _taken(Account(), values)
    if "currency" not in given:
        given["currency"] = Tenant.objects.get(pk=current_tenant_id()).currency
    account = Account(**given)
    if now is not None:
        account.created_at = account.updated_at = account.phase_since = now
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
    changed = change(account, _taken(account, values), version=version)
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


def wrong(values: Mapping[str, Any], account: Account | None = None) -> Errors:
    """All that `open`, or `edit` of this account, would refuse in these values; what isn't among them isn't missed."""
    return _read(account or Account(name="?"), values)[1]


def _taken(account: Account, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values as they are kept, or Refused with all that is wrong."""
    given, errors = _read(account, values)
    if errors:
        raise Refused(errors)
    return given


def _read(account: Account, values: Mapping[str, Any]) -> tuple[dict[str, Any], Errors]:
    given, errors = _tidy(only(values, FIELDS)), Errors()
    with noting(errors):
        if "custom" in given:
            given["custom"] = custom_values.merged(account.custom, given["custom"] or {})
    for check in (_check_currency, _check_domain, _check_parent, check_change):
        with noting(errors):
            check(account, given)
    return given, errors


def _tidy(given: dict[str, Any]) -> dict[str, Any]:
    for name, shaped in (("currency", str.upper), ("domain", str.lower)):
        if isinstance(given.get(name), str):
            given[name] = shaped(given[name])
    if "external_id" in given:
        given["external_id"] = given["external_id"] or None
    return given


def _check_currency(account: Account, given: Mapping[str, Any]) -> None:
    currency = given.get("currency") or account.currency
    if currency == account.currency:
        return
    if currency not in CODES:
        raise refuse("currency", UNKNOWN)
    if account.pk is not None and account.contracts.exists():
        raise refuse("currency", f"The contracts of this account are in {account.currency}.")


def _check_domain(account: Account, given: Mapping[str, Any]) -> None:
    domain = given.get("domain") or account.domain
    if domain == account.domain:
        return
    try:
        DOMAIN(domain)
    except ValidationError as error:
        raise Refused({"domain": list(error.messages)}) from error


def _check_parent(account: Account, given: Mapping[str, Any]) -> None:
    above = given.get("parent")
    if account.pk is None or not isinstance(above, Account) or above.pk == account.parent_id:
        return
    if closes_circle(account, "parent", above):
        raise refuse("parent", "An account can't be above itself.")


def _step(account: Account, before: str, after: str, by: User | None, now: dt.datetime | None) -> None:
    when = {} if now is None else {"changed_at": now}
    PhaseChange.objects.create(account=account, from_phase=before, to_phase=after, changed_by=by, **when)
