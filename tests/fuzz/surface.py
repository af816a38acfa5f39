"""Everything that can be asked: pages, their forms, pages for customers, public addresses and the API's operations."""

from __future__ import annotations

import itertools
import random
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

import yaml
from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from csom.api import SCHEMA
from tests.architecture.story import ID, Story

API = "/api/v1/"
NAMED_BY_HAND = ("account", "csm", "owner", "team", "after", "page", "id", "pk", "next", "tenant", "workspace", "ids")

EVENT: tuple[tuple[str, Any], ...] = (
    ("type", "track"), ("event", "report_downloaded"), ("userId", "u1"), ("groupId", "g1"), ("traits", {}),
    ("messageId", "m"), ("context", {"groupId": "g1"}), ("properties", {}),
)  # fmt: skip


@dataclass(frozen=True)
class Target:
    """One thing to ask; `own` is an address of Acme's that leads somewhere, `path` has places for ids."""

    kind: str  # page, form, operator, shared, public or api
    method: str  # "" = any
    path: str
    own: str = ""
    said: tuple[tuple[str, Any], ...] = ()


@dataclass
class Surface:
    targets: list[Target] = field(default_factory=list)
    names: set[str] = field(default_factory=lambda: set(NAMED_BY_HAND))
    unreached: list[str] = field(default_factory=list)


def routes(urlconf: str) -> list[str]:
    found: list[str] = []

    def walk(patterns: list[Any], prefix: str) -> None:
        for entry in patterns:
            path = prefix + str(entry.pattern)
            if isinstance(entry, URLResolver):
                walk(entry.url_patterns, path)
            elif isinstance(entry, URLPattern) and not path.startswith("/api/v1/"):
                found.append(path.replace("^", "").removesuffix("$"))

    walk(get_resolver(urlconf).url_patterns, "/")
    return sorted(set(found))


def survey(story: Story, clients: list[Client], token: str, dice: random.Random, share: float = 1.0) -> Surface:
    """Ids are tried at every address; the forms are those of a share of the pages, drawn anew for every seed."""
    surface, pages = Surface(), []
    for path in routes(settings.TENANT_URLCONF):
        looked_at = dice.random() < share
        own = _reached(clients[0], story, path) if looked_at else None
        if looked_at and own is None:
            surface.unreached.append(path)
        pages += [own] if own else []
        surface.targets.append(Target(_kind(path), "", path, own or story.nowhere(path)))
    for path in routes(settings.SHARED_URLCONF):
        surface.targets.append(Target("shared", "", path, path.replace("<str:token>", token)))
    for path in routes(settings.ROOT_URLCONF):
        said = EVENT if path.startswith("/v1/") else ()
        surface.targets += [Target("public", "", path, path, said)] * (20 if said else 1)
    surface.targets += _operations(surface, story)
    surface.targets += _forms(surface, clients, pages)
    return surface


def _kind(path: str) -> str:
    return "operator" if path.startswith("/admin/") else "page"


def _reached(client: Client, story: Story, path: str) -> str | None:
    addresses = _addresses(story, path) if ID.search(path) else [path]
    for address, method in itertools.product(addresses, ("get", "post")):
        with untold(client):
            status = getattr(client, method)(address + story.query).status_code
        if status not in (404, 405):
            return address
    return None


@contextmanager
def untold(client: Client) -> Iterator[None]:
    """Whatever is asked in here is taken back, and who signed out on the way is signed in still."""
    cookies = client.cookies.copy()
    try:
        with transaction.atomic():
            yield
            transaction.set_rollback(True)
    finally:
        client.cookies = cookies


def _addresses(story: Story, path: str) -> list[str]:
    """The operator's pages say which noun they show; the others are tried with every number."""
    parts = path.split("/")
    if parts[1] == "admin" and all(part.isidentifier() for part in parts[2:4]):
        ids = story.ids.get(apps.get_model(parts[2], parts[3]).__name__, [])
        return [ID.sub(str(pk), path) for pk in ids[:1]]
    before = path.split("<", 1)[0].strip("/").replace("-", "").split("/")
    likely = [pk for model, pks in story.ids.items() if model.lower().rstrip("y") in before[-1] for pk in pks]
    return [ID.sub(str(pk), path) for pk in likely] * (len(ID.findall(path)) == 1) + story.addresses(path)[:120]


def _operations(surface: Surface, story: Story) -> list[Target]:
    schema = yaml.safe_load(SCHEMA.read_text())
    found = []
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            asked = operation.get("parameters", [])
            surface.names |= {p["name"] for p in asked if p.get("in") == "query"}
            body = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
            said = _with_our_own(_example(body, schema), story)
            found.append(Target("api", method.upper(), path, _own(path, story), tuple(said.items())))
    return found


def _own(path: str, story: Story) -> str:
    """The address with Acme's own ids, as far as the words before them say whose they are."""
    noun = path.split("/")[3].replace("-", "").rstrip("s")
    known = {name.lower(): ids[0] for name, ids in story.ids.items() if ids}
    return re.sub(r"\{(\w+)\}", lambda m: str(known.get(m[1].split("_")[0], known.get(noun, 1))), path)


def _with_our_own(said: dict[str, Any], story: Story) -> dict[str, Any]:
    """An example that holds in Acme: its own account and person where the description names its own."""
    known = {name.lower(): ids[0] for name, ids in story.ids.items() if ids}
    ours = {name: known.get(name.replace("_", ""), value) for name, value in said.items()}
    if "account" in ours:
        ours = {name: value for name, value in ours.items() if name != "account_external_id"}
    mailed = {name: "cass@acme.test" for name, value in ours.items() if isinstance(value, str) and "@example" in value}
    return {name: value for name, value in (ours | mailed).items() if value is not None}


def _example(body: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """What the description gives as an example, and beside it whatever else may be said."""
    name = body.get("schema", {}).get("$ref", "").rsplit("/", 1)[-1]
    properties = schema["components"]["schemas"].get(name, {}).get("properties", {})
    said = {key: None for key, what in properties.items() if not what.get("readOnly")}
    for example in body.get("examples", {}).values():
        if isinstance(example.get("value"), dict):
            said |= example["value"]
    return said


class FormReader(HTMLParser):
    """Forms and what they would send as they stand."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.page, self.forms, self.open, self.select = page, [], None, ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form":
            address = said.get("hx-post") or said.get("action") or self.page
            method = "POST" if "hx-post" in said else said.get("method", "get").upper()
            self.open = (method, address, {})
            self.forms.append(self.open)
        elif self.open and tag in ("input", "textarea", "select", "button") and said.get("name"):
            self.select = said["name"] if tag == "select" else ""
            if said.get("type") not in ("checkbox", "radio") or "checked" in said:
                self.open[2].setdefault(said["name"], said.get("value", ""))
        elif self.open and tag == "option" and self.select and ("selected" in said or not self.open[2][self.select]):
            self.open[2][self.select] = said.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        self.open = None if tag == "form" else self.open


def _forms(surface: Surface, clients: list[Client], pages: list[str]) -> list[Target]:
    """The forms of every page that two people see, each once by its address and its fields."""
    found: dict[tuple[str, str, tuple[str, ...]], Target] = {}
    for client, page in itertools.product(clients, pages):
        with untold(client):
            answer = client.get(page)
        if answer.status_code != 200 or "html" not in answer.headers.get("Content-Type", "") or answer.streaming:
            continue
        reader = FormReader(page)
        reader.feed(answer.content.decode())
        for method, address, said in reader.forms:
            said.pop("csrfmiddlewaretoken", None)
            surface.names |= said.keys() if method == "GET" else set()
            own = urlsplit(address).path or page
            kind = "operator" if "/admin/" in own else "form"
            found.setdefault((method, own, tuple(said)), Target(kind, method, address, own, tuple(said.items())))
    return [target for target in found.values() if target.method == "POST"]
