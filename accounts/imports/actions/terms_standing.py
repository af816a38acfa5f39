"""The contracts that a file changes as they stand, a handful of queries for all of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Prefetch

from accounts.imports.actions.terms_reading import SaidTerm
from accounts.ledger import Move, Step
from accounts.models import Contract, ContractLine, RevenueMovement

KEPT = ("name", "auto_renew", "notice_days", "external_id", "ended_on", "end_reason")
OF_LINE = ("id", "product_id", "quantity", "amount_minor", "recurring", "start_on", "end_on")


@dataclass
class Held:
    """One contract with what the file says of it, and what becomes of it; `before`: as it was, as JSON."""

    contract: Contract
    said: SaidTerm
    lines: list[ContractLine]
    before: dict[str, Any] = field(default_factory=dict)
    written: list[ContractLine] = field(default_factory=list)
    gone: list[ContractLine] = field(default_factory=list)
    moved: list[tuple[Move, str]] = field(default_factory=list)  # with the reason
    steps: list[tuple[int, Step]] = field(default_factory=list)  # the same, by contract
    told: list[tuple[str, dict[str, Any], int]] = field(default_factory=list)  # with how many had moved by then

    def __post_init__(self) -> None:
        self.before = {
            "contract": {name: _plain(getattr(self.contract, name)) for name in KEPT},
            "lines": [{name: _plain(getattr(line, name)) for name in OF_LINE} for line in self.lines],
        }

    @property
    def agreed(self) -> list[ContractLine]:
        """Until the term's end."""
        return [line for line in self.lines if line.end_on == self.contract.end_on]

    def change_lines(self, written: Sequence[ContractLine], gone: Sequence[ContractLine]) -> None:
        self.written, self.gone = list(written), list(gone)
        self.lines = [line for line in self.lines if line not in gone] + [line for line in written if line.pk is None]

    def tell(self, kind: str, facts: dict[str, Any]) -> None:
        """Once the ledger has followed: the event answers for the movements since the one before it."""
        self.told.append((kind, facts, len(self.moved)))


@dataclass
class Shelf:
    """`steps`: all of an account's, by contract; `renews`: later to earlier; `taken`: external ids that others have."""

    held: list[Held]
    steps: dict[int, list[tuple[int, Step]]]
    renews: dict[int, int]
    taken: set[str | None]

    def __post_init__(self) -> None:
        self.renewed = set(self.renews.values())

    def chain(self, contract: int) -> Iterator[int]:
        """The contract and those that it renews, one after another."""
        link: int | None = contract
        while link is not None:
            yield link
            link = self.renews.get(link)


def open_shelf(terms: Sequence[SaidTerm]) -> Shelf:
    """In the order of the file. People who change one of these meanwhile wait, or find that it moved on."""
    if not terms:
        return Shelf([], {}, {}, set())
    lines = Prefetch("lines", ContractLine.objects.select_related("product"))
    rows = Contract.objects.select_for_update(of=("self",)).filter(pk__in=[term.contract for term in terms])
    found = {row.pk: row for row in rows.order_by("pk").prefetch_related(lines)}
    accounts = {row.account_id for row in found.values()}
    links = Contract.objects.filter(account__in=accounts, renews__isnull=False)
    return Shelf(
        [Held(found[t.contract], t, list(found[t.contract].lines.all())) for t in terms if t.contract in found],
        _steps_of(accounts),
        dict(links.values_list("pk", "renews_id")),
        _taken(terms, found.values()),
    )


def _steps_of(accounts: Iterable[int]) -> dict[int, list[tuple[int, Step]]]:
    steps: dict[int, list[tuple[int, Step]]] = defaultdict(list)
    written = RevenueMovement.objects.filter(account__in=accounts).order_by("pk")
    columns = ("account_id", "contract_id", "effective_on", "product_id", "amount_minor")
    for account, contract, on, product, amount in written.values_list(*columns):
        steps[account].append((contract, Step(on, product, amount)))
    return steps


def _taken(terms: Sequence[SaidTerm], found: Iterable[Contract]) -> set[str | None]:
    """External ids that the file gives to contracts without one, and that another has by now."""
    own = {row.external_id for row in found}
    wanted = {term.values["external_id"] for term in terms if "external_id" in term.values} - own
    if not wanted:
        return set()
    return set(Contract.objects.filter(external_id__in=wanted).values_list("external_id", flat=True))


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | int) or value is None else value.isoformat()
