"""WHO: tenants, their people, their customers, and what happened to them."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "Accounts"

    def ready(self) -> None:
        # Every room declares its facts and event kinds in its facts.py, so that nobody imports upward.
        autodiscover_modules("facts")
