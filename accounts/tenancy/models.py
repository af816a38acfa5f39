"""The base of every table that belongs to a tenant."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db import models

from accounts.tenancy.context import current_tenant_id
from accounts.tenancy.fields import MemberForeignKey, TenantField, TenantForeignKey

__all__ = ["CurrentTenant", "MemberForeignKey", "TenantField", "TenantForeignKey", "TenantManager", "TenantModel"]

M = TypeVar("M", bound=models.Model)


class CurrentTenant(models.Expression):
    """The open tenant's id, resolved when SQL is compiled: a class-level queryset works, a missing context raises.

    A literal and not the database's setting: the planner needs it for its statistics.
    """

    def __init__(self) -> None:
        super().__init__(output_field=models.BigIntegerField())

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[str | int, ...]]:
        return "%s", (current_tenant_id(),)


class TenantQuerySet(models.QuerySet[M]):
    """Querysets of tenants' rows start here, so that the manager can be made from them."""


class TenantManager(models.Manager[M]):
    """Reads and writes the open tenant's rows alone."""

    def get_queryset(self) -> models.QuerySet[M]:
        return super().get_queryset().filter(tenant_id=CurrentTenant())


class TenantModel(models.Model):
    id = models.BigAutoField(primary_key=True)
    tenant = TenantField()

    objects = TenantManager()

    class Meta:
        abstract = True
        base_manager_name = "objects"
        default_manager_name = "objects"
