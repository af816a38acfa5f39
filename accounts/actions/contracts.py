"""Contracts: signed, renewed, amended, ended; each writes what it meant for recurring revenue."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from accounts import timeline
from accounts.actions import revenue, states
from accounts.actions.contract_lines import amend_lines, read_lines, same, write_lines
from accounts.actions.errors import Refused, named_refusals, refuse
from accounts.actions.validity import check, check_change, only, settled
from accounts.actions.writing import change, stamp, told
from accounts.formats import money, signed_money
from accounts.models import Account, Contract, User

TERM = ("name", "currency", "signed_on", "start_on", "end_on", "auto_renew", "notice_days", "external_id")
EDITABLE = ("name", "auto_renew", "notice_days", "external_id")
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
    contract = Contract(account=_locked(account), **_term(account, {"signed_on": today} | dict(values)))
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
    following = {
        "name": contract.name, "signed_on": today, "start_on": contract.end_on,
        "auto_renew": contract.auto_renew, "notice_days": contract.notice_days,
    }  # fmt: skip
    term = Contract(account=account, renews=contract, **_term(account, following | dict(values)))
    if term.start_on <= contract.start_on:
        raise refuse("start_on", f"The term that it renews starts on {contract.start_on}.")
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
    if not contract.start_on <= on < contract.end_on:
        raise refuse("on", f"The term runs from {contract.start_on} to {contract.end_on}; renew it for later.")
    read = read_lines(contract, lines, since=on)
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
    given = _tidy(only(values, EDITABLE))
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
    fixed = {"account": account, **{name: given[name] for name in only(given, TERM) if name not in EDITABLE}}
    moved = [name for name, value in fixed.items() if getattr(contract, name) != value]
    if moved:
        raise Refused({name: ["This is fixed once signed; renew the contract or sign another."] for name in moved})
    edit(contract, {name: value for name, value in given.items() if name in EDITABLE}, by=by)
    on = max(today, contract.start_on)
    if not same(contract, read_lines(contract, lines), on):
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


def _term(account: Account, values: Mapping[str, Any]) -> dict[str, Any]:
    given = _tidy({"currency": account.currency} | only(values, TERM))
    if given["currency"] != account.currency:
        raise refuse("currency", f"Contracts of this account are in {account.currency}.")
    missing = [name for name in ("name", "signed_on", "start_on", "end_on") if not given.get(name)]
    if missing:
        raise Refused({name: ["This field is required."] for name in missing})
    if given["end_on"] <= given["start_on"]:
        raise refuse("end_on", "The term must end after it starts.")
    return given


def _tidy(given: dict[str, Any]) -> dict[str, Any]:
    if "external_id" in given:
        given["external_id"] = given["external_id"] or None
    return given


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
    check(contract)
    read = read_lines(contract, lines)
    with named_refusals(Contract):
        contract.save(force_insert=True)
    settled(contract)
    write_lines(contract, read)
    revenue.follow(contract, revenue.begins(contract), by=by, reason=reason.strip(), now=now)
    states.refresh([contract.account_id], today=today)
    arr = revenue.arr_of(contract)
    _tell(kind, contract, by, now, amount=money(arr, contract.currency), amount_minor=arr, reason=reason.strip())
    return contract


def _tell(kind: str, contract: Contract, by: User | None, now: dt.datetime | None, **facts: Any) -> None:
    about = {
        "contract_id": contract.pk,
        "name": contract.name,
        "currency": contract.currency,
        "start_on": contract.start_on.isoformat(),
        "end_on": contract.end_on.isoformat(),
    }
    timeline.record(kind, account=contract.account, by=by, occurred_at=now, **(about | facts))
