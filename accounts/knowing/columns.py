"""Facts as columns: one jsonb of names and values, unfolded once for a row into what conditions and scores ask for."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

from accounts.registry import Fact

LONGEST = 63  # bytes of a name in PostgreSQL: what is longer would be cut, and then meet no fact


def quoted(name: str) -> str:
    """A fact's name as a column; names come from registries and keys, and are quoted all the same."""
    return _said(_short(name), '"')


def _short(name: str) -> str:
    if len(name.encode()) <= LONGEST:
        return name
    return name.encode()[:40].decode(errors="ignore") + "~" + hashlib.sha256(name.encode()).hexdigest()[:16]


def _said(name: str, mark: str) -> str:
    """Between these marks, in a statement that takes parameters."""
    return mark + name.replace(mark, mark * 2).replace("%", "%%") + mark


def record(facts: Iterable[Fact], *, of: str, alias: str = "f") -> str:
    """`jsonb_to_record` over the jsonb `of`, with a typed column for each fact and each day of freshness."""
    wanted = list(facts)
    columns = {fact.name: fact.type.sql for fact in wanted} | {
        f"@{fact.dated_by}": "date" for fact in wanted if fact.dated_by
    }
    listed = ", ".join(f"{quoted(name)} {kind}" for name, kind in columns.items()) or '"-" text'
    renamed = [(_said(_short(name), "'"), _said(name, "'")) for name in columns if _short(name) != name]
    added = "".join(f" || jsonb_build_object({short}, {of} -> {name})" for short, name in renamed)
    return f"jsonb_to_record({of}{added}) AS {alias}({listed})"


def fresh(fact: Fact, *, today: str, alias: str = "f", days: int | None = None) -> str:
    """The fact's value as SQL; NULL where it is older than its freshness, or than `days` where that is stricter.

    `today` is SQL of type date.
    """
    column = f"{alias}.{quoted(fact.name)}"
    limits = [limit for limit in (fact.fresh_days, days) if limit is not None]
    if not fact.dated_by or not limits:
        return column
    return f"(CASE WHEN {alias}.{quoted('@' + fact.dated_by)} + {min(limits)} >= {today} THEN {column} END)"


def bigints(ids: Iterable[int]) -> str:
    """Thousands of ids as one literal for ::bigint[], read at once; ARRAY[1, 2, …] is taken apart number by number."""
    return f"{{{','.join(map(str, ids))}}}"


def needed(names: Iterable[str], known: Mapping[str, Fact]) -> list[Fact]:
    """The facts of these names, each once; a name that nobody knows any more is a KeyError."""
    return [known[name] for name in dict.fromkeys(names)]
