"""Which day it is for a tenant, and which days count as working days there."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from functools import lru_cache
from typing import Protocol

import holidays

DAY = dt.timedelta(days=1)
SATURDAY = 5


class HasZone(Protocol):
    """Whoever lives in a time zone: a tenant."""

    @property
    def zone(self) -> zoneinfo.ZoneInfo: ...


def local_today(tenant: HasZone, now: dt.datetime | None = None) -> dt.date:
    """The date on the tenant's wall at this instant."""
    return (now or dt.datetime.now(dt.UTC)).astimezone(tenant.zone).date()


def local_midnight(tenant: HasZone, day: dt.date) -> dt.datetime:
    """The instant at which this day begins for the tenant."""
    return dt.datetime.combine(day, dt.time(), tzinfo=tenant.zone)


def year_after(day: dt.date) -> dt.date:
    """The same day of the next year; after 29 February it is 1 March, the day after the same term."""
    return day.replace(year=day.year + 1) if (day.month, day.day) != (2, 29) else dt.date(day.year + 1, 3, 1)


def is_business_day(day: dt.date, country: str) -> bool:
    return day.weekday() < SATURDAY and day not in _public_holidays(country, day.year)


def add_business_days(start: dt.date, n: int, country: str) -> dt.date:
    """The n-th business day after `start`, or before it where n is negative.

    With n = 0 it is `start` itself, or the next business day where `start` is none.
    """
    if n == 0:
        return start if is_business_day(start, country) else add_business_days(start, 1, country)
    step = DAY if n > 0 else -DAY
    day, left = start, abs(n)
    while left:
        day += step
        left -= is_business_day(day, country)
    return day


def business_days_between(start: dt.date, end: dt.date, country: str) -> int:
    """How many business days lie after `start` up to and with `end`; negative where `end` comes first.

    So `business_days_between(day, add_business_days(day, n, c), c) == n` for every n > 0.
    """
    if end < start:
        return -business_days_between(end, start, country)
    return sum(is_business_day(start + DAY * n, country) for n in range(1, (end - start).days + 1))


@lru_cache(maxsize=512)
def _public_holidays(country: str, year: int) -> frozenset[dt.date]:
    """A country that the library doesn't know has weekends alone."""
    try:
        return frozenset(holidays.country_holidays(country.upper(), years=year))
    except NotImplementedError:
        return frozenset()
