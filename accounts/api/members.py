"""Members: the workspace's people, so that another system knows whom to name as an owner."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.filters import MemberFilters
from accounts.api.resource import Readable, Shape, tagged
from accounts.models import Membership
from accounts.roles import PEOPLE_ROLE_CHOICES, Permission


class MemberShape(Shape):
    id = serializers.IntegerField(help_text="As owners, assignees and actors are named by.")
    name = serializers.CharField()
    email = serializers.EmailField()
    role = serializers.ChoiceField(choices=PEOPLE_ROLE_CHOICES)

    @staticmethod
    def of(row: dict[str, Any]) -> dict[str, Any]:
        return {"id": row["user_id"], "name": row["user__name"], "email": row["user__email"], "role": row["role"]}


@extend_schema(tags=["members"])
@extend_schema_view(
    list=extend_schema(summary="List members", description="Those who are there; who left is left out."),
    retrieve=extend_schema(summary="Read a member"),
)
class MemberResource(Readable):
    noun = "member"
    queryset = Membership.objects.here().active()
    filterset_class = MemberFilters
    shape = MemberShape
    columns = ("user_id", "user__name", "user__email", "role")
    permissions = {"list": Permission.ACCOUNT_VIEW, "retrieve": Permission.ACCOUNT_VIEW}

    def order(self, request: Request) -> tuple[str, ...]:
        return ("user_id",)

    def retrieve(self, request: Request, pk: str) -> Response:
        return tagged(self.one(user_id=int(pk)))
