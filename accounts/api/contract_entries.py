"""Contracts as other systems say and read them: terms with lines, each line with a product and an amount."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from rest_framework import serializers

from accounts.actions import contract_terms
from accounts.actions.errors import Errors
from accounts.api.contract_lines import WithLines
from accounts.api.fields import Amount, Day, Money, OfAccount, Text, Versioned, account_of
from accounts.api.resource import Shape
from accounts.calendar import local_today
from accounts.models import Account, Contract

PLAIN = (
    "id", "external_id", "name", "currency", "signed_on", "start_on", "end_on", "auto_renew", "notice_days", "ended_on",
    "end_reason", "version", "created_at", "updated_at",
)  # fmt: skip


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


class TermEntry(WithLines):
    name = Text(160, required=True)
    signed_on = Day()
    start_on = Day()
    end_on = Day(help_text="The first day after the term.")
    auto_renew = serializers.BooleanField(required=False)
    notice_days = serializers.IntegerField(min_value=0, max_value=3650, required=False)
    external_id = serializers.CharField(max_length=120, required=False, allow_null=True)

    def wrong(self, data: Mapping[str, Any], values: dict[str, Any]) -> Errors:
        return super().wrong(data, values) | self.wrong_term(account_of(values), data, values)

    def wrong_term(
        self, account: Account | None, data: Mapping[str, Any], values: dict[str, Any], renews: Contract | None = None
    ) -> Errors:
        errors: Errors = {}
        lines = self.lines_taken(data, account.currency if account else None, errors)
        today = local_today(self.context["tenant"])
        draft = contract_terms.draft(account, terms_of(values), today=today, renews=renews)
        return errors | contract_terms.wrong(draft, lines)


class ContractEntry(TermEntry, OfAccount):
    example: ClassVar[dict[str, Any]] = {
        "account_external_id": "001A0000", "name": "Platform 2026", "signed_on": "2026-01-15", "start_on": "2026-02-01",
        "end_on": "2027-02-01", "auto_renew": True, "notice_days": 60,
        "lines": [{"product": "platform", "quantity": 120, "amount": {"amount": "48000.00", "currency": "USD"}}],
    }  # fmt: skip


class ContractByExternalId(TermEntry, OfAccount):
    """Said again with other lines, the contract is amended from today on; its term is fixed once signed."""

    external_id = None  # type: ignore[assignment]

    def wrong(self, data: Mapping[str, Any], values: dict[str, Any]) -> Errors:
        errors, row, account = super().wrong(data, values), self.context["row"], account_of(values)
        return contract_terms.moved(row, account, terms_of(values)) | errors if row and account else errors


class Renewal(TermEntry):
    """The next term; what is left out is as in the one before, and it starts where that one ends."""

    name = Text(160, required=False, allow_blank=False)
    start_on = Day(required=False)

    def wrong(self, data: Mapping[str, Any], values: dict[str, Any]) -> Errors:
        contract: Contract = self.context["row"]
        return self.wrong_term(contract.account, data, values, renews=contract)


class Amendment(WithLines, Versioned):
    """From `on` these are all its lines; a product that isn't among them ends there."""

    example: ClassVar[dict[str, Any]] = {
        "on": "2026-08-01",
        "lines": [{"product": "platform", "quantity": 150, "amount": {"amount": "60000.00", "currency": "USD"}}],
    }

    on = Day()

    def wrong(self, data: Mapping[str, Any], values: dict[str, Any]) -> Errors:
        errors, contract = super().wrong(data, values), self.context["row"]
        lines = self.lines_taken(data, contract.currency, errors)
        return errors | contract_terms.read_amendment(contract, lines, values.get("on"))[1]


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


def terms_of(values: Mapping[str, Any]) -> dict[str, Any]:
    """What speaks of the term, apart from its account and its lines."""
    return {name: value for name, value in values.items() if name in contract_terms.TERM}
