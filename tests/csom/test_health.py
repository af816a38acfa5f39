"""What a balancer asks: can work be done here, and is the process alive?"""

from __future__ import annotations

import pytest
from django.db import OperationalError
from django.test import Client

from csom import health


@pytest.mark.django_db
def test_both_servers_answer():
    answer = Client().get("/healthz")
    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", "database": "ok", "redis": "ok"}


@pytest.mark.django_db
def test_redis_away_is_named(settings):
    settings.REDIS_URL = "redis://127.0.0.1:9/0"
    answer = Client().get("/healthz")
    assert answer.status_code == 503
    assert answer.json() == {"status": "unavailable", "database": "ok", "redis": "unavailable"}


@pytest.mark.django_db
def test_the_database_away_is_named(monkeypatch):
    def away() -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr(health.connection, "cursor", away)
    answer = Client().get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["database"] == "unavailable"


def test_alive_asks_no_server():
    assert Client().get("/healthz/live").json() == {"status": "ok"}
