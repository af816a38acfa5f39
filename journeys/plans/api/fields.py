"""What the resources of a plan have in common: naming a plan, a person at the customer, a figure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from django.db.models import Model
from rest_framework import serializers

from accounts.actions.errors import refuse
from accounts.api.contacts import contact_of
from accounts.api.fields import Entry, Id, Money
from accounts.models import Contact
from journeys.plans.models import Plan

M = TypeVar("M", bound=Model)
LONGEST = 20_000


class TheirPersonShape(serializers.Serializer):
    """A person at the customer."""

    id = serializers.IntegerField()
    name = serializers.CharField()

    @staticmethod
    def of(row: Mapping[str, Any], role: str) -> dict[str, Any] | None:
        """From a row of `.values()` with <role>_id and <role>__name."""
        pk = row[f"{role}_id"]
        return None if pk is None else {"id": pk, "name": row[f"{role}__name"]}


class Figure(serializers.DecimalField):
    """A decimal as a text, such as "4.5"."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=18, decimal_places=4, normalize_output=True, **kwargs)


class TheirPerson(Id):
    """The id of a contact of the account."""

    def run_validation(self, data: Any = serializers.empty) -> Contact | None:
        value = super().run_validation(data)
        return contact_of(value)


class OfPlan(Entry):
    plan = Id(help_text="The plan's id.")

    def validate_plan(self, pk: int) -> Plan:
        return known(Plan, pk, "plan")


def known(model: type[M], pk: int, noun: str) -> M:
    row = model._default_manager.filter(pk=pk).first()
    if row is None:
        raise serializers.ValidationError(f"No {noun} in this workspace has this id.")
    return row


def worth(values: dict[str, Any], plan: Plan) -> dict[str, Any]:
    """`value` as the model keeps it: in the plan's own currency alone."""
    if "value" not in values:
        return values
    value = values.pop("value")
    if value is not None and value["currency"] != plan.currency:
        raise refuse("value", f"The values of this plan are in {plan.currency}.")
    return values | {"value_minor": value["minor"] if value else None}


__all__ = ["LONGEST", "Figure", "Money", "OfPlan", "TheirPerson", "TheirPersonShape", "known", "worth"]
