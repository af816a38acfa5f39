"""How a file is written is told by its cells; what they leave open stays as it was."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.imports.guessing import guess
from accounts.imports.reading import Format
from accounts.imports.values import amounts, days


def guessed(*cells, heading="ARR", **form):
    return guess(Format(**form), [heading], [[cell] for cell in cells])


@pytest.mark.parametrize(
    ("cells", "form", "decimal"),
    [
        (["1.234,50 €"], {}, ","),
        (["$1,234.50"], {}, "."),
        (["1 234,50"], {}, ","),
        (["1.234", "99,5"], {}, ","),
        (["1,234", "99.50"], {}, "."),
        (["1.234", "2.345"], {}, ","),
        (["1,234"], {}, "."),
        (["1234"], {"delimiter": ";"}, ","),
        (["1234.5"], {"delimiter": ";"}, "."),
        (["1234"], {"decimal": ","}, ","),
        (["CHF 1’200.50", "(500)"], {}, "."),
        (["Acme, Inc.", "v1.2 beta", 12.5, None], {}, "."),
    ],
)
def test_the_decimal_mark(cells, form, decimal):
    assert guessed(*cells, **form).decimal == decimal


@pytest.mark.parametrize(
    ("cells", "form", "order"),
    [
        (["31.01.2026"], {}, "dmy"),
        (["05/06/2026", "06/25/2026"], {}, "mdy"),
        (["05/06/2026", "25/06/2026"], {}, "dmy"),
        (["05/06/2026"], {}, "mdy"),
        (["05/06/2026", "1.234,50"], {}, "dmy"),
        (["05/06/2026", "£5"], {}, "dmy"),
        (["05.06.2026"], {}, "dmy"),
        (["2026-06-05", "2026/06/05"], {}, "ymd"),
        (["no days at all", dt.date(2026, 1, 1)], {}, "ymd"),
    ],
)
def test_the_order_of_days(cells, form, order):
    assert guessed(*cells, **form).dates == order


@pytest.mark.parametrize(
    ("cells", "heading", "form", "currency"),
    [
        (["5 €", "6 €", "$7"], "ARR", {}, "EUR"),
        (["$5"], "ARR", {"currency": "CAD"}, "CAD"),
        (["$5"], "ARR", {"currency": "EUR"}, "USD"),
        (["CHF 5"], "ARR", {}, "CHF"),
        (["SEK"], "Currency", {}, "SEK"),
        (["5"], "ARR (GBP)", {}, "GBP"),
        (["ABC 5", "5"], "ARR", {"currency": "EUR"}, "EUR"),
        (["costs $5, says the long note that nobody reads"], "Note", {}, ""),
    ],
)
def test_the_currency(cells, heading, form, currency):
    assert guessed(*cells, heading=heading, **form).currency == currency


@given(
    minors=st.lists(st.integers(100_001, 10**11), min_size=3, max_size=20).filter(
        lambda all: any(n % 100 for n in all)
    ),
    days_=st.lists(st.dates(dt.date(2000, 1, 13), dt.date(2068, 12, 31)), min_size=3).filter(
        lambda all: any(day.day > 12 for day in all)
    ),
    style=st.sampled_from(
        [(",", ".", "dmy", "%d.%m.%Y"), (".", ",", "mdy", "%m/%d/%Y"), (",", " ", "dmy", "%d/%m/%Y")]
    ),
)
def test_what_was_written_in_one_style_is_guessed_and_read_exactly(minors, days_, style):
    decimal, group, order, pattern = style
    texts = [f"{n // 100:,}".replace(",", group) + f"{decimal}{n % 100:02d} €" for n in minors]
    dates = [day.strftime(pattern) for day in days_]
    form = guess(Format(), ["arr", "since"], [[text, date] for text, date in zip(texts, dates, strict=False)])
    assert (form.decimal, form.currency) == (decimal, "EUR")
    assert [amounts.minor(amounts.amount(text, form.decimal)[0], "EUR") for text in texts] == minors
    if any(day.day > 12 for day in days_[: len(texts)]):
        assert form.dates == order
        assert [days.day(text, form.dates, dt.UTC) for text in dates] == days_
