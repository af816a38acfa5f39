"""Contracts: signed, renewed, amended, ended; every change of them moves the revenue ledger."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actions import contracts
from accounts.api.contract_entries import (
    PLAIN,
    Amendment,
    ContractByExternalId,
    ContractChange,
    ContractEntry,
    ContractShape,
    Ending,
    Renewal,
)  # fmt: skip
from accounts.api.contract_lines import in_minor
from accounts.api.filters import ContractFilters
from accounts.api.resource import BY_EXTERNAL_ID, Readable, known_external_id, tagged
from accounts.calendar import local_today
from accounts.models import Contract, ContractLine
from accounts.roles import Permission

LINE = (
    "contract_id", "contract__currency", "product_id", "product__code", "product__name", "quantity", "amount_minor",
    "recurring", "start_on", "end_on",
)  # fmt: skip


@extend_schema(tags=["contracts"])
@extend_schema_view(
    list=extend_schema(summary="List contracts"),
    retrieve=extend_schema(summary="Read a contract"),
    create=extend_schema(summary="Sign a contract"),
    partial_update=extend_schema(
        summary="Change a contract", description="What moves no money; `amend` changes lines."
    ),
)
class ContractResource(Readable):
    noun = "contract"
    queryset = Contract.objects.select_related("account")
    filterset_class = ContractFilters
    shape = ContractShape
    columns = (*PLAIN, "account_id", "account__external_id", "renews_id")
    entries = {
        "create": ContractEntry, "partial_update": ContractChange, "renew": Renewal, "amend": Amendment, "end": Ending,
        "put_by_external_id": ContractByExternalId,
    }  # fmt: skip
    permissions = {
        "list": Permission.ACCOUNT_VIEW,
        "retrieve": Permission.ACCOUNT_VIEW,
        "by_external_id": Permission.ACCOUNT_VIEW,
        "create": Permission.CONTRACT_EDIT,
        "put_by_external_id": Permission.CONTRACT_EDIT,
        "partial_update": Permission.CONTRACT_EDIT,
        "renew": Permission.CONTRACT_EDIT,
        "amend": Permission.CONTRACT_EDIT,
        "end": Permission.CONTRACT_EDIT,
    }

    def shown(self, rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
        """With the lines of all rows in one query."""
        page = list(rows)
        lines = defaultdict(list)
        for line in ContractLine.objects.filter(contract__in=[row["id"] for row in page]).order_by("id").values(*LINE):
            lines[line["contract_id"]].append(line)
        return [self.shape.of(row | {"lines": lines[row["id"]]}) for row in page]

    def create(self, request: Request) -> Response:
        values = self.said()
        account = values.pop("account")
        lines = [in_minor(line) for line in values.pop("lines")]
        contract = contracts.sign(account, values, lines, by=self.by, today=local_today(self.tenant))
        return self.answer(contract.pk, 201)

    def partial_update(self, request: Request, pk: str) -> Response:
        values = self.said(partial=True)
        contract = self.found(pk=int(pk))
        contracts.edit(contract, values, by=self.by, version=self.version(values))
        return self.answer(contract.pk)

    @extend_schema(summary="Renew a contract: sign the next term", responses={201: ContractShape})
    @action(detail=True, methods=["post"])
    def renew(self, request: Request, pk: str) -> Response:
        contract = self.found(pk=int(pk))
        values = self.said(row=contract)
        lines = [in_minor(line) for line in values.pop("lines")]
        term = contracts.renew(contract, values, lines, by=self.by, today=local_today(self.tenant))
        return self.answer(term.pk, 201)

    @extend_schema(summary="Amend a contract's lines")
    @action(detail=True, methods=["post"])
    def amend(self, request: Request, pk: str) -> Response:
        contract = self.found(pk=int(pk))
        values = self.said(row=contract)
        lines = [in_minor(line) for line in values.pop("lines")]
        version, today = self.version(values), local_today(self.tenant)
        contracts.amend(contract, lines, on=values["on"], by=self.by, today=today, version=version)
        return self.answer(contract.pk)

    @extend_schema(summary="End a contract for good")
    @action(detail=True, methods=["post"])
    def end(self, request: Request, pk: str) -> Response:
        values = self.said()
        contract = self.found(pk=int(pk))
        version = self.version(values)
        contracts.end(contract, **values, by=self.by, today=local_today(self.tenant), version=version)
        return self.answer(contract.pk)

    @extend_schema(summary="Read a contract by your id")
    @action(detail=False, url_path=BY_EXTERNAL_ID)
    def by_external_id(self, request: Request, external_id: str) -> Response:
        return tagged(self.one(external_id=known_external_id(external_id)))

    @extend_schema(summary="Sign or change a contract by your id")
    @by_external_id.mapping.put
    def put_by_external_id(self, request: Request, external_id: str) -> Response:
        external_id = known_external_id(external_id)
        values = self.said(row=Contract.objects.filter(external_id=external_id).first())
        account = values.pop("account")
        lines = [in_minor(line) for line in values.pop("lines")]
        contract, created = contracts.upsert_by_external_id(
            external_id, account, values, lines, by=self.by, today=local_today(self.tenant)
        )
        return self.answer(contract.pk, 201 if created else 200)
