"""Makes the demo workspaces, each whole or not at all: a load that was cut off leaves nothing, and begins anew."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Iterator

from django.db import connection, transaction

from accounts.actions import states
from accounts.models import Account, Product, Tenant
from accounts.tenancy.context import tenant_context
from blueprints.actions import engine, library, turns
from csom.demo import deployments, finish, history, knowledge, sketch, usage, workspace
from csom.demo.stage import Stage
from csom.demo.words import SLUGS, Spec, spec_of

CHOSEN = ("champion-departed",)  # plays that somebody here switched on


def specs() -> list[Spec]:
    return [spec_of(slug) for slug in SLUGS]


def is_there(spec: Spec) -> bool:
    return Tenant.objects.filter(slug=spec["workspace"]["slug"]).exists()


def has_own_tenants() -> bool:
    """Somebody works here already: nothing of ours may be put beside it unasked."""
    return Tenant.objects.exclude(slug__in=SLUGS).exists()


def make(spec: Spec, now: dt.datetime) -> int:
    """The workspace with its history up to `now`; how many accounts it has."""
    with transaction.atomic():
        stage = workspace.opened(spec, now)
        with tenant_context(stage.tenant):
            count = _fill(stage)
    engine.drain(stage.tenant.pk)
    return count


def _fill(stage: Stage) -> int:
    """From the first day of the history to this moment; what comes last tells on what its tales left open."""
    stage.products = {product.code: product for product in Product.objects.all()}
    with _without_savepoints():
        tales = [history.tell(stage, each) for each in _sketches(stage)]
    # Since now: plays must not act on what is long past.
    library.load(stage.tenant, since=turns.instant(), chosen=CHOSEN)
    usage.bring(stage)
    deployments.bring(stage)
    finish.tell(stage, tales)
    states.refresh(None, today=stage.today)
    knowledge.remember(stage)
    return Account.objects.count()


@contextlib.contextmanager
def _without_savepoints() -> Iterator[None]:
    """Nothing falls back to the middle of a history, and marking where it might is a third of its statements."""
    features = connection.features
    features.uses_savepoints = False
    try:
        yield
    finally:
        features.uses_savepoints = True


def _sketches(stage: Stage) -> list[sketch.Sketch]:
    taken: set[str] = set()
    return [sketch.draw(stage.spec, n, stage.today, taken) for n in range(stage.spec["workspace"]["accounts"])]
