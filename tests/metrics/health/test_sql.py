"""The expression in the database and the sum in Python are one: on random models and random facts."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.knowing.columns import record
from metrics.health import definitions, scoring, sql
from tests.metrics.health.definitions import KNOWN, TODAY, measure, one

DAYS = st.dates(min_value=TODAY.replace(year=2026, month=8), max_value=TODAY.replace(year=2027, month=2)).map(str)
POINTS = st.integers(0, 100)
NUMBERS = st.one_of(st.integers(-5, 120), st.decimals(-5, 120, places=3).map(float))
HOW: dict[str, Any] = {
    "usage.active": st.tuples(NUMBERS, NUMBERS)
    .filter(lambda p: p[0] != p[1])
    .map(lambda p: {"bad": p[0], "good": p[1]}),
    "usage.share": st.sampled_from([{"bad": 0, "good": 80}, {"bad": 33.3, "good": 0.1}]),
    "contract.arr": st.just({"bad": 0, "good": 7_000_000}),
    "account.last_touch_on": st.sampled_from([{"bad": 60, "good": 7, "counts": "age"}]),
    "contract.renewal_on": st.sampled_from([{"bad": 0, "good": 77, "counts": "until"}]),
    "people.champion_present": st.fixed_dictionaries({"yes": POINTS, "no": POINTS}),
    "account.phase": st.dictionaries(st.sampled_from(["onboarding", "adoption", "x%s'"]), POINTS, min_size=1).map(
        lambda points: {"points": points}
    ),
    "judged.mood": st.just({"points": {"good": 100, "bad": 10}}),
    "ext.gone": st.just({"bad": 0, "good": 1}),
}
TESTS = st.sampled_from(
    [
        {"fact": "people.champion_present", "is": False}, {"fact": "usage.active", "less_than": 20},
        {"fact": "judged.mood", "is": "bad", "fresh_days": 30}, {"fact": "contract.renewal_on", "within_days": 60},
        {"fact": "ext.gone", "known": False}, {"fact": "account.phase", "in": ["onboarding"]},
    ]
)  # fmt: skip
LIMITS = st.lists(
    st.fixed_dictionaries(
        {"when": TESTS, "cap": POINTS, "reason": st.sampled_from(["No champion", "50% less", "“x”"])}
    ),
    max_size=3,
)
FACTS = st.fixed_dictionaries(
    {},
    optional={
        "usage.active": NUMBERS, "@usage.active": DAYS, "usage.share": st.integers(0, 1_000).map(lambda n: n / 10),
        "contract.arr": st.integers(0, 10_000_000), "account.last_touch_on": DAYS, "contract.renewal_on": DAYS,
        "people.champion_present": st.booleans(), "account.phase": st.sampled_from(["onboarding", "adoption", "ended"]),
        "judged.mood": st.sampled_from(["good", "bad", "gone"]), "@judged.mood": DAYS,
        "override.score": POINTS, "override.until": DAYS,
    },
)  # fmt: skip


@st.composite
def models(draw):
    pillars = []
    for n in range(draw(st.integers(1, 4))):
        facts = draw(st.lists(st.sampled_from(sorted(HOW)), min_size=1, max_size=3))
        measures = [
            measure(
                f"m{n}{m}", fact, draw(HOW[fact]), draw(POINTS), missing=draw(st.sampled_from(definitions.MISSING)),
                fresh_days=draw(st.sampled_from([None, 20, 60])) if KNOWN.get(fact) and KNOWN[fact].dated_by else None,
            )
            for m, fact in enumerate(facts)
        ]  # fmt: skip
        pillars.append({"key": f"p{n}", "label": f"P{n}", "weight": draw(st.integers(0, 100)), "measures": measures})
    symptoms = draw(st.integers(1, 98))
    bands = {"healthy": draw(st.integers(symptoms + 1, 100)), "symptoms": symptoms}
    return {
        "pillars": pillars,
        "limits": draw(LIMITS),
        "bands": bands,
        "least_known": draw(st.sampled_from([0, 40, 70])),
    }


def in_sql(lines, facts) -> dict[str, Any]:
    written, params = sql.compiled(lines, KNOWN)
    unfolded = record(sql.needed(lines, KNOWN), of="k.facts")
    # In a savepoint, so that the first failure is told and not the transaction that it broke.
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"SELECT jsonb_strip_nulls({written}) FROM (SELECT %(facts)s::jsonb AS facts) k, {unfolded}",
            params | {"facts": json.dumps(facts), "today": TODAY},
        )
        return json.loads(cursor.fetchone()[0])


def in_python(raw, facts, name="general v1") -> dict[str, Any]:
    model = definitions.read(raw)
    found = scoring.score(model, facts, today=TODAY, known=KNOWN)
    by_hand = facts.get("override.score") if facts.get("override.until", "") >= str(TODAY) else None
    total = found.total if by_hand is None else by_hand
    said = {
        "health.score": total, "health.computed": found.total, "health.band": model.band(total),
        "health.known": found.known, "health.model": name, "health.capped_by": found.capped_by or None,
    }  # fmt: skip
    said |= {f"health.{each.pillar.key}": each.score for each in found.pillars}
    return {key: value for key, value in said.items() if value is not None}


@pytest.mark.django_db
def test_the_database_and_python_agree_on_every_model_and_all_facts():
    @settings(max_examples=60, deadline=None)
    @given(models(), FACTS)
    def agree(raw, facts):
        assert in_sql([sql.Line("general v1", {}, definitions.read(raw))], facts) == in_python(raw, facts)

    agree()


@pytest.mark.django_db
def test_the_first_model_that_applies_scores_and_a_challenger_beside_it():
    raw, other = (one("usage.share", {"bad": 0, "good": good}) for good in (50, 100))
    young = {"all": [{"fact": "account.phase", "is": "onboarding"}]}
    lines = [
        sql.Line("gone v1", {"all": [{"fact": "ext.gone", "is": 1}]}, definitions.read(other)),
        sql.Line("young v2", young, definitions.read(other)), sql.Line("general v1", {}, definitions.read(raw)),
        sql.Line("general v2", {}, definitions.read(other), challenger=True),
    ]  # fmt: skip
    found = in_sql(lines, {"usage.share": 40, "account.phase": "onboarding"})
    # The challenger's model would never score this account: an earlier one takes it.
    assert (found["health.model"], found["health.score"], "health.challenger" in found) == ("young v2", 40, False)
    found = in_sql(lines, {"usage.share": 40, "account.phase": "adoption"})
    assert (found["health.model"], found["health.score"], found["health.challenger"]) == ("general v1", 80, 40)
    assert in_sql(lines[:2], {"usage.share": 40}) == {}
