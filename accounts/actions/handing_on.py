"""Open tasks handed to somebody else: one statement for one or a thousand, an event for each."""

from __future__ import annotations

from collections.abc import Iterable

from accounts import timeline
from accounts.actions.errors import named_refusals
from accounts.models import Task, User
from accounts.tenancy.context import current_tenant_id

REASSIGN = """
held AS (
    SELECT id, assignee_id FROM accounts_task
    WHERE tenant_id = %(tenant)s AND id = ANY(%(ids)s) AND status = 'open' AND assignee_id IS DISTINCT FROM %(to)s
    ORDER BY id FOR UPDATE
), handed AS (
    UPDATE accounts_task t SET assignee_id = %(to)s, version = t.version + 1, updated_at = now()
    FROM held WHERE t.tenant_id = %(tenant)s AND t.id = held.id
    RETURNING t.id, t.account_id, t.title, held.assignee_id
), told AS (
    SELECT handed.id, handed.account_id, jsonb_build_object(
        'task_id', handed.id, 'title', handed.title, 'before', coalesce(before.name, 'nobody yet'),
        'before_id', before.id, 'after', %(name)s::text, 'after_id', %(to)s::bigint) AS facts
    FROM handed LEFT JOIN accounts_user before ON before.id = handed.assignee_id
)
"""


def reassign(task_ids: Iterable[int], *, assignee: User | None, by: User | None) -> int:
    """Gives these tasks to this person (None: to nobody); how many changed hands. Closed ones stay as they are."""
    values: dict[str, str | int | list[int] | None] = {
        "tenant": current_tenant_id(), "ids": sorted(set(task_ids)),
        "to": assignee.pk if assignee else None, "name": str(assignee) if assignee else "nobody",
    }  # fmt: skip
    with named_refusals(Task):
        return timeline.record_many("task.reassigned", REASSIGN, values, by=by)
