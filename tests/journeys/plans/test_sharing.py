"""Links, codes and visits: made, mailed, tried, worn out, ended. And an accent that can be read on every ground."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.core import mail
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts.actions.errors import Conflict, Refused
from accounts.models import Event, TenantWork
from accounts.tenancy.context import tenant_context
from journeys.plans import accent
from journeys.plans.actions import plans, sharing
from journeys.plans.actions.sharing import codes
from journeys.plans.models import SharedCode, SharedLink, SharedSession
from tests.factories import plans as made
from tests.factories.accounts import TODAY
from tests.journeys.plans.shared import code_from_mail, elena, shared


def test_a_champion_reads_what_is_for_champions_and_others_what_is_for_all(acme):
    plan = made.empty(acme)
    tomas = elena(plan, name="Tomas", email="t@halden.test", buying_role="user")
    assert sharing.share(plan, elena(plan), by=acme.cass)[0].audience == "champion"
    assert sharing.share(plan, tomas, by=acme.cass)[0].audience == "everyone"


def test_the_token_is_told_once_and_kept_as_a_hash(acme):
    story = shared(acme)
    assert len(story.token) == 43
    assert story.token not in str(SharedLink.objects.values())
    assert story.token not in str(Event.objects.values("facts"))
    assert sharing.link_of(story.token) == story.link


@pytest.mark.parametrize("audience", ["internal", "nobody"])
def test_no_link_reads_what_is_ours(audience, acme):
    plan = made.empty(acme)
    with pytest.raises(Refused):
        sharing.share(plan, elena(plan), audience=audience, by=acme.cass)
    assert not SharedLink.objects.exists()


@pytest.mark.parametrize("days", [0, 366])
def test_a_link_ends_some_day(days, acme):
    plan = made.empty(acme)
    with pytest.raises(Refused):
        sharing.share(plan, elena(plan), days=days, by=acme.cass)
    assert not SharedLink.objects.exists()


def test_a_person_of_another_account_without_mail_or_gone_gets_no_link(acme):
    plan = made.empty(acme)
    left = elena(plan, name="Left", email="left@halden.test")
    type(left).objects.filter(pk=left.pk).update(departed_on=TODAY)
    left.refresh_from_db()
    for contact in (elena(made.empty(acme)), elena(plan, email=""), left):
        with pytest.raises(Refused):
            sharing.share(plan, contact, by=acme.cass)
    assert not SharedLink.objects.exists()


def test_one_living_link_per_person_and_a_spent_one_makes_room(acme):
    story = shared(acme)
    with pytest.raises(Refused, match="has a link already: end it to make another"):
        sharing.share(story.plan, story.contact, by=acme.cass)
    SharedLink.objects.update(expires_at=timezone.now() - dt.timedelta(days=1))
    link, _token = sharing.share(story.plan, story.contact, by=acme.cass)
    assert list(SharedLink.objects.live()) == [link]


def test_a_closed_plan_is_shared_with_nobody_new(acme):
    plan = made.empty(acme)
    plans.close(plan, by=acme.cass)
    with pytest.raises(Refused):
        sharing.share(plan, elena(plan), by=acme.cass)


def test_renewed_it_keeps_its_address_and_revoked_it_stays_so(acme):
    story = shared(acme, days=1)
    sharing.renew(story.link, days=30, by=acme.cass)
    assert (sharing.link_of(story.token).expires_at - timezone.now()).days == 29
    sharing.revoke(story.link, by=acme.cass)
    assert sharing.link_of(story.token) is None
    with pytest.raises(Conflict):
        sharing.renew(story.link, by=acme.cass)
    assert list(Event.objects.filter(kind__startswith="plan.link").values_list("kind", flat=True).order_by("id")) == [
        "plan.link_renewed", "plan.link_revoked",
    ]  # fmt: skip


class TestCodes:
    @pytest.fixture
    def story(self, acme_cast):
        with tenant_context(acme_cast.tenant):
            return shared(acme_cast)

    def ask(self, story):
        with tenant_context(story.tenant):
            return sharing.ask_code(story.link)

    def open(self, story, digits):
        with tenant_context(story.tenant):
            return sharing.open_visit(story.link, digits)

    def test_it_is_made_with_its_mail_and_kept_as_a_hash(self, story):
        self.ask(story)
        assert sharing.waiting_tenants() == [story.tenant.pk]
        assert sharing.mail_waiting(story.tenant.pk) == 1
        assert mail.outbox[0].to == ["elena@halden.test"]
        digits = code_from_mail()
        with tenant_context(story.tenant):
            assert digits not in str(SharedCode.objects.values())
        assert sharing.waiting_tenants() == []
        assert sharing.mail_waiting(story.tenant.pk) == 0
        assert not TenantWork.objects.filter(kind=codes.WORK).exists()
        assert self.open(story, digits)

    def test_it_opens_once(self, story):
        self.ask(story)
        sharing.mail_waiting(story.tenant.pk)
        digits = code_from_mail()
        assert self.open(story, digits)
        assert self.open(story, digits) is None

    def test_five_wrong_tries_wear_it_out(self, story):
        self.ask(story)
        sharing.mail_waiting(story.tenant.pk)
        digits = code_from_mail()
        wrong = "123456" if digits != "123456" else "654321"
        assert [self.open(story, wrong) for _ in range(5)] == [None] * 5
        assert self.open(story, digits) is None
        with tenant_context(story.tenant):
            assert not SharedSession.objects.exists()

    def test_ten_minutes_after_its_mail_it_is_old(self, story):
        self.ask(story)
        sharing.mail_waiting(story.tenant.pk)
        with tenant_context(story.tenant):
            code = SharedCode.objects.get()
            assert 9 * 60 < (code.expires_at - timezone.now()).total_seconds() <= 600
            SharedCode.objects.update(expires_at=timezone.now())
        assert self.open(story, code_from_mail()) is None

    def test_another_code_ends_the_one_before(self, story):
        self.ask(story)
        sharing.mail_waiting(story.tenant.pk)
        first = code_from_mail()
        self.ask(story)
        sharing.mail_waiting(story.tenant.pk)
        assert self.open(story, first) is None or first == code_from_mail()
        assert self.open(story, code_from_mail())

    def test_a_code_that_was_replaced_while_its_mail_was_sent_stays_worthless(self, story, monkeypatch):
        self.ask(story)
        send = codes.send_mail

        def slow(*args: object) -> int:
            monkeypatch.setattr(codes, "send_mail", send)
            self.ask(story)
            return send(*args)

        monkeypatch.setattr(codes, "send_mail", slow)
        assert sharing.mail_waiting(story.tenant.pk) == 2
        first, second = (re.search(r"^\d{6}$", each.body, re.M).group() for each in mail.outbox)
        assert self.open(story, first) is None or first == second
        assert self.open(story, second)
        assert self.open(story, first) is None

    def test_a_mail_that_is_refused_comes_again_with_another_code(self, story, monkeypatch):
        self.ask(story)

        def refused(*args, **kwargs):
            raise OSError("away")

        with monkeypatch.context() as away:
            away.setattr(codes, "send_mail", refused)
            assert sharing.mail_waiting(story.tenant.pk) == 0
        assert sharing.waiting_tenants() == []
        with tenant_context(story.tenant):
            before = SharedCode.objects.get()
            assert (before.mail_tries, before.sent_at) == (1, None)
            SharedCode.objects.update(mail_due_at=timezone.now())
        TenantWork.objects.filter(kind=codes.WORK).update(due_at=timezone.now())
        assert sharing.mail_waiting(story.tenant.pk) == 1
        with tenant_context(story.tenant):
            assert SharedCode.objects.get().code_hash != before.code_hash
        assert self.open(story, code_from_mail())

    def test_no_mail_leaves_for_a_link_that_was_ended(self, story, acme_cast):
        self.ask(story)
        with tenant_context(story.tenant):
            sharing.revoke(story.link, by=acme_cast.cass)
        assert sharing.mail_waiting(story.tenant.pk) == 0
        assert mail.outbox == []

    def test_a_code_of_one_link_opens_no_other(self, story, acme_cast):
        with tenant_context(story.tenant):
            other = shared(acme_cast, story.plan, elena(story.plan, name="Tomas", email="t@halden.test"))
        self.ask(story)
        sharing.mail_waiting(story.tenant.pk)
        assert self.open(other, code_from_mail()) is None


COLOURS = st.integers(0, 0xFFFFFF).map(lambda value: f"#{value:06x}")


@given(COLOURS)
def test_every_accent_can_be_read_on_every_ground(colour):
    day, night = accent.light(colour), accent.dark(colour)
    for shades, grounds in ((day, ("#ffffff", "#f8f8f9")), (night, ("#14161a", "#0d0f12"))):
        assert accent.contrast(shades.accent, shades.ink) >= 4.5
        assert accent.contrast(shades.text, shades.soft) >= 4.5
        for ground in grounds:
            assert accent.contrast(shades.text, ground) >= 4.5
            assert accent.contrast(shades.accent, ground) >= 3


def test_an_accent_that_is_dark_enough_stays_as_it_is():
    assert accent.light("#4650c8").accent == "#4650c8"
    assert accent.contrast("#000000", "#ffffff") == pytest.approx(21)
