"""Addresses of other systems: added with a secret that is shown once, mended, switched off and on, tried out."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from accounts import timeline
from accounts.actions.errors import named_refusals, refuse
from accounts.actions.validity import check, check_change, only, settled
from accounts.actions.writing import change, told
from accounts.models import User
from blueprints import sending
from blueprints.actions import deliveries
from blueprints.models import Channel, Endpoint, EndpointKind

FIELDS = ("name", "kind", "url")
EDITABLE = ("name", "url")


def fresh_secret() -> str:
    """As Standard Webhooks write it: 32 random bytes."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


@transaction.atomic
def add(values: Mapping[str, Any], *, by: User | None) -> tuple[Endpoint, str]:
    """The endpoint and its secret, which is shown this once; a Slack-compatible one has none."""
    endpoint = Endpoint(**only(values, FIELDS), created_by=by)
    secret = fresh_secret() if endpoint.kind == EndpointKind.WEBHOOK else ""
    endpoint.secret = sending.seal(secret)
    check(endpoint)
    _check_url(endpoint.url)
    with named_refusals(Endpoint):
        endpoint.save(force_insert=True)
    settled(endpoint)
    timeline.record("endpoint.added", by=by, endpoint_id=endpoint.pk, name=endpoint.name)
    return endpoint, secret


@transaction.atomic
def edit(endpoint: Endpoint, values: Mapping[str, Any], *, by: User | None, version: int | None = None) -> Endpoint:
    """Changes what differs. Stale `version`: Conflict. Another address begins without the failures of the old one."""
    given = only(values, EDITABLE)
    check_change(endpoint, given)
    if given.get("url", endpoint.url) != endpoint.url:
        _check_url(given["url"])
        given |= {"failing_since": None, "resume_at": None}
    changed = change(endpoint, given, version=version)
    if changed:
        timeline.record("endpoint.edited", by=by, endpoint_id=endpoint.pk, name=endpoint.name, **told(changed))
        deliveries.ring()
    return endpoint


@transaction.atomic
def renew_secret(endpoint: Endpoint, *, by: User | None) -> str:
    """A new secret, shown this once; from now on nothing is signed with the old one."""
    if endpoint.kind != EndpointKind.WEBHOOK:
        raise refuse("", "A Slack-compatible endpoint has no secret.")
    secret = fresh_secret()
    change(endpoint, {"secret": sending.seal(secret)})
    timeline.record("endpoint.edited", by=by, endpoint_id=endpoint.pk, name=endpoint.name, changed="secret")
    return secret


@transaction.atomic
def switch_off(endpoint: Endpoint, *, by: User | None) -> None:
    """Nothing is sent there; what waits for it waits."""
    if change(endpoint, {"active": False}):
        timeline.record("endpoint.stopped", by=by, endpoint_id=endpoint.pk, name=endpoint.name, reason="switched off")


@transaction.atomic
def switch_on(endpoint: Endpoint, *, by: User | None) -> None:
    """What waited for it is sent now."""
    if change(endpoint, {"active": True, "failing_since": None, "resume_at": None}):
        timeline.record("endpoint.switched_on", by=by, endpoint_id=endpoint.pk, name=endpoint.name)
        deliveries.ring()


@transaction.atomic
def try_out(endpoint: Endpoint, *, by: User) -> int:
    """Sends a message that says it is a test; the id of its delivery."""
    if not endpoint.active:
        raise refuse("", "Switch it on first.")
    words = f"A test by {by}: this endpoint is reached."
    data = {"type": "test", "data": {"text": words}}
    slack = endpoint.kind == EndpointKind.SLACK
    return deliveries.wire(None, 0, endpoint, Channel(endpoint.kind), {"text": words} if slack else data)


def _check_url(url: str) -> None:
    if problem := sending.problem_with(url):
        raise refuse("url", problem)
