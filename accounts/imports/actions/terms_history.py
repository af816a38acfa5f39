"""An account's terms in order: which renews which, which just ended, and what all of it meant for recurring revenue."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice

from accounts import ledger
from accounts.ledger import GRACE, Move, Span, Step

NOT_RENEWED = "Not renewed"
MOST_CANDIDATES = 50
DAY = dt.timedelta(days=1)


@dataclass
class Line:
    product: int
    quantity: int
    amount: int
    recurring: bool = True
    start_on: dt.date | None = None  # None: as long as the term
    end_on: dt.date | None = None


@dataclass(eq=False)
class Term:
    """One contract, of the book (`fresh` false) or of the file. `ended_on` and `end_reason`: as they are said."""

    id: int
    name: str
    start_on: dt.date
    end_on: dt.date
    lines: list[Line]
    fresh: bool = True
    ended_on: dt.date | None = None
    end_reason: str = ""
    renews: Term | None = None
    renewed_by: Term | None = None
    external_id: str | None = None
    # What the file tells of its past, which is taken at its word: all it moved, and which it renews.
    told: list[Moved] | None = None
    says_renews: str = ""

    @property
    def over(self) -> dt.date:
        """When it stops by itself: a bare end before the term's end is when it was replaced."""
        return min(self.ended_on or self.end_on, self.end_on)

    @property
    def final(self) -> bool:
        """Ended for good: so the book says, or the file gives a reason."""
        return self.ended_on is not None and (not self.fresh or bool(self.end_reason))


@dataclass
class Moved:
    """A movement of one term, with why it ended where it did."""

    term: Term
    move: Move
    reason: str = ""


@dataclass
class _Shelf:
    """The terms that have one product, by their start."""

    terms: list[Term] = field(default_factory=list)
    starts: list[dt.date] = field(default_factory=list)

    def between(self, first: dt.date, last: dt.date) -> Iterable[Term]:
        low, high = bisect_left(self.starts, first), bisect_left(self.starts, last)
        return islice(self.terms, low, min(high, low + MOST_CANDIDATES))


def link(terms: Sequence[Term], *, today: dt.date, close: bool) -> None:
    """Says of each term what became of it. `close`: a past term that nothing follows ended when it was over."""
    ordered = sorted(terms, key=lambda term: (term.start_on, term.end_on, term.id))
    shelves: dict[int, _Shelf] = defaultdict(_Shelf)
    _as_told(ordered)
    for term in (term for term in ordered if term.told is None):
        for line in term.lines:
            shelves[line.product].terms.append(term)
            shelves[line.product].starts.append(term.start_on)
    for term in ordered:
        if term.told is not None or term.final or term.renewed_by is not None:
            continue
        _follow_up(term, shelves)
        silent = term.fresh and term.renewed_by is None and term.ended_on is None
        if silent and close and term.end_on < today:
            term.ended_on = term.end_on
        if term.fresh and term.renewed_by is None and term.ended_on and not term.end_reason:
            term.end_reason = NOT_RENEWED


def _as_told(ordered: Sequence[Term]) -> None:
    """By external id, or by name and first day, as `named` says them."""
    by_name: dict[str, list[Term]] = defaultdict(list)
    for term in ordered:
        by_name[named(term.external_id, term.name, term.start_on)].append(term)
    for term in ordered:
        if term.told is None or not term.says_renews:
            continue
        found = (each for each in by_name[term.says_renews] if each.start_on < term.start_on and not each.renewed_by)
        if (before := next(found, None)) is not None:
            term.renews, before.renewed_by = before, term


def named(external_id: str | None, name: str, start_on: dt.date) -> str:
    """How a contract is called where another says that it renews it."""
    return external_id or f"{name} from {start_on}"


def _follow_up(term: Term, shelves: dict[int, _Shelf]) -> None:
    """Renewed by the next term with a product in common, if that starts about when this one is over."""
    soon = term.over + GRACE + DAY
    following = _best(term, shelves, term.over, soon) or _early(term, shelves)
    if following is None:
        later = _first(term, shelves, soon)
        if later is not None and (later.fresh or term.fresh):
            _paused(term, later)
    elif not (term.fresh or following.fresh):
        return  # both are the book's: whether one renews the other is for people to say
    elif following.renews is None:
        following.renews, term.renewed_by = term, following
        term.ended_on = None
    elif term.fresh:
        term.ended_on = max(term.over, following.start_on)
        term.end_reason = f"Continued in {following.name}"[:200]


def _paused(term: Term, later: Term) -> None:
    """Back after a long pause: the file's own term just ended; the book's is renewed late, which the ledger tells."""
    if term.fresh:
        term.ended_on = term.ended_on or term.end_on
    elif later.renews is None:
        later.renews, term.renewed_by = term, later


def _early(term: Term, shelves: dict[int, _Shelf]) -> Term | None:
    """Renewed a little before it was over."""
    window = min(GRACE, (term.over - term.start_on) / 2)
    return _best(term, shelves, max(term.over - window, term.start_on + DAY), term.over)


def _best(term: Term, shelves: dict[int, _Shelf], first: dt.date, last: dt.date) -> Term | None:
    """Not another's renewal already, of the same name, with most in common, soonest."""
    common: dict[Term, int] = defaultdict(int)
    for line in term.lines:
        for other in shelves[line.product].between(first, last):
            if other is not term:
                common[other] += 1
    if not common:
        return None
    return min(
        common,
        key=lambda other: (
            other.renews is not None,
            other.fresh and not term.fresh,
            other.name != term.name,
            -common[other],
            other.start_on,
            other.id,
        ),
    )


def _first(term: Term, shelves: dict[int, _Shelf], after: dt.date) -> Term | None:
    """The next of all that share a product."""
    nexts = [next(iter(shelves[line.product].between(after, dt.date.max)), None) for line in term.lines]
    return min((each for each in nexts if each), key=lambda each: (each.start_on, each.fresh, each.id), default=None)


def moves(terms: Sequence[Term], written: dict[int, list[Step]]) -> list[Moved]:
    """What the fresh terms move, given what was `written` of each contract of the account so far.

    Where the file tells of it, that and what is still missing to what was agreed.
    """
    told: list[Moved] = []
    book = [step for steps in written.values() for step in steps]
    roots: dict[Term, Term] = {}
    stands: dict[Term, list[Step]] = defaultdict(list)
    own: dict[Term, list[Step]] = defaultdict(list)
    added: dict[Term, list[tuple[Term, Step]]] = defaultdict(list)
    for term in sorted(terms, key=lambda term: (term.start_on, term.id)):
        root = roots[term] = term if term.renews is None else roots[term.renews]
        if not term.fresh:
            stands[root] += written.get(term.id, [])
            own[root] += written.get(term.id, [])
            continue
        since = _begins(term)
        if term.told is not None:
            steps = [Step(each.move.on, each.move.product, each.move.amount) for each in term.told]
            stands[root] += steps
            own[root] += steps
            book += steps
            told += term.told
            since = max([since, *(step.on for step in steps)])
        more = ledger.difference(stands[root], ledger.steps_of(_spans(term), since), since)
        stands[root] = ledger.difference([], [*stands[root], *more], since)
        added[root] += [(term, step) for step in more]
    return told + _named(added, own, book)


def _named(added: dict[Term, list[tuple[Term, Step]]], own: dict[Term, list[Step]], book: list[Step]) -> list[Moved]:
    """In one go where the book knows nothing of the agreement yet, so that all days stand in their order."""
    known = [root for root in added if own[root]]
    of_known = [step for root in known for _, step in added[root]]
    of_others = [pair for root in added if not own[root] for pair in added[root]]
    told = _tell(book + of_known, [], of_others)
    for root in known:
        beside = [step for other in known if other is not root for _, step in added[other]]
        told += _tell([*book, *(step for _, step in of_others), *beside], own[root], added[root])
    return told


def _tell(account: list[Step], own: list[Step], added: list[tuple[Term, Step]]) -> list[Moved]:
    ordered = sorted(added, key=lambda pair: pair[1].on)
    named = ledger.moves(account, own, [step for _, step in ordered])
    return [
        Moved(term, move, term.end_reason if move.on == term.ended_on and move.amount < 0 else "")
        for (term, _), move in zip(ordered, named, strict=True)
    ]


def _begins(term: Term) -> dt.date:
    """As revenue.begins: from its start, or from the end of the one it renews where the pause was long."""
    before = term.renews
    if before is not None and term.start_on > before.end_on + GRACE:
        return before.end_on
    return term.start_on


def _spans(term: Term) -> Iterable[Span]:
    """Until told otherwise, or until the book's own term, signed already, takes over."""
    end = term.ended_on
    if end is None and term.renewed_by is not None and not term.renewed_by.fresh:
        end = term.renewed_by.start_on
    for line in term.lines:
        if line.recurring and line.amount:
            ends = [day for day in (end, line.end_on) if day and (day is end or day < term.end_on)]
            yield Span(line.product, line.amount, line.start_on or term.start_on, min(ends, default=None))
