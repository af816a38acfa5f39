"""HOW: the operating model as data, and plays in motion."""

from django.apps import AppConfig


class BlueprintsConfig(AppConfig):
    name = "blueprints"
    verbose_name = "Blueprints and plays"
