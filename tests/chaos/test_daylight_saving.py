"""The clock is set forward, back, and wrong: each account is looked at on each local day once, each day fires once."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import pytest

from accounts.models import CustomField, Tenant
from accounts.tenancy.context import tenant_context
from blueprints.actions import engine, turns
from blueprints.models import Match, Run
from tests.chaos.telling import tell_scenario
from tests.factories.accounts import AccountFactory
from tests.factories.blueprints import PlayFactory, step

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.chaos]
ZONE = "America/New_York"
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
# The days on which New York has 23 hours and 25.
CHANGES = (dt.date(2026, 3, 8), dt.date(2026, 11, 1))


def instants(change: dt.date) -> list[dt.datetime]:
    """Three days around a change, closer to it; in between the clock steps back by an hour and catches up."""
    midnight = dt.datetime.combine(change - DAY, dt.time(), dt.UTC) + 5 * HOUR
    steady = [midnight + n * 3 * HOUR for n in range(24)]
    near = [dt.datetime.combine(change, dt.time(hour, minute), dt.UTC) for hour in range(3, 9) for minute in (0, 59)]
    stepped = [instant - HOUR for instant in near]
    ordered = sorted([*steady, *near])
    place = ordered.index(near[-1]) + 1
    return [*ordered[:place], *stepped, *ordered[place:]]


def days_of(change: dt.date) -> list[dt.date]:
    return [change - DAY, change, change + DAY]


@pytest.mark.parametrize("change", CHANGES, ids=["forward", "back"])
def test_each_local_day_is_looked_at_once_whatever_the_clock_does(acme_cast, monkeypatch, change):
    Tenant.objects.filter(pk=acme_cast.tenant.pk).update(timezone=ZONE)
    now, looked = {}, Counter()
    monkeypatch.setattr(turns, "clock", lambda: now["at"])
    whole = engine.knowledge.seen

    def seen(ids, day):
        looked.update((account, day) for account in ids)
        whole(ids, day)

    monkeypatch.setattr(engine.knowledge, "seen", seen)
    with tenant_context(acme_cast.tenant):
        CustomField.objects.create(key="due", label="Due", type="date")
        today = {"all": [{"fact": "custom.due", "within_days": 0}]}
        play = PlayFactory(trigger="", steps=[step("Today")], steps__conditions=today)
        accounts = {AccountFactory(custom={"due": day.isoformat()}).pk: day for day in days_of(change)}
        # What fires is looked at once more, since its task is news; these have no news at all.
        quiet = [AccountFactory().pk for _ in range(3)]
    for at in instants(change):
        now["at"] = at
        engine.drain(acme_cast.tenant.pk)
        engine.drain(acme_cast.tenant.pk)
    with tenant_context(acme_cast.tenant):
        opened = Counter(Match.objects.filter(play=play).values_list("account_id", "opened_on"))
        runs = Run.objects.filter(play=play).count()
    due_looks = {(account, day) for account in quiet for day in days_of(change)}
    within = Counter({pair: times for pair, times in looked.items() if pair in due_looks})
    name = f"plays.daylight_saving.{change.isoformat()}"
    faults = {"clock stepped": 2, "turn doubled": len(instants(change))}
    tell_scenario(f"{name}.looks", faults, due_looks, within)
    tell_scenario(f"{name}.episodes", faults, set(accounts.items()), opened)
    assert within == Counter(due_looks)
    assert opened == Counter(set(accounts.items()))
    assert runs == len(accounts)
