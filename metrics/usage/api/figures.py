"""The figures of an account's days."""

from __future__ import annotations

import datetime as dt
from typing import Any

import django_filters as df
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.resource import Resource, Shape
from accounts.models import Account
from accounts.roles import Permission
from metrics.usage.models import Daily


class FigureShape(Shape):
    metric = serializers.CharField(help_text="The metric's key.")
    day = serializers.DateField(help_text="In the workspace's zone.")
    count = serializers.IntegerField()
    users = serializers.IntegerField(help_text="Different people.")
    sum = serializers.FloatField(help_text="Of the metric's property.")
    last = serializers.FloatField(allow_null=True, help_text="Of the metric's property on that day.")

    @staticmethod
    def of(row: dict[str, Any]) -> dict[str, Any]:
        day: dt.date = row["day"]
        last = None if row["last"] is None else float(row["last"])
        return {
            "metric": row["metric__key"], "day": day.isoformat(), "count": row["count"], "users": row["users"],
            "sum": float(row["sum"]), "last": last,
        }  # fmt: skip


class FigureFilters(df.FilterSet):
    metric = df.CharFilter(field_name="metric__key", help_text="Key of a metric.")

    class Meta:
        model = Daily
        fields: list[str] = []


# `from` is a word of Python, so these two can't be written as attributes.
FigureFilters.base_filters["from"] = df.DateFilter(
    field_name="day", lookup_expr="gte", help_text="First day, such as 2026-01-01."
)
FigureFilters.base_filters["to"] = df.DateFilter(field_name="day", lookup_expr="lte", help_text="Last day.")


@extend_schema(tags=["usage"])
@extend_schema_view(list=extend_schema(summary="Read an account's usage by day", description="Newest first."))
class FigureResource(Resource):
    noun = "figure"
    queryset = Daily.objects.all()
    filterset_class = FigureFilters
    shape = FigureShape
    columns = ("id", "metric__key", "day", "count", "users", "sum", "last")
    permissions = {"list": Permission.ACCOUNT_VIEW}

    def order(self, request: Request) -> tuple[str, ...]:
        return ("-day", "-id")

    def rows(self) -> QuerySet[Any]:
        account = Account.objects.filter(pk=int(self.kwargs["account_pk"])).first()
        if account is None:
            raise NotFound("There is no such account.")
        return super().rows().filter(account=account)

    def list(self, request: Request, account_pk: str) -> Response:
        page = self.paginate_queryset(self.filter_queryset(self.rows()))
        return self.get_paginated_response(self.shown(page or []))
