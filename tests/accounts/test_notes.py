"""Notes, and word of calls, e-mails and meetings."""

import datetime as dt

import pytest

from accounts.actions import notes
from accounts.actions.errors import Refused
from accounts.models import AccountState, Event, InboxEntry
from tests.factories.accounts import AccountFactory

NOON = dt.datetime(2026, 5, 4, 12, 0, tzinfo=dt.UTC)


def last_touch():
    return AccountState.objects.get().last_touch_at


def test_a_note_is_kept_but_is_no_contact_with_the_customer(acme):
    event = notes.add(AccountFactory(), kind="note", body=" Quiet week. ", by=acme.cass)
    assert (event.kind, event.actor, event.facts) == ("note.added", acme.cass, {"body": "Quiet week."})
    assert last_touch() is None


@pytest.mark.parametrize("kind", ["call", "email", "meeting"])
def test_a_contact_with_the_customer_is_the_last_touch(acme, kind):
    account = AccountFactory()
    notes.add(account, kind=kind, body="Spoke", by=acme.cass, occurred_at=NOON)
    assert last_touch() == NOON
    notes.add(account, kind=kind, body="Earlier", by=acme.cass, occurred_at=NOON - dt.timedelta(days=1))
    assert last_touch() == NOON
    later = notes.add(account, kind=kind, body="Now", by=acme.cass)
    assert last_touch() == later.occurred_at > NOON


@pytest.mark.parametrize(
    ("values", "field"),
    [({"body": " \n"}, "body"), ({"body": "x" * 20_001}, "body"), ({"kind": "dream"}, "kind"),
     ({"occurred_at": dt.datetime(2999, 1, 1, tzinfo=dt.UTC)}, "occurred_at")],
)  # fmt: skip
def test_a_wrong_note_is_refused_and_nothing_is_written(acme, values, field):
    with pytest.raises(Refused) as refused:
        notes.add(AccountFactory(), by=acme.cass, **{"kind": "call", "body": "Hi"} | values)
    assert list(refused.value.errors) == [field]
    assert Event.objects.count() == 0
    assert last_touch() is None


def test_a_history_is_brought_along_at_once(acme, django_assert_num_queries):
    account = AccountFactory()
    said = [notes.Said("call", f"Call {n}", NOON + dt.timedelta(days=n)) for n in range(3)]
    later = notes.Said("note", "No touch", NOON + dt.timedelta(days=9))
    with django_assert_num_queries(6):  # savepoint, events, inbox, note for the sweep, touch, release
        assert notes.bring(account, [*said, later], by=acme.cass) == 4
    assert list(Event.objects.order_by("occurred_at").values_list("facts__body", flat=True)) == [
        "Call 0", "Call 1", "Call 2", "No touch",
    ]  # fmt: skip
    assert InboxEntry.objects.count() == 4
    assert last_touch() == said[-1].occurred_at


def test_one_wrong_line_of_a_history_keeps_all_of_it_out(acme):
    with pytest.raises(Refused):
        notes.bring(AccountFactory(), [notes.Said("call", "Hi", NOON), notes.Said("call", " ", NOON)], by=acme.cass)
    assert Event.objects.count() == 0
