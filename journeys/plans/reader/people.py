"""The customer's people in a plan: those who own something the reader may see, and the reader. Nobody else."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from accounts.models import Contact
from journeys.plans.models import Objective, Step
from journeys.plans.reader.shapes import Person


def their_people(objectives: QuerySet[Objective], steps: QuerySet[Step], contact_id: int) -> tuple[Person, ...]:
    """Name and title; their part in the buying center, their stance and their address stay with us."""
    owners = Q(pk__in=objectives.values("their_owner_id")) | Q(pk__in=steps.values("their_owner_id"))
    found = Contact.objects.present().filter(owners | Q(pk=contact_id))
    return tuple(Person(row["name"], row["title"]) for row in found.order_by("name", "id").values("name", "title"))
