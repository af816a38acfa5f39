"""The next accounts of a run, with all that the file says about their contracts, in a handful of queries."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass, field
from typing import Any

from accounts.imports.actions.statements import rows, run
from accounts.imports.models import Import

# Rows of the accounts in the order of these. Nothing is joined: about records of this minute the planner knows nothing,
# and a wrong guess would read them all for each.
PLACES = """
SELECT target_id, number FROM imports_record
WHERE tenant_id = %(tenant)s AND job_id = %(job)s AND noun = 'account' AND target_id >= %(account)s
    AND (target_id > %(account)s OR number > %(number)s)
ORDER BY target_id, number LIMIT %(page)s
"""
SAID_THERE = """
SELECT number FROM imports_record
WHERE tenant_id = %(tenant)s AND job_id = %(job)s AND noun = 'contract' AND number = ANY(%(numbers)s) AND {}
"""
TO_WRITE = "verdict IN ('create', 'change') AND NOT done"
# Rows that follow another about the same account go where that one went.
FOLLOWERS = """
UPDATE imports_record a SET target_id = l.target_id FROM imports_record l
WHERE a.tenant_id = %(tenant)s AND a.job_id = %(job)s AND a.noun = 'account' AND a.leader IS NOT NULL
    AND l.tenant_id = %(tenant)s AND l.job_id = %(job)s AND l.noun = 'account' AND l.number = a.leader
    AND l.target_id IS NOT NULL AND a.target_id IS DISTINCT FROM l.target_id
"""
# While rows were written some were refused: without one of its lines a contract would be another.
TOGETHER = """
UPDATE imports_record r SET verdict = 'refused', errors = r.errors || jsonb_build_object('step', 'write', 'column', '',
    'message', format('Row %%s of the same contract was refused.', bad.number))
FROM (
    SELECT coalesce(leader, number) AS first, min(number) AS number FROM imports_record
    WHERE tenant_id = %(tenant)s AND job_id = %(job)s AND noun = 'contract' AND verdict = 'refused' GROUP BY 1
) bad
WHERE r.tenant_id = %(tenant)s AND r.job_id = %(job)s AND r.noun = 'contract' AND r.verdict <> 'refused'
    AND NOT r.done AND coalesce(r.leader, r.number) = bad.first
"""
LEFT_OVER = """
UPDATE imports_record r SET verdict = 'refused', errors = r.errors
    || '{"step": "write", "column": "", "message": "The account of this row was refused."}'::jsonb
WHERE r.tenant_id = %(tenant)s AND r.job_id = %(job)s AND r.noun = 'contract' AND r.verdict IN ('create', 'change')
    AND NOT r.done
"""
ACCOUNTS = """
SELECT number, target_id, "values"->>'currency' FROM imports_record
WHERE tenant_id = %(tenant)s AND job_id = %(job)s AND noun = 'account' AND target_id BETWEEN %(first)s AND %(last)s
ORDER BY target_id, number
"""
CONTRACTS = """
SELECT id, number, coalesce(leader, number), verdict, target_id, "values" FROM imports_record
WHERE tenant_id = %(tenant)s AND job_id = %(job)s AND noun = 'contract' AND number = ANY(%(numbers)s)
    AND verdict <> 'refused' AND NOT done
ORDER BY number
"""
PRODUCTS = """
SELECT number, coalesce(nullif("values"->>'name', ''), "values"->>'code') FROM imports_record
WHERE tenant_id = %(tenant)s AND job_id = %(job)s AND noun = 'product' AND number = ANY(%(numbers)s)
"""
PAGE = 5_000


@dataclass
class SaidLine:
    record: int
    number: int
    product: str  # as the row names it; empty: not at all
    quantity: int | None
    amount: int | None
    start: dt.date | None = None
    until: dt.date | None = None


@dataclass
class SaidMovement:
    on: dt.date
    kind: str
    amount: int
    product: str
    reason: str


@dataclass
class SaidTerm:
    """All rows about one contract; `values` are the first said of each kind."""

    account: int
    contract: int | None
    changed: bool = False
    values: dict[str, Any] = field(default_factory=dict)
    lines: list[SaidLine] = field(default_factory=list)

    def hear(self, said: dict[str, Any], currency: str | None) -> None:
        """What a row says of the contract as a whole, where no earlier one did."""
        for name, value in said.items():
            if value not in (None, ""):
                self.values.setdefault(name, value)
        if currency:
            self.values.setdefault("currency", currency)

    def day(self, name: str) -> dt.date | None:
        said = self.values.get(name)
        return dt.date.fromisoformat(said) if said else None

    @property
    def movements(self) -> list[SaidMovement] | None:
        """Its history as the file tells it; None where it doesn't."""
        said = self.values.get("movements")
        return None if said is None else [SaidMovement(dt.date.fromisoformat(on), *rest) for on, *rest in said]

    @property
    def records(self) -> list[int]:
        return [line.record for line in self.lines]

    @property
    def start_on(self) -> dt.date:
        day = self.day("start_on")
        assert day is not None
        return day

    @property
    def end_on(self) -> dt.date:
        return self.day("end_on") or _year_after(self.start_on)

    @property
    def ended_on(self) -> dt.date | None:
        """A reason without a day: it ended when the term was over."""
        return self.day("ended_on") or (self.end_on if self.values.get("end_reason") else None)


def prepare(job: Import) -> None:
    """Once, before the first accounts: all rows know where they go, and contracts stand whole or not at all."""
    run(job, "SET LOCAL enable_nestloop = off")
    run(job, FOLLOWERS)
    run(job, TOGETHER)
    run(job, "SET LOCAL enable_nestloop = on")


def refuse_left_over(job: Import) -> None:
    """Once, after the last accounts: what had none to go to."""
    run(job, LEFT_OVER)


def next_accounts(job: Import, after: int, size: int, wanted: str = TO_WRITE) -> list[int]:
    """The next accounts by id that have records of contracts for which the condition holds."""
    found: dict[int, None] = {}
    place = (after + 1, 0)
    while len(found) < size:
        page = rows(job, PLACES, account=place[0], number=place[1], page=PAGE)
        if not page:
            break
        there = {n for (n,) in rows(job, SAID_THERE.format(wanted), numbers=[number for _, number in page])}
        found |= dict.fromkeys(account for account, number in page if number in there)
        place = page[-1]
    return list(found)[:size]


def places_of(job: Import, accounts: list[int]) -> dict[int, tuple[int, str | None]]:
    """By row number: which of these accounts it is about, and the currency that it says for that."""
    wanted = set(accounts)
    found = rows(job, ACCOUNTS, first=accounts[0], last=accounts[-1])
    return {number: (account, currency) for number, account, currency in found if account in wanted}


def terms_of(job: Import, accounts: list[int]) -> list[SaidTerm]:
    """What the file says of these accounts, a contract each."""
    places = places_of(job, accounts)
    products = dict(rows(job, PRODUCTS, numbers=list(places)))
    otherwise = job.format.get("currency") or None
    terms: dict[int, SaidTerm] = {}
    for record, number, first, verdict, contract, values in rows(job, CONTRACTS, numbers=list(places)):
        account, currency = places[number]
        term, said = terms.setdefault(first, SaidTerm(account, contract)), json.loads(values)
        term.hear(said, currency or otherwise)
        term.changed = term.changed or verdict == "change"
        word = said.get("product") or products.get(number) or ""
        start, until = (said.get(name) and dt.date.fromisoformat(said[name]) for name in ("line_from", "line_until"))
        line = SaidLine(record, number, word, said.get("quantity"), said.get("amount_minor"), start, until)
        term.lines.append(line)
    return list(terms.values())


def _year_after(day: dt.date) -> dt.date:
    """As the database counts it: a year after 29 February is 28 February."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return day.replace(year=day.year + 1, day=28)
