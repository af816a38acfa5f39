"""Every noun has its base, its factory and its place in the operator's or the tenant's admin."""

import ast
import inspect
import re
from importlib import import_module
from pkgutil import walk_packages

import pytest
from django.apps import apps
from django.db import models

from accounts.tenancy.fields import TenantField
from accounts.tenancy.models import TenantManager, TenantModel

ROOMS = (
    "accounts",
    "imports",
    "blueprints",
    "journeys",
    "meetings",
    "deployments",
    "onboarding",
    "metrics",
    "usage",
    "health",
    "backtests",
    "maturity",
)
OUTSIDE = {"Tenant", "User", "Membership", "Invitation", "ApiKey", "TenantWork", "WriteKey"}


def ours() -> list[type[models.Model]]:
    return [m for label in ROOMS for m in apps.get_app_config(label).get_models()]


@pytest.mark.parametrize("model", ours(), ids=lambda m: m.__name__)
def test_a_model_is_a_tenants_or_on_the_closed_list(model):
    if model.__name__ in OUTSIDE:
        assert not issubclass(model, TenantModel)
        return
    assert issubclass(model, TenantModel)
    assert isinstance(model._meta.get_field("tenant"), TenantField)
    assert all(isinstance(manager, TenantManager) for manager in model._meta.managers)
    assert isinstance(model._base_manager, TenantManager), "Meta must extend TenantModel.Meta"


@pytest.mark.parametrize("model", ours(), ids=lambda m: m.__name__)
def test_an_instant_and_its_person_come_and_go_together(model):
    """A person without an instant, or an instant that no constraint ties to its person, is a lie."""
    names = {f.name: f for f in model._meta.local_fields}
    pairs = [n[:-3] for n, f in names.items() if n.endswith("_at") and f.null and f"{n[:-3]}_by" in names]
    constraints = " ".join(repr(c) for c in model._meta.constraints if isinstance(c, models.CheckConstraint))
    for stem in pairs:
        assert {f"{stem}_at", f"{stem}_by"} <= set(re.findall(r"\w+", constraints)), f"{model.__name__}.{stem}"


@pytest.mark.parametrize("model", ours(), ids=lambda m: m.__name__)
def test_a_model_reads_as_something(model):
    assert "__str__" in model.__dict__


def test_append_only_rows_are_written_by_actions_alone():
    """Nothing outside actions, timeline and migrations creates, updates or deletes rows."""
    offenders = []
    for name in ("views", "api", "forms", "admin", "tasks"):
        for room in (
            "accounts",
            "blueprints",
            "journeys",
            "journeys.meetings",
            "journeys.people",
            "journeys.onboarding",
            "metrics",
        ):
            offenders += _writes(f"{room}.{name}")
    assert offenders == []


WRITES = {"save", "create", "bulk_create", "bulk_update", "get_or_create", "update_or_create", "delete"}


def _writes(module_name: str) -> list[str]:
    try:
        module = import_module(module_name)
    except ModuleNotFoundError:
        return []
    modules = [module]
    if hasattr(module, "__path__"):
        modules += [import_module(info.name) for info in walk_packages(module.__path__, module_name + ".")]
    return [found for each in modules for found in _writes_in(each)]


def _writes_in(module) -> list[str]:
    tree = ast.parse(inspect.getsource(module))
    return [
        f"{module.__name__}:{node.lineno} .{node.func.attr}()"
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in WRITES
        and _on_a_manager(node.func.value)
    ]


def _on_a_manager(value: ast.expr) -> bool:
    """`.objects….create()` or `.save()` on anything; calls of actions are module functions and pass."""
    text = ast.unparse(value)
    return ".objects" in text or text.split(".")[-1] in {"instance", "row", "user", "account", "contact", "task"}
