"""The pages of deployments: who sees what, what is filled in, what a number stands on."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actions import accounts
from accounts.models import Membership
from accounts.tenancy.context import tenant_context
from journeys.deployments.actions import activities, deployments, quality
from journeys.deployments.models import Activity, Deployment, Escalation, PeerReview, TimeEntry
from tests.factories import deployments as made
from tests.factories.accounts import AccountFactory, UserFactory

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def dee(acme_cast, page):
    return page(acme_cast.dee, acme_cast.tenant)


@pytest.fixture
def row(acme_cast):
    with tenant_context(acme_cast.tenant):
        found = made.running(acme_cast, AccountFactory(name="Wren", csm=acme_cast.cass, ae=acme_cast.sal))
        first = made.activity(acme_cast, found, our_owner=acme_cast.dee)
        made.activity(acme_cast, found, title="Train the shift leads", side="them", after=[first])
        return found


def said(answer) -> str:
    return " ".join(answer.content.decode().split())


def test_an_account_in_onboarding_without_one_asks_for_it(acme_cast, dee):
    with tenant_context(acme_cast.tenant):
        account = accounts.open({"name": "New"}, by=acme_cast.ada)
    assert "Plan the deployment" in said(dee.get(f"/accounts/{account.pk}/deployments/"))
    values = {"name": "Rollout", "kind": "initial", "planned_start_on": "2026-11-20", "planned_end_on": "2027-01-20",
              "budget_hours": "1,200", "budget_minor": "12,500"}  # fmt: skip
    refused = dee.post(f"/accounts/{account.pk}/deployments/plan/", values | {"planned_end_on": "2026-11-01"})
    assert refused.status_code == 422
    assert dee.post(f"/accounts/{account.pk}/deployments/plan/", values | {"budget_hours": "80"}).status_code == 302
    with tenant_context(acme_cast.tenant):
        found = Deployment.objects.get()
        assert (found.budget_minor, found.budget_hours, found.created_by) == (12_500_00, 80, acme_cast.dee)
    assert "Rollout" in said(dee.get(f"/accounts/{account.pk}/deployments/"))


def test_the_page_shows_plan_and_figures(acme_cast, dee, row):
    with tenant_context(acme_cast.tenant):
        for tell in (made.time_entry, made.cost, made.report, made.review, made.integration, made.escalation):
            tell(acme_cast, row)
    text = said(dee.get(f"/deployments/{row.pk}/"))
    for word in ("Train the shift leads", "after 1", "Escalated", "6 h", "$420", "Payroll feed", "Name the fallback."):
        assert word in text, word
    assert '<svg class="m-2"' in text
    assert "1E+" not in text


def test_a_viewer_reads_and_changes_nothing(acme_cast, page, row):
    vera = page(acme_cast.vera, acme_cast.tenant)
    assert "Add activity" not in said(vera.get(f"/deployments/{row.pk}/"))
    assert (
        vera.post(f"/deployments/{row.pk}/activities/add/", {"title": "x", "side": "us", "days": 1}).status_code == 403
    )


def test_a_rep_sees_those_of_accounts_that_they_sell(acme_cast, page, row):
    with tenant_context(acme_cast.tenant):
        made.running(acme_cast, AccountFactory(name="Not mine"))
    sal = page(acme_cast.sal, acme_cast.tenant)
    text = said(sal.get("/deployments/"))
    assert "Wren" in text
    assert "Not mine" not in text
    sid = UserFactory(email="sid@acme.test", name="Sid")
    Membership.objects.create(tenant=acme_cast.tenant, user=sid, role="sales")
    assert page(sid, acme_cast.tenant).get(f"/deployments/{row.pk}/").status_code == 404


def test_activities_are_added_waited_for_ticked_and_taken_out(acme_cast, dee, row):
    with tenant_context(acme_cast.tenant):
        first, second = Activity.objects.all()
    values = {"title": "Load the data", "side": "us", "days": "4", "after": [second.pk], "version": first.version}
    circle = dee.post(f"/activities/{first.pk}/edit/", values)
    assert circle.status_code == 422
    assert "wait for each other" in said(circle)
    answer = dee.post(
        f"/deployments/{row.pk}/activities/add/",
        {"title": "Go live", "side": "joint", "days": "1", "after": [second.pk]},
    )
    assert answer.status_code == 302
    dee.post(f"/activities/{first.pk}/done/")
    dee.post(f"/activities/{second.pk}/remove/")
    with tenant_context(acme_cast.tenant):
        assert [(a.title, a.is_done) for a in Activity.objects.all()] == [("Load the data", True), ("Go live", False)]


def test_two_who_edit_at_once_are_shown_both(acme_cast, dee, row):
    with tenant_context(acme_cast.tenant):
        first = Activity.objects.first()
        activities.edit(first, {"title": "Load all data"}, by=acme_cast.cass)
    values = {"title": "Load it", "side": "us", "days": "3", "version": first.version}
    answer = dee.post(f"/activities/{first.pk}/edit/", values)
    assert answer.status_code == 409
    assert "Saved meanwhile: “Load all data”." in said(answer)


def test_its_course_and_what_is_said_of_it(acme_cast, dee, row):
    today = made.today().isoformat()
    path = f"/deployments/{row.pk}"
    colors = {"schedule": "green", "budget": "amber", "quality": "red"}
    review = {"reviewer": acme_cast.olly.pk, "reviewed_on": today, "verdict": "findings", "findings": "a\nb"}
    posts = [
        (f"{path}/hold/", {"on": today, "reason": "Freeze."}), (f"{path}/resume/", {"on": today}),
        (f"{path}/hours/add/", {"hours": "7.5", "worked_on": today, "user": acme_cast.dee.pk}),
        (f"{path}/costs/add/", {"what": "Train", "amount_minor": "99.50", "spent_on": today}),
        (f"{path}/reports/add/", colors | {"as_of": today, "summary": "So."}),
        (f"{path}/reviews/add/", review),
        (f"{path}/integrations/add/", {"name": "Feed", "system": "HR"}),
        (f"{path}/escalations/add/", {"what": "Stuck", "severity": "critical", "raised_on": today}),
    ]  # fmt: skip
    for where, values in posts:
        assert dee.get(where).status_code == 200, where
        assert dee.post(where, values).status_code == 302, where
    with tenant_context(acme_cast.tenant):
        entry, one = TimeEntry.objects.get(), Escalation.objects.get()
        assert PeerReview.objects.get().findings.count() == 2
    assert dee.post(f"/hours/{entry.pk}/correct/", {"hours": "6", "note": "Break"}).status_code == 302
    assert dee.post(f"/escalations/{one.pk}/resolve/", {"on": today, "outcome": "Freed."}).status_code == 302
    assert dee.post(f"{path}/close/", {"on": today}).status_code == 422
    assert dee.post(f"{path}/cancel/", {"reason": "Bought."}).status_code == 302
    with tenant_context(acme_cast.tenant):
        assert Deployment.objects.get().status == "cancelled"


def test_a_plan_is_copied_from_an_earlier_one(acme_cast, dee, row):
    with tenant_context(acme_cast.tenant):
        fresh = made.planned(acme_cast, AccountFactory())
    assert "Rollout, Wren" in said(dee.get(f"/deployments/{fresh.pk}/copy/"))
    assert dee.post(f"/deployments/{fresh.pk}/copy/", {"source": row.pk}).status_code == 302
    with tenant_context(acme_cast.tenant):
        assert Activity.objects.filter(deployment=fresh).count() == 2


def test_the_list_narrows_and_costs_the_same_for_many(acme_cast, dee, row):
    with tenant_context(acme_cast.tenant):
        late = made.running(acme_cast, AccountFactory(name="Late one"), days=80)
    assert "Late one" in said(dee.get("/deployments/?tab=late&lead=me"))
    assert "Late one" not in said(dee.get("/deployments/?tab=on_hold"))
    assert "Late one" not in said(dee.get(f"/deployments/?lead={acme_cast.lee.pk}"))
    with CaptureQueriesContext(
        connection,
    ) as few:
        dee.get("/deployments/")
    with tenant_context(acme_cast.tenant):
        for _ in range(4):
            another = made.running(acme_cast)
            made.activity(acme_cast, another)
            made.review(acme_cast, another)
    with CaptureQueriesContext(connection) as many:
        dee.get("/deployments/")
    assert len(many) == len(few)
    assert late.pk


def test_a_measure_opens_the_rows_it_stands_on(acme_cast, dee):
    with tenant_context(acme_cast.tenant):
        short = made.closed(acme_cast, AccountFactory(name="Quick"), days=60)
        made.review(acme_cast, short)
        made.closed(acme_cast, AccountFactory(name="Slow"), days=120)
        made.running(acme_cast, AccountFactory(name="Still"), days=100)
        quality.complete_integration(made.integration(acme_cast), by=acme_cast.dee)
    quarter = f"{made.today().year}-Q{(made.today().month + 2) // 3}"
    text = said(dee.get("/deployments/measures/"))
    assert "Long ones closed, " in text
    for code, share, counted in (
        ("long_closed", "1 of 2", "Slow"),
        ("under_90", "1 of 2", "Quick"),
        ("reviewed", "1 of 2", "Quick"),
    ):
        assert f"?measure={code}" in text
        assert share in text
        rows = said(dee.get(f"/deployments/measures/rows/?measure={code}&quarter={quarter}"))
        assert rows.count("</svg>Yes") == 1, code
        assert counted in rows
    assert "Payroll feed" in said(dee.get(f"/deployments/measures/rows/?measure=integrations&quarter={quarter}"))
    for by in ("lead", "product"):
        assert dee.get(f"/deployments/measures/?by={by}&quarter={quarter}").status_code == 200
    assert dee.get("/deployments/measures/rows/?measure=luck&quarter=2026-Q1").status_code == 404


def test_what_is_over_can_be_read(acme_cast, dee):
    with tenant_context(acme_cast.tenant):
        row = made.closed(acme_cast)
        deployments.cancel(made.planned(acme_cast), reason="No.", by=acme_cast.dee)
    assert "Was on time" not in said(dee.get(f"/deployments/{row.pk}/"))
    assert dee.get("/deployments/?tab=over").status_code == 200
