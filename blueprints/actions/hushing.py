"""Mails that are due in the quiet hours of their play: whatever made them late, they leave when those are over."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import connection

from accounts.models import Tenant
from accounts.tenancy.context import current_tenant_id
from blueprints import guards
from blueprints.actions import turns
from blueprints.models import PlayVersion

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


def ends() -> dict[int, dt.datetime]:
    """By wording, where it is quiet now, whatever waits: when that is over."""
    tenant = Tenant.objects.get(pk=current_tenant_id())
    here, found = turns.clock().astimezone(tenant.zone), {}
    for version in PlayVersion.objects.filter(guards__has_key="quiet"):
        quiet = guards.parse(version.guards).quiet
        if quiet and (until := quiet.ends(here, tenant.country)):
            found[version.pk] = until
    return found


def put_off(quiet: Mapping[int, dt.datetime]) -> int:
    """How many mails of these wordings wait longer. In the hands of the claim that follows."""
    if not quiet:
        return 0
    params: dict[str, Any] = {
        "tenant": current_tenant_id(), "versions": list(quiet), "ends": list(quiet.values()),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(PUT_OFF, params)
        return cursor.rowcount
