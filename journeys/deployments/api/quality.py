"""Status reports, and peer reviews with their findings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, ClassVar

import django_filters as df
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.fields import Day, Member, Person, Text, Versioned
from accounts.api.filters import Choices, Ids, Instants
from accounts.api.resource import Readable, Shape
from journeys.deployments.actions import quality
from journeys.deployments.api.fields import EDIT, LONGEST, VIEW, OfDeployment
from journeys.deployments.models import Finding, PeerReview, StatusReport, Tone, Verdict

REPORT = (
    "id", "as_of", "schedule", "budget", "quality", "schedule_figure", "budget_figure", "quality_figure", "summary",
    "next", "recorded_at",
)  # fmt: skip


class ReportFilters(df.FilterSet):
    deployment = Ids(field_name="deployment_id", help_text="The id of the deployment.")
    account = Ids(field_name="deployment__account_id", help_text="The id of the account.")
    recorded_since = Instants("recorded_at", "gte")

    class Meta:
        model = StatusReport
        fields: tuple[str, ...] = ()


class ReportShape(Shape):
    id = serializers.IntegerField()
    deployment = serializers.IntegerField(help_text="The deployment's id.")
    as_of = serializers.DateField()
    schedule = serializers.ChoiceField(choices=Tone.choices)
    budget = serializers.ChoiceField(choices=Tone.choices)
    quality = serializers.ChoiceField(choices=Tone.choices)
    schedule_figure = serializers.CharField(help_text="What the rows suggested that day.")
    budget_figure = serializers.CharField()
    quality_figure = serializers.CharField()
    summary = serializers.CharField()
    next = serializers.CharField()
    recorded_by = Person(allow_null=True)
    recorded_at = serializers.DateTimeField()

    @staticmethod
    def of(row: dict[str, Any]) -> dict[str, Any]:
        return {name: row[name] for name in (*REPORT, "recorded_by")} | {"deployment": row["deployment_id"]}


class StatusReporting(OfDeployment):
    example: ClassVar[dict[str, Any]] = {
        "deployment": 1, "schedule": "amber", "budget": "green", "quality": "green", "summary": "Data came late.",
    }  # fmt: skip

    as_of = Day(required=False, help_text="Today if left out.")
    schedule = serializers.ChoiceField(choices=Tone.choices)
    budget = serializers.ChoiceField(choices=Tone.choices)
    quality = serializers.ChoiceField(choices=Tone.choices)
    summary = Text(LONGEST, required=True)
    next = Text(LONGEST, required=False)


@extend_schema(tags=["deployments"])
@extend_schema_view(
    list=extend_schema(summary="List status reports"),
    retrieve=extend_schema(summary="Read a status report"),
    create=extend_schema(summary="Report how a deployment stands"),
)
class ReportResource(Readable):
    noun = "status report"
    queryset = StatusReport.objects.all()
    filterset_class = ReportFilters
    shape = ReportShape
    people = ("recorded_by",)
    columns = (*REPORT, "deployment_id")
    entries = {"create": StatusReporting}
    permissions = {"list": VIEW, "retrieve": VIEW, "create": EDIT}

    def create(self, request: Request) -> Response:
        values = self.said()
        return self.answer(quality.report(values.pop("deployment"), values, by=self.by).pk, 201)


class ReviewFilters(df.FilterSet):
    deployment = Ids(field_name="deployment_id", help_text="The id of the deployment.")
    account = Ids(field_name="deployment__account_id", help_text="The id of the account.")
    verdict = Choices(choices=Verdict.choices)
    recorded_since = Instants("recorded_at", "gte")

    class Meta:
        model = PeerReview
        fields: tuple[str, ...] = ()


class FindingShape(Shape):
    id = serializers.IntegerField()
    review = serializers.IntegerField(help_text="The review's id.")
    text = serializers.CharField()
    settled_on = serializers.DateField(allow_null=True)
    version = serializers.IntegerField()

    @staticmethod
    def of(row: dict[str, Any]) -> dict[str, Any]:
        return {name: row[name] for name in ("id", "text", "settled_on", "version")} | {"review": row["review_id"]}


class ReviewShape(Shape):
    id = serializers.IntegerField()
    deployment = serializers.IntegerField(help_text="The deployment's id.")
    reviewer = Person()
    reviewed_on = serializers.DateField()
    verdict = serializers.ChoiceField(choices=Verdict.choices)
    summary = serializers.CharField()
    findings = FindingShape(many=True)
    recorded_by = Person(allow_null=True)
    recorded_at = serializers.DateTimeField()

    @staticmethod
    def of(row: dict[str, Any]) -> dict[str, Any]:
        names = ("id", "reviewer", "reviewed_on", "verdict", "summary", "findings", "recorded_by", "recorded_at")
        return {name: row[name] for name in names} | {"deployment": row["deployment_id"]}


class PeerReviewing(OfDeployment):
    reviewer = Member(help_text="A peer, not the lead: a member's id or e-mail address.")
    reviewed_on = Day()
    verdict = serializers.ChoiceField(choices=Verdict.choices)
    summary = Text(LONGEST, required=False)
    findings = serializers.ListField(child=Text(500, required=True), required=False, max_length=100)


@extend_schema(tags=["deployments"])
@extend_schema_view(
    list=extend_schema(summary="List peer reviews"),
    retrieve=extend_schema(summary="Read a peer review"),
    create=extend_schema(summary="Keep a peer's review of a deployment"),
)
class ReviewResource(Readable):
    noun = "peer review"
    queryset = PeerReview.objects.all()
    filterset_class = ReviewFilters
    shape = ReviewShape
    people = ("reviewer", "recorded_by")
    columns = ("id", "deployment_id", "reviewed_on", "verdict", "summary", "recorded_at")
    entries = {"create": PeerReviewing}
    permissions = {"list": VIEW, "retrieve": VIEW, "create": EDIT}

    def shown(self, rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
        page = self.with_people(rows)
        found: dict[int, list[dict[str, Any]]] = defaultdict(list)
        kept = Finding.objects.filter(review__in=[row["id"] for row in page])
        for one in kept.values("id", "review_id", "text", "settled_on", "version"):
            found[one["review_id"]].append(FindingShape.of(dict(one)))
        return [self.shape.of(row | {"findings": found[row["id"]]}) for row in page]

    def create(self, request: Request) -> Response:
        values = self.said()
        texts = values.pop("findings", [])
        return self.answer(quality.review(values.pop("deployment"), values, texts, by=self.by).pk, 201)


class FindingFilters(df.FilterSet):
    deployment = Ids(field_name="review__deployment_id", help_text="The id of the deployment.")
    review = Ids(field_name="review_id", help_text="The id of the review.")
    open = df.BooleanFilter("settled_on", "isnull", help_text="true: not settled yet.")

    class Meta:
        model = Finding
        fields: tuple[str, ...] = ()


@extend_schema(tags=["deployments"])
@extend_schema_view(
    list=extend_schema(summary="List findings of peer reviews"), retrieve=extend_schema(summary="Read a finding")
)
class FindingResource(Readable):
    noun = "finding"
    queryset = Finding.objects.all()
    filterset_class = FindingFilters
    shape = FindingShape
    columns = ("id", "review_id", "text", "settled_on", "version")
    entries = {"settle": Versioned}
    permissions = {"list": VIEW, "retrieve": VIEW, "settle": EDIT}

    @extend_schema(summary="Settle a finding")
    @action(detail=True, methods=["post"])
    def settle(self, request: Request, pk: str) -> Response:
        values = self.said()
        row = self.found(pk=int(pk))
        quality.settle(row, by=self.by, version=self.version(values))
        return self.answer(row.pk)
