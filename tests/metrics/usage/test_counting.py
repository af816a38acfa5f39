"""Days are counted right: in any order, however often, in the workspace's zone, late ones too; and once for impacts."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections import defaultdict
from types import SimpleNamespace

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts import timeline
from accounts.actions import api_keys
from accounts.models import Event, Tenant, TenantWork
from accounts.tenancy.context import tenant_context
from journeys.actions import journeys
from journeys.onboarding.models import FirstImpact
from metrics.usage.actions import keeping, metrics, turns
from metrics.usage.models import Arrival, Daily, Metric, Origin, Refusal, UsageEvent
from tests.factories.accounts import AccountFactory, ContactFactory, TenantFactory
from tests.factories.usage import Sender, event, figures

pytestmark = pytest.mark.django_db
ZONE = zoneinfo.ZoneInfo("Australia/Lord_Howe")
BEGAN = dt.datetime(2026, 10, 1, tzinfo=dt.UTC)

happenings = st.lists(
    st.tuples(
        st.integers(0, 60),  # message
        st.sampled_from(["org-1", "org-2"]),
        st.sampled_from(["a", "b", "c"]),
        st.sampled_from(["export", "login"]),
        st.integers(0, 4 * 24 * 60),  # minutes; the clocks change in between
        st.one_of(st.none(), st.integers(-50, 50), st.floats(-1e6, 1e6, allow_nan=False).map(lambda v: round(v, 3))),
    ),
    min_size=1,
    max_size=40,
    unique_by=lambda happening: happening[0],
)


def said(happening) -> dict:
    message, group, user, name, minutes, size = happening
    return {
        "type": "track", "messageId": f"h{message}", "event": name, "userId": user, "context": {"groupId": group},
        "timestamp": (BEGAN + dt.timedelta(days=2, minutes=minutes)).isoformat(), "properties": {"size": size},
    }  # fmt: skip


def naive_count(happened) -> dict:
    """(group, metric, day) to (count, people, sum): what anybody would write down by hand."""
    found = defaultdict(lambda: [0, set(), 0.0])
    for _, group, user, name, minutes, size in happened:
        day = (BEGAN + dt.timedelta(days=2, minutes=minutes)).astimezone(ZONE).date()
        for metric in ["events", "active_users", *(["exports"] if name == "export" else [])]:
            entry = found[group, metric, day]
            entry[0] += 1
            entry[1].add(user)
            entry[2] += (size or 0) if metric == "exports" else 0
    return {key: (count, len(people), round(total, 3)) for key, (count, people, total) in found.items()}


@pytest.fixture
def place(acme_cast):
    Tenant.objects.filter(pk=acme_cast.tenant.pk).update(timezone="Australia/Lord_Howe")
    acme_cast.tenant.refresh_from_db()
    with tenant_context(acme_cast.tenant):
        found = {group: AccountFactory(external_id=group) for group in ("org-1", "org-2")}
        metrics.add({"name": "Exports", "event": "export", "aggregate": "sum", "property": "size"}, by=acme_cast.ada)
    return SimpleNamespace(accounts=found, sender=Sender(acme_cast.tenant, acme_cast.ada))


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(happened=happenings, data=st.data())
def test_any_order_duplication_and_splitting_gives_the_naive_count(place, happened, data):
    again = data.draw(st.lists(st.sampled_from(happened), max_size=10))
    order = data.draw(st.permutations(happened + again))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(order)), max_size=4)))
    with transaction.atomic():
        for start, end in zip([0, *cuts], [*cuts, len(order)], strict=True):
            assert place.sender.batch(map(said, order[start:end])).json() == {"success": True}
            if data.draw(st.booleans()):
                place.sender.count()
        place.sender.count()
        with tenant_context(place.sender.tenant):
            found = {
                (group, row.metric.key, row.day): (row.count, row.users, round(float(row.sum), 3))
                for group, account in place.accounts.items()
                for row in Daily.objects.filter(account=account).select_related("metric")
            }
        transaction.set_rollback(True)
    assert found == naive_count(happened)


def test_the_last_value_of_a_day_is_the_latest_and_not_the_last_that_came(acme_cast, sender, account):
    with tenant_context(acme_cast.tenant):
        metrics.add({"name": "Seats", "event": "seats", "aggregate": "last", "property": "n"}, by=acme_cast.ada)
    for hour, n in ((9, 5), (15, 8), (11, 6)):
        sender.batch([event("seats", group="org-1", timestamp=f"2026-11-10T{hour:02}:00:00Z", properties={"n": n})])
        sender.count()
    with tenant_context(acme_cast.tenant):
        assert Daily.objects.get(metric__key="seats").last == 8


def test_a_number_past_all_sense_is_no_figure(acme_cast, sender, account):
    with tenant_context(acme_cast.tenant):
        metrics.add({"name": "Size", "event": "e", "aggregate": "sum", "property": "n"}, by=acme_cast.ada)
    sender.batch([event("e", group="org-1", properties={"n": n}) for n in (1e300, "7", None, 2, 10**30)])
    sender.count()
    with tenant_context(acme_cast.tenant):
        row = Daily.objects.get(metric__key="size")
    assert (row.count, row.sum, row.last) == (5, 2, 2)


def test_a_person_is_put_in_a_group_and_what_they_did_before_counts_on_its_own_day(acme_cast, sender, account):
    early = timezone.now() - dt.timedelta(days=5)
    sender.batch([event(user="u9", timestamp=early.isoformat())])
    sender.count()
    with tenant_context(acme_cast.tenant):
        assert Origin.objects.waiting().get().ref == "u9"
        assert not Daily.objects.exists()
    sender.post("group", {"userId": "u9", "groupId": "org-1", "messageId": "g1"})
    sender.batch([event(user="u9")])
    sender.count()
    with tenant_context(acme_cast.tenant):
        days = {day: count for (key, day), (count, _) in figures(account).items() if key == "events"}
        assert days == {early.date(): 1, timezone.now().date(): 1}
        assert not Origin.objects.waiting().exists()


@pytest.mark.parametrize(
    "group",
    [
        {"groupId": "northwind.test"},
        {"groupId": "some-id", "traits": {"website": "https://www.northwind.test/about"}},
    ],
)
def test_a_group_is_known_by_its_domain(acme_cast, sender, account, group):
    sender.post("group", {"userId": "u1", "messageId": "g1"} | group)
    sender.batch([event()])
    sender.count()
    with tenant_context(acme_cast.tenant):
        assert UsageEvent.objects.get().account_id == account.pk


def test_a_domain_of_two_accounts_is_no_match(acme_cast, sender, account):
    with tenant_context(acme_cast.tenant):
        AccountFactory(domain="northwind.test")
    sender.batch([event(group="northwind.test")])
    with tenant_context(acme_cast.tenant):
        assert Origin.objects.waiting().get().ref == "northwind.test"


def test_a_person_is_known_by_a_contacts_address_and_by_their_company(acme_cast, sender, account):
    with tenant_context(acme_cast.tenant):
        ContactFactory(account=account, email="kim@northwind.test")
    sender.post("identify", {"userId": "kim", "messageId": "i1", "traits": {"email": "Kim@northwind.test"}})
    sender.post("identify", {"userId": "lou", "messageId": "i2", "traits": {"company": {"id": "org-1"}}})
    sender.post("alias", {"userId": "lou", "previousId": "anonymous-7", "messageId": "a1"})
    said_by = [event(user="kim"), event(user="lou"), event(user=None, anonymousId="anonymous-7")]
    sender.batch(said_by)
    with tenant_context(acme_cast.tenant):
        assert set(UsageEvent.objects.values_list("account_id", flat=True)) == {account.pk}


def test_an_account_that_comes_after_its_usage_finds_it(acme_cast, sender):
    sender.batch([event(group="later")])
    sender.count()
    with tenant_context(acme_cast.tenant):
        late = AccountFactory(external_id="later")
    turns.look_again(acme_cast.tenant.pk)
    sender.count()
    with tenant_context(acme_cast.tenant):
        assert figures(late)[("events", timezone.now().date())] == (1, 1)


def test_a_history_that_was_brought_stays_under_what_comes(acme_cast, sender, account):
    today = timezone.now().date()
    with tenant_context(acme_cast.tenant):
        Daily.objects.create(account=account, metric=Metric.objects.get(key="events"), day=today, count=10, users=3,
                             brought_count=10, brought_users=3)  # fmt: skip
    for _ in range(2):
        sender.batch([event(group="org-1")])
        sender.count()
    with tenant_context(acme_cast.tenant):
        assert figures(account)[("events", today)] == (12, 4)


def test_when_the_workspace_moves_its_days_are_counted_anew(acme_cast, sender, account):
    sender.batch([event(group="org-1", timestamp="2026-11-10T23:30:00Z")])
    sender.count()
    Tenant.objects.filter(pk=acme_cast.tenant.pk).update(timezone="Asia/Tokyo")
    sender.batch([event(group="org-1", timestamp="2026-11-12T01:00:00Z")])
    sender.count()
    with tenant_context(acme_cast.tenant):
        assert {day for _, day in figures(account)} == {dt.date(2026, 11, 11), dt.date(2026, 11, 12)}


@pytest.fixture
def impact(acme_cast, account):
    day = timezone.now().date() - dt.timedelta(days=3)
    with tenant_context(acme_cast.tenant):
        journey = journeys.begin(account, committed_on=day, by=acme_cast.cass)
        return FirstImpact.objects.create(
            account=account, journey=journey, event="report_downloaded", times=3, users=2, committed_on=day
        )


def met(cast) -> list[dict]:
    with tenant_context(cast.tenant):
        return [row.facts for row in Event.objects.filter(kind="usage.criterion_met")]


def test_a_first_impact_is_seen_once_its_people_did_it_often_enough(acme_cast, sender, account, impact):
    long_ago = (timezone.now() - dt.timedelta(days=5)).isoformat()
    sender.batch([event(group="org-1"), event(group="org-1"), event(user="u2", group="org-1", timestamp=long_ago)])
    sender.count()
    assert met(acme_cast) == []
    sender.batch([event("other", user="u2", group="org-1")])
    sender.count()
    assert met(acme_cast) == []
    sender.batch([event(user="u2", group="org-1")])
    sender.count()
    told = {"first_impact_id": impact.pk, "event": "report_downloaded", "times": 3, "users": 2}
    assert met(acme_cast) == [told]
    assert TenantWork.objects.filter(tenant=acme_cast.tenant, kind="first_impact").count() == 1
    sender.batch([event(user="u3", group="org-1")])
    sender.count()
    turns.look_again(acme_cast.tenant.pk)
    assert met(acme_cast) == [told]


def test_a_criterion_that_was_set_after_it_was_met_is_seen_too(acme_cast, sender, account, impact):
    with tenant_context(acme_cast.tenant):
        FirstImpact.objects.update(event="")
    sender.batch([event(user=user, group="org-1") for user in ("u1", "u2", "u2")])
    sender.count()
    with tenant_context(acme_cast.tenant):
        FirstImpact.objects.update(event="report_downloaded")
    turns.look_again(acme_cast.tenant.pk)
    assert len(met(acme_cast)) == 1


def test_raw_events_go_after_their_time_and_their_figures_stay(acme_cast, sender, account, monkeypatch):
    old = timezone.now() - dt.timedelta(days=100)
    sender.batch([event(group="org-1", timestamp=old.isoformat()), event(group="org-1")])
    sender.batch([event(user="")])
    sender.count()
    with tenant_context(acme_cast.tenant):
        keeping.edit(keeping.intake_of(acme_cast.tenant), 1, by=acme_cast.ada)
        before = dict(figures(account))
    keeping.forget(acme_cast.tenant.pk)
    with tenant_context(acme_cast.tenant):
        assert UsageEvent.objects.count() == 1
        assert figures(account) == before
        assert Refusal.objects.count() == 1
    answer = sender.batch([event(group="org-1", timestamp=old.isoformat())])
    assert "the first day whose events are kept" in answer.json()["refused"][0]["reason"]


def test_figures_of_days_that_lost_their_events_outlive_a_count_that_began_before(acme_cast, sender, account):
    old = timezone.now() - dt.timedelta(days=100)
    sender.batch([event(group="org-1", timestamp=old.isoformat()), event(group="org-1")])
    sender.count()
    with tenant_context(acme_cast.tenant):
        before = dict(figures(account))
        keeping.edit(keeping.intake_of(acme_cast.tenant), 1, by=acme_cast.ada)
        Metric.objects.update(count_from=old.date())
        Arrival.objects.create(accounts=[account.pk], days=[old.date()], events=1)
        timeline.ring(turns.WORK)
    keeping.forget(acme_cast.tenant.pk)
    sender.count()
    with tenant_context(acme_cast.tenant):
        assert figures(account) == before
        assert not Metric.objects.exclude(count_from=None).exists()


def test_old_events_go_a_part_at_a_time_so_that_none_takes_longer_than_a_statement_may(
    acme_cast, sender, account, monkeypatch
):
    days = [timezone.now() - dt.timedelta(days=back) for back in (100, 100, 101, 150, 150, 200, 1)]
    sender.batch([event(group="org-1", timestamp=day.isoformat()) for day in days])
    sender.batch([event(group="org-1", timestamp=days[0].isoformat())])
    monkeypatch.setattr(keeping, "ROWS", 3)
    with tenant_context(acme_cast.tenant):
        keeping.edit(keeping.intake_of(acme_cast.tenant), 1, by=acme_cast.ada)
    with CaptureQueriesContext(connection) as queries:
        assert keeping.forget(acme_cast.tenant.pk) == 7
    deletes = [each["sql"] for each in queries if each["sql"].lstrip().startswith("DELETE FROM usage_event")]
    assert len(deletes) >= 2
    assert all("LIMIT 3" in sql for sql in deletes)
    with tenant_context(acme_cast.tenant):
        assert UsageEvent.objects.count() == 1


def test_months_that_nobody_keeps_are_dropped_and_months_to_come_stand_ready(db, settings):
    old = timezone.now().date() - dt.timedelta(days=500)
    tables = "SELECT relname FROM pg_class WHERE relname LIKE 'usage_event_2%' AND relkind = 'r' ORDER BY 1"
    with connection.cursor() as cursor:
        cursor.execute("SELECT usage_ensure_month(%s)", [old])
        assert keeping.keep_months() == 1
        cursor.execute(tables)
        found = [name for (name,) in cursor.fetchall()]
    assert f"usage_event_{old:%Y_%m}" not in found
    assert len(found) == 4


def test_whoever_asks_for_fewer_months_drops_none_that_a_workspace_keeps(acme_cast, rival):
    def dropped(kept):
        with connection.cursor() as cursor:
            cursor.execute("SELECT usage_ensure_month(%s)", [timezone.now().date() - dt.timedelta(days=200)])
            cursor.execute("SELECT usage_drop_months(%s)", [kept])
            return cursor.fetchone()[0]

    assert [dropped(kept) for kept in (-5, 0, 1)] == [0, 0, 0]
    for cast, by, months in ((acme_cast, acme_cast.ada, 1), (rival, rival.rita, 12)):
        with tenant_context(cast.tenant):
            keeping.edit(keeping.intake_of(cast.tenant), months, by=by)
    assert dropped(1) == 0
    with tenant_context(rival.tenant):
        keeping.edit(keeping.intake_of(rival.tenant), 2, by=rival.rita)
    assert dropped(1) == 1


def test_two_turns_at_once_count_once(acme_cast, sender, account):
    sender.batch([event(group="org-1")])
    with tenant_context(acme_cast.tenant), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashint8(%s))", [turns.LOCK, acme_cast.tenant.pk])
    sender.count()
    sender.count()
    with tenant_context(acme_cast.tenant):
        assert figures(account)[("events", timezone.now().date())] == (1, 1)
        assert not Arrival.objects.exists()


def test_an_api_key_is_no_write_key_and_a_write_key_no_api_key(acme_cast, sender, client):
    with tenant_context(acme_cast.tenant):
        _, secret = api_keys.create(acme_cast.tenant, "other", "write", acme_cast.ada)
    sender_secret, sender.secret = sender.secret, secret
    assert sender.batch([event()]).status_code == 401
    answer = client.get("/api/v1/accounts", headers={"Authorization": f"Bearer {sender_secret}"})
    assert answer.status_code == 401


def test_a_tenant_without_usage_has_nothing_to_do(db):
    tenant = TenantFactory()
    turns.go_on(tenant.pk)
    with tenant_context(tenant):
        assert not Metric.objects.exists()
