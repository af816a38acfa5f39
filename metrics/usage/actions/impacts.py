"""Whether usage shows a First Impact: its event, often enough, by enough people, since the commitment. Said once."""

from __future__ import annotations

from django.db import connection

from accounts import timeline
from accounts.calendar import local_midnight
from accounts.models import Event, Tenant
from journeys.onboarding.models import FirstImpact

FIRST_IMPACT = "first_impact"
MET = "usage.criterion_met"
SEEN = """
SELECT count(*), count(DISTINCT nullif(person, '')) FROM usage_event
WHERE tenant_id = %s AND account_id = %s AND occurred_at >= %s AND name = %s AND type <> 'point'
"""


def look(tenant: Tenant, accounts: set[int] | None) -> int:
    """The open First Impacts of these accounts, or of all; how many were met just now."""
    waiting = FirstImpact.objects.open().exclude(event="")
    if accounts is not None:
        waiting = waiting.filter(account_id__in=accounts)
    return sum(_say_once(tenant, pk) for pk in waiting.order_by("pk").values_list("pk", flat=True))


def _say_once(tenant: Tenant, pk: int) -> bool:
    """Whoever holds the row decides; who comes after them finds the event."""
    row = FirstImpact.objects.select_for_update(of=("self",), no_key=True).select_related("account").filter(pk=pk)
    impact = row.first()
    if (
        impact is None
        or Event.objects.filter(kind=MET, account_id=impact.account_id, facts__first_impact_id=pk).exists()
    ):
        return False
    since = local_midnight(tenant, impact.committed_on)
    with connection.cursor() as cursor:
        cursor.execute(SEEN, [tenant.pk, impact.account_id, since, impact.event])
        times, users = cursor.fetchone()
    if times < impact.times or users < impact.users:
        return False
    timeline.record(
        MET, account=impact.account, by=None, first_impact_id=pk, event=impact.event, times=times, users=users
    )
    timeline.ring(FIRST_IMPACT)
    return True
