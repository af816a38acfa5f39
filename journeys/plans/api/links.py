"""Who holds a link to a plan. An address is never answered: it goes to its person by mail, and its hash is kept."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters as df
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.fields import Entry, Person
from accounts.api.filters import Ids
from accounts.api.resource import Readable, Shape
from accounts.roles import Permission
from journeys.plans.actions import sharing
from journeys.plans.api.fields import OfPlan, TheirPerson, TheirPersonShape
from journeys.plans.models import SharedLink
from journeys.plans.models.sharing import READERS, reads

INSTANTS = ("created_at", "expires_at", "mailed_at", "revoked_at", "first_visit_at", "last_visit_at")


class LinkFilters(df.FilterSet):
    plan = Ids(field_name="plan_id", help_text="The id of the plan.")
    account = Ids(field_name="plan__account_id", help_text="The id of the account.")
    contact = Ids(field_name="contact_id", help_text="The id of the person who holds it.")

    class Meta:
        model = SharedLink
        fields: tuple[str, ...] = ()


class LinkShape(Shape):
    id = serializers.IntegerField()
    plan = serializers.IntegerField(help_text="The plan's id.")
    contact = TheirPersonShape(help_text="Who holds it.")
    audience = serializers.ChoiceField(choices=READERS, help_text="What its holder reads today.")
    created_at = serializers.DateTimeField()
    created_by = Person(allow_null=True)
    expires_at = serializers.DateTimeField()
    mailed_at = serializers.DateTimeField(
        allow_null=True, help_text="When it left by mail; null while it waits, or if it was handed over by hand."
    )
    revoked_at = serializers.DateTimeField(allow_null=True)
    revoked_by = Person(allow_null=True)
    first_visit_at = serializers.DateTimeField(allow_null=True)
    last_visit_at = serializers.DateTimeField(allow_null=True)

    @staticmethod
    def of(row: dict[str, Any]) -> dict[str, Any]:
        shown = {name: row[name] for name in ("id", "created_by", "revoked_by", *INSTANTS)}
        shown["audience"] = reads(row["audience"], row["contact__buying_role"]).value
        return shown | {"plan": row["plan_id"], "contact": TheirPersonShape.of(row, "contact")}


class LinkTerm(Entry):
    days = serializers.IntegerField(
        min_value=1,
        max_value=sharing.LONGEST,
        required=False,
        help_text=f"How long it works; {sharing.DAYS}, if left out.",
    )


class LinkEntry(LinkTerm, OfPlan):
    """For one person with an e-mail address, who gets the link by mail."""

    example: ClassVar[dict[str, Any]] = {"plan": 1, "contact": 1}

    contact = TheirPerson(required=True, allow_null=False)
    audience = serializers.ChoiceField(
        choices=READERS, required=False, help_text="The champion’s for a champion, if left out; else everyone’s."
    )


@extend_schema(tags=["plans"])
@extend_schema_view(
    list=extend_schema(summary="List the links to shared plans"),
    retrieve=extend_schema(summary="Read a link, without its address"),
    create=extend_schema(summary="Share a plan with a person, who gets the link by mail"),
)
class LinkResource(Readable):
    noun = "link"
    queryset = SharedLink.objects.all()
    filterset_class = LinkFilters
    shape = LinkShape
    people = ("created_by", "revoked_by")
    columns = ("id", "plan_id", "contact_id", "contact__name", "contact__buying_role", "audience", *INSTANTS)
    entries = {"create": LinkEntry, "renew": LinkTerm, "revoke": Entry}
    permissions = {
        "list": Permission.ACCOUNT_VIEW,
        "retrieve": Permission.ACCOUNT_VIEW,
        "create": Permission.PLAN_SHARE,
        "renew": Permission.PLAN_SHARE,
        "revoke": Permission.PLAN_SHARE,
    }

    def create(self, request: Request) -> Response:
        values = self.said()
        link, _token = sharing.share(values.pop("plan"), values.pop("contact"), **values, mail=True, by=self.by)
        return self.answer(link.pk, 201)

    @extend_schema(summary="Let a link work from today on again")
    @action(detail=True, methods=["post"])
    def renew(self, request: Request, pk: str) -> Response:
        return self.answer(sharing.renew(self.found(pk=int(pk)), **self.said(), by=self.by).pk)

    @extend_schema(summary="End a link for good, with every visit")
    @action(detail=True, methods=["post"])
    def revoke(self, request: Request, pk: str) -> Response:
        self.said()
        return self.answer(sharing.revoke(self.found(pk=int(pk)), by=self.by).pk)
