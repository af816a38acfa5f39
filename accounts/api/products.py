"""Products: what the workspace sells."""

from __future__ import annotations

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actions import products
from accounts.api.fields import Entry, Text, Versioned
from accounts.api.filters import ProductFilters
from accounts.api.resource import Readable, Shape
from accounts.models import Product
from accounts.roles import Permission

PLAIN = ("id", "code", "name", "description", "unit", "recurring", "active", "version")


class ProductShape(Shape):
    id = serializers.IntegerField()
    code = serializers.CharField(help_text="Unique in the workspace.")
    name = serializers.CharField()
    description = serializers.CharField()
    unit = serializers.CharField(help_text="What a contract's quantity counts, such as seat or site.")
    recurring = serializers.BooleanField(help_text="Counts into ARR; one-off services don't.")
    active = serializers.BooleanField(help_text="Can be sold.")
    version = serializers.IntegerField()

    @staticmethod
    def of(row: dict[str, Any]) -> dict[str, Any]:
        return row


class ProductEntry(Entry):
    example: ClassVar[dict[str, Any]] = {"name": "Platform", "code": "platform", "unit": "seat"}

    name = Text(120, required=True)
    code = serializers.RegexField(r"^[-a-zA-Z0-9_]+\Z", max_length=60, required=False, help_text="Made from the name.")
    description = Text(300, required=False)
    unit = Text(40, required=False, allow_blank=False)
    recurring = serializers.BooleanField(required=False)
    active = serializers.BooleanField(required=False)


class ProductChange(ProductEntry, Versioned):
    """Fields that are left out stay as they are."""


@extend_schema(tags=["products"])
@extend_schema_view(
    list=extend_schema(summary="List products"),
    retrieve=extend_schema(summary="Read a product"),
    create=extend_schema(summary="Add a product"),
    partial_update=extend_schema(summary="Change a product"),
)
class ProductResource(Readable):
    noun = "product"
    queryset = Product.objects.all()
    filterset_class = ProductFilters
    shape = ProductShape
    columns = PLAIN
    entries = {"create": ProductEntry, "partial_update": ProductChange}
    permissions = {
        "list": Permission.ACCOUNT_VIEW,
        "retrieve": Permission.ACCOUNT_VIEW,
        "create": Permission.PRODUCT_EDIT,
        "partial_update": Permission.PRODUCT_EDIT,
    }

    def create(self, request: Request) -> Response:
        return self.answer(products.add(self.said(), by=self.by).pk, 201)

    def partial_update(self, request: Request, pk: str) -> Response:
        values = self.said(partial=True)
        product = self.found(pk=int(pk))
        products.edit(product, values, by=self.by, version=self.version(values))
        return self.answer(product.pk)
