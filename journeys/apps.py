"""THE WORK: the journey of one account, through all its phases."""

from django.apps import AppConfig


class JourneysConfig(AppConfig):
    name = "journeys"
    verbose_name = "Journeys"
