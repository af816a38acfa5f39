"""Does it predict, for other systems: the same figures as on the page."""

from __future__ import annotations

from typing import Any

import django_filters as df
from django.db.models import QuerySet
from drf_spectacular.helpers import forced_singular_serializer
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.resource import Resource, Shape
from accounts.calendar import local_today
from accounts.models import Account
from accounts.roles import Permission
from metrics.health.definitions import BANDS
from metrics.health.validation import CHURN, LOSS, LOST, Report, Row, report
from metrics.health.validation_cases import AHEAD, OUTCOMES, happened
from metrics.health.validation_sums import Estimate, Lift, Verdict

DAYS = [(str(days), f"{days} days before") for days in AHEAD]
TARGETS = [(LOSS, "Left or shrank"), (CHURN, "Left")]


class EstimateShape(serializers.Serializer):
    """Between 0 and 1, with its 95 % interval."""

    value = serializers.FloatField()
    low = serializers.FloatField()
    high = serializers.FloatField()


class VerdictShape(serializers.Serializer):
    name = serializers.CharField()
    cases = serializers.IntegerField(help_text="With a score.")
    unscored = serializers.IntegerField()
    flagged_lost = serializers.IntegerField()
    flagged_kept = serializers.IntegerField()
    quiet_lost = serializers.IntegerField()
    quiet_kept = serializers.IntegerField()
    too_few = serializers.BooleanField(help_text="Fewer than ten lost or ten kept: don’t rely on the figures.")
    precision = EstimateShape(allow_null=True)
    recall = EstimateShape(allow_null=True)
    base = EstimateShape(allow_null=True, help_text="The share that was lost.")
    auc = EstimateShape(allow_null=True, help_text="0.5 is chance.")


class BandShape(serializers.Serializer):
    band = serializers.ChoiceField(choices=BANDS)
    cases = serializers.IntegerField()
    churn = serializers.IntegerField()
    contraction = serializers.IntegerField()
    expansion = serializers.IntegerField()
    renewal = serializers.IntegerField()
    lost = EstimateShape(allow_null=True)


class RangeShape(serializers.Serializer):
    from_score = serializers.IntegerField()
    to_score = serializers.IntegerField()
    cases = serializers.IntegerField()
    lost = EstimateShape(allow_null=True)


class LiftShape(serializers.Serializer):
    measure = serializers.CharField()
    known = serializers.IntegerField()
    lost_when_low = EstimateShape(allow_null=True, help_text="Below half of the measure’s points.")
    times = serializers.FloatField(allow_null=True)
    auc = EstimateShape(allow_null=True)
    too_few = serializers.BooleanField()


class FalseGreenShape(serializers.Serializer):
    account_id = serializers.IntegerField()
    name = serializers.CharField()
    score = serializers.IntegerField()
    version = serializers.CharField()
    outcome = serializers.ChoiceField(choices=OUTCOMES)
    on = serializers.DateField()


class ValidationShape(Shape):
    days = serializers.IntegerField()
    target = serializers.ChoiceField(choices=TARGETS)
    accounts = serializers.IntegerField(help_text="To which anything happened in two years; each counts once.")
    looked_at = serializers.IntegerField(help_text="Of a large book, accounts chosen by chance, always the same ones.")
    all = VerdictShape()
    bands = BandShape(many=True)
    ranges = RangeShape(many=True)
    versions = VerdictShape(many=True)
    segments = VerdictShape(many=True)
    challenger = VerdictShape(
        many=True, help_text="Live and challenger by turns, on the same accounts; empty without one."
    )
    lifts = LiftShape(many=True)
    false_greens = FalseGreenShape(many=True, help_text="Healthy then, and lost; at most 200.")


class ValidationFilters(df.FilterSet):
    """Choices of the report itself, which chooses no rows."""

    days = df.ChoiceFilter(choices=DAYS, method="as_it_is", help_text="Without: 90.")
    target = df.ChoiceFilter(choices=TARGETS, method="as_it_is", help_text="What counts as lost.")
    version = df.CharFilter(method="as_it_is", help_text="Such as general v2.")
    segment = df.CharFilter(method="as_it_is")

    class Meta:
        model = Account
        fields: tuple[str, ...] = ()

    def as_it_is(self, queryset: QuerySet[Account], name: str, value: str) -> QuerySet[Account]:
        return queryset


class ValidationResource(Resource):
    """`health-validation`."""

    noun = "report"
    queryset = Account.objects.all()
    columns = ("id",)
    shape = ValidationShape
    filterset_class = ValidationFilters
    pagination_class = None
    permissions = {"list": Permission.ACCOUNT_VIEW}

    @extend_schema(
        tags=["health"],
        summary="Hold scores against what then happened",
        description="As the scores were known so many days before; scores set by hand don’t count.",
        responses=forced_singular_serializer(ValidationShape),  # type: ignore[no-untyped-call]
    )
    def list(self, request: Request) -> Response:
        accounts = self.filter_queryset(Account.objects.visible_to(self.key))  # type: ignore[attr-defined]
        asked = request.query_params
        days, of = int(asked.get("days") or 90), asked.get("target") or LOSS
        cases = happened(
            self.tenant, ahead=days, today=local_today(self.tenant), lost=LOST[of],
            version=asked.get("version", ""), segment=asked.get("segment", ""),
        )  # fmt: skip
        found = report(cases, of=of)
        names = accounts.filter(pk__in=[green.account_id for green in found.false_greens]).values_list("pk", "name")
        seen = dict(names)
        shown = [g._asdict() | {"name": seen[g.account_id]} for g in found.false_greens if g.account_id in seen]
        greens = [{name: row[name] for name in map(str, FalseGreenShape().fields)} for row in shown]
        said = {"days": days, "target": of, "accounts": cases.total, "looked_at": sum(g.count for g in cases.groups)}
        return Response(said | _told(found) | {"false_greens": greens})


def _told(found: Report) -> dict[str, Any]:
    return {
        "all": _verdict("", found.verdict, found.unknown),
        "bands": [_band(each) for each in found.bands],
        "ranges": [_range(*each) for each in found.ranges],
        "versions": _rows(found.by_version),
        "segments": _rows(found.by_segment),
        "challenger": _rows(found.duel),
        "lifts": [_lift(label, each) for label, each in found.lifts],
    }


def _rows(rows: list[Row]) -> list[dict[str, Any]]:
    return [_verdict(row.name, row.verdict, row.unknown) for row in rows]


def _verdict(name: str, found: Verdict, unscored: int) -> dict[str, Any]:
    counts = {
        "cases": found.count, "unscored": unscored, "flagged_lost": found.caught, "flagged_kept": found.alarms,
        "quiet_lost": found.missed, "quiet_kept": found.quiet, "too_few": found.too_few,
    }  # fmt: skip
    rates = {each: _estimate(getattr(found, each)) for each in ("precision", "recall", "base", "auc")}
    return {"name": name} | counts | rates


def _band(row: dict[str, Any]) -> dict[str, Any]:
    counts = dict(zip(OUTCOMES, row["outcomes"], strict=True))
    return {"band": row["band"], "cases": row["count"], **counts, "lost": _estimate(row["lost"])}


def _range(low: int, high: int, lost: Estimate | None) -> dict[str, Any]:
    return {"from_score": low, "to_score": high, "cases": lost.of if lost else 0, "lost": _estimate(lost)}


def _lift(label: str, found: Lift) -> dict[str, Any]:
    return {
        "measure": label, "known": found.known, "lost_when_low": _estimate(found.low), "times": found.times,
        "auc": _estimate(found.auc), "too_few": found.too_few,
    }  # fmt: skip


def _estimate(found: Estimate | None) -> dict[str, float] | None:
    return None if found is None else {"value": found.value, "low": found.low, "high": found.high}
