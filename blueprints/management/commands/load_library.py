"""`manage.py load_library`: the operating model of this release into every tenant; harmless to repeat."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from accounts import formats
from accounts.models import Tenant
from blueprints.actions import library


class Command(BaseCommand):
    help = "Loads the blueprints and plays that come with this release into every tenant, or into those named."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slugs", nargs="*", help="Only these tenants.")

    def handle(self, *args: Any, **options: Any) -> None:
        tenants = Tenant.objects.filter(slug__in=options["slugs"]) if options["slugs"] else Tenant.objects.all()
        for tenant in tenants:
            library.load(tenant)
        self.stdout.write(f"Library loaded into {formats.plural(len(tenants), 'workspace')}.")
