"""Who is asking: the key, its workspace and who made it."""

from __future__ import annotations

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.fields import Person
from accounts.api.resource import Resource, Shape
from accounts.models import ApiKey
from accounts.roles import SPECS, Permission


class TenantShape(serializers.Serializer):
    """The workspace that the key belongs to."""

    slug = serializers.CharField()
    name = serializers.CharField()
    timezone = serializers.CharField()
    country = serializers.CharField()
    currency = serializers.CharField()


class KeyShape(serializers.Serializer):
    name = serializers.CharField()
    prefix = serializers.CharField(help_text="The key's first characters.")
    scope = serializers.ChoiceField(choices=ApiKey.SCOPES)
    created_by = Person(help_text="What the key does is told as done by this person.")
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(allow_null=True)


class MeShape(Shape):
    tenant = TenantShape()
    key = KeyShape()
    permissions = serializers.ListField(child=serializers.CharField(), help_text="What keys of this scope may do.")


@extend_schema(tags=["me"])
class MeResource(Resource):
    noun = "key"
    shape = MeShape
    pagination_class = None
    filter_backends = ()
    permissions = {"read": Permission.ACCOUNT_VIEW}

    def get_queryset(self) -> QuerySet[ApiKey]:
        return ApiKey.objects.filter(pk=self.key.pk)

    @extend_schema(operation_id="me_read", summary="Read what this key is")
    def read(self, request: Request) -> Response:
        key, tenant = self.key, self.tenant
        by = {"id": self.by.pk, "name": self.by.name, "email": self.by.email}
        shown = {name: getattr(key, name) for name in ("name", "prefix", "scope", "created_at", "expires_at")}
        allowed = SPECS[key.role].permissions if key.scope == "write" else ()
        body = {
            "tenant": {name: getattr(tenant, name) for name in ("slug", "name", "timezone", "country", "currency")},
            "key": shown | {"created_by": by},
            "permissions": sorted(
                str(p) for p in SPECS[key.role].permissions if p in allowed or str(p).endswith(".view")
            ),
        }
        return Response(body)
