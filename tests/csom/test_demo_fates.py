"""The demo's past hangs together: what led up to a loss showed before it, mostly."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import pytest
from django.db.models import Sum

from csom.demo import fates, usage
from csom.demo.fates import Fade, Fate
from csom.demo.stage import Stage
from csom.demo.words import seeded, spec_of
from journeys.actions import journeys
from metrics.usage.models import Daily
from tests.factories.accounts import AccountFactory

TODAY = dt.date(2026, 11, 20)
DAY = dt.timedelta(days=1)
BEGAN, TOLD, GONE = TODAY - 500 * DAY, TODAY - 90 * DAY, TODAY - 40 * DAY


def drawn(losses: list[tuple[dt.date, dt.date]]) -> list[Fate]:
    return [fates.draw(losses, BEGAN, TODAY, seeded("fate", n)) for n in range(400)]


def test_most_losses_were_announced_and_some_came_out_of_the_blue():
    lost = drawn([(TOLD, GONE)])
    assert lost == drawn([(TOLD, GONE)])
    faded = [fate for fate in lost if fate.fades]
    assert 0.8 < len(faded) / len(lost) < 0.92
    assert all(BEGAN < fate.fades[0].since <= TOLD and fate.fades[0].until == GONE for fate in faded)
    assert 0.65 < sum(bool(fate.shows("usage", TOLD)) for fate in lost) / len(lost) < 0.8
    assert sum(fate.mood_on(TOLD) for fate in lost) < 0.6 * sum(fate.mood_on(BEGAN) for fate in lost)
    assert not any(fate.shows("usage", GONE + DAY) for fate in lost)


def test_of_those_who_lost_nothing_few_had_a_bad_time():
    """Without them, every alarm would be right."""
    kept = drawn([])
    assert 0.08 < sum(bool(fate.fades) for fate in kept) / len(kept) < 0.18
    assert all(fate.mood_on(BEGAN) >= fates.STEADY for fate in kept)


@pytest.mark.django_db
def test_whoever_fades_uses_it_less_from_week_to_week(acme):
    now = dt.datetime.now(dt.UTC)
    stage = Stage(acme.tenant, spec_of("acme"), now, {}, {"admin": [acme.ada]})
    fading, steady = (
        AccountFactory(external_id=f"crm-{n}", segment="Enterprise", phase="adoption", phase_since=now - 400 * DAY)
        for n in ("a", "b")
    )
    for account in (fading, steady):
        journeys.begin(account, committed_on=stage.since, by=acme.ada, now=now - 500 * DAY)
    since, until = stage.today - 150 * DAY, stage.today - 30 * DAY
    stage.fates[fading.pk] = Fate(fades=(Fade(since, until, 0.3, frozenset({"usage"})),))
    usage.bring(stage)

    def used(account, first: dt.date) -> int:
        days = Daily.objects.filter(account=account, metric__key="active_users")
        found = days.filter(day__gte=first, day__lt=first + 28 * DAY).aggregate(sum=Sum("users"))["sum"]
        return int(found or 0)

    windows = [since + 28 * DAY * n for n in range(-1, 4)]
    fell = [used(fading, b) / used(fading, a) for a, b in pairwise(windows)]
    assert all(0.6 < share < 0.9 for share in fell)
    stood = [used(steady, b) / used(steady, a) for a, b in pairwise(windows)]
    assert all(share > 0.85 for share in stood)
