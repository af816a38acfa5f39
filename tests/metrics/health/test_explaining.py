"""What moved a score, told by its cause: time that went by, a measure that is no longer asked, another weight."""

from __future__ import annotations

import datetime as dt

import pytest

from metrics.health import definitions, live, scoring
from metrics.health.actions import versions
from metrics.health.explaining import AGED, ASKED, LEFT_OUT, WEIGHED, Explainer
from metrics.health.moving import At
from tests.factories.health import CHAMPION, TOUCH, simple

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
MEASURES = {"touch": TOUCH, "champion": CHAMPION}


def of(**weights: int) -> dict:
    pillars = [
        {"key": key, "label": key, "weight": weight, "measures": [MEASURES[key]]} for key, weight in weights.items()
    ]
    return simple() | {"pillars": pillars, "limits": []}


def publish(scored, definition: dict) -> None:
    draft = versions.edit_draft(versions.draft(scored.model, by=scored.cast.ada), definition, by=scored.cast.ada)
    versions.publish(draft, by=scored.cast.ada)


def written(scored, at: dt.datetime, number: int, definition: dict) -> At:
    """A version of facts as the engine writes it: scored on its day."""
    facts = {"people.champion_present": True, "account.last_touch_on": (scored.at - 12 * DAY).date().isoformat()}
    found = scoring.score(definitions.read(definition), facts, today=at.date(), known=live.inputs())
    said = {"health.score": found.total, "health.computed": found.total, "health.model": f"general v{number}"}
    return At(at, facts | said)


def causes(scored, *rows: At) -> dict[str, tuple[str, float]]:
    (step,) = Explainer(scored.cast.tenant.zone).steps(list(rows))
    assert round(sum(round(cause.points, 1) for cause in step.causes), 1) == step.change
    return {cause.label: (cause.why, round(cause.points)) for cause in step.causes}


def test_what_aged_in_a_week_is_named_with_its_days(scored):
    definition = of(touch=80, champion=20)
    publish(scored, definition)
    found = causes(scored, *(written(scored, scored.at + n * DAY, 2, definition) for n in (0, 7)))
    assert found["Last contact"] == (AGED, -11)
    assert abs(found.get("Rest", ("", 0))[1]) < 1


def test_a_measure_that_goes_and_one_that_comes_are_named(scored):
    first, second = of(touch=100), of(champion=100)
    publish(scored, first)
    publish(scored, second)
    found = causes(scored, written(scored, scored.at, 2, first), written(scored, scored.at + DAY, 3, second))
    assert (found["Last contact"][0], found["Champion present"][0]) == (LEFT_OUT, ASKED)


def test_another_weight_is_named(scored):
    first, second = of(touch=80, champion=20), of(touch=20, champion=80)
    publish(scored, first)
    publish(scored, second)
    found = causes(scored, written(scored, scored.at, 2, first), written(scored, scored.at, 3, second))
    assert found["Champion present"] == (WEIGHED, 60)
