"""The life of a deployment and of what is in it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from accounts.actions import tasks
from accounts.actions.errors import Conflict, Refused
from accounts.models import Event, Task
from journeys.deployments.actions import activities, copying, deployments, quality, use
from journeys.deployments.models import Activity, Dependency, Deployment, Hold, TimeEntry
from journeys.deployments.outlook import outlook
from tests.factories import deployments as made
from tests.factories.accounts import AccountFactory, ContactFactory

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def kinds(deployment: Deployment) -> list[str]:
    return list(Event.objects.filter(account=deployment.account).order_by("id").values_list("kind", flat=True))


def test_it_is_planned_started_held_resumed_and_closed(acme):
    row = made.running(acme)
    row = deployments.hold(row, reason="Their data isn't ready.", by=acme.dee)
    assert (row.status, Hold.objects.get().to_on) == ("on_hold", None)
    row = deployments.resume(row, by=acme.dee)
    row = deployments.close(row, note="All sites live.", by=acme.dee)
    assert (row.status, row.days, row.close_note) == ("closed", 10, "All sites live.")
    assert Hold.objects.get().to_on == made.today()
    assert kinds(row)[-5:] == [
        "deployment.planned", "deployment.started", "deployment.held", "deployment.resumed", "deployment.closed",
    ]  # fmt: skip
    with pytest.raises(Refused, match="over"):
        deployments.edit(row, {"name": "Another"}, by=acme.dee)
    with pytest.raises(Conflict):
        deployments.start(row, by=acme.dee)


def test_it_cannot_end_before_it_starts(acme):
    with pytest.raises(Refused, match="can't end"):
        made.planned(acme, planned_end_on=made.today() - DAY)
    assert not Deployment.objects.exists()


def test_two_who_edit_at_once_are_told(acme):
    row = made.planned(acme)
    deployments.edit(row, {"name": "Mine"}, by=acme.dee, version=row.version)
    with pytest.raises(Conflict):
        deployments.edit(row, {"name": "Yours"}, by=acme.cass, version=1)
    assert Deployment.objects.get().name == "Mine"


def test_what_is_still_open_keeps_it_open(acme):
    row = made.running(acme)
    one = made.activity(acme, row)
    with pytest.raises(Refused, match="Still open in the plan: 1"):
        deployments.close(row, by=acme.dee)
    activities.done(one, by=acme.dee)
    assert deployments.close(row, by=acme.dee).status == "closed"


def test_what_is_cancelled_leaves_nobody_a_task(acme):
    row = made.running(acme)
    one = made.activity(acme, row, our_owner=acme.dee)
    row = deployments.cancel(row, reason="They were bought.", by=acme.lee)
    one.refresh_from_db()
    assert (row.status, one.task.status) == ("cancelled", "dropped")


def test_an_activity_of_ours_is_a_task_and_both_close_together(acme):
    row = made.running(acme)
    one = made.activity(acme, row, our_owner=acme.dee)
    assert (one.task.assignee, one.task.due_on, one.task.title) == (acme.dee, one.due_on, "Load the data")
    tasks.complete(one.task, outcome="achieved", by=acme.dee)
    assert Activity.objects.select_related("task").get(pk=one.pk).is_done
    one = activities.reopen(one, by=acme.dee)
    assert (one.is_done, one.task.status) == (False, "open")
    one = activities.done(one, by=acme.dee)
    assert (one.is_done, one.task.status) == (True, "done")
    assert Task.objects.count() == 1


def test_the_days_of_those_that_wait_follow_and_so_do_their_tasks(acme):
    row = made.planned(acme, planned_start_on=dt.date(2030, 3, 4), planned_end_on=dt.date(2030, 5, 1))
    first = made.activity(acme, row, days=2)
    second = made.activity(acme, row, title="Train", days=1, after=[first], our_owner=acme.dee)
    assert (second.start_on, second.due_on) == (dt.date(2030, 3, 6),) * 2
    activities.edit(first, {"days": 5}, by=acme.dee)
    second.refresh_from_db()
    assert (second.due_on, second.task.due_on) == (dt.date(2030, 3, 11),) * 2
    deployments.edit(row, {"planned_start_on": dt.date(2030, 3, 11)}, by=acme.dee)
    second.refresh_from_db()
    assert second.task.due_on == dt.date(2030, 3, 18)


def test_a_circle_is_refused_by_its_names(acme):
    row = made.running(acme)
    first = made.activity(acme, row, title="One")
    second = made.activity(acme, row, title="Two", after=[first])
    with pytest.raises(Refused, match="“One” → “Two” → “One”") as told:
        activities.edit(first, {"after": [second]}, by=acme.dee)
    assert "after" in told.value.errors
    assert Dependency.objects.count() == 1


def test_what_is_taken_out_leaves_the_others_in_order(acme):
    row = made.running(acme)
    first = made.activity(acme, row, title="One")
    second = made.activity(acme, row, title="Two", after=[first])
    third = made.activity(acme, row, title="Three", after=[second])
    activities.remove(second, by=acme.dee)
    assert list(Dependency.objects.values_list("activity_id", "after_id")) == [(third.pk, first.pk)]
    made.time_entry(acme, row, activity=first)
    with pytest.raises(Refused, match="Hours were worked"):
        activities.remove(first, by=acme.dee)


def test_people_of_other_accounts_have_no_part(acme):
    with pytest.raises(Refused, match="another account"):
        made.activity(acme, their_owner=ContactFactory())
    assert not Activity.objects.exists()


def test_hours_are_corrected_by_a_row_beside_them(acme):
    row = made.running(acme)
    entry = made.time_entry(acme, row)
    fixed = use.correct(entry, hours=Decimal("4.5"), note="Lunch.", by=acme.dee)
    assert (fixed.hours, fixed.corrects) == (Decimal("-1.5"), entry)
    assert use.correct(fixed, hours=Decimal(5), note="No lunch.", by=acme.dee).hours == Decimal("0.5")
    assert sum(TimeEntry.objects.values_list("hours", flat=True)) == 5
    with pytest.raises(Refused, match="already"):
        use.correct(entry, hours=Decimal(5), note="Again.", by=acme.dee)
    with pytest.raises(Refused, match="ahead"):
        made.time_entry(acme, row, worked_on=made.today() + DAY)


def test_the_figures_come_out_of_the_rows(acme):
    row = made.running(acme, planned_end_on=made.today() - 9 * DAY, budget_hours=Decimal(10), rate_minor=100_00,
                       budget_minor=1_500_00)  # fmt: skip
    one = made.activity(acme, row, days=2, hours=Decimal(8))
    made.time_entry(acme, row, activity=one)
    made.cost(acme, row, amount_minor=50_00)
    said = outlook(row, acme.tenant, made.today())
    assert (said.hours.used, said.hours.expected, said.money.used, said.money.expected) == (6, 14, 650_00, 1_450_00)
    assert (said.time.tone, said.budget.tone, said.quality.word) == ("red", "red", "Not reviewed")
    assert (said.activities, said.done, said.late) == (1, 0, 1)
    made.review(acme, row)
    made.escalation(acme, row)
    assert outlook(row, acme.tenant, made.today()).quality.word == "Escalated"


def test_a_peer_reviews_and_findings_are_settled(acme):
    row = made.running(acme)
    with pytest.raises(Refused, match="not its lead"):
        made.review(acme, row, reviewer=acme.dee)
    found = made.finding(acme, row)
    quality.settle(found, by=acme.dee)
    assert outlook(row, acme.tenant, made.today()).quality.tone == "green"


def test_a_report_keeps_what_the_figures_said(acme):
    row = made.running(acme)
    made.escalation(acme, row, severity="critical")
    said = made.report(acme, row)
    assert (said.quality, said.quality_figure, said.schedule_figure) == ("amber", "red", "green")


def test_an_escalation_is_raised_and_resolved(acme):
    row = made.running(acme)
    found = made.escalation(acme, row)
    with pytest.raises(Refused, match="how it came out"):
        quality.resolve(found, outcome=" ", by=acme.lee)
    quality.resolve(found, outcome="A second export.", by=acme.lee)
    assert found.resolved_on == made.today()
    assert kinds(row)[-2:] == ["escalation.raised", "escalation.resolved"]
    with pytest.raises(Conflict):
        quality.resolve(found, outcome="Again.", by=acme.lee)


def test_an_integration_is_completed_once(acme):
    found = made.integration(acme)
    quality.complete_integration(found, by=acme.dee)
    quality.complete_integration(found, by=acme.lee)
    assert (found.completed_on, found.completed_by) == (made.today(), acme.dee)


def test_a_plan_is_copied_with_its_order(acme):
    earlier = made.running(acme)
    first = made.activity(acme, earlier, title="One", our_owner=acme.olly, hours=Decimal(4))
    made.activity(acme, earlier, title="Two", after=[first], side="them")
    row = made.planned(acme, AccountFactory())
    assert copying.copy_plan(row, earlier, by=acme.dee) == 2
    one, two = Activity.objects.filter(deployment=row)
    assert (one.title, one.our_owner, one.task.assignee, one.hours) == ("One", acme.dee, acme.dee, 4)
    assert (two.side, two.waits.get().after, two.due_on > one.due_on) == ("them", one, True)
    with pytest.raises(Refused, match="itself"):
        copying.copy_plan(row, row, by=acme.dee)


def test_what_was_cancelled_is_neither_on_time_nor_late(acme):
    row = deployments.cancel(made.running(acme), reason="They were bought.", by=acme.lee)
    assert outlook(row, acme.tenant, made.today()).time.word == "Cancelled"


def test_one_whose_plan_leads_past_its_end_is_late_before_anything_is_overdue(acme):
    row = made.running(acme, planned_end_on=made.today() + 40 * made.DAY)
    first = made.activity(acme, row, days=15)
    made.activity(acme, row, title="Train", days=15, after=[first])

    def late() -> list[int]:
        return [one.pk for one in Deployment.objects.all().late(made.today())]

    assert late() == []
    deployments.edit(row, {"planned_end_on": made.today() + 5 * made.DAY}, by=acme.dee)
    assert late() == [row.pk]
    deployments.edit(Deployment.objects.get(), {"planned_end_on": made.today() + 40 * made.DAY}, by=acme.dee)
    assert late() == []
    version = Deployment.objects.get().version
    long = made.activity(acme, row, title="Connect", days=60)
    assert Deployment.objects.get().forecast_end_on == outlook(row, acme.tenant, made.today()).expected_end
    assert late() == [row.pk]
    activities.done(long, on=made.today(), by=acme.dee)
    assert late() == []
    activities.reopen(long, by=acme.dee)
    assert late() == [row.pk]
    activities.remove(long, by=acme.dee)
    assert Deployment.objects.get().version == version
    assert late() == []
