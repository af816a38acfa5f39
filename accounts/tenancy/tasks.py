"""The two kinds of background work: a sweep that finds tenants, and one tenant's turn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from celery import Task, shared_task

SWEEP = "is_sweep"
TENANT_TURN = "is_tenant_turn"


def sweep(function: Callable[[], None]) -> Task:
    """A task without arguments that reads tables outside row-level security and rings tenants' turns."""
    return _task(function, SWEEP)


def tenant_turn(function: Callable[[int], Any]) -> Task:
    """A task with a tenant's id as its one argument; what it calls opens short contexts of its own.

    Rows are the queue: the message may be lost, doubled or late without harm.
    """
    return _task(function, TENANT_TURN)


def _task(function: Callable[..., Any], mark: str) -> Task:
    """The mark is an option, not an attribute set afterwards: a shared task is made anew for every Celery app."""
    name = f"{function.__module__}.{function.__name__}"
    return shared_task(name=name, acks_late=True, ignore_result=True, **{mark: True})(function)
