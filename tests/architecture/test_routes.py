"""Every address has a gate, and behind the gate another tenant's things don't exist."""

from __future__ import annotations

import itertools
import re

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve

from accounts.access import ENFORCES
from accounts.models import Contact, Membership, User
from accounts.roles import allows
from accounts.tenancy.context import tenant_context
from journeys.plans.actions import sharing
from journeys.plans.models import SharedLink
from journeys.plans.views.shared.gate import LINKED, VISITED
from tests.architecture.story import Story, tell_story
from tests.factories.accounts import UserFactory

# Views without a permission of their own, each with its reason. A stale entry fails.
OPEN_TO_EVERY_MEMBER = {
    "accounts:preferences": "everybody's own looks",
}
# Pages for customers that a link alone opens, before its holder has typed a code. A stale entry fails.
OPEN_WITH_A_LINK = {
    "shared:open": "asks for the code",
    "shared:code": "sends the code",
    "shared:look": "colors alone",
}
# What a sales rep who holds nothing may read by id, each with its reason. A stale entry fails.
OPEN_TO_A_REP_WHO_HOLDS_NOTHING = {
    "blueprints:blueprint-detail": "the library is the product’s own text, for everybody who may read it",
}
# Outside every workspace: no tenant, so no permission; each says for itself who may come. The operator's admin and the
# API are walked elsewhere. Whatever a library adds to its own addresses doesn't appear here by itself.
PUBLIC = {
    "/", "/workspaces/", "/invitations/<str:token>/", "/healthz", "/healthz/engine", "/healthz/live", "/styleguide/",
    "/v1/<str:kind>",
    "/accounts/login/", "/accounts/logout/", "/accounts/inactive/", "/accounts/signup/", "/accounts/reauthenticate/",
    "/accounts/password/change/", "/accounts/password/set/",
    "/accounts/password/reset/", "/accounts/password/reset/done/", "/accounts/password/reset/key/done/",
    "/accounts/^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
    "/accounts/2fa/", "/accounts/2fa/authenticate/", "/accounts/2fa/reauthenticate/",
    "/accounts/2fa/totp/activate/", "/accounts/2fa/totp/deactivate/",
    "/accounts/2fa/recovery-codes/", "/accounts/2fa/recovery-codes/generate/", "/accounts/2fa/recovery-codes/download/",
}  # fmt: skip
WALKED_ELSEWHERE = ("/admin/", "/api/v1/", "/mail/")
ID = re.compile(r"<(?:[a-z]+:)?([a-z_]+)>")


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
SHARED_ROUTES = routes(settings.SHARED_URLCONF)
WITH_IDS = [(name, path) for name, path, _ in TENANT_ROUTES if ID.search(path)]


@pytest.mark.parametrize(("name", "view"), [(n, v) for n, _, v in TENANT_ROUTES], ids=[n for n, _, _ in TENANT_ROUTES])
def test_a_page_of_a_workspace_names_its_permission(name, view):
    if name in OPEN_TO_EVERY_MEMBER:
        assert not hasattr(view, ENFORCES), "listed as open, but it has a gate now"
        return
    assert hasattr(view, ENFORCES), f"{name} has no @requires(Permission…)"


@pytest.mark.django_db
def test_whose_role_lacks_the_permission_is_refused_by_the_gate(acme_cast, page):
    """Before anything is looked up: also for what nobody has."""
    people = {name: who for name, who in vars(acme_cast).items() if isinstance(who, User)}
    roles = {name: Membership.objects.get(user=who).role for name, who in people.items()}
    clients = {name: page(who, acme_cast.tenant) for name, who in people.items()}
    told = []
    for name, path, view in TENANT_ROUTES:
        permission = getattr(view, ENFORCES, None)
        lacking = [who for who, role in roles.items() if permission and not allows(role, permission)]
        for who in lacking[-1:]:
            status = clients[who].get(ID.sub("1", path)).status_code
            status = clients[who].post(ID.sub("1", path)).status_code if status == 405 else status
            if status != 403:
                told.append(f"{name}: {roles[who]} met {status}")
    assert told == []


def test_the_list_of_open_pages_is_not_stale():
    assert {name for name, _, _ in TENANT_ROUTES} >= OPEN_TO_EVERY_MEMBER.keys()


@pytest.mark.django_db
def test_another_tenants_id_is_as_unknown_as_no_id_at_all(acme_cast, rival, page):
    """Asked at addresses that lead somewhere for their own tenant: 404 for everybody would be no isolation."""
    story = tell_story(acme_cast)
    ada, rita = page(acme_cast.ada, acme_cast.tenant), page(rival.rita, rival.tenant)
    reached = {name: _reached(ada, story, path) for name, path in WITH_IDS}
    unreached = [name for name, address in reached.items() if address is None]
    assert unreached == [], "the story has nothing for these: add it to tests/architecture/story.py"
    told = []
    for (name, path), method in itertools.product(WITH_IDS, ("get", "post")):
        foreign, nowhere = (getattr(rita, method)(asked).status_code for asked in (reached[name], story.nowhere(path)))
        if foreign not in (404, 405) or foreign != nowhere:
            told.append(f"{name}: {method} {reached[name]} answered {foreign}")
    assert told == []


def _reached(client: Client, story: Story, path: str) -> str | None:
    for address, method in itertools.product(story.addresses(path), ("get", "post")):
        with transaction.atomic():
            status = getattr(client, method)(address + story.query).status_code
            transaction.set_rollback(True)
        if status not in (404, 405):
            return address
    return None


@pytest.mark.django_db
def test_a_stranger_is_sent_to_sign_in_and_a_non_member_finds_nothing(acme_cast, rival):
    outsider = Client()
    outsider.force_login(rival.rita)
    for _name, path, _view in TENANT_ROUTES:
        address = f"/w/acme{ID.sub('1', path)}"
        assert Client().get(address).headers.get("Location", "").startswith("/accounts/login/"), address
        assert outsider.get(address).status_code == 404, address
        assert outsider.post(address).status_code == 404, address


def test_no_route_of_a_workspace_resolves_without_one():
    for name, path, view in TENANT_ROUTES:
        try:
            found = resolve(ID.sub("1", path), urlconf=settings.ROOT_URLCONF)
        except Resolver404:
            continue
        assert found.func is not view, f"{name} answers without a workspace"


@pytest.mark.django_db
def test_a_sales_rep_who_holds_nothing_finds_nothing(acme_cast, page):
    """Inside one workspace, too: an account that somebody else sells is unknown, and so is all that hangs on it."""
    story = tell_story(acme_cast)
    sid = UserFactory(email="sid@acme.test", name="Sid")
    Membership.objects.create(tenant=acme_cast.tenant, user=sid, role="sales")
    client, ada = page(sid, acme_cast.tenant), page(acme_cast.ada, acme_cast.tenant)
    reached = {name: _reached(ada, story, path) for name, path in WITH_IDS}
    assert [name for name, address in reached.items() if address is None] == []
    said = {name: client.get(address + story.query).status_code for name, address in reached.items()}
    opened = {name for name, status in said.items() if status not in (403, 404, 405)}
    assert opened == set(OPEN_TO_A_REP_WHO_HOLDS_NOTHING)


@pytest.mark.parametrize(("name", "view"), [(n, v) for n, _, v in SHARED_ROUTES], ids=[n for n, _, _ in SHARED_ROUTES])
def test_a_page_for_customers_needs_a_visit(name, view):
    marks = {mark for mark in (LINKED, VISITED) if hasattr(view, mark)}
    assert marks == ({LINKED} if name in OPEN_WITH_A_LINK else {VISITED}), f"{name} has no @visited"
    assert not hasattr(view, ENFORCES)


def test_the_list_of_pages_that_a_link_opens_is_not_stale():
    assert {name for name, _, _ in SHARED_ROUTES} >= OPEN_WITH_A_LINK.keys()


def test_no_page_for_customers_is_found_elsewhere_nor_any_other_there():
    for name, path, view in SHARED_ROUTES:
        for urlconf in (settings.ROOT_URLCONF, settings.TENANT_URLCONF):
            try:
                found = resolve(ID.sub("1", path), urlconf=urlconf)
            except Resolver404:
                continue
            assert found.func is not view, name
    ours = {view for urlconf in (settings.TENANT_URLCONF, settings.ROOT_URLCONF) for _, _, view in routes(urlconf)}
    assert not ours & {view for _, _, view in SHARED_ROUTES}
    assert not [name for name, path, _ in routes(settings.TENANT_URLCONF) if path.startswith("/p/")]


@pytest.mark.django_db
def test_a_link_of_one_workspace_opens_nothing_in_another(acme_cast, rival):
    """Nor does a guess in its own; and whatever a stranger asks for, it is the same page."""
    tell_story(acme_cast)
    with tenant_context(acme_cast.tenant):
        link = sharing.renew(SharedLink.objects.get(), by=acme_cast.ada)
        _link, token = sharing.share(link.plan, _another(link), by=acme_cast.ada)
    answers = set()
    for _name, path, _view in SHARED_ROUTES:
        rest = ID.sub("1", path.removeprefix("/p/<str:token>/"))
        for slug, key in (("rival", token), ("acme", "x" * len(token)), ("nowhere", token)):
            answers.add((Client().get(f"/w/{slug}/p/{key}/{rest}").status_code, slug))
            answers.add((Client().post(f"/w/{slug}/p/{key}/{rest}").status_code, slug))
        assert Client().get(f"/w/acme/p/{token}/{rest}").status_code in (200, 302, 405), path
    assert {status for status, _slug in answers} <= {404, 405}
    with tenant_context(rival.tenant):
        assert not SharedLink.objects.exists()


def _another(link: SharedLink) -> Contact:
    return Contact.objects.create(account=link.plan.account, name="Second", email="second@first.test")


def test_the_addresses_outside_every_workspace_are_these():
    found = {path for _, path, _ in routes(settings.ROOT_URLCONF) if not path.startswith(WALKED_ELSEWHERE)}
    assert found == PUBLIC


@pytest.mark.django_db
def test_nobody_gives_themselves_an_address(acme_cast):
    client = Client()
    client.force_login(acme_cast.cass)
    said = {"action_add": "", "email": "ada@elsewhere.test"}
    assert client.post("/accounts/email/", said).status_code == 404
    assert not EmailAddress.objects.filter(email="ada@elsewhere.test").exists()


def test_the_guards_can_fail():
    """A page without a gate is seen."""
    assert not hasattr(lambda request: None, ENFORCES)
    assert any(hasattr(view, ENFORCES) for _, _, view in TENANT_ROUTES)
