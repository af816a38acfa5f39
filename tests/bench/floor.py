"""The floor: the same statements and the same rows through a bare Django view and template, or a bare DRF view."""

from __future__ import annotations

import datetime as dt
import json
import os
from pathlib import Path
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template import Context, Engine
from django.urls import path
from django.utils import timezone
from rest_framework import generics, serializers
from rest_framework.response import Response

from accounts.models import Account, AccountState, Event, InboxEntry, PhaseChange, Tenant, TenantWork
from accounts.tenancy.context import tenant_context

# What a bare page is: every row of the same statements, each cell formatted by Django's own filters.
TABLES = Engine(libraries={}).from_string(
    "<!doctype html><title>Rows</title>{% for rows in answers %}<table>{% for row in rows %}<tr>"
    "{% for day, cell in row %}<td>{% if day %}{{ cell|date }}{% else %}{{ cell|default:'-' }}{% endif %}</td>"
    "{% endfor %}</tr>{% endfor %}</table>{% endfor %}"
)
LIST = Engine(libraries={}).from_string(
    "<!doctype html><title>Accounts</title><table>{% for row in rows %}<tr>"
    "<td><a href='/accounts/{{ row.id }}/'>{{ row.name }}</a></td><td>{{ row.domain }}</td>"
    "<td>{{ row.phase|title }}</td><td>{{ row.segment|default:'-' }}</td>"
    "<td>{{ row.arr_minor|floatformat:'2g' }} {{ row.currency }}</td><td>{{ row.renewal_on|date:'j M Y' }}</td>"
    "<td>{{ row.last_touch_at|date:'j M Y H:i' }}</td><td>{{ row.industry }}</td></tr>{% endfor %}</table>"
)
FIELDS = [
    "id",
    "name",
    "domain",
    "external_id",
    "industry",
    "region",
    "segment",
    "touch_model",
    "currency",
    "phase",
    "phase_since",
    "csm_id",
    "ae_id",
    "delivery_id",
    "parent_id",
    "custom",
    "version",
    "created_at",
    "updated_at",
]


def tenant() -> int:
    return int(os.environ["BENCH_TENANT"])


def page(request: HttpRequest, name: str) -> HttpResponse:
    """Runs what the product's page of this name runs, and shows the answers as tables, the portfolio's as a list."""
    statements: list[str] = json.loads(Path(os.environ["BENCH_STATEMENTS"]).read_text())[name]
    answers: list[list[tuple[Any, ...]]] = []
    names: list[list[str]] = []
    with tenant_context(tenant()), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
            answers.append(cursor.fetchall())
            names.append([column.name for column in cursor.description])
        if name.startswith("portfolio"):
            longest = max(range(len(answers)), key=lambda n: len(answers[n]))
            rows = [dict(zip(names[longest], row, strict=True)) for row in answers[longest]]
            return HttpResponse(LIST.render(Context({"rows": rows})))
        tables = [[[(isinstance(cell, dt.date), cell) for cell in row] for row in rows] for rows in answers]
        return HttpResponse(TABLES.render(Context({"answers": tables})))


def rest_list(request: HttpRequest) -> JsonResponse:
    with tenant_context(tenant()):
        return JsonResponse({"results": list(Account.objects.order_by("id").values(*FIELDS)[:50])})


class AccountSerializer(serializers.ModelSerializer):
    class Meta:
        model = Account
        fields = FIELDS


class Detail(generics.RetrieveAPIView):
    queryset = Account.objects.all()
    serializer_class = AccountSerializer

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with tenant_context(tenant()):
            return super().dispatch(request, *args, **kwargs).render()


class NewAccount(serializers.Serializer):
    name = serializers.CharField(max_length=200)
    external_id = serializers.CharField(max_length=120)


class Create(generics.GenericAPIView):
    """The statements that opening an account takes, one after another."""

    serializer_class = NewAccount

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with tenant_context(tenant()):
            return super().dispatch(request, *args, **kwargs).render()

    def post(self, request: Any) -> Any:
        serializer = NewAccount(data=request.data)
        serializer.is_valid(raise_exception=True)
        account = Account.objects.create(**serializer.validated_data)
        AccountState.objects.create(account=account)
        PhaseChange.objects.create(account=account, to_phase="commit", changed_at=timezone.now())
        event = Event.objects.create(kind="account.created", account=account, facts={"name": account.name})
        InboxEntry.objects.create(event=event)
        TenantWork.objects.create(tenant=Tenant(pk=tenant()), kind="events")
        return Response({"id": account.pk}, status=201)


def login(request: HttpRequest) -> HttpResponse:
    """What the harness asks for to learn that the server answers."""
    return HttpResponse("ready")


urlpatterns = [
    path("accounts/login/", login),
    path("page/<str:name>", page),
    path("rest/list", rest_list),
    path("rest/detail/<int:pk>", Detail.as_view()),
    path("rest/create", Create.as_view()),
]
