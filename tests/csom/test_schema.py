"""The description of the API in the repository is the code's own, whole, and true to what is answered."""

import pytest
import yaml
from django.test import Client
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiYamlRenderer
from drf_spectacular.validation import validate_schema

from accounts.api.resource import Resource
from accounts.roles import Permission
from csom.api import SCHEMA, router

METHODS = {"get", "post", "put", "patch", "delete"}


@pytest.fixture(scope="module")
def described() -> dict:
    return yaml.safe_load(SCHEMA.read_text())


def operations(described):
    return [
        (method, path, operation)
        for path, methods in described["paths"].items()
        for method, operation in methods.items()
        if method in METHODS
    ]


def test_the_file_is_what_the_code_says(described):
    generated = SchemaGenerator().get_schema(request=None, public=True)
    validate_schema(generated)
    said = OpenApiYamlRenderer().render(generated, renderer_context={}).decode()
    assert said == SCHEMA.read_text(), "run `make schema`"


def test_every_operation_says_what_it_does_who_may_and_what_can_go_wrong(described):
    assert described["openapi"].startswith("3.1")
    for method, path, operation in operations(described):
        where = f"{method} {path}"
        assert operation["summary"], where
        assert operation["security"] == [{"key": []}], where
        assert {"400", "401", "403", "404", "429", "503"} <= operation["responses"].keys(), where
        assert any(code.startswith("2") for code in operation["responses"]), where
        assert not path.endswith("/"), where
        if method in ("post", "put", "patch") and "requestBody" in operation:
            assert "415" in operation["responses"], where
        for parameter in operation.get("parameters", []):
            assert parameter["schema"], where


@pytest.mark.parametrize(("prefix", "resource"), [(prefix, view) for prefix, view, _ in router.registry])
def test_every_action_names_its_permission_and_its_entry(prefix, resource):
    assert issubclass(resource, Resource)
    verbs = {"list", "retrieve", "create", "update", "partial_update", "destroy"}
    named = {name for name in verbs if hasattr(resource, name)}
    for extra in resource.get_extra_actions():
        named |= set(extra.mapping.values())
    assert resource.permissions.keys() == named
    assert all(isinstance(permission, Permission) for permission in resource.permissions.values())
    assert resource.entries.keys() <= named


def test_what_can_be_said_is_closed(described):
    """A caller's typing error is refused, so the description must say that nothing else is understood."""
    for _, path, operation in operations(described):
        body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
        if body:
            name = body["$ref"].rsplit("/", 1)[1]
            assert described["components"]["schemas"][name]["additionalProperties"] is False, f"{path}: {name}"


def test_it_is_served_as_yaml_and_as_json_to_anybody(described):
    answer = Client().get("/api/v1/schema")
    assert answer["Content-Type"].startswith("application/vnd.oai.openapi")
    assert yaml.safe_load(answer.content) == described
    assert Client().get("/api/v1/schema?format=json").json() == described
    assert Client().get("/api/v1/schema", headers={"Accept": "application/json"}).json() == described
    assert Client().post("/api/v1/schema").status_code == 405


def test_the_readable_pages_need_no_other_origin(db):
    answer = Client().get("/api/v1/docs")
    assert answer.status_code == 200
    text = answer.content.decode()
    assert "swagger-ui-bundle.js" in text
    assert "http://" not in text
    assert "https://" not in text
    policy = answer["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "img-src 'self' data:" in policy
