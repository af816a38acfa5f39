"""Usage: a nested room of metrics with the same doors."""

from django.apps import AppConfig


class UsageConfig(AppConfig):
    name = "metrics.usage"
    label = "usage"
    verbose_name = "Usage"
