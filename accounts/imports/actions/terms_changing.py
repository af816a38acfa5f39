"""Contracts that the book has and of which the file says something else: edited, amended, ended, as people would."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from accounts.actions import revenue
from accounts.actions.contract_lines import amended, read_lines, same
from accounts.actions.contract_terms import EDITABLE, read_amendment, tidy
from accounts.actions.contracts import about
from accounts.actions.errors import Refused, refuse
from accounts.actions.validity import check_change, only
from accounts.actions.writing import told
from accounts.formats import signed_money
from accounts.imports.actions import terms_refusing, terms_rewriting
from accounts.imports.actions.terms_history import NOT_RENEWED
from accounts.imports.actions.terms_reading import SaidLine, SaidTerm
from accounts.imports.actions.terms_standing import Held, Shelf, open_shelf
from accounts.imports.models import Import
from accounts.ledger import Step
from accounts.models import Contract, ContractLine, Product

REASON = "Import"
GONE = "This contract isn't there any more."
TAKEN = "Another contract has this external id."


def open_changes(job: Import, said: Iterable[SaidTerm]) -> Shelf:
    """The contracts that change, locked, with all that their change depends on."""
    terms = list(said)
    shelf = open_shelf(terms)
    there = {each.contract.pk for each in shelf.held}
    terms_refusing.refuse(job, ((term, "", [GONE]) for term in terms if term.contract not in there))
    return shelf


def unknown_lines(shelf: Shelf) -> list[SaidLine]:
    """Those whose product isn't to be seen from the contract itself."""
    return [line for each in shelf.held for line in each.said.lines if line.product or len(each.agreed) != 1]


def carry_out(job: Import, shelf: Shelf, products: Mapping[str, Product], *, today: dt.date) -> None:
    """What the actions that people use would refuse is refused, each contract as a whole; the rest is written."""
    good: list[Held] = []
    refused: list[tuple[SaidTerm, str, list[str]]] = []
    for each in shelf.held:
        try:
            _change(each, shelf, products, today)
        except Refused as error:
            refused.append((each.said, "", [message for messages in error.errors.values() for message in messages]))
        else:
            shelf.steps[each.contract.account_id] += each.steps
            good.append(each)
    terms_refusing.refuse(job, refused)
    terms_rewriting.write(job, good)


def _change(held: Held, shelf: Shelf, products: Mapping[str, Product], today: dt.date) -> None:
    contract, said = held.contract, held.said
    _edit(held, shelf)
    on = max(today, contract.start_on)
    lines = _lines(held, products, on)
    if lines and not same(contract, read_lines(contract, lines), on):
        _amend(held, shelf, lines, on)
    reason = said.values.get("end_reason", "")
    ended_on = said.day("ended_on") or (contract.end_on if reason else None)
    if ended_on and contract.ended_on is None and contract.pk not in shelf.renewed:
        _end(held, shelf, ended_on, reason or NOT_RENEWED)


def _edit(held: Held, shelf: Shelf) -> None:
    contract, said = held.contract, held.said.values
    given = tidy(only({name: said[name] for name in EDITABLE if name in said}, EDITABLE))
    check_change(contract, given)
    changed = {name: (getattr(contract, name), after) for name, after in given.items()}
    changed = {name: (before, after) for name, (before, after) in changed.items() if before != after}
    if changed.get("external_id", (None, None))[1] in shelf.taken:
        raise refuse("external_id", TAKEN)
    for name, (_, after) in changed.items():
        setattr(contract, name, after)
    if changed:
        held.tell("contract.edited", about(contract) | told(changed))


def _amend(held: Held, shelf: Shelf, lines: list[dict[str, Any]], on: dt.date) -> None:
    contract = held.contract
    _must_run(contract, shelf)
    read, errors = read_amendment(contract, lines, on)
    if errors:
        raise Refused(errors)
    written, gone = amended(contract, read, on)
    held.change_lines(written, gone)
    moved = _follow(held, shelf, on, REASON)
    change = {"change": signed_money(moved, contract.currency), "change_minor": moved}
    held.tell("contract.amended", about(contract) | {"on": on.isoformat(), "reason": REASON} | change)


def _end(held: Held, shelf: Shelf, on: dt.date, reason: str) -> None:
    contract = held.contract
    if on < contract.start_on:
        raise refuse("on", f"The term starts on {contract.start_on}.")
    values = {"ended_on": on, "end_reason": reason.strip()}
    check_change(contract, values)
    contract.ended_on, contract.end_reason = on, reason.strip()
    moved = _follow(held, shelf, on, contract.end_reason)
    ended = {"on": on.isoformat(), "reason": contract.end_reason, "change_minor": moved}
    held.tell("contract.ended", about(contract) | ended)


def _must_run(contract: Contract, shelf: Shelf) -> None:
    if contract.ended_on is not None:
        raise refuse("", f"This contract was ended on {contract.ended_on}.")
    if contract.pk in shelf.renewed:
        raise refuse("", "This contract has been renewed already; go on with the newer one.")


def _follow(held: Held, shelf: Shelf, since: dt.date, reason: str) -> int:
    """As revenue.follow, kept in mind."""
    account = [*shelf.steps[held.contract.account_id], *held.steps]
    chain = set(shelf.chain(held.contract.pk))
    moves = revenue.asked_for(held.contract, held.lines, account, chain, since)
    held.moved += [(move, reason) for move in moves]
    held.steps += [(held.contract.pk, Step(move.on, move.product, move.amount)) for move in moves]
    return sum(move.amount for move in moves if move.on <= since)


def _lines(held: Held, products: Mapping[str, Product], on: dt.date) -> list[dict[str, Any]]:
    """All its lines as they should be; what the file leaves open stays. Empty where it says nothing of amounts.

    What was over by the day of the change is history, of which the book has its own.
    """
    last = held.contract.end_on
    said = [line for line in held.said.lines if line.until is None or line.until > on or line.until >= last]
    if all(line.amount is None and line.quantity is None for line in said):
        return []
    agreed = {line.product_id: line for line in held.agreed}
    wanted: dict[int, dict[str, Any]] = {}
    for line in said:
        product = _product(line, held.agreed, products)
        known = agreed.get(product.pk)
        amount = line.amount if line.amount is not None or known is None else known.amount_minor
        quantity = line.quantity or (known.quantity if known else 1)
        if amount is not None:
            days = {"start_on": line.start, "end_on": line.until}
            row = {"product": product, "quantity": quantity, "amount_minor": amount}
            wanted.setdefault(product.pk, row | {name: day for name, day in days.items() if day and day > on})
    if all(line.amount is None for line in said):
        kept = (line for line in held.agreed if line.product_id not in wanted)
        return [*wanted.values(), *(_as_it_is(line) for line in kept)]
    return list(wanted.values())


def _as_it_is(line: ContractLine) -> dict[str, Any]:
    return {"product": line.product, "quantity": line.quantity, "amount_minor": line.amount_minor}


def _product(line: SaidLine, agreed: list[ContractLine], products: Mapping[str, Product]) -> Product:
    return agreed[0].product if not line.product and len(agreed) == 1 else products[line.product.lower()]
