"""The lines of a contract as other systems say them: every wrong one named, whatever else is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Q
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.actions.errors import Errors
from accounts.api.fields import LARGEST_ID, Day, Entry, Money
from accounts.models import Product

MOST_LINES = 200
NO_PRODUCT = "No product in this workspace has this id or code."
Line = dict[str, Any]


@extend_schema_field(
    {"oneOf": [{"type": "integer"}, {"type": "string"}], "description": "A product's id or code."},
)
class ProductRef(serializers.Field):
    """A product out of those that were looked up for all lines in one query."""

    def to_internal_value(self, data: Any) -> Product:
        if not _is_ref(data):
            raise serializers.ValidationError("This must be a product's id or code.")
        found: Product | None = self.context["products"].get(data)
        if found is None:
            raise serializers.ValidationError(NO_PRODUCT)
        return found

    def to_representation(self, value: Any) -> Any:
        return value


class Lines(serializers.ListSerializer):
    """Keeps in `taken` what could be read of each line, None where nothing could: the term is held against it, too."""

    taken: list[Line | None]

    def to_internal_value(self, data: Any) -> Any:
        self.taken = []
        return super().to_internal_value(data)

    def run_child_validation(self, data: Any) -> Any:
        self.taken.append(None)
        return super().run_child_validation(data)


class LineEntry(Entry):
    product = ProductRef()
    quantity = serializers.IntegerField(min_value=1, max_value=2**31 - 1, required=False)
    amount = Money(help_text="A year for recurring products, once for others; in the contract's currency.")
    start_on = Day(required=False, help_text="Within the term; from its start if left out.")
    end_on = Day(required=False, help_text="Within the term; until its end if left out.")

    class Meta:
        list_serializer_class = Lines

    def wrong(self, data: Mapping[str, Any], values: dict[str, Any]) -> Errors:
        assert isinstance(self.parent, Lines)
        self.parent.taken[-1] = values
        return super().wrong(data, values)


class WithLines(Entry):
    lines = LineEntry(many=True, allow_empty=False, max_length=MOST_LINES)  # type: ignore[call-arg]

    def to_internal_value(self, data: Any) -> Any:
        context: Any = self.context
        context["products"] = _products(data.get("lines") if isinstance(data, Mapping) else None)
        return super().to_internal_value(data)

    def lines_taken(self, data: Mapping[str, Any], currency: str | None, errors: Errors) -> list[Line | None] | None:
        """What the actions can judge of the lines, None if nothing; amounts in another currency are put on the list."""
        taken: list[Line | None] = getattr(self.fields["lines"], "taken", [])
        for index, _ in enumerate(taken):
            if currency and _currency(data["lines"][index]) not in (None, currency):
                errors[f"lines.{index}.amount.currency"] = [f"The contract is in {currency}."]
        return [line and in_minor(line) for line in taken] or None


def in_minor(line: Line) -> Line:
    """The line with its amount in the contract's smallest unit; one that couldn't be read is refused by itself."""
    minor = line["amount"]["minor"] if "amount" in line else 0
    return {name: value for name, value in line.items() if name != "amount"} | {"amount_minor": minor}


def _currency(line: Any) -> Any:
    """As it was said, however wrong the rest of the line is."""
    amount = line.get("amount") if isinstance(line, dict) else None
    return amount.get("currency") if isinstance(amount, dict) else None


def _products(lines: Any) -> dict[int | str, Product]:
    """Those that the lines name, by id and by code."""
    said = lines[:MOST_LINES] if isinstance(lines, list) else []
    refs = [line.get("product") for line in said if isinstance(line, dict)]
    wanted = Q(pk__in=[ref for ref in refs if _is_ref(ref) and not isinstance(ref, str)])
    wanted |= Q(code__in=[ref for ref in refs if isinstance(ref, str)])
    known: dict[int | str, Product] = {}
    for product in Product.objects.filter(wanted):
        known |= {product.pk: product, product.code: product}
    return known


def _is_ref(data: Any) -> bool:
    return isinstance(data, str) or (type(data) is int and 0 < data <= LARGEST_ID)
