"""FRONT DOOR: wiring only."""

from django.apps import AppConfig


class CsomConfig(AppConfig):
    name = "csom"
    verbose_name = "CSOM"
