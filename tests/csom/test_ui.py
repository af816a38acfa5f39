"""The atoms: a shape and a word beside every colour, and nothing that a name could smuggle in."""

import pytest

from csom.templatetags import ui


@pytest.mark.parametrize(
    ("status", "word"),
    [("healthy", "Healthy"), ("symptoms", "Symptoms"), ("at_risk", "At risk"), ("unknown", "Unknown")],
)
def test_a_band_has_a_shape_and_a_word(status, word):
    text = ui.pill(status, 34)
    assert word in text
    assert "<svg" in text
    assert ">34<" in text


def test_a_name_is_escaped():
    assert "<script>" not in ui.avatar("<script>x</script> Y")
    assert "<script>" not in ui.badge("<script>")


def test_a_change_says_its_direction_to_those_who_do_not_see_it():
    assert "down" in ui.delta(-18)
    assert "18" in ui.delta(-18)
    assert "no change" in ui.delta(0)


def test_too_few_points_are_not_a_line():
    assert "Collecting" in ui.spark([50])
    assert "from 78 to 34" in ui.spark([78, 50, 34], "at_risk")


def test_an_age_turns_amber_and_then_red():
    assert "age-" not in ui.age(6, 30, 60)
    assert "age-amber" in ui.age(34, 30, 60)
    assert "age-red" in ui.age(60, 30, 60)


def test_a_meter_never_leaves_its_track():
    assert 'width="100.0"' in ui.meter(150)
    assert 'width="0.0"' in ui.meter(-5)
    assert 'width="0.0"' in ui.meter(5, 0)
