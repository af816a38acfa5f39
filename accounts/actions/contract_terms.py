"""A contract's term and change before they are agreed: read from what was said, with all that is wrong in them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from accounts.actions.contract_lines import Line, read_lines
from accounts.actions.errors import Errors, noting
from accounts.actions.validity import check, only
from accounts.models import Account, Contract

TERM = ("name", "currency", "signed_on", "start_on", "end_on", "auto_renew", "notice_days", "external_id")
EDITABLE = ("name", "auto_renew", "notice_days", "external_id")
Lines = Sequence[Mapping[str, Any] | None]


def draft(
    account: Account | None, values: Mapping[str, Any], *, today: dt.date, renews: Contract | None = None
) -> Contract:
    """The term as it would be signed; of the one that it renews it keeps what isn't said."""
    given: dict[str, Any] = {"signed_on": today}
    if account is not None:
        given["currency"] = account.currency
    if renews is not None:
        given |= {name: getattr(renews, name) for name in ("name", "auto_renew", "notice_days")}
        given["start_on"] = renews.end_on
    return Contract(account=account, renews=renews, **tidy(given | only(values, TERM)))


def wrong(contract: Contract, lines: Lines | None = None) -> Errors:
    """All that is wrong with a draft and, if they are said, with its lines."""
    errors: Errors = {}
    for name in ("name", "signed_on", "start_on", "end_on"):
        if not getattr(contract, name):
            errors[name] = ["This field is required."]
    if contract.start_on and contract.end_on and contract.end_on <= contract.start_on:
        errors["end_on"] = ["The term must end after it starts."]
    if contract.account_id is not None and contract.currency != contract.account.currency:
        errors["currency"] = [f"Contracts of this account are in {contract.account.currency}."]
    before = contract.renews
    if before is not None and contract.start_on and contract.start_on <= before.start_on:
        errors["start_on"] = [f"The term that it renews starts on {before.start_on}."]
    with noting(errors):
        check(contract)
    if contract.account_id is None:
        del errors["currency"]  # the account says it, and which one that is isn't known
    with noting(errors):
        if lines is not None:
            read_lines(contract, lines)
    return errors


def moved(contract: Contract, account: Account, given: Mapping[str, Any]) -> Errors:
    """What the values would change although it is fixed."""
    fixed = {"account": account, **{name: given[name] for name in only(given, TERM) if name not in EDITABLE}}
    fixed_once = ["This is fixed once signed; renew the contract or sign another."]
    return {name: fixed_once for name, value in fixed.items() if getattr(contract, name) != value}


def read_amendment(contract: Contract, lines: Lines | None, on: dt.date | None) -> tuple[list[Line], Errors]:
    """The lines of a change from `on`, and all that is wrong with it, as far as it is said."""
    read: list[Line] = []
    errors: Errors = {}
    if on is not None and not contract.start_on <= on < contract.end_on:
        errors["on"] = [f"The term runs from {contract.start_on} to {contract.end_on}; renew it for later."]
    since = None if errors else on
    with noting(errors):
        if lines is not None:
            read = read_lines(contract, lines, since)
    return read, errors


def tidy(given: dict[str, Any]) -> dict[str, Any]:
    if "external_id" in given:
        given["external_id"] = given["external_id"] or None
    return given
