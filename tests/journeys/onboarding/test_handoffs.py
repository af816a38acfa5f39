"""The loop of a handoff: what each step writes, and what it refuses."""

import datetime as dt
import threading

import pytest
from django.db import connection
from django.db.models.functions import Now
from django.utils import timezone

from accounts.actions import accounts
from accounts.actions.errors import Conflict, Refused
from accounts.models import Account, Event, InboxEntry, Membership, PhaseChange
from accounts.tenancy.context import tenant_context
from journeys.actions import spiced
from journeys.models import Journey, SpicedEntry
from journeys.onboarding.actions import handoffs
from journeys.onboarding.models import AgendaItem, Handoff, HandoffAnswer
from journeys.onboarding.questions import QUESTIONS
from tests.factories.accounts import TODAY, AccountFactory
from tests.factories.onboarding import ANSWERS, COMMITTED, PEAK, accepted, answered, drafted, returned, submitted


def kinds() -> list[str]:
    return list(Event.objects.order_by("id").values_list("kind", flat=True))


def event(kind: str) -> Event:
    return Event.objects.get(kind=kind)


def test_a_handoff_opens_with_every_question_and_says_so(acme):
    account = AccountFactory()
    handoff = handoffs.open(account, rep=acme.sal, committed_on=COMMITTED, by=acme.lee)
    assert (handoff.status, handoff.rep, handoff.opened_by) == ("draft", acme.sal, acme.lee)
    assert [a.question for a in handoff.answers.all()] == [q.code for q in QUESTIONS]
    assert event("handoff.opened").facts["handoff_id"] == handoff.pk
    assert event("handoff.opened").actor == acme.lee
    account.refresh_from_db()
    assert account.ae == acme.sal, "an account that nobody sells is now this rep's"


def test_an_account_has_one_open_handoff(acme):
    handoff = drafted(acme)
    before = kinds()
    with pytest.raises(Refused) as refused:
        handoffs.open(handoff.account, rep=acme.sal, committed_on=COMMITTED, by=acme.sal)
    assert refused.value.errors == {"account": ["This account has an open handoff already."]}
    assert (Handoff.objects.count(), kinds()) == (1, before)


def test_after_acceptance_the_account_may_be_handed_over_again(acme):
    first = accepted(acme)
    assert drafted(acme, first.account).pk != first.pk


def test_a_rep_must_be_a_member(acme, rival):
    with pytest.raises(Refused) as refused:
        handoffs.open(AccountFactory(), rep=rival.rita, committed_on=COMMITTED, by=acme.lee)
    assert list(refused.value.errors) == ["rep"]
    assert Handoff.objects.count() == 0


def test_an_answer_is_kept_with_its_version_and_writer(acme):
    handoff = drafted(acme)
    said = handoffs.answer(handoff, "pain", "  Shifts sent home.  ", by=acme.sal, version=1)
    assert (said.text, said.version, said.updated_by) == ("Shifts sent home.", 2, acme.sal)
    assert handoffs.answer(handoff, "pain", "Shifts sent home.", by=acme.lee, version=2).version == 2


def test_the_later_of_two_writers_is_told_and_nothing_is_overwritten(acme):
    handoff = drafted(acme)
    handoffs.answer(handoff, "pain", "Theirs", by=acme.sal, version=1)
    with pytest.raises(Conflict) as conflict:
        handoffs.answer(handoff, "pain", "Mine", by=acme.lee, version=1)
    assert conflict.value.current.text == "Theirs"
    assert handoff.answers.get(question="pain").text == "Theirs"


def test_not_known_is_an_answer_and_empties_the_text(acme):
    handoff = drafted(acme)
    handoffs.answer(handoff, "critical_event", "Go-live", due_on=PEAK, consequence="A fine", by=acme.sal)
    said = handoffs.answer(handoff, "critical_event", "Go-live", not_known=True, by=acme.sal)
    assert (said.text, said.not_known, said.due_on, said.consequence) == ("", True, None, "")


def test_only_a_critical_event_has_a_date(acme):
    said = handoffs.answer(drafted(acme), "pain", "Slow", due_on=PEAK, consequence="x", by=acme.sal)
    assert (said.due_on, said.consequence) == (None, "")


def test_an_unknown_question_is_refused(acme):
    with pytest.raises(Refused) as refused:
        handoffs.answer(drafted(acme), "shoe_size", "44", by=acme.sal)
    assert list(refused.value.errors) == ["question"]


def test_submission_names_every_open_question_and_writes_nothing(acme):
    handoff = drafted(acme)
    handoffs.answer(handoff, "pain", "Slow", by=acme.sal)
    before = kinds()
    with pytest.raises(Refused) as refused:
        handoffs.submit(handoff, by=acme.sal)
    assert set(refused.value.errors) == {q.code for q in QUESTIONS} - {"pain"}
    handoff.refresh_from_db()
    assert (handoff.status, SpicedEntry.objects.count(), AgendaItem.objects.count()) == ("draft", 0, 0)
    assert kinds() == before


def test_submission_writes_the_record_by_letter(acme):
    handoff = submitted(acme)
    found = {(e.letter, e.kind, e.statement) for e in SpicedEntry.objects.all()}
    assert found == {
        ("decision", "buyers", ANSWERS["buyers"]),
        ("decision", "", ANSWERS["decision"]),
        ("impact", "rational", ANSWERS["impact_rational"]),
        ("impact", "emotional", ANSWERS["impact_emotional"]),
        ("situation", "", ANSWERS["situation"]),
        ("pain", "", ANSWERS["pain"]),
        ("critical_event", "", ANSWERS["critical_event"]),
    }
    critical = SpicedEntry.objects.get(letter="critical_event")
    assert (critical.due_on, critical.consequence) == (PEAK, "They rent 60 temporary workers again.")
    assert {e.source for e in SpicedEntry.objects.all()} == {"handoff"}
    assert {e.written_by for e in SpicedEntry.objects.all()} == {acme.sal}
    assert (handoff.status, handoff.submitted_by) == ("submitted", acme.sal)
    facts = event("handoff.submitted").facts
    assert (facts["statements"], facts["not_known"], facts["again"]) == (7, 0, False)


def test_not_known_becomes_a_point_of_the_kickoff_and_no_statement(acme):
    handoff = submitted(acme, not_known=("decision", "personas"))
    assert [(i.question, i.status) for i in handoff.agenda_items.all()] == [("personas", "open"), ("decision", "open")]
    assert SpicedEntry.objects.filter(source_ref=f"{handoff.pk}/decision").count() == 0


def test_a_second_submission_is_told_and_writes_nothing(acme):
    handoff = submitted(acme)
    before = kinds()
    with pytest.raises(Conflict):
        handoffs.submit(handoff, by=acme.sal)
    assert (SpicedEntry.objects.count(), kinds()) == (7, before)


def test_what_is_submitted_can_not_be_edited(acme):
    handoff = submitted(acme)
    with pytest.raises(Conflict):
        handoffs.answer(handoff, "pain", "Something else", by=acme.sal)
    assert handoff.answers.get(question="pain").text == ANSWERS["pain"]


def test_a_return_needs_a_reason(acme):
    handoff = submitted(acme)
    before = kinds()
    with pytest.raises(Refused):
        handoffs.return_(handoff, {"pain": "   "}, by=acme.cass)
    with pytest.raises(Refused) as refused:
        handoffs.return_(handoff, {"shoe_size": "Why?"}, by=acme.cass)
    assert list(refused.value.errors) == ["shoe_size"]
    handoff.refresh_from_db()
    assert (handoff.status, kinds()) == ("submitted", before)


def test_a_return_names_letter_and_reason_on_the_timeline(acme):
    handoff = returned(acme, impact_rational="Who owns it?", red_flags="Say more")
    assert (handoff.status, handoff.returned_by, handoff.returns) == ("returned", acme.cass, 1)
    facts = event("handoff.returned").facts
    assert facts["reasons"] == {"impact_rational": "Who owns it?", "red_flags": "Say more"}
    assert facts["letters"] == ["impact"]
    assert handoff.answers.get(question="red_flags").return_reason == "Say more"


def test_a_resubmission_replaces_what_changed_and_only_that(acme):
    handoff = returned(acme)
    first = SpicedEntry.objects.get(kind="rational")
    handoffs.answer(handoff, "impact_rational", "9 days to 4 by June; the CFO owns it.", by=acme.sal)
    handoff = handoffs.submit(handoff, by=acme.sal)
    assert SpicedEntry.objects.count() == 8
    second = SpicedEntry.objects.latest("id")
    assert (second.replaces, second.statement) == (first, "9 days to 4 by June; the CFO owns it.")
    assert first not in SpicedEntry.objects.standing()
    assert set(handoff.answers.values_list("return_reason", flat=True)) == {""}
    assert Event.objects.filter(kind="handoff.submitted").latest("id").facts["again"] is True


def test_a_resubmission_closes_a_point_that_is_known_by_now(acme):
    handoff = handoffs.return_(submitted(acme, not_known=("decision",)), {"decision": "Ask Tomas"}, by=acme.cass)
    handoffs.answer(handoff, "decision", "The CFO signs.", by=acme.sal)
    handoffs.submit(handoff, by=acme.sal)
    item = AgendaItem.objects.get()
    assert (item.status, item.answer, item.answered_by) == ("answered", "The CFO signs.", acme.sal)


def test_a_correction_made_meanwhile_is_left_standing(acme):
    handoff = returned(acme)
    entry = SpicedEntry.objects.get(kind="rational")
    better = spiced.correct(entry, "9 to 5 days", source="call", occurred_on=TODAY, by=acme.cass)
    handoffs.answer(handoff, "impact_rational", "9 days to 4, the CFO owns it.", by=acme.sal)
    handoffs.submit(handoff, by=acme.sal)
    standing = set(SpicedEntry.objects.standing().filter(kind="rational").values_list("statement", flat=True))
    assert standing == {"9 to 5 days", "9 days to 4, the CFO owns it."}
    assert better in SpicedEntry.objects.standing()


def test_acceptance_gives_the_account_to_the_csm_and_begins_the_journey(acme):
    handoff = accepted(acme, not_known=("personas",))
    account = Account.objects.get()
    assert (handoff.status, handoff.csm, handoff.accepted_by) == ("accepted", acme.cass, acme.cass)
    assert (account.csm, account.phase) == (acme.cass, "onboarding")
    assert [c.to_phase for c in PhaseChange.objects.all()][-1] == "onboarding"
    journey = Journey.objects.get()
    assert (journey.account, journey.committed_on, journey.began_by) == (account, COMMITTED, acme.cass)
    facts = event("handoff.accepted").facts
    assert facts["handoff_id"] == handoff.pk
    assert (facts["csm_id"], facts["rep_id"], facts["not_known"], facts["red_flags"]) == (
        acme.cass.pk, acme.sal.pk, 1, True,
    )  # fmt: skip
    assert InboxEntry.objects.filter(event__kind="handoff.accepted").count() == 1


def test_no_red_flags_is_no_red_flag(acme):
    handoff = answered(acme)
    handoffs.answer(handoff, "red_flags", "None.", by=acme.sal)
    handoffs.accept(handoffs.submit(handoff, by=acme.sal), by=acme.cass)
    assert event("handoff.accepted").facts["red_flags"] is False


def test_a_leader_accepts_for_somebody_else(acme):
    handoff = handoffs.accept(submitted(acme), by=acme.lee, csm=acme.cass)
    assert (handoff.csm, handoff.accepted_by) == (acme.cass, acme.lee)
    assert Account.objects.get().csm == acme.cass


def test_a_proposed_csm_who_left_gets_no_account(acme):
    handoff = handoffs.submit(answered(acme), by=acme.sal, csm=acme.cass)
    Membership.objects.filter(user=acme.cass).update(ended_at=Now())
    assert handoffs.accept(handoff, by=acme.lee).csm == acme.lee
    assert Account.objects.get().csm == acme.lee


def test_a_second_deal_leaves_a_journey_under_way_where_it_is(acme):
    first = accepted(acme)
    accounts.change_phase(Account.objects.get(), "adoption", by=acme.cass)
    accepted(acme, drafted(acme, Account.objects.get()))
    assert Account.objects.get().phase == "adoption"
    assert Journey.objects.count() == 1
    assert first.status == "accepted"


def test_a_former_customer_who_comes_back_begins_anew(acme):
    accepted(acme)
    accounts.change_phase(Account.objects.get(), "ended", by=acme.cass)
    accepted(acme, drafted(acme, Account.objects.get()))
    assert Account.objects.get().phase == "onboarding"
    assert [j.ended_at is None for j in Journey.objects.order_by("id")] == [False, True]


def test_what_was_asked_back_is_not_handed_over_as_it_was(acme):
    handoff = submitted(acme)
    handoffs.return_(handoff, {"pain": "For whom?"}, by=acme.cass)
    # One transaction has one now(): the answer must be of before the return.
    HandoffAnswer.objects.update(updated_at=timezone.now() - dt.timedelta(hours=1))
    with pytest.raises(Refused) as refused:
        handoffs.submit(handoff, by=acme.sal)
    assert list(refused.value.errors) == ["pain"]
    assert Handoff.objects.get().status == "returned"
    handoffs.answer(handoff, "pain", "Dispatchers re-plan by hand.", by=acme.sal)
    assert handoffs.submit(handoff, by=acme.sal).status == "submitted"


def test_a_draft_is_nobodys_to_decide(acme):
    handoff = drafted(acme)
    for decide in (
        lambda: handoffs.accept(handoff, by=acme.cass),
        lambda: handoffs.return_(handoff, {"pain": "More"}, by=acme.cass),
    ):
        with pytest.raises(Refused) as refused:
            decide()
        assert refused.value.errors == {"": ["This handoff hasn't been submitted yet."]}
    assert Journey.objects.count() == 0


@pytest.mark.parametrize("state", [returned, accepted])
def test_only_a_waiting_handoff_is_decided(acme, state):
    handoff = state(acme)
    before = kinds()
    with pytest.raises(Conflict):
        handoffs.accept(handoff, by=acme.cass)
    with pytest.raises(Conflict):
        handoffs.return_(handoff, {"pain": "More"}, by=acme.cass)
    assert kinds() == before


def test_a_stale_version_decides_nothing(acme):
    handoff = submitted(acme)
    with pytest.raises(Conflict):
        handoffs.accept(handoff, by=acme.cass, version=handoff.version - 1)
    assert Journey.objects.count() == 0


def test_an_acceptance_that_breaks_half_way_leaves_nothing(acme, monkeypatch):
    handoff = submitted(acme)
    before = kinds()

    def breaks(*args: object, **kwargs: object) -> None:
        raise RuntimeError("power cut")

    monkeypatch.setattr("journeys.onboarding.actions.handoffs.accounts.change_phase", breaks)
    with pytest.raises(RuntimeError):
        handoffs.accept(handoff, by=acme.cass)
    handoff.refresh_from_db()
    assert (handoff.status, Journey.objects.count(), kinds()) == ("submitted", 0, before)
    assert Account.objects.get().csm is None


def test_edits_of_who_and_when_are_told(acme):
    handoff = handoffs.edit(drafted(acme), {"csm": acme.cass, "kickoff_on": dt.date(2026, 12, 1)}, by=acme.sal)
    assert (handoff.csm, handoff.kickoff_on) == (acme.cass, dt.date(2026, 12, 1))
    assert event("handoff.edited").facts["fields"] == ["csm", "kickoff_on"]
    with pytest.raises(Refused):
        handoffs.edit(handoff, {"status": "accepted"}, by=acme.sal)


def at_once(tenant, *calls) -> list[str]:
    """Runs the calls in threads with connections of their own, let go together."""
    barrier, results = threading.Barrier(len(calls)), []

    def run(call) -> None:
        try:
            with tenant_context(tenant):
                barrier.wait(timeout=10)
                call()
            results.append("done")
        except Conflict:
            results.append("conflict")
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    return sorted(results)


@pytest.mark.django_db(transaction=True)
def test_two_acceptances_at_once_are_one(acme_cast):
    with tenant_context(acme_cast.tenant):
        handoff = submitted(acme_cast)
    calls = [lambda by=by: handoffs.accept(handoff, by=by) for by in (acme_cast.cass, acme_cast.lee)]
    assert at_once(acme_cast.tenant, *calls) == ["conflict", "done"]
    with tenant_context(acme_cast.tenant):
        assert Event.objects.filter(kind="handoff.accepted").count() == 1
        assert Journey.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_accept_and_return_at_once_decide_once(acme_cast):
    with tenant_context(acme_cast.tenant):
        handoff = submitted(acme_cast)
    calls = [
        lambda: handoffs.accept(handoff, by=acme_cast.cass),
        lambda: handoffs.return_(handoff, {"pain": "More"}, by=acme_cast.lee),
    ]
    assert at_once(acme_cast.tenant, *calls) == ["conflict", "done"]


@pytest.mark.django_db(transaction=True)
def test_two_submissions_at_once_are_one(acme_cast):
    with tenant_context(acme_cast.tenant):
        handoff = answered(acme_cast)
    calls = [lambda: handoffs.submit(handoff, by=acme_cast.sal)] * 2
    assert at_once(acme_cast.tenant, *calls) == ["conflict", "done"]
    with tenant_context(acme_cast.tenant):
        assert SpicedEntry.objects.count() == 7
        assert HandoffAnswer.objects.count() == len(QUESTIONS)
