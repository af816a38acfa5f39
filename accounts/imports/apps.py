"""Imports: a nested room of accounts with the same doors."""

from django.apps import AppConfig


class ImportsConfig(AppConfig):
    name = "accounts.imports"
    label = "imports"
    verbose_name = "Imports"
