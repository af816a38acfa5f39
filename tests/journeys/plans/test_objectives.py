"""Objectives: worded, measured, achieved, confirmed."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from accounts.actions.errors import Conflict, Refused
from accounts.calendar import local_today
from accounts.models import Event, TenantWork
from journeys.plans.actions import objectives
from journeys.plans.models import Confirmation, Measurement, Objective
from tests.factories import plans as factory
from tests.factories.accounts import ContactFactory

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def kinds() -> list[str]:
    return list(Event.objects.filter(kind__startswith="impact.").order_by("id").values_list("kind", flat=True))


def test_there_is_one_first_impact(acme):
    plan = factory.empty(acme)
    first = factory.objective(acme, plan, kind="first_impact")
    with pytest.raises(Refused) as refused:
        factory.objective(acme, plan, kind="first_impact")
    assert list(refused.value.errors) == ["kind"]
    objectives.drop(first, reason="Too far away", by=acme.cass)
    assert factory.objective(acme, plan, kind="first_impact").pk
    assert plan.objectives.standing().count() == 1


def test_a_target_differs_from_where_they_are(acme):
    with pytest.raises(Refused) as refused:
        factory.objective(acme, baseline=Decimal(4))
    assert list(refused.value.errors) == ["target"]
    assert not Objective.objects.exists()


def test_the_owner_on_their_side_is_of_the_account(acme):
    with pytest.raises(Refused) as refused:
        factory.objective(acme, their_owner=ContactFactory())
    assert list(refused.value.errors) == ["their_owner"]


def test_a_measurement_says_who_and_when(acme):
    objective = factory.objective(acme)
    contact = ContactFactory(account=objective.plan.account)
    today = local_today(acme.tenant)
    ours = objectives.measure(objective, Decimal("6.5"), on=today - DAY, evidence="Ledger", by=acme.cass)
    theirs = objectives.measure(objective, Decimal(5), on=today, url="https://x.test/r", contact=contact)
    another = objectives.measure(objective, Decimal(5), on=today)
    assert (ours.recorded_by, ours.recorded_contact) == (acme.cass, None)
    assert (theirs.recorded_by, theirs.recorded_contact) == (None, contact)
    assert (another.recorded_by, another.recorded_contact) == (None, None)
    facts = Event.objects.filter(kind="impact.measured").order_by("id").values_list("facts", flat=True)
    assert [said["who"] for said in facts] == ["Cass of Acme", contact.name, "Another system"]
    assert facts[0]["value"] == "6.5"
    assert (facts[0]["objective_id"], facts[0]["plan_id"], facts[0]["kind"]) == (
        objective.pk, objective.plan_id, "impact",
    )  # fmt: skip


def test_no_measurement_from_the_future_or_without_a_metric(acme):
    objective = factory.objective(acme)
    with pytest.raises(Refused):
        objectives.measure(objective, Decimal(5), on=local_today(acme.tenant) + DAY, by=acme.cass)
    vague = factory.objective(acme, objective.plan, metric="", baseline=None, target=None)
    with pytest.raises(Refused):
        objectives.measure(vague, Decimal(5), on=factory.TODAY, by=acme.cass)
    assert not Measurement.objects.exists()


def test_achieved_with_evidence_then_confirmed_by_the_customer(acme):
    objective = factory.objective(acme, kind="first_impact")
    contact = ContactFactory(account=objective.plan.account)
    with pytest.raises(Refused):
        objectives.achieve(objective, on=factory.TODAY, evidence=" ", by=acme.cass)
    reached = objectives.achieve(objective, on=factory.TODAY, evidence="Closed in 4 days", by=acme.cass)
    assert (reached.status, reached.achieved_on, reached.achieved_by) == ("achieved", factory.TODAY, acme.cass)
    word = objectives.confirm(objective, contact=contact, name="E. Brandt", statement="Yes.")
    objective.refresh_from_db()
    assert (objective.status, objective.achieved_on, word.name, word.recorded_by) == (
        "confirmed", factory.TODAY, "E. Brandt", None,
    )  # fmt: skip
    assert kinds() == ["impact.achieved", "impact.confirmed"]
    assert TenantWork.objects.filter(kind="first_impact").count() == 2


def test_only_the_first_impact_rings(acme):
    objectives.achieve(factory.objective(acme), on=factory.TODAY, evidence="Seen", by=acme.cass)
    assert not TenantWork.objects.filter(kind="first_impact").exists()


def test_a_confirmation_needs_no_claim_of_ours_and_is_said_once(acme):
    objective = factory.objective(acme)
    contact = ContactFactory(account=objective.plan.account)
    for name, person in ((" ", contact), ("E.", ContactFactory())):
        with pytest.raises(Refused):
            objectives.confirm(objective, contact=person, name=name)
    objectives.confirm(objective, contact=contact, name="E.")
    objective.refresh_from_db()
    assert objective.achieved_on == local_today(acme.tenant)
    with pytest.raises(Refused):
        objectives.confirm(objective, contact=contact, name="E.")
    assert Confirmation.objects.count() == 1
    for act in (
        lambda: objectives.edit(objective, {"title": "Other"}, by=acme.cass),
        lambda: objectives.drop(objective, reason="x", by=acme.cass),
        lambda: objectives.achieve(objective, on=factory.TODAY, evidence="x", by=acme.cass),
    ):
        with pytest.raises(Conflict):
            act()


def test_two_people_editing_an_objective_the_second_is_shown_both(acme):
    objective = factory.objective(acme)
    objectives.edit(objective, {"target": Decimal(3)}, by=acme.cass, version=1)
    with pytest.raises(Conflict) as stale:
        objectives.edit(objective, {"target": Decimal(5)}, by=acme.dee, version=1)
    assert stale.value.current.target == 3


def test_an_objective_moves_among_those_that_stand(acme):
    plan = factory.empty(acme)
    a, b, c = (factory.objective(acme, plan, title=title) for title in "abc")
    objectives.drop(b, reason="x", by=acme.cass)
    objectives.move(c, up=True, by=acme.cass)
    assert [one.title for one in plan.objectives.standing()] == ["c", "a"]
    objectives.move(c, up=True, by=acme.cass)
    objectives.move(a, up=False, by=acme.cass)
    assert [one.title for one in plan.objectives.standing()] == ["c", "a"]
