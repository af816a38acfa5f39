"""What the resources of deployments have in common: naming one, hours, money, and who may."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db.models import Model
from rest_framework import serializers

from accounts.actions.errors import refuse
from accounts.api.contacts import contact_of
from accounts.api.fields import Day, Entry, Id, Money, Versioned
from accounts.models import Contact
from accounts.roles import Permission
from journeys.deployments.models import Deployment

M = TypeVar("M", bound=Model)
VIEW, EDIT = Permission.ACCOUNT_VIEW, Permission.DEPLOYMENT_EDIT
LONGEST = 20_000
OF = ("deployment_id", "deployment__account_id")


class HoursField(serializers.DecimalField):
    """Hours as a text, such as "7.5"."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=8, decimal_places=2, normalize_output=True, **kwargs)


class TheirPerson(Id):
    """The id of a contact of the account."""

    def run_validation(self, data: Any = serializers.empty) -> Contact | None:
        return contact_of(super().run_validation(data))


class OfDeployment(Entry):
    deployment = Id(help_text="The deployment's id.")

    def validate_deployment(self, pk: int) -> Deployment:
        return known(Deployment, pk, "deployment")


class OnDay(Versioned):
    on = Day(required=False, help_text="Today if left out.")


def known(model: type[M], pk: int, noun: str) -> M:
    row = model._default_manager.filter(pk=pk).first()
    if row is None:
        raise serializers.ValidationError(f"No {noun} in this workspace has this id.")
    return row


def plain(hours: Any) -> str | None:
    return None if hours is None else f"{hours.normalize():f}"


def minor(values: dict[str, Any], name: str, currency: str) -> dict[str, Any]:
    """`name` as <name>_minor: in the deployment's own currency alone."""
    if name not in values:
        return values
    said = values.pop(name)
    if said is not None and said["currency"] != currency:
        raise refuse(name, f"The money of this deployment is in {currency}.")
    return values | {f"{name}_minor": said["minor"] if said else None}


__all__ = ["EDIT", "LONGEST", "OF", "VIEW", "HoursField", "Money", "OfDeployment", "OnDay", "TheirPerson", "known",
           "minor", "plain"]  # fmt: skip
