"""Runs through the API: read, filtered, never another tenant's."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts import timeline
from accounts.actions import api_keys, tasks
from accounts.models import Task
from accounts.tenancy.context import tenant_context
from blueprints.actions import engine
from blueprints.models import Run
from tests.factories.accounts import AccountFactory
from tests.factories.blueprints import PlayFactory, step


@pytest.fixture
def ask() -> Callable:
    def with_key(cast, by, path: str) -> object:
        with tenant_context(cast.tenant):
            secret = api_keys.create(cast.tenant, "key", "read", by)[1]
        return Client(headers={"Authorization": f"Bearer {secret}"}).get(f"/api/v1{path}")

    return with_key


@pytest.fixture
def runs(acme_cast) -> list[Run]:
    with tenant_context(acme_cast.tenant):
        PlayFactory(code="champion-departed", name="Champion departed", steps=[step("One"), step("Two")])
        for name in ("Alder", "Birch"):
            timeline.record("contact.departed", account=AccountFactory(name=name), by=None, name="Kim")
    engine.drain(acme_cast.tenant.pk)
    with tenant_context(acme_cast.tenant):
        for task in Task.objects.filter(account__name="Alder"):
            tasks.drop(task, by=acme_cast.ada)
        return list(Run.objects.order_by("pk"))


def test_a_run_says_what_started_it_and_how_far_it_is(acme_cast, runs, ask):
    run = runs[0]
    body = ask(acme_cast, acme_cast.ada, f"/runs/{run.pk}").json()
    assert body.pop("started_at")
    assert body.pop("ended_at")
    assert body == {
        "id": run.pk,
        "play": "champion-departed",
        "play_name": "Champion departed",
        "play_version": 1,
        "account": run.account_id,
        "event": run.event_id,
        "event_kind": "contact.departed",
        "match": run.match_id,
        "state": "finished",
        "tasks_total": 2,
        "tasks_closed": 2,
    }


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["Birch", "Alder"]),
        ("?in_motion=true", ["Birch"]),
        ("?in_motion=false", ["Alder"]),
        ("?play=champion-departed&account={alder}", ["Alder"]),
        ("?play=onboarding", []),
    ],
)
def test_the_list_is_newest_first_and_can_be_asked(acme_cast, runs, ask, query, expected):
    response = ask(acme_cast, acme_cast.ada, "/runs" + query.format(alder=runs[0].account_id))
    names = {run.account_id: name for run, name in zip(runs, ("Alder", "Birch"), strict=True)}
    assert [names[row["account"]] for row in response.json()["results"]] == expected


def test_an_unknown_question_is_refused(acme_cast, runs, ask):
    response = ask(acme_cast, acme_cast.ada, "/runs?colour=red")
    assert response.status_code == 400
    assert list(response.json()["errors"]) == ["colour"]


def test_another_tenant_finds_none(acme_cast, runs, rival, ask):
    assert ask(rival, rival.rita, f"/runs/{runs[0].pk}").status_code == 404
    assert ask(rival, rival.rita, "/runs").json()["results"] == []


def test_a_task_of_a_play_says_what_it_was_born_from(acme_cast, runs, ask):
    with tenant_context(acme_cast.tenant):
        own = tasks.add({"title": "Mine", "due_on": dt.date(2026, 12, 1), "source": "api"}, by=acme_cast.ada)
        given = Task.objects.filter(account__name="Birch").order_by("pk").first()
    body = ask(acme_cast, acme_cast.ada, f"/tasks/{given.pk}").json()
    assert (body["play"], body["run"], body["because"]) == ("champion-departed", runs[1].pk, "it helps")
    body = ask(acme_cast, acme_cast.ada, f"/tasks/{own.pk}").json()
    assert (body["play"], body["run"], body["because"]) == (None, None, None)


def test_tasks_are_asked_for_by_their_play(acme_cast, rival, runs, ask):
    with tenant_context(acme_cast.tenant):
        tasks.add({"title": "Mine", "due_on": dt.date(2026, 12, 1), "source": "api"}, by=acme_cast.ada)
    found = ask(acme_cast, acme_cast.ada, "/tasks?play=champion-departed").json()["results"]
    assert [(row["title"], row["run"]) for row in found] == [
        ("One", runs[0].pk), ("Two", runs[0].pk), ("One", runs[1].pk), ("Two", runs[1].pk),
    ]  # fmt: skip
    assert ask(acme_cast, acme_cast.ada, "/tasks?play=another").json()["results"] == []
    assert ask(rival, rival.rita, "/tasks?play=champion-departed").json()["results"] == []


def test_what_tasks_were_born_from_costs_one_query_for_a_whole_page(acme_cast, runs, ask):
    costs = []
    for limit in (1, 4):
        ask(acme_cast, acme_cast.ada, "/me")
        with CaptureQueriesContext(connection) as queries:
            rows = ask(acme_cast, acme_cast.ada, f"/tasks?limit={limit}").json()["results"]
        assert [row["play"] for row in rows] == ["champion-departed"] * limit
        costs.append([one["sql"] for one in queries])
    assert len(costs[0]) == len(costs[1])
    assert sum("blueprints_runtask" in sql for sql in costs[1]) == 1
