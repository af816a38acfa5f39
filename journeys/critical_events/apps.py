"""Critical events: a nested room of journeys with the same doors."""

from django.apps import AppConfig


class CriticalEventsConfig(AppConfig):
    name = "journeys.critical_events"
    label = "critical_events"
    verbose_name = "Critical events"
