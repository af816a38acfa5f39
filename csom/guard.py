"""The process refuses to start with a database role that could look past row-level security."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Error
from django.db import connections

STRONGER = """
SELECT concat_ws(', ',
    CASE WHEN r.rolsuper THEN 'is a superuser' END,
    CASE WHEN r.rolbypassrls THEN 'bypasses row-level security' END,
    CASE WHEN EXISTS (SELECT 1 FROM pg_class c WHERE c.relowner = r.oid AND c.relkind IN ('r', 'p'))
         THEN 'owns tables' END,
    CASE WHEN EXISTS (SELECT 1 FROM pg_auth_members m WHERE m.member = r.oid) THEN 'is a member of another role' END
) FROM pg_roles r WHERE r.rolname = current_user
"""


class TooStrong(RuntimeError):
    """DATABASE_URL names a role that sees more than one tenant."""


def too_strong(alias: str = "default") -> str:
    """What makes the role of this alias too strong; "" if nothing does."""
    with connections[alias].cursor() as cursor:
        cursor.execute(STRONGER)
        return str(cursor.fetchone()[0])


def refuse_strong_role() -> None:
    if why := too_strong():
        raise TooStrong(f"The role in DATABASE_URL {why}. Give the application a role of its own (csom_app).")


def check_role(databases: list[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    if not databases or "default" not in databases:
        return []
    why = too_strong()
    hint = "Tables belong to DATABASE_OWNER_URL's role; DATABASE_URL's owns nothing."
    return [Error(f"The role in DATABASE_URL {why}.", hint=hint, id="csom.E001")] if why else []
