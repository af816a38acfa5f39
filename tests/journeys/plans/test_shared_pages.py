"""The plan in the customer's hands, address by address: the door, the page, and what they do in it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Event, Task
from accounts.tenancy.context import tenant_context
from journeys.plans.actions import objectives, plans, sharing
from journeys.plans.models import Agreement, Comment, Confirmation, Measurement, Objective, SharedLink, Step
from tests.factories import plans as made
from tests.factories.accounts import TODAY
from tests.journeys.plans.shared import Visitor, code_from_mail, elena, shared, visiting

pytestmark = pytest.mark.django_db


@pytest.fixture
def story(acme_cast):
    """An objective, a step of theirs, one of ours; Elena is the champion."""
    with tenant_context(acme_cast.tenant):
        plan = made.empty(acme_cast)
        plans.edit(plan, {"north_star": "Four days to close the books."}, by=acme_cast.cass)
        told = shared(acme_cast, plan)
        told.objective = made.objective(acme_cast, plan)
        told.step = made.step(acme_cast, plan, their_owner=told.contact)
        told.ours = made.step(acme_cast, plan, title="Train the leads", side="us", our_owner=acme_cast.cass)
        return told


def events(story, *kinds):
    with tenant_context(story.tenant):
        return list(Event.objects.filter(kind__in=kinds).order_by("pk").values_list("kind", flat=True))


class TestTheDoor:
    def test_a_link_alone_leads_to_the_page_that_asks_for_a_code(self, story):
        answer = Visitor("acme", story.token).get("", follow=True)
        assert answer.redirect_chain == [(f"/w/acme/p/{story.token}/open/", 302)]
        page = answer.content.decode()
        assert "e•••@halden.test" in page
        assert "elena@halden.test" not in page
        assert "Four days" not in page

    def test_a_code_opens_a_visit_that_is_told_once(self, story):
        visitor = visiting(story)
        assert "Four days to close the books." in visitor.get("").content.decode()
        visitor.get("")
        assert events(story, "plan.first_visited", "plan.visited") == ["plan.first_visited"]
        visiting(story)
        assert events(story, "plan.first_visited", "plan.visited") == ["plan.first_visited", "plan.visited"]

    def test_the_cookie_is_bound_to_the_link(self, story):
        cookie = visiting(story).cookies["visit"]
        assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == (f"/w/acme/p/{story.token}/", True, "Lax")
        assert cookie["max-age"] == 12 * 3600

    def test_a_visit_ends_by_itself(self, story):
        visitor = visiting(story)
        with tenant_context(story.tenant):
            story.link.sessions.update(expires_at=timezone.now())
        assert visitor.get("").status_code == 302

    def test_a_visit_of_one_link_opens_no_other(self, acme_cast, story):
        with tenant_context(story.tenant):
            other = shared(acme_cast, story.plan, elena(story.plan, name="Tomas", email="t@halden.test"))
        visitor = visiting(story)
        key = visitor.cookies["visit"].value
        stranger = Visitor("acme", other.token)
        stranger.cookies["visit"] = key
        assert stranger.get("").status_code == 302

    def test_a_wrong_code_says_so(self, story):
        visitor = Visitor("acme", story.token)
        visitor.post("code/")
        sharing.mail_waiting(story.tenant.pk)
        wrong = "000000" if code_from_mail() != "000000" else "111111"
        answer = visitor.post("open/", {"code": wrong})
        assert answer.status_code == 422
        assert "isn’t right" in answer.content.decode()

    def test_no_code_at_all_is_asked_for_again(self, story):
        assert Visitor("acme", story.token).post("open/").status_code == 422

    def test_the_sixth_code_within_an_hour_is_refused_in_the_customers_frame(self, story):
        visitor = Visitor("acme", story.token)
        assert [visitor.post("code/").status_code for _ in range(6)] == [302] * 5 + [422]
        page = visitor.post("code/").content.decode()
        assert "Five codes in an hour" in page
        assert "Acme" in page

    @pytest.mark.parametrize("what", ["guessed", "short", "revoked", "expired", "foreign", "departed", "no workspace"])
    def test_whatever_opens_nothing_looks_the_same(self, what, story, rival, acme_cast):
        unknown = Client().get(f"/w/acme/p/{'x' * 43}/")
        slug, token = "acme", story.token
        with tenant_context(story.tenant):
            if what == "revoked":
                sharing.revoke(story.link, by=acme_cast.cass)
            if what == "expired":
                SharedLink.objects.filter(pk=story.link.pk).update(expires_at=timezone.now())
            if what == "departed":
                type(story.contact).objects.filter(pk=story.contact.pk).update(departed_on=TODAY)
        slug = {"foreign": "rival", "no workspace": "nowhere"}.get(what, slug)
        token = {"guessed": "y" * 43, "short": "p"}.get(what, token)
        for path in ("", "open/", "plan.pdf", "look.css", "nothing/"):
            answer = Client().get(f"/w/{slug}/p/{token}/{path}")
            assert (answer.status_code, answer.content) == (404, unknown.content), path
            for name in ("Referrer-Policy", "X-Robots-Tag", "Cache-Control", "Content-Type"):
                assert answer[name] == unknown[name]
        assert b"Acme" not in unknown.content

    def test_a_workspace_that_isnt_there_answers_like_one_without_this_link(self, story):
        """Whatever is asked, and however: the name of a workspace can't be tried out."""
        strict, token = Client(enforce_csrf_checks=True), "y" * 43
        for way, path in (("get", ""), ("get", "code/"), ("post", "code/"), ("post", "open/"), ("get", "agree")):
            here, nowhere = (getattr(strict, way)(f"/w/{slug}/p/{token}/{path}") for slug in ("acme", "nowhere"))
            assert here.status_code == nowhere.status_code, (way, path)
            assert here.content == nowhere.content, (way, path)
            assert {*here.headers} == {*nowhere.headers}, (way, path)

    def test_every_answer_says_that_it_is_nobody_elses_business(self, story):
        visitor = visiting(story)
        for path in ("", "open/", "plan.pdf", "plan.json", "look.css", "nowhere/"):
            answer = visitor.get(path)
            assert answer["Referrer-Policy"] == "same-origin"
            assert answer["X-Robots-Tag"] == "noindex, nofollow"
            assert "no-store" in answer["Cache-Control"]

    def test_a_revoked_link_ends_the_visit_under_way(self, story, acme_cast):
        visitor = visiting(story)
        with tenant_context(story.tenant):
            sharing.revoke(story.link, by=acme_cast.cass)
        assert visitor.get("").status_code == 404

    def test_forms_are_checked_against_forgery(self, story):
        visitor = visiting(story)
        strict = Client(enforce_csrf_checks=True)
        strict.cookies = visitor.cookies
        assert strict.post(visitor.base + "comments/", {"body": "Forged"}).status_code == 403

    def test_forms_come_from_our_own_pages(self, story):
        """Over plain http, too, where browsers tell nothing but the origin."""
        strict = Client(enforce_csrf_checks=True)
        base = Visitor("acme", story.token).base
        strict.get(base + "open/")
        form = {"csrfmiddlewaretoken": strict.cookies["csrftoken"].value}
        origins = ("https://elsewhere.test", "null", "http://testserver")
        answers = [strict.post(base + "code/", form, headers={"Origin": origin}) for origin in origins]
        assert [answer.status_code for answer in answers] == [403, 403, 302]

    def test_a_member_is_a_stranger_here_without_a_code(self, story, acme_cast, page):
        cass = page(acme_cast.cass, acme_cast.tenant)
        assert cass.get(f"/p/{story.token}/").status_code == 302


class TestThePage:
    def test_it_costs_the_same_few_queries_whatever_the_plan_holds(self, story, acme_cast):
        visitor = visiting(story)
        visitor.get("")

        def cost():
            with CaptureQueriesContext(
                connection,
            ) as asked:
                assert visitor.get("").status_code == 200
            return len(asked)

        few = cost()
        with tenant_context(story.tenant):
            for n in range(6):
                objective = made.objective(acme_cast, story.plan, title=f"More {n}")
                objectives.measure(objective, Decimal(8), on=TODAY, by=acme_cast.cass)
                made.step(acme_cast, story.plan, title=f"Step {n}", objective=objective)
                made.topic(acme_cast, story.plan, audience="everyone")
        assert cost() == few
        # link, visit, savepoint and tenant; account, reader, objectives, readings, confirmations, steps, comments,
        # csm, topics, people, agreements, versions; session of nobody
        assert few <= 24

    def test_it_speaks_no_word_of_ours(self, story):
        page = visiting(story).get("").content.decode().lower()
        for word in ("health", "arr", "internal", "csm", "champion", "buying", "stance"):
            assert f" {word} " not in page, word
            assert f">{word}" not in page, word

    def test_the_look_is_the_workspaces_own(self, story):
        story.tenant.accent = "#f2c200"
        story.tenant.save()
        answer = visiting(story).get("look.css")
        assert answer["Content-Type"] == "text/css"
        assert b"--accent:light-dark(#" in answer.content

    def test_the_document_is_one(self, story):
        answer = visiting(story).get("plan.pdf")
        assert answer.content.startswith(b"%PDF-")
        assert "attachment" in answer["Content-Disposition"]


class TestDoing:
    def test_they_tick_their_own_and_take_it_back(self, story):
        visitor = visiting(story)
        assert visitor.post(f"steps/{story.step.pk}/done/").status_code == 302
        with tenant_context(story.tenant):
            step = Step.objects.get(pk=story.step.pk)
            assert (step.is_done, step.done_contact) == (True, story.contact)
        visitor.post(f"steps/{story.step.pk}/reopen/")
        with tenant_context(story.tenant):
            assert not Step.objects.get(pk=story.step.pk).is_done
        assert events(story, "step.done", "step.reopened") == ["step.done", "step.reopened"]

    def test_ours_is_not_theirs_to_tick(self, story):
        visitor = visiting(story)
        assert visitor.post(f"steps/{story.ours.pk}/done/").status_code == 404
        with tenant_context(story.tenant):
            assert not Step.objects.get(pk=story.ours.pk).is_done

    def test_what_somebody_else_did_stays_done(self, story, acme_cast):
        with tenant_context(story.tenant):
            other = shared(acme_cast, story.plan, elena(story.plan, name="Tomas", email="t@halden.test"))
        visiting(story).post(f"steps/{story.step.pk}/done/")
        assert visiting(other).post(f"steps/{story.step.pk}/reopen/").status_code == 404
        with tenant_context(story.tenant):
            assert Step.objects.get(pk=story.step.pk).is_done

    def test_they_comment_and_the_csm_has_one_task(self, story, acme_cast):
        visitor = visiting(story)
        about = f"impact:{story.objective.pk}"
        assert visitor.post("comments/", {"body": "Nine is still right.", "about": about}).status_code == 302
        visitor.post("comments/", {"body": "And one more."})
        page = visitor.get("").content.decode()
        assert "Nine is still right." in page
        with tenant_context(story.tenant):
            first = Comment.objects.get(body="Nine is still right.")
            assert (first.contact, first.audience, first.objective) == (story.contact, "champion", story.objective)
            task = Task.objects.get(title="Answer Elena Brandt in the impact plan")
            assert (task.assignee, task.status) == (acme_cast.cass, "open")
            said = Event.objects.filter(kind="comment.said").first()
            assert (said.actor, said.facts["contact_id"], said.facts["who"]) == (None, story.contact.pk, "Elena Brandt")

    def test_an_empty_comment_comes_back(self, story):
        answer = visiting(story).post("comments/", {"body": " "})
        assert answer.status_code == 422
        assert "Write a comment first." in answer.content.decode()

    def test_they_measure_with_evidence(self, story):
        visitor = visiting(story)
        today = timezone.now().date().isoformat()
        path = f"impacts/{story.objective.pk}/measure/"
        assert visitor.get(path).status_code == 200
        assert visitor.post(path, {"value": "many", "on": today}).status_code == 422
        said = {"value": "6.5", "on": today, "evidence": "ERP report", "url": "https://erp.test/42"}
        assert visitor.post(path, said).status_code == 302
        with tenant_context(story.tenant):
            reading = Measurement.objects.get()
            assert (reading.value, reading.recorded_contact, reading.evidence) == (
                Decimal("6.5"),
                story.contact,
                "ERP report",
            )
        assert "6.5" in visitor.get("").content.decode()

    def test_they_confirm_by_typing_their_name(self, story, acme_cast):
        with tenant_context(story.tenant):
            objectives.achieve(story.objective, on=TODAY, evidence="Closed on the 4th", by=acme_cast.cass)
        visitor = visiting(story)
        path = f"impacts/{story.objective.pk}/confirm/"
        assert "Closed on the 4th" in visitor.get(path).content.decode()
        assert visitor.post(path, {"name": " "}).status_code == 422
        assert visitor.post(path, {"name": "E. Brandt", "statement": "Weekends are free."}).status_code == 302
        with tenant_context(story.tenant):
            word = Confirmation.objects.get()
            assert (word.name, word.contact, word.recorded_by) == ("E. Brandt", story.contact, None)
            assert Objective.objects.get().status == "confirmed"
            assert Task.objects.filter(title__startswith="Thank Elena Brandt").count() == 1
        assert visitor.post(path, {"name": "E. Brandt"}).status_code == 404
        assert "Confirmed by E. Brandt" in visitor.get("").content.decode()

    def test_they_agree_to_what_they_read_and_to_nothing_newer(self, story, acme_cast):
        visitor = visiting(story)
        seen = visitor.get("agree/").context["form"].initial["seen"]
        with tenant_context(story.tenant):
            made.objective(acme_cast, story.plan, title="Slipped in")
        answer = visitor.post("agree/", {"name": "Elena Brandt", "seen": seen})
        assert answer.status_code == 422
        page = answer.content.decode()
        told = page.split('role="alert"')[1].split("</ul>")[0]
        assert "New or changed: Slipped in" in told
        assert "Give access" not in told
        assert "taken out" not in told
        assert page.index('role="alert"') < page.index("Four days to close the books.")
        with tenant_context(story.tenant):
            assert not Agreement.objects.exists()
        again = answer.context["form"]["seen"].value()
        assert visitor.post("agree/", {"name": "Elena Brandt", "seen": again}).status_code == 302
        with tenant_context(story.tenant):
            assert Agreement.objects.get().contact == story.contact
        assert "Slipped in" in visitor.get("versions/1/").content.decode()
        assert visitor.get("versions/2/").status_code == 404

    def test_what_was_taken_out_while_they_read_is_said_too(self, story, acme_cast):
        visitor = visiting(story)
        seen = visitor.get("agree/").context["form"].initial["seen"]
        with tenant_context(story.tenant):
            objectives.drop(story.objective, reason="Not theirs", by=acme_cast.cass)
        page = visitor.post("agree/", {"name": "Elena Brandt", "seen": seen}).content.decode()
        assert "Something was taken out." in page
        assert story.objective.title not in page
        assert 'role="alert"' not in visitor.get("agree/").content.decode()

    def test_the_page_says_who_reads_a_comment(self, story, acme_cast):
        page = visiting(story).get("").content.decode()
        assert "and by those who lead this on your side, not by everyone with a link" in page
        with tenant_context(story.tenant):
            other = elena(story.plan, name="Ana", email="ana@halden.test", buying_role="user")
            hers = shared(acme_cast, story.plan, other)
        assert "and by everyone with a link to this plan" in visiting(hers).get("").content.decode()

    @pytest.mark.parametrize("change", [{"unit": "weeks"}, {"value_minor": 99_000_00}, {"horizon": "long"}])
    def test_whatever_a_version_holds_of_what_they_read_is_asked_for_again_when_it_changed(
        self, story, acme_cast, change
    ):
        with tenant_context(story.tenant):
            objective = made.objective(acme_cast, story.plan, title="Fewer days", unit="days")
        visitor = visiting(story)
        seen = visitor.get("agree/").context["form"].initial["seen"]
        with tenant_context(story.tenant):
            objectives.edit(objective, change, by=acme_cast.cass)
        assert visitor.post("agree/", {"name": "Elena Brandt", "seen": seen}).status_code == 422
        with tenant_context(story.tenant):
            assert not Agreement.objects.exists()

    def test_a_closed_plan_is_read_and_not_changed(self, story, acme_cast):
        with tenant_context(story.tenant):
            plans.close(story.plan, by=acme_cast.cass)
        visitor = visiting(story)
        assert visitor.get("").status_code == 200
        answer = visitor.post(f"steps/{story.step.pk}/done/")
        assert answer.status_code == 422
        assert "Acme" in answer.content.decode()
        with tenant_context(story.tenant):
            assert not Step.objects.get(pk=story.step.pk).is_done


def test_another_plans_things_are_unknown(story, acme_cast):
    with tenant_context(story.tenant):
        other = made.empty(acme_cast)
        foreign_step = made.step(acme_cast, other)
        foreign = made.objective(acme_cast, other)
    visitor = visiting(story)
    assert visitor.post(f"steps/{foreign_step.pk}/done/").status_code == 404
    assert visitor.get(f"impacts/{foreign.pk}/confirm/").status_code == 404
    assert visitor.post("comments/", {"body": "x", "about": f"impact:{foreign.pk}"}).status_code == 422


def test_days_are_the_workspaces(story):
    story.tenant.timezone = "Pacific/Auckland"
    story.tenant.save()
    page = visiting(story).get("").context["plan"]
    assert page.as_of == timezone.now().astimezone(story.tenant.zone).date()
    assert isinstance(page.as_of, dt.date)
