"""Senders of usage: events as libraries say them, and a client that posts them with a write key."""

from __future__ import annotations

import base64
import datetime as dt
import gzip
import itertools
import json
from collections.abc import Iterable
from typing import Any

from django.test import Client
from factory.django import DjangoModelFactory

from accounts.models import Tenant, User
from accounts.tenancy.context import tenant_context
from metrics.usage.actions import turns, write_keys
from metrics.usage.models import Daily, Metric, Origin, Refusal

_numbers = itertools.count(1)


class MetricFactory(DjangoModelFactory):
    class Meta:
        model = Metric

    key = "reports"
    name = "Reports"
    event = "report_downloaded"


class OriginFactory(DjangoModelFactory):
    class Meta:
        model = Origin

    kind = "group"
    ref = "org-1"


class RefusalFactory(DjangoModelFactory):
    class Meta:
        model = Refusal

    reason = "An event needs a “userId” or an “anonymousId”."


def event(name: str = "report_downloaded", user: str = "u1", **said: Any) -> dict[str, Any]:
    """A track event with a message id of its own; group="org-1" puts it in a group."""
    group = said.pop("group", None)
    context = {"context": {"groupId": group}} if group else {}
    message = {"type": "track", "event": name, "userId": user, "messageId": f"m{next(_numbers)}"}
    return message | context | said


class Sender:
    """sender.batch([event(), …]) posts to /v1/batch with Acme's write key; outside any open tenant context."""

    def __init__(self, tenant: Tenant, by: User) -> None:
        self.tenant, self.client = tenant, Client()
        with tenant_context(tenant):
            self.key, self.secret = write_keys.create(tenant, "Product", by)

    @property
    def basic(self) -> str:
        return "Basic " + base64.b64encode(f"{self.secret}:".encode()).decode()

    def post(self, kind: str, body: Any, *, packed: bool = False, **headers: str) -> Any:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        named = {"Authorization": self.basic} | {name.replace("_", "-"): value for name, value in headers.items()}
        if packed:
            data, named["Content-Encoding"] = gzip.compress(data), "gzip"
        return self.client.post(f"/v1/{kind}", data, content_type="application/json", headers=named)

    def batch(self, events: Iterable[dict[str, Any]], **said: Any) -> Any:
        return self.post("batch", {"batch": list(events)} | said)

    def count(self) -> None:
        """What a worker's turn does, however lately the one before it was."""
        turns.go_on(self.tenant.pk, rest=dt.timedelta())


def figures(account: Any) -> dict[tuple[str, dt.date], tuple[int, int]]:
    """(metric key, day) to (count, users), inside the tenant's context."""
    rows = Daily.objects.filter(account=account).select_related("metric")
    return {(row.metric.key, row.day): (row.count, row.users) for row in rows}
