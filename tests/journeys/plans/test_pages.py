"""The pages of the plan: what they show, what they take, and whom they tell what."""

from __future__ import annotations

import datetime as dt
import html
import re
from decimal import Decimal

import pytest

from accounts.calendar import local_today
from accounts.models import Event
from accounts.tenancy.context import tenant_context
from journeys.actions import spiced
from journeys.plans.actions import comments, objectives, plans, steps
from journeys.plans.models import Comment, Measurement, Objective, Plan, PlanTemplate, PlanVersion, Step, Topic
from tests.factories import plans as factory
from tests.factories.accounts import AccountFactory, ContactFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(acme_cast):
    with tenant_context(acme_cast.tenant):
        acme_cast.account = AccountFactory(name="Wren", csm=acme_cast.cass, ae=acme_cast.sal)
        acme_cast.contact = ContactFactory(account=acme_cast.account, name="Elena Brandt")
        acme_cast.plan = factory.drafted(acme_cast, acme_cast.account)
        acme_cast.objective = factory.objective(acme_cast, acme_cast.plan)
    return acme_cast


@pytest.fixture
def cass(cast, page):
    return page(cast.cass, cast.tenant)


def words(response: object) -> str:
    return " ".join(response.content.decode().split())


def posted(client: object, path: str, status: int = 302, **values: object) -> str:
    response = client.post(path, values)
    assert response.status_code == status, words(response)[-3000:]
    return words(response)


def form_of(row: object, *names: str, **changes: object) -> dict[str, object]:
    """What a browser would send back of a row, with these changes."""
    said = {name: getattr(row, f"{name}_id", None) or getattr(row, name) for name in names}
    said = {name: "" if value is None else value for name, value in said.items()}
    return said | {"version": row.version} | changes


def loaded(page: object) -> str:
    """What the form says of how it was loaded, as a browser sends it back."""
    text = page if isinstance(page, str) else page.content.decode()
    found = re.search('name="loaded" value="([^"]*)"', text)
    return html.unescape(found[1]) if found else ""


OBJECTIVE = (
    "title", "detail", "kind", "horizon", "metric", "unit", "baseline", "target", "due_on", "their_owner",
    "our_owner", "audience",
)  # fmt: skip


def test_the_plan_shows_what_both_sides_want(cast, cass):
    with tenant_context(cast.tenant):
        objectives.measure(cast.objective, Decimal(5), on=factory.TODAY, by=cast.cass)
        factory.topic(cast, cast.plan)
        comments.say(cast.plan, "Is Friday good?", contact=cast.contact)
    said = words(cass.get(f"/accounts/{cast.account.pk}/plan/"))
    for word in (
        "Books closed in 4 days", "80%", "$310,000 a year", "Not measurable yet", "First Impact", "Give access to the",
        "Austin wanted the other product", "Only us", "Is Friday good?", "Elena Brandt", "Nobody has agreed yet",
        "Once the plan is agreed", "Preview as customer", "Day ", " of 30",
    ):  # fmt: skip
        assert word in said, word


def test_the_plan_costs_the_same_however_much_is_in_it(cast, cass, django_assert_max_num_queries):
    path = f"/accounts/{cast.account.pk}/plan/"
    cass.get(path)
    with tenant_context(cast.tenant):
        for n in range(12):
            one = factory.objective(cast, cast.plan, title=f"Objective {n}")
            objectives.measure(one, Decimal(n), on=factory.TODAY, by=cast.cass)
            step = factory.step(cast, cast.plan, title=f"Step {n}", side="us", our_owner=cast.dee)
            comments.say(cast.plan, f"Word {n}", on=step, by=cast.cass)
            factory.topic(cast, cast.plan, about=cast.contact)
        plans.agree(cast.plan, by=cast.cass)
    with django_assert_max_num_queries(30):
        assert cass.get(path).status_code == 200


def test_what_was_corrected_after_the_draft_is_pointed_at_until_somebody_looks(cast, cass):
    note, path = "Corrected since this plan was worded.", f"/accounts/{cast.account.pk}/plan/"
    with tenant_context(cast.tenant):
        said = {"said_by": cast.contact, "occurred_on": factory.TODAY, "by": cast.cass}
        first = spiced.say(
            cast.account, "impact", "Agency shifts down to 16", kind="rational", source="handoff", **said
        )
        pain = spiced.say(cast.account, "pain", "Nobody knows the shifts", source="handoff", **said)
        spiced.correct(pain, "Nobody reads the shifts", source="kickoff", **said)
    assert note not in words(cass.get(path))
    with tenant_context(cast.tenant):
        again = spiced.correct(first, "Agency shifts down to 20", source="kickoff", **said)
    page = words(cass.get(path))
    assert note in page
    assert f"/accounts/{cast.account.pk}/kickoff/#said" in page
    assert "Impact</a> (Kickoff): Agency shifts down to 20" in page
    with tenant_context(cast.tenant):
        objectives.edit(cast.objective, {"detail": "Down to 20"}, by=cast.cass)
    assert note not in words(cass.get(path))
    with tenant_context(cast.tenant):
        spiced.correct(again, "Agency shifts down to 18", source="call", **said)
    assert f"/accounts/{cast.account.pk}/spiced/" in words(cass.get(path)).split(note)[1].split("</ul>")[0]
    with tenant_context(cast.tenant):
        plans.agree(cast.plan, by=cast.cass)
    assert note not in words(cass.get(path))


def test_an_account_without_a_plan_gets_one_drafted(cast, cass):
    with tenant_context(cast.tenant):
        other = AccountFactory(name="Ibis")
    assert "No impact plan yet" in words(cass.get(f"/accounts/{other.pk}/plan/"))
    posted(cass, f"/accounts/{other.pk}/plan/draft/")
    with tenant_context(cast.tenant):
        assert Plan.objects.get(account=other).created_by == cast.cass


def test_an_objective_is_added_and_changed(cast, cass):
    path = f"/plans/{cast.plan.pk}/objectives/add/"
    assert "In USD." in words(cass.get(path, HTTP_HX_REQUEST="true"))
    said = {"title": "Less overtime", "kind": "impact", "horizon": "long", "audience": "champion", "metric": "Hours",
            "unit": "h", "baseline": "1,250", "target": "900", "value_minor": "12,500"}  # fmt: skip
    posted(cass, path, **said)
    with tenant_context(cast.tenant):
        row = Objective.objects.get(title="Less overtime")
        assert (row.baseline, row.target, row.value_minor, row.audience) == (1250, 900, 12_500_00, "champion")
    assert 'value="12500"' in words(cass.get(f"/objectives/{row.pk}/edit/"))
    assert 'value="1250"' in words(cass.get(f"/objectives/{row.pk}/edit/"))
    wrong = posted(cass, f"/objectives/{row.pk}/edit/", 422, **form_of(row, *OBJECTIVE, target="1250"))
    assert "say what should change" in wrong


def test_two_people_at_one_objective_the_second_is_shown_both_values(cast, cass):
    path = f"/objectives/{cast.objective.pk}/edit/"
    posted(cass, path, **form_of(cast.objective, *OBJECTIVE, title="Theirs", value_minor="310000"))
    stale = form_of(cast.objective, *OBJECTIVE, title="Mine", value_minor="310000")
    said = posted(cass, path, 409, **stale)
    assert "Saved meanwhile: “Theirs”" in said
    assert 'value="Mine"' in said
    posted(cass, path, **(stale | {"version": 2}))
    with tenant_context(cast.tenant):
        assert Objective.objects.get(pk=cast.objective.pk).title == "Mine"


def test_what_the_second_person_left_alone_follows_what_the_first_saved(cast, cass):
    path = f"/objectives/{cast.objective.pk}/edit/"
    opened = form_of(cast.objective, *OBJECTIVE, value_minor="310000") | {"loaded": loaded(cass.get(path))}
    first = {"title": "Theirs", "unit": "people", "target": "85.5", "value_minor": "30,000"}
    first["their_owner"] = cast.contact.pk
    posted(cass, path, **(opened | first))
    mine = opened | {"title": "Mine", "detail": "In my words", "target": "90"}
    said = posted(cass, path, 409, **mine)
    assert "now says what they saved: Unit, Worth a year and Who of them." in said
    assert re.findall("Saved meanwhile: “(.*?)”", said) == ["Theirs", "85.5"]
    assert 'value="30000"' in said
    assert 'value="people"' in said
    theirs = {"unit": "people", "value_minor": "30000", "version": 2, "loaded": loaded(said)}
    theirs["their_owner"] = cast.contact.pk
    posted(cass, path, **(mine | theirs))
    with tenant_context(cast.tenant):
        row = Objective.objects.get(pk=cast.objective.pk)
        assert (row.title, row.detail, row.target) == ("Mine", "In my words", 90)
        assert (row.unit, row.value_minor, row.their_owner) == ("people", 3_000_000, cast.contact)


def test_money_that_both_changed_is_shown_as_it_is_typed(cast, cass):
    path = f"/objectives/{cast.objective.pk}/edit/"
    opened = form_of(cast.objective, *OBJECTIVE, value_minor="310000") | {"loaded": loaded(cass.get(path))}
    posted(cass, path, **(opened | {"value_minor": "30000", "due_on": "2027-02-04"}))
    said = posted(cass, path, 409, **(opened | {"value_minor": "25000.50", "due_on": "2027-03-01"}))
    assert re.findall("Saved meanwhile: “(.*?)”", said) == ["30000", "4 Feb 2027"]


def test_measured_achieved_confirmed_on_the_page(cast, cass):
    pk, today = cast.objective.pk, local_today(cast.tenant)
    posted(cass, f"/objectives/{pk}/measure/", value="4.5", on=today, evidence="Ledger of October", url="")
    tomorrow = today + dt.timedelta(days=1)
    assert "still to come" in posted(cass, f"/objectives/{pk}/measure/", 422, value="4", on=tomorrow)
    posted(cass, f"/objectives/{pk}/achieve/", on=today, evidence="Closed on the 4th")
    posted(cass, f"/objectives/{pk}/confirm/", contact=cast.contact.pk, name="", statement="Yes, we did")
    with tenant_context(cast.tenant):
        assert Measurement.objects.get().value == Decimal("4.5")
    said = words(cass.get(f"/objectives/{pk}/"))
    for word in ("4.5 days", "Ledger of October", "90%", "Confirmed by Elena Brandt", "Yes, we did"):
        assert word in said, word
    posted(cass, f"/objectives/{pk}/edit/", 409, **form_of(cast.objective, *OBJECTIVE, version=99))


def test_objectives_move_and_are_dropped_with_a_reason(cast, cass):
    pk = cast.objective.pk
    posted(cass, f"/objectives/{pk}/move/", to="up")
    posted(cass, f"/objectives/{pk}/drop/", 422, reason="")
    posted(cass, f"/objectives/{pk}/drop/", reason="Merged into another")
    assert "1 dropped objective" in words(cass.get(f"/accounts/{cast.account.pk}/plan/"))


def test_steps_are_ticked_and_topics_settled(cast, cass):
    posted(
        cass, f"/plans/{cast.plan.pk}/steps/add/", title="Train the leads", kind="action", side="us",
        our_owner=cast.dee.pk, audience="everyone",
    )  # fmt: skip
    with tenant_context(cast.tenant):
        step = Step.objects.select_related("task").get(title="Train the leads")
    posted(cass, f"/plan-steps/{step.pk}/done/")
    with tenant_context(cast.tenant):
        step.task.refresh_from_db()
        assert (step.task.status, step.task.closed_by) == ("done", cast.cass)
    posted(cass, f"/plan-steps/{step.pk}/reopen/")
    posted(cass, f"/plan-steps/{step.pk}/edit/", **form_of(step, "title", "kind", "side", "audience", version=""))
    posted(cass, f"/plan-steps/{step.pk}/drop/")
    posted(
        cass, f"/plans/{cast.plan.pk}/topics/add/", kind="challenge", text="Tomas is against it",
        about=cast.contact.pk, audience="internal",
    )  # fmt: skip
    with tenant_context(cast.tenant):
        topic = Topic.objects.get(text="Tomas is against it")
    posted(cass, f"/plan-topics/{topic.pk}/edit/", **form_of(topic, "kind", "text", "audience", response="Ask him"))
    posted(cass, f"/plan-topics/{topic.pk}/settle/")
    with tenant_context(cast.tenant):
        topic.refresh_from_db()
        assert (topic.response, topic.settled_by) == ("Ask him", cast.cass)
    posted(cass, f"/plan-topics/{topic.pk}/reopen/")


def test_a_comment_is_said_on_an_item(cast, cass):
    path = f"/plans/{cast.plan.pk}/comments/add/"
    on = f"objective-{cast.objective.pk}"
    assert "Comment on “Books closed in 4 days”" in words(cass.get(path, {"on": on}))
    posted(cass, path, body="Who measures it?", audience="internal", on=on)
    posted(cass, path, body="Hello", audience="everyone", on="objective-99999999999999999999")
    with tenant_context(cast.tenant):
        assert [one.objective for one in Comment.objects.order_by("id")] == [cast.objective, None]


def test_agreed_reviewed_compared_and_closed(cast, cass):
    pk = cast.plan.pk
    posted(cass, f"/plans/{pk}/agree/", contact="", note="Kickoff")
    posted(cass, f"/plans/{pk}/agree/", contact=cast.contact.pk, note="")
    with tenant_context(cast.tenant):
        assert PlanVersion.objects.get().agreements.count() == 2
        objectives.edit(cast.objective, {"target": Decimal(3)}, by=cast.cass)
    said = words(cass.get(f"/plans/{pk}/versions/"))
    for word in ("Version 1", "Changed", "Books closed in 4 days", ">4<", ">3<", "Elena Brandt"):
        assert word in said, word
    assert "Nothing: both say the same." in words(cass.get(f"/plans/{pk}/versions/", {"from": "1", "to": "1"}))
    assert cass.get(f"/plans/{pk}/versions/", {"from": "7"}).status_code == 404
    posted(cass, f"/plans/{pk}/review/", on=local_today(cast.tenant), note="On track")
    posted(cass, f"/plans/{pk}/edit/", north_star="Quicker books", review_weeks=6, next_review_on="", currency="eur")
    posted(cass, f"/plans/{pk}/close/", reason="Done")
    posted(cass, f"/objectives/{cast.objective.pk}/drop/", reason="x")
    with tenant_context(cast.tenant):
        plan = Plan.objects.get(pk=pk)
        assert (plan.status, plan.currency, plan.north_star) == ("closed", "EUR", "Quicker books")
        assert Objective.objects.get(pk=cast.objective.pk).status == "open"
    assert "Draft a new plan" in words(cass.get(f"/accounts/{cast.account.pk}/plan/"))


def test_a_viewer_reads_and_writes_nothing(cast, page):
    vera = page(cast.vera, cast.tenant)
    assert "Add objective" not in words(vera.get(f"/accounts/{cast.account.pk}/plan/"))
    assert vera.post(f"/plans/{cast.plan.pk}/close/").status_code == 403
    with tenant_context(cast.tenant):
        assert Plan.objects.get().status == "draft"


def test_a_rep_sees_the_plans_of_what_they_sell_alone(cast, page):
    with tenant_context(cast.tenant):
        foreign = factory.drafted(cast, AccountFactory(name="Ibis"))
    sal = page(cast.sal, cast.tenant)
    assert sal.get(f"/accounts/{cast.account.pk}/plan/").status_code == 200
    assert sal.get(f"/plans/{foreign.pk}/versions/").status_code == 404
    said = words(sal.get("/plans/?scope=all"))
    assert "Wren" in said
    assert "Ibis" not in said


def test_the_list_tells_what_is_late(cast, cass, monkeypatch, django_assert_max_num_queries):
    today = local_today(cast.tenant)
    monkeypatch.setattr(factory, "COMMITTED", today - dt.timedelta(days=10))
    with tenant_context(cast.tenant):
        objectives.edit(cast.objective, {"due_on": today - dt.timedelta(days=3)}, by=cast.cass)
        objectives.measure(cast.objective, Decimal(8), on=today, by=cast.cass)
        for n in range(8):
            factory.drafted(cast, AccountFactory(name=f"Other {n}", csm=cast.cass))
        quiet = AccountFactory(name="Quiet", csm=cast.cass)
        steps.add(Plan.objects.get(account__name="Other 1"), {"title": "x", "due_on": today}, by=cast.cass)
    with django_assert_max_num_queries(12):
        said = words(cass.get("/plans/"))
    assert "2 of 3" in said
    late = words(cass.get("/plans/?tab=late"))
    assert "Wren" in late
    without = words(cass.get("/plans/?tab=none"))
    assert "Wren" not in without
    assert quiet.phase == "commit"
    for tab in ("review", "draft", "closed"):
        assert cass.get(f"/plans/?tab={tab}", HTTP_HX_REQUEST="true").status_code == 200
    assert cass.get("/plans/?after=50", HTTP_HX_REQUEST="true").status_code == 200


def test_templates_are_kept_in_the_settings(cast, page):
    olly = page(cast.olly, cast.tenant)
    assert "General" in words(olly.get("/settings/plan-templates/"))
    posted(olly, "/settings/plan-templates/add/", name="Retail", segment="Retail", product="", north_star="")
    posted(olly, "/settings/plan-templates/add/", 422, name="Retail", segment="", product="", north_star="")
    with tenant_context(cast.tenant):
        row = PlanTemplate.objects.get(name="Retail")
    line = {"noun": "objective", "title": "Shelves full", "detail": "", "kind": "impact", "horizon": "short",
            "side": "joint", "audience": "everyone", "metric": "", "unit": "", "due_days": "60"}  # fmt: skip
    posted(olly, f"/settings/plan-templates/{row.pk}/lines/add/", **line)
    with tenant_context(cast.tenant):
        made = row.lines.get()
    posted(olly, f"/settings/plan-template-lines/{made.pk}/edit/", **line | {"title": "Full shelves", "version": 1})
    posted(olly, f"/settings/plan-template-lines/{made.pk}/edit/", 409, **line | {"title": "Other", "version": 1})
    assert "Full shelves" in words(olly.get(f"/settings/plan-templates/{row.pk}/"))
    posted(olly, f"/settings/plan-templates/{row.pk}/edit/", name="Shops", segment="Retail", product="", north_star="")
    posted(olly, f"/settings/plan-templates/{row.pk}/retire/")
    posted(olly, f"/settings/plan-template-lines/{made.pk}/remove/")
    with tenant_context(cast.tenant):
        row.refresh_from_db()
        assert (row.name, row.active, row.lines.count()) == ("Shops", False, 0)
        assert Event.objects.filter(kind__startswith="plan_template.").count() == 6
    assert page(cast.cass, cast.tenant).get("/settings/plan-templates/add/").status_code == 403
