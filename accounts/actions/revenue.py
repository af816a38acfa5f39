"""The ledger follows the contract: what it says now against what was written, the difference appended."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from accounts import ledger
from accounts.models import Contract, ContractLine, RevenueMovement, User


def follow(
    contract: Contract, since: dt.date, *, by: User | None, reason: str = "", now: dt.datetime | None = None
) -> int:
    """Writes the movements from `since` on that the contract's lines and end ask for; the change of ARR on that day.

    A contract that renews another goes on where that one stands: only what differs moves.
    """
    chain = set(_chain(contract))
    written = RevenueMovement.objects.filter(account_id=contract.account_id).values_list(
        "contract_id", "effective_on", "product_id", "amount_minor"
    )
    account = [(contract_id, ledger.Step(on, product, amount)) for contract_id, on, product, amount in written]
    moves = asked_for(contract, contract.lines.all(), account, chain, since)
    when = {} if now is None else {"recorded_at": now}
    RevenueMovement.objects.bulk_create(
        RevenueMovement(
            account_id=contract.account_id,
            contract=contract,
            product_id=move.product,
            kind=move.kind,
            amount_minor=move.amount,
            currency=contract.currency,
            effective_on=move.on,
            reason=reason,
            recorded_by=by,
            **when,
        )
        for move in moves
    )
    return sum(move.amount for move in moves if move.on <= since)


def asked_for(
    contract: Contract,
    lines: Iterable[ContractLine],
    account: Sequence[tuple[int, ledger.Step]],
    chain: set[int],
    since: dt.date,
) -> list[ledger.Move]:
    """What these lines and the contract's end move from `since` on, in view of every step of its account by contract.

    `chain`: the ids of the contract and of those that it renews, one after another.
    """
    own = [step for contract_id, step in account if contract_id in chain]
    added = ledger.difference(own, ledger.steps_of(_spans(contract, lines), since), since)
    return ledger.moves([step for _, step in account], own, added)


def begins(contract: Contract) -> dt.date:
    """From when a new term speaks: its start, or the end of the one it renews where the pause was long."""
    before = contract.renews
    if before is not None and contract.start_on > before.end_on + ledger.GRACE:
        return before.end_on
    return contract.start_on


def arr_of(contract: Contract) -> int:
    """What its recurring lines come to in a year, by the last agreement."""
    return sum(line.amount_minor for line in contract.lines.agreed() if line.recurring)


def _spans(contract: Contract, lines: Iterable[ContractLine]) -> Iterable[ledger.Span]:
    """A term that runs out goes on until it is renewed or ended: silence isn't churn."""
    for line in lines:
        if not line.recurring or not line.amount_minor:
            continue
        ends = [day for day in (contract.ended_on, line.end_on if line.end_on < contract.end_on else None) if day]
        yield ledger.Span(line.product_id, line.amount_minor, line.start_on, min(ends, default=None))


def _chain(contract: Contract) -> Iterable[int]:
    """The contract and those it renews, one after another."""
    link: int | None = contract.pk
    while link is not None:
        yield link
        link = Contract.objects.values_list("renews_id", flat=True).get(pk=link)
