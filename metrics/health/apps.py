"""Health: a nested room of metrics with the same doors."""

from django.apps import AppConfig


class HealthConfig(AppConfig):
    name = "metrics.health"
    label = "health"
    verbose_name = "Health"
