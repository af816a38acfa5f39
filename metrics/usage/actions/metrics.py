"""What is counted: metrics out of events or out of values that other systems send; counted anew when they change."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from accounts import timeline
from accounts.actions.errors import Errors, Refused, named_refusals, refuse
from accounts.actions.validity import check, check_change, only
from accounts.actions.writing import change, told
from accounts.models import Tenant, User
from metrics.usage.actions.receiving import WORK, first_whole_day
from metrics.usage.models import Aggregate, Metric, Source

FIELDS = ("key", "name", "source", "event", "where_property", "where_value", "aggregate", "property", "unit", "active")
MOST = 50
# What counts, and not only how it is called.
MEANING = {"event", "where_property", "where_value", "aggregate", "property", "active"}
DEFAULTS: list[dict[str, Any]] = [
    {"key": "events", "name": "Events", "aggregate": Aggregate.COUNT, "unit": "events", "position": 0},
    {"key": "active_users", "name": "Active users", "aggregate": Aggregate.USERS, "unit": "people", "position": 1},
]


def ensure_defaults() -> None:
    """A workspace that never said what it counts counts events and people. Twice does no harm."""
    if not Metric.objects.exists():
        Metric.objects.bulk_create((Metric(**values) for values in DEFAULTS), ignore_conflicts=True)


@transaction.atomic
def add(values: Mapping[str, Any], *, by: User | None) -> Metric:
    """values are the fields of Metric; the key is made from the name unless given. Counted from all that is kept."""
    ensure_defaults()
    wanted = only(values, FIELDS)
    wanted["key"] = wanted.get("key") or slugify(wanted.get("name", "")).replace("-", "_")[:60]
    if not wanted["key"]:
        raise refuse("key", "Give the metric a key of letters, digits and underscores.")
    if Metric.objects.count() >= MOST:
        raise refuse("", f"A workspace has at most {MOST} metrics.")
    metric = Metric(**wanted, position=Metric.objects.count())
    _settle(metric)
    check(metric)
    with named_refusals(Metric):
        metric.save()
    timeline.record("usage_metric.added", by=by, metric_id=metric.pk, name=metric.name)
    _count_anew(metric)
    return metric


@transaction.atomic
def edit(metric: Metric, values: Mapping[str, Any], *, by: User | None, version: int | None = None) -> Metric:
    """With `version`, Conflict when somebody else was first. A change of meaning counts the kept days anew."""
    wanted = only(values, FIELDS)
    for name in ("key", "source"):
        if name in wanted and wanted[name] != getattr(metric, name):
            raise refuse(name, "This stays: figures hang on it.")
    draft = Metric(**{name: getattr(metric, name) for name in FIELDS} | wanted)
    _settle(draft)
    wanted |= {"event": draft.event, "property": draft.property}
    check_change(metric, wanted)
    changed = change(metric, wanted, version=version)
    if changed:
        timeline.record("usage_metric.edited", by=by, metric_id=metric.pk, name=metric.name, **told(changed))
    if MEANING & changed.keys():
        _count_anew(metric)
    return metric


@transaction.atomic
def recount(metric: Metric, *, by: User | None) -> Metric:
    """Counts every day anew whose raw events are still there; older figures stay as they are."""
    since = _count_anew(metric)
    timeline.record("usage_metric.recounted", by=by, metric_id=metric.pk, name=metric.name, since=str(since))
    return metric


def recount_all(tenant: Tenant) -> None:
    """The days themselves have changed: the workspace lives in another zone now."""
    for metric in Metric.objects.all():
        _count_anew(metric)


def _settle(metric: Metric) -> None:
    """Points of a metric carry its key as their name and their number as `value`."""
    errors: Errors = {}
    if metric.source == Source.POINTS:
        metric.event, metric.property, metric.where_property, metric.where_value = metric.key, "value", "", ""
        if metric.aggregate not in (Aggregate.SUM, Aggregate.LAST):
            errors["aggregate"] = ["Of values that are sent: their sum, or the last one."]
    if metric.aggregate in (Aggregate.SUM, Aggregate.LAST) and not metric.property:
        errors["property"] = ["Name the property whose value is taken."]
    if bool(metric.where_property) != bool(metric.where_value):
        errors["where_value"] = ["Name both the property and its value, or neither."]
    if errors:
        raise Refused(errors)


def _count_anew(metric: Metric) -> dt.date:
    since = first_whole_day(timezone.now()).date()
    Metric.objects.filter(pk=metric.pk).update(count_from=since)
    metric.count_from = since
    timeline.ring(WORK)
    return since
