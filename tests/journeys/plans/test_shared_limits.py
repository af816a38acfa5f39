"""What a link bears in a while: codes, tries and words; and what it still opens when its holder changes."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from accounts.actions import contacts
from accounts.models import Event
from accounts.tenancy.context import tenant_context
from journeys.plans.actions import objectives, sharing
from journeys.plans.models import Audience, Comment, Measurement, SharedCode, SharedLink, Step
from tests.factories import plans as made
from tests.factories.accounts import TODAY
from tests.journeys.plans.shared import Visitor, code_from_mail, elena, shared, visiting

pytestmark = pytest.mark.django_db


@pytest.fixture
def story(acme_cast):
    with tenant_context(acme_cast.tenant):
        told = shared(acme_cast)
        told.step = made.step(acme_cast, told.plan, their_owner=told.contact)
        told.objective = made.objective(acme_cast, told.plan)
        return told


def guess(story, tries: int) -> list[int]:
    """So many wrong codes, each code worn out before the next is asked for; an hour passes with every code."""
    visitor, answers = Visitor(story.slug, story.token), []
    for number in range(tries):
        if number % 5 == 0:
            with tenant_context(story.tenant):
                for code in SharedCode.objects.all():
                    SharedCode.objects.filter(pk=code.pk).update(asked_at=code.asked_at - dt.timedelta(hours=1))
            visitor.post("code/")
            sharing.mail_waiting(story.tenant.pk)
        wrong = "000000" if code_from_mail() != "000000" else "111111"
        answers.append(visitor.post("open/", {"code": wrong}))
    return answers


def closed(story) -> list[str]:
    with tenant_context(story.tenant):
        return list(Event.objects.filter(kind="plan.link_closed").values_list("facts__name", flat=True))


class TestTries:
    def test_the_sixtieth_wrong_code_of_a_day_closes_the_link_and_the_account_hears_of_it(self, story, acme_cast):
        answers = guess(story, 60)
        assert [answer.status_code for answer in answers] == [422] * 60
        assert "too many wrong codes" in answers[-1].content.decode()
        assert "too many wrong codes" not in answers[-2].content.decode()
        assert Visitor(story.slug, story.token).get("open/").status_code == 404
        assert closed(story) == ["Elena Brandt"]
        with tenant_context(story.tenant):
            again = shared(acme_cast, story.plan, story.contact)
        assert visiting(again).get("").status_code == 200

    def test_tries_of_yesterday_are_over(self, story):
        guess(story, 59)
        with tenant_context(story.tenant):
            SharedCode.objects.update(asked_at=timezone.now() - dt.timedelta(days=1, minutes=1))
        guess(story, 5)
        assert closed(story) == []

    def test_tries_count_for_the_address_whichever_link_they_are_at(self, story, acme_cast):
        with tenant_context(story.tenant):
            other = shared(acme_cast, made.empty(acme_cast))
        guess(story, 30)
        assert closed(story) == []
        guess(other, 30)
        assert closed(story) == ["Elena Brandt", "Elena Brandt"]
        with tenant_context(story.tenant):
            assert not SharedLink.objects.live().exists()

    def test_the_tries_of_one_address_close_no_link_of_another(self, story, acme_cast):
        with tenant_context(story.tenant):
            shared(acme_cast, story.plan, elena(story.plan, name="Tomas", email="t@halden.test"))
        guess(story, 60)
        with tenant_context(story.tenant):
            assert [link.contact.name for link in SharedLink.objects.live()] == ["Tomas"]

    def test_an_address_gets_twenty_codes_a_day(self, story):
        with tenant_context(story.tenant):
            hours_ago = timezone.now() - dt.timedelta(hours=3)
            for _ in range(20):
                SharedCode.objects.create(link=story.link, asked_at=hours_ago, expires_at=hours_ago)
        answer = Visitor(story.slug, story.token).post("code/")
        assert answer.status_code == 422
        assert "Twenty codes in a day" in answer.content.decode()


class TestWords:
    def test_the_thirty_first_in_ten_minutes_waits_and_nothing_typed_is_lost(self, story):
        visitor = visiting(story)
        said = [visitor.post("comments/", {"body": f"Word {n}"}).status_code for n in range(30)]
        assert said == [302] * 30
        answer = visitor.post("comments/", {"body": "One word more"})
        assert answer.status_code == 422
        page = answer.content.decode()
        assert "please send this again in a while" in page
        assert "One word more" in page
        self.assert_nothing_else_is_taken(story, visitor)
        with tenant_context(story.tenant):
            assert Comment.objects.count() == 30
            SharedLink.objects.update(writes_since=timezone.now() - dt.timedelta(minutes=11))
        assert visitor.post("comments/", {"body": "One word more"}).status_code == 302
        with tenant_context(story.tenant):
            assert SharedLink.objects.get().writes == 1

    def assert_nothing_else_is_taken(self, story, visitor):
        """Ticks, figures and signatures share the room; a form comes back as it was filled in."""
        path = f"impacts/{story.objective.pk}/"
        figure = visitor.post(path + "measure/", {"value": "6.5", "on": TODAY.isoformat(), "evidence": "ERP report"})
        name = visitor.post(path + "confirm/", {"name": "E. Brandt"})
        tick = visitor.post(f"steps/{story.step.pk}/done/")
        assert [figure.status_code, name.status_code, tick.status_code] == [422] * 3
        assert "ERP report" in figure.content.decode()
        assert "E. Brandt" in name.content.decode()
        assert "please send this again in a while" in tick.content.decode()
        with tenant_context(story.tenant):
            assert not Measurement.objects.exists()
            assert not Step.objects.get(pk=story.step.pk).is_done

    def test_what_was_refused_for_itself_takes_no_room(self, story):
        visitor = visiting(story)
        for _ in range(40):
            visitor.post("comments/", {"body": " "})
        with tenant_context(story.tenant):
            assert SharedLink.objects.get().writes == 0


class TestTheHolder:
    @pytest.fixture
    def secret(self, story, acme_cast):
        with tenant_context(story.tenant):
            made.objective(acme_cast, story.plan, title="For the champion alone", audience=Audience.CHAMPION)
            hidden = made.objective(acme_cast, story.plan, title="Confirmed between us", audience=Audience.CHAMPION)
            objectives.achieve(hidden, on=TODAY, evidence="Seen", by=acme_cast.cass)
            return hidden

    @pytest.mark.parametrize("path", ["", "plan.json"])
    def test_who_is_the_champion_no_more_reads_what_everyone_reads_from_the_next_page_on(
        self, path, secret, story, acme_cast
    ):
        visitor = visiting(story)
        assert "For the champion alone" in visitor.get(path).content.decode()
        with tenant_context(story.tenant):
            contacts.edit(story.contact, {"buying_role": "user"}, by=acme_cast.cass)
        page = visitor.get(path).content.decode()
        assert "For the champion alone" not in page
        assert story.objective.title in page
        assert visitor.get(f"impacts/{secret.pk}/confirm/").status_code == 404
        visitor.post("comments/", {"body": "Said as a user"})
        with tenant_context(story.tenant):
            assert Comment.objects.get().audience == Audience.EVERYONE

    def test_who_has_left_reads_nothing_even_during_a_visit(self, secret, story, acme_cast):
        visitor = visiting(story)
        with tenant_context(story.tenant):
            contacts.depart(story.contact, on=TODAY, by=acme_cast.cass)
        for path in ("", "open/", "plan.pdf", "plan.json"):
            assert visitor.get(path).status_code == 404
        assert visitor.post("comments/", {"body": "Still here"}).status_code == 404
        with tenant_context(story.tenant):
            assert not Comment.objects.exists()
