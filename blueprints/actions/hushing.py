"""Mails that are due in the quiet hours of their play: whatever made them late, they leave when those are over."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import connection

from accounts.models import Tenant
from accounts.tenancy.context import current_tenant_id
from blueprints import guards
from blueprints.actions import turns
from blueprints.models import PlayVersion

# Also those that come due while the claim that follows is made.
SPEAKING = """
SELECT DISTINCT r.version_id FROM blueprints_delivery d
JOIN blueprints_run r ON r.tenant_id = d.tenant_id AND r.id = d.run_id
WHERE d.tenant_id = %(tenant)s AND d.endpoint_id IS NULL AND d.state IN ('waiting', 'sending')
    AND d.due_at <= %(at)s + interval '1 minute'
"""
# In one order, as an end of runs locks them. One that is on its way now keeps its lease.
PUT_OFF = """
WITH held AS MATERIALIZED (
    SELECT d.id, q.until FROM blueprints_delivery d
    JOIN blueprints_run r ON r.tenant_id = d.tenant_id AND r.id = d.run_id
    JOIN unnest(%(versions)s::bigint[], %(ends)s::timestamptz[]) q(version_id, until) ON q.version_id = r.version_id
    WHERE d.tenant_id = %(tenant)s AND d.endpoint_id IS NULL AND d.state IN ('waiting', 'sending')
        AND d.due_at < q.until
    ORDER BY d.id FOR NO KEY UPDATE OF d
)
UPDATE blueprints_delivery d SET due_at = h.until FROM held h WHERE d.tenant_id = %(tenant)s AND d.id = h.id
"""


def put_off() -> int:
    """How many mails wait longer; a handful of statements, whatever waits. In the hands of the claim that follows."""
    at, tenant = turns.clock(), Tenant.objects.get(pk=current_tenant_id())
    with connection.cursor() as cursor:
        cursor.execute(SPEAKING, {"tenant": tenant.pk, "at": at})
        versions = [row[0] for row in cursor.fetchall()]
    ends = _ends(versions, tenant, at) if versions else {}
    if not ends:
        return 0
    params: dict[str, Any] = {"tenant": tenant.pk, "versions": list(ends), "ends": list(ends.values())}
    with connection.cursor() as cursor:
        cursor.execute(PUT_OFF, params)
        return cursor.rowcount


def _ends(versions: list[int], tenant: Tenant, at: dt.datetime) -> dict[int, dt.datetime]:
    """By wording, where it is quiet now."""
    here, found = at.astimezone(tenant.zone), {}
    for version in PlayVersion.objects.filter(pk__in=versions, guards__has_key="quiet"):
        quiet = guards.parse(version.guards).quiet
        if quiet and (until := quiet.ends(here, tenant.country)):
            found[version.pk] = until
    return found
