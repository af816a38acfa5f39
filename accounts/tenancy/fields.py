"""Fields that bring their own database constraint, so that no model can forget it."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models.expressions import Col
from django.db.models.functions import Cast
from django.db.models.lookups import Exact

from accounts.tenancy.constraints import CompositeForeignKey, TenantIsolation

# What row-level security compares with: the database fills it, Python never says it.
DATABASE_TENANT = Cast(models.Func(models.Value("app.tenant_id"), function="current_setting"), models.BigIntegerField())


def _bring(cls: type[models.Model], constraint: models.BaseConstraint) -> None:
    """Adds the constraint to the model's own, whatever its Meta says; a migration's models carry theirs already."""
    if cls._meta.abstract or cls.__module__ == "__fake__":
        return
    cls._meta.constraints = [*cls._meta.constraints, constraint]
    cls._meta.original_attrs.setdefault("constraints", cls._meta.constraints)


def _belongs_to_a_tenant(model: type[models.Model]) -> bool:
    return any(isinstance(field, TenantField) for field in model._meta.fields)


def _tenant_of(alias: str, model: type[models.Model]) -> Col:
    return Col(alias, model._meta.get_field("tenant"))  # type: ignore[arg-type]


class TenantField(models.ForeignKey):
    """The tenant that a row belongs to, with row-level security on its table."""

    def __init__(self, to: Any = "accounts.Tenant", on_delete: Any = models.PROTECT, **kwargs: Any) -> None:
        kwargs |= {"editable": False, "related_name": "+", "db_index": False, "db_default": DATABASE_TENANT}
        super().__init__(to, on_delete, **kwargs)

    def contribute_to_class(self, cls: type[models.Model], name: str, **kwargs: Any) -> None:  # type: ignore[override]
        super().contribute_to_class(cls, name, **kwargs)
        _bring(cls, TenantIsolation(name=f"{cls._meta.db_table}_tenant"))


class TenantForeignKey(models.ForeignKey):
    """A key to a row of the same tenant, enforced by a composite key in the database."""

    to_table: str | None = None
    to_column = "id"

    def __init__(self, to: Any, on_delete: Any = models.PROTECT, **kwargs: Any) -> None:
        kwargs["db_constraint"] = False
        super().__init__(to, on_delete, **kwargs)

    def contribute_to_class(self, cls: type[models.Model], name: str, **kwargs: Any) -> None:  # type: ignore[override]
        super().contribute_to_class(cls, name, **kwargs)
        constraint = CompositeForeignKey(
            field=name,
            to_table=self.to_table or self._remote_table(cls),
            to_column=self.to_column,
            name=f"{cls._meta.db_table}_{name}_fk",
        )
        _bring(cls, constraint)

    def get_extra_restriction(self, alias: str | None, related_alias: str | None) -> Any:
        """Joins say the tenant too: from the literal on one side the planner knows the other's size and index.

        Row-level security's own comparison tells it neither, and it reads a whole tenant to find fifty rows.
        """
        if not (alias and related_alias and _belongs_to_a_tenant(self.related_model)):
            return None
        return Exact(_tenant_of(alias, self.related_model), _tenant_of(related_alias, self.model))

    def _remote_table(self, cls: type[models.Model]) -> str:
        """The target's table by its label, since the target may not be loaded yet."""
        remote = self.remote_field.model
        if not isinstance(remote, str):
            return str(remote._meta.db_table)
        if remote == "self":
            return cls._meta.db_table
        label = remote if "." in remote else f"{cls._meta.app_label}.{remote}"
        return label.lower().replace(".", "_")


class MemberForeignKey(TenantForeignKey):
    """A key to a person who is, or was, a member of the same tenant."""

    to_table = "accounts_membership"
    to_column = "user_id"

    def __init__(self, to: Any = "accounts.User", on_delete: Any = models.PROTECT, **kwargs: Any) -> None:
        super().__init__(to, on_delete, **kwargs)
