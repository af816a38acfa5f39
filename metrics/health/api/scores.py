"""An account's score with all its steps, and how it went."""

from __future__ import annotations

import datetime as dt
from typing import Any

import django_filters as df
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.helpers import forced_singular_serializer
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.resource import Resource, Shape
from accounts.calendar import local_today
from accounts.models import Account
from accounts.roles import Permission
from metrics.health import moving
from metrics.health.definitions import BANDS, MISSING
from metrics.health.explaining import Explainer, Standing
from metrics.health.scoring import GONE, STALE, UNLISTED, MeasureScore, PillarScore

HISTORY = dt.timedelta(days=365)


class MeasureScoreShape(serializers.Serializer):
    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    fact = serializers.CharField()
    raw = serializers.JSONField(allow_null=True, help_text="As it is known, even where it is too old to count.")
    as_of = serializers.DateField(allow_null=True)
    normalized = serializers.FloatField(allow_null=True, help_text="0 to 100.")
    why_missing = serializers.ChoiceField(choices=["", GONE, "unknown", STALE, UNLISTED])
    treated = serializers.ChoiceField(choices=["", *MISSING])
    share = serializers.FloatField(help_text="Weight in the total, in percent.")
    points = serializers.FloatField(help_text="What it adds to the total.")


class PillarScoreShape(serializers.Serializer):
    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    score = serializers.IntegerField(allow_null=True)
    share = serializers.FloatField()
    points = serializers.FloatField()
    measures = MeasureScoreShape(many=True)


class HistoryShape(serializers.Serializer):
    since = serializers.DateTimeField()
    score = serializers.IntegerField(allow_null=True)
    band = serializers.CharField()
    model = serializers.CharField()


class HealthShape(Shape):
    score = serializers.IntegerField(allow_null=True, help_text="Null: unknown.")
    band = serializers.ChoiceField(choices=list(BANDS))
    computed = serializers.IntegerField(allow_null=True, help_text="Without what was set by hand.")
    before_limits = serializers.IntegerField(allow_null=True)
    capped_by = serializers.CharField()
    known = serializers.IntegerField(help_text="Percent of the weight that is known and fresh.")
    model = serializers.CharField(help_text="Key and version, such as “general v2”; empty: no model is for it.")
    since = serializers.DateTimeField(allow_null=True)
    pillars = PillarScoreShape(many=True)
    history = HistoryShape(many=True, help_text="Of the last year, each from when it held.")


class NoFilters(df.FilterSet):
    class Meta:
        model = Account
        fields: tuple[str, ...] = ()


def account_of(resource: Resource) -> Account:
    accounts = Account.objects.visible_to(resource.key)  # type: ignore[attr-defined]
    account: Account | None = accounts.filter(pk=int(resource.kwargs["account_pk"])).first()
    if account is None:
        raise NotFound("There is no such account.")
    return account


class HealthResource(Resource):
    """`accounts/<id>/health`."""

    noun = "score"
    queryset: QuerySet[Account] = Account.objects.all()
    columns = ("id",)
    shape = HealthShape
    filterset_class = NoFilters
    pagination_class = None
    permissions = {"list": Permission.ACCOUNT_VIEW}

    @extend_schema(
        tags=["health"],
        summary="Read an account’s health, explained",
        responses=forced_singular_serializer(HealthShape),  # type: ignore[no-untyped-call]
    )
    def list(self, request: Request, account_pk: str) -> Response:
        account = account_of(self)
        standing = Explainer(self.tenant.zone).standing(account, local_today(self.tenant))
        rows = moving.versions(account, timezone.now() - HISTORY)
        told = [rows[:1], *([after] for _before, after in moving.changes(rows))]
        history = [
            {"since": at.since, "score": at.score, "band": at.facts.get("health.band", "unknown"), "model": at.model}
            for stretch in told for at in stretch
        ]  # fmt: skip
        return Response(_told(standing) | {"history": history})


def _told(standing: Standing) -> dict[str, Any]:
    score = standing.score
    return {
        "score": standing.total,
        "band": standing.band,
        "computed": score.total if score else None,
        "before_limits": score.raw if score else None,
        "capped_by": score.capped_by if score else "",
        "known": score.known if score else 0,
        "model": standing.facts.get("health.model", ""),
        "since": standing.since,
        "pillars": [_pillar(each) for each in score.pillars] if score else [],
    }


def _pillar(found: PillarScore) -> dict[str, Any]:
    said = {"key": found.pillar.key, "label": found.pillar.label, "score": found.score}
    figures = {"share": round(found.share, 2), "points": round(found.points, 2)}
    return said | figures | {"measures": [_measure(each) for each in found.measures]}


def _measure(found: MeasureScore) -> dict[str, Any]:
    return {
        "key": found.measure.key, "label": found.measure.label, "fact": found.measure.fact, "raw": found.raw,
        "as_of": found.as_of, "normalized": found.normalized, "why_missing": found.why, "treated": found.treated,
        "share": round(found.share, 2), "points": round(found.points, 2),
    }  # fmt: skip
