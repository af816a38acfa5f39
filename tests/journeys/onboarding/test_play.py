"""The play that accepting a handoff begins: what is still to be done in it ends with First Impact."""

from __future__ import annotations

import datetime as dt

from accounts.calendar import local_today
from accounts.models import Task, TaskStatus
from blueprints.actions import engine, library
from blueprints.models import Run, RunState
from journeys.onboarding.actions import first_impact
from tests.factories.onboarding import accepted, begun, drafted


def _open(source: str = "play") -> int:
    return Task.objects.filter(status=TaskStatus.OPEN, source=source).count()


def test_first_impact_closes_what_is_open_of_the_onboarding_play(acme):
    library.load(acme.tenant)
    impact = begun(acme)
    engine.drain(acme.tenant.pk)
    assert (Run.objects.get(play__code="onboarding").state, _open() > 0) == (RunState.FINISHED, True)
    first_impact.reach(impact, on=local_today(acme.tenant), how="evidence", evidence="A figure.", by=acme.cass)
    engine.drain(acme.tenant.pk)
    assert (Run.objects.get(play__code="onboarding").state, _open()) == (RunState.LEFT, 0)


def test_a_second_deal_long_after_first_impact_keeps_its_steps(acme):
    library.load(acme.tenant)
    impact = begun(acme)
    long_ago = local_today(acme.tenant) - dt.timedelta(days=60)
    type(impact).objects.filter(pk=impact.pk).update(committed_on=long_ago)
    first_impact.reach(impact, on=long_ago, how="evidence", evidence="A figure.", by=acme.cass)
    engine.drain(acme.tenant.pk)
    first = _open()
    accepted(acme, drafted(acme, impact.account))
    engine.drain(acme.tenant.pk)
    engine.drain(acme.tenant.pk)
    assert (first > 0, _open()) == (True, 2 * first)
