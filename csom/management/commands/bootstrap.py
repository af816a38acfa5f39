"""Bring a database up to this version: schema, operating-model library, and demo data where asked."""

from __future__ import annotations

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser


class Command(BaseCommand):
    help = "Migrate as the owner, load the operating-model library, and on request build assets and demo data."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--assets", action="store_true", help="build the style sheet and fonts first")
        parser.add_argument("--demo", metavar="PATH", help="load demo tenants once and write their logins here")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["assets"]:
            call_command("build_assets", stdout=self.stdout)
        self.stdout.write("Preparing the database ...")
        self.stdout.flush()
        call_command("migrate", database="owner", interactive=False, verbosity=0, stdout=self.stdout)
        call_command("load_library", stdout=self.stdout)
        if options["demo"]:
            call_command("load_demo", if_empty=True, credentials=options["demo"], stdout=self.stdout)
