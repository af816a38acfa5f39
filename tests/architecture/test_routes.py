"""Every address has a gate, and behind the gate another tenant's things don't exist."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.access import ENFORCES
from tests.architecture.story import Story, tell_story

# Views without a permission of their own, each with its reason. A stale entry fails.
OPEN_TO_EVERY_MEMBER = {
    "accounts:preferences": "everybody's own looks",
}
# Outside every workspace: no tenant, so no permission; each says for itself who may come.
PUBLIC_NAMESPACES = {"admin", "account", "mfa"}
ID = re.compile(r"<(?:int:)?([a-z_]+)>")


def routes(urlconf: str) -> list[tuple[str, str, object]]:
    """(name, path template, view) of every route."""
    found: list[tuple[str, str, object]] = []

    def walk(patterns, prefix: str, namespace: str) -> None:
        for entry in patterns:
            path = prefix + str(entry.pattern)
            if isinstance(entry, URLResolver):
                inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
                walk(entry.url_patterns, path, inner)
            elif isinstance(entry, URLPattern):
                found.append((f"{namespace}{entry.name}", path, entry.callback))

    walk(get_resolver(urlconf).url_patterns, "/", "")
    return found


TENANT_ROUTES = [r for r in routes(settings.TENANT_URLCONF) if not r[0].startswith("admin:")]
WITH_IDS = [(name, path) for name, path, _ in TENANT_ROUTES if ID.search(path)]


@pytest.mark.parametrize(("name", "view"), [(n, v) for n, _, v in TENANT_ROUTES], ids=[n for n, _, _ in TENANT_ROUTES])
def test_a_page_of_a_workspace_names_its_permission(name, view):
    if name in OPEN_TO_EVERY_MEMBER:
        assert not hasattr(view, ENFORCES), "listed as open, but it has a gate now"
        return
    assert hasattr(view, ENFORCES), f"{name} has no @requires(Permission…)"


def test_the_list_of_open_pages_is_not_stale():
    assert {name for name, _, _ in TENANT_ROUTES} >= OPEN_TO_EVERY_MEMBER.keys()


@pytest.fixture
def story(acme_cast, rival) -> Story:
    return tell_story(acme_cast)


@pytest.mark.parametrize(("name", "path"), WITH_IDS, ids=[n for n, _ in WITH_IDS])
@pytest.mark.django_db
def test_another_tenants_id_is_as_unknown_as_no_id_at_all(name, path, story, page, rival, acme_cast):
    ours, theirs = page(acme_cast.ada, acme_cast.tenant), page(rival.rita, rival.tenant)
    addresses = story.addresses(path)
    assert addresses, f"the story has nothing for {path}: add it to tests/architecture/story.py"
    for address in addresses:
        for method in ("get", "post"):
            foreign, nowhere = getattr(theirs, method)(address), getattr(theirs, method)(story.nowhere(path))
            assert foreign.status_code in (404, 405), f"{method} {address} answered {foreign.status_code}"
            assert foreign.status_code == nowhere.status_code
    seen = {getattr(ours, method)(address).status_code for address in addresses for method in ("get", "post")}
    assert seen - {404, 405}, f"nobody reaches {path}: the guard above proves nothing"


@pytest.mark.parametrize(("name", "path"), [(n, p) for n, p, _ in TENANT_ROUTES], ids=[n for n, _, _ in TENANT_ROUTES])
@pytest.mark.django_db
def test_a_stranger_is_sent_to_sign_in_and_a_non_member_finds_nothing(name, path, acme_cast, rival):
    address = f"/w/acme{ID.sub('1', path)}"
    anonymous = Client().get(address)
    assert anonymous.status_code == 302
    assert anonymous["Location"].startswith("/accounts/login/")
    outsider = Client()
    outsider.force_login(rival.rita)
    assert outsider.get(address).status_code == 404
    assert outsider.post(address).status_code == 404


@pytest.mark.django_db
def test_no_route_of_a_workspace_resolves_without_one():
    for _, path, _ in TENANT_ROUTES:
        if path.startswith("/admin/") or path == "/":
            continue
        assert Client().get(ID.sub("1", path)).status_code == 404
