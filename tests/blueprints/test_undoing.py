"""A yes or a no to what customers would see, and runs taken back."""

import datetime as dt

import pytest

from accounts.actions import accounts, contacts, tasks
from accounts.actions.errors import Conflict, Refused
from accounts.models import Event, Membership, Task, TenantWork
from accounts.tenancy.context import tenant_context
from blueprints.actions import approvals, starting, stepping, undoing, why
from blueprints.models import Delivery, Match, PlayVersion, Run, RunStep
from tests.blueprints.test_stepping import AT, DAY, HOUR, TODAY, advance, everything, playing, run_of, states
from tests.blueprints.watched import around_now
from tests.factories.accounts import AccountFactory, ContactFactory
from tests.factories.blueprints import EndpointFactory, MatchFactory, RunStepFactory, step

MAIL = {"kind": "email", "to_roles": ["champion"], "subject": "Hi", "body": "Dear {{ contact.first_name }}"}


@pytest.fixture
def account(acme):
    account = AccountFactory(name="Globex", csm=acme.cass, ae=acme.sal, segment="SMB", custom={})
    ContactFactory(account=account, name="Kim Ray", email="kim@globex.test", buying_role="champion")
    return account


@pytest.fixture
def asking(acme, account):
    run = advance(acme, run_of(acme, account, [MAIL, step("After")]))
    return run.done_steps.get()


def test_a_yes_sends_what_was_read_and_the_run_goes_on(acme, asking):
    seen = asking.version
    sent = approvals.approve(asking, by=acme.cass, at=AT + HOUR)
    delivery = Delivery.objects.get()
    assert sent == [delivery.pk]
    assert (delivery.to, delivery.state, delivery.step, delivery.place) == ("kim@globex.test", "waiting", 0, 0)
    assert delivery.payload == {"subject": "Hi", "text": "Dear Kim", "name": "Kim Ray", "reply_to": acme.cass.email}
    assert (asking.state, asking.decided_by, asking.version) == ("done", acme.cass, seen + 1)
    assert Event.objects.get(kind="run_step.approved").actor == acme.cass
    run = advance(acme, asking.run, AT + HOUR)
    assert (run.state, states(run)) == ("finished", [(0, "email", "done"), (1, "task", "done")])
    before = everything()
    with pytest.raises(Conflict):
        approvals.approve(asking, by=acme.cass, at=AT)
    assert everything() == before


@pytest.fixture
def asking_at_night(acme, account):
    """A mail that waits for a word, of a play that is quiet until Monday, 9:30."""
    play = playing([MAIL | {"when": {"all": [{"fact": "run.tasks_open", "is": 0}]}}, step("After")])
    quiet = {"quiet": {"from": "18:00", "until": "09:30", "weekends": True}}
    version = PlayVersion.objects.create(play=play, number=2, steps=play.current().steps, guards=quiet)
    match = MatchFactory(play=play, account=account, version=version)
    stepping.begin([match], tenant=acme.tenant, at=AT, today=TODAY)
    return advance(acme, Run.objects.get(match=match)).done_steps.get()


NIGHT, MONDAY = AT.replace(hour=22), dt.datetime(2026, 11, 23, 9, 30, tzinfo=dt.UTC)


def test_what_is_approved_in_quiet_hours_leaves_when_they_are_over(acme, asking_at_night, account):
    step_ = asking_at_night
    assert approvals.leaves_at(step_, tenant=acme.tenant, at=NIGHT) == MONDAY
    assert approvals.leaves_at(step_, tenant=acme.tenant, at=AT) is None
    edits = [{"subject": "Hello", "text": "Dear all"}]
    assert approvals.approve(step_, by=acme.cass, at=NIGHT, edits=edits) == []
    step_ = RunStep.objects.select_related("run").get()
    assert (step_.state, step_.decided_by, Delivery.objects.count()) == ("waiting", acme.cass, 0)
    assert approvals.leaves_at(step_, tenant=acme.tenant, at=NIGHT) == MONDAY
    assert TenantWork.objects.filter(kind=stepping.STEPS, due_at=MONDAY).exists()
    with pytest.raises(Conflict):
        approvals.approve(step_, by=acme.cass, at=NIGHT)
    advance(acme, step_.run, MONDAY - HOUR)
    assert Delivery.objects.count() == 0
    contacts.edit(account.contacts.get(), {"email": "kim@new.test"}, by=acme.cass)
    run = advance(acme, step_.run, MONDAY)
    sent = Delivery.objects.get()
    assert (sent.to, sent.payload["subject"], sent.payload["text"]) == ("kim@new.test", "Hello", "Dear all")
    assert (run.state, states(run)) == ("finished", [(0, "email", "done"), (1, "task", "done")])
    done = run.done_steps.get(number=0)
    assert (done.decided_by, done.did["deliveries"]) == (acme.cass, [sent.pk])


def test_what_was_approved_for_the_morning_is_not_sent_once_its_reason_is_gone(acme, asking_at_night):
    approvals.approve(asking_at_night, by=acme.cass, at=NIGHT)
    assert stepping.leave([asking_at_night.run_id], reason="They came back.", at=NIGHT + HOUR) == 1
    advance(acme, asking_at_night.run, MONDAY)
    assert (states(asking_at_night.run), Delivery.objects.count()) == ([(0, "email", "skipped")], 0)


def test_the_page_says_when_a_mail_that_is_approved_now_leaves(acme_cast, page):
    with tenant_context(acme_cast.tenant):
        play = playing([MAIL])
        PlayVersion.objects.create(play=play, number=2, steps=[MAIL], guards={"quiet": around_now(acme_cast.tenant)})
        ours = AccountFactory(csm=acme_cast.cass)
        ContactFactory(account=ours, name="Kim Ray", email="kim@globex.test", buying_role="champion")
        drafts = [{"to": "kim@globex.test", "name": "Kim Ray", "subject": "Hi", "text": "Dear Kim"}]
        of = {"run__match__play": play, "run__account": ours, "run__next_at": None}
        asked = RunStepFactory(kind="email", state="asking", number=0, did={"drafts": drafts}, **of)
    cass = page(acme_cast.cass, acme_cast.tenant)
    url = f"/plays/approvals/{asked.pk}/"
    assert "These are quiet hours of this play: approved now, it leaves at " in cass.get(url).content.decode()
    said = cass.post(url, {"do": "approve", "version": asked.version}, follow=True).content.decode()
    assert "when the quiet hours of its play are over" in said
    assert "Approved: it leaves at " in cass.get(url).content.decode()
    with tenant_context(acme_cast.tenant):
        assert Delivery.objects.count() == 0


def test_what_a_person_mends_is_what_is_sent(acme, asking):
    approvals.approve(asking, by=acme.cass, at=AT, edits=[{"subject": "Hello", "text": " Dear all "}])
    said = Delivery.objects.get().payload
    assert (said["subject"], said["text"]) == ("Hello", "Dear all")
    assert asking.did["drafts"][0]["subject"] == "Hello"


@pytest.mark.parametrize(
    ("edit", "field"),
    [
        ({"subject": ""}, "drafts.0.subject"),
        ({"subject": "a\r\nBcc: x@y.test"}, "drafts.0.subject"),
        ({"subject": "x" * 201}, "drafts.0.subject"),
        ({"text": "  "}, "drafts.0.text"),
    ],
)
def test_a_bad_edit_is_refused_by_its_field_and_nothing_is_sent(acme, asking, edit, field):
    with pytest.raises(Refused) as refused:
        approvals.approve(asking, by=acme.cass, at=AT, edits=[edit])
    assert list(refused.value.errors) == [field]
    assert not Delivery.objects.exists()
    assert RunStep.objects.get().state == "asking"


def test_a_no_needs_a_reason_and_sends_nothing(acme, asking):
    with pytest.raises(Refused):
        approvals.decline(asking, by=acme.cass, reason=" ", at=AT)
    approvals.decline(asking, by=acme.cass, reason="Not now", at=AT)
    assert (asking.state, asking.error, asking.decided_by) == ("declined", "Not now", acme.cass)
    run = advance(acme, asking.run)
    assert (run.state, Delivery.objects.count(), Task.objects.count()) == ("finished", 0, 1)
    with pytest.raises(Conflict):
        approvals.decline(asking, by=acme.cass, reason="Again", at=AT)


def test_two_who_decide_on_one_page_decide_once(acme, asking):
    theirs = RunStep.objects.get(pk=asking.pk)
    approvals.decline(asking, by=acme.cass, reason="Not now", at=AT)
    with pytest.raises(Conflict):
        approvals.approve(theirs, by=acme.lee, at=AT)
    assert not Delivery.objects.exists()


def test_a_yes_to_a_run_that_was_left_is_too_late(acme, asking):
    stepping.leave([asking.run_id], reason="Gone.", at=AT)
    with pytest.raises(Conflict):
        approvals.approve(asking, by=acme.cass, at=AT, version=1)
    assert not Delivery.objects.exists()


def test_the_csm_and_whoever_edits_plays_may_decide(acme, asking):
    members = Membership.objects.here()
    assert [s.pk for s in approvals.asking()] == [asking.pk]
    may = {m.user_id for m in members if approvals.may_decide(asking, m)}
    assert may == {acme.cass.pk, acme.ada.pk, acme.lee.pk, acme.olly.pk}


FULL = [
    step("Done"),
    step("Open"),
    {"kind": "field", "path": "account.segment", "value": "Enterprise"},
    {"kind": "field", "path": "account.region", "value": "North"},
    {"kind": "hand_over", "role": "csm", "to": "least_loaded"},
    MAIL | {"approve": False},
]


def test_undoing_takes_back_what_can_be_and_lists_what_was_sent(acme, account):
    hook = EndpointFactory()
    accounts.assign([account.pk], by=None, csm=acme.lee)
    steps = [{"kind": "webhook", "endpoint": hook.pk}, *FULL]
    run = advance(acme, run_of(acme, account, steps))
    assert {state for _, _, state in states(run)} == {"done"}
    done = Task.objects.get(title="Done")
    tasks.complete(done, outcome="achieved", by=acme.cass)
    sent = Delivery.objects.get(channel="webhook")
    Delivery.objects.filter(pk=sent.pk).update(state="sent")
    account.refresh_from_db()
    accounts.edit(account, {"region": "South"}, by=acme.lee)
    closed = undoing.undo(run, by=acme.olly)
    account.refresh_from_db()
    assert (account.segment, account.region, account.csm) == ("SMB", "South", acme.lee)
    assert (closed.runs, closed.done, closed.sent) == (1, [done.pk], [sent.pk])
    open_task = Task.objects.get(title="Open")
    assert (closed.dropped, open_task.status, open_task.closed_by) == ([open_task.pk], "dropped", acme.olly)
    assert closed.canceled == [Delivery.objects.get(channel="email", state="canceled").pk]
    assert [each.get("field") or each["role"] for each in closed.put_back] == ["csm", "account.segment"]
    assert [each["field"] for each in closed.kept] == ["account.region"]
    run.refresh_from_db()
    assert (run.state, run.undone_by, run.next_at) == ("undone", acme.olly, None)
    said = Event.objects.get(kind="run.undone")
    assert (said.actor, said.account, said.facts["run_id"]) == (acme.olly, account, run.pk)
    before = everything()
    assert undoing.undo(run, by=acme.olly).runs == 0
    assert everything() == before


def test_an_undone_run_does_nothing_more(acme, account):
    run = advance(acme, run_of(acme, account, [step("A"), step("B") | {"wait_days": 1}]))
    undoing.undo(run, by=acme.olly)
    assert stepping.advance(acme.tenant, AT + 10 * DAY) == 0
    assert stepping.leave([run.pk], reason="x", at=AT) == 0
    assert Task.objects.count() == 1


def test_a_play_that_was_started_is_undone_with_it(acme, account):
    playing([step("Theirs")], code="other")
    run = advance(acme, run_of(acme, account, [{"kind": "play", "code": "other"}]))
    assert starting.start_waiting(acme.tenant).runs == 1
    assert undoing.undo(run, by=acme.olly).runs == 2
    assert set(Run.objects.values_list("state", flat=True)) == {"undone"}
    assert Task.objects.get().status == "dropped"


def test_what_an_undone_run_asked_for_never_begins(acme, account):
    other = playing([step("Theirs")], code="other")
    run = advance(acme, run_of(acme, account, [{"kind": "play", "code": "other"}], name="Ours"))
    assert undoing.undo(run, by=acme.olly).runs == 1
    assert starting.start_waiting(acme.tenant).runs == 0
    # As for one that was left alone, its arm in what plays changed stays the one that is drawn.
    assert Match.objects.get(play=other).fate == "lapsed"
    assert "asked for it" not in why.not_(other, account).words


def test_what_an_undone_run_asked_for_is_not_released(acme, account):
    other = playing([step("Theirs")], code="other")
    run = advance(acme, run_of(acme, account, [{"kind": "play", "code": "other"}], name="Ours"))
    Match.objects.filter(play=other).update(fate="tripped")
    assert undoing.undo(run, by=acme.olly).runs == 1
    assert starting.release(other, tenant=acme.tenant, by=acme.olly) == 0
    assert not Run.objects.filter(play=other).exists()


def test_a_bad_hour_is_undone_and_no_other(acme):
    play = playing([step()])
    for hours, count in ((0, 3), (1, 4), (2, 2)):
        matches = [MatchFactory(play=play) for _ in range(count)]
        stepping.begin(matches, tenant=acme.tenant, at=AT + hours * HOUR, today=TODAY)
    other = run_of(acme, AccountFactory(), [step()])
    closed = undoing.undo_hour(play, AT + HOUR, AT + 2 * HOUR, by=acme.olly)
    assert (closed.runs, len(closed.dropped)) == (4, 4)
    assert Run.objects.filter(state="undone", play=play).count() == 4
    assert Event.objects.filter(kind="run.undone").count() == 4
    other.refresh_from_db()
    assert other.state == "finished"
    assert undoing.undo_hour(play, AT + HOUR, AT + 2 * HOUR, by=acme.olly).runs == 0
    assert dt.timedelta(hours=1) == HOUR


def test_who_left_meanwhile_is_written_to_no_more(acme, account):
    lou = ContactFactory(account=account, name="Lou", email="lou@globex.test", buying_role="champion")
    asking = advance(acme, run_of(acme, account, [MAIL, step("After")])).done_steps.get()
    contacts.edit(lou, {"email": "lou@new.test"}, by=acme.cass)
    contacts.depart(account.contacts.get(name="Kim Ray"), on=TODAY, by=acme.cass)
    approvals.approve(asking, by=acme.cass, at=AT, edits=[{"subject": "A"}, {"subject": "B"}])
    assert list(Delivery.objects.values_list("to", "payload__subject")) == [("lou@new.test", "B")]
    assert asking.did["left_out"] == ["Kim Ray"]


def test_a_yes_to_nobody_is_refused(acme, asking, account):
    contacts.depart(account.contacts.get(), on=TODAY, by=acme.cass)
    with pytest.raises(Refused) as refused:
        approvals.approve(asking, by=acme.cass, at=AT)
    assert list(refused.value.errors) == ["drafts"]
    asking.refresh_from_db()
    assert (asking.state, Delivery.objects.count()) == ("asking", 0)


def test_who_may_decide_what(acme, account):
    for _ in range(7):
        RunStepFactory(run__account=account, kind="email", state="asking", did={"drafts": []})
    RunStepFactory(kind="email", state="asking", did={"drafts": []})
    cass, vera, olly = (Membership.objects.get(user=user) for user in (acme.cass, acme.vera, acme.olly))
    assert approvals.decided_by(cass).count() == 7
    assert approvals.decided_by(vera).count() == 0
    assert approvals.decided_by(olly).count() == 8
