"""Reports for other systems."""

from __future__ import annotations

from typing import Any, cast

import django_filters as df
from django.db.models import QuerySet
from drf_spectacular.helpers import forced_singular_serializer
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from accounts.api.resource import Resource, Shape
from accounts.calendar import local_today
from accounts.models import Account
from accounts.models.account import AccountQuerySet
from accounts.roles import Permission
from metrics.reports import first_impact as report
from metrics.reports import play_effects
from metrics.survival import Curve, Share


class ShareShape(serializers.Serializer):
    """Shares from 0 to 1 with the bounds of the 95 % interval; null: nobody has waited so long."""

    day = serializers.IntegerField()
    share = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)


class CurveShape(serializers.Serializer):
    """Kaplan and Meier's estimate over some accounts."""

    name = serializers.CharField(allow_blank=True, help_text="What they have in common; empty: nothing is said there.")
    accounts = serializers.IntegerField()
    reached = serializers.IntegerField()
    waiting = serializers.IntegerField(help_text="Still waiting, or ended without: they count as long as they waited.")
    too_few = serializers.BooleanField(help_text="Fewer than five have got there: don't rely on it.")
    median_days = serializers.IntegerField(allow_null=True)
    p75_days = serializers.IntegerField(allow_null=True)
    by_day = ShareShape(many=True)


class FirstImpactReport(Shape):
    as_of = serializers.DateField()
    since = serializers.ChoiceField(choices=list(report.SINCE.items()))
    by = serializers.ChoiceField(choices=[(code, label) for code, (label, _column) in report.GROUPS.items()])
    all = CurveShape()
    groups = CurveShape(many=True)


class ReportFilters(df.FilterSet):
    """Choices of the report itself, which chooses no rows."""

    since = df.ChoiceFilter(
        choices=list(report.SINCE.items()), method="as_it_is", help_text="Without: as the workspace chose."
    )
    by = df.ChoiceFilter(
        choices=[(code, label) for code, (label, _column) in report.GROUPS.items()],
        method="as_it_is",
        help_text="Without: by segment.",
    )

    class Meta:
        model = Account
        fields: tuple[str, ...] = ()

    def as_it_is(self, queryset: QuerySet[Account], name: str, value: str) -> QuerySet[Account]:
        return queryset


class FirstImpactReportResource(Resource):
    """`reports/first-impact`."""

    noun = "report"
    queryset = Account.objects.all()
    columns = ("id",)
    shape = FirstImpactReport
    filterset_class = ReportFilters
    pagination_class = None
    permissions = {"list": Permission.ACCOUNT_VIEW}

    @extend_schema(
        tags=["reports"],
        summary="Read the time to First Impact",
        responses=forced_singular_serializer(FirstImpactReport),  # type: ignore[no-untyped-call]
    )
    def list(self, request: Request) -> Response:
        accounts = cast(AccountQuerySet, self.filter_queryset(Account.objects.present().visible_to(self.key)))
        since = request.query_params.get("since") or self.tenant.first_impact_from
        by = request.query_params.get("by") or "segment"
        today = local_today(self.tenant)
        rows = report.waits(accounts, since=since, today=today, zone=self.tenant.zone)
        groups = [_told(line.label, line.curve) for line in report.by_group(rows, by)]
        return Response(
            {"as_of": today, "since": since, "by": by, "all": _told("", report.overall(rows)), "groups": groups}
        )


def _told(name: str, found: Curve) -> dict[str, Any]:
    return {
        "name": name,
        "accounts": found.count,
        "reached": found.reached,
        "waiting": found.waiting,
        "too_few": found.too_few,
        "median_days": found.within(0.5),
        "p75_days": found.within(0.75),
        "by_day": [_share(day, found.by(day)) for day in report.MARKS],
    }


def _share(day: int, at: Share | None) -> dict[str, Any]:
    known = {"share": None, "low": None, "high": None} if at is None else vars(at) | {"share": at.value}
    return {"day": day} | {name: known[name] for name in ("share", "low", "high")}


class EffectShape(serializers.Serializer):
    """Treated less held out, with its 95 % interval; null while there are too few to say."""

    treated = serializers.FloatField(allow_null=True)
    held_out = serializers.FloatField(allow_null=True)
    n_treated = serializers.IntegerField()
    n_held_out = serializers.IntegerField()
    difference = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    too_few = serializers.BooleanField()


class AfterShape(serializers.Serializer):
    days = serializers.IntegerField()
    health = EffectShape(help_text="Change of the score, in points.")
    usage = EffectShape(help_text="Typical (geometric) change of events in 28 days, in percent.")
    renewed = EffectShape(help_text="In percent of the accounts that paid on the day.")
    lost = EffectShape(help_text="In percent of the accounts that paid on the day.")


class PlayEffectShape(serializers.Serializer):
    play_id = serializers.IntegerField()
    name = serializers.CharField()
    verdict = serializers.ChoiceField(
        choices=["helps", "harms", "mixed", "none", "too_few", "no_hold_out"],
        help_text="Of all figures together; none: enough accounts, and chance explains it.",
    )
    matches_since = serializers.DateField(
        allow_null=True,
        help_text="Accounts whose first match is older count in no figure, since what was known of them then is no "
        "longer kept; null: there are none.",
    )
    after = AfterShape(many=True)


class PlayEffectsReport(Shape):
    as_of = serializers.DateField()
    plays = PlayEffectShape(many=True)


class NoFilters(df.FilterSet):
    class Meta:
        model = Account
        fields: tuple[str, ...] = ()


class PlayEffectsResource(Resource):
    """`reports/play-effects`."""

    noun = "report"
    queryset = Account.objects.all()
    columns = ("id",)
    shape = PlayEffectsReport
    filterset_class = NoFilters
    pagination_class = None
    permissions = {"list": Permission.PLAY_VIEW}

    @extend_schema(
        tags=["reports"],
        summary="Read what plays with a hold-out change",
        responses=forced_singular_serializer(PlayEffectsReport),  # type: ignore[no-untyped-call]
    )
    def list(self, request: Request) -> Response:
        self.filter_queryset(self.queryset)
        today = local_today(self.tenant)
        plays = [
            {"play_id": each.play.pk, "name": each.play.name, "verdict": each.verdict,
             "matches_since": each.since, "after": [_after(after) for after in each.after]}
            for each in play_effects.report(self.tenant, today=today)
        ]  # fmt: skip
        return Response({"as_of": today, "plays": plays})


def _after(after: play_effects.After) -> dict[str, Any]:
    named = {name: getattr(after, name) for name in ("health", "usage", "renewed", "lost")}
    fields = list(EffectShape().fields)
    effects = {name: {field: getattr(effect, field) for field in fields} for name, effect in named.items()}
    return {"days": after.days} | effects


routes: list[tuple[str, type[GenericViewSet], str]] = [
    ("reports/first-impact", FirstImpactReportResource, "first-impact-report"),
    ("reports/play-effects", PlayEffectsResource, "play-effects-report"),
]
