"""Contacts: the people at accounts, their part in the buying center, and where they went."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actions import contacts
from accounts.actions.errors import Errors
from accounts.api.fields import Day, Entry, Id, OfAccount, Text, Versioned, account_of
from accounts.api.filters import ContactFilters
from accounts.api.resource import BY_EXTERNAL_ID, Readable, Shape, known_external_id, tagged
from accounts.models import BuyingRole, Contact, Influence, Stance
from accounts.roles import Permission

PLAIN = (
    "id", "external_id", "name", "email", "phone", "title", "persona", "buying_role", "stance", "influence",
    "departed_on", "moved_to", "version", "created_at", "updated_at",
)  # fmt: skip
NEEDED = "A new contact needs this."
NO_CONTACT = "No contact in this workspace has this id."


class ContactShape(Shape):
    id = serializers.IntegerField()
    external_id = serializers.CharField(allow_null=True, help_text="The id in your system; unique in the workspace.")
    account = serializers.IntegerField(help_text="The account's id.")
    account_external_id = serializers.CharField(allow_null=True)
    name = serializers.CharField()
    email = serializers.CharField()
    phone = serializers.CharField()
    title = serializers.CharField()
    persona = serializers.CharField()
    buying_role = serializers.ChoiceField(choices=BuyingRole.choices, allow_blank=True)
    stance = serializers.ChoiceField(choices=Stance.choices, allow_blank=True)
    influence = serializers.ChoiceField(choices=Influence.choices)
    reports_to = serializers.IntegerField(allow_null=True, help_text="The id of their superior at the account.")
    departed_on = serializers.DateField(allow_null=True)
    moved_to = serializers.CharField(help_text="The company that they went to.")
    successor = serializers.IntegerField(allow_null=True, help_text="The id of who came after them.")
    version = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()

    @staticmethod
    def of(row: dict[str, Any]) -> dict[str, Any]:
        shown = {name: row[name] for name in PLAIN}
        shown["account"] = row["account_id"]
        shown["account_external_id"] = row["account__external_id"]
        shown["reports_to"] = row["reports_to_id"]
        shown["successor"] = row["successor_id"]
        return shown


def contact_of(pk: int | None) -> Contact | None:
    if pk is None:
        return None
    found = Contact.objects.filter(pk=pk).first()
    if found is None:
        raise serializers.ValidationError(NO_CONTACT)
    return found


class ContactFields(Entry):
    name = Text(160, required=True)
    email = serializers.EmailField(max_length=254, required=False, allow_blank=True)
    phone = Text(40, required=False)
    title = Text(120, required=False)
    persona = Text(80, required=False)
    buying_role = serializers.ChoiceField(choices=BuyingRole.choices, required=False, allow_blank=True)
    stance = serializers.ChoiceField(choices=Stance.choices, required=False, allow_blank=True)
    influence = serializers.ChoiceField(choices=Influence.choices, required=False)
    reports_to = Id(required=False, allow_null=True)
    external_id = serializers.CharField(max_length=120, required=False, allow_null=True)

    def validate_reports_to(self, pk: int | None) -> Contact | None:
        return contact_of(pk)

    def wrong(self, data: Mapping[str, Any], values: dict[str, Any]) -> Errors:
        errors, row, above = super().wrong(data, values), self.context.get("row"), values.get("reports_to")
        account = account_of(values) or (row and row.account)
        if above and account and above.account_id != account.pk:
            errors["reports_to"] = [contacts.ELSEWHERE]
        return errors


class ContactEntry(ContactFields, OfAccount):
    example: ClassVar[dict[str, Any]] = {
        "account_external_id": "001A0000", "name": "Ines Duarte", "email": "ines@northwind.example",
        "buying_role": "champion", "stance": "advocate", "influence": 3,
    }  # fmt: skip


class ContactChange(ContactFields, Versioned):
    """Fields that are left out stay as they are. A contact stays with its account: who moves departs."""

    example: ClassVar[dict[str, Any]] = {"title": "Head of operations", "version": 2}


class ContactByExternalId(ContactFields, OfAccount):
    """`name` and the account are needed only where this creates the contact."""

    external_id = None  # type: ignore[assignment]
    name = Text(160, required=False, allow_blank=False)
    account_optional = True

    def wrong(self, data: Mapping[str, Any], values: dict[str, Any]) -> Errors:
        errors = super().wrong(data, values)
        if self.context.get("row"):
            return errors
        if not {"account", "account_external_id"} & data.keys():
            errors["account"] = [NEEDED]
        return errors if "name" in data else errors | {"name": [NEEDED]}


class Departure(Versioned):
    example: ClassVar[dict[str, Any]] = {"on": "2026-10-31", "moved_to": "Contoso", "successor": 18}

    on = Day(help_text="Their last day.")
    moved_to = Text(200, required=False)
    successor = Id(required=False, allow_null=True)

    def validate_successor(self, pk: int | None) -> Contact | None:
        return contact_of(pk)


@extend_schema(tags=["contacts"])
@extend_schema_view(
    list=extend_schema(summary="List contacts"),
    retrieve=extend_schema(summary="Read a contact"),
    create=extend_schema(summary="Add a contact"),
    partial_update=extend_schema(summary="Change a contact"),
)
class ContactResource(Readable):
    noun = "contact"
    queryset = Contact.objects.select_related("account")
    filterset_class = ContactFilters
    shape = ContactShape
    columns = (*PLAIN, "account_id", "account__external_id", "reports_to_id", "successor_id")
    entries = {
        "create": ContactEntry, "partial_update": ContactChange, "depart": Departure,
        "put_by_external_id": ContactByExternalId,
    }  # fmt: skip
    permissions = {
        "list": Permission.ACCOUNT_VIEW,
        "retrieve": Permission.ACCOUNT_VIEW,
        "by_external_id": Permission.ACCOUNT_VIEW,
        "create": Permission.CONTACT_EDIT,
        "partial_update": Permission.CONTACT_EDIT,
        "depart": Permission.CONTACT_EDIT,
        "put_by_external_id": Permission.CONTACT_EDIT,
    }

    def create(self, request: Request) -> Response:
        values = self.said()
        return self.answer(contacts.add(values.pop("account"), values, by=self.by).pk, 201)

    def partial_update(self, request: Request, pk: str) -> Response:
        contact = self.found(pk=int(pk))
        values = self.said(partial=True, row=contact)
        contacts.edit(contact, values, by=self.by, version=self.version(values))
        return self.answer(contact.pk)

    @extend_schema(summary="Say that a contact left")
    @action(detail=True, methods=["post"])
    def depart(self, request: Request, pk: str) -> Response:
        values = self.said()
        contact = self.found(pk=int(pk))
        version = self.version(values)
        contacts.depart(contact, **values, by=self.by, version=version)
        return self.answer(contact.pk)

    @extend_schema(summary="Read a contact by your id")
    @action(detail=False, url_path=BY_EXTERNAL_ID)
    def by_external_id(self, request: Request, external_id: str) -> Response:
        return tagged(self.one(external_id=known_external_id(external_id)))

    @extend_schema(summary="Create or change a contact by your id")
    @by_external_id.mapping.put
    def put_by_external_id(self, request: Request, external_id: str) -> Response:
        external_id = known_external_id(external_id)
        known = Contact.objects.select_related("account").filter(external_id=external_id).first()
        values = self.said(row=known)
        account = values.pop("account", None) or known.account  # type: ignore[union-attr]
        contact, created = contacts.upsert_by_external_id(external_id, account, values, by=self.by)
        return self.answer(contact.pk, 201 if created else 200)
