"""Drafting, agreeing, reviewing and closing a plan."""

from __future__ import annotations

import datetime as dt

import pytest

from accounts.actions import accounts
from accounts.actions.errors import Conflict, Refused
from accounts.calendar import local_today
from accounts.models import Event, Phase, Task, TaskStatus
from journeys.actions import journeys, spiced
from journeys.models import Journey
from journeys.plans.actions import objectives, plans, steps, templates, topics, versions
from journeys.plans.differences import between
from journeys.plans.models import Agreement, Plan, PlanTemplate, PlanVersion
from tests.factories import onboarding
from tests.factories import plans as factory
from tests.factories.accounts import AccountFactory, ContactFactory, ContractFactory, ProductFactory

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def events(kind: str) -> list[Event]:
    return list(Event.objects.filter(kind=kind).order_by("id"))


def test_a_plan_is_drafted_out_of_the_accepted_handoff(acme):
    account = onboarding.accepted(acme).account
    plan = plans.draft(account, by=acme.cass)
    assert plan.north_star == (
        f"What {account.name} wants: {onboarding.ANSWERS['impact_rational']} "
        f"By 1 Mar 2027: {onboarding.ANSWERS['critical_event']} If it is missed: They rent 60 temporary workers again."
    )
    company, person = plan.objectives.filter(kind="impact")
    assert (company.title, company.due_on, company.audience) == (
        onboarding.ANSWERS["impact_rational"], onboarding.PEAK, "everyone",
    )  # fmt: skip
    assert company.source.statement == company.title
    assert (person.audience, person.measurable) == ("champion", False)
    assert plan.objectives.filter(kind="first_impact").count() == 1
    inner = set(plan.topics.filter(audience="internal").values_list("text", flat=True))
    assert {onboarding.ANSWERS["pain"], f"How they decide: {onboarding.ANSWERS['decision']}"} <= inner
    assert onboarding.ANSWERS["buyers"] not in " ".join(inner)
    assert (plan.currency, plan.status) == (account.currency, "draft")
    assert [event.facts["who"] for event in events("plan.drafted")] == ["Cass of Acme"]


def test_drafting_again_gives_the_open_plan(acme):
    plan = factory.drafted(acme)
    assert plans.draft(plan.account, by=acme.dee) == plan
    assert Plan.objects.count() == 1


def test_a_corrected_statement_alone_counts(acme):
    account = AccountFactory()
    journeys.begin(account, committed_on=factory.COMMITTED, by=acme.cass)
    more = {"source": "call", "occurred_on": factory.TODAY, "by": acme.cass}
    said = spiced.say(account, "impact", "Old", kind="rational", **more)
    spiced.correct(said, "New", **more)
    plan = plans.draft(account, by=acme.cass)
    assert [one.title for one in plan.objectives.filter(kind="impact")] == ["New"]


def test_an_account_without_a_journey_begins_one_with_its_first_contract(acme):
    account = AccountFactory()
    ContractFactory(account=account, signed_on=dt.date(2026, 2, 1))
    plan = plans.draft(account, by=acme.cass)
    assert Journey.objects.get(account=account).committed_on == dt.date(2026, 2, 1)
    first = plan.objectives.get(kind="first_impact")
    assert first.due_on == local_today(acme.tenant) + 30 * DAY  # not born overdue


def test_an_ended_account_gets_no_plan(acme):
    account = AccountFactory()
    accounts.change_phase(account, Phase.ENDED, by=acme.cass)
    with pytest.raises(Refused):
        plans.draft(account, by=acme.cass)
    assert not Plan.objects.exists()


def test_the_most_particular_template_is_taken(acme):
    product = ProductFactory()
    templates.begin()
    for name, values in {"Retail": {"segment": "Retail"}, "Planner": {"product": product}}.items():
        one = templates.add({"name": name} | values, by=acme.olly)
        templates.add_line(one, {"noun": "objective", "title": f"From {name}"}, by=acme.olly)
    account = AccountFactory(segment="Retail")
    lines = [{"product": product, "quantity": 1, "amount_minor": 100}]
    ContractFactory(account=account, lines=lines, end_on=dt.date(2099, 1, 1))
    assert [one.title for one in plans.draft(account, by=acme.cass).objectives.all()] == ["From Planner"]
    plain = AccountFactory(segment="retail")
    assert [one.title for one in plans.draft(plain, by=acme.cass).objectives.all()] == ["From Retail"]


def test_a_retired_template_starts_nothing_and_the_general_one_is_not_forced_back(acme):
    templates.begin()
    templates.retire(PlanTemplate.objects.get(), by=acme.olly)
    plan = plans.draft(AccountFactory(), by=acme.cass)
    assert (plan.objectives.count(), plan.steps.count(), PlanTemplate.objects.count()) == (0, 0, 1)


def test_our_steps_of_the_template_become_tasks_of_the_csm(acme):
    plan = factory.drafted(acme)
    ours = plan.steps.filter(side="us")
    assert {step.task.assignee for step in ours} == {acme.cass}
    assert not plan.steps.exclude(side="us").filter(task__isnull=False).exists()


def test_agreeing_keeps_the_words_under_a_number(acme):
    plan = factory.empty(acme)
    factory.objective(acme, plan)
    rival_of_it = ContactFactory(account=plan.account)
    factory.topic(acme, plan, about=rival_of_it)
    version, agreement = plans.agree(plan, by=acme.cass, note="At the kickoff")
    plan.refresh_from_db()
    assert (version.number, version.note, agreement.user, agreement.contact) == (1, "At the kickoff", acme.cass, None)
    assert plan.status == "running"
    assert plan.next_review_on == local_today(acme.tenant) + dt.timedelta(weeks=12)
    objective, topic = version.items
    assert (objective["noun"], objective["target"], objective["audience"]) == ("objective", "4", "everyone")
    assert (topic["audience"], topic["about"]) == ("internal", rival_of_it.pk)


def test_an_unchanged_plan_makes_no_second_version(acme):
    plan = factory.empty(acme)
    objective = factory.objective(acme, plan)
    contact = ContactFactory(account=plan.account)
    first, _ = plans.agree(plan, by=acme.cass)
    again, theirs = plans.agree(plan, by=acme.cass, contact=contact, name="Elena B.")
    assert (again, theirs.contact, theirs.name, theirs.user) == (first, contact, "Elena B.", None)
    with pytest.raises(Refused):
        plans.agree(plan, by=acme.cass)
    objectives.edit(objective, {"due_on": factory.TODAY}, by=acme.cass)
    second, _ = plans.agree(plan, by=acme.cass)
    assert (second.number, PlanVersion.objects.count(), Agreement.objects.count()) == (2, 2, 3)
    (difference,) = between(versions.kept(first), versions.kept(second))
    assert [(one.field, one.before, one.after) for one in difference.changes] == [("due_on", None, "2026-11-20")]
    assert [event.facts["side"] for event in events("plan.agreed")] == ["us", "them", "us"]


def test_what_was_measured_or_reached_changes_no_words(acme):
    plan = factory.empty(acme)
    objective = factory.objective(acme, plan)
    first, _ = plans.agree(plan, by=acme.cass)
    objectives.measure(objective, 6, on=factory.TODAY, by=acme.cass)
    objectives.achieve(objective, on=factory.TODAY, evidence="Ledger", by=acme.cass)
    assert between(versions.kept(first), versions.wording(plan)) == []


def test_a_stranger_to_the_account_agrees_to_nothing(acme):
    plan = factory.empty(acme)
    with pytest.raises(Refused) as refused:
        plans.agree(plan, by=acme.cass, contact=ContactFactory())
    assert list(refused.value.errors) == ["contact"]
    assert not PlanVersion.objects.exists()


def test_a_review_sets_the_next_one(acme):
    plan = factory.agreed(acme)
    today = local_today(acme.tenant)
    plans.edit(plan, {"review_weeks": 4}, by=acme.cass)
    row = plans.review(plan, on=today, note="On track", by=acme.cass)
    assert (row.reviewed_on, row.next_review_on) == (today, today + dt.timedelta(weeks=4))
    for day, note in ((today + DAY, "x"), (today, " "), (today - DAY, "earlier")):
        with pytest.raises(Refused):
            plans.review(plan, on=day, note=note, by=acme.cass)


def test_two_people_editing_the_plan_the_second_is_told(acme):
    plan = factory.empty(acme)
    plans.edit(plan, {"north_star": "Ours"}, by=acme.cass, version=plan.version)
    with pytest.raises(Conflict) as stale:
        plans.edit(plan, {"north_star": "Mine"}, by=acme.dee, version=plan.version)
    assert stale.value.current.north_star == "Ours"


def test_closing_drops_open_tasks_and_nothing_changes_afterwards(acme):
    plan = factory.drafted(acme)
    objective, topic = plan.objectives.first(), plan.topics.first()
    plans.close(plan, reason="Renewed into a new one", by=acme.cass)
    assert set(Task.objects.filter(source="plan").values_list("status", flat=True)) == {TaskStatus.DROPPED}
    for act in (
        lambda: plans.edit(plan, {"north_star": "x"}, by=acme.cass),
        lambda: plans.agree(plan, by=acme.cass),
        lambda: objectives.edit(objective, {"title": "x"}, by=acme.cass),
        lambda: topics.settle(topic, by=acme.cass),
        lambda: steps.add(plan, {"title": "x"}, by=acme.cass),
    ):
        with pytest.raises(Refused):
            act()
    assert plans.draft(plan.account, by=acme.cass) != plan
