"""Load the two demo workspaces and write down how to sign in."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.utils import timezone

from csom.demo import generator, logins


class Command(BaseCommand):
    help = "Make the demo workspaces acme and globex, with 18 months of history ending today."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--if-empty", action="store_true", help="do nothing where tenants of your own are")
        parser.add_argument("--credentials", metavar="PATH", help="write the logins and API keys here")

    def handle(self, *args: Any, **options: Any) -> None:
        missing = [spec for spec in generator.specs() if not generator.is_there(spec)]
        if generator.has_own_tenants() and options["if_empty"]:
            missing = []
        elif not missing and not options["if_empty"]:
            raise CommandError("The demo workspaces are there already.")
        self._limit_statements("0")
        for spec in missing:
            # Minutes on a busy machine: who waits should know for what.
            self.stdout.write(f"Making the demo workspace {spec['workspace']['name']} ...")
            self.stdout.flush()
            began = time.monotonic()
            count = generator.make(spec, timezone.now())
            seconds = time.monotonic() - began
            self.stdout.write(f"Made {spec['workspace']['name']}: {count} accounts in {seconds:.0f} s.")
        self._limit_statements("DEFAULT")
        self._write_logins(options["credentials"], made=bool(missing))

    def _limit_statements(self, to: str) -> None:
        """Limits are for pages: a busy machine writes 18 months of history in statements of minutes."""
        with connection.cursor() as cursor:
            cursor.execute(f"SET statement_timeout = {to}; SET idle_in_transaction_session_timeout = {to}")

    def _write_logins(self, path: str | None, *, made: bool) -> None:
        if path is None or (Path(path).exists() and not made):
            return
        there = [spec for spec in generator.specs() if generator.is_there(spec)]
        if there:
            logins.write(Path(path), there)
