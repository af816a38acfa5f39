"""Whether the book still stands as it did when a file was compared with it: then nothing need be compared again."""

from __future__ import annotations

from typing import Any

from accounts.imports.actions.statements import pushes, rows, speaks_of
from accounts.imports.models import Import, Noun

TABLES = ("accounts_account", "accounts_contact", "accounts_contract", "accounts_product")
# These are compared with the day as well.
TIMELY = (Noun.CONTRACT, Noun.NOTE)
SOON = 1_000_000_000  # transactions; of rows older than twice as many, the database can't say any more when they came

NOW = """
SELECT pg_snapshot_xmin(s)::text::bigint, pg_snapshot_xmax(s)::text::bigint FROM (SELECT pg_current_snapshot() AS s) now
"""
# Who was at work when we looked counts as new. What was taken away is missed by its number.
COUNT = "SELECT count(*){news} FROM {table} x WHERE x.tenant_id = %(tenant)s"
NEWS = ", count(*) FILTER (WHERE age(x.xmin) <= age(%(since)s::text::xid8::xid))"


def seen(job: Import) -> dict[str, Any]:
    """To be asked before the first comparison: from when on rows are new, and how many there were."""
    return {"since": _transactions(job)[0], "rows": [_count(job, table)[0] for table in _tables(job)]}


def stands(job: Import, before: dict[str, Any] | None) -> bool:
    """Nothing that this import was compared with came, changed or went since `before`, which `seen` said."""
    if before is None or not 0 <= _transactions(job)[1] - before["since"] <= SOON or speaks_of(job, *TIMELY):
        return False
    now = [_count(job, table, since=before["since"]) for table in _tables(job)]
    return now == [(count, 0) for count in before["rows"]]


def _tables(job: Import) -> tuple[str, ...]:
    return (*TABLES, "accounts_externalvalue") if pushes(job) else TABLES


def _transactions(job: Import) -> tuple[Any, ...]:
    """The oldest one that may still write, and the next."""
    return rows(job, NOW)[0]


def _count(job: Import, table: str, **since: int) -> tuple[Any, ...]:
    return rows(job, COUNT.format(news=NEWS if since else "", table=table), **since)[0]
