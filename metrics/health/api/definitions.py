"""How a health model's definition looks to other systems."""

from __future__ import annotations

from rest_framework import serializers

from metrics.health.definitions import MISSING


class NamedShape(serializers.Serializer):
    key = serializers.RegexField(r"^[a-z][a-z0-9_]{0,39}\Z", help_text="Lower-case letters, digits, underscores.")
    label = serializers.CharField(max_length=80)  # type: ignore[assignment]


class LevelShape(NamedShape):
    points = serializers.IntegerField(min_value=0, max_value=100)


class JudgedShape(serializers.Serializer):
    levels = LevelShape(many=True)
    reasons = NamedShape(many=True, required=False)


class HowShape(serializers.Serializer):
    """Numbers, shares and money: `bad` and `good`. Dates: these in days, and `counts`. Yes or no: `yes` and `no`.

    Choices and texts: `points` by value.
    """

    bad = serializers.FloatField(required=False, help_text="Worth 0 points; money in its smallest unit.")
    good = serializers.FloatField(required=False, help_text="Worth 100 points.")
    counts = serializers.ChoiceField(choices=["age", "until"], required=False, help_text="Days since it or until it.")
    yes = serializers.IntegerField(min_value=0, max_value=100, required=False)
    no = serializers.IntegerField(min_value=0, max_value=100, required=False)
    points = serializers.DictField(child=serializers.IntegerField(min_value=0, max_value=100), required=False)


class MeasureShape(NamedShape):
    """Either `fact` with `how`, or `judged`."""

    weight = serializers.IntegerField(min_value=0, max_value=100, help_text="A pillar's measures total 100.")
    fact = serializers.CharField(required=False)
    how = HowShape(required=False)
    judged = JudgedShape(required=False)
    missing = serializers.ChoiceField(choices=list(MISSING), required=False)
    fresh_days = serializers.IntegerField(min_value=1, max_value=3650, required=False, allow_null=True)


class PillarShape(NamedShape):
    weight = serializers.IntegerField(min_value=0, max_value=100, help_text="Pillars total 100.")
    measures = MeasureShape(many=True)


class LimitShape(serializers.Serializer):
    when = serializers.DictField(help_text="One test over a fact, such as {“fact”: “task.overdue”, “at_least”: 5}.")
    cap = serializers.IntegerField(min_value=0, max_value=100)
    reason = serializers.CharField(max_length=120)


class BandsShape(serializers.Serializer):
    healthy = serializers.IntegerField(min_value=1, max_value=100)
    symptoms = serializers.IntegerField(min_value=1, max_value=100)


class DefinitionShape(serializers.Serializer):
    pillars = PillarShape(many=True)
    limits = LimitShape(many=True, required=False)
    bands = BandsShape(required=False)
    least_known = serializers.IntegerField(
        min_value=0, max_value=100, required=False, help_text="With less known, in percent, the score is unknown."
    )
