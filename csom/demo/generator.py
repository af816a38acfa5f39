"""Makes the demo workspaces, each in three steps that can be taken up again where a start was cut off."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Iterator

from django.db import connection, transaction

from accounts.actions import states
from accounts.models import Account, ApiKey, Product, Tenant
from accounts.tenancy.context import tenant_context
from blueprints.actions import engine, library, turns
from csom.demo import deployments, finish, history, knowledge, sketch, usage, workspace
from csom.demo.stage import Stage, Tale
from csom.demo.words import SLUGS, Spec, spec_of


def specs() -> list[Spec]:
    return [spec_of(slug) for slug in SLUGS]


def is_complete(spec: Spec) -> bool:
    values = spec["workspace"]
    return ApiKey.objects.filter(tenant__slug=values["slug"], name=values["key"]).exists()


def has_own_tenants() -> bool:
    """Somebody works here already: nothing of ours may be put beside it unasked."""
    return Tenant.objects.exclude(slug__in=SLUGS).exists()


def make(spec: Spec, now: dt.datetime) -> int:
    """The workspace with its history up to `now`; how many accounts it has."""
    tenant = Tenant.objects.filter(slug=spec["workspace"]["slug"]).first()
    with _without_savepoints():
        tales = _tell_history(spec, now) if tenant is None else []
    tenant = Tenant.objects.get(slug=spec["workspace"]["slug"])
    with tenant_context(tenant):
        stage = workspace.staged(spec, tenant, now)
        usage.bring(stage)
        deployments.bring(stage)
        finish.tell(stage, tales)
        states.refresh(None, today=stage.today)
        knowledge.remember(stage)
        count = Account.objects.count()
    engine.drain(tenant.pk)
    return count


def _tell_history(spec: Spec, now: dt.datetime) -> list[Tale]:
    with transaction.atomic():
        stage = workspace.opened(spec, now)
        with tenant_context(stage.tenant):
            stage.products = {product.code: product for product in Product.objects.all()}
            tales = [history.tell(stage, each) for each in _sketches(stage)]
        # With the history, before any turn sees it, and since now: plays must not act on what is long past.
        library.load(stage.tenant, since=turns.instant())
        return tales


@contextlib.contextmanager
def _without_savepoints() -> Iterator[None]:
    """A history is told in one transaction, whole or not at all: falling back halfway is a third of its statements."""
    features = connection.features
    features.uses_savepoints = False
    try:
        yield
    finally:
        features.uses_savepoints = True


def _sketches(stage: Stage) -> list[sketch.Sketch]:
    taken: set[str] = set()
    return [sketch.draw(stage.spec, n, stage.today, taken) for n in range(stage.spec["workspace"]["accounts"])]
