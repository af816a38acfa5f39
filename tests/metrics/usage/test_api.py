"""Usage through the API: values in once, figures out, metrics, unmatched groups and write keys."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from accounts.models import IdempotencyRecord
from accounts.tenancy.context import tenant_context
from metrics.usage.actions import metrics, turns
from metrics.usage.models import Daily, Origin, UsageEvent
from tests.factories.accounts import AccountFactory
from tests.factories.usage import event

pytestmark = pytest.mark.django_db


@pytest.fixture
def seats(acme_cast):
    with tenant_context(acme_cast.tenant):
        return metrics.add({"name": "Seats used", "source": "points", "aggregate": "last"}, by=acme_cast.ada)


def point(**said):
    return {"external_id": "org-1", "metric": "seats_used", "day": "2026-11-10", "value": 42} | said


def test_values_are_taken_once_for_each_id_and_read_by_day(acme_cast, api, account, seats):
    said = [point(id="a"), point(id="b", day="2026-11-11", value=44.5), point(id="c", day="2026-11-11", value=1)]
    assert api.post("/usage", {"points": said}).json() == {"accepted": 3, "known": 0, "refused": []}
    assert api.post("/usage", {"points": said[::-1]}).json() == {"accepted": 0, "known": 3, "refused": []}
    turns.go_on(acme_cast.tenant.pk, rest=dt.timedelta())
    rows = api.get(f"/accounts/{account.pk}/usage?metric=seats_used").json()["results"]
    assert [(row["day"], row["count"], row["sum"]) for row in rows] == [("2026-11-11", 2, 45.5), ("2026-11-10", 1, 42)]
    assert rows[1] == {"metric": "seats_used", "day": "2026-11-10", "count": 1, "users": 0, "sum": 42.0, "last": 42.0}


def test_figures_are_asked_for_by_days(acme_cast, api, account, seats):
    api.post("/usage", {"points": [point(day=f"2026-11-{day:02}") for day in range(1, 11)]})
    turns.go_on(acme_cast.tenant.pk, rest=dt.timedelta())
    found = api.get(f"/accounts/{account.pk}/usage?from=2026-11-03&to=2026-11-04").json()["results"]
    assert [row["day"] for row in found] == ["2026-11-04", "2026-11-03"]


REFUSED = [
    ({"value": "42"}, "“value” must be a number of at most 15 digits."),
    ({"value": True}, "“value” must be a number of at most 15 digits."),
    ({"value": 1e300}, "“value” must be a number of at most 15 digits."),
    ({"metric": "unknown"}, "“metric” must be the key of a metric that counts values sent to the API."),
    ({"metric": "events"}, "“metric” must be the key of a metric that counts values sent to the API."),
    ({"external_id": "nobody"}, "No account in this workspace has this external id."),
    ({"account": 1}, "Name the account by one of “account”, “external_id” and “domain”."),
    ({"day": "2199-01-01"}, "It lies in the future: more than an hour ahead of this moment."),
    ({"day": "tomorrow"}, "“day” must be a date such as 2026-03-31, “at” an ISO 8601 instant."),
    ({"at": "2026-11-10T10:00:00Z"}, "Say when: either “day” or “at”."),
    ({"id": ""}, "“id” must be text of at most 255 characters."),
    ({"worth": 1}, "A point has no field “worth”."),
    ({"w" * 400: 1}, f"A point has no field “{'w' * 80}”."),
    ({"metric": ["seats_used"]}, "“metric” must be the key of a metric that counts values sent to the API."),
]


@pytest.mark.parametrize(("wrong", "reason"), REFUSED)
def test_a_point_that_cant_be_taken_is_named_and_the_others_are_taken(acme_cast, api, account, seats, wrong, reason):
    answer = api.post("/usage", {"points": [point(), point() | wrong, "x"]}).json()
    assert answer["accepted"] == 1
    assert [(each["index"], each["reason"]) for each in answer["refused"]] == [
        (1, reason), (2, "A point must be a JSON object."),
    ]  # fmt: skip
    with tenant_context(acme_cast.tenant):
        assert UsageEvent.objects.count() == 1


def test_a_domain_that_two_accounts_share_names_none(acme_cast, api, account, seats):
    with tenant_context(acme_cast.tenant):
        AccountFactory(domain="northwind.test")
    said = point(domain="northwind.test")
    del said["external_id"]
    [refused] = api.post("/usage", {"points": [said]}).json()["refused"]
    assert refused["reason"] == "Several accounts have this domain: name one by its id."


@pytest.mark.parametrize("body", [{}, {"points": []}, {"points": {}}, {"points": [{}], "more": 1}, []])
def test_a_body_without_points_is_refused(api, body):
    assert api.post("/usage", body).status_code == 400


def test_keys_that_read_send_nothing(reader, account):
    assert reader.post("/usage", {"points": [point()]}).status_code == 403


def test_anothers_account_is_unknown(acme_cast, api, rivals, account, seats):
    assert rivals.get(f"/accounts/{account.pk}/usage").status_code == 404
    assert api.get("/accounts/987654321/usage").status_code == 404


def test_a_metric_is_made_changed_and_counted_anew(acme_cast, api, sender, account):
    sender.batch([event("export", group="org-1", properties={"gb": 2.5}), event("export", user="u2", group="org-1")])
    sender.count()
    made = api.post("/usage/metrics", {"name": "Gigabytes", "event": "export", "aggregate": "sum", "property": "gb"})
    assert made.status_code == 201
    sender.count()
    row = api.get(f"/accounts/{account.pk}/usage?metric=gigabytes").json()["results"][0]
    assert (row["count"], row["users"], row["sum"], row["last"]) == (2, 2, 2.5, 2.5)
    pk = made.json()["id"]
    api.patch(f"/usage/metrics/{pk}", {"where_property": "gb", "where_value": "9"})
    sender.count()
    assert api.get(f"/accounts/{account.pk}/usage?metric=gigabytes").json()["results"] == []
    with tenant_context(acme_cast.tenant):
        Daily.objects.all().delete()
    assert api.post(f"/usage/metrics/{pk}/recount", {}).status_code == 200
    sender.count()
    assert api.get(f"/usage/metrics/{pk}").json()["count_from"] is None


def test_a_metric_whose_parts_dont_fit_is_refused(api):
    answer = api.post("/usage/metrics", {"name": "X", "aggregate": "sum", "where_property": "a"})
    assert set(answer.json()["errors"]) == {"property", "where_value"}
    assert api.post("/usage/metrics", {"name": "X", "source": "points"}).status_code == 400
    api.post("/usage/metrics", {"name": "Twice"})
    assert api.post("/usage/metrics", {"name": "Twice"}).json()["errors"] == {"key": ["Another metric has this key."]}


def test_unmatched_groups_are_listed_and_matched(acme_cast, api, sender, account):
    day = timezone.now() - dt.timedelta(days=3)
    sender.batch([event(group="elsewhere", timestamp=day.isoformat())])
    [found] = api.get("/usage/unmatched").json()["results"]
    assert (found["kind"], found["ref"], found["state"]) == ("group", "elsewhere", "waiting")
    answer = api.post(f"/usage/unmatched/{found['id']}/match", {"account": account.pk})
    assert answer.json()["state"] == "matched"
    sender.count()
    [row] = api.get(f"/accounts/{account.pk}/usage?metric=events").json()["results"]
    assert (row["day"], row["count"]) == (day.date().isoformat(), 1)
    assert api.get("/usage/unmatched").json()["results"] == []
    assert api.post(f"/usage/unmatched/{found['id']}/match", {"account": account.pk}).status_code == 400
    back = api.post(f"/usage/unmatched/{found['id']}/move", {})
    assert (back.json()["state"], back.json()["account"]) == ("waiting", None)
    sender.count()
    assert api.get(f"/accounts/{account.pk}/usage?metric=events").json()["results"] == []
    assert api.post(f"/usage/unmatched/{found['id']}/move", {"account": account.pk}).status_code == 400


def test_an_ignored_group_is_out_of_the_list(acme_cast, api, sender):
    sender.batch([event(group="elsewhere")])
    with tenant_context(acme_cast.tenant):
        pk = Origin.objects.get().pk
    assert api.post(f"/usage/unmatched/{pk}/ignore", {}).json()["state"] == "ignored"
    assert api.get("/usage/unmatched").json()["results"] == []


def test_write_keys_are_made_and_revoked(api, rivals):
    made = api.post("/usage/write-keys", {"name": "Web"}).json()
    assert made["write_key"].startswith(made["prefix"])
    assert "write_key" not in api.get(f"/usage/write-keys/{made['id']}").json()
    assert rivals.get(f"/usage/write-keys/{made['id']}").status_code == 404
    assert rivals.post(f"/usage/write-keys/{made['id']}/revoke", {}).status_code == 404
    assert api.post(f"/usage/write-keys/{made['id']}/revoke", {}).json()["revoked_at"] is not None


def test_a_write_key_is_not_kept_with_the_answer_that_is_said_again(acme_cast, api):
    first, again = (api.post("/usage/write-keys", {"name": "Web"}, Idempotency_Key="once-1") for _ in range(2))
    assert again["Idempotent-Replayed"] == "true"
    assert again.json() == first.json() | {"write_key": "(shown once, in the first answer)"}
    with tenant_context(acme_cast.tenant):
        assert first.json()["write_key"] not in str(IdempotencyRecord.objects.get().body)
