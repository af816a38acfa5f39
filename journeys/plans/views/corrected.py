"""What the customer put right after the plan was worded: for us alone, until somebody looks at the plan again."""

from __future__ import annotations

from django.db.models import Subquery, Value
from django.db.models.functions import Coalesce

from accounts.models import Event
from journeys.models import SpicedEntry
from journeys.plans.models import Plan

# What the north star and the objectives are drafted from.
LETTERS = ("impact", "critical_event")
# Whoever does one of these has read the plan as it stands.
LOOKED = ("plan.edited", "plan.agreed", "objective.added", "objective.edited", "objective.dropped")


def corrected(plan: Plan) -> list[SpicedEntry]:
    """Statements as they stand now that replaced others since the plan was last worded or agreed. One query."""
    if plan.is_closed:
        return []
    looked = Event.objects.filter(account=plan.account_id, kind__in=LOOKED, recorded_at__gt=plan.created_at)
    last = looked.order_by("-recorded_at").values("recorded_at")[:1]
    said = SpicedEntry.objects.standing().filter(account=plan.account_id, letter__in=LETTERS, replaces__isnull=False)
    said = said.filter(recorded_at__gt=Coalesce(Subquery(last), Value(plan.created_at)))
    return list(said.order_by("recorded_at", "id"))
