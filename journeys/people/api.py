"""The people map for other systems: roles, people, gaps."""

from __future__ import annotations

import datetime as dt
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from accounts.api.resource import Resource, Shape
from accounts.calendar import local_today
from accounts.models import Account, BuyingRole, Contact, Influence, Stance
from accounts.roles import Permission
from journeys.people.gaps import Known, gaps
from journeys.people.models import with_last_met


class MappedPerson(serializers.Serializer):
    id = serializers.IntegerField(help_text="The contact's id.")
    name = serializers.CharField()
    title = serializers.CharField()
    buying_role = serializers.ChoiceField(choices=BuyingRole.choices, allow_blank=True)
    stance = serializers.ChoiceField(choices=Stance.choices, allow_blank=True)
    influence = serializers.ChoiceField(choices=Influence.choices)
    reports_to = serializers.IntegerField(allow_null=True, help_text="The id of their superior at the account.")
    last_met_at = serializers.DateTimeField(allow_null=True, help_text="In a held meeting, or in a logged call.")


class MappedRole(serializers.Serializer):
    role = serializers.ChoiceField(choices=BuyingRole.choices)
    vacant = serializers.BooleanField()
    people = serializers.ListField(child=serializers.IntegerField(), help_text="Ids of contacts.")


class MappedGap(serializers.Serializer):
    code = serializers.CharField()
    text = serializers.CharField()
    tone = serializers.ChoiceField(choices=[("red", "Red"), ("amber", "Amber")])
    people = serializers.ListField(child=serializers.IntegerField(), help_text="Ids of the contacts it is about.")


class PeopleMapShape(Shape):
    account = serializers.IntegerField(help_text="The account's id.")
    roles = MappedRole(many=True)
    people = MappedPerson(many=True)
    gaps = MappedGap(many=True)


class PeopleMapResource(Resource):
    """`accounts/<id>/people-map`."""

    noun = "account"
    queryset = Account.objects.all()
    columns = ("id",)
    shape = PeopleMapShape
    filter_backends = ()
    pagination_class = None
    permissions = {"list": Permission.ACCOUNT_VIEW}

    @extend_schema(
        tags=["people map"], summary="Read the people map of an account", responses=PeopleMapShape(many=False)
    )
    def list(self, request: Request, account: str) -> Response:
        found = Account.objects.present().visible_to(self.key).filter(pk=int(account)).first()
        if found is None:
            raise NotFound("There is no such account.")
        there = Contact.objects.filter(account=found, departed_on=None).order_by("name", "id")
        return Response(_told(found, list(with_last_met(there)), local_today(self.tenant), self.tenant.zone))


def _told(account: Account, people: list[Any], today: dt.date, zone: dt.tzinfo) -> dict[str, Any]:
    facts = [Known(p.pk, p.name, p.buying_role, p.stance, p.influence, _day(p.last_met_at, zone)) for p in people]
    named = ("id", "name", "title", "buying_role", "stance", "influence", "last_met_at")
    by_role = {role.value: [p.pk for p in people if p.buying_role == role] for role in BuyingRole}
    return {
        "account": account.pk,
        "roles": [{"role": role, "vacant": not ids, "people": ids} for role, ids in by_role.items()],
        "people": [{name: getattr(p, name) for name in named} | {"reports_to": p.reports_to_id} for p in people],
        "gaps": [
            {"code": gap.code, "text": gap.text, "tone": gap.tone, "people": list(gap.people)}
            for gap in gaps(facts, today)
        ],
    }


def _day(instant: dt.datetime | None, zone: dt.tzinfo) -> dt.date | None:
    return instant.astimezone(zone).date() if instant else None


routes: list[tuple[str, type[GenericViewSet], str]] = [
    (r"accounts/(?P<account>[0-9]{1,18})/people-map", PeopleMapResource, "people-map")
]
