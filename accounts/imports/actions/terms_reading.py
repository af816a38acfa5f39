"""The next accounts of a run, with all that the file says about their contracts, in a handful of queries."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from accounts.imports.models import Import
from accounts.tenancy.context import current_tenant_id

NEXT = """
SELECT a.target_id FROM imports_record a
WHERE a.tenant_id = %(tenant)s AND a.job_id = %(job)s AND a.noun = 'account' AND a.target_id > %(after)s AND EXISTS (
    SELECT 1 FROM imports_record c WHERE c.tenant_id = %(tenant)s AND c.job_id = %(job)s AND c.noun = 'contract'
        AND c.number = a.number AND c.verdict IN ('create', 'change') AND NOT c.done)
GROUP BY a.target_id ORDER BY a.target_id LIMIT %(size)s
"""
# Rows that follow another about the same account go where that one went.
FOLLOWERS = """
UPDATE imports_record a SET target_id = l.target_id FROM imports_record l
WHERE a.tenant_id = %(tenant)s AND a.job_id = %(job)s AND a.noun = 'account' AND a.leader IS NOT NULL
    AND l.tenant_id = %(tenant)s AND l.job_id = %(job)s AND l.noun = 'account' AND l.number = a.leader
    AND a.target_id IS DISTINCT FROM l.target_id
"""
ROWS = """
SELECT c.id, c.number, coalesce(c.leader, c.number), c.verdict, c.target_id, a.target_id, c."values",
    a."values"->>'currency', coalesce(nullif(p."values"->>'name', ''), p."values"->>'code')
FROM imports_record a
JOIN imports_record c ON c.tenant_id = %(tenant)s AND c.job_id = %(job)s AND c.noun = 'contract' AND c.number = a.number
LEFT JOIN imports_record p ON p.tenant_id = %(tenant)s AND p.job_id = %(job)s AND p.noun = 'product'
    AND p.number = a.number
WHERE a.tenant_id = %(tenant)s AND a.job_id = %(job)s AND a.noun = 'account' AND a.target_id = ANY(%(accounts)s)
    AND c.verdict <> 'refused' AND NOT c.done
ORDER BY c.number
"""


@dataclass
class SaidLine:
    record: int
    number: int
    product: str  # as the row names it; empty: not at all
    quantity: int | None
    amount: int | None


@dataclass
class SaidTerm:
    """All rows about one contract; `values` are the first said of each kind."""

    account: int
    contract: int | None
    changed: bool = False
    values: dict[str, Any] = field(default_factory=dict)
    lines: list[SaidLine] = field(default_factory=list)

    def day(self, name: str) -> dt.date | None:
        said = self.values.get(name)
        return dt.date.fromisoformat(said) if said else None

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


def next_accounts(job: Import, after: int, size: int) -> list[int]:
    with connection.cursor() as cursor:
        if not after:
            cursor.execute(FOLLOWERS, _of(job))
        cursor.execute(NEXT, _of(job) | {"after": after, "size": size})
        return [account for (account,) in cursor.fetchall()]


def terms_of(job: Import, accounts: list[int]) -> list[SaidTerm]:
    """What the file says of these accounts, a contract each."""
    with connection.cursor() as cursor:
        cursor.execute(ROWS, _of(job) | {"accounts": accounts})
        return _gather(cursor.fetchall(), job.format.get("currency") or None)


def _gather(rows: Iterable[tuple[Any, ...]], currency: str | None) -> list[SaidTerm]:
    terms: dict[int, SaidTerm] = {}
    for record, number, first, verdict, contract, account, values, of_account, product in rows:
        term, said = terms.setdefault(first, SaidTerm(account, contract)), json.loads(values)
        for name, value in said.items():
            if value not in (None, ""):
                term.values.setdefault(name, value)
        if otherwise := of_account or currency:
            term.values.setdefault("currency", otherwise)
        term.changed = term.changed or verdict == "change"
        word = said.get("product") or product or ""
        term.lines.append(SaidLine(record, number, word, said.get("quantity"), said.get("amount_minor")))
    return list(terms.values())


def _of(job: Import) -> dict[str, Any]:
    return {"tenant": current_tenant_id(), "job": job.pk}


def _year_after(day: dt.date) -> dt.date:
    """As the database counts it: a year after 29 February is 28 February."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return day.replace(year=day.year + 1, day=28)
