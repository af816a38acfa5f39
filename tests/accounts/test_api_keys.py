"""API keys: shown once, kept as a hash, revoked for good."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.utils import timezone

from accounts.actions import api_keys
from accounts.keys import key_of
from accounts.models import ApiKey, Event, Membership, User
from accounts.tenancy.context import tenant_context

pytestmark = pytest.mark.django_db


@pytest.fixture
def olly(acme_cast, page):
    return page(acme_cast.olly, acme_cast.tenant)


def made(cast, **more) -> tuple[ApiKey, str]:
    with tenant_context(cast.tenant):
        return api_keys.create(cast.tenant, "CRM sync", "write", cast.ada, **more)


def test_a_key_is_shown_once_and_opens_its_tenant(acme_cast, olly):
    answer = olly.post("/settings/keys/new/", {"name": "CRM sync", "scope": "read"})
    secret = re.search(r'value="(csk_[^"]+)"', answer.content.decode())[1]
    assert answer["Cache-Control"] == "max-age=0, no-cache, no-store, must-revalidate, private"
    key = ApiKey.objects.get()
    assert secret not in str(key.__dict__)
    assert secret not in olly.get("/settings/keys/").content.decode()
    assert key_of(f"Bearer {secret}") == key
    assert (key.tenant, key.scope, key.created_by) == (acme_cast.tenant, "read", acme_cast.olly)
    with tenant_context(acme_cast.tenant):
        facts = Event.objects.get(kind="api_key.created").facts
        assert secret not in str(facts)


def test_a_revoked_key_opens_nothing_and_is_told_once(acme_cast, olly):
    key, secret = made(acme_cast)
    for _ in range(2):
        assert olly.post(f"/settings/keys/{key.pk}/revoke/").status_code == 302
    assert key_of(f"Bearer {secret}") is None
    with tenant_context(acme_cast.tenant):
        assert Event.objects.filter(kind="api_key.revoked").count() == 1


def test_a_key_that_ran_out_opens_nothing(acme_cast):
    _, secret = made(acme_cast, expires_at=timezone.now() - dt.timedelta(seconds=1))
    assert key_of(f"Bearer {secret}") is None


def test_a_last_day_counts_until_its_midnight_where_the_workspace_is(acme_cast, olly):
    acme_cast.tenant.timezone = "America/New_York"
    acme_cast.tenant.save()
    olly.post("/settings/keys/new/", {"name": "CRM", "scope": "read", "expires_on": "2099-06-30"})
    assert ApiKey.objects.get().expires_at == dt.datetime(2099, 7, 1, 4, tzinfo=dt.UTC)
    assert "30 Jun 2099" in olly.get("/settings/keys/").content.decode()


@pytest.mark.parametrize("said", [{"name": "", "scope": "read"}, {"name": "X", "scope": "all"},
                                  {"name": "X", "scope": "read", "expires_on": "2020-01-01"}])  # fmt: skip
def test_a_bad_key_is_refused(olly, said):
    assert olly.post("/settings/keys/new/", said).status_code == 422
    assert not ApiKey.objects.exists()


def test_only_admins_and_operations_make_keys(acme_cast, page):
    for person in (acme_cast.lee, acme_cast.cass, acme_cast.sal):
        client = page(person, acme_cast.tenant)
        assert client.get("/settings/keys/").status_code == 403
        assert client.post("/settings/keys/new/", {"name": "X", "scope": "read"}).status_code == 403
    assert not ApiKey.objects.exists()


def test_a_key_of_another_workspace_is_unknown(acme_cast, rival, page):
    key, secret = made(acme_cast)
    rita = page(rival.rita, rival.tenant)
    assert rita.post(f"/settings/keys/{key.pk}/revoke/").status_code == 404
    assert b"CRM sync" not in rita.get("/settings/keys/").content
    assert key_of(f"Bearer {secret}") == key


def test_a_key_goes_with_the_person_who_made_it(acme_cast):
    _, secret = made(acme_cast)
    assert key_of(f"Bearer {secret}")
    maker = Membership.objects.filter(tenant=acme_cast.tenant, user=acme_cast.ada)
    maker.update(ended_at=timezone.now())
    assert key_of(f"Bearer {secret}") is None
    maker.update(ended_at=None)
    User.objects.filter(pk=acme_cast.ada.pk).update(is_active=False)
    assert key_of(f"Bearer {secret}") is None


def test_a_membership_elsewhere_keeps_no_key_alive(acme_cast, rival):
    _, secret = made(acme_cast)
    Membership.objects.filter(tenant=acme_cast.tenant, user=acme_cast.ada).update(ended_at=timezone.now())
    Membership.objects.create(tenant=rival.tenant, user=acme_cast.ada, role="admin")
    assert key_of(f"Bearer {secret}") is None
