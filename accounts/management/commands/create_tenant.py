"""For operators: open a workspace, with its first admin invited or made on the spot."""

from __future__ import annotations

import getpass
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from accounts.actions import tenants
from accounts.actions.errors import Refused
from accounts.models import User


class Command(BaseCommand):
    help = "Open a workspace: create_tenant acme 'Acme Cloud' --admin ada@acme.test"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", help="its part of the address: /w/<slug>/")
        parser.add_argument("name")
        parser.add_argument("--admin", required=True, metavar="EMAIL", help="made, with a password asked for, if new")
        parser.add_argument("--admin-name", default="", help="for somebody new")
        parser.add_argument("--timezone", default="UTC")
        parser.add_argument("--country", default="US")
        parser.add_argument("--currency", default="USD")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with transaction.atomic():
                tenant = tenants.create(
                    options["slug"], options["name"], admin=self._admin(options["admin"], options["admin_name"]),
                    timezone=options["timezone"], country=options["country"], currency=options["currency"],
                )  # fmt: skip
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{tenant.name} is open at /w/{tenant.slug}/")

    def _admin(self, email: str, name: str) -> User:
        known = User.objects.filter(email=email.strip().lower()).first()
        if known is not None:
            return known
        password = getpass.getpass(f"Password for {email}: ")
        return User.objects.create_user(email, password, name=name or email.partition("@")[0].capitalize())
