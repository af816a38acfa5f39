"""Maturity: a nested room of metrics with the same doors."""

from django.apps import AppConfig


class MaturityConfig(AppConfig):
    name = "metrics.maturity"
    label = "maturity"
    verbose_name = "Maturity"
