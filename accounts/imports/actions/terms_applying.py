"""The contracts of some accounts at once: placed in their history, written with their lines, movements and events."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from accounts.actions import knowledge, states
from accounts.calendar import local_today
from accounts.imports.actions import terms_changing, terms_history, terms_products, terms_refusing, terms_writing
from accounts.imports.actions.terms_history import Line, Moved, Term
from accounts.imports.actions.terms_reading import (
    SaidLine,
    SaidMovement,
    SaidTerm,
    next_accounts,
    prepare,
    refuse_left_over,
    terms_of,
)
from accounts.imports.actions.terms_writing import Written
from accounts.imports.models import Import
from accounts.ledger import Move, Step
from accounts.models import Account, Contract, ContractLine, Product, RevenueMovement

GONE = "This account isn't there any more."
SAID_SINCE = "This contract was added since the import was tried."
OTHER_CURRENCY = "This is in {said}; the contracts of this account are in {known}."


@dataclass
class Book:
    """One account with what the book and the file have of it."""

    account: Account
    terms: list[Term] = field(default_factory=list)
    steps: dict[int, list[Step]] = field(default_factory=lambda: defaultdict(list))
    external_ids: dict[int, str | None] = field(default_factory=dict)
    fresh: list[tuple[Term, SaidTerm]] = field(default_factory=list)
    decided: bool = False  # in which currency its contracts are
    decided_by: int | None = None
    was_in: str = ""

    def __post_init__(self) -> None:
        self.was_in = self.account.currency


def apply_contracts(job: Import, after_account: int, size: int) -> int | None:
    """Writes the contracts of the next `size` accounts after this id. The last one's id; None when all is done."""
    if not after_account:
        prepare(job)
    accounts = next_accounts(job, after_account, size)
    if not accounts:
        refuse_left_over(job)
        return None
    today = local_today(job.tenant)
    held = {a.pk: a for a in Account.objects.select_for_update(of=("self",)).filter(pk__in=accounts).order_by("pk")}
    said = _of_held(job, terms_of(job, accounts), held)
    shelf = terms_changing.open_changes(job, (term for term in said if term.contract is not None and term.changed))
    new = [term for term in said if term.contract is None]
    lines = [*terms_changing.unknown_lines(shelf), *(line for term in new for line in [*term.lines, *_moved(term)])]
    products = _products(job, lines)
    terms_changing.carry_out(job, shelf, products, today=today)
    books = _open_books(held.values())
    _place(job, books, _without_known(job, new, books), products)
    for book in books.values():
        terms = [*book.terms, *(term for term, _ in book.fresh)]
        terms_history.link(terms, today=today, close=job.options.get("past_terms") == "ended")
    terms_writing.write(job, [_written(book, products) for book in books.values() if book.fresh])
    states.refresh(accounts, today=today)
    knowledge.note(accounts)
    return accounts[-1]


def _of_held(job: Import, said: list[SaidTerm], held: dict[int, Account]) -> list[SaidTerm]:
    """Without those of accounts that were taken away since the import was tried."""
    terms_refusing.refuse(job, ((term, "account.name", [GONE]) for term in said if term.account not in held))
    return [term for term in said if term.account in held]


def _products(job: Import, lines: list[SaidLine]) -> dict[str, Product]:
    """By lower-case word. Which record made a new one is kept with it, so that it can be taken back."""
    for line in lines:
        line.product = line.product or job.options.get("product") or "Subscription"
    found = terms_products.find(line.product for line in lines)
    missing = {line.product.lower(): line for line in reversed(lines) if line.product.lower() not in found}
    added = terms_products.add(job, {word: (line.product, line.record) for word, line in missing.items()})
    return found | added


def _open_books(accounts: Iterable[Account]) -> dict[int, Book]:
    """Everything that the book has of them, in three queries."""
    books = {account.pk: Book(account) for account in accounts}
    terms: dict[int, Term] = {}
    renewals: dict[int, int] = {}  # later to earlier
    for each in Contract.objects.filter(account__in=books).order_by("start_on", "pk"):
        terms[each.pk] = term = _term_of(each)
        books[each.account_id].terms.append(term)
        books[each.account_id].external_ids[each.pk] = each.external_id
        if each.renews_id is not None:
            renewals[each.pk] = each.renews_id
    for later, earlier in renewals.items():
        terms[later].renews, terms[earlier].renewed_by = terms[earlier], terms[later]
    for line in ContractLine.objects.filter(contract__in=terms):
        line_of = Line(line.product_id, line.quantity, line.amount_minor, line.recurring, line.start_on, line.end_on)
        terms[line.contract_id].lines.append(line_of)
    written = RevenueMovement.objects.filter(account__in=books).order_by("effective_on", "pk")
    for row in written.values_list("account_id", "contract_id", "effective_on", "product_id", "amount_minor"):
        account, contract, on, product, amount = row
        books[account].steps[contract].append(Step(on, product, amount))
    return books


def _term_of(row: Contract) -> Term:
    return Term(
        row.pk, row.name, row.start_on, row.end_on, [], False, row.ended_on, row.end_reason, external_id=row.external_id
    )


def _without_known(job: Import, new: list[SaidTerm], books: dict[int, Book]) -> list[SaidTerm]:
    """People may have gone on working since the import was tried: what doesn't fit any more is refused."""
    ids = {term.values["external_id"] for term in new if "external_id" in term.values}
    known = set(Contract.objects.filter(external_id__in=ids).values_list("external_id", flat=True)) if ids else set()
    good, faults = [], []
    for term in new:
        if term.values.get("external_id") in known or _has_same(books[term.account], term):
            faults.append((term, "contract.external_id", [SAID_SINCE]))
        elif fault := _currency_fault(books[term.account], term):
            faults.append((term, "contract.currency", [fault]))
        else:
            good.append(term)
    terms_refusing.refuse(job, faults)
    return good


def _has_same(book: Book, said: SaidTerm) -> bool:
    return any(
        (term.start_on, term.end_on, term.name) == (said.start_on, said.end_on, said.values.get("name"))
        and not (said.values.get("external_id") and book.external_ids[term.id])
        for term in book.terms
    )


def _currency_fault(book: Book, said: SaidTerm) -> str:
    """Its first contract decides an account's currency."""
    known, currency = book.account.currency, said.values.get("currency") or book.account.currency
    if known != currency and (book.terms or book.decided):
        return OTHER_CURRENCY.format(said=currency, known=known)
    if known != currency:
        book.account.currency, book.decided_by = currency, said.records[0]
    book.decided = True
    return ""


def _place(job: Import, books: dict[int, Book], said: list[SaidTerm], products: dict[str, Product]) -> None:
    ids = terms_writing.new_ids("accounts_contract", len(said))
    for number, term in zip(ids, said, strict=True):
        lines = _lines(term.lines, products)
        name = term.values.get("name") or _name(term, products)
        placed = Term(number, name, term.start_on, term.end_on, lines, True, term.ended_on, _reason(term))
        placed.external_id, placed.says_renews = term.values.get("external_id"), term.values.get("renews", "")
        if term.movements is not None:
            placed.told = [_as_told(placed, each, products) for each in term.movements]
        books[term.account].fresh.append((placed, term))


def _moved(term: SaidTerm) -> list[SaidLine]:
    """What moved as if they were lines: products that were taken off a contract since stand nowhere else."""
    return [SaidLine(term.records[0], 0, each.product, None, None) for each in term.movements or ()]


def _as_told(term: Term, said: SaidMovement, products: dict[str, Product]) -> Moved:
    move = Move(said.on, products[said.product.lower()].pk, said.kind, said.amount)
    return Moved(term, move, said.reason)


def _lines(said: list[SaidLine], products: dict[str, Product]) -> list[Line]:
    """A product that is said twice with the same figures is one line."""
    lines: dict[int, Line] = {}
    for line in said:
        product = products[line.product.lower()]
        quantity, amount = line.quantity or 1, line.amount or 0
        lines.setdefault(product.pk, Line(product.pk, quantity, amount, product.recurring, line.start, line.until))
    return list(lines.values())


def _name(term: SaidTerm, products: dict[str, Product]) -> str:
    return f"{products[term.lines[0].product.lower()].name} {term.start_on.year}"


def _reason(term: SaidTerm) -> str:
    return str(term.values.get("end_reason") or "")


def _written(book: Book, products: dict[str, Product]) -> Written:
    terms = [*book.terms, *(term for term, _ in book.fresh)]
    moved = terms_history.moves(terms, book.steps)
    return Written(book.account, book.fresh, book.terms, moved, book.was_in, book.decided_by)
