"""Tasks by the thousand: given or dropped in one statement, with an event for each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from django.db import connection

from accounts import timeline
from accounts.actions.errors import named_refusals
from accounts.models import Task
from accounts.tenancy.context import current_tenant_id

IDS = "SELECT nextval(pg_get_serial_sequence('accounts_task', 'id')) FROM generate_series(1, %s)"
GIVE = """
given AS (
    INSERT INTO accounts_task (id, account_id, title, detail, assignee_id, due_on, status, source, outcome,
        outcome_note, snooze_reason, version, created_at, updated_at)
    SELECT id, account_id, title, detail, assignee_id, due_on, 'open', %(source)s, '', '', '', 1, %(at)s, %(at)s
    FROM unnest(%(ids)s::bigint[], %(accounts)s::bigint[], %(titles)s::text[], %(details)s::text[],
        %(assignees)s::bigint[], %(days)s::date[]) AS t(id, account_id, title, detail, assignee_id, due_on)
    RETURNING id, account_id, title, assignee_id, due_on
), told AS (
    SELECT given.id, given.account_id, jsonb_build_object(
        'task_id', given.id, 'title', given.title, 'assignee', coalesce(u.name, 'nobody yet'),
        'assignee_id', given.assignee_id, 'due_on', given.due_on, 'source', %(source)s::text) AS facts
    FROM given LEFT JOIN accounts_user u ON u.id = given.assignee_id
)
"""
DROP = """
dropped AS (
    UPDATE accounts_task SET status = 'dropped', outcome_note = %(reason)s, closed_at = %(at)s, closed_by_id = %(by)s,
        snoozed_until = NULL, snooze_reason = '', version = version + 1, updated_at = now()
    WHERE tenant_id = %(tenant)s AND id = ANY(%(ids)s::bigint[]) AND status = 'open'
    RETURNING id, account_id, title, assignee_id, due_on, source
), told AS (
    SELECT dropped.id, dropped.account_id, jsonb_build_object(
        'task_id', dropped.id, 'title', dropped.title, 'assignee', coalesce(u.name, 'nobody yet'),
        'assignee_id', dropped.assignee_id, 'due_on', dropped.due_on, 'source', dropped.source,
        'note', %(reason)s::text, 'reason', %(reason)s::text) AS facts
    FROM dropped LEFT JOIN accounts_user u ON u.id = dropped.assignee_id
)
"""


class NewTask(NamedTuple):
    account_id: int | None
    title: str
    detail: str
    assignee_id: int | None
    due_on: dt.date


def give(tasks: Sequence[NewTask], *, source: str, at: dt.datetime) -> list[int]:
    """Ids of the new tasks, in the order given; by the system. Titles are already as long as they may be."""
    if not tasks:
        return []
    with connection.cursor() as cursor:
        cursor.execute(IDS, [len(tasks)])
        ids = [row[0] for row in cursor.fetchall()]
    accounts, titles, details, assignees, days = (list(column) for column in zip(*tasks, strict=True))
    values = {
        "ids": ids, "accounts": accounts, "titles": titles, "details": details, "assignees": assignees,
        "days": [day.isoformat() for day in days], "source": source, "at": at,
    }  # fmt: skip
    with named_refusals(Task):
        timeline.record_many("task.created", GIVE, values)
    return ids


def drop(task_ids: Iterable[int], *, reason: str, at: dt.datetime, by_id: int | None = None) -> int:
    """Those of them that are still open; how many there were. The event names nobody but the one who asked."""
    values = {
        "tenant": current_tenant_id(), "ids": sorted(set(task_ids)), "reason": reason.strip(), "at": at, "by": by_id,
    }  # fmt: skip
    return timeline.record_many("task.dropped", DROP, values) if values["ids"] else 0
