"""What was agreed when, and by whom: the words of a version are filtered in SQL, item by item."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from django.db import connection

from accounts.models import Tenant
from accounts.tenancy.context import current_tenant_id
from journeys.plans.models import Agreement, Plan, PlanVersion, SharedLink
from journeys.plans.models.plan import READABLE
from journeys.plans.reader.shapes import Agreed, Version

ITEMS = """
SELECT item ->> 'noun', coalesce(item ->> 'title', item ->> 'text', ''), coalesce(item ->> 'due_on', ''),
       coalesce(item ->> 'metric', ''), coalesce(item ->> 'unit', ''),
       coalesce(item ->> 'baseline', ''), coalesce(item ->> 'target', '')
FROM plans_planversion v CROSS JOIN LATERAL jsonb_array_elements(v.items) WITH ORDINALITY AS each (item, place)
WHERE v.tenant_id = %s AND v.plan_id = %s AND v.number = %s
  AND item ->> 'audience' = ANY (%s) AND (item ->> 'about') IS DISTINCT FROM %s
  AND CASE item ->> 'noun'
    WHEN 'objective' THEN EXISTS (
      SELECT FROM plans_objective o
      WHERE o.tenant_id = v.tenant_id AND o.id = (item ->> 'id')::bigint AND o.audience = ANY (%s))
    WHEN 'step' THEN EXISTS (
      SELECT FROM plans_step s
      WHERE s.tenant_id = v.tenant_id AND s.id = (item ->> 'id')::bigint AND s.audience = ANY (%s))
    WHEN 'topic' THEN EXISTS (
      SELECT FROM plans_topic t
      WHERE t.tenant_id = v.tenant_id AND t.id = (item ->> 'id')::bigint AND t.audience = ANY (%s)
        AND t.about_id IS DISTINCT FROM %s)
    ELSE false END
ORDER BY place
"""


@dataclass(frozen=True)
class AgreedItem:
    noun: str
    title: str
    due_on: dt.date | None
    metric: str
    unit: str
    baseline: str
    target: str


def agreed_items(link: SharedLink, number: int) -> tuple[AgreedItem, ...]:
    """The items of this version as they stood then: those that the link's holder might read then and may read now."""
    audiences = [str(audience) for audience in READABLE[link.reads]]
    with connection.cursor() as cursor:
        cursor.execute(ITEMS, [current_tenant_id(), link.plan_id, number, audiences, str(link.contact_id),
                               audiences, audiences, audiences, link.contact_id])  # fmt: skip
        return tuple(AgreedItem(noun, title, _day(due), *rest) for noun, title, due, *rest in cursor.fetchall())


def versions(plan: Plan, contact_id: int, tenant: Tenant) -> tuple[Version, ...]:
    """Newest first, each with who said yes. Our notes about them are ours."""
    said: dict[int, list[Agreed]] = defaultdict(list)
    mine = set()
    columns = ("plan_version_id", "name", "user_id", "contact_id", "agreed_at")
    for row in Agreement.objects.filter(plan_version__plan=plan).order_by("agreed_at", "id").values(*columns):
        on = row["agreed_at"].astimezone(tenant.zone).date()
        said[row["plan_version_id"]].append(Agreed(row["name"], row["user_id"] is not None, on))
        if row["contact_id"] == contact_id:
            mine.add(row["plan_version_id"])
    rows = PlanVersion.objects.filter(plan=plan).order_by("-number").values("id", "number", "made_at")
    return tuple(
        Version(row["number"], row["made_at"].astimezone(tenant.zone).date(), tuple(said[row["id"]]), row["id"] in mine)
        for row in rows
    )


def _day(text: str) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None
