"""What was promised and what nobody knew: written down, settled, answered."""

import pytest

from accounts.actions.errors import Conflict, Refused
from accounts.models import Event
from journeys.models import SpicedEntry
from journeys.onboarding.actions import agenda, promises
from journeys.onboarding.models import AgendaItem, Promise
from tests.factories.accounts import TODAY, AccountFactory
from tests.factories.journeys import person
from tests.factories.onboarding import accepted, drafted, submitted


def promised(cast, text="SSO by March") -> Promise:
    return promises.make(drafted(cast), text, kind="date", due_on=TODAY, by=cast.sal)


def kept(cast) -> Promise:
    promise = promised(cast)
    accepted(cast, promise.handoff)
    return promise


def test_a_promise_is_made_while_the_deal_is_the_reps(acme):
    promise = promised(acme)
    assert (promise.outcome, promise.made_by, promise.is_open) == ("open", acme.sal, True)
    assert Event.objects.get(kind="promise.made").facts["text"] == "SSO by March"
    submitted(acme, promise.handoff)
    with pytest.raises(Conflict):
        promises.make(promise.handoff, "And more", by=acme.sal)
    with pytest.raises(Conflict):
        promises.withdraw(promise, by=acme.sal)
    assert Promise.objects.count() == 1


@pytest.mark.parametrize(("values", "field"), [({"text": " "}, "text"), ({"text": "x", "kind": "gift"}, "kind")])
def test_an_empty_promise_is_none(acme, values, field):
    handoff = drafted(acme)
    text = values.pop("text")
    with pytest.raises(Refused) as refused:
        promises.make(handoff, text, by=acme.sal, **values)
    assert list(refused.value.errors) == [field]
    assert Promise.objects.count() == 0


def test_a_withdrawn_promise_stays_on_the_timeline(acme):
    promises.withdraw(promised(acme), by=acme.sal)
    assert Promise.objects.count() == 0
    assert Event.objects.get(kind="promise.withdrawn").facts["text"] == "SSO by March"


def test_a_promise_is_settled_and_says_why(acme):
    promise = kept(acme)
    with pytest.raises(Refused) as refused:
        promises.settle(promise, "broken", by=acme.cass)
    assert list(refused.value.errors) == ["note"]
    promises.settle(promise, "changed", note="April instead", by=acme.cass, version=1)
    assert (promise.outcome, promise.outcome_note, promise.settled_by) == ("changed", "April instead", acme.cass)
    assert Event.objects.get(kind="promise.settled").facts["outcome"] == "Changed"
    with pytest.raises(Conflict):
        promises.settle(promise, "kept", by=acme.lee, version=1)
    promises.settle(promise, "open", by=acme.cass)
    assert (promise.outcome, promise.settled_at, promise.settled_by) == ("open", None, None)


def test_nothing_is_settled_before_the_account_is_taken(acme):
    promise = promised(acme)
    with pytest.raises(Refused):
        promises.settle(promise, "kept", by=acme.cass)
    with pytest.raises(Refused):
        promises.settle(promise, "forgotten", by=acme.cass)
    promise.refresh_from_db()
    assert promise.is_open


def test_an_answer_from_the_kickoff_goes_into_the_record(acme):
    handoff = accepted(acme, not_known=("critical_event",))
    item, contact = AgendaItem.objects.get(), person(handoff.account)
    agenda.answer(item, "Audit", due_on=TODAY, consequence="A finding", said_by=contact, by=acme.cass, version=1)
    item.refresh_from_db()
    entry = SpicedEntry.objects.get(source="kickoff")
    assert (item.status, item.answer, item.answered_by, item.entry) == ("answered", "Audit", acme.cass, entry)
    assert (entry.letter, entry.due_on, entry.consequence, entry.said_by) == (
        "critical_event", TODAY, "A finding", contact,
    )  # fmt: skip
    assert Event.objects.get(kind="agenda.answered").facts["question"] == "Critical event"


def test_an_answer_without_a_letter_stays_with_the_handoff(acme):
    accepted(acme, not_known=("personas",))
    item = agenda.answer(AgendaItem.objects.get(), "Planners and shift leads", by=acme.cass)
    assert (item.status, item.entry) == ("answered", None)
    assert SpicedEntry.objects.filter(source="kickoff").count() == 0


def test_a_question_is_answered_once_and_by_somebody_of_the_account(acme):
    accepted(acme, not_known=("decision",))
    item = AgendaItem.objects.get()
    with pytest.raises(Refused):
        agenda.answer(item, "  ", by=acme.cass)
    with pytest.raises(Refused):
        agenda.answer(item, "The CFO", said_by=person(AccountFactory()), by=acme.cass)
    assert SpicedEntry.objects.filter(source="kickoff").count() == 0
    agenda.answer(item, "The CFO", by=acme.cass)
    with pytest.raises(Conflict):
        agenda.answer(item, "The COO", by=acme.lee)
    assert SpicedEntry.objects.filter(source="kickoff").count() == 1
