"""A contract that the book has already and of which the file says something else: edited, amended, ended by today."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction

from accounts.actions import contracts
from accounts.actions.contract_lines import read_lines, same
from accounts.actions.contract_terms import EDITABLE
from accounts.actions.errors import Refused
from accounts.imports.actions import terms_products
from accounts.imports.actions.terms_history import NOT_RENEWED
from accounts.imports.actions.terms_reading import SaidTerm
from accounts.imports.models import Import, Record, Verdict
from accounts.models import Contract, ContractLine, Product

REASON = "Import"
GONE = "This contract isn't there any more."


def carry_out(job: Import, said: SaidTerm, *, today: dt.date) -> None:
    """By the same actions as people use; what these refuse is refused, as a whole."""
    try:
        with transaction.atomic():
            _change(job, said, today)
    except Refused as refused:
        faults = [{"column": "", "message": message} for messages in refused.errors.values() for message in messages]
        Record.objects.filter(pk__in=said.records).update(verdict=Verdict.REFUSED, errors=faults)
        return
    Record.objects.filter(pk__in=said.records).update(done=True)


def _change(job: Import, said: SaidTerm, today: dt.date) -> None:
    contract = Contract.objects.select_related("account").filter(pk=said.contract or 0).first()
    if contract is None:
        raise Refused({"contract": [GONE]})
    by = job.created_by
    contracts.edit(contract, {name: said.values[name] for name in EDITABLE if name in said.values}, by=by)
    lines = _lines(job, contract, said)
    on = max(today, contract.start_on)
    if lines and not same(contract, read_lines(contract, lines), on):
        contracts.amend(contract, lines, on=on, by=by, today=today, reason=REASON)
    reason = said.values.get("end_reason", "")
    ended_on = said.day("ended_on") or (contract.end_on if reason else None)
    if ended_on and contract.ended_on is None and not contract.renewals.exists():
        contracts.end(contract, on=ended_on, reason=reason or NOT_RENEWED, by=by, today=today)


def _lines(job: Import, contract: Contract, said: SaidTerm) -> list[dict[str, Any]]:
    """All its lines as they should be; what the file leaves open stays. None where it says nothing of amounts."""
    if all(line.amount is None and line.quantity is None for line in said.lines):
        return []
    agreed = {line.product_id: line for line in contract.lines.agreed().select_related("product")}
    wanted: dict[int, dict[str, Any]] = {}
    for line in said.lines:
        product = _product(job, line.product, agreed)
        known = agreed.get(product.pk)
        amount = line.amount if line.amount is not None or known is None else known.amount_minor
        quantity = line.quantity or (known.quantity if known else 1)
        if amount is not None:
            wanted.setdefault(product.pk, {"product": product, "quantity": quantity, "amount_minor": amount})
    if all(line.amount is None for line in said.lines):
        kept = (line for line in agreed.values() if line.product_id not in wanted)
        return [*wanted.values(), *(_as_it_is(line) for line in kept)]
    return list(wanted.values())


def _as_it_is(line: ContractLine) -> dict[str, Any]:
    return {"product": line.product, "quantity": line.quantity, "amount_minor": line.amount_minor}


def _product(job: Import, word: str, agreed: dict[int, ContractLine]) -> Product:
    if not word and len(agreed) == 1:
        return next(iter(agreed.values())).product
    word = word or job.options.get("product") or "Subscription"
    return terms_products.find([word]).get(word.lower()) or terms_products.add(job, [word])[word.lower()]
