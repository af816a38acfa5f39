"""Contracts: signed, renewed, amended, ended; each writes what it meant for recurring revenue."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from accounts import timeline
from accounts.actions import revenue, states
from accounts.actions.contract_lines import amend_lines, read_lines, same, write_lines
from accounts.actions.contract_terms import EDITABLE, draft, moved, read_amendment, tidy, wrong
from accounts.actions.errors import Refused, named_refusals, noting, refuse
from accounts.actions.validity import check_change, only, settled
from accounts.actions.writing import change, stamp, told
from accounts.formats import money, signed_money
from accounts.models import Account, Contract, User

Lines = Sequence[Mapping[str, Any]]


@transaction.atomic
def sign(
    account: Account,
    values: Mapping[str, Any],
    lines: Lines,
    *,
    by: User | None,
    today: dt.date,
    now: dt.datetime | None = None,
) -> Contract:
    """A new term. `lines`: {product, quantity, amount_minor, start_on?, end_on?}, amounts a year, in minor units.

    Errors of a line are named lines.<index>.<field>.
    """
    contract = draft(_locked(account), values, today=today)
    return _agree(contract, lines, "contract.signed", by=by, today=today, now=now)


@transaction.atomic
def renew(
    contract: Contract,
    values: Mapping[str, Any],
    lines: Lines,
    *,
    by: User | None,
    today: dt.date,
    reason: str = "",
    now: dt.datetime | None = None,
) -> Contract:
    """The next term after this one; what differs against it is all that moves."""
    account = _locked(contract.account)
    _must_run(contract)
    term = draft(account, values, today=today, renews=contract)
    return _agree(term, lines, "contract.renewed", by=by, today=today, reason=reason, now=now)


@transaction.atomic
def amend(
    contract: Contract,
    lines: Lines,
    *,
    on: dt.date,
    by: User | None,
    today: dt.date,
    reason: str = "",
    version: int | None = None,
    now: dt.datetime | None = None,
) -> Contract:
    """From `on` these are all its lines; a product that isn't among them ends there."""
    account = _locked(contract.account)
    _must_run(contract)
    read, errors = read_amendment(contract, lines, on)
    if errors:
        raise Refused(errors)
    stamp(contract, version=version)
    amend_lines(contract, read, on)
    moved = revenue.follow(contract, on, by=by, reason=reason.strip(), now=now)
    states.refresh([account.pk], today=today)
    change_of = {"change": signed_money(moved, contract.currency), "change_minor": moved}
    _tell("contract.amended", contract, by, now, on=on.isoformat(), reason=reason.strip(), **change_of)
    return contract


@transaction.atomic
def end(
    contract: Contract,
    *,
    on: dt.date,
    reason: str,
    by: User | None,
    today: dt.date,
    version: int | None = None,
    now: dt.datetime | None = None,
) -> Contract:
    """Ends for good: `on` is the first day without it, which may lie ahead."""
    account = _locked(contract.account)
    _must_run(contract)
    if on < contract.start_on:
        raise refuse("on", f"The term starts on {contract.start_on}.")
    if not reason.strip():
        raise refuse("reason", "Say why, for whoever looks back.")
    values = {"ended_on": on, "end_reason": reason.strip()}
    check_change(contract, values)
    change(contract, values, version=version)
    moved = revenue.follow(contract, on, by=by, reason=contract.end_reason, now=now)
    states.refresh([account.pk], today=today)
    _tell("contract.ended", contract, by, now, on=on.isoformat(), reason=contract.end_reason, change_minor=moved)
    return contract


@transaction.atomic
def edit(contract: Contract, values: Mapping[str, Any], *, by: User | None, version: int | None = None) -> Contract:
    """What moves no money: name, automatic renewal, notice, external id."""
    given = tidy(only(values, EDITABLE))
    check_change(contract, given)
    changed = change(contract, given, version=version)
    if changed:
        _tell("contract.edited", contract, by, None, **told(changed))
    return contract


def upsert_by_external_id(
    external_id: str, account: Account, values: Mapping[str, Any], lines: Lines, *, by: User | None, today: dt.date
) -> tuple[Contract, bool]:
    """The contract of this id, and whether it is new. One that exists is edited, and amended where lines differ."""
    given = {**values, "external_id": external_id}
    found = Contract.objects.select_related("account").filter(external_id=external_id).first()
    if found is None:
        try:
            return sign(account, given, lines, by=by, today=today), True
        except Refused as refused:
            found = Contract.objects.select_related("account").filter(external_id=external_id).first()
            if found is None or "external_id" not in refused.errors:
                raise
    return _say_again(found, account, given, lines, by, today), False


@transaction.atomic
def _say_again(
    contract: Contract, account: Account, given: Mapping[str, Any], lines: Lines, by: User | None, today: dt.date
) -> Contract:
    errors, read = moved(contract, account, given), []
    with noting(errors):
        read = read_lines(contract, lines)
    if errors:
        raise Refused(errors)
    edit(contract, {name: value for name, value in given.items() if name in EDITABLE}, by=by)
    on = max(today, contract.start_on)
    if not same(contract, read, on):
        amend(contract, lines, on=on, by=by, today=today)
    return contract


def _locked(account: Account) -> Account:
    """One contract of an account at a time: what a movement is called depends on all that the account pays."""
    return Account.objects.select_for_update(of=("self",)).get(pk=account.pk)


def _must_run(contract: Contract) -> None:
    """Asked again behind the lock, since somebody may have been quicker."""
    row = Contract.objects.get(pk=contract.pk)
    if row.ended_on is not None:
        raise refuse("", f"This contract was ended on {row.ended_on}.")
    if row.renewals.exists():
        raise refuse("", "This contract has been renewed already; go on with the newer one.")


def _agree(
    contract: Contract,
    lines: Lines,
    kind: str,
    *,
    by: User | None,
    today: dt.date,
    reason: str = "",
    now: dt.datetime | None,
) -> Contract:
    if now is not None:
        contract.created_at = contract.updated_at = now
    errors, read = wrong(contract), []
    with noting(errors):
        read = read_lines(contract, lines)
    if errors:
        raise Refused(errors)
    with named_refusals(Contract):
        contract.save(force_insert=True)
    settled(contract)
    write_lines(contract, read)
    revenue.follow(contract, revenue.begins(contract), by=by, reason=reason.strip(), now=now)
    states.refresh([contract.account_id], today=today)
    arr = revenue.arr_of(contract)
    _tell(kind, contract, by, now, amount=money(arr, contract.currency), amount_minor=arr, reason=reason.strip())
    return contract


def about(contract: Contract) -> dict[str, Any]:
    """What every event of a contract says of it."""
    return {
        "contract_id": contract.pk,
        "name": contract.name,
        "currency": contract.currency,
        "start_on": contract.start_on.isoformat(),
        "end_on": contract.end_on.isoformat(),
    }


def _tell(kind: str, contract: Contract, by: User | None, now: dt.datetime | None, **facts: Any) -> None:
    timeline.record(kind, account=contract.account, by=by, occurred_at=now, **(about(contract) | facts))
