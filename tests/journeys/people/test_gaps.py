"""What is missing in a buying center, by its rules alone."""

from __future__ import annotations

import datetime as dt

import pytest

from journeys.people.gaps import Known, gaps

TODAY = dt.date(2027, 3, 31)
LATELY, LONG_AGO = TODAY - dt.timedelta(days=90), TODAY - dt.timedelta(days=91)
CHAMPION = Known(1, "Ines", "champion", "advocate", 2, LATELY)
DECIDER = Known(2, "Tom", "decider", "neutral", 3, LATELY)
EXECUTIVE = Known(3, "Ruth", "executive_buyer", "", 3, LONG_AGO)
WHOLE = [CHAMPION, DECIDER, EXECUTIVE]


def codes(people):
    return [gap.code for gap in gaps(people, TODAY)]


def test_a_whole_buying_center_has_no_gap():
    assert gaps(WHOLE, TODAY) == []


def test_nobody_at_all_is_one_gap():
    assert codes([]) == ["nobody"]


@pytest.mark.parametrize(
    ("people", "expected"),
    [
        ([DECIDER, EXECUTIVE, Known(4, "Max", met_on=TODAY)], ["no_champion"]),
        ([CHAMPION, EXECUTIVE, Known(4, "Max", met_on=TODAY)], ["no_decider"]),
        ([CHAMPION, DECIDER], ["no_executive_buyer"]),
        ([CHAMPION, Known(2, "Tom", "decider", met_on=LONG_AGO), EXECUTIVE], ["single_threaded"]),
        ([Known(1, "Ines", "champion", met_on=LONG_AGO), DECIDER, EXECUTIVE], ["single_threaded"]),
        ([CHAMPION, Known(2, "Tom", "decider"), EXECUTIVE], ["single_threaded", "decider_never_met"]),
        ([CHAMPION, DECIDER, Known(3, "Ruth", "executive_buyer")], ["executive_buyer_never_met"]),
        ([*WHOLE, Known(4, "Max", "gatekeeper", "detractor", 3)], ["strong_detractor"]),
        ([*WHOLE, Known(4, "Max", "gatekeeper", "detractor", 2)], []),
    ],
)
def test_each_gap_stands_out_by_itself(people, expected):
    assert codes(people) == expected


def test_nobody_met_is_worse_than_one():
    people = [Known(1, "Ines", "champion"), Known(2, "Tom", "decider", met_on=LONG_AGO), EXECUTIVE]
    assert codes(people) == ["nobody_met"]


def test_a_gap_names_whom_it_is_about():
    [single] = gaps([CHAMPION, Known(2, "Tom", "decider", met_on=LONG_AGO), EXECUTIVE], TODAY)
    assert (single.text, single.people) == ("Single-threaded: in 90 days only Ines was met.", (1,))


def test_one_of_two_deciders_met_is_enough():
    assert codes([*WHOLE, Known(5, "Eva", "decider")]) == []
