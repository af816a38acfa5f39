"""Which day it is, and which days are worked."""

import datetime as dt
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.calendar import (
    add_business_days,
    business_days_between,
    is_business_day,
    local_midnight,
    local_today,
    year_after,
)

DAYS = st.dates(dt.date(2020, 1, 1), dt.date(2030, 12, 31))
COUNTRIES = st.sampled_from(["US", "DE", "JP", "XX"])


def living_in(zone):
    return SimpleNamespace(zone=ZoneInfo(zone))


def test_today_is_where_the_tenant_lives():
    instant = dt.datetime(2026, 11, 20, 23, 30, tzinfo=dt.UTC)
    assert local_today(living_in("America/New_York"), instant) == dt.date(2026, 11, 20)
    assert local_today(living_in("Europe/Berlin"), instant) == dt.date(2026, 11, 21)


def test_a_day_begins_at_local_midnight():
    midnight = local_midnight(living_in("Europe/Berlin"), dt.date(2026, 11, 21))
    assert midnight.astimezone(dt.UTC) == dt.datetime(2026, 11, 20, 23, 0, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("start", "n", "country", "expected"),
    [
        (dt.date(2026, 11, 20), 1, "US", dt.date(2026, 11, 23)),  # over a weekend
        (dt.date(2026, 11, 25), 1, "US", dt.date(2026, 11, 27)),  # over Thanksgiving
        (dt.date(2026, 11, 25), 1, "DE", dt.date(2026, 11, 26)),  # which Germany doesn't keep
        (dt.date(2026, 12, 24), 2, "DE", dt.date(2026, 12, 29)),  # Christmas, both days, and a weekend
        (dt.date(2026, 11, 23), -1, "US", dt.date(2026, 11, 20)),
        (dt.date(2026, 11, 21), 0, "US", dt.date(2026, 11, 23)),  # none left to wait, but it is a Saturday
        (dt.date(2026, 11, 20), 0, "US", dt.date(2026, 11, 20)),
        (dt.date(2026, 11, 20), 1, "XX", dt.date(2026, 11, 23)),  # a country that nobody knows has weekends
    ],
)
def test_business_days_are_counted_from_the_day_after(start, n, country, expected):
    assert add_business_days(start, n, country) == expected


@given(DAYS, st.integers(1, 60), COUNTRIES)
def test_counting_undoes_adding(start, n, country):
    end = add_business_days(start, n, country)
    assert is_business_day(end, country)
    assert business_days_between(start, end, country) == n
    assert business_days_between(end, start, country) == -n


@given(DAYS, st.integers(0, 30), st.integers(0, 30), COUNTRIES)
def test_stretches_add_up(start, first, second, country):
    middle = start + dt.timedelta(days=first)
    end = middle + dt.timedelta(days=second)
    whole = business_days_between(start, end, country)
    assert whole == business_days_between(start, middle, country) + business_days_between(middle, end, country)


def test_a_year_after_a_leap_day_is_the_first_of_march():
    assert year_after(dt.date(2026, 3, 1)) == dt.date(2027, 3, 1)
    assert year_after(dt.date(2028, 2, 29)) == dt.date(2029, 3, 1)
