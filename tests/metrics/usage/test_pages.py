"""An account's usage on its page, and the settings around it."""

from __future__ import annotations

import re

import pytest
from django.utils import timezone

from accounts.tenancy.context import tenant_context
from metrics.usage.actions import turns
from metrics.usage.models import Metric, Origin, WriteKey
from tests.factories.accounts import AccountFactory
from tests.factories.usage import MetricFactory, OriginFactory, event, figures

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(acme_cast, page):
    return page(acme_cast.ada, acme_cast.tenant)


def test_an_account_without_usage_says_how_to_send_some(ada, account):
    said = ada.get(f"/accounts/{account.pk}/usage/").content.decode()
    assert "No usage yet" in said
    assert "http://testserver/v1/batch" in said
    assert "org-1" in said


@pytest.mark.parametrize("days", ["", "?days=90", "?days=365", "?days=9"])
def test_an_account_shows_each_metric_as_a_line_and_in_a_table(ada, sender, account, days):
    sender.batch([event(user=user, group="org-1") for user in ("u1", "u2", "u2")])
    sender.count()
    said = ada.get(f"/accounts/{account.pk}/usage/{days}").content.decode()
    assert "Events: 3 in all, before that 0" in said
    assert "Active users: 2 a day on average" in said
    assert said.count('class="chart"') == 2


def test_what_was_never_seen_is_named_in_a_line_and_takes_no_chart(ada, acme_cast, sender, account):
    with tenant_context(acme_cast.tenant):
        MetricFactory(key="plans", name="Plans approved", event="plan_approved")
    sender.batch([event(user="u1", group="org-1")])
    sender.count()
    said = ada.get(f"/accounts/{account.pk}/usage/").content.decode()
    assert "Never seen from this customer: Plans approved." in said
    assert said.count("Plans approved") == 1


def test_a_sales_rep_sees_the_usage_of_what_they_sold_alone(acme_cast, page, account):
    assert page(acme_cast.sal, acme_cast.tenant).get(f"/accounts/{account.pk}/usage/").status_code == 200
    with tenant_context(acme_cast.tenant):
        account.ae = None
        account.save()
    assert page(acme_cast.sal, acme_cast.tenant).get(f"/accounts/{account.pk}/usage/").status_code == 404


def test_the_settings_show_what_came_and_what_was_refused(ada, sender, account):
    sender.batch([event(group="org-1"), event(user="", anonymousId="")])
    sender.count()
    said = ada.get("/settings/usage/").content.decode()
    assert "report_downloaded" in said
    assert "An event needs a “userId” or an “anonymousId”." in said
    assert "Active users" in said


def test_a_metric_is_made_and_changed_on_its_page(acme_cast, ada):
    values = {"name": "Reports", "source": "events", "event": "report_downloaded", "aggregate": "count"}
    assert ada.post("/settings/usage/metrics/new/", values).status_code == 302
    with tenant_context(acme_cast.tenant):
        metric = Metric.objects.get(key="reports")
    change = {"name": "Downloads", "event": "", "aggregate": "sum", "property": "", "version": metric.version}
    answer = ada.post(f"/settings/usage/metrics/{metric.pk}/", change)
    assert answer.status_code == 422
    assert "Name the property whose value is taken." in answer.content.decode()
    assert ada.post(f"/settings/usage/metrics/{metric.pk}/", change | {"property": "size"}).status_code == 302
    late = ada.post(f"/settings/usage/metrics/{metric.pk}/", change | {"property": "pages", "active": "on"})
    assert late.status_code == 409
    assert "size" in late.content.decode()


@pytest.mark.parametrize("path", ["", "retention/", "metrics/new/", "unmatched/"])
def test_every_page_of_usages_settings_lights_its_own_tab(ada, path):
    said = ada.get(f"/settings/usage/{path}").content.decode()
    [lit] = re.findall(
        r'<a[^>]*href="([^"]*)"[^>]*aria-current="page"', said[said.index('aria-label="Settings"') :][:9_000]
    )
    assert lit.endswith("/settings/usage/")


def test_a_group_is_matched_ignored_and_waits_again(acme_cast, ada, account):
    with tenant_context(acme_cast.tenant):
        first, second = OriginFactory(ref="one", name="Unknown One"), OriginFactory(ref="two")
    assert "Unknown One" in ada.get("/settings/usage/unmatched/").content.decode()
    assert ada.get(f"/settings/usage/unmatched/{first.pk}/").status_code == 200
    assert ada.post(f"/settings/usage/unmatched/{first.pk}/", {"account": account.pk}).status_code == 302
    ada.post(f"/settings/usage/unmatched/{second.pk}/ignore/")
    assert "two" in ada.get("/settings/usage/unmatched/?ignored").content.decode()
    ada.post(f"/settings/usage/unmatched/{second.pk}/reopen/")
    with tenant_context(acme_cast.tenant):
        assert dict(Origin.objects.values_list("ref", "state")) == {"one": "matched", "two": "waiting"}


def test_two_who_match_the_same_group_are_told(acme_cast, ada, account):
    with tenant_context(acme_cast.tenant):
        origin = OriginFactory(version=2)
    answer = ada.post(f"/settings/usage/unmatched/{origin.pk}/", {"account": account.pk, "version": 1})
    assert answer.status_code == 409


def test_a_wrong_match_is_moved_and_the_days_of_both_accounts_are_right(acme_cast, ada, sender, account):
    sender.batch([event(user=user, group="org-1") for user in ("u1", "u2")])
    sender.count()
    today = timezone.now().date()
    with tenant_context(acme_cast.tenant):
        right, origin = AccountFactory(name="Southwind"), Origin.objects.get(kind="group")
        assert figures(account)[("events", today)] == (2, 2)
    assert "Northwind" in ada.get("/settings/usage/unmatched/?matched").content.decode()
    where = f"/settings/usage/unmatched/{origin.pk}/move/"
    assert ada.post(where, {"account": account.pk, "version": origin.version}).status_code == 422
    assert ada.post(where, {"account": right.pk, "version": origin.version}).status_code == 302
    sender.batch([event(user="u3", group="org-1")])
    sender.count()
    with tenant_context(acme_cast.tenant):
        assert figures(account) == {}
        assert figures(right)[("events", today)] == (3, 3)
    assert ada.post(where, {"account": account.pk, "version": origin.version}).status_code == 409
    with tenant_context(acme_cast.tenant):
        origin.refresh_from_db()
    assert ada.post(where, {"account": "", "version": origin.version}).status_code == 302
    turns.look_again(acme_cast.tenant.pk)
    sender.count()
    with tenant_context(acme_cast.tenant):
        assert (figures(account), figures(right)) == ({}, {})
        assert Origin.objects.waiting().get().ref == "org-1"


def test_a_write_key_is_shown_once(acme_cast, ada):
    answer = ada.post("/settings/write-keys/new/", {"name": "Web app"})
    key = WriteKey.objects.get(tenant=acme_cast.tenant)
    assert key.prefix in answer.content.decode()
    assert "no-store" in answer.headers["Cache-Control"]
    assert f"{key.prefix}…" in ada.get("/settings/write-keys/").content.decode()
    assert ada.post(f"/settings/write-keys/{key.pk}/revoke/").status_code == 302
    key.refresh_from_db()
    assert key.revoked_at is not None


def test_how_long_raw_events_stay_is_the_workspaces_own(ada):
    assert ada.post("/settings/usage/retention/", {"raw_months": "61"}).status_code == 422
    assert ada.post("/settings/usage/retention/", {"raw_months": "3"}).status_code == 302
    assert "3 months" in ada.get("/settings/usage/").content.decode()


def test_who_may_not_shape_usage_is_refused(acme_cast, page):
    cass = page(acme_cast.cass, acme_cast.tenant)
    assert cass.get("/settings/usage/").status_code == 403
    assert cass.get("/settings/write-keys/").status_code == 403
