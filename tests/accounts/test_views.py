"""Saved views: one's own, shared ones, and who may change them."""

from __future__ import annotations

import re

import pytest

from accounts.actions import views
from accounts.actions.errors import Refused
from accounts.models import SavedView
from accounts.tenancy.context import tenant_context
from tests.factories.accounts import AccountFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def cass(acme_cast, page):
    return page(acme_cast.cass, acme_cast.tenant)


def tabs(response) -> list[str]:
    found = re.findall(r'<a class="tab"[^>]*>\s*([^<]+?)\s*<', response.content.decode())
    return [
        name
        for name in found
        if name not in ("My book", "All", "Renewing in 6 months", "At risk", "Onboarding", "No touch 30 d")
    ]


def test_a_view_keeps_filters_order_and_columns(cass, acme_cast):
    query = "sort=-arr&cols=arr&cols=csm&phase=onboarding&secret=1&q="
    response = cass.post("/views/new/", {"name": " Growing ", "query": query})
    assert response.status_code == 302
    with tenant_context(acme_cast.tenant):
        view = SavedView.objects.get()
    assert (view.name, view.owner_id, view.shared) == ("Growing", acme_cast.cass.pk, False)
    assert view.query == "scope=own&phase=onboarding&sort=-arr&cols=arr&cols=csm"
    assert response["Location"] == f"/w/acme/accounts/?view={view.pk}&{view.query}"
    page = cass.get(f"/accounts/?view={view.pk}")
    assert 'name="sort" value="-arr"' in page.content.decode()
    assert tabs(page) == ["Growing"]


def test_shared_views_are_everybodys_and_private_ones_nobodys(acme_cast, page):
    with tenant_context(acme_cast.tenant):
        views.save("Shared", "scope=all", shared=True, by=acme_cast.lee)
        views.save("Private", "scope=all", by=acme_cast.lee)
    assert tabs(page(acme_cast.vera, acme_cast.tenant).get("/accounts/")) == ["Shared"]
    assert tabs(page(acme_cast.lee, acme_cast.tenant).get("/accounts/")) == ["Private", "Shared"]


def test_only_the_owner_changes_or_removes_a_view(acme_cast, page, cass):
    with tenant_context(acme_cast.tenant):
        view = views.save("Shared", "scope=all", shared=True, by=acme_cast.lee)
        with pytest.raises(Refused):
            views.remove(view, by=acme_cast.cass)
    for address in (f"/views/{view.pk}/edit/", f"/views/{view.pk}/remove/"):
        assert cass.post(address, {"name": "Taken"}).status_code == 404
    lee = page(acme_cast.lee, acme_cast.tenant)
    said = {"name": "Ours", "query": "scope=all&phase=adoption"}
    assert lee.post(f"/views/{view.pk}/edit/", said).status_code == 302
    with tenant_context(acme_cast.tenant):
        view.refresh_from_db()
        assert (view.name, view.query, view.shared) == ("Ours", "scope=all&phase=adoption", False)
    assert lee.post(f"/views/{view.pk}/remove/").status_code == 302
    with tenant_context(acme_cast.tenant):
        assert not SavedView.objects.exists()


def test_who_may_not_share_saves_for_themselves(acme_cast, page):
    sal = page(acme_cast.sal, acme_cast.tenant)
    assert sal.post("/views/new/", {"name": "Mine", "query": "", "shared": "on"}).status_code == 302
    with tenant_context(acme_cast.tenant):
        assert SavedView.objects.get().shared is False


@pytest.mark.parametrize("said", [{"name": ""}, {"name": "x" * 61}, {"name": "Twice"}])
def test_a_name_that_cannot_be_taken_is_refused_in_words(cass, acme_cast, said):
    with tenant_context(acme_cast.tenant):
        views.save("Twice", "scope=all", by=acme_cast.cass)
    response = cass.post("/views/new/", {"query": "phase=adoption"} | said)
    assert response.status_code == 422
    assert 'id="id_name_error"' in response.content.decode()
    assert "phase=adoption" in response.content.decode()


def test_the_list_saved_anew_replaces_what_the_view_kept(cass, acme_cast):
    with tenant_context(acme_cast.tenant):
        AccountFactory(name="Big", csm=acme_cast.cass)
        view = views.save("Mine", "scope=own", by=acme_cast.cass)
    form = cass.get(f"/views/{view.pk}/edit/?scope=own&segment=Mid").content.decode()
    assert 'value="scope=own&amp;segment=Mid"' in form
