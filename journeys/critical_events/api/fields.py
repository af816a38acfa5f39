"""What the resources of critical events have in common."""

from __future__ import annotations

from rest_framework import serializers

from accounts.api.fields import Entry, Id
from journeys.critical_events.models import CriticalEvent


class OfEvent(Entry):
    critical_event = Id(help_text="The critical event's id.")

    def validate_critical_event(self, pk: int) -> CriticalEvent:
        event: CriticalEvent | None = CriticalEvent.objects.filter(pk=pk).select_related("account").first()
        if event is None:
            raise serializers.ValidationError("No critical event in this workspace has this id.")
        return event
