"""The people map: a nested room of journeys with the same doors."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "journeys.people"
    label = "people"
    verbose_name = "People map"
