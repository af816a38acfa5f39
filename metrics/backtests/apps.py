"""Back-tests: a nested room of metrics with the same doors."""

from django.apps import AppConfig


class BacktestsConfig(AppConfig):
    name = "metrics.backtests"
    label = "backtests"
    verbose_name = "Back-tests"
