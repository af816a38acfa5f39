"""What a turn looks at: nothing slips between its instant and its taking, and a new day is a new day for every fact."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from django.db import connection
from django.utils import timezone

from accounts.actions import contacts, knowledge, tasks
from accounts.calendar import DAY, local_today
from accounts.models import AccountFacts, AccountState, BuyingRole
from accounts.tenancy.context import tenant_context
from blueprints.actions import engine
from tests.factories.accounts import AccountFactory


def facts_of(account) -> dict[str, object]:
    return AccountFacts.objects.get(account=account).facts


@pytest.mark.django_db(transaction=True)
def test_what_is_written_while_a_turn_begins_is_known_after_it(acme_cast, monkeypatch):
    """Somebody begins and commits between the turn's first look at the clock and its taking."""
    with tenant_context(acme_cast.tenant):
        account = AccountFactory()
    engine.drain(acme_cast.tenant.pk)
    really, written = knowledge.take, []

    def arrive() -> None:
        with tenant_context(acme_cast.tenant):
            contacts.add(account, {"name": "Chris", "buying_role": BuyingRole.CHAMPION}, by=acme_cast.cass)
        connection.close()

    def take(*args, **kwargs):
        if not written:
            written.append(threading.Thread(target=arrive))
            written[0].start()
            written[0].join(30)
        return really(*args, **kwargs)

    monkeypatch.setattr(knowledge, "take", take)
    engine.drain(acme_cast.tenant.pk)
    with tenant_context(acme_cast.tenant):
        assert facts_of(account)["people.champion_present"] is True


@pytest.mark.django_db
def test_who_is_asked_for_scores_alone_is_looked_at_whole_on_a_new_day(acme):
    """Else the day's round, which takes those that nobody saw today, would pass them by."""
    account, noon = AccountFactory(), timezone.now().replace(hour=12)
    today = local_today(acme.tenant, noon)
    tasks.add({"account": account, "title": "Call", "assignee": acme.cass, "due_on": today}, by=None, now=noon)
    engine.look([account.pk], tenant=acme.tenant, at=noon)
    assert facts_of(account)["task.overdue"] == 0
    engine.look([account.pk], tenant=acme.tenant, at=noon + DAY, derived={account.pk})
    assert AccountState.objects.get(account=account).seen_on == today + DAY
    assert facts_of(account)["task.overdue"] == 1
    # Later that day what was found stands.
    later = noon + DAY + dt.timedelta(hours=1)
    tasks.add({"account": account, "title": "Call", "assignee": acme.cass, "due_on": today}, by=None, now=noon)
    engine.look([account.pk], tenant=acme.tenant, at=later, derived={account.pk})
    assert facts_of(account)["task.overdue"] == 1
