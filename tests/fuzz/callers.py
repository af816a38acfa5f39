"""Who asks: each role of Acme's, a stranger, its API keys, its sender of usage and a customer's person with a link."""

from __future__ import annotations

import base64
from types import SimpleNamespace

from django.test import Client

from accounts.actions import api_keys
from accounts.tenancy.context import tenant_context
from journeys.plans.actions import sharing
from metrics.usage.actions import write_keys
from tests.conftest import WorkspaceClient
from tests.fuzz.attempts import Asked
from tests.fuzz.stage import ROLES
from tests.journeys.plans.shared import code_from_mail

SORTS = dict.fromkeys(ROLES.values(), "member") | {
    "anonymous": "stranger", "key that writes": "key", "key that reads": "key", "write key": "sender", "link": "visitor"
}  # fmt: skip
# The hunt in two halves of about one length.
PARTS = {
    "people": [name for name, sort in SORTS.items() if sort == "member"],
    "others": [name for name, sort in SORTS.items() if sort != "member"],
}


def callers(acme: SimpleNamespace, token: str) -> dict[str, Client]:
    """Outside any open tenant context, and before the rival's numbers begin: what they hold has numbers, too."""
    found: dict[str, Client] = {}
    for name, role in ROLES.items():
        found[role] = WorkspaceClient(acme.slug)
        found[role].force_login(getattr(acme, name))
    found["anonymous"] = Client()
    with tenant_context(acme.tenant):
        for scope in ("write", "read"):
            secret = api_keys.create(acme.tenant, f"Fuzz {scope}", scope, acme.ada)[1]
            found[f"key that {scope}s"] = Client(headers={"Authorization": f"Bearer {secret}"})
        _, secret = write_keys.create(acme.tenant, "Fuzz", acme.ada)
    basic = base64.b64encode(f"{secret}:".encode()).decode()
    found["write key"] = Client(headers={"Authorization": f"Basic {basic}"})
    found["link"] = _visitor(acme, token)
    for client in found.values():
        client.raise_request_exception = False
    return found


def _visitor(acme: SimpleNamespace, token: str) -> Client:
    client, base = Client(), f"/w/{acme.slug}/p/{token}/"
    answer = client.post(base + "code/")
    assert answer.status_code == 302, answer.content[:3000]
    sharing.mail_waiting(acme.tenant.pk)
    assert client.post(base + "open/", {"code": code_from_mail()}).status_code == 302
    return client


def send(client: Client, asked: Asked) -> object:
    body = "" if asked.method in ("GET", "HEAD", "OPTIONS") else asked.data
    return Client.generic(
        client, asked.method, asked.path, body, content_type=asked.content_type, headers=dict(asked.headers)
    )
