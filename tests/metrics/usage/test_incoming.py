"""The tracking API: what is taken, what is refused by name, and what a replay changes."""

from __future__ import annotations

import datetime as dt
import gzip
import json

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone

from accounts.models import TenantWork
from accounts.tenancy.context import tenant_context
from metrics.usage.actions import receiving, write_keys
from metrics.usage.models import Arrival, Message, Origin, Refusal, UsageEvent
from tests.factories.usage import Sender, event, figures

pytestmark = pytest.mark.django_db


def stored(sender) -> list[UsageEvent]:
    with tenant_context(sender.tenant):
        return list(UsageEvent.objects.order_by("name", "person"))


def test_an_event_is_taken_and_counted_for_the_account_of_its_group(sender, account):
    answer = sender.post("track", event(group="org-1", properties={"plan": "pro"}))
    assert (answer.status_code, answer.json()) == (200, {"success": True})
    [found] = stored(sender)
    assert (found.name, found.person, found.account_id) == ("report_downloaded", "u1", account.pk)
    assert found.properties == {"plan": "pro"}
    sender.count()
    with tenant_context(sender.tenant):
        today = timezone.now().date()
        assert figures(account) == {("events", today): (1, 1), ("active_users", today): (1, 1)}
        assert not Arrival.objects.exists()
    assert not TenantWork.objects.filter(tenant=sender.tenant, kind="usage").exists()


@pytest.mark.parametrize("kind", ["track", "page", "screen", "identify", "group", "alias", "batch", "import"])
def test_every_address_of_the_tracking_api_answers(sender, kind):
    body = event(groupId="org-1", previousId="old", name="Home")
    body = {"batch": [body]} if kind in ("batch", "import") else body
    answer = sender.post(kind, body)
    assert (answer.status_code, answer.json()) == (200, {"success": True})


def test_a_replayed_batch_changes_nothing_though_it_is_sent_later(sender, account):
    said = [event(group="org-1", timestamp="2026-11-20T10:00:00Z") for _ in range(3)]
    assert sender.batch(said, sentAt="2026-11-20T10:00:01Z").status_code == 200
    first = {(e.id, e.occurred_at) for e in stored(sender)}
    # Sent again a month of the sender's clock later: another corrected time, the same messages.
    assert sender.batch(said[::-1], sentAt="2026-12-20T10:00:01Z").json() == {"success": True}
    assert {(e.id, e.occurred_at) for e in stored(sender)} == first
    with tenant_context(sender.tenant):
        assert Arrival.objects.count() == 1


def test_a_message_said_twice_in_one_batch_counts_once(sender):
    said = event()
    sender.batch([said, said])
    assert len(stored(sender)) == 1


def test_a_senders_clock_is_set_right_by_when_it_sent(sender):
    now = timezone.now()
    wrong = now + dt.timedelta(days=400)
    sender.batch([event(timestamp=(wrong - dt.timedelta(minutes=10)).isoformat())], sentAt=wrong.isoformat())
    [found] = stored(sender)
    assert abs(found.occurred_at - (now - dt.timedelta(minutes=10))) < dt.timedelta(seconds=5)


def nested(levels: int) -> dict:
    inside: dict = {}
    for _ in range(levels):
        inside = {"in": inside}
    return inside


REFUSED = [
    ({"userId": None}, "An event needs a “userId” or an “anonymousId”."),
    ({"type": "purchase"}, "“type” must be track, identify, group, page, screen or alias."),
    ({"event": ""}, "“event” must be text of 1 to 200 characters."),
    ({"event": 7}, "“event” must be text of 1 to 200 characters."),
    ({"properties": [1]}, "“properties” must be a JSON object."),
    ({"timestamp": "yesterday"}, "“timestamp” must be an ISO 8601 instant, such as 2026-03-31T08:15:00Z."),
    ({"timestamp": 1700000000}, "“timestamp” must be an ISO 8601 instant, such as 2026-03-31T08:15:00Z."),
    ({"timestamp": "2199-01-01T00:00:00Z"}, "It lies in the future: more than an hour ahead of this moment."),
    ({"userId": {"id": 1}}, "“userId” must be text of at most 255 characters."),
    ({"userId": "u" * 256}, "“userId” must be text of at most 255 characters."),
    ({"messageId": 12}, "“messageId” must be text of at most 255 characters."),
    ({"userId": "a\x00b"}, "Text must not hold the character U+0000."),
    ({"properties": {"text": "x" * 33_000}}, "An event holds at most 32 KB."),
    ({"properties": nested(300)}, "An event’s values are nested too deep."),
    ({"properties": nested(900) | {"text": "a\x00b"}}, "An event’s values are nested too deep."),
]


@pytest.mark.parametrize(("wrong", "reason"), REFUSED)
def test_a_malformed_event_is_named_and_the_others_are_taken(sender, wrong, reason):
    bad = event() | wrong
    answer = sender.batch([event(user="before"), bad, event(user="after")])
    named = bad["messageId"] if isinstance(bad["messageId"], str) else "12"
    assert answer.status_code == 200
    assert answer.json() == {"success": True, "refused": [{"index": 1, "messageId": named, "reason": reason}]}
    assert [e.person for e in stored(sender)] == ["after", "before"]
    with tenant_context(sender.tenant):
        assert Refusal.objects.get().reason == reason


def test_what_is_older_than_what_is_kept_is_refused_by_name(sender):
    answer = sender.batch([event(timestamp="1999-12-31T23:59:59Z"), event(timestamp="0001-01-01T00:00:00+14:00")])
    assert [each["index"] for each in answer.json()["refused"]] == [0, 1]
    assert "the first day whose events are kept" in answer.json()["refused"][0]["reason"]
    assert stored(sender) == []


def test_an_event_that_isnt_an_object_is_refused_alone(sender):
    answer = sender.batch([event(), None, "x", []])
    assert [each["index"] for each in answer.json()["refused"]] == [1, 2, 3]
    assert len(stored(sender)) == 1


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"", 400), (b"{", 400), (b"[]", 400), (b'{"batch": 1}', 400), (b'{"batch": [' + b"{}," * 5001 + b"{}]}", 413)],
)
def test_a_call_that_cant_be_read_is_refused_as_a_whole(sender, body, status):
    answer = sender.post("batch", body)
    assert answer.status_code == status
    assert answer.json()["success"] is False
    assert stored(sender) == []


@pytest.mark.parametrize("kind", ["track", "group"])
def test_an_instant_far_east_of_every_zone_is_the_instant_that_it_says(sender, kind):
    """ISO 8601 allows offsets that PostgreSQL doesn't read."""
    at = timezone.now().replace(microsecond=0) - dt.timedelta(hours=2)
    far = at.astimezone(dt.timezone(dt.timedelta(hours=23, minutes=30))).isoformat()
    answer = sender.batch([event(), event(type=kind, timestamp=far, groupId="org-1")])
    assert (answer.status_code, answer.json()) == (200, {"success": True})
    assert kind == "group" or at in [each.occurred_at for each in stored(sender)]


def test_texts_arrive_as_they_were_said(sender):
    odd = 'tab\there "quoted" back\\slash\nline \u00a0 é \\N'
    sender.batch([event(odd, user=odd, properties={odd: odd, "deep": {"list": [1, 2.5, None, True]}})])
    [found] = stored(sender)
    assert (found.name, found.person) == (odd, odd)
    assert found.properties == {odd: odd, "deep": {"list": [1, 2.5, None, True]}}


def test_a_packed_body_is_unpacked(sender):
    assert sender.post("batch", {"batch": [event()]}, packed=True).json() == {"success": True}
    assert len(stored(sender)) == 1


def test_a_bomb_is_stopped_on_the_way(sender):
    bomb = gzip.compress(b'{"batch": [' + b" " * 200_000_000 + b"]}")
    assert len(bomb) < 500_000
    answer = sender.post("batch", bomb, Content_Encoding="gzip")
    assert (answer.status_code, answer.json()["success"]) == (413, False)


@pytest.mark.parametrize("body", [b"no gzip", gzip.compress(b"{}", mtime=0)[:-9]], ids=["other", "cut"])
def test_a_body_that_isnt_what_it_says_is_refused(sender, body):
    assert sender.post("batch", body, Content_Encoding="gzip").status_code == 400
    assert sender.post("batch", b"{}", Content_Encoding="br").status_code == 415


def test_more_than_half_a_megabyte_is_refused_before_it_is_read(sender):
    answer = sender.post("batch", json.dumps({"batch": [event(properties={"x": "y" * 600_000})]}).encode())
    assert answer.status_code == 413


def test_the_key_may_stand_in_the_body(sender):
    body = {"batch": [event()], "writeKey": sender.secret}
    assert Client().post("/v1/batch", body, content_type="application/json").json() == {"success": True}
    single = event() | {"writeKey": sender.secret}
    assert Client().post("/v1/track", single, content_type="application/json").json() == {"success": True}
    assert len(stored(sender)) == 2


def test_without_a_living_key_nothing_is_taken(sender, acme_cast):
    for secret in ("", "csw_nothing", "csk_" + sender.secret[4:], sender.secret[:-1] + "x"):
        body = {"batch": [event()], "writeKey": secret}
        answer = Client().post("/v1/batch", body, content_type="application/json")
        assert (answer.status_code, answer.json()["success"]) == (401, False)
    with tenant_context(sender.tenant):
        write_keys.revoke(sender.key, by=acme_cast.ada)
    assert sender.batch([event()]).status_code == 401
    assert stored(sender) == []


def test_a_revoked_key_lets_nothing_in_though_the_process_has_just_seen_it_living(sender, acme_cast):
    """The process remembers keys for a second; the statement that takes the events doesn't."""
    assert sender.batch([event()]).status_code == 200
    with tenant_context(sender.tenant):
        write_keys.revoke(sender.key, by=acme_cast.ada)
    assert write_keys.sender_of(sender.secret) is not None
    for said in ([event()], [event(type="group", groupId="org-9")], [event(user="")], []):
        assert sender.batch(said).status_code == 401
    assert len(stored(sender)) == 1
    with tenant_context(sender.tenant):
        assert not Refusal.objects.exists()
        assert not Origin.objects.filter(ref="org-9").exists()


def test_the_key_alone_says_whose_usage_it_is(sender, rival, account):
    other = Sender(rival.tenant, rival.rita)
    other.batch([event(group="org-1", tenant_id=sender.tenant.pk, writeKey=sender.secret)])
    assert stored(sender) == []
    [found] = stored(other)
    assert found.account_id is None


def test_the_same_message_of_two_workspaces_is_two(sender, rival):
    said = event()
    sender.batch([said])
    other = Sender(rival.tenant, rival.rita)
    other.batch([said])
    assert len(stored(sender)) == len(stored(other)) == 1


def test_a_browser_may_ask_from_any_page(sender):
    asked = Client().options("/v1/track")
    assert asked.status_code == 204
    assert asked.headers["Access-Control-Allow-Origin"] == "*"
    assert "Authorization" in asked.headers["Access-Control-Allow-Headers"]
    assert sender.post("track", event()).headers["Access-Control-Allow-Origin"] == "*"


def test_other_addresses_and_methods_are_told_so(sender):
    assert Client().get("/v1/track").status_code == 405
    assert sender.post("purchase", event()).status_code == 404
    assert Client().post("/v1/").status_code == 404


def test_when_the_database_fails_nothing_is_acknowledged(sender, monkeypatch):
    def away(*args, **said):
        raise OperationalError("gone")

    monkeypatch.setattr(receiving, "receive", away)
    answer = sender.batch([event()])
    assert (answer.status_code, answer.json()["success"]) == (503, False)
    assert answer.headers["Retry-After"] == "5"


def test_taking_a_batch_costs_as_many_queries_as_taking_one(sender, account, django_assert_num_queries):
    sender.batch([event(group="org-1")])
    for count in (1, 200):
        with django_assert_num_queries(8):
            sender.batch([event(group="org-1") for _ in range(count)])


def test_what_happened_in_a_month_without_a_table_is_kept_with_the_rest_and_moves_when_its_month_comes(sender):
    day = timezone.now() - dt.timedelta(days=200)
    sender.batch([event(timestamp=day.isoformat()), event()])
    with connection.cursor() as cursor:
        cursor.execute("SELECT usage_ensure_month(%s)", [day.date()])
        assert len(stored(sender)) == 2
        cursor.execute(
            "SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE relname = %s", [f"usage_event_{day:%Y_%m}"]
        )
        assert cursor.fetchone() == (True, True)
        cursor.execute("SELECT has_table_privilege(current_user, %s, 'SELECT')", [f"usage_event_{day:%Y_%m}"])
        assert cursor.fetchone() == (False,)


def test_ids_of_messages_stand_over_all_months(sender):
    sender.batch([event(messageId="once"), event(messageId="twice")])
    with tenant_context(sender.tenant):
        assert Message.objects.count() == 2
