"""How figures and dates read."""

import datetime as dt

import pytest

from accounts import formats
from accounts.currencies import CODES
from accounts.formats import DIGITS, SYMBOLS

TODAY = dt.date(2026, 11, 22)
NOW = dt.datetime(2026, 11, 22, 10, 42, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [
        (41_250_000, "USD", "$412,500"),
        (41_250_050, "USD", "$412,500.50"),
        (-8_000, "EUR", "−€80"),
        (5_000, "JPY", "¥5,000"),
        (1_500, "KWD", "KWD 1.500"),
        (0, "USD", "$0"),
        (None, "USD", "–"),
    ],
)
def test_money_is_whole_and_shows_cents_only_where_there_are_some(minor, currency, text):
    assert formats.money(minor, currency) == text


@pytest.mark.parametrize(
    ("minor", "text"),
    [
        (41_250_000, "$412.5K"), (15_600_000, "$156K"), (465_000_000, "$4.65M"), (102_000_000, "$1.02M"),
        (99_900, "$999"), (99_960, "$1K"), (99_995_000, "$1M"), (250_000_000_000, "$2.5B"), (-60_700_000, "−$607K"),
        (None, "–"),
    ],
)  # fmt: skip
def test_short_money_has_few_figures_and_never_a_thousand_of_a_unit(minor, text):
    assert formats.short_money(minor) == text


def test_dates_have_the_month_in_letters():
    assert formats.date(dt.date(2027, 1, 22)) == "22 Jan 2027"
    assert formats.day_month(dt.date(2027, 1, 22)) == "22 Jan"
    assert formats.date(None) == "–"
    assert formats.date_time(NOW) == "22 Nov 2026, 10:42"


@pytest.mark.parametrize(
    ("days", "until", "due"),
    [
        (0, "today", "Today"), (1, "tomorrow", "Tomorrow"), (-1, "yesterday", "Overdue 1 d"),
        (5, "in 5 days", "In 5 d"), (61, "in 61 days", "22 Jan 2027"), (-6, "6 days ago", "Overdue 6 d"),
    ],
)  # fmt: skip
def test_a_deadline_says_how_near_it_is(days, until, due):
    day = TODAY + dt.timedelta(days=days)
    assert formats.days_until(day, TODAY) == until
    assert formats.due(day, TODAY) == due


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (20, "just now"),
        (720, "12 min ago"),
        (3 * 3_600, "3 h ago"),
        (18 * 86_400, "18 d ago"),
        (90 * 86_400, "24 Aug 2026"),
    ],
)
def test_the_past_is_told_in_one_unit(seconds, text):
    assert formats.ago(NOW - dt.timedelta(seconds=seconds), NOW) == text


@pytest.mark.parametrize(
    ("name", "text"), [("Maya Okafor", "MO"), ("Octopia", "OC"), ("Juniper & Co", "JC"), ("", "?")]
)
def test_initials(name, text):
    assert formats.initials(name) == text


def test_ratios_and_counts():
    assert formats.percent(1.08) == "108%"
    assert formats.plural(1, "account") == "1 account"
    assert formats.plural(1_200, "account") == "1,200 accounts"
    assert formats.signed_money(12_000) == "+$120"


def test_every_currency_with_other_digits_is_one_that_accounts_may_have():
    assert DIGITS.keys() <= CODES
    assert SYMBOLS.keys() <= CODES
    assert len(CODES) == 155
    assert not {"XXX", "XAU", "XDR", "CLF", "HRK", "BGN"} & CODES


@pytest.mark.parametrize(
    ("count", "unit", "said"),
    [
        (1, "tasks", "task"), (2, "tasks", "tasks"), (0, "tasks", "tasks"), (1, "people", "person"),
        (1, "deliveries", "delivery"), (1, "ms", "ms"), (1, "GB", "GB"), (1, "hours of use", "hours of use"),
        (1, "status", "status"), (1, "access", "access"), (1, "seats", "seat"), (1.0, "points", "point"),
        (1, "fps", "fps"), (-1, "points", "points"),
    ],
)  # fmt: skip
def test_one_of_a_unit_has_no_plural(count, unit, said):
    assert formats.unit(count, unit) == said
