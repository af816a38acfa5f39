"""One account's score: every step by hand, exactly."""

from __future__ import annotations

import pytest

from metrics.health import definitions, scoring
from tests.metrics.health.definitions import KNOWN, TODAY, all_well, measure, pillar, usual


def scored(raw, facts):
    return scoring.score(definitions.read(raw), facts, today=TODAY, known=KNOWN)


def test_all_is_well():
    found = scored(usual(), all_well())
    assert (found.total, found.band, found.known, found.capped_by) == (100, "healthy", 100, "")
    assert [round(pillar.points) for pillar in found.pillars] == [50, 30, 20]


def test_points_lie_on_a_straight_line_between_bad_and_good():
    found = scored(usual(), all_well() | {"usage.active": 5, "account.last_touch_on": "2026-10-01"})
    assert [pillar.worth for pillar in found.pillars] == [2_500, 2_000, 10_000]  # 50 days ago: 10 of 50 are left
    assert found.raw == 39  # (50 × 25 + 30 × 20 + 20 × 100) / 100 = 38.5, half up
    assert found.band == "at_risk"


def test_a_limit_holds_the_score_down_and_says_why():
    found = scored(usual(), all_well() | {"people.champion_present": False})
    assert (found.raw, found.total, found.band, found.capped_by) == (100, 60, "symptoms", "No champion")


def test_the_lowest_limit_that_bites_counts_and_all_that_hold_are_named():
    raw = usual()
    raw["limits"].append({"when": {"fact": "usage.active", "at_least": 1}, "cap": 40, "reason": "Test"})
    found = scored(raw, all_well() | {"people.champion_present": False})
    assert (found.total, found.capped_by, [limit.cap for limit in found.limits]) == (40, "Test", [60, 40])


def test_a_stale_input_is_grey_and_its_weight_goes_to_the_others():
    found = scored(usual(), all_well() | {"@usage.active": "2026-10-20"})
    stale = found.pillars[0].measures[0]
    assert (stale.worth, stale.why, stale.treated, stale.raw) == (None, scoring.STALE, "reweigh", 20)
    assert (found.known, found.total) == (50, 100)


def test_the_measures_own_freshness_is_stricter_than_nothing():
    found = scored(usual(), all_well() | {"@judged.mood": "2026-08-21"})
    assert found.pillars[2].measures[0].why == scoring.STALE
    assert scored(usual(), all_well() | {"@judged.mood": "2026-08-22"}).known == 100


def test_too_little_known_is_unknown_and_never_green():
    found = scored(usual(), {"account.last_touch_on": "2026-11-20", "people.champion_present": True})
    assert (found.total, found.band, found.known, found.unknown) == (None, "unknown", 30, ("too_little",))
    assert scored(usual(), {}).unknown == ("nothing",)


@pytest.mark.parametrize(("missing", "worth"), [("reweigh", 10_000), ("neutral", 7_500), ("zero", 5_000)])
def test_what_is_missing_is_treated_as_the_measure_says(missing, worth):
    two = pillar(
        "adoption", 100, measure("active", "usage.active", {"bad": 0, "good": 20}, 50),
        measure("share", "usage.share", {"bad": 0, "good": 80}, 50, missing=missing),
    )  # fmt: skip
    found = scored({"pillars": [two]}, all_well())
    assert found.pillars[0].worth == worth
    assert found.known == 50


def test_a_fact_that_is_gone_is_said_so_and_scores_nothing():
    raw = {"pillars": [pillar("adoption", 100, measure("gone", "ext.gone", {"bad": 0, "good": 1}))]}
    assert scored(raw, {"ext.gone": 1}).measures[0].why == scoring.GONE


def test_direction_follows_from_good_and_bad():
    down = {"pillars": [pillar("a", 100, measure("m", "usage.share", {"bad": 10, "good": 0}))]}
    assert scored(down, {"usage.share": 2.5}).total == 75
    assert scored(down, {"usage.share": 50}).total == 0
    until = {
        "pillars": [pillar("a", 100, measure("m", "contract.renewal_on", {"bad": 0, "good": 100, "counts": "until"}))]
    }
    assert scored(until, {"contract.renewal_on": "2026-12-20"}).total == 30


def test_choices_have_points_and_others_are_not_guessed():
    raw = {"pillars": [pillar("a", 100, measure("m", "account.phase", {"points": {"adoption": 80}}))]}
    assert scored(raw, {"account.phase": "adoption"}).total == 80
    assert scored(raw, {"account.phase": "onboarding"}).measures[0].why == scoring.UNLISTED


def test_half_a_point_goes_up():
    assert scoring.whole(4_950) == 50
    assert scoring.whole(4_949) == 49
    assert scoring.mean([(1, 0), (1, 1)]) == 1
