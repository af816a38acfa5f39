"""From matches to runs by the thousand, and from step to step."""

import datetime as dt

import pytest
from django.db import connection
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext
from structlog.testing import capture_logs

from accounts.actions import tasks
from accounts.models import Account, AccountFacts, Event, InboxEntry, Membership, Task, TenantWork
from blueprints import guards
from blueprints.actions import deliveries, starting, stepping, turns, why
from blueprints.actions.stepping import effects, gathering, walking
from blueprints.models import Delivery, Match, Notice, Play, PlayVersion, Run, RunState, RunStep, RunTask, StepState
from tests.blueprints.watched import around_now
from tests.factories.accounts import AccountFactory, ContactFactory, UserFactory
from tests.factories.blueprints import EndpointFactory, MatchFactory, MessageTemplateFactory, PlayFactory, step

AT = dt.datetime(2026, 11, 20, 15, 0, tzinfo=dt.UTC)  # a Friday
TODAY = AT.date()
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


@pytest.fixture
def account(acme):
    return AccountFactory(name="Globex", csm=acme.cass, ae=acme.sal, segment="SMB")


def begin(acme, *matches, at=AT) -> int:
    return stepping.begin(matches, tenant=acme.tenant, at=at, today=TODAY)


def playing(steps, **values):
    return PlayFactory(trigger="", steps=steps, **values)


def run_of(acme, account, steps, **values) -> Run:
    match = MatchFactory(play=playing(steps, **values), account=account)
    assert begin(acme, match) == 1
    return Run.objects.get(match=match)


def states(run) -> list[tuple[int, str, str]]:
    return list(run.done_steps.values_list("number", "kind", "state"))


def everything() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (Run, RunStep, RunTask, Task, Delivery, Notice, Event, InboxEntry))


def test_matches_begin_runs_with_their_tasks_once(acme, account):
    play = playing([step("Meet", "csm", 2), step("Call", "ae", 0), step("Set up", "delivery", 5)], because="they left")
    match = MatchFactory(play=play, account=account)
    told = Event.objects.count()
    assert begin(acme, match) == 1
    run = Run.objects.get()
    assert (run.play, run.version, run.account, run.match, run.event) == (play, play.current(), account, match, None)
    assert (run.state, run.next_step, run.next_at, run.started_at, run.ended_at) == ("finished", 3, None, AT, AT)
    given = [(link.step, t.title, t.assignee, t.due_on, t.source, t.status, t.created_by) for link in run.links.all()
             for t in [link.task]]  # fmt: skip
    assert given == [
        (0, "Meet", acme.cass, dt.date(2026, 11, 24), "play", "open", None),
        (1, "Call", acme.sal, dt.date(2026, 11, 20), "play", "open", None),
        (2, "Set up", acme.cass, dt.date(2026, 11, 30), "play", "open", None),  # Thanksgiving is no working day
    ]
    assert states(run) == [(0, "task", "done"), (1, "task", "done"), (2, "task", "done")]
    assert [s.did for s in run.done_steps.all()] == [{"task": link.task_id} for link in run.links.all()]
    said = Event.objects.get(kind="run.started")
    assert said.facts == {
        "run_id": run.pk,
        "play": play.name,
        "play_code": play.code,
        "tasks": 3,
        "because": "they left",
    }
    assert said.account == account
    created = Event.objects.filter(kind="task.created").order_by("pk")
    assert [event.facts["title"] for event in created] == ["Meet", "Call", "Set up"]
    assert created[0].facts == {
        "task_id": run.links.get(step=0).task_id, "title": "Meet", "assignee": str(acme.cass),
        "assignee_id": acme.cass.pk, "due_on": "2026-11-24", "source": "play",
    }  # fmt: skip
    assert Event.objects.count() == told + 4 == InboxEntry.objects.count()
    before = everything()
    assert begin(acme, match) == 0
    assert everything() == before


def test_an_event_starts_a_play_once_whichever_match_brings_it(acme, account):
    play = playing([step()])
    event = Event.objects.create(kind="contact.departed", account=account)
    match = MatchFactory(play=play, account=account, event=event, closed_at=Now())
    assert begin(acme, match) == 1
    assert Run.objects.get().event == event
    other = MatchFactory(play=play, account=account, closed_at=Now())
    other.event_id = event.pk  # as if it had been opened twice
    assert begin(acme, other) == 0
    assert (Run.objects.count(), Task.objects.count()) == (1, 1)


def test_statements_do_not_grow_with_what_fired(acme, django_assert_num_queries):
    play = playing([step("One"), step("Two", "least_loaded_csm")])
    few = [MatchFactory(play=play) for _ in range(2)]
    many = [MatchFactory(play=play) for _ in range(40)]
    with django_assert_num_queries(16) as first:
        assert begin(acme, *few) == 2
    with django_assert_num_queries(len(first.captured_queries)):
        assert begin(acme, *many) == 40
    assert Task.objects.count() == 84


def test_who_left_gets_nothing_and_the_least_loaded_gets_the_next(acme, account):
    other = UserFactory(name="Cleo")
    Membership.objects.create(tenant=acme.tenant, user=other, role="csm")
    tasks.add({"title": "Old", "assignee": acme.cass, "due_on": TODAY}, by=None)
    play = playing([step("Any", "least_loaded_csm")])
    begin(acme, *[MatchFactory(play=play) for _ in range(3)])
    given = list(Task.objects.filter(title="Any").order_by("pk").values_list("assignee__name", flat=True))
    assert given == ["Cleo", acme.cass.name, "Cleo"]
    Membership.objects.filter(user=acme.cass).update(ended_at=Now())
    begin(acme, MatchFactory(play=playing([step("Theirs", "csm")]), account=account))
    assert Task.objects.get(title="Theirs").assignee == acme.sal


def test_texts_name_what_is_known_and_one_without_value_fails_alone(acme, account):
    AccountFacts.objects.create(account=account, facts={"contract.arr": 1_200_000}, valid_from=AT, first_day=TODAY)
    named = step("Save {{ account.name }} ({{ fact.contract.arr }})")
    run = run_of(acme, account, [named, step("In {{ account.region }}"), step("Last")])
    assert [t.title for t in Task.objects.order_by("pk")] == ["Save Globex ($12,000)", "Last"]
    assert states(run) == [(0, "task", "done"), (1, "task", "failed"), (2, "task", "done")]
    assert run.done_steps.get(number=1).error == "There is no value for “account.region”."


def test_messages_to_other_systems_leave_with_the_run(acme, account):
    slack, hook = EndpointFactory(kind="slack", name="Slack"), EndpointFactory(name="Hook")
    account.name = "A & <b>"
    account.save()
    run = run_of(acme, account, [
        {"kind": "slack", "endpoint": slack.pk, "text": "Look at {{ account.name }}"},
        {"kind": "webhook", "endpoint": hook.pk, "payload": {"segment": "{{ account.segment }}"}},
    ])  # fmt: skip
    first, second = Delivery.objects.order_by("step")
    assert (first.endpoint, first.channel, first.state, first.payload) == (
        slack, "slack", "waiting", {"text": "Look at A &amp; &lt;b&gt;"},
    )  # fmt: skip
    assert second.payload == {
        "type": "play.run", "timestamp": AT.isoformat(),
        "data": {
            "play": {"code": run.play.code, "name": run.play.name}, "because": "it helps", "run": run.pk,
            "account": {"id": account.pk, "name": "A & <b>", "external_id": None}, "values": {"segment": "SMB"},
        },
    }  # fmt: skip
    assert first.uid != second.uid
    assert deliveries.waiting_tenants() == [acme.tenant.pk]
    assert (run.state, states(run)) == ("finished", [(0, "slack", "done"), (1, "webhook", "done")])


def test_a_step_waits_its_business_days_until_the_morning(acme, account):
    run = run_of(acme, account, [step("Now"), step("Later") | {"wait_days": 2}])
    assert (run.state, run.next_step) == ("moving", 1)
    assert run.next_at == dt.datetime(2026, 11, 24, 8, tzinfo=dt.UTC)
    assert TenantWork.objects.filter(kind=stepping.STEPS, due_at=run.next_at).exists()
    assert stepping.advance(acme.tenant, run.next_at - HOUR) == 0
    assert Task.objects.count() == 1
    assert stepping.advance(acme.tenant, run.next_at) == 1
    later = Task.objects.get(title="Later")
    assert (later.assignee, later.due_on) == (acme.cass, dt.date(2026, 11, 26) + DAY)
    run.refresh_from_db()
    assert (run.state, run.next_at, run.attempts) == ("finished", None, 0)
    before = everything()
    assert stepping.advance(acme.tenant, AT + 30 * DAY) == 0
    assert everything() == before


def advance(acme, run, at=AT) -> Run:
    stepping.advance(acme.tenant, at)
    run.refresh_from_db()
    return run


def test_branches_ask_the_account_and_the_run(acme, account):
    AccountFacts.objects.create(account=account, facts={"account.segment": "SMB"}, valid_from=AT, first_day=TODAY)
    run = run_of(acme, account, [
        step("First"),
        step("Small") | {"when": {"all": [{"fact": "account.segment", "is": "SMB"}]}},
        step("Large") | {"when": {"all": [{"fact": "account.segment", "is": "Enterprise"}]}},
        step("Not done") | {"when": {"all": [{"fact": "run.tasks_open", "at_least": 2}]}},
        step("Answered") | {"when": {"all": [{"fact": "run.last_outcome", "is": "achieved"}]}},
    ])  # fmt: skip
    advance(acme, run)
    assert states(run) == [
        (0, "task", "done"), (1, "task", "done"), (2, "task", "skipped"), (3, "task", "done"), (4, "task", "skipped"),
    ]  # fmt: skip
    assert [t.title for t in Task.objects.order_by("pk")] == ["First", "Small", "Not done"]


def test_waiting_ends_when_it_holds_or_when_its_days_are_over(acme, account):
    done = {"all": [{"fact": "run.tasks_open", "is": 0}]}
    steps = [step("First"), {"kind": "wait", "until": done, "at_most_days": 3}, step("Then")]
    early, late = run_of(acme, account, steps), run_of(acme, AccountFactory(), steps)
    stepping.advance(acme.tenant, AT)
    assert states(early)[1] == (1, "wait", "waiting")
    early.refresh_from_db()
    assert early.next_at == dt.datetime(2026, 11, 21, 8, tzinfo=dt.UTC)
    tasks.complete(early.links.get(step=0).task, outcome="achieved", by=acme.cass)
    assert stepping.wake([account.pk], at=AT + HOUR) == 1
    advance(acme, early, AT + HOUR)
    assert states(early) == [(0, "task", "done"), (1, "wait", "done"), (2, "task", "done")]
    assert early.state == "finished"
    for days in range(1, 5):
        advance(acme, late, AT.replace(hour=8) + days * DAY)
        assert late.state == "moving"
    advance(acme, late, dt.datetime(2026, 11, 25, 8, tzinfo=dt.UTC))
    assert late.done_steps.get(number=1).did["held"] is False
    assert (late.state, late.links.count()) == ("finished", 2)
    assert RunStep.objects.count() == 6


def test_days_of_waiting_are_business_days(acme, account):
    run = advance(acme, run_of(acme, account, [{"kind": "wait", "days": 1}, step("Then")]))
    assert run.next_at == dt.datetime(2026, 11, 23, 8, tzinfo=dt.UTC)
    assert advance(acme, run, run.next_at).state == "finished"
    assert Task.objects.get().due_on == dt.date(2026, 11, 25)


def test_a_field_changes_and_says_what_stood_there(acme, account):
    run = advance(acme, run_of(acme, account, [
        {"kind": "field", "path": "account.segment", "value": "Enterprise"},
        {"kind": "field", "path": "account.touch_model", "value": "nonsense"},
        {"kind": "field", "path": "account.segment", "value": "Enterprise"},
    ]))  # fmt: skip
    account.refresh_from_db()
    assert (account.segment, account.touch_model) == ("Enterprise", "high")
    assert states(run) == [(0, "field", "done"), (1, "field", "failed"), (2, "field", "skipped")]
    assert run.done_steps.get(number=0).did == {"field": "account.segment", "before": "SMB", "after": "Enterprise"}
    assert Event.objects.filter(kind="account.edited").count() == 1
    assert run.state == "finished"


def test_an_account_is_handed_over(acme, account):
    run = advance(acme, run_of(acme, account, [
        {"kind": "hand_over", "role": "csm", "to": acme.lee.pk},
        {"kind": "hand_over", "role": "csm", "to": "least_loaded"},
        {"kind": "hand_over", "role": "ae", "to": 10**9},
    ]))  # fmt: skip
    account.refresh_from_db()
    assert (account.csm, account.ae) == (acme.cass, acme.sal)
    assert states(run) == [(0, "hand_over", "done"), (1, "hand_over", "done"), (2, "hand_over", "failed")]
    assert run.done_steps.get(number=1).did == {"role": "csm", "before": acme.lee.pk, "after": acme.cass.pk}
    assert Event.objects.filter(kind="account.owner_changed").count() == 2


def test_colleagues_are_told(acme, account):
    run = advance(acme, run_of(acme, account, [
        {"kind": "notice", "to": "leader", "text": "{{ account.name }} needs you"},
        {"kind": "notice", "to": "ae", "text": "Look"},
    ]))  # fmt: skip
    told = list(Notice.objects.order_by("pk").values_list("recipient", "text", "account", "run"))
    assert told == [(acme.lee.pk, "Globex needs you", account.pk, run.pk), (acme.sal.pk, "Look", account.pk, run.pk)]


def called(acme) -> int:
    """What other plays asked for, in its turn; how many runs began."""
    return starting.start_waiting(acme.tenant).runs


def test_a_play_starts_another_once(acme, account):
    other = playing([step("Theirs")], code="other")
    run = advance(acme, run_of(acme, account, [{"kind": "play", "code": "other"}, {"kind": "play", "code": "gone"}]))
    match = Match.objects.get(play=other)
    assert (match.account, match.event.kind, match.fate) == (account, "play.called", "waiting")
    assert states(run) == [(0, "play", "done"), (1, "play", "failed")]
    assert run.done_steps.get(number=0).did == {"match": match.pk}
    assert TenantWork.objects.filter(kind="events", due_at__lte=Now()).exists()
    assert called(acme) == 1
    theirs = Run.objects.get(play=other)
    assert (theirs.account, theirs.match, theirs.event, theirs.state) == (account, match, match.event, "finished")
    assert why.of_match(match) == []
    before = everything()
    stepping.advance(acme.tenant, AT + DAY)
    assert called(acme) == 0
    assert everything() == before


def test_plays_in_a_circle_come_to_rest(acme, account):
    playing([{"kind": "play", "code": "b"}, step("A")], code="a")
    playing([{"kind": "play", "code": "a"}, step("B")], code="b")
    run = run_of(acme, account, [{"kind": "play", "code": "a"}])
    for _ in range(9):
        stepping.advance(acme.tenant, turns.clock())
        called(acme)
    assert not Run.objects.filter(state="moving").exists()
    assert not Match.objects.waiting().filter(event__isnull=False).exists()
    assert Run.objects.count() <= 5
    assert states(run) == [(0, "play", "done")]


def calls(acme, account, guards, **values) -> tuple[Play, Run]:
    """A play with these guards, and a run elsewhere whose step asked for it."""
    other = playing([step("Theirs")], code="other", name="Theirs", **values)
    PlayVersion.objects.create(play=other, number=2, steps=other.current().steps, guards=guards)
    return other, advance(acme, run_of(acme, account, [{"kind": "play", "code": "other"}], name="Ours"))


def test_a_play_that_is_called_leaves_its_share_alone(acme, account):
    other, _run = calls(acme, account, {"hold_out_percent": 50})
    while not guards.held_out(50, other.pk, account.pk):
        called(acme)
        account = AccountFactory()
        advance(acme, run_of(acme, account, [{"kind": "play", "code": "other"}], name="Ours"))
    assert called(acme) == 0
    assert Match.objects.get(play=other, account=account).fate == "held_out"
    said = why.not_(other, account)
    assert (said.code, said.words) == (
        "held_out", "“Ours” asked for it. Left alone for comparison, as 50% of the accounts are.",
    )  # fmt: skip


def test_a_play_that_is_called_again_too_soon_cools_down(acme, account):
    other, _run = calls(acme, account, {"cool_down_days": 5})
    assert called(acme) == 1
    advance(acme, run_of(acme, account, [{"kind": "play", "code": "other"}], name="Again"))
    assert called(acme) == 0
    assert list(Match.objects.filter(play=other).order_by("pk").values_list("fate", flat=True)) == [
        "started", "cooling"]  # fmt: skip
    said = why.not_(other, account)
    assert (said.code, said.words) == ("cooling", "“Again” asked for it. Too soon after its last run here.")
    assert said.until is not None


def test_calls_count_among_so_many_a_day_and_trip_the_breaker(acme, account):
    other, _run = calls(acme, account, {"per_csm_day": 1})
    colleague = AccountFactory(csm=acme.cass)
    advance(acme, run_of(acme, colleague, [{"kind": "play", "code": "other"}], name="Ours too"))
    assert called(acme) == 1
    assert why.not_(other, colleague).words == (
        "“Ours too” asked for it. Enough was started today for this account’s CSM."
    )
    PlayVersion.objects.create(play=other, number=3, steps=[step()], guards={"breaker_per_hour": 1})
    Play.objects.filter(pk=other.pk).update(on_since=AT - DAY)
    Match.objects.filter(play=other).update(opened_at=Now())
    at = turns.clock()
    advance(acme, run_of(acme, AccountFactory(), [{"kind": "play", "code": "other"}]), at)
    assert called(acme) == 0
    other.refresh_from_db()
    assert (other.state, Match.objects.filter(play=other, fate="tripped").count()) == ("paused", 2)


def test_a_play_that_is_called_in_its_quiet_hours_waits(acme, account):
    other, _run = calls(acme, account, {"quiet": around_now(acme.tenant)})
    assert called(acme) == 0
    match = Match.objects.get(play=other)
    assert (match.fate, match.due_at > turns.clock()) == ("waiting", True)
    assert why.not_(other, account).words == "“Ours” asked for it. Nothing starts in quiet hours."
    again = advance(acme, run_of(acme, account, [{"kind": "play", "code": "other"}]))
    assert again.done_steps.get().did == {"match": match.pk}
    assert (states(again), Match.objects.filter(play=other).count()) == ([(0, "play", "skipped")], 1)


def fates_of(play) -> list[str]:
    return list(Match.objects.filter(play=play).order_by("pk").values_list("fate", flat=True))


def calling(acme, account, code="other", **values) -> Run:
    return advance(acme, run_of(acme, account, [{"kind": "play", "code": code}], **values))


def test_a_call_outlives_a_match_of_its_play_that_lapses(acme, account):
    other = playing([step("Theirs")], code="other")
    own = MatchFactory(play=other, account=account, due_at=turns.clock() + HOUR)
    assert states(calling(acme, account)) == [(0, "play", "done")]
    Match.objects.filter(pk=own.pk).update(closed_at=turns.clock(), closed_on=TODAY)
    assert called(acme) == 1
    assert fates_of(other) == ["lapsed", "started"]


def test_a_match_that_is_parked_swallows_no_call(acme, account):
    other = playing([step("Theirs")], code="other")
    calling(acme, account)
    Match.objects.filter(play=other).update(attempts=8, last_error="no ink")
    assert states(calling(acme, account)) == [(0, "play", "done")]
    starting.retry(starting.parked(other))
    assert called(acme) == 1
    assert fates_of(other) == ["started", "cooling"]


def test_a_call_and_a_match_of_its_own_begin_one_run(acme, account):
    other, _run = calls(acme, account, {})
    MatchFactory(play=other, account=account, version=other.current(), opened_at=AT - DAY)
    assert called(acme) == 1
    assert fates_of(other) == ["cooling", "started"]
    assert "asked for it" not in why.not_(other, account).words


def test_a_call_whose_play_is_in_motion_once_its_turn_comes_begins_nothing(acme, account):
    other = playing([{"kind": "wait", "days": 5}, step("Theirs")], code="other")
    calling(acme, account, name="Ours")
    call = Match.objects.filter(play=other)
    call.update(due_at=turns.clock() + HOUR)
    own = MatchFactory(play=other, account=account, opened_at=AT - DAY)
    assert called(acme) == 1
    call.exclude(pk=own.pk).update(due_at=Now())
    assert called(acme) == 0
    assert fates_of(other) == ["cooling", "started"]
    said = why.not_(other, account)
    assert (said.code, said.words) == ("moving", "“Ours” asked for it. It is in motion at this account already.")
    Run.objects.filter(play=other).update(state="finished")
    assert "asked for it" not in why.not_(other, account).words


def test_what_is_released_begins_one_run_for_a_call_and_a_match_of_its_own(acme, account):
    other, _run = calls(acme, account, {})
    MatchFactory(play=other, account=account, version=other.current())
    Match.objects.filter(play=other).update(fate="tripped")
    assert starting.release(other, tenant=acme.tenant, by=acme.olly) == 1
    assert fates_of(other) == ["cooling", "started"]


def test_an_old_call_answers_no_more(acme, account):
    other, _run = calls(acme, account, {"cool_down_days": 5})
    called(acme)
    calling(acme, account, name="Again")
    called(acme)
    assert "“Again” asked for it" in why.not_(other, account).words
    Run.objects.filter(play=other).update(started_at=turns.clock() - 6 * DAY)
    assert "asked for it" not in why.not_(other, account).words
    for fate in ("lapsed", "dropped", "expired", "logged"):
        Match.objects.filter(play=other, fate="cooling").update(fate=fate)
        assert "asked for it" not in why.not_(other, account).words
        Match.objects.filter(play=other, fate=fate).update(fate="cooling")


def test_an_old_call_of_a_play_with_an_event_answers_no_more(acme, account):
    other = PlayFactory(code="other", steps=[step("Theirs")])
    AccountFacts.objects.create(account=account, facts={}, valid_from=AT, first_day=TODAY)
    calling(acme, account)
    Match.objects.filter(play=other).update(fate="lapsed")
    assert why.not_(other, account).words == "It waits for its event."


def test_a_play_in_the_shadow_that_is_called_logs_and_does_nothing(acme, account):
    other, run = calls(acme, account, {}, state="shadow")
    assert called(acme) == 0
    assert Match.objects.get(play=other).fate == "logged"
    assert states(run) == [(0, "play", "skipped")]
    assert run.done_steps.get().error == "“Theirs” is in the shadow: it logged this and did nothing."
    assert why.not_(other, account).words == (
        "“Ours” asked for it. The play is in the shadow: it logs and does nothing."
    )
    paused, fails = calls_paused(acme, account)
    assert (states(fails), Match.objects.filter(play=paused).exists()) == ([(0, "play", "failed")], False)
    assert fails.done_steps.get().error == "“Paused” is not on."


def calls_paused(acme, account) -> tuple[Play, Run]:
    paused = playing([step()], code="paused", name="Paused", state="paused")
    return paused, advance(acme, run_of(acme, account, [{"kind": "play", "code": "paused"}]))


def test_a_failure_is_visible_and_the_run_goes_on(acme, account, monkeypatch):
    def no_ink(step, moment):
        tasks.add({"account": account, "title": "Half", "due_on": TODAY}, by=None)
        raise RuntimeError("no ink")

    monkeypatch.setitem(effects.EFFECTS, "notice", no_ink)
    run = advance(acme, run_of(acme, account, [{"kind": "notice", "to": "csm", "text": "x"}, step("Next")]))
    assert states(run) == [(0, "notice", "failed"), (1, "task", "done")]
    assert run.done_steps.get(number=0).error == "RuntimeError: no ink"
    assert [t.title for t in Task.objects.all()] == ["Next"]


def test_what_the_database_lets_pass_later_is_no_failure_of_the_step(acme, account, monkeypatch):
    """A deadlock may have two victims in a row; the step isn't told to have failed, and its neighbors go on."""
    real, tried = effects.EFFECTS["notice"], []

    def deadlocked(step, moment):
        tried.append(moment.at)
        if len(tried) < 3:
            with connection.cursor() as cursor:
                cursor.execute("DO $$ BEGIN RAISE EXCEPTION 'deadlock detected' USING ERRCODE = '40P01'; END $$")
        return real(step, moment)

    unlucky = run_of(acme, account, [{"kind": "notice", "to": "csm", "text": "x"}, step("After")])
    good = run_of(acme, AccountFactory(), [step("Now"), step("Later") | {"wait_days": 1}])
    monkeypatch.setitem(effects.EFFECTS, "notice", deadlocked)
    at = dt.datetime(2026, 11, 23, 8, tzinfo=dt.UTC)
    for _ in range(3):
        stepping.advance(acme.tenant, at)
        at += HOUR
    assert states(unlucky) == [(0, "notice", "done"), (1, "task", "done")]
    assert (len(tried), Notice.objects.count()) == (3, 1)
    good.refresh_from_db()
    assert good.state == "finished"


def test_why_steps_are_taken_one_by_one_is_in_the_log(acme, account, monkeypatch):
    def no_ink(rows):
        raise RuntimeError("no ink")

    monkeypatch.setattr(gathering, "_sent", no_ink)
    with capture_logs() as logs:
        advance(acme, run_of(acme, account, [step("Now"), step("Later") | {"wait_days": 1}]), AT + 4 * DAY)
    assert [entry["exc_info"] for entry in logs if entry["event"] == "steps taken one by one"] == [True]


def test_what_kills_its_worker_is_given_up_and_its_neighbors_are_not(acme, account, monkeypatch):
    class Killed(BaseException):
        """Not an Exception: nothing can catch a process's end."""

    def kill(step, moment):
        raise Killed

    poison = run_of(acme, account, [{"kind": "notice", "to": "csm", "text": "x"}, step("After")])
    good = run_of(acme, AccountFactory(), [step("Good") | {"when": {"all": [{"fact": "run.tasks_open", "is": 0}]}}])
    monkeypatch.setitem(effects.EFFECTS, "notice", kill)
    kills, at = 0, AT
    for _ in range(12):
        try:
            stepping.advance(acme.tenant, at)
        except Killed:
            kills += 1
        at += HOUR
    assert kills == walking.MOST_ATTEMPTS
    poison.refresh_from_db()
    assert states(poison) == [(0, "notice", "failed"), (1, "task", "done")]
    assert poison.done_steps.get(number=0).error == walking.CUT_OFF
    good.refresh_from_db()
    assert good.state == "finished"


def test_a_customer_is_written_to_only_after_a_yes(acme, account):
    ContactFactory(account=account, name="Kim Ray", email="kim@globex.test", buying_role="champion")
    ContactFactory(account=account, name="No Mail", email="", buying_role="champion")
    template = MessageTemplateFactory(subject="About {{ account.name }}", body="Dear {{ contact.first_name }}")
    mail = {"kind": "email", "to_roles": ["champion"], "template": template.pk}
    run = advance(acme, run_of(acme, account, [mail, step("After")]))
    asking = run.done_steps.get()
    assert (asking.state, run.state, run.next_at, run.next_step) == ("asking", "moving", None, 0)
    contact = account.contacts.get(name="Kim Ray").pk
    assert asking.did == {"drafts": [
        {"to": "kim@globex.test", "name": "Kim Ray", "contact": contact, "subject": "About Globex", "text": "Dear Kim"}
    ]}  # fmt: skip
    assert Delivery.objects.count() == Task.objects.count() == 0
    assert Notice.objects.get().recipient == acme.cass
    stepping.advance(acme.tenant, AT + 9 * DAY)
    assert (RunStep.objects.count(), Notice.objects.count()) == (1, 1)


def test_a_mail_that_needs_no_yes_leaves_at_once(acme, account):
    ContactFactory(account=account, name="Kim Ray", email="kim@globex.test", buying_role="champion")
    mail = {
        "kind": "email",
        "to_roles": ["champion"],
        "subject": "Hi",
        "body": "Dear {{ contact.name }}",
        "approve": False,
    }
    run = advance(acme, run_of(acme, account, [mail, mail | {"to_roles": ["decider"]}]))
    sent = Delivery.objects.get()
    assert (sent.to, sent.channel, sent.state, sent.run, sent.account) == (
        "kim@globex.test", "email", "waiting", run, account,
    )  # fmt: skip
    assert sent.payload == {"subject": "Hi", "text": "Dear Kim Ray", "name": "Kim Ray", "reply_to": acme.cass.email}
    assert states(run) == [(0, "email", "done"), (1, "email", "failed")]


def test_leaving_drops_what_is_open_and_keeps_what_is_done(acme, account):
    hook = EndpointFactory()
    ContactFactory(account=account, email="kim@globex.test", buying_role="champion")
    run = run_of(acme, account, [
        step("Done"), step("Open"), {"kind": "webhook", "endpoint": hook.pk},
        {"kind": "email", "to_roles": ["champion"], "subject": "Hi", "body": "x"},
    ])  # fmt: skip
    advance(acme, run)
    tasks.complete(Task.objects.get(title="Done"), outcome="achieved", by=acme.cass)
    assert stepping.leave([run.pk], reason="They came back.", at=AT + HOUR) == 1
    run.refresh_from_db()
    assert (run.state, run.ended_at, run.next_at) == ("left", AT + HOUR, None)
    open_task = Task.objects.get(title="Open")
    assert (open_task.status, open_task.outcome_note, open_task.closed_at) == ("dropped", "They came back.", AT + HOUR)
    assert Task.objects.get(title="Done").status == "done"
    assert Delivery.objects.get().state == "canceled"
    assert states(run)[-1] == (3, "email", "skipped")
    assert Event.objects.get(kind="task.dropped").facts["reason"] == "They came back."
    assert Event.objects.get(kind="run.left").facts["reason"] == "They came back."
    before = everything()
    assert stepping.leave([run.pk], reason="Again.", at=AT) == 0
    assert everything() == before


def test_a_run_that_is_through_and_done_is_not_left(acme, account):
    run = run_of(acme, account, [step()])
    tasks.complete(Task.objects.get(), outcome="achieved", by=acme.cass)
    assert stepping.leave([run.pk], reason="Gone.", at=AT) == 0
    assert Run.objects.get().state == RunState.FINISHED


def test_an_undone_account_book_is_read_anew(acme, account):
    """What a failed step changed in memory isn't believed by the next one."""
    run = advance(acme, run_of(acme, account, [
        {"kind": "field", "path": "account.touch_model", "value": "nonsense"},
        {"kind": "notice", "to": "csm", "text": "{{ account.segment }}"},
        {"kind": "field", "path": "account.segment", "value": "Mid"},
    ]))  # fmt: skip
    assert [state for _, _, state in states(run)] == ["failed", "done", "done"]
    assert Account.objects.get(pk=account.pk).segment == "Mid"
    assert StepState.FAILED == "failed"


def test_a_customer_gets_nothing_in_quiet_hours_whatever_led_there(acme, account):
    ContactFactory(account=account, name="Kim Ray", email="kim@globex.test", buying_role="champion")
    AccountFacts.objects.create(account=account, facts={"account.segment": "SMB"}, valid_from=AT, first_day=TODAY)
    mail = {"kind": "email", "to_roles": ["champion"], "subject": "Hi", "body": "x", "approve": False}
    small = {"all": [{"fact": "account.segment", "is": "SMB"}]}
    waits = [{"kind": "wait", "until": {"all": [{"fact": "run.tasks_open", "is": 0}]}, "at_most_days": 5}]
    play = playing([step("First"), *waits, mail | {"when": small}, step("Then")])
    quiet = {"quiet": {"from": "18:00", "until": "09:30", "weekends": True}}
    version = PlayVersion.objects.create(play=play, number=2, steps=play.current().steps, guards=quiet)
    match = MatchFactory(play=play, account=account, version=version)
    begin(acme, match)
    run = advance(acme, Run.objects.get(match=match))
    tasks.complete(Task.objects.get(), outcome="achieved", by=acme.cass)
    friday_night = AT.replace(hour=22)
    stepping.wake([account.pk], at=friday_night)
    advance(acme, run, friday_night)
    monday = dt.datetime(2026, 11, 23, 9, 30, tzinfo=dt.UTC)
    assert (run.next_step, run.next_at, states(run)[-1]) == (2, monday, (2, "email", "waiting"))
    assert TenantWork.objects.filter(kind=stepping.STEPS, due_at=monday).exists()
    assert stepping.wake([account.pk], at=friday_night + HOUR) == 0
    advance(acme, run, monday - HOUR)
    assert Delivery.objects.count() == 0
    advance(acme, run, monday)
    assert (Delivery.objects.get().to, states(run)[-2:]) == (
        "kim@globex.test", [(2, "email", "done"), (3, "task", "done")],
    )  # fmt: skip


def test_a_question_to_the_csm_waits_for_no_quiet_hour(acme, account):
    ContactFactory(account=account, email="kim@globex.test", buying_role="champion")
    mail = {"kind": "email", "to_roles": ["champion"], "subject": "Hi", "body": "x"}
    play = playing([mail])
    quiet = {"quiet": around_now(acme.tenant)}
    match = MatchFactory(play=play, account=account, version=PlayVersion.objects.create(
        play=play, number=2, steps=[mail], guards=quiet))  # fmt: skip
    begin(acme, match)
    assert states(advance(acme, Run.objects.get(match=match))) == [(0, "email", "asking")]


def test_statements_do_not_grow_with_the_steps_that_are_due(acme, django_assert_num_queries):
    hook = EndpointFactory()
    play = playing([
        step("Now"), step("Later for {{ account.name }}") | {"wait_days": 1},
        step("Last", "least_loaded_csm") | {"when": {"all": [{"fact": "run.tasks_open", "at_least": 2}]}},
        step("Never") | {"when": {"all": [{"fact": "run.tasks_open", "is": 0}]}},
        {"kind": "webhook", "endpoint": hook.pk}, {"kind": "wait", "days": 2}, step("After"),
    ])  # fmt: skip
    begin(acme, *[MatchFactory(play=play) for _ in range(2)])
    monday = dt.datetime(2026, 11, 23, 8, tzinfo=dt.UTC)
    with CaptureQueriesContext(connection) as few:
        assert stepping.advance(acme.tenant, monday) == 2
    begin(acme, *[MatchFactory(play=play) for _ in range(40)])
    with django_assert_num_queries(len(few.captured_queries)):
        assert stepping.advance(acme.tenant, monday) == 40
    assert (Task.objects.filter(title="Last").count(), Task.objects.filter(title="Never").count()) == (42, 0)
    assert Delivery.objects.count() == 42
    assert Run.objects.filter(next_step=5, next_at=dt.datetime(2026, 11, 25, 8, tzinfo=dt.UTC)).count() == 42
    assert set(RunStep.objects.filter(number=3).values_list("state", "error")) == {
        ("skipped", "Its condition doesn’t hold.")
    }
    given = Event.objects.filter(kind="task.created", facts__title="Last").first()
    assert given.facts["source"] == "play"
