"""How one import's records are spoken to in SQL: the tenant always said, what differs found key by key."""

from __future__ import annotations

import json
from typing import Any

from django.db import connection

from accounts.imports.models import Import
from accounts.tenancy.context import current_tenant_id

# What names a thing. A row that is about something else only points with it and doesn't rename what it points at.
IDENTITY = {
    "product": ("name", "code"),
    "account": ("name", "domain", "external_id"),
    "contact": ("name", "email", "external_id"),
}

# A condition on imports_record {r}: this import's records of {noun}, under both keys of its index.
OURS = "{r}.tenant_id = %(tenant)s AND {r}.job_id = %(job)s AND {r}.noun = '{noun}'"

# The columns of {was} that {says} has another value for, as they were; null: none. Own fields are told one by one.
DIFFERENCE = """nullif(
    coalesce((SELECT jsonb_object_agg(e.key, {was} -> e.key) FROM jsonb_each({says} - '{{custom,facts}}'::text[]) e
        WHERE {was} ? e.key AND {was} -> e.key IS DISTINCT FROM e.value), '{{}}')
    || coalesce((SELECT jsonb_build_object('custom', jsonb_object_agg(e.key, {was} -> 'custom' -> e.key))
        FROM jsonb_each({says} -> 'custom') e
        WHERE coalesce({was} -> 'custom' -> e.key, 'null') IS DISTINCT FROM e.value HAVING count(*) > 0), '{{}}')
    || coalesce((SELECT jsonb_build_object('facts', jsonb_object_agg(e.key, {was} -> 'facts' -> e.key))
        FROM jsonb_each({says} -> 'facts') e
        WHERE coalesce({was} -> 'facts' -> e.key, 'null') IS DISTINCT FROM e.value HAVING count(*) > 0), '{{}}'),
    '{{}}')"""

# What other systems said of account {x}, by key, and the days that they saw it on.
PUSHED = """ || (SELECT jsonb_build_object('facts', coalesce(jsonb_object_agg(f.key, v.value), '{{}}'),
        'facts_on', coalesce(jsonb_object_agg(f.key, v.observed_on), '{{}}'))
    FROM accounts_externalvalue v JOIN accounts_externalfact f ON f.tenant_id = %(tenant)s AND f.id = v.fact_id
    WHERE v.tenant_id = %(tenant)s AND v.account_id = {x}.id)"""


def ours(r: str, noun: str) -> str:
    return OURS.format(r=r, noun=noun)


def difference(was: str, says: str) -> str:
    return DIFFERENCE.format(was=was, says=says)


def standing(job: Import, noun: str, x: str = "x") -> str:
    """What is there of a thing as JSON; of accounts the external facts too, where the file has a column of any."""
    return f"to_jsonb({x})" + (PUSHED.format(x=x) if noun == "account" and pushes(job) else "")


def pushes(job: Import) -> bool:
    """Some column says an external fact."""
    return any(path.startswith("fact.") for path in job.columns.values())


def spoken(job: Import, noun: str, values: str) -> str:
    """The part of a record's values that may change the thing."""
    if job.noun == noun:
        return values
    return f"({values} - '{{{','.join(IDENTITY[noun])}}}'::text[])"


def run(job: Import, sql: str, **values: Any) -> int:
    """How many rows the statement wrote."""
    with connection.cursor() as cursor:
        cursor.execute(opaque(sql), _with_ids(job, values))
        return cursor.rowcount


def rows(job: Import, sql: str, **values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(opaque(sql), _with_ids(job, values))
        return cursor.fetchall()


def opaque(sql: str) -> str:
    """Says the tenant so that the planner takes it for one like any other.

    Of a tenant that came since the last ANALYZE it would expect one row: it would rather walk through all of them for
    each row of the file than ask an index.
    """
    return sql.replace("tenant_id = %(tenant)s", "tenant_id = (SELECT %(tenant)s::bigint)")


def headings(job: Import) -> str:
    """Path to heading as the file has it, as JSON: errors name columns as people see them."""
    named = {path: job.headings[int(n)] for n, path in job.columns.items() if int(n) < len(job.headings)}
    return json.dumps(named)


def speaks_of(job: Import, *nouns: str) -> bool:
    """Some of its records do."""
    return any(rows(job, f"SELECT 1 FROM imports_record r WHERE {ours('r', noun)} LIMIT 1") for noun in nouns)


def maps(job: Import, path: str) -> bool:
    return path in job.columns.values()


def _with_ids(job: Import, values: dict[str, Any]) -> dict[str, Any]:
    return {"tenant": current_tenant_id(), "job": job.pk, "by": job.created_by_id, **values}
