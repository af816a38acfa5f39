"""Progress, differences and the choice of a template: pure."""

from __future__ import annotations

from decimal import Decimal
from types import SimpleNamespace

import pytest

from journeys.plans.differences import Wording, between, same
from journeys.plans.drafting import detail, most_particular, north_star, title
from journeys.plans.progress import number, percent, reached, share, total


@pytest.mark.parametrize(
    ("baseline", "target", "last", "part", "bar"),
    [
        (9, 4, 9, 0.0, 0),
        (9, 4, "6.5", 0.5, 50),
        (9, 4, 4, 1.0, 100),
        (9, 4, 2, 1.4, 100),
        (9, 4, 10, -0.2, 0),
        (0, 1000, 999, 0.999, 99),
        (-10, 10, 0, 0.5, 50),
    ],
)
def test_progress_is_the_share_of_the_way_in_either_direction(baseline, target, last, part, bar):
    covered = share(Decimal(baseline), Decimal(target), Decimal(last))
    assert covered == pytest.approx(part)
    assert percent(covered) == bar


@pytest.mark.parametrize("figures", [(None, 4, 5), (9, None, 5), (9, 4, None), (4, 4, 4)])
def test_without_a_baseline_a_target_or_a_measurement_no_progress_can_be_said(figures):
    assert share(*(None if figure is None else Decimal(figure) for figure in figures)) is None
    assert percent(None) is None


def test_a_target_is_reached_from_either_side():
    assert reached(Decimal(9), Decimal(4), Decimal("3.9"))
    assert reached(Decimal(10), Decimal(20), Decimal(20))
    assert not reached(Decimal(10), Decimal(20), Decimal("19.9999"))


def test_figures_read_as_people_write_them():
    assert [number(Decimal(text)) for text in ("1250.0000", "4.2500", "-3", "100")] == ["1,250", "4.25", "−3", "100"]
    assert number(None) == ""
    assert total([None, 5, 7]) == 12
    assert total([None]) is None


def item(noun: str, pk: int, **fields: object) -> dict[str, object]:
    return {"noun": noun, "id": pk, "audience": "everyone", "about": None, **fields}


def test_differences_name_what_came_went_and_changed():
    before = Wording("Quicker", [item("objective", 1, title="A", due_on="2027-01-01"), item("step", 1, title="S")])
    after = Wording("Quicker still", [item("objective", 1, title="A", due_on="2027-02-01"), item("topic", 1, text="T")])
    found = [(one.what, one.noun, one.title) for one in between(before, after)]
    assert found == [
        ("changed", "plan", "North star"), ("changed", "objective", "A"), ("added", "topic", "T"),
        ("removed", "step", "S"),
    ]  # fmt: skip
    (change,) = between(before, after)[1].changes
    assert (change.field, change.before, change.after) == ("due_on", "2027-01-01", "2027-02-01")


def test_a_change_of_audience_is_a_difference():
    before, after = Wording("", [item("topic", 1, text="T")]), Wording("", [item("topic", 1, text="T")])
    assert same(before, after)
    assert between(before, after) == []
    wider = Wording("", [item("topic", 1, text="T") | {"audience": "internal"}])
    assert not same(before, wider)
    assert [change.field for change in between(before, wider)[0].changes] == ["audience"]


def template(segment: str = "", product: int | None = None) -> SimpleNamespace:
    return SimpleNamespace(segment=segment, product_id=product)


def test_the_most_particular_template_wins():
    general, retail, planner, both = template(), template("Retail"), template("", 7), template("Retail", 7)
    every = [general, retail, planner, both]
    assert most_particular(every, segment="retail", products={7}) is both
    assert most_particular(every, segment="retail", products={8}) is retail
    assert most_particular(every, segment="Health", products={7, 8}) is planner
    assert most_particular([general, retail, planner], segment="Retail", products={7}) is planner
    assert most_particular(every, segment="", products=set()) is general
    assert most_particular([both], segment="", products=set()) is None


def test_the_north_star_says_what_by_when_and_why():
    said = north_star("Wren", "Close in 4 days", "The peak season starts", "They rent 60 workers.", "1 Mar 2027")
    assert said == (
        "What Wren wants: Close in 4 days. By 1 Mar 2027: The peak season starts. "
        "If it is missed: They rent 60 workers."
    )
    assert north_star("Wren", "", "Peak", "", "") == ""
    assert north_star("Wren", "Less", "Peak", "", "") == "What Wren wants: Less. Because: Peak."


def test_a_long_statement_keeps_its_whole_below_a_short_title():
    assert (title("Short."), detail("Short.")) == ("Short.", "")
    long = "word " * 80
    assert len(title(long)) <= 200
    assert detail(long) == long.strip()
