"""Joint Impact Plans: a nested room of journeys with the same doors."""

from django.apps import AppConfig


class PlansConfig(AppConfig):
    name = "journeys.plans"
    label = "plans"
    verbose_name = "Joint Impact Plans"
