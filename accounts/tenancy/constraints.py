"""What the database itself enforces for every tenant's table, kept by makemigrations like any constraint."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.ddl_references import Statement
from django.db.models import BaseConstraint, Model

THIS_TENANT = "tenant_id = (SELECT current_setting('app.tenant_id')::bigint)"


class _TableConstraint(BaseConstraint):
    """A constraint whose SQL runs once the table stands; nothing to validate in Python."""

    def _sql(self, model: type[Model]) -> str:
        raise NotImplementedError

    def constraint_sql(self, model: type[Model] | None, schema_editor: BaseDatabaseSchemaEditor | None) -> Any:
        assert model is not None
        assert schema_editor is not None
        schema_editor.deferred_sql.append(Statement(self._sql(model).replace("%", "%%")))
        return None

    def create_sql(self, model: type[Model] | None, schema_editor: BaseDatabaseSchemaEditor | None) -> Any:
        assert model is not None
        return Statement(self._sql(model).replace("%", "%%"))

    def validate(self, *args: Any, **kwargs: Any) -> None:
        return None

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.deconstruct() == other.deconstruct()  # type: ignore[attr-defined]

    __hash__ = BaseConstraint.__hash__


class TenantIsolation(_TableConstraint):
    """Row-level security, enabled and forced, loud when no tenant is set; and the key that children point at."""

    def constraint_sql(self, model: type[Model] | None, schema_editor: BaseDatabaseSchemaEditor | None) -> Any:
        super().constraint_sql(model, schema_editor)
        return f'CONSTRAINT "{self.name}" UNIQUE (tenant_id, id)'

    def create_sql(self, model: type[Model] | None, schema_editor: BaseDatabaseSchemaEditor | None) -> Any:
        assert model is not None
        assert schema_editor is not None
        # Before all that waits already: foreign keys of this migration, the table's own among them, may point at it.
        key = f'ALTER TABLE "{model._meta.db_table}" ADD CONSTRAINT "{self.name}" UNIQUE (tenant_id, id)'
        schema_editor.deferred_sql.insert(0, Statement(key))
        return super().create_sql(model, schema_editor)

    def _sql(self, model: type[Model]) -> str:
        table = model._meta.db_table
        return (
            f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY;'
            f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY;'
            f'CREATE POLICY tenant_isolation ON "{table}" USING ({THIS_TENANT}) WITH CHECK ({THIS_TENANT});'
            # Managed clouds grant no BYPASSRLS: whoever migrates sees rows through a policy of its own.
            f'CREATE POLICY owner_all ON "{table}" TO CURRENT_USER USING (true) WITH CHECK (true)'
        )

    def remove_sql(self, model: type[Model] | None, schema_editor: BaseDatabaseSchemaEditor | None) -> Any:
        assert model is not None
        table = model._meta.db_table
        return Statement(
            f'DROP POLICY tenant_isolation ON "{table}"; DROP POLICY owner_all ON "{table}";'
            f'ALTER TABLE "{table}" NO FORCE ROW LEVEL SECURITY; ALTER TABLE "{table}" DISABLE ROW LEVEL SECURITY;'
            f'ALTER TABLE "{table}" DROP CONSTRAINT "{self.name}"'
        )


class CompositeForeignKey(_TableConstraint):
    """(tenant_id, x_id) → (tenant_id, key): an ordinary foreign key looks past row-level security.

    Initially immediate, so that a violation surfaces inside the request that made it.
    """

    default_violation_error_message = "Nothing in this workspace has this id."  # type: ignore[assignment]

    def __init__(self, *, field: str, to_table: str, to_column: str, name: str) -> None:
        self.field, self.to_table, self.to_column = field, to_table, to_column
        super().__init__(name=name)

    def _sql(self, model: type[Model]) -> str:
        column = model._meta.get_field(self.field).column  # type: ignore[union-attr]
        return (
            f'ALTER TABLE "{model._meta.db_table}" ADD CONSTRAINT "{self.name}" FOREIGN KEY (tenant_id, "{column}") '
            f'REFERENCES "{self.to_table}" (tenant_id, "{self.to_column}") DEFERRABLE INITIALLY IMMEDIATE'
        )

    def create_sql(self, model: type[Model] | None, schema_editor: BaseDatabaseSchemaEditor | None) -> Any:
        # After everything else of the migration: the key it points at may be added later in the same one.
        self.constraint_sql(model, schema_editor)
        # A table that is created with its constraints runs whatever this returns, so None won't do.
        return Statement("SELECT 1")

    def remove_sql(self, model: type[Model] | None, schema_editor: BaseDatabaseSchemaEditor | None) -> Any:
        assert model is not None
        return Statement(f'ALTER TABLE "{model._meta.db_table}" DROP CONSTRAINT "{self.name}"')

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        path, args, kwargs = super().deconstruct()
        return path, args, kwargs | {"field": self.field, "to_table": self.to_table, "to_column": self.to_column}


class AppendOnly(_TableConstraint):
    """The application may add rows here and read them; it can't change or remove what was said."""

    def _sql(self, model: type[Model]) -> str:
        return f'REVOKE UPDATE, DELETE ON "{model._meta.db_table}" FROM "{settings.DATABASE_APP_ROLE}"'

    def remove_sql(self, model: type[Model] | None, schema_editor: BaseDatabaseSchemaEditor | None) -> Any:
        assert model is not None
        return Statement(f'GRANT UPDATE, DELETE ON "{model._meta.db_table}" TO "{settings.DATABASE_APP_ROLE}"')
