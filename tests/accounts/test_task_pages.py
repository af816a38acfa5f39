"""The tasks inbox: groups, one task, and what is done with it."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import calendar
from accounts.actions import tasks, teams
from accounts.actions.errors import Conflict, Refused
from accounts.models import Event, Task, TaskStatus
from accounts.tenancy.context import tenant_context
from tests.factories.accounts import AccountFactory, TaskFactory

pytestmark = pytest.mark.django_db
IN_INBOX = {"HX-Request": "true", "HX-Current-URL": "http://testserver/w/acme/tasks/"}


@pytest.fixture
def cass(acme_cast, page):
    return page(acme_cast.cass, acme_cast.tenant)


@pytest.fixture
def today(acme_cast):
    return calendar.local_today(acme_cast.tenant)


def have(cast, count: int = 1, **values) -> list[Task]:
    """Tasks of Cass, due today unless said otherwise."""
    first = {"assignee": cast.cass, "due_on": calendar.local_today(cast.tenant)}
    with tenant_context(cast.tenant):
        return [TaskFactory(account=None, by=cast.ada, **(first | values)) for _ in range(count)]


def task_of(cast, pk: int) -> Task:
    with tenant_context(cast.tenant):
        return Task.objects.get(pk=pk)


def groups(answer) -> dict[str, list[str]]:
    return {group.code: [row.title for row in group.rows] for group in answer.context["inbox"].groups}


def test_tasks_stand_in_groups_by_day(acme_cast, cass, today):
    day = dt.timedelta(days=1)
    sunday = today + day * (6 - today.weekday())
    have(acme_cast, title="Late", due_on=today - day)
    have(acme_cast, title="Now")
    have(acme_cast, title="Far", due_on=sunday + day)
    asleep, done = have(acme_cast, title="Asleep")[0], have(acme_cast, title="Over")[0]
    have(acme_cast, title="Of somebody else", assignee=acme_cast.dee)
    with tenant_context(acme_cast.tenant):
        tasks.snooze(asleep, until=today + day, reason="Holiday", by=acme_cast.cass, today=today)
        tasks.complete(done, outcome="achieved", by=acme_cast.cass)
    assert groups(cass.get("/tasks/")) == {
        "overdue": ["Late"], "today": ["Now"], "later": ["Far"], "snoozed": ["Asleep"], "done": ["Over"],
    }  # fmt: skip


def test_scopes_show_ones_own_the_teams_everybodys_and_nobodys_tasks(acme_cast, page):
    with tenant_context(acme_cast.tenant):
        team = teams.add({"name": "East", "manager": acme_cast.lee}, by=acme_cast.ada)
        teams.place(team, acme_cast.cass, by=acme_cast.ada)
    have(acme_cast, title="Of Cass")
    have(acme_cast, title="Of Dee", assignee=acme_cast.dee)
    have(acme_cast, title="Open to all", assignee=None)
    lee = page(acme_cast.lee, acme_cast.tenant)
    seen = {
        scope: groups(lee.get(f"/tasks/?scope={scope}")).get("today", []) for scope in ("own", "team", "all", "nobody")
    }
    assert seen == {
        "own": [], "team": ["Of Cass"], "all": ["Of Cass", "Of Dee", "Open to all"], "nobody": ["Open to all"],
    }  # fmt: skip


def test_a_sales_rep_sees_tasks_of_the_accounts_they_sell_and_their_own(acme_cast, page, today):
    with tenant_context(acme_cast.tenant):
        sold, other = AccountFactory(ae=acme_cast.sal), AccountFactory()
        TaskFactory(account=sold, title="Sold", due_on=today)
        hidden = TaskFactory(account=other, title="Hidden", due_on=today)
    have(acme_cast, title="Own", assignee=acme_cast.sal)
    sal = page(acme_cast.sal, acme_cast.tenant)
    assert groups(sal.get("/tasks/?scope=all")) == {"today": ["Sold", "Own"]}
    assert sal.get(f"/tasks/{hidden.pk}/").status_code == 404
    assert sal.post(f"/tasks/{hidden.pk}/done/", {"outcome": "achieved"}).status_code == 404


@pytest.mark.parametrize("count", [10, 60, 200])
def test_the_inbox_asks_the_same_few_questions_whatever_it_shows(acme_cast, cass, count):
    pk = have(acme_cast, count)[0].pk
    for path in ("/tasks/?scope=team", f"/tasks/{pk}/?scope=team"):
        with CaptureQueriesContext(connection) as queries:
            assert cass.get(path).status_code == 200
        assert sum(q["sql"].startswith(("SELECT", "WITH", "UPDATE")) for q in queries) <= 12


def test_the_next_stretch_begins_where_the_page_ended(acme_cast, cass, today):
    have(acme_cast, 30, due_on=today)
    have(acme_cast, 30, due_on=today + dt.timedelta(days=40))
    first = cass.get("/tasks/")
    inbox = first.context["inbox"]
    assert len(inbox.rows) == 50
    assert inbox.groups[-1].count == "20+"
    rest = cass.get("/tasks/", {"after": inbox.next}, headers={"HX-Request": "true"}).context["inbox"]
    assert len(rest.rows) == 10
    assert not {row.pk for row in inbox.rows} & {row.pk for row in rest.rows}


def test_what_was_loaded_stays_when_a_task_is_opened_or_done(acme_cast, cass, today):
    """The address keeps how much the list shows, so that a click, a reload and a way back show it again."""
    have(acme_cast, 130)
    first = cass.get("/tasks/").context["inbox"]
    there = "http://testserver/w/acme/tasks/"
    second = cass.get("/tasks/", {"after": first.next}, headers={"HX-Request": "true", "HX-Current-URL": there})
    assert second["HX-Replace-Url"] == "/w/acme/tasks/?shown=100"
    now = f"{there}?shown=100"
    third = second.context["inbox"].rows[-1].pk
    opened = cass.get(f"/tasks/{third}/", headers={"HX-Request": "true", "HX-Current-URL": now})
    assert len(opened.context["inbox"].rows) == 100
    assert opened["HX-Push-Url"] == f"/w/acme/tasks/{third}/?shown=100"
    assert len(cass.get(f"/tasks/{third}/?shown=100").context["inbox"].rows) == 100
    at = {"HX-Request": "true", "HX-Current-URL": f"{there}{third}/?shown=100"}
    done = cass.post(f"/tasks/{third}/done/", {"outcome": "achieved", "version": 1}, headers=at)
    assert sum(row.open for row in done.context["inbox"].rows) == 100
    more = cass.get("/tasks/", {"after": opened.context["inbox"].next}, headers=at)
    assert more["HX-Replace-Url"] == f"/w/acme/tasks/{third}/?shown=150"
    assert "HX-Push-Url" not in cass.get(f"/tasks/{third}/", headers={"HX-Request": "true", "HX-Current-URL": there})


def test_without_a_script_more_is_a_longer_page(acme_cast, cass):
    have(acme_cast, 60)
    shown = cass.get("/tasks/").content.decode()
    assert 'href="/w/acme/tasks/?shown=100"' in shown
    assert len(cass.get("/tasks/?shown=100").context["inbox"].rows) == 60


@pytest.mark.parametrize("shown", ["", "x", "-5", "7", "999", "9" * 5000])
def test_the_list_is_never_shorter_than_a_page_nor_endless(acme_cast, cass, shown, monkeypatch):
    monkeypatch.setattr("accounts.views.inbox.SIZE", 2)
    monkeypatch.setattr("accounts.views.inbox.MOST", 6)
    have(acme_cast, 9)
    assert len(cass.get(f"/tasks/?shown={shown}").context["inbox"].rows) == {"7": 6, "999": 6}.get(shown, 2)


@pytest.mark.parametrize("verb", ["reopen", "wake"])
def test_a_visit_to_where_one_only_posts_leads_to_the_task(acme_cast, cass, verb):
    task = have(acme_cast)[0]
    answer = cass.get(f"/tasks/{task.pk}/{verb}/")
    assert (answer.status_code, answer.headers.get("Location")) == (302, f"/w/acme/tasks/{task.pk}/")
    assert cass.get(f"/tasks/987654/{verb}/").status_code == 404


def test_a_task_is_done_with_its_outcome_and_the_next_one_comes_beside_the_list(acme_cast, cass):
    first, second = have(acme_cast, 2)
    said = {"outcome": "partly", "note": "Half of it", "version": 1}
    answer = cass.post(f"/tasks/{first.pk}/done/", said, headers=IN_INBOX)
    assert answer["HX-Retarget"] == "#inbox"
    triggers = json.loads(answer["HX-Trigger"])
    assert triggers["toast"]["undo"] == f"/w/acme/tasks/{first.pk}/reopen/"
    assert answer.context["task"].pk == second.pk
    done = task_of(acme_cast, first.pk)
    assert (done.status, done.outcome, done.outcome_note, done.closed_by) == (
        "done",
        "partly",
        "Half of it",
        acme_cast.cass,
    )


def test_undo_opens_it_again(acme_cast, cass):
    task = have(acme_cast)[0]
    cass.post(f"/tasks/{task.pk}/done/", {"outcome": "achieved", "version": 1}, headers=IN_INBOX)
    assert cass.post(f"/tasks/{task.pk}/reopen/").status_code == 302
    assert task_of(acme_cast, task.pk).status == TaskStatus.OPEN


def test_without_a_script_the_same_form_is_a_page_and_leads_back_to_the_task(acme_cast, cass):
    task = have(acme_cast)[0]
    assert cass.get(f"/tasks/{task.pk}/done/").status_code == 200
    answer = cass.post(f"/tasks/{task.pk}/done/", {"outcome": "achieved", "version": 1})
    assert (answer.status_code, answer["Location"]) == (302, f"/w/acme/tasks/{task.pk}/")


def test_done_without_an_outcome_is_refused_and_nothing_happened(acme_cast, cass):
    task = have(acme_cast)[0]
    assert cass.post(f"/tasks/{task.pk}/done/", {"note": "x"}, headers=IN_INBOX).status_code == 422
    assert task_of(acme_cast, task.pk).status == TaskStatus.OPEN
    with tenant_context(acme_cast.tenant):
        assert not Event.objects.filter(kind="task.completed").exists()


def test_two_who_close_a_task_at_once_the_later_is_told(acme_cast, cass):
    task = have(acme_cast)[0]
    with tenant_context(acme_cast.tenant):
        tasks.complete(task_of(acme_cast, task.pk), outcome="achieved", by=acme_cast.ada)
    answer = cass.post(f"/tasks/{task.pk}/done/", {"outcome": "not_needed", "version": 1}, headers=IN_INBOX)
    assert answer.status_code == 409
    assert "Somebody else changed this" in answer.content.decode()
    assert task_of(acme_cast, task.pk).outcome == "achieved"


def test_a_task_sleeps_for_a_reason_and_until_a_later_day(acme_cast, cass, today):
    task = have(acme_cast)[0]
    url, said = f"/tasks/{task.pk}/snooze/", {"until": today.isoformat(), "reason": "Holiday", "version": 1}
    assert cass.post(url, said, headers=IN_INBOX).status_code == 422
    assert cass.post(url, said | {"until": "2099-01-01", "reason": ""}, headers=IN_INBOX).status_code == 422
    assert task_of(acme_cast, task.pk).snoozed_until is None
    assert cass.post(url, said | {"until": "2099-01-01"}, headers=IN_INBOX).status_code == 200
    assert task_of(acme_cast, task.pk).snoozed_until == dt.date(2099, 1, 1)


def test_a_sleeping_task_is_woken(acme_cast, cass, today):
    task = have(acme_cast)[0]
    with tenant_context(acme_cast.tenant):
        tasks.snooze(task, until=today + dt.timedelta(days=9), reason="Fair", by=acme_cast.cass, today=today)
    assert "Wake now" in cass.get(f"/tasks/{task.pk}/").content.decode()
    for _ in range(2):
        assert cass.post(f"/tasks/{task.pk}/wake/").status_code == 302
    assert task_of(acme_cast, task.pk).snoozed_until is None
    with tenant_context(acme_cast.tenant):
        assert Event.objects.filter(kind="task.woken").count() == 1


def test_a_task_is_due_another_day_dropped_or_handed_on(acme_cast, cass):
    due, dropped, handed = have(acme_cast, 3)
    cass.post(f"/tasks/{due.pk}/due/", {"due_on": "2099-02-03", "version": 1}, headers=IN_INBOX)
    cass.post(f"/tasks/{dropped.pk}/drop/", {"reason": "Twice", "version": 1}, headers=IN_INBOX)
    cass.post(f"/tasks/{handed.pk}/reassign/", {"assignee": acme_cast.dee.pk}, headers=IN_INBOX)
    assert task_of(acme_cast, due.pk).due_on == dt.date(2099, 2, 3)
    assert task_of(acme_cast, dropped.pk).status == TaskStatus.DROPPED
    assert task_of(acme_cast, handed.pk).assignee == acme_cast.dee


def test_a_task_can_not_be_handed_to_somebody_outside(acme_cast, cass, rival):
    task = have(acme_cast)[0]
    answer = cass.post(f"/tasks/{task.pk}/reassign/", {"assignee": rival.rita.pk}, headers=IN_INBOX)
    assert answer.status_code == 422
    assert task_of(acme_cast, task.pk).assignee == acme_cast.cass


def test_ticked_tasks_are_handed_on_together(acme_cast, cass):
    some = have(acme_cast, 3)
    ids = [task.pk for task in some[:2]]
    assert cass.post("/tasks/reassign/?scope=own", {"ids": ids, "assignee": acme_cast.dee.pk}).status_code == 302
    with tenant_context(acme_cast.tenant):
        assert set(Task.objects.filter(assignee=acme_cast.dee).values_list("pk", flat=True)) == set(ids)


def test_a_task_is_added_for_an_account_and_a_wrong_account_is_refused(acme_cast, cass):
    with tenant_context(acme_cast.tenant):
        account = AccountFactory()
    said = {"title": "Call the sponsor", "due_on": "2099-01-01", "assignee": acme_cast.cass.pk, "account": account.pk}
    assert cass.post("/tasks/new/", said | {"account": 999_999}).status_code == 422
    assert cass.post("/tasks/new/", said | {"title": ""}).status_code == 422
    assert cass.post("/tasks/new/", said)["Location"] == f"/w/acme/accounts/{account.pk}/"
    with tenant_context(acme_cast.tenant):
        task = Task.objects.get()
        assert (task.title, task.account, task.created_by) == ("Call the sponsor", account, acme_cast.cass)


def test_an_edit_of_what_somebody_else_changed_shows_both_values(acme_cast, cass):
    task = have(acme_cast, title="Old words")[0]
    with tenant_context(acme_cast.tenant):
        tasks.edit(task_of(acme_cast, task.pk), {"title": "Their words"}, by=acme_cast.ada)
    said = {"title": "My words", "due_on": task.due_on.isoformat(), "assignee": acme_cast.cass.pk, "version": 1}
    answer = cass.post(f"/tasks/{task.pk}/edit/", said)
    assert answer.status_code == 409
    assert "Saved meanwhile: “Their words”." in answer.content.decode()
    assert 'value="My words"' in answer.content.decode()
    assert task_of(acme_cast, task.pk).title == "Their words"


def test_a_viewer_reads_tasks_and_does_nothing(acme_cast, page):
    task = have(acme_cast)[0]
    vera = page(acme_cast.vera, acme_cast.tenant)
    assert vera.get(f"/tasks/{task.pk}/?scope=all").status_code == 200
    assert vera.post(f"/tasks/{task.pk}/done/", {"outcome": "achieved"}).status_code == 403


def test_a_task_tells_nothing_of_an_account_that_its_assignee_may_not_see(acme_cast, page):
    with tenant_context(acme_cast.tenant):
        foreign = AccountFactory(name="Foreign")
        task = TaskFactory(account=foreign, assignee=acme_cast.sal, by=acme_cast.ada)
    sal, cass = (page(person, acme_cast.tenant) for person in (acme_cast.sal, acme_cast.cass))
    mine, theirs = sal.get(f"/tasks/{task.pk}/"), cass.get(f"/tasks/{task.pk}/")
    assert (mine.status_code, mine.context["latest"], mine.context["may_see_account"]) == (200, [], False)
    assert f"/accounts/{foreign.pk}/".encode() not in mine.content
    assert theirs.context["latest"]
    assert f"/accounts/{foreign.pk}/".encode() in theirs.content


@pytest.mark.parametrize("act", ["reopen", "wake"])
def test_a_refused_act_says_why_and_not_that_it_is_done(act, acme_cast, cass, monkeypatch):
    """A refusal that no form hears is a page or a toast, and keeps nothing."""
    task = have(acme_cast)[0]

    def refuse(task, *, by):
        tasks.edit(task, {"title": "Half written"}, by=by)
        raise Refused({"": ["Not like this."]})

    monkeypatch.setattr(tasks, act, refuse)
    whole = cass.post(f"/tasks/{task.pk}/{act}/", HTTP_REFERER="http://testserver/w/acme/tasks/?scope=team")
    assert whole.status_code == 422
    assert "Not like this." in whole.content.decode()
    assert 'href="http://testserver/w/acme/tasks/?scope=team"' in whole.content.decode()
    assert 'href="/w/acme/"' in cass.post(f"/tasks/{task.pk}/{act}/", HTTP_REFERER="//evil.test/").content.decode()
    part = cass.post(f"/tasks/{task.pk}/{act}/", headers=IN_INBOX)
    assert (part.status_code, part["HX-Reswap"]) == (422, "none")
    assert json.loads(part["HX-Trigger"]) == {"toast": {"text": "Not like this."}}
    assert task_of(acme_cast, task.pk).title == task.title


def test_an_act_on_what_changed_meanwhile_is_a_page(acme_cast, cass, monkeypatch):
    task = have(acme_cast)[0]

    def stale(task, *, by):
        raise Conflict(task)

    monkeypatch.setattr(tasks, "wake", stale)
    answer = cass.post(f"/tasks/{task.pk}/wake/")
    assert answer.status_code == 409
    assert "Changed meanwhile" in answer.content.decode()
