"""Accounts: the customers of the workspace."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actions import accounts
from accounts.actions.errors import Conflict, Errors
from accounts.api.fields import LARGEST_ID, NO_ACCOUNT, Amount, Entry, Member, Money, Person, Text, Versioned
from accounts.api.filters import AccountFilters
from accounts.api.known import KnownShape, known
from accounts.api.resource import BY_EXTERNAL_ID, Readable, Shape, known_external_id, tagged
from accounts.models import Account, Phase, Touch
from accounts.roles import Permission

OWNERS = ("csm", "ae", "delivery")
PLAIN = (
    "id", "external_id", "name", "domain", "industry", "region", "segment", "touch_model", "currency", "phase",
    "phase_since", "custom", "version", "created_at", "updated_at", "archived_at",
)  # fmt: skip


class AccountShape(Shape):
    id = serializers.IntegerField()
    external_id = serializers.CharField(allow_null=True, help_text="The id in your system; unique in the workspace.")
    name = serializers.CharField()
    domain = serializers.CharField()
    industry = serializers.CharField()
    region = serializers.CharField()
    segment = serializers.CharField()
    touch_model = serializers.ChoiceField(choices=Touch.choices)
    currency = serializers.CharField(help_text="ISO 4217.")
    phase = serializers.ChoiceField(choices=Phase.choices)
    phase_since = serializers.DateTimeField()
    csm = Person(allow_null=True)
    ae = Person(allow_null=True, help_text="Account executive.")
    delivery = Person(allow_null=True)
    parent = serializers.IntegerField(  # type: ignore[assignment]
        allow_null=True, help_text="The id of the account above."
    )
    arr = Amount(help_text="Annual recurring revenue today.")
    renewal_on = serializers.DateField(allow_null=True, help_text="The next renewal.")
    last_touch_at = serializers.DateTimeField(allow_null=True, help_text="The latest contact with the customer.")
    custom = serializers.DictField(help_text="Values of the workspace's own fields by key.")
    version = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    archived_at = serializers.DateTimeField(allow_null=True)

    @staticmethod
    def of(row: dict[str, Any]) -> dict[str, Any]:
        shown = {name: row[name] for name in PLAIN}
        for role in OWNERS:
            shown[role] = row[role]
        shown["parent"] = row["parent_id"]
        shown["arr"] = Money.of(row["states__arr_minor"] or 0, row["currency"])
        shown["renewal_on"] = row["states__renewal_on"]
        shown["last_touch_at"] = row["states__last_touch_at"]
        return shown


class AccountEntry(Entry):
    example: ClassVar[dict[str, Any]] = {
        "name": "Northwind Foods", "domain": "northwind.example", "external_id": "001A0000", "segment": "Mid-market",
        "touch_model": "high", "csm": "maya@example.com", "custom": {"tier": "gold"},
    }  # fmt: skip

    name = Text(200, required=True)
    domain = Text(253, required=False, help_text="Such as acme.com: without scheme, port or path.")
    external_id = serializers.CharField(max_length=120, required=False, allow_null=True)
    industry = Text(80, required=False)
    region = Text(80, required=False)
    segment = Text(80, required=False)
    touch_model = serializers.ChoiceField(choices=Touch.choices, required=False)
    currency = serializers.RegexField(
        r"^[A-Z]{3}$",
        min_length=3,
        max_length=3,
        required=False,
        help_text="A currency of ISO 4217; a new account's is the workspace's own if left out.",
    )
    csm = Member(required=False, allow_null=True)
    ae = Member(required=False, allow_null=True)
    delivery = Member(required=False, allow_null=True)
    parent = serializers.IntegerField(  # type: ignore[assignment]
        min_value=1, max_value=LARGEST_ID, required=False, allow_null=True
    )
    custom = serializers.DictField(
        required=False, help_text="Laid over the values that are there; null removes a value."
    )

    def validate_parent(self, pk: int | None) -> Account | None:
        above = None if pk is None else Account.objects.filter(pk=pk).first()
        if pk is not None and above is None:
            raise serializers.ValidationError(NO_ACCOUNT)
        return above

    def wrong(self, data: Mapping[str, Any], values: dict[str, Any]) -> Errors:
        known = {name: value for name, value in values.items() if name in accounts.FIELDS}
        return super().wrong(data, values) | accounts.wrong(known, self.context.get("row"))


class AccountChange(AccountEntry, Versioned):
    """Fields that are left out stay as they are."""

    example: ClassVar[dict[str, Any]] = {"segment": "Enterprise", "version": 3}


class AccountByExternalId(AccountEntry):
    """`name` is needed only where this creates the account; fields that are left out stay as they are."""

    example: ClassVar[dict[str, Any]] = {"name": "Northwind Foods", "region": "EMEA"}

    external_id = None  # type: ignore[assignment]
    name = Text(200, required=False, allow_blank=False)

    def wrong(self, data: Mapping[str, Any], values: dict[str, Any]) -> Errors:
        missing = {} if self.context.get("row") or "name" in data else {"name": ["A new account needs a name."]}
        return super().wrong(data, values) | missing


class PhaseMove(Versioned):
    phase = serializers.ChoiceField(choices=Phase.choices)


@extend_schema(tags=["accounts"])
@extend_schema_view(
    list=extend_schema(summary="List accounts"),
    retrieve=extend_schema(summary="Read an account"),
    create=extend_schema(summary="Open an account"),
    partial_update=extend_schema(summary="Change an account"),
    destroy=extend_schema(
        summary="Archive an account",
        description="It leaves every list and keeps its history; `restore` brings it back.",
    ),
)
class AccountResource(Readable):
    noun = "account"
    queryset = Account.objects.all()
    filterset_class = AccountFilters
    shape = AccountShape
    people = OWNERS
    columns = (
        *PLAIN, "parent_id",
        "states__arr_minor", "states__renewal_on", "states__last_touch_at",
    )  # fmt: skip
    entries = {
        "create": AccountEntry, "partial_update": AccountChange, "by_external_id": AccountByExternalId,
        "put_by_external_id": AccountByExternalId, "restore": Entry, "change_phase": PhaseMove,
    }  # fmt: skip
    permissions = {
        "list": Permission.ACCOUNT_VIEW,
        "retrieve": Permission.ACCOUNT_VIEW,
        "by_external_id": Permission.ACCOUNT_VIEW,
        "facts": Permission.ACCOUNT_VIEW,
        "create": Permission.ACCOUNT_CREATE,
        "put_by_external_id": Permission.ACCOUNT_CREATE,
        "partial_update": Permission.ACCOUNT_EDIT,
        "change_phase": Permission.ACCOUNT_EDIT,
        "destroy": Permission.ACCOUNT_EDIT,
        "restore": Permission.ACCOUNT_EDIT,
    }

    def rows(self) -> QuerySet[Account]:
        listed = self.action == "list" and "archived" not in self.request.query_params
        return super().rows().filter(archived_at=None) if listed else super().rows()

    def create(self, request: Request) -> Response:
        return self.answer(accounts.open(self.said(), by=self.by).pk, 201)

    def partial_update(self, request: Request, pk: str) -> Response:
        account = self.found(pk=int(pk))
        values = self.said(partial=True, row=account)
        accounts.edit(account, values, by=self.by, version=self.version(values))
        return self.answer(account.pk)

    def destroy(self, request: Request, pk: str) -> Response:
        accounts.archive(self.found(pk=int(pk)), by=self.by, version=self.version({}))
        return Response(status=204)

    @extend_schema(summary="Bring an archived account back")
    @action(detail=True, methods=["post"])
    def restore(self, request: Request, pk: str) -> Response:
        self.said()
        return self.answer(accounts.restore(self.found(pk=int(pk)), by=self.by).pk)

    @extend_schema(summary="Move an account to another phase")
    @action(detail=True, methods=["post"], url_path="change-phase")
    def change_phase(self, request: Request, pk: str) -> Response:
        values = self.said()
        account = self.found(pk=int(pk))
        version = self.version(values)
        if version is not None and version != account.version:
            raise Conflict(account)
        return self.answer(accounts.change_phase(account, Phase(values["phase"]), by=self.by).pk)

    @extend_schema(summary="Read what is known about an account", responses=KnownShape)
    @action(detail=True)
    def facts(self, request: Request, pk: str) -> Response:
        return Response(known(self.found(pk=int(pk)), self.tenant))

    @extend_schema(summary="Read an account by your id")
    @action(detail=False, url_path=BY_EXTERNAL_ID)
    def by_external_id(self, request: Request, external_id: str) -> Response:
        return tagged(self.one(external_id=known_external_id(external_id)))

    @extend_schema(summary="Create or change an account by your id")
    @by_external_id.mapping.put
    def put_by_external_id(self, request: Request, external_id: str) -> Response:
        external_id = known_external_id(external_id)
        values = self.said(row=Account.objects.filter(external_id=external_id).first())
        account, created = accounts.upsert_by_external_id(external_id, values, by=self.by)
        return self.answer(account.pk, 201 if created else 200)
