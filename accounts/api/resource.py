"""The manners of every resource: who may, pages, versions, answers by name, headers."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar, cast

from django.db import connection, transaction
from django.db.models import Model, QuerySet
from rest_framework import serializers, viewsets
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actions import api_keys
from accounts.api import idempotency, throttle
from accounts.api.filters import Filters
from accounts.api.parsers import StrictJson
from accounts.models import ApiKey, Tenant, User
from accounts.roles import Permission

# Whatever other systems call their rows, slashes and line ends included.
BY_EXTERNAL_ID = r"by-external-id/(?P<external_id>[\s\S]+)"


class Shape(serializers.Serializer):
    """What an answer looks like. `of(row)` makes it from a row of `.values()` with its people by role."""

    @staticmethod
    def of(row: dict[str, Any]) -> dict[str, Any]:
        raise NotImplementedError


class Resource(viewsets.GenericViewSet):
    """Rows are read as plain values and written through actions, as the person who made the key."""

    noun: ClassVar[str]
    permissions: ClassVar[Mapping[str, Permission]]
    columns: ClassVar[tuple[str, ...]]
    people: ClassVar[tuple[str, ...]] = ()
    shape: ClassVar[type[Shape]]
    entries: ClassVar[Mapping[str, type[serializers.Serializer]]] = {}
    secrets: ClassVar[tuple[str, ...]] = ()  # fields of an answer that are shown and never kept

    parser_classes: Any = (StrictJson,)
    filter_backends: Any = (Filters,)
    metadata_class = None
    lookup_value_regex = "[0-9]{1,18}"

    @classmethod
    def as_view(cls, actions: Any = None, **initkwargs: Any) -> Any:
        """Without a savepoint of its own: a refusal rolls back the whole transaction, and nothing else is in it."""
        return transaction.non_atomic_requests(super().as_view(actions, **initkwargs))

    # -- the way in ---------------------------------------------------------

    def perform_authentication(self, request: Request) -> None:
        """Calls are counted before they are judged, so that refusals carry the headers, too."""
        super().perform_authentication(request)
        super().check_throttles(request)

    def check_throttles(self, request: Request) -> None:
        return None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        api_keys.note_use(self.key)
        if request.method == "POST" and idempotency.HEADER in request.headers and self.action is not None:
            self.post = idempotency.once(getattr(self, self.action), self.secrets)

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        answer: Response = super().finalize_response(request, response, *args, **kwargs)
        for name, value in throttle.headers(request).items():
            answer.headers[name] = value
        answer.headers["Cache-Control"] = "no-store"
        return answer

    @property
    def key(self) -> ApiKey:
        return cast(ApiKey, self.request.auth)

    @property
    def by(self) -> User:
        return cast(User, self.request.user)

    @property
    def tenant(self) -> Tenant:
        return self.key.tenant

    # -- reading ------------------------------------------------------------

    def order(self, request: Request) -> tuple[str, ...]:
        """How lists run: steady while rows are added; by change for who asks what changed."""
        return ("updated_at", "id") if "updated_since" in request.query_params else ("id",)

    def rows(self) -> QuerySet[Any]:
        return plain_rows(type(self))

    def shown(self, rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
        return [self.shape.of(row) for row in self.with_people(rows)]

    def with_people(self, rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
        """The rows with their people by role; one more query is cheaper than a join for each role to plan."""
        page = list(rows)
        wanted = {row[f"{role}_id"] for row in page for role in self.people} - {None}
        known = people(wanted) if wanted else {}
        for row in page:
            for role in self.people:
                row[role] = known.get(row[f"{role}_id"])
        return page

    def one(self, **lookup: Any) -> dict[str, Any]:
        """The one row as it is answered, or 404."""
        rows = list(self.rows().filter(**lookup)[:1])
        if not rows:
            raise NotFound(f"There is no such {self.noun}.")
        return self.shown(rows)[0]

    def shown_again(self, row: Model) -> dict[str, Any]:
        """How a row stands now, for whoever came too late."""
        return self.one(pk=row.pk)

    def found(self, **lookup: Any) -> Any:
        row = self.get_queryset().filter(**lookup).first()
        if row is None:
            raise NotFound(f"There is no such {self.noun}.")
        return row

    # -- writing ------------------------------------------------------------

    def said(self, *, partial: bool = False, row: Model | None = None) -> dict[str, Any]:
        """The body as the entry of this action understands it; `row` is the one that it is about."""
        context = {"tenant": self.tenant, "row": row}
        entry = self.entries[str(self.action)](data=self.request.data, partial=partial, context=context)
        entry.is_valid(raise_exception=True)
        return dict(entry.validated_data)

    def version(self, values: dict[str, Any]) -> int | None:
        """The version that the caller saw, out of the body or out of `If-Match`; None when they don't care."""
        said: int | None = values.pop("version", None)
        match = self.request.headers.get("If-Match", "").strip()
        if said is not None or match in ("", "*"):
            return said
        plain = match.removeprefix("W/").strip('"')
        if not (plain.isascii() and plain.isdigit() and len(plain) < 10):
            raise ValidationError({"If-Match": ["This must be the version as the ETag says it."]})
        return int(plain)

    def do(self, pk: str, verb: Callable[..., object]) -> Response:
        """The row with what was said done to it by an action, which refuses where the row changed meanwhile."""
        values = self.said()
        row = self.found(pk=int(pk))
        version = self.version(values)
        verb(row, **values, by=self.by, version=version)
        return self.answer(row.pk)

    def answer(self, pk: int, status: int = 200) -> Response:
        """The row as it stands after the writing."""
        return tagged(self.one(pk=pk), status)


def people(ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """Colleagues by id, as they are shown."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, name, email FROM accounts_user WHERE id = ANY(%s)", [list(ids)])
        return {pk: {"id": pk, "name": name, "email": email} for pk, name, email in cursor.fetchall()}


@functools.cache
def plain_rows(resource: type[Resource]) -> QuerySet[Any]:
    """What a resource reads, laid out once; whose rows they are is said when it is asked."""
    assert resource.queryset is not None
    ids = (f"{role}_id" for role in resource.people)
    return resource.queryset.values(*resource.columns, *ids)


class Readable(Resource):
    """A list by cursor, and one by its id."""

    def list(self, request: Request) -> Response:
        page = self.paginate_queryset(self.filter_queryset(self.rows()))
        return self.get_paginated_response(self.shown(page or []))

    def retrieve(self, request: Request, pk: str) -> Response:
        return tagged(self.one(pk=int(pk)))


def tagged(body: dict[str, Any], status: int = 200) -> Response:
    headers = {"ETag": f'"{body["version"]}"'} if "version" in body else {}
    return Response(body, status, headers=headers)


def known_external_id(value: str) -> str:
    """An external id out of the address, held to the same rules as one out of a body."""
    try:
        return str(serializers.CharField(max_length=120).run_validation(value))
    except ValidationError as error:
        raise ValidationError({"external_id": error.detail}) from error
