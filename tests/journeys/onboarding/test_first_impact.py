"""First Impact: begun with the commitment, defined at the kickoff, reached once by whichever way comes first."""

import datetime as dt
import threading

import pytest
from django.db import connection, connections
from django.db.models.functions import Now

from accounts import timeline
from accounts.actions import accounts
from accounts.actions.errors import Conflict, Refused
from accounts.calendar import local_today
from accounts.models import Account, Event, Phase, Task, Tenant, TenantWork
from accounts.tenancy.context import tenant_context
from journeys.onboarding import tasks, wording
from journeys.onboarding.actions import first_impact, kickoffs, turns
from journeys.onboarding.models import FirstImpact, Kickoff
from journeys.plans.actions import objectives, plans
from journeys.plans.models import Objective, Plan
from tests.factories.accounts import TODAY, ContactFactory
from tests.factories.meetings import held
from tests.factories.onboarding import COMMITTED, accepted, begun, drafted
from tests.journeys.plans.shared import shared, visiting

DEFINED = {"definition": "The COO closes a month in 4 days", "event": "month_closed", "times": 3, "users": 2}


def test_accepting_a_handoff_drafts_the_plan_and_starts_the_clock(acme):
    handoff = accepted(acme)
    plan = Plan.objects.get(account=handoff.account)
    impact = FirstImpact.objects.get(account=handoff.account)
    first = Objective.objects.get(plan=plan, kind="first_impact")
    assert (impact.committed_on, impact.kickoff_on, impact.objective) == (COMMITTED, None, first)
    assert (impact.definition, impact.words) == ("", first.title)
    assert Kickoff.objects.get().handoff == handoff


def test_until_somebody_says_more_it_is_called_as_its_objective_is_now(acme_cast, page):
    cass = page(acme_cast.cass, acme_cast.tenant)
    with tenant_context(acme_cast.tenant):
        impact = begun(acme_cast)
        objectives.edit(impact.objective, {"title": "First roster out of one tool"}, by=acme_cast.cass)
        before = impact.objective.title
    for at in (f"/accounts/{impact.account_id}/", f"/accounts/{impact.account_id}/kickoff/"):
        shown = cass.get(at).content.decode()
        assert "First roster out of one tool" in shown
        assert before not in shown
    with tenant_context(acme_cast.tenant):
        first_impact.reach(impact, on=TODAY, how="evidence", evidence="A figure.", by=acme_cast.cass)
        assert Event.objects.get(kind="first_impact.reached").facts["definition"] == "First roster out of one tool"
        assert "First roster out of one tool" in Task.objects.get(source="first_impact").detail


def test_a_second_handoff_of_the_same_journey_begins_nothing_anew(acme):
    first = accepted(acme)
    accepted(acme, drafted(acme, first.account))
    assert (FirstImpact.objects.count(), Plan.objects.count(), Kickoff.objects.count()) == (1, 1, 1)


def test_a_definition_chooses_the_objective_that_comes_first(acme):
    impact = begun(acme)
    plan = Plan.objects.get()
    before = impact.objective
    other = objectives.add(plan, {"title": "Books closed in 4 days"}, by=acme.cass)
    impact = first_impact.define(impact, DEFINED | {"objective": other}, by=acme.cass)
    before.refresh_from_db()
    other.refresh_from_db()
    assert (before.kind, other.kind, impact.objective) == ("impact", "first_impact", other)
    assert (impact.event, impact.times, impact.users) == ("month_closed", 3, 2)
    assert Event.objects.filter(kind="first_impact.defined").count() == 1


def test_more_people_than_times_are_refused_and_a_stale_version_too(acme):
    impact = begun(acme)
    with pytest.raises(Refused) as refused:
        first_impact.define(impact, {"times": 1, "users": 2}, by=acme.cass)
    assert list(refused.value.errors) == ["times"]
    with pytest.raises(Conflict):
        first_impact.define(impact, {"definition": "Else"}, by=acme.cass, version=99)


@pytest.mark.parametrize(
    ("text", "only"),
    [
        ("Everybody has logged in once", True),
        ("First login of all users", True),
        ("All users can sign in", True),
        ("Users log in and close a month in 4 days", False),
        ("The COO sees one number", False),
        ("", False),
    ],
)
def test_a_login_alone_is_no_impact(text, only):
    assert wording.only_a_login(text) is only


def test_shown_with_evidence_it_stops_the_clock_ends_onboarding_and_thanks(acme):
    impact = begun(acme)
    on = local_today(acme.tenant)
    done = first_impact.reach(impact, on=on, how="evidence", evidence="Their June close took 4 days.", by=acme.cass)
    assert (done.reached_on, done.reached_how, done.reached_by) == (on, "evidence", acme.cass)
    account = Account.objects.get()
    assert account.phase == Phase.ADOPTION
    assert Objective.objects.get(pk=impact.objective_id).status == "achieved"
    task = Task.objects.get(source="first_impact")
    assert task.assignee == acme.cass
    assert account.name in task.detail or "Hello" in task.detail
    said = Event.objects.get(kind="first_impact.reached").facts
    assert (said["days_from_commit"], said["days_from_kickoff"], said["how"]) == (
        (on - impact.committed_on).days,
        None,
        "evidence",
    )


def test_it_is_reached_once(acme):
    impact = begun(acme)
    first_impact.reach(impact, on=TODAY, how="evidence", evidence="A figure.", by=acme.cass)
    with pytest.raises(Conflict):
        first_impact.reach(impact, on=TODAY, how="evidence", evidence="A figure.", by=acme.lee)
    assert Event.objects.filter(kind="first_impact.reached").count() == 1
    assert Task.objects.filter(source="first_impact").count() == 1


def test_it_needs_evidence_and_a_day_that_has_come(acme):
    impact = begun(acme)
    today = local_today(acme.tenant)
    for values, field in (
        ({"on": today, "how": "evidence"}, "evidence"),
        ({"on": today + dt.timedelta(days=1), "how": "evidence", "evidence": "x"}, "on"),
        ({"on": impact.committed_on - dt.timedelta(days=1), "how": "evidence", "evidence": "x"}, "on"),
    ):
        with pytest.raises(Refused) as refused:
            first_impact.reach(impact, by=acme.cass, **values)
        assert list(refused.value.errors) == [field]
    impact.refresh_from_db()
    assert impact.reached_on is None


def test_the_customers_word_noted_by_the_csm_goes_into_the_plan(acme):
    impact = begun(acme)
    elena = ContactFactory(account=impact.account, name="Elena Brandt")
    first_impact.reach(
        impact, on=TODAY, how="confirmed", evidence="It works.", by=acme.cass, contact=elena, name="E. Brandt"
    )
    objective = Objective.objects.get(pk=impact.objective_id)
    assert objective.status == "confirmed"
    assert objective.confirmations.get().name == "E. Brandt"


def test_who_said_it_takes_it_back_the_same_day_and_nobody_else(acme):
    impact = begun(acme)
    first_impact.reach(impact, on=TODAY, how="evidence", evidence="A figure.", by=acme.cass)
    with pytest.raises(Refused):
        first_impact.reopen(impact, by=acme.lee)
    tomorrow = dt.datetime.now(dt.UTC) + dt.timedelta(days=1)
    with pytest.raises(Refused):
        first_impact.reopen(impact, by=acme.cass, now=tomorrow)
    row = first_impact.reopen(impact, by=acme.cass)
    assert (row.reached_on, row.reached_how, row.evidence) == (None, "", "")
    assert Account.objects.get().phase == Phase.ONBOARDING
    assert Task.objects.get(source="first_impact").status == "dropped"


def test_what_the_impact_said_in_the_plan_is_taken_back_with_it(acme):
    impact = begun(acme)
    first_impact.reach(impact, on=TODAY, how="evidence", evidence="A figure.", by=acme.cass)
    assert Objective.objects.get(pk=impact.objective_id).status == "achieved"
    first_impact.reopen(impact, by=acme.cass)
    objective = Objective.objects.get(pk=impact.objective_id)
    left = (objective.status, objective.achieved_on, objective.achieved_by, objective.evidence)
    assert left == ("open", None, None, "")
    assert Event.objects.filter(kind="impact.taken_back").count() == 1
    again = first_impact.reach(impact, on=TODAY, how="evidence", evidence="Another.", by=acme.cass)
    assert (again.evidence, Objective.objects.get(pk=impact.objective_id).evidence) == ("Another.", "Another.")


def test_what_was_achieved_before_stays_so(acme):
    impact = begun(acme)
    objectives.achieve(impact.objective, on=TODAY, evidence="Seen by Lee.", by=acme.lee)
    first_impact.reach(impact, on=TODAY, how="evidence", evidence="A figure.", by=acme.cass)
    first_impact.reopen(impact, by=acme.cass)
    objective = Objective.objects.get(pk=impact.objective_id)
    assert (objective.status, objective.evidence) == ("achieved", "Seen by Lee.")


def test_the_days_in_the_thanks_count_as_the_workspace_counts(acme):
    impact = begun(acme)
    FirstImpact.objects.filter(pk=impact.pk).update(kickoff_on=TODAY)
    Tenant.objects.filter(pk=acme.tenant.pk).update(first_impact_from="kickoff")
    first_impact.reach(FirstImpact.objects.get(), on=TODAY, how="evidence", evidence="A figure.", by=acme.cass)
    assert "It took 0 days from our kickoff" in Task.objects.get(source="first_impact").detail


@pytest.mark.parametrize(
    ("since", "began", "words"),
    [("commit", COMMITTED, "counted from the commitment"), ("kickoff", TODAY, "counted from the kickoff")],
)
def test_the_plan_counts_its_days_as_the_workspace_does(acme_cast, page, since, began, words):
    with tenant_context(acme_cast.tenant):
        row = begun(acme_cast)
        kickoffs.hold(kickoffs.prepare(row.account, by=acme_cast.cass), on=TODAY, by=acme_cast.cass)
    Tenant.objects.filter(pk=acme_cast.tenant.pk).update(first_impact_from=since)
    text = page(acme_cast.cass, acme_cast.tenant).get(f"/accounts/{row.account_id}/plan/").content.decode()
    shown = text.split('id="first-impact"')[1].split("</section>")[0]
    assert f"Day {(local_today(acme_cast.tenant) - began).days}" in shown
    assert words in shown


def test_an_account_further_on_changes_no_phase(acme):
    impact = begun(acme)
    accounts.change_phase(impact.account, Phase.EXPANSION, by=acme.cass)
    first_impact.reach(impact, on=TODAY, how="evidence", evidence="A figure.", by=acme.cass)
    assert Account.objects.get().phase == Phase.EXPANSION


# -- the turn ---------------------------------------------------------------


def _confirmed(cast):
    impact = begun(cast)
    elena = ContactFactory(account=impact.account, name="Elena Brandt")
    objectives.confirm(impact.objective, contact=elena, name="Elena Brandt", statement="Four days it is.")
    return impact


def test_the_customers_confirmation_ends_onboarding_by_itself(acme_cast):
    with tenant_context(acme_cast.tenant):
        impact = _confirmed(acme_cast)
    assert acme_cast.tenant.pk in turns.waiting_tenants()
    tasks.reach_first_impacts.run(acme_cast.tenant.pk)
    with tenant_context(acme_cast.tenant):
        impact.refresh_from_db()
        assert (impact.reached_how, impact.reached_by) == ("confirmed", None)
        assert impact.reached_on == local_today(acme_cast.tenant)
        assert impact.evidence == "Elena Brandt: Four days it is."
        assert Account.objects.get().phase == Phase.ADOPTION
    assert turns.waiting_tenants() == []


def test_who_confirmed_on_the_shared_page_is_thanked_there_and_by_one_task(acme_cast):
    with tenant_context(acme_cast.tenant):
        impact = begun(acme_cast)
        story = shared(acme_cast, impact.objective.plan)
    visitor = visiting(story)
    thanks = "Thank you for confirming your first impact. Acme looks forward to the next goal with you."
    assert thanks not in visitor.get("").content.decode()
    said = {"name": "E. Brandt", "statement": "Weekends are free."}
    shown = visitor.post(f"impacts/{impact.objective_id}/confirm/", said, follow=True).content.decode()
    assert thanks in shown
    turns.turn(acme_cast.tenant.pk)
    with tenant_context(acme_cast.tenant):
        assert Account.objects.get().phase == Phase.ADOPTION
        task = Task.objects.get(title__startswith="Thank")
        assert (task.title.startswith("Thank Elena Brandt:"), task.assignee) == (True, acme_cast.cass)
        assert "Hello Elena," in task.detail


def test_usage_that_met_the_criterion_ends_onboarding_by_itself(acme_cast):
    with tenant_context(acme_cast.tenant):
        impact = first_impact.define(begun(acme_cast), DEFINED, by=acme_cast.cass)
        facts = {"first_impact_id": impact.pk, "event": "month_closed", "times": 3, "users": 2}
        Event.objects.create(kind="usage.criterion_met", account=impact.account, facts=facts)
        timeline.ring("first_impact")
    assert turns.turn(acme_cast.tenant.pk) == 1
    with tenant_context(acme_cast.tenant):
        impact.refresh_from_db()
        assert (impact.reached_how, impact.evidence) == ("usage", "“month_closed” 3 times by 2 people.")
        assert Objective.objects.get(pk=impact.objective_id).status == "achieved"


def test_a_kickoff_that_was_held_sets_the_second_clock_by_itself(acme_cast):
    with tenant_context(acme_cast.tenant):
        impact = begun(acme_cast)
        meeting = held(acme_cast, impact.account)
    turns.turn(acme_cast.tenant.pk)
    with tenant_context(acme_cast.tenant):
        impact.refresh_from_db()
        day = local_today(acme_cast.tenant, meeting.started_at)
        assert impact.kickoff_on == day
        assert (Kickoff.objects.get().held_on, Kickoff.objects.get().meeting) == (day, meeting)


def test_a_closed_plan_is_no_hindrance(acme_cast):
    with tenant_context(acme_cast.tenant):
        impact = _confirmed(acme_cast)
        plans.close(Plan.objects.get(), by=acme_cast.cass)
    assert turns.turn(acme_cast.tenant.pk) == 1
    with tenant_context(acme_cast.tenant):
        assert FirstImpact.objects.get(pk=impact.pk).reached_on is not None


@pytest.mark.django_db(transaction=True)
def test_two_turns_at_once_reach_it_once(acme_cast):
    with tenant_context(acme_cast.tenant):
        for _ in range(4):
            _confirmed(acme_cast)
    counts = []

    def run():
        try:
            counts.append(turns.turn(acme_cast.tenant.pk))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with tenant_context(acme_cast.tenant):
        assert Event.objects.filter(kind="first_impact.reached").count() == 4
        assert Task.objects.filter(source="first_impact").count() == 4
        assert sum(counts) == 4


@pytest.mark.django_db(transaction=True)
def test_a_turn_that_dies_half_way_leaves_all_or_nothing_and_the_note(acme_cast, monkeypatch):
    with tenant_context(acme_cast.tenant):
        _confirmed(acme_cast)
    real = first_impact.thanks.draft

    def dies(*args, **kwargs):
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        raise KeyboardInterrupt

    monkeypatch.setattr(first_impact.thanks, "draft", dies)
    with pytest.raises(KeyboardInterrupt):
        turns.turn(acme_cast.tenant.pk)
    with tenant_context(acme_cast.tenant):
        assert Account.objects.get().phase == Phase.ONBOARDING
        assert FirstImpact.objects.get().reached_on is None
    assert TenantWork.objects.filter(kind="first_impact", due_at__lte=Now()).exists()
    monkeypatch.setattr(first_impact.thanks, "draft", real)
    assert turns.turn(acme_cast.tenant.pk) == 1


@pytest.mark.django_db(transaction=True)
def test_a_row_that_somebody_holds_keeps_its_note(acme_cast):
    with tenant_context(acme_cast.tenant):
        impact = _confirmed(acme_cast)
    found = []

    def run():
        try:
            found.append(turns.turn(acme_cast.tenant.pk))
        finally:
            connections.close_all()

    with tenant_context(acme_cast.tenant):
        FirstImpact.objects.select_for_update(of=("self",)).get(pk=impact.pk)
        thread = threading.Thread(target=run)
        thread.start()
        thread.join()
    assert found == [0]
    assert turns.waiting_tenants() == [acme_cast.tenant.pk]
    assert turns.turn(acme_cast.tenant.pk) == 1
