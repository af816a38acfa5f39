"""Callers of the API: another system with Acme's key, with Rival's, with one that only reads."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from django.test import Client

from accounts.actions import api_keys
from accounts.tenancy.context import tenant_context


class Caller:
    """caller.post("/accounts", {...}) asks /api/v1/accounts with the key; outside any open tenant context."""

    def __init__(self, secret: str) -> None:
        self.client = Client(headers={"Authorization": f"Bearer {secret}", "Accept": "application/json"})

    def __call__(self, method: str, path: str, body: object = None, **headers: str) -> object:
        address = path if path.startswith("http") else f"/api/v1{path}"
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        data = {} if body is None else {"data": body if isinstance(body, str | bytes) else json.dumps(body)}
        return self.client.generic(method, address, content_type="application/json", headers=named, **data)

    def get(self, path: str, **headers: str) -> object:
        return self("GET", path, **headers)

    def post(self, path: str, body: object = None, **headers: str) -> object:
        return self("POST", path, body, **headers)

    def patch(self, path: str, body: object = None, **headers: str) -> object:
        return self("PATCH", path, body, **headers)

    def put(self, path: str, body: object = None, **headers: str) -> object:
        return self("PUT", path, body, **headers)

    def delete(self, path: str, **headers: str) -> object:
        return self("DELETE", path, **headers)


@pytest.fixture
def caller() -> Callable[..., Caller]:
    def with_key(tenant: object, by: object, scope: str = "write") -> Caller:
        with tenant_context(tenant):
            return Caller(api_keys.create(tenant, f"{scope} key", scope, by)[1])

    return with_key


@pytest.fixture
def api(acme_cast, caller) -> Caller:
    return caller(acme_cast.tenant, acme_cast.ada)


@pytest.fixture
def reader(acme_cast, caller) -> Caller:
    return caller(acme_cast.tenant, acme_cast.ada, "read")


@pytest.fixture
def rivals(rival, caller) -> Caller:
    return caller(rival.tenant, rival.rita)
