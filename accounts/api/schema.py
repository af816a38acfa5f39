"""How operations describe themselves in OpenAPI: entries, answers, headers and every problem."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiExample, OpenApiParameter
from rest_framework import serializers

from accounts.api.fields import Entry
from accounts.api.idempotency import HEADER, LONGEST, REPLAYED
from accounts.api.problems import MEDIA_TYPE

if TYPE_CHECKING:
    from accounts.api.resource import Resource


class ProblemShape(serializers.Serializer):
    """What went wrong (RFC 9457)."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField(help_text="What went wrong, in a sentence.")
    errors = serializers.DictField(  # type: ignore[assignment]
        required=False, help_text="Each wrong field with its messages; items of a list by their index."
    )
    current = serializers.DictField(required=False, help_text="After a conflict: the row as it stands now.")


PROBLEMS = {
    "400": "The request can't be taken as it is; `errors` names each field.",
    "401": "There is no valid key in `Authorization: Bearer`.",
    "403": "The key may not do this.",
    "404": "Nothing in this workspace has this id.",
    "406": "The answer is JSON; `Accept` rules that out.",
    "409": "Somebody else changed this in between; `current` is how it stands now.",
    "410": "It was there once, and was deleted since.",
    "415": "The body must be JSON.",
    "422": "The `Idempotency-Key` was used for another request.",
    "429": "Too many calls; `Retry-After` says when to go on.",
    "503": "The database can't be reached; nothing was written.",
}
INTRODUCTION = """
Everything a person does in CSOM, for another system.

* **Keys** are made in the workspace's settings and sent as `Authorization: Bearer csk_…`. A key belongs to one
  workspace; what it does is told as done by the person who made it.
* **Lists** answer `results` and `next`, the address of the following page, or null. Rows added meanwhile don't move
  it. `updated_since` turns a list into a feed of changes, oldest first. A filter that a list doesn't know is refused.
* **Your own ids**: `PUT …/by-external-id/{external_id}` creates (201) or changes (200); two at once make one.
* **Twice is once**: a POST with an `Idempotency-Key` is done once and answered alike for a day.
* **Versions**: send the `version` that you read, or `If-Match`; if somebody was quicker, 409 shows what stands there.
* **Money** is a decimal text with its currency, days are `2026-03-31`, instants end in `Z`. An account is archived,
  never deleted.
* **Errors** are problems (RFC 9457): `errors` names each field, items of a list by their index.
""".strip()
DONE = {"200": "Done.", "201": "Created.", "204": "Done; there is nothing to say."}
RATE = {
    "RateLimit-Limit": "Calls a minute.",
    "RateLimit-Remaining": "How many of them are left.",
    "RateLimit-Reset": "Seconds until the count starts anew.",
}


class BearerKey(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "accounts.api.authentication.KeyAuthentication"
    name = "key"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        return {"type": "http", "scheme": "bearer", "description": "A key made in the workspace's settings."}


class Schema(AutoSchema):
    view: Resource  # type: ignore[override]

    def get_request_serializer(self) -> Any:
        entry = self.entry()
        return entry(partial=self.method == "PATCH") if entry else None

    def entry(self) -> type[serializers.Serializer] | None:
        """What the caller says in this operation, if anything."""
        return self.view.entries.get(str(self.view.action))

    def get_response_serializers(self) -> Any:
        return self.view.shape

    def get_override_parameters(self) -> list[Any]:
        said = []
        if self.method == "POST":
            said.append(_header(HEADER, "Said twice within a day, the request is done once.", {"maxLength": LONGEST}))
        entry = self.entry()
        if self.method == "DELETE" or (entry is not None and "version" in entry().fields):
            said.append(_header("If-Match", "The version that you read, as the ETag says it; stale: 409.", {}))
        return said

    def get_description(self) -> str:  # type: ignore[override]
        """Only what is said about the operation itself, never a class's note to its readers."""
        return ""

    def get_examples(self) -> list[OpenApiExample]:
        entry = self.entry()
        said: dict[str, Any] = getattr(entry, "example", {})
        return [OpenApiExample("An example", value=said, request_only=True)] if said else []

    def _get_serializer_name(self, serializer: Any, direction: Any, bypass_extensions: bool = False) -> str:
        name: str = super()._get_serializer_name(serializer, direction, bypass_extensions)
        return name.removesuffix("Shape")

    def _is_create_operation(self) -> bool:
        return self.view.action == "create"

    def _get_response_bodies(self, direction: Any = "response") -> Any:
        bodies = super()._get_response_bodies(direction)
        if self.view.action == "put_by_external_id":
            bodies["201"] = {**bodies["200"], "description": "Created."}
            bodies["200"] = {**bodies["200"], "description": "Changed."}
        self.resolve_serializer(ProblemShape, direction)
        for code, body in bodies.items():
            body["headers"] = self._headers(code)
            body["description"] = body["description"] or DONE[code]
        return bodies | {code: {"$ref": f"#/components/responses/Problem{code}"} for code in self._problems()}

    def _problems(self) -> list[str]:
        codes = ["400", "401", "403", "404", "406", "409", "415", "422", "429", "503"]
        if self.view.action in getattr(self.view, "passing", ()):
            codes.append("410")
        if self.method in ("GET", "DELETE"):
            codes.remove("415")
        if self.method == "GET":
            codes.remove("409")
        if self.method != "POST":
            codes.remove("422")
        return codes

    def _headers(self, code: str) -> dict[str, Any]:
        found = {name: {"$ref": f"#/components/headers/{name}"} for name in RATE}
        if code == "200" and "version" in self.view.shape().fields and not self._is_list_view():
            found["ETag"] = {"$ref": "#/components/headers/ETag"}
        if code == "201" and self.method == "POST":
            found[REPLAYED] = {"$ref": f"#/components/headers/{REPLAYED}"}
        return found

    def _postprocess_serializer_schema(self, schema: Any, serializer: Any, direction: Any) -> Any:
        schema = super()._postprocess_serializer_schema(schema, serializer, direction)  # type: ignore[no-untyped-call]
        if not vars(type(serializer)).get("__doc__"):
            schema.pop("description", None)  # a note on the base class, to our own readers
        if isinstance(serializer, Entry):
            schema["additionalProperties"] = False
        return schema


def _said(meaning: str, kind: str = "string") -> dict[str, Any]:
    return {"description": meaning, "schema": {"type": kind}}


def _header(name: str, meaning: str, more: dict[str, Any]) -> OpenApiParameter:
    return OpenApiParameter(name, {"type": "string"} | more, OpenApiParameter.HEADER, description=meaning)


def with_shared_parts(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """The problems and headers that every operation points at, once."""
    shared: dict[str, Any] = {name: _said(meaning, "integer") for name, meaning in RATE.items()}
    shared["ETag"] = _said("The row's version, for `If-Match`.")
    shared[REPLAYED] = _said("`true` where this is the answer to an earlier request of the same key.")
    result["components"]["headers"] = shared
    result["components"]["responses"] = {f"Problem{code}": _problem(code) for code in PROBLEMS}
    result["info"]["description"] = INTRODUCTION
    result["servers"] = [{"url": "/", "description": "This installation."}]
    return result


def _problem(code: str) -> dict[str, Any]:
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}, "example": _example(code)}}
    headers: dict[str, Any] = {}
    if code == "401":
        headers["WWW-Authenticate"] = _said("Which scheme to use.")
    elif code != "503":
        headers = {name: {"$ref": f"#/components/headers/{name}"} for name in RATE}
    if code in ("429", "503"):
        headers["Retry-After"] = _said("Seconds to wait.", "integer")
    return {"description": PROBLEMS[code], "headers": headers, "content": content}


def _example(code: str) -> dict[str, Any]:
    status = HTTPStatus(int(code))
    said: dict[str, Any] = {
        "type": "about:blank",
        "title": status.phrase,
        "status": status.value,
        "detail": PROBLEMS[code],
    }
    if code == "400":
        said |= {"detail": "Some fields can't be taken as they are.", "errors": {"name": ["This field is required."]}}
    return said
