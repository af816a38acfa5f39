"""Signing in: by e-mail, throttled, for the invited; and where one lands."""

from __future__ import annotations

import re

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from accounts.models import Membership, User
from tests.factories.accounts import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _forget_attempts():
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def cass(acme_cast):
    acme_cast.cass.set_password(PASSWORD)
    acme_cast.cass.save()
    return acme_cast.cass


def sign_in(client: Client, password: str = PASSWORD, login: str = "cass@acme.test"):
    return client.post("/accounts/login/", {"login": login, "password": password})


def test_one_signs_in_by_address_and_lands_in_the_only_workspace(cass):
    client = Client()
    assert sign_in(client, login="Cass@Acme.test")["Location"] == "/"
    assert client.get("/")["Location"] == "/w/acme/"


def test_after_five_wrong_passwords_the_right_one_waits(cass):
    client = Client()
    for _ in range(5):
        assert sign_in(client, "wrong password").status_code == 200
    assert sign_in(client).status_code == 200
    assert "Too many failed login attempts" in sign_in(client).content.decode()
    assert client.get("/w/acme/").status_code == 302


def test_nobody_signs_up_on_their_own(db):
    answer = Client().post("/accounts/signup/", {"email": "x@y.test", "password1": PASSWORD, "password2": PASSWORD})
    assert answer.status_code in (200, 302, 403)
    assert not User.objects.exists()


def test_a_forgotten_password_is_set_anew_by_mail(cass):
    client = Client()
    client.post("/accounts/password/reset/", {"email": "cass@acme.test"})
    assert mail.outbox[0].subject == "Set a new password"
    link = re.search(r"https?://[^/]+(/accounts/password/reset/key/\S+)", mail.outbox[0].body)[1]
    form = client.get(link)["Location"]
    client.post(form, {"password1": "nine blue lanterns", "password2": "nine blue lanterns"})
    cass.refresh_from_db()
    assert cass.check_password("nine blue lanterns")


def test_an_address_nobody_has_is_answered_alike(cass):
    answers = [Client().post("/accounts/password/reset/", {"email": to}) for to in ("cass@acme.test", "no@acme.test")]
    assert len({(answer.status_code, answer["Location"]) for answer in answers}) == 1


def test_the_front_page_leads_to_the_workspace_one_was_in_last(acme_cast, rival):
    client = Client()
    assert client.get("/")["Location"].startswith("/accounts/login/")
    client.force_login(rival.rita)
    assert client.get("/")["Location"] == "/w/rival/"
    Membership.objects.create(tenant=acme_cast.tenant, user=rival.rita, role="viewer")
    chooser = client.get("/").content.decode()
    assert 'href="/w/acme/"' in chooser
    assert 'href="/w/rival/"' in chooser
    Membership.objects.filter(user=rival.rita, tenant=acme_cast.tenant).update(home_seen_at=timezone.now())
    assert client.get("/")["Location"] == "/w/acme/"
    assert client.get("/workspaces/").status_code == 200
    menu = client.get("/workspaces/?here=acme", headers={"hx-request": "true"}).content.decode()
    assert 'href="/w/acme/" aria-current="true"' in menu
    assert 'href="/w/rival/">' in menu
    assert "<html" not in menu


def test_without_a_workspace_one_is_told_how_to_get_into_one(db):
    client = Client()
    client.force_login(UserFactory(email="lone@example.test"))
    page = client.get("/")
    assert page.status_code == 200
    assert "lone@example.test" in page.content.decode()
