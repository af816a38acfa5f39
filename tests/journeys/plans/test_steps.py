"""Steps and their tasks, topics, and what is said beside them."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from accounts.actions import tasks
from accounts.actions.errors import Conflict, Refused
from accounts.models import Event, Task
from journeys.plans.actions import comments, steps, topics
from journeys.plans.models import Comment, Step
from tests.factories import plans as factory
from tests.factories.accounts import ContactFactory

pytestmark = pytest.mark.django_db


def fresh(step: Step) -> Step:
    return Step.objects.select_related("task").get(pk=step.pk)


def ours(acme: SimpleNamespace, **values: object) -> Step:
    return factory.step(acme, side="us", title="Import the ledger", our_owner=acme.dee, **values)


def test_a_step_of_ours_is_a_task_of_its_owner(acme):
    step = ours(acme, due_on=factory.TODAY)
    task = Task.objects.get()
    assert (task.title, task.assignee, task.due_on, task.source, task.account) == (
        "Import the ledger", acme.dee, factory.TODAY, "plan", step.plan.account,
    )  # fmt: skip
    assert not factory.step(acme, step.plan).task


def test_done_in_the_plan_the_task_is_done(acme):
    step = steps.done(ours(acme), by=acme.dee)
    task = Task.objects.get()
    assert (task.status, task.outcome, task.closed_by) == ("done", "achieved", acme.dee)
    assert fresh(step).is_done
    steps.reopen(step, by=acme.dee)
    task.refresh_from_db()
    assert (task.status, fresh(step).is_done, fresh(step).done_at) == ("open", False, None)


def test_a_task_closed_anywhere_closes_its_step_and_reopened_reopens_it(acme):
    step = ours(acme)
    task = Task.objects.get()
    assert (list(Step.objects.open()), list(Step.objects.done())) == ([step], [])
    tasks.complete(task, outcome="achieved", by=acme.dee)
    assert fresh(step).is_done
    assert fresh(step).finished_at == task.closed_at
    assert (list(Step.objects.open()), list(Step.objects.done())) == ([], [step])
    tasks.reopen(task, by=acme.dee)
    assert not fresh(step).is_done
    assert list(Step.objects.open()) == [step]
    steps.done(step, by=acme.dee)
    tasks.reopen(Task.objects.get(), by=acme.dee)
    assert not fresh(step).is_done


def test_a_dropped_task_leaves_the_step_to_be_done(acme):
    step = ours(acme)
    tasks.drop(Task.objects.get(), by=acme.dee)
    assert not fresh(step).is_done
    steps.done(step, by=acme.cass)
    assert fresh(step).is_done
    assert list(Step.objects.done()) == [step]


def test_the_task_follows_the_step(acme):
    step = ours(acme)
    steps.edit(step, {"title": "Import both ledgers", "our_owner": acme.cass}, by=acme.cass)
    task = Task.objects.get()
    assert (task.title, task.assignee) == ("Import both ledgers", acme.cass)
    steps.edit(fresh(step), {"side": "them"}, by=acme.cass)
    task.refresh_from_db()
    assert (task.status, fresh(step).task) == ("dropped", None)
    steps.edit(fresh(step), {"side": "joint"}, by=acme.cass)
    assert fresh(step).task != task
    steps.drop(step, by=acme.cass)
    assert not Task.objects.filter(status="open").exists()
    with pytest.raises(Conflict):
        steps.done(step, by=acme.cass)


def test_a_contact_ticks_what_is_theirs(acme):
    step = factory.step(acme)
    contact = ContactFactory(account=step.plan.account)
    steps.done(step, contact=contact)
    steps.done(step, contact=contact)
    assert (fresh(step).done_contact, fresh(step).done_by) == (contact, None)
    assert Event.objects.filter(kind="step.done").count() == 1
    not_theirs = factory.step(acme, step.plan, side="us")
    for person, one in ((contact, not_theirs), (ContactFactory(), step)):
        with pytest.raises(Refused):
            steps.done(one, contact=person)
    assert not fresh(not_theirs).is_done


def test_a_step_is_for_an_objective_of_its_own_plan(acme):
    with pytest.raises(Refused) as refused:
        factory.step(acme, objective=factory.objective(acme))
    assert list(refused.value.errors) == ["objective"]


def test_a_topic_is_ours_alone_until_opened_and_settles(acme):
    topic = factory.topic(acme)
    assert topic.audience == "internal"
    topics.settle(topic, by=acme.cass)
    topics.settle(topic, by=acme.cass)
    assert Event.objects.filter(kind="topic.settled").count() == 1
    topics.reopen(topic, by=acme.cass)
    topic.refresh_from_db()
    assert (topic.settled_at, topic.settled_by) == (None, None)


def test_a_comment_is_no_wider_than_what_it_is_on(acme):
    topic = factory.topic(acme)
    said = comments.say(topic.plan, " Who knows him? ", on=topic, audience="everyone", by=acme.cass)
    assert (said.body, said.audience, said.topic, said.author) == ("Who knows him?", "internal", topic, acme.cass)
    contact = ContactFactory(account=topic.plan.account)
    theirs = comments.say(topic.plan, "Hello", contact=contact)
    assert (theirs.audience, theirs.author, theirs.contact) == ("everyone", None, contact)
    for body, more in ((" ", {}), ("x" * 4001, {}), ("x", {"audience": "internal", "contact": contact})):
        with pytest.raises(Refused):
            comments.say(topic.plan, body, **({"by": acme.cass} | more))


def test_a_comment_leaves_a_link_with_the_item_that_it_is_on(acme):
    plan = factory.empty(acme)
    contact = ContactFactory(account=plan.account)
    link = SimpleNamespace(reads="everyone", contact_id=contact.pk)
    open_topic = factory.topic(acme, plan, audience="everyone")
    about = factory.topic(acme, plan, audience="everyone", about=contact)
    comments.say(plan, "on the plan", by=acme.cass)
    comments.say(plan, "on the open one", on=open_topic, by=acme.cass)
    comments.say(plan, "about the reader", on=about, by=acme.cass)
    readable = Comment.objects.readable_by(link)
    assert {one.body for one in readable} == {"on the plan", "on the open one"}
    topics.edit(open_topic, {"audience": "internal"}, by=acme.cass)
    assert {one.body for one in Comment.objects.readable_by(link)} == {"on the plan"}
