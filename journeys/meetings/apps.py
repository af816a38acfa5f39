"""Meetings: a nested room of journeys with the same doors."""

from django.apps import AppConfig


class MeetingsConfig(AppConfig):
    name = "journeys.meetings"
    label = "meetings"
    verbose_name = "Meetings"
