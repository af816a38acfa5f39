"""FRONT DOOR: wiring only."""

from django.apps import AppConfig
from django.core.checks import Tags, register

from csom.guard import check_role


class CsomConfig(AppConfig):
    name = "csom"
    verbose_name = "CSOM"

    def ready(self) -> None:
        register(check_role, Tags.database)  # type: ignore[call-overload]
