"""What a balancer asks: can work be done here, is the process alive, and is the engine in time?"""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from accounts.models import TenantWork
from accounts.timeline import EVENTS
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


def _due(tenant, **ago: int) -> None:
    TenantWork.objects.create(tenant=tenant, kind=EVENTS, due_at=timezone.now() - dt.timedelta(**ago))


@pytest.mark.django_db
def test_an_engine_with_nothing_to_do_is_in_time(acme_cast):
    answer = Client().get("/healthz/engine")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok", "lag_seconds": 0})


@pytest.mark.django_db
def test_an_engine_that_is_a_little_behind_is_well(acme_cast):
    _due(acme_cast.tenant, minutes=4)
    answer = Client().get("/healthz/engine")
    assert answer.status_code == 200
    assert 240 <= answer.json()["lag_seconds"] < 300


@pytest.mark.django_db
def test_an_engine_that_lags_fails_and_says_for_how_long_but_not_for_whom(acme_cast, rival):
    _due(acme_cast.tenant, minutes=6)
    _due(rival.tenant, minutes=1)
    answer = Client().get("/healthz/engine")
    assert answer.status_code == 503
    assert answer.json().keys() == {"status", "lag_seconds"}
    assert 360 <= answer.json()["lag_seconds"] < 420
    for cast in (acme_cast, rival):
        assert cast.tenant.slug not in answer.content.decode()
        assert cast.tenant.name not in answer.content.decode()


@pytest.mark.django_db
def test_what_is_due_later_is_no_lag(acme_cast):
    _due(acme_cast.tenant, minutes=-6)
    assert Client().get("/healthz/engine").json() == {"status": "ok", "lag_seconds": 0}


@pytest.mark.django_db
def test_without_the_database_nobody_knows_how_late_the_engine_is(monkeypatch):
    def away() -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr(health, "behind", away)
    answer = Client().get("/healthz/engine")
    assert (answer.status_code, answer.json()) == (503, {"status": "unavailable", "lag_seconds": None})
