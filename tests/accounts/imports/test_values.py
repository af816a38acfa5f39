"""Cells as people write them become values as the book keeps them, exactly; the rest says what is wrong."""

import datetime as dt
import itertools
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.formats import DIGITS
from accounts.imports.fields import FIELDS, CustomSpec, field_of, key_of
from accounts.imports.reading import Format
from accounts.imports.values import Reader, amounts, days, words
from accounts.imports.values.currencies import meant
from accounts.imports.values.wrong import Wrong

NOW = dt.datetime(2026, 3, 31, 12, tzinfo=dt.UTC)
BERLIN = dt.timezone(dt.timedelta(hours=1))
PEOPLE = {"maya@acme.test": 7, "maya okafor": 7}
CUSTOMS = {
    "plan": CustomSpec("choice", ("Gold", "Silver")),
    "seats": CustomSpec("number"),
    "live": CustomSpec("boolean"),
    "since": CustomSpec("date"),
}


def read(cells, *, form=None, blanks="keep", customs=CUSTOMS, **columns):
    """The row under these paths, with dots as double underscores."""
    reader = Reader(form or Format(), PEOPLE, customs, blanks=blanks, zone=BERLIN, now=NOW)
    return reader.read(2, cells, dict(enumerate(columns.values())))


def said(noun, key, cell, **form):
    values, errors = Reader(Format(**form), PEOPLE, CUSTOMS, zone=BERLIN, now=NOW).read(2, [cell], {0: f"{noun}.{key}"})
    assert errors == []
    return values.get(noun)


def wrong(path, cell, **form):
    values, errors = Reader(Format(**form), PEOPLE, CUSTOMS, zone=BERLIN, now=NOW).read(2, [cell], {0: path})
    assert values.get(path.partition(".")[0], {}) == {}
    (error,) = errors
    return error["message"]


# --- amounts ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "decimal", "value", "sign"),
    [
        ("1.234,50 €", ",", "1234.50", "€"),
        ("$1,234.50", ".", "1234.50", "$"),
        ("1 234,50", ",", "1234.50", ""),
        ("1\u202f234,50\u00a0€", ",", "1234.50", "€"),
        ("(500)", ".", "-500", ""),
        ("$ (1,234.50)", ".", "-1234.50", "$"),
        ("-$500", ".", "-500", "$"),
        ("500-", ".", "-500", ""),
        ("−500", ".", "-500", ""),
        ("CHF 1’200.–", ".", "1200", "CHF"),
        ("1.200,--", ",", "1200", ""),
        ("EUR 1.234", ",", "1234", "EUR"),
        ("12,34,567.50", ".", "1234567.50", ""),
        ("1 000 kr", ",", "1000", "kr"),
        ("US$ 1,000", ".", "1000", "US$"),
        (".5", ".", "0.5", ""),
        # What can mean nothing else counts, whatever the file's style.
        ("1.5", ",", "1.5", ""),
        ("1,234.50", ",", "1234.50", ""),
        ("0.125", ",", "0.125", ""),
        # What could mean both is meant in the file's style.
        ("1.234", ",", "1234", ""),
        ("1.234", ".", "1.234", ""),
    ],
)
def test_amounts_in_every_style(text, decimal, value, sign):
    assert amounts.amount(text, decimal) == (Decimal(value), sign)


@pytest.mark.parametrize(
    "text", ["1.234,50 x", "--5", "1,2,3", "1,23,4", "€", "5 € $", "(5", "(-5)", "ten", "1e5", "0x1F"]
)
def test_what_is_no_amount(text):
    for decimal in ".,":
        with pytest.raises(Wrong, match="isn't an amount"):
            amounts.amount(text, decimal)


GROUPS = {".": [",", " ", "\u00a0", "\u202f", "'", "’", ""], ",": [".", " ", "\u00a0", "\u202f", "'", "’", ""]}
FRAMES = ["{}", "{} €", "{}\u00a0€", "€{}", "€ {}", "EUR {}", "{} EUR", " {} "]
MINUSES = ["-{}", "({})", "{}-", "−{}"]


@given(
    minor=st.integers(0, 10**15),
    style=st.sampled_from([(mark, group) for mark, groups in GROUPS.items() for group in groups]),
    frame=st.sampled_from(FRAMES),
    minus=st.sampled_from([None, *MINUSES]),
    bare=st.booleans(),
)
def test_an_amount_written_in_any_style_is_read_exactly(minor, style, frame, minus, bare):
    mark, group = style
    units, cents = divmod(minor, 100)
    text = f"{units:,}".replace(",", group) + ("" if bare and not cents else f"{mark}{cents:02d}")
    value, sign = amounts.amount(frame.format(minus.format(text) if minus else text), mark)
    assert amounts.minor(value, "EUR") == (-minor if minus else minor)
    assert (meant(sign, "EUR") if sign else "EUR") == "EUR"


@pytest.mark.parametrize(("code", "digits"), [("EUR", 2), ("JPY", 0), ("KWD", 3), ("CHF", 2)])
def test_each_currency_has_its_smallest_unit(code, digits):
    assert DIGITS.get(code, 2) == digits
    assert said("contract", "arr", "1500", currency=code) == {"currency": code, "amount_minor": 1500 * 10**digits}
    fine = "1." + "0" * digits + "1"
    assert wrong("contract.arr", fine, currency=code) == f"“{fine}” is finer than the smallest unit of {code}."


def test_an_amount_says_its_currency():
    assert said("contract", "arr", "¥1,500")["currency"] == "JPY"
    assert said("contract", "arr", "1500", currency="EUR")["currency"] == "EUR"
    assert said("contract", "arr", "$5", currency="CAD")["currency"] == "CAD"
    assert said("contract", "arr", "5 kr", currency="NOK")["currency"] == "NOK"
    row = read(["$5", "eur"], arr="contract.arr", currency="contract.currency")
    assert row[1] == [{"column": "Contract: ARR", "message": "“$5” is in USD, but the row says EUR."}]
    row = read(["5", "JPY"], arr="contract.arr", currency="account.currency")
    assert row[0]["contract"] == {"currency": "JPY", "amount_minor": 5}


def test_amounts_that_a_contract_cannot_have():
    assert wrong("contract.arr", "(500)") == "“(500)” is negative."
    assert wrong("contract.arr", "1.234,50 x") == "“1.234,50 x” isn't an amount."
    assert wrong("contract.arr", "9" * 16) == f"“{'9' * 16}” is too large."
    assert wrong("contract.arr", True) == "“true” isn't an amount."


def test_a_workbooks_fractions_are_rounded_to_the_smallest_unit():
    assert said("contract", "arr", 100 / 3)["amount_minor"] == 3333
    assert said("contract", "arr", 1234.5)["amount_minor"] == 123450


# --- terms -----------------------------------------------------------------------------------------------------------


def test_the_whole_terms_value_becomes_a_years():
    columns = {"a": "contract.total", "b": "contract.start_on", "c": "contract.end_on"}
    assert read(["36000", "2026-01-01", "2029-01-01"], **columns)[0]["contract"]["amount_minor"] == 1_200_000
    assert read(["500", "2026-01-01", "2026-07-01"], **columns)[0]["contract"]["amount_minor"] == 100_000
    assert read(["100", "2026-01-31", "2026-02-28"], **columns)[0]["contract"]["amount_minor"] == 120_000
    assert read(["1000", None, None], **columns)[0]["contract"]["amount_minor"] == 100_000  # it doesn't say: a year
    row = read(["3000", "30", "2026-01-31"], a="contract.total", b="contract.term_months", c="contract.signed_on")
    assert row[0]["contract"] == {
        "signed_on": "2026-01-31", "start_on": "2026-01-31", "end_on": "2028-07-31",
        "currency": "USD", "amount_minor": 120_000,
    }  # fmt: skip


def test_a_years_value_goes_before_the_whole_terms():
    assert read(["7", "5"], a="contract.total", b="contract.arr")[0]["contract"]["amount_minor"] == 500


def test_the_last_day_of_a_term_is_the_day_before_it_renews():
    row = read(["2026-01-01", "2026-12-31"], a="contract.start_on", b="contract.last_day")
    assert row == ({"contract": {"start_on": "2026-01-01", "end_on": "2027-01-01"}}, [])


def test_a_term_that_ends_before_it_starts():
    _values, errors = read(["2026-05-01", "2026-05-01"], a="contract.start_on", b="contract.end_on")
    (error,) = errors
    assert error["message"] == "“2026-05-01” lies before the term starts, on 2026-05-01."


@pytest.mark.parametrize(
    ("stage", "won"),
    [
        ("Closed Won", True), ("closedwon", True), ("Closed won (Sales Pipeline)", True),
        ("Contract signed", True), ("", True), ("Gewonnen", True), ("Closed Lost", False),
        ("Negotiation/Review", False), ("Not won", False), ("Unsigned", False),
    ],
)  # fmt: skip
def test_only_won_deals_are_taken(stage, won):
    row = read([stage, "5", "Acme"], a="contract.stage", b="contract.arr", c="account.name")
    assert ("account" in row[0]) is won
    if not won:
        row = read([stage, "nonsense", "Deal"], a="contract.stage", b="contract.arr", c="contract.name")
        assert row == ({"contract": {"name": "Deal", "not_won": stage}}, [])


# --- days ------------------------------------------------------------------------------------------------------------

STYLES = {
    "dmy": ["{0.day}.{0.month}.{0.year}", "{0:%d.%m.%Y}", "{0:%d/%m/%Y}", "{0:%d-%m-%Y}", "{0:%d.%m.%y}"],
    "mdy": ["{0.month}/{0.day}/{0.year}", "{0:%m/%d/%Y}", "{0:%m-%d-%Y}", "{0:%m/%d/%y}"],
    "ymd": ["{0:%y-%m-%d}"],
}
ANYWHERE = [
    "{0:%Y-%m-%d}", "{0:%Y/%m/%d}", "{0:%Y%m%d}", "{0:%Y-%m-%d} 10:30", "{0:%Y-%m-%d}T10:30:00.000Z", "{0:%d %b %Y}",
    "{0:%B} {0.day}, {0.year}", "{0:%d-%b-%y}", "{0:%a}, {0:%d %b %Y} 10:30:00 +0000", " {0:%Y-%m-%d} ",
]  # fmt: skip


@given(
    day=st.dates(dt.date(1970, 1, 1), dt.date(2069, 12, 31)),
    style=st.sampled_from([(o, s) for o in STYLES for s in (*STYLES[o], *ANYWHERE)]),
)
def test_a_day_written_in_any_style_is_read_exactly(day, style):
    order, template = style
    reader = Reader(Format(dates=order), {}, {}, now=NOW)
    row = reader.read(2, [template.format(day)], {0: "contract.start_on"})
    assert row == ({"contract": {"start_on": day.isoformat()}}, [])


@given(st.datetimes(dt.datetime(1970, 1, 1), dt.datetime(2026, 1, 1), timezones=st.just(dt.UTC)))
def test_an_instant_comes_back_to_the_microsecond(instant):
    for text in (instant.isoformat(), instant.isoformat().replace("+00:00", "Z")):
        assert dt.datetime.fromisoformat(said("note", "occurred_at", text)["occurred_at"]) == instant


@pytest.mark.parametrize(
    ("text", "order", "words"),
    [
        ("31.02.2026", "dmy", "“31.02.2026” isn't a day."),
        ("2026-02-30", "ymd", "“2026-02-30” isn't a day."),
        ("02/31/2026", "mdy", "“02/31/2026” isn't a day."),
        ("13/01/2026", "mdy", "“13/01/2026” isn't a day where the month stands first."),
        ("01/02/2026", "ymd", "“01/02/2026” is a day in another order than year, month, day."),
        ("soon", "dmy", "“soon” isn't a day."),
        ("Foo 3, 2026", "dmy", "“Foo 3, 2026” isn't a day."),
        ("01.01.0026", "dmy", "“01.01.0026” is too far away."),
        ("#REF!", "dmy", "“#REF!” is an error of the spreadsheet."),
        (True, "dmy", "“true” isn't a day."),
        (float("nan"), "dmy", "“nan” isn't a day."),
    ],
)
def test_what_is_no_day(text, order, words):
    assert wrong("contract.start_on", text, dates=order) == words


def test_days_of_a_workbook():
    assert said("contract", "start_on", dt.date(2026, 1, 31)) == {"start_on": "2026-01-31"}
    assert said("contract", "start_on", dt.datetime(2026, 1, 31, 10)) == {"start_on": "2026-01-31"}
    assert said("contract", "start_on", 46053) == {"start_on": "2026-01-31"}


def test_instants_are_told_in_utc():
    assert said("note", "occurred_at", "2026-01-31")["occurred_at"] == "2026-01-30T23:00:00+00:00"
    assert said("note", "occurred_at", "31.01.2026 10:05 PM", dates="dmy")["occurred_at"] == "2026-01-31T21:05:00+00:00"
    assert said("note", "occurred_at", "2026-01-31T10:00:00+02:00")["occurred_at"] == "2026-01-31T08:00:00+00:00"
    assert said("note", "occurred_at", dt.datetime(2026, 1, 31, 10))["occurred_at"] == "2026-01-31T09:00:00+00:00"
    assert said("note", "occurred_at", "1/31/2026 12:30 am", dates="mdy")["occurred_at"] == "2026-01-30T23:30:00+00:00"
    assert wrong("note.occurred_at", "2026-04-01") == "“2026-04-01” lies in the future."
    assert wrong("note.occurred_at", "2026-01-01 25:00") == "“2026-01-01 25:00” isn't a day and time."


# --- words -----------------------------------------------------------------------------------------------------------


def test_a_row_speaks_of_several_nouns_and_only_of_what_it_says():
    row = read(
        [" Acme ", "", "https://www.Acme.com/about", "Ada", "Lovelace", "ADA@Acme.com", "Maya Okafor", None, "Gold"],
        a="account.name", b="account.external_id", c="account.domain", d="contact.first_name", e="contact.last_name",
        f="contact.email", g="account.csm", h="product.name", i="account.custom.plan",
    )  # fmt: skip
    assert row == (
        {
            "account": {"name": "Acme", "domain": "acme.com", "csm_id": 7, "custom": {"plan": "Gold"}},
            "contact": {"email": "ada@acme.com", "name": "Ada Lovelace"},
        },
        [],
    )


def test_blank_cells_clear_where_that_is_asked_for():
    columns = {
        "a": "account.name", "b": "account.industry", "c": "account.csm", "d": "account.external_id",
        "e": "account.custom.plan", "f": "account.phase", "g": "contact.title",
    }  # fmt: skip
    assert read(["Acme", "", None, "-", "", "", ""], blanks="clear", **columns) == (
        {"account": {"name": "Acme", "industry": "", "csm_id": None, "external_id": "-", "custom": {"plan": None}}},
        [],
    )
    assert read([None] * 7, blanks="clear", **columns) == ({}, [])


@pytest.mark.parametrize(
    ("path", "cell", "value"),
    [
        ("account.domain", "jane@acme.co.uk", "acme.co.uk"),
        ("account.domain", "HTTP://Acme.com:8080?x", "acme.com"),
        ("account.phase", "Churned", "ended"),
        ("account.phase", "Onboarding", "onboarding"),
        ("account.touch_model", "Tech touch", "tech"),
        ("account.currency", "€", "EUR"),
        ("account.currency", "USD - U.S. Dollar", "USD"),
        ("account.external_id", 123456.0, "123456"),
        ("account.external_id", 7, "7"),
        ("contact.buying_role", "BUDGET_HOLDER", "executive_buyer"),
        ("contact.buying_role", "Decision Maker", "decider"),
        ("contact.influence", "High", 3),
        ("contact.influence", 2, 2),
        ("contact.email", "Ada <Ada@Acme.com>", "ada@acme.com"),
        ("contract.auto_renew", "ja", True),
        ("contract.quantity", "1,000", 1000),
        ("contract.notice_days", 30.0, 30),
        ("note.kind", "E-mail", "email"),
        ("product.code", "PRO / 01", "PRO-01"),
        ("product.recurring", False, False),
        ("account.name", "'=1+1", "=1+1"),
        ("account.name", "'n Sync", "'n Sync"),
    ],
)
def test_words_are_understood(path, cell, value):
    noun, _dot, key = path.partition(".")
    assert said(noun, key, cell) == {key: value}


@pytest.mark.parametrize(
    ("path", "cell", "message"),
    [
        ("contact.email", "ada@acme", "“ada@acme” isn't an e-mail address."),
        ("contact.email", "a@x.com; b@x.com", "“a@x.com; b@x.com” isn't an e-mail address."),
        ("account.domain", "Acme", "“Acme” isn't a website or domain, such as acme.com."),
        ("account.currency", "Taler", "“Taler” isn't a currency, such as EUR."),
        ("account.csm", "max@acme.test", "“max@acme.test” belongs to nobody here."),
        ("account.touch_model", "warm", "“warm” is none of: high, low, tech."),
        ("account.custom.plan", "Bronze", "“Bronze” is none of: Gold, Silver."),
        ("account.custom.seats", "many", "“many” isn't a number."),
        ("account.custom.live", "maybe", "“maybe” isn't yes or no."),
        ("account.name", "x" * 201, f"“{'x' * 60}…” has 201 characters; at most 200 fit."),
        ("account.name", "#N/A", "“#N/A” is an error of the spreadsheet."),
        ("contract.quantity", "2.5", "“2.5” isn't a whole number."),
        ("contract.quantity", "-1", "“-1” isn't between 0 and 2,147,483,647."),
        ("contract.start_on", "x" * 40_000, f"“{'x' * 60}…” is too long."),
        ("product.code", "??", "“??” has no letter or digit for a code."),
    ],
)
def test_what_is_wrong_is_said_with_the_cell(path, cell, message):
    assert wrong(path, cell) == message


def test_the_heading_is_named_where_it_is_known():
    reader = Reader(Format(), {}, {}, headings=["Customer since"])
    assert reader.read(2, ["soon"], {0: "contract.start_on"})[1][0]["column"] == "Customer since"


def test_nothing_written_as_a_word_is_nothing():
    for nothing in ("-", "–", "n/a", "NULL", "--None--", "(No value)"):
        assert read([nothing, nothing, nothing], a="contract.arr", b="account.csm", c="account.domain") == ({}, [])
    assert said("account", "csm", "Unassigned") is None
    assert said("account", "domain", "jane@gmail.com") is None


def test_own_fields_are_typed():
    row = read(
        ["silver", "1,234.5", "no", "31.01.2026", "new"],
        form=Format(dates="dmy"), a="account.custom.plan", b="account.custom.seats", c="account.custom.live",
        d="account.custom.since", e="new.text.Fav. Colour",
    )  # fmt: skip
    assert row == (
        {
            "account": {
                "custom": {
                    "plan": "Silver",
                    "seats": 1234.5,
                    "live": False,
                    "since": "2026-01-31",
                    "fav_colour": "new",
                }
            }
        },
        [],
    )


def test_a_number_is_not_taken_for_a_truth_that_was_read_before():
    reader = Reader(Format(), {}, {"live": CustomSpec("boolean"), "seats": CustomSpec("number")})
    columns = {0: "account.custom.seats", 1: "account.custom.live"}
    assert reader.read(2, [1, True], columns)[0]["account"]["custom"] == {"seats": 1, "live": True}
    assert reader.read(3, [1.0, 1], columns)[0]["account"]["custom"] == {"seats": 1, "live": True}


@given(st.sampled_from([path for path in FIELDS if path != "contract.stage"]), st.text() | st.floats() | st.integers())
def test_no_cell_breaks_the_reader(path, cell):
    for form in (Format(dates=order, decimal=mark) for order, mark in itertools.product(("dmy", "ymd"), ".,")):
        values, errors = Reader(form, {}, {}).read(2, [cell], {0: path})
        assert not (values and errors) or path.startswith("contract.")
        assert all(len(error["message"]) < 400 for error in errors)


@pytest.mark.parametrize(
    "text", ["<" + " " * 300, "$" + " " * 300 + "x", "1" + " " * 300 + "x", "a" * 300 + "@", "1 " * 150]
)
def test_no_cell_takes_long(text):
    started = dt.datetime.now(dt.UTC)
    for path in ("contact.email", "contract.arr", "contract.start_on", "account.domain", "account.custom.seats"):
        wrong(path, text)
    assert dt.datetime.now(dt.UTC) - started < dt.timedelta(seconds=0.5)


def test_every_path_is_a_field_and_every_list_is_the_books_own():
    from accounts.models import account, contact  # noqa: PLC0415  (the rest of this file needs no Django)

    lists = {
        "account.phase": account.Phase, "account.touch_model": account.Touch, "contact.buying_role": contact.BuyingRole,
        "contact.stance": contact.Stance,
    }  # fmt: skip
    for path, choices in lists.items():
        assert list(FIELDS[path].choices) == choices.values
        for value, label in choices.choices:
            assert said(*path.split("."), str(label)) == {FIELDS[path].key: value}
    for value, label in contact.Influence.choices:
        assert said("contact", "influence", str(label)) == {"influence": value}
    assert all(field.noun == path.partition(".")[0] for path, field in FIELDS.items())
    assert field_of("account.custom.nobody", CUSTOMS) is None
    assert field_of("account.surprise", CUSTOMS) is None


def test_texts_are_no_longer_than_the_books_columns():
    from accounts.models import Account, Contact, Contract, Product  # noqa: PLC0415

    models = {"account": Account, "contact": Contact, "contract": Contract, "product": Product}
    for path, field in FIELDS.items():
        names = {each.name: each for each in models[field.noun]._meta.fields} if field.noun in models else {}
        if field.longest and field.key in names and names[field.key].max_length and field.key != "parent":
            assert field.longest <= names[field.key].max_length, path


def test_a_new_fields_key_is_the_one_that_it_gets():
    from django.utils.text import slugify  # noqa: PLC0415

    for label in ("Fav. Colour", "Größe  (m²)", "a_b-c", "x" * 60, "--Plan--"):
        assert key_of(label) == slugify(label).replace("-", "_")[:40]


def test_the_readers_own_doors_say_wrong():
    with pytest.raises(Wrong):
        days.serial(-1)
    with pytest.raises(Wrong):
        words.number("", ".")
