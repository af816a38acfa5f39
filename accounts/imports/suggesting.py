"""Which field each column means: as people said before, by its heading, and by what its cells look like."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from accounts.imports.fields import FIELDS, plain
from accounts.imports.reading import Cell
from accounts.imports.values import words
from accounts.imports.values.amounts import amount
from accounts.imports.values.wrong import Wrong

EARLIER, NAMED, LIKE = 0, 1_000, 10_000
MOST_ALIKE = 0.8
NOTE = re.compile(r"\s*\([^)]*\)\s*$")
SECOND = re.compile(r" \(\d+\)$")
# Looks like this type: the fields of an import of any noun that a nameless column may be, the likeliest first.
BY_LOOK: dict[str, tuple[str, ...]] = {
    "email": ("contact.email",),
    "domain": ("account.domain",),
}
# A contract's amount among them: beside other nouns it would want a term as well, and be as likely something else.
BY_LOOK_OF_NOUN: dict[tuple[str, str], tuple[str, ...]] = {
    ("contract", "money"): ("contract.arr",),
    ("contract", "date"): ("contract.signed_on",),
    ("note", "date"): ("note.occurred_at",),
}
# Columns of our own exports that follow from others: nobody agreed on them, so they mean no field by their look.
WORKED_OUT = frozenset({"arr today", "next renewal", "last touch"})
# What CRM exports say of a customer's own size: amounts and numbers, but nothing that was agreed with us.
SIZES = frozenset({"annual revenue", "number of employees", "employees"})
# Columns of a file of refused rows that come in addition.
OF_REFUSALS = re.compile(r"surplus \d+|why it was refused")
DATE = re.compile(r"\d{4}-\d{2}-\d{2}.*|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}.*")
CENTS = re.compile(r".*\d[.,]\d{2}\D*|.*[$€£¥].*")


class Claim(NamedTuple):
    """A column that could mean a field; the lowest weight is heard first."""

    weight: int
    column: int
    path: str


def suggest(
    noun: str,
    headings: Sequence[str],
    sample: Sequence[Sequence[Cell]],
    fields: Mapping[str, object],
    earlier: Mapping[str, str],
) -> dict[int, str]:
    """Column to path. `fields`: every path there is, with its label; `earlier`: heading to path, as mapped before."""
    names = _names(noun, fields)
    claims: list[Claim] = []
    said = {plain(heading): path for heading, path in earlier.items()}
    for column, heading in enumerate(headings):
        before = earlier.get(heading) or said.get(plain(heading))
        if before in fields:
            claims.append(Claim(EARLIER, column, str(before)))
        for place, name in enumerate(_readings(heading)):
            claims += [Claim(NAMED + 100 * place + weight, column, path) for weight, path in names.get(name, ())]
    found = _settle(claims)
    look = [claim for claim in _looks(noun, headings, sample, fields) if claim.column not in found]
    return _without_rivals(_settle(look, found), noun)


def _names(noun: str, fields: Mapping[str, object]) -> dict[str, list[tuple[int, str]]]:
    """Each name with the paths that it may mean, weighed: what this noun calls so goes before what others do."""
    names: dict[str, list[tuple[int, str]]] = {}
    for path, label in fields.items():
        field = FIELDS.get(path)
        if field is None:
            known = (str(label), path.rpartition(".")[2])
            ranked = [(place, plain(name)) for place, name in enumerate(known)]
        else:
            own = field.own if field.noun == noun else ()
            ranked = [(place, name) for place, name in enumerate((plain(field.label), *field.synonyms))]
            ranked += [(10 + place, name) for place, name in enumerate(own)]
        other = 50 if field is not None and field.noun != noun else 0
        for weight, name in ranked:
            names.setdefault(name, []).append((other + weight, path))
    return names


def _readings(heading: str) -> Iterator[str]:
    """The heading as it stands, and without what programs put behind it: a number, a note in brackets."""
    bare = SECOND.sub("", heading)
    seen = dict.fromkeys((plain(heading), plain(bare), plain(NOTE.sub("", bare))))
    yield from (name for name in seen if name)


def _settle(claims: Sequence[Claim], settled: Mapping[int, str] | None = None) -> dict[int, str]:
    """Each column one field and each field one column: the strongest claim first."""
    found = dict(settled or {})
    taken = set(found.values())
    for claim in sorted(claims):
        if claim.column not in found and claim.path not in taken:
            found[claim.column] = claim.path
            taken.add(claim.path)
    return found


def _without_rivals(found: dict[int, str], noun: str) -> dict[int, str]:
    """A full name makes its halves needless; the halves of a name aren't the name of anybody alone."""
    paths = {path: column for column, path in found.items()}
    if "contact.name" in paths and ("contact.first_name" in paths or "contact.last_name" in paths):
        needless = ["contact.name"] if {"contact.first_name", "contact.last_name"} <= set(paths) else []
        needless = needless or [path for path in ("contact.first_name", "contact.last_name") if path in paths]
        for path in needless:
            del found[paths[path]]
    return dict(sorted(found.items()))


def _looks(
    noun: str, headings: Sequence[str], sample: Sequence[Sequence[Cell]], fields: Mapping[str, object]
) -> Iterator[Claim]:
    for column, heading in enumerate(headings):
        if not {*_readings(heading)}.isdisjoint(WORKED_OUT | SIZES) or OF_REFUSALS.match(plain(heading)):
            continue
        cells = [row[column] for row in sample if column < len(row)]
        texts = [str(cell).strip() for cell in cells if cell is not None and str(cell).strip()]
        kind = _kind(texts) if len(texts) >= 2 else ""
        paths = BY_LOOK_OF_NOUN.get((noun, kind)) or BY_LOOK.get(kind, ())
        yield from (Claim(LIKE + place, column, path) for place, path in enumerate(paths) if path in fields)


def _kind(texts: Sequence[str]) -> str:
    """What nearly all of the cells look like; empty: nothing in particular."""
    for kind, test in _TESTS.items():
        if sum(test(text) for text in texts) >= MOST_ALIKE * len(texts):
            return kind
    return ""


def _reads(read: Callable[[str], object]) -> Callable[[str], bool]:
    def reads(text: str) -> bool:
        try:
            read(text[:320])
        except Wrong:
            return False
        return True

    return reads


def _is_money(text: str) -> bool:
    """With cents or a sign: a bare figure could be anything."""
    return bool(CENTS.fullmatch(text)) and (_with_point(text) or _with_comma(text))


_with_point = _reads(lambda text: amount(text, "."))
_with_comma = _reads(lambda text: amount(text, ","))
_TESTS: dict[str, Callable[[str], bool]] = {
    "email": _reads(words.email),
    "date": lambda text: bool(DATE.fullmatch(text)),
    "domain": _reads(words.domain),
    "money": _is_money,
}
