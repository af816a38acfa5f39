"""Whose rows this is about: the one way into a tenant, for a request, a task or a test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

from django.db import connection, transaction

if TYPE_CHECKING:
    from accounts.models import Tenant

_current: ContextVar[int | None] = ContextVar("tenant_id", default=None)


class NoTenant(RuntimeError):
    """A tenant's rows were asked for outside any tenant's context."""


class TenantSwitch(RuntimeError):
    """A second tenant was entered while the first was still open."""


def current_tenant_id() -> int:
    tenant_id = _current.get()
    if tenant_id is None:
        raise NoTenant("no tenant context is open")
    return tenant_id


def has_tenant() -> bool:
    return _current.get() is not None


@contextmanager
def tenant_context(tenant: Tenant | int) -> Iterator[None]:
    """One transaction in which the database shows and takes this tenant's rows alone.

    Entering the same tenant again opens a savepoint; another tenant raises TenantSwitch.
    """
    tenant_id = tenant if isinstance(tenant, int) else tenant.pk
    outer = _current.get()
    if outer is not None and outer != tenant_id:
        raise TenantSwitch(f"tenant {outer} is open, {tenant_id} can't be entered")
    if outer is not None:
        with transaction.atomic():
            yield
        return
    nested = connection.in_atomic_block
    with transaction.atomic():
        _tell_database(str(tenant_id))
        token = _current.set(tenant_id)
        try:
            yield
        finally:
            _current.reset(token)
        if nested and not connection.needs_rollback:
            # A released savepoint keeps SET LOCAL until the outer commit; an error restores it by itself.
            _tell_database("")


def _tell_database(value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.tenant_id', %s, true)", [value])
