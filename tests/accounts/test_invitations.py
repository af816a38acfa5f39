"""From an invitation to a member: the link, the mail, and everything that can be wrong with it."""

from __future__ import annotations

import datetime as dt
import re
import smtplib

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts import keys, tasks
from accounts.actions import invitations, members
from accounts.actions.errors import Refused
from accounts.models import Event, Invitation, Membership, User
from accounts.tenancy.context import tenant_context
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db
NEW = {"name": "Nia New", "password": "seven green bottles"}


@pytest.fixture
def ada(acme_cast, page):
    return page(acme_cast.ada, acme_cast.tenant)


def invited(cast, email: str = "nia@acme.test", role: str = "csm") -> tuple[Invitation, str]:
    with tenant_context(cast.tenant):
        invitation = members.invite(email, role, by=cast.ada)
    return invitation, f"/invitations/{keys.token_of(invitation)}/"


def ring(monkeypatch) -> list[int]:
    """Beat rings, and a worker hears it at once; which tenants had a turn."""
    heard: list[int] = []

    def turn(args, **options):
        heard.append(args[0])
        tasks.mail_invitations.run(*args)

    with monkeypatch.context() as patch:
        patch.setattr(tasks.mail_invitations, "apply_async", turn)
        tasks.sweep_invitations.run()
    return heard


def test_the_link_is_shown_once_mailed_by_the_sweep_and_kept_nowhere(acme_cast, ada, monkeypatch):
    answer = ada.post("/settings/people/invite/", {"email": "Nia@Acme.test ", "role": "csm"})
    link = re.search(r'value="(http[^"]+)"', answer.content.decode())[1]
    assert not mail.outbox, "no request waits for a mail server"
    assert ring(monkeypatch) == [acme_cast.tenant.pk]
    assert link in mail.outbox[0].body
    assert (mail.outbox[0].to, mail.outbox[0].subject) == (["nia@acme.test"], "Ada of Acme invited you to Acme")
    token = link.rstrip("/").rsplit("/", 1)[1]
    kept = Invitation.objects.values().get()
    assert token.split("-", 1)[1] not in str(kept)
    assert token not in ada.get("/settings/people/").content.decode()
    assert Client().get(f"/invitations/{token}/").status_code == 200


def test_an_invitation_is_mailed_once_however_often_the_sweep_rings(acme_cast, monkeypatch):
    invited(acme_cast)
    assert ring(monkeypatch) == [acme_cast.tenant.pk]
    tasks.mail_invitations.run(acme_cast.tenant.pk)
    assert ring(monkeypatch) == []
    assert len(mail.outbox) == 1


def test_nobody_is_mailed_a_link_that_no_longer_works(acme_cast, monkeypatch):
    withdrawn, _ = invited(acme_cast, "one@acme.test")
    late, _ = invited(acme_cast, "two@acme.test")
    with tenant_context(acme_cast.tenant):
        members.revoke(withdrawn, by=acme_cast.ada)
    Invitation.objects.filter(pk=late.pk).update(expires_at=timezone.now())
    assert ring(monkeypatch) == []
    tasks.mail_invitations.run(acme_cast.tenant.pk)
    assert not mail.outbox


def test_a_mail_server_that_refuses_is_asked_again_later_and_the_page_says_so(acme_cast, ada, page, monkeypatch):
    invitation, _ = invited(acme_cast)
    assert "Being sent" in ada.get("/settings/people/").content.decode()

    def refuse(*args, **kwargs):
        raise smtplib.SMTPException("come back later")

    with monkeypatch.context() as patch:
        patch.setattr(invitations, "send_mail", refuse)
        ring(monkeypatch)
        delays = []
        for _ in range(3):
            invitation.refresh_from_db()
            delays.append(round((invitation.mail_due_at - timezone.now()).total_seconds()))
            Invitation.objects.update(mail_due_at=timezone.now())
            ring(monkeypatch)
    assert delays == [30, 60, 120]
    shown = ada.get("/settings/people/").content.decode()
    assert "Not sent yet: SMTPException: come back later, trying again" in shown
    others = page(acme_cast.olly, acme_cast.tenant).get("/settings/people/").content.decode()
    assert "Not sent yet, trying again" in others
    assert "come back later" not in others

    assert ring(monkeypatch) == []  # not before its time
    Invitation.objects.update(mail_due_at=timezone.now())
    ring(monkeypatch)
    assert len(mail.outbox) == 1
    assert "Not sent yet" not in ada.get("/settings/people/").content.decode()


def test_a_worker_that_dies_while_it_mails_costs_a_delay_and_no_mail(acme_cast, monkeypatch):
    class Killed(BaseException):
        """Not an Exception: nothing can catch a process's end."""

    def die(*args, **kwargs):
        raise Killed

    invited(acme_cast)
    with monkeypatch.context() as patch:
        patch.setattr(invitations, "send_mail", die)
        with pytest.raises(Killed):
            tasks.mail_invitations.run(acme_cast.tenant.pk)
    assert ring(monkeypatch) == []
    Invitation.objects.update(mail_due_at=timezone.now())
    ring(monkeypatch)
    assert len(mail.outbox) == 1


def test_a_link_survives_a_new_secret_key_as_long_as_the_old_one_is_known(acme_cast, settings):
    _, link = invited(acme_cast)
    old, settings.SECRET_KEY = settings.SECRET_KEY, "another one"
    assert Client().get(link).status_code == 404
    settings.SECRET_KEY_FALLBACKS = [old]
    assert Client().get(link).status_code == 200


@pytest.mark.parametrize("token", ["nothing", "1", "1-", "-x", "99999999999999999999-x", "1-\u00e9", "0-x:y", "١-x"])
def test_a_link_that_was_never_ours_is_unknown(acme_cast, token):
    invited(acme_cast)
    for method in ("get", "post"):
        answer = getattr(Client(), method)(f"/invitations/{token}/", NEW)
        assert answer.status_code == 404
        assert "incomplete or wrong" in answer.content.decode()


def test_the_signature_of_one_invitation_opens_no_other(acme_cast):
    _, mine = invited(acme_cast, "one@acme.test")
    other, _ = invited(acme_cast, "two@acme.test", "admin")
    signature = mine.rstrip("/").split("-", 1)[1]
    assert Client().get(f"/invitations/{other.pk}-{signature}/").status_code == 404


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"email": "no address", "role": "csm"}, "Enter a valid email address."),
        ({"email": "nia@acme.test", "role": "king"}, "Select a valid choice."),
        ({"email": "nia@acme.test", "role": "integration"}, "Select a valid choice."),
        ({"email": "CASS@acme.test", "role": "csm"}, "This person is a member already."),
    ],
)
def test_a_bad_invitation_is_named_and_nobody_is_written_to(ada, said, told):
    answer = ada.post("/settings/people/invite/", said)
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert not mail.outbox
    assert not Invitation.objects.exists()


def test_somebody_is_invited_once_at_a_time(acme_cast, ada):
    invited(acme_cast)
    answer = ada.post("/settings/people/invite/", {"email": "nia@acme.test", "role": "leader"})
    assert answer.status_code == 422
    assert "has an open invitation already" in answer.content.decode()


def test_somebody_new_chooses_a_password_and_is_inside(acme_cast):
    _, link = invited(acme_cast)
    client = Client()
    answer = client.post(link, NEW)
    assert (answer.status_code, answer["Location"]) == (302, "/w/acme/")
    user = User.objects.get(email="nia@acme.test")
    assert user.check_password(NEW["password"])
    assert Membership.objects.get(user=user).role == "csm"
    assert client.get("/w/acme/").status_code == 200
    with tenant_context(acme_cast.tenant):
        event = Event.objects.filter(kind="member.joined").get()
        assert (event.actor, event.facts["name"]) == (user, "Nia New")


@pytest.mark.parametrize(
    ("password", "told"),
    [
        ("too short", "at least 12 characters"),
        ("nia@acme.test", "too similar"),
        ("q1w2e3r4t5y6", "too common"),
        ("", "required"),
    ],
)
def test_a_weak_password_is_refused_and_nobody_is_made(acme_cast, password, told):
    _, link = invited(acme_cast)
    answer = Client().post(link, NEW | {"password": password})
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert 'value="Nia New"' in answer.content.decode()
    assert not User.objects.filter(email="nia@acme.test").exists()


def test_somebody_known_signs_in_and_joins_with_one_button(acme_cast, rival):
    _, link = invited(acme_cast, "rita@rival.test", "viewer")
    client = Client()
    assert f"/accounts/login/?next={link}" in client.get(link).content.decode()
    assert client.post(link, NEW).status_code == 200
    client.force_login(rival.rita)
    assert not Membership.objects.filter(user=rival.rita, tenant=acme_cast.tenant).exists()
    assert client.post(link)["Location"] == "/w/acme/"
    assert Membership.objects.get(user=rival.rita, tenant=acme_cast.tenant).role == "viewer"


def test_an_invitation_is_for_its_address_alone(acme_cast, rival):
    invitation, link = invited(acme_cast)
    client = Client()
    client.force_login(rival.rita)
    assert client.get(link).status_code == 403
    assert client.post(link).status_code == 403
    assert not Membership.objects.filter(user=rival.rita, tenant=acme_cast.tenant).exists()
    with pytest.raises(Refused):
        members.accept(invitation, rival.rita)


def test_a_link_that_was_used_withdrawn_or_ran_out_says_so(acme_cast):
    _, used_link = invited(acme_cast, "one@acme.test")
    withdrawn, withdrawn_link = invited(acme_cast, "two@acme.test")
    late, late_link = invited(acme_cast, "three@acme.test")
    Client().post(used_link, NEW)
    with tenant_context(acme_cast.tenant):
        members.revoke(withdrawn, by=acme_cast.ada)
    Invitation.objects.filter(pk=late.pk).update(expires_at=timezone.now() - dt.timedelta(seconds=1))
    told = {
        used_link: "It has been used", withdrawn_link: "It was withdrawn", late_link: "older than seven days",
    }  # fmt: skip
    for link, words in told.items():
        for method in ("get", "post"):
            answer = getattr(Client(), method)(link, NEW)
            assert answer.status_code == 410
            assert words in answer.content.decode()
    assert User.objects.filter(name="Nia New").count() == 1


def test_a_link_that_ran_out_does_not_stand_in_the_way_of_a_new_one(acme_cast):
    late, _ = invited(acme_cast)
    Invitation.objects.filter(pk=late.pk).update(expires_at=timezone.now())
    fresh, _ = invited(acme_cast)
    assert fresh.pk != late.pk


def test_withdrawing_is_a_button_of_the_admin(acme_cast, ada, page):
    invitation, link = invited(acme_cast)
    revoke = f"/settings/invitations/{invitation.pk}/revoke/"
    assert page(acme_cast.olly, acme_cast.tenant).post(revoke).status_code == 403
    assert Client().get(link).status_code == 200
    assert ada.post(revoke).status_code == 302
    assert Client().get(link).status_code == 410


def test_an_invitation_of_another_workspace_is_unknown(acme_cast, rival, page):
    invitation, _ = invited(acme_cast)
    rita = page(rival.rita, rival.tenant)
    assert rita.post(f"/settings/invitations/{invitation.pk}/revoke/").status_code == 404
    assert b"nia@acme.test" not in rita.get("/settings/people/").content


def test_registering_is_whole_or_not_at_all(acme_cast, monkeypatch):
    invitation, _ = invited(acme_cast)
    Invitation.objects.filter(pk=invitation.pk).update(revoked_at=timezone.now())
    with pytest.raises(Refused):
        members.register(invitation, name="Nia", password="seven green bottles")
    assert not User.objects.filter(email="nia@acme.test").exists()


def test_an_address_that_signed_up_meanwhile_is_told_to_sign_in(acme_cast):
    invitation, _ = invited(acme_cast)
    UserFactory(email="nia@acme.test")
    with pytest.raises(Refused, match="Sign in and open the link again"):
        members.register(invitation, name="Nia", password="seven green bottles")


def test_a_link_withdrawn_while_its_page_stood_open_says_so(acme_cast, rival, monkeypatch):
    _, link = invited(acme_cast, "rita@rival.test", "viewer")
    client = Client()
    client.force_login(rival.rita)
    accept = members.accept

    def withdrawn_before(invitation, user):
        Invitation.objects.filter(pk=invitation.pk).update(revoked_at=timezone.now())
        return accept(invitation, user)

    monkeypatch.setattr(members, "accept", withdrawn_before)
    answer = client.post(link)
    assert answer.status_code == 410
    assert "It was withdrawn" in answer.content.decode()
