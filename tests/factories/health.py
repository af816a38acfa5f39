"""Health models, their versions, and what people say beside the figures."""

from __future__ import annotations

import datetime as dt

import factory

from metrics.health.models import HealthModel, HealthVersion, Judgement, Override, SignOff
from tests.factories.accounts import AccountFactory, UserFactory

# Later than anything that a test writes: what came after the instant of a look stays out of it.
TODAY = dt.date(2030, 1, 10)
TOUCH = {
    "key": "touch", "label": "Last contact", "weight": 100, "missing": "zero",
    "fact": "account.last_touch_on", "how": {"bad": 60, "good": 10, "counts": "age"},
}  # fmt: skip
CHAMPION = {
    "key": "champion", "label": "Champion present", "weight": 100,
    "fact": "people.champion_present", "how": {"yes": 100, "no": 0},
}  # fmt: skip
MOOD = {
    "key": "mood", "label": "Mood", "weight": 100, "fresh_days": 90,
    "judged": {
        "levels": [{"key": "good", "label": "Good", "points": 100}, {"key": "bad", "label": "Bad", "points": 0}],
        "reasons": [{"key": "price", "label": "Price"}, {"key": "people", "label": "People"}],
    },
}  # fmt: skip


def simple(champion: int = 60, touch: int = 20, mood: int = 20) -> dict:
    """Three pillars of facts that every workspace has, and a limit."""
    return {
        "pillars": [
            {"key": "impact", "label": "Impact", "weight": champion, "measures": [CHAMPION]},
            {"key": "engagement", "label": "Engagement", "weight": touch, "measures": [TOUCH]},
            {"key": "satisfaction", "label": "Satisfaction", "weight": mood, "measures": [MOOD]},
        ],
        "limits": [{"when": {"fact": "task.overdue", "at_least": 3}, "cap": 40, "reason": "Work lies undone"}],
        "bands": {"healthy": 70, "symptoms": 50},
        "least_known": 50,
    }


class HealthModelFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = HealthModel

    key = factory.Sequence(lambda n: f"model-{n}")
    name = factory.Sequence(lambda n: f"Model {n}")
    position = factory.Sequence(lambda n: n)


class HealthVersionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = HealthVersion

    model = factory.SubFactory(HealthModelFactory)
    number = 1
    definition = factory.LazyFunction(simple)


class SignOffFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = SignOff

    of = factory.SubFactory(HealthVersionFactory)
    asked = factory.SubFactory(UserFactory)


class JudgementFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Judgement

    account = factory.SubFactory(AccountFactory)
    measure = "mood"
    level = "good"
    reason = "people"
    judged_on = TODAY


class OverrideFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Override

    account = factory.SubFactory(AccountFactory)
    score = 50
    reason = "They told us on the phone"
    until = TODAY + dt.timedelta(days=20)
