"""What people chose for the same headings before: the fields that they mean, and the columns that they left out."""

import pytest

from accounts.actions import custom_fields
from accounts.imports.actions import imports

BOOK = """Company;Region;Owner's mail;Color
Firm;EMEA;ada@acme.example;blue
House;AMER;ada@acme.example;red
"""
REGION, MAIL, COLOR = "1", "2", "3"


@pytest.fixture
def bring(acme):
    def bring(text=BOOK):
        return imports.open("book.csv", [text.encode()], noun="account", by=acme.olly)

    return bring


@pytest.fixture
def mapped(acme):
    def mapped(job, **changes):
        return imports.map_columns(job, job.columns | changes, by=acme.olly)

    return mapped


def test_a_column_that_was_left_out_is_left_out_next_week(bring, mapped):
    book = bring()
    assert (book.columns[REGION], book.columns[MAIL]) == ("account.region", "contact.email")
    mapped(book, **{REGION: "", MAIL: ""})
    for _week in range(2):
        assert bring().columns == {"0": "account.name"}


def test_a_column_that_was_chosen_once_and_left_out_since_is_left_out(bring, mapped):
    mapped(bring(), **{COLOR: "account.segment"})
    again = bring()
    assert again.columns[COLOR] == "account.segment"
    mapped(again, **{COLOR: ""})
    assert COLOR not in bring().columns


def test_a_column_that_was_left_out_and_chosen_since_is_chosen(bring, mapped):
    mapped(bring(), **{REGION: ""})
    mapped(bring(), **{REGION: "account.region"})
    assert bring().columns[REGION] == "account.region"


def test_a_column_that_stood_back_behind_another_is_suggested_without_that(bring):
    assert bring("Company;Region;Country\nFirm;EMEA;DE\n").columns == {"0": "account.name", "1": "account.region"}
    assert bring("Company;Country\nFirm;DE\n").columns == {"0": "account.name", "1": "account.region"}


def test_a_field_that_came_after_its_column_was_left_out_is_suggested(bring, acme):
    assert COLOR not in bring().columns
    custom_fields.add({"key": "color", "label": "Color", "type": "text", "choices": []}, by=acme.ada)
    assert bring().columns[COLOR] == "account.custom.color"
