"""Contracts as other systems say and read them: terms with lines, each line with a product and an amount."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import Q
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.api.fields import LARGEST_ID, Amount, Day, Entry, Money, OfAccount, Text, Versioned
from accounts.api.resource import Shape
from accounts.models import Product

PLAIN = (
    "id", "external_id", "name", "currency", "signed_on", "start_on", "end_on", "auto_renew", "notice_days", "ended_on",
    "end_reason", "version", "created_at", "updated_at",
)  # fmt: skip
MOST_LINES = 200
NO_PRODUCT = "No product in this workspace has this id or code."


class ProductOfLine(serializers.Serializer):
    id = serializers.IntegerField()
    code = serializers.CharField()
    name = serializers.CharField()


class LineShape(Shape):
    product = ProductOfLine()
    quantity = serializers.IntegerField()
    amount = Amount(help_text="A year for recurring products, once for others.")
    recurring = serializers.BooleanField()
    start_on = serializers.DateField()
    end_on = serializers.DateField()

    @staticmethod
    def of(row: dict[str, Any]) -> dict[str, Any]:
        """From a row of `.values()` of ContractLine that joined product and contract."""
        return {
            "product": {"id": row["product_id"], "code": row["product__code"], "name": row["product__name"]},
            "quantity": row["quantity"],
            "amount": Money.of(row["amount_minor"], row["contract__currency"]),
            "recurring": row["recurring"],
            "start_on": row["start_on"],
            "end_on": row["end_on"],
        }


class ContractShape(Shape):
    id = serializers.IntegerField()
    external_id = serializers.CharField(allow_null=True, help_text="The id in your system; unique in the workspace.")
    account = serializers.IntegerField(help_text="The account's id.")
    account_external_id = serializers.CharField(allow_null=True)
    name = serializers.CharField()
    currency = serializers.CharField(help_text="ISO 4217; the account's.")
    signed_on = serializers.DateField()
    start_on = serializers.DateField(help_text="The first day of the term.")
    end_on = serializers.DateField(help_text="The first day after the term, hence the day of renewal.")
    auto_renew = serializers.BooleanField()
    notice_days = serializers.IntegerField()
    renews = serializers.IntegerField(allow_null=True, help_text="The id of the contract that this one renews.")
    ended_on = serializers.DateField(allow_null=True, help_text="Ended for good: the first day without it.")
    end_reason = serializers.CharField()
    arr = Amount(help_text="What its recurring lines come to in a year, as last agreed.")
    lines = LineShape(many=True)
    version = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()

    @staticmethod
    def of(row: dict[str, Any]) -> dict[str, Any]:
        """From a row of `.values()` with `lines`, the rows of its lines."""
        shown = {name: row[name] for name in PLAIN}
        shown["account"] = row["account_id"]
        shown["account_external_id"] = row["account__external_id"]
        shown["renews"] = row["renews_id"]
        agreed = [line for line in row["lines"] if line["recurring"] and line["end_on"] == row["end_on"]]
        shown["arr"] = Money.of(sum(line["amount_minor"] for line in agreed), row["currency"])
        shown["lines"] = [LineShape.of(line) for line in row["lines"]]
        return shown


@extend_schema_field(
    {"oneOf": [{"type": "integer"}, {"type": "string"}], "description": "A product's id or code."},
)
class ProductRef(serializers.Field):
    """Only its kind is looked at here; all lines' products are found in one query."""

    def to_internal_value(self, data: Any) -> int | str:
        if isinstance(data, str) or (type(data) is int and 0 < data <= LARGEST_ID):
            return data
        raise serializers.ValidationError("This must be a product's id or code.")

    def to_representation(self, value: Any) -> Any:
        return value


class LineEntry(Entry):
    product = ProductRef()
    quantity = serializers.IntegerField(min_value=1, max_value=2**31 - 1, required=False)
    amount = Money(help_text="A year for recurring products, once for others; in the contract's currency.")
    start_on = Day(required=False, help_text="Within the term; from its start if left out.")
    end_on = Day(required=False, help_text="Within the term; until its end if left out.")


class WithLines(Entry):
    lines = LineEntry(many=True, allow_empty=False, max_length=MOST_LINES)  # type: ignore[call-arg]

    def validate_lines(self, lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Lines as the actions take them, but for their amounts, whose currency only the contract knows."""
        said = [line["product"] for line in lines]
        wanted = Q(pk__in=[ref for ref in said if isinstance(ref, int)])
        wanted |= Q(code__in=[ref for ref in said if isinstance(ref, str)])
        known: dict[int | str, Product] = {}
        for product in Product.objects.filter(wanted):
            known |= {product.pk: product, product.code: product}
        wrong = [{} if ref in known else {"product": [NO_PRODUCT]} for ref in said]
        if any(wrong):
            raise serializers.ValidationError(wrong)
        return [line | {"product": known[line["product"]]} for line in lines]


class TermEntry(WithLines):
    name = Text(160, required=True)
    signed_on = Day()
    start_on = Day()
    end_on = Day(help_text="The first day after the term.")
    auto_renew = serializers.BooleanField(required=False)
    notice_days = serializers.IntegerField(min_value=0, max_value=3650, required=False)
    external_id = serializers.CharField(max_length=120, required=False, allow_null=True)


class ContractEntry(TermEntry, OfAccount):
    example: ClassVar[dict[str, Any]] = {
        "account_external_id": "001A0000", "name": "Platform 2026", "signed_on": "2026-01-15", "start_on": "2026-02-01",
        "end_on": "2027-02-01", "auto_renew": True, "notice_days": 60,
        "lines": [{"product": "platform", "quantity": 120, "amount": {"amount": "48000.00", "currency": "USD"}}],
    }  # fmt: skip


class ContractByExternalId(TermEntry, OfAccount):
    """Said again with other lines, the contract is amended from today on; its term is fixed once signed."""

    external_id = None  # type: ignore[assignment]


class Renewal(TermEntry):
    """The next term; what is left out is as in the one before, and it starts where that one ends."""

    name = Text(160, required=False, allow_blank=False)
    start_on = Day(required=False)


class Amendment(WithLines, Versioned):
    """From `on` these are all its lines; a product that isn't among them ends there."""

    example: ClassVar[dict[str, Any]] = {
        "on": "2026-08-01",
        "lines": [{"product": "platform", "quantity": 150, "amount": {"amount": "60000.00", "currency": "USD"}}],
    }

    on = Day()


class Ending(Versioned):
    example: ClassVar[dict[str, Any]] = {"on": "2027-02-01", "reason": "Moved to an in-house tool"}

    on = Day(help_text="The first day without the contract; it may lie ahead.")
    reason = Text(200, required=True)


class ContractChange(Versioned):
    """What moves no money. Fields that are left out stay as they are."""

    name = Text(160, required=False, allow_blank=False)
    auto_renew = serializers.BooleanField(required=False)
    notice_days = serializers.IntegerField(min_value=0, max_value=3650, required=False)
    external_id = serializers.CharField(max_length=120, required=False, allow_null=True)


def minor_lines(lines: list[dict[str, Any]], currency: str) -> list[dict[str, Any]]:
    """The lines with their amounts in the contract's smallest unit; another currency is refused by line."""
    wrong = [
        {} if line["amount"]["currency"] == currency else {"amount": {"currency": [f"The contract is in {currency}."]}}
        for line in lines
    ]
    if any(wrong):
        raise serializers.ValidationError({"lines": wrong})
    return [
        {name: value for name, value in line.items() if name != "amount"} | {"amount_minor": line["amount"]["minor"]}
        for line in lines
    ]
