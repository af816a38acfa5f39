"""Pages: who sees what, what a person may change, what a page costs."""

import datetime as dt
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import timeline
from accounts.actions import tasks
from accounts.calendar import local_today
from accounts.models import InboxEntry, Task
from accounts.registry import known_facts
from accounts.tenancy.context import tenant_context
from blueprints.actions import engine, library
from blueprints.forms.conditions import Scope, of_tree
from blueprints.models import Match, Play, Run
from blueprints.views.reasons import held
from metrics.backtests import actions as back_tests
from tests.factories.accounts import AccountFactory
from tests.factories.blueprints import PlayFactory, step


@pytest.fixture
def story(acme_cast) -> SimpleNamespace:
    """The library, one champion who left, and the run that came of it."""
    library.load(acme_cast.tenant, chosen=("champion-departed",))
    with tenant_context(acme_cast.tenant):
        account = AccountFactory(name="Brightwave", csm=acme_cast.cass, ae=acme_cast.sal)
        timeline.record(
            "contact.departed",
            account=account,
            by=acme_cast.cass,
            name="Kim",
            buying_role="champion",
            moved_to="Octopia",
        )
    engine.drain(acme_cast.tenant.pk)
    with tenant_context(acme_cast.tenant):
        run = Run.objects.get()
        return SimpleNamespace(account=account, run=run, play=run.play)


def posted(play: Play, steps: list[dict], **more: object) -> dict:
    """The builder's form as a browser sends it; the conditions stay as they are."""
    scope = Scope(known_facts(), "USD", bool(play.trigger))
    data = {"name": play.name, "because": play.because, "kind": play.kind, "version": play.version}
    for row in of_tree("if", play.current().conditions, scope).rows():
        data |= {f"{row.name}-fact": row.fact_name, f"{row.name}-op": row.op, f"{row.name}-value": row.values}
    for number, one in enumerate(steps):
        data |= {f"steps-{number}-{name}": value for name, value in ({"kind": "task"} | one).items()}
    return data | more


def test_the_library_lists_every_blueprint(acme_cast, story, page):
    html = page(acme_cast.vera, acme_cast.tenant).get("/library/").content.decode()
    assert html.count('class="card relative') == 21
    assert "Joint Impact Plan" in html


def test_a_blueprint_shows_its_steps_what_comes_next_and_the_plays_that_use_it(acme_cast, story, page):
    html = page(acme_cast.cass, acme_cast.tenant).get("/library/02/").content.decode()
    assert "Look up everyone who will attend" in html
    assert "/w/acme/library/03/" in html
    assert f"/w/acme/plays/{_onboarding(acme_cast).pk}/" in html
    assert page(acme_cast.cass, acme_cast.tenant).get("/library/99/").status_code == 404


def test_a_rep_reads_the_library_and_not_the_plays(acme_cast, story, page):
    rep = page(acme_cast.sal, acme_cast.tenant)
    assert rep.get("/library/02/").status_code == 200
    for path in ("/plays/", f"/plays/{story.play.pk}/", f"/runs/{story.run.pk}/"):
        assert rep.get(path).status_code == 403


def test_the_plays_say_what_starts_them_and_how_often(acme_cast, story, page):
    html = page(acme_cast.vera, acme_cast.tenant).get("/plays/").content.decode()
    assert "Contact departed, if Buying role is Champion" in " ".join(html.split())
    assert "just now" in html


def test_a_play_shows_its_sentence_its_runs_and_offers_changes_to_those_who_may(acme_cast, story, page):
    seen = page(acme_cast.vera, acme_cast.tenant).get(f"/plays/{story.play.pk}/").content.decode()
    assert "Buying role is Champion" in seen
    assert "Brightwave" in seen
    assert "/pause/" not in seen
    assert "/pause/" in page(acme_cast.olly, acme_cast.tenant).get(f"/plays/{story.play.pk}/").content.decode()


def test_a_run_tells_why_it_started_and_what_became_of_its_tasks(acme_cast, story, page):
    with tenant_context(acme_cast.tenant):
        task = Task.objects.order_by("pk").first()
        tasks.complete(task, outcome="achieved", note="Met Lou", by=acme_cast.cass)
    html = page(acme_cast.vera, acme_cast.tenant).get(f"/runs/{story.run.pk}/").content.decode()
    assert "Buying role is Champion" in html
    assert "Met Lou" in html
    assert "1 of 4 tasks closed" in html


def test_only_what_held_is_told_as_a_reason():
    tree = {
        "all": [
            {"fact": "event.one", "is": 1},
            {"any": [{"fact": "event.two", "is": 2}, {"fact": "event.three", "is": 3}]},
        ]
    }
    told = held(tree, {"event.one": 1, "event.two": 2, "event.three": 0}, {}, "USD", dt.date(2026, 3, 2))
    assert [one.value for one in told] == ["1", "2"]


def test_a_task_of_a_play_says_why_it_is_there(acme_cast, story, page):
    with tenant_context(acme_cast.tenant):
        task = Task.objects.order_by("pk").first()
    html = page(acme_cast.cass, acme_cast.tenant).get(f"/tasks/{task.pk}/").content.decode()
    assert "most likely to leave" in html
    assert f"/w/acme/runs/{story.run.pk}/#why" in html


def test_the_panel_shows_what_is_in_motion(acme_cast, story, page):
    html = page(acme_cast.cass, acme_cast.tenant).get(f"/accounts/{story.account.pk}/plays/panel/").content.decode()
    assert "Champion departed" in html
    assert "0/4" in html
    assert "Cass of Acme" in html


def test_the_panel_is_empty_once_every_task_is_closed(acme_cast, story, page):
    with tenant_context(acme_cast.tenant):
        for task in Task.objects.all():
            tasks.drop(task, by=acme_cast.cass)
    html = page(acme_cast.cass, acme_cast.tenant).get(f"/accounts/{story.account.pk}/plays/panel/").content.decode()
    assert "No play is in motion here" in html


def test_pausing_and_switching_on(acme_cast, story, page):
    ops = page(acme_cast.olly, acme_cast.tenant)
    assert ops.post(f"/plays/{story.play.pk}/pause/").status_code == 302
    assert _state(acme_cast, story) == "paused"
    assert ops.post(f"/plays/{story.play.pk}/on/").status_code == 302
    assert _state(acme_cast, story) == "on"


@pytest.mark.parametrize("verb", ["on", "pause", "retry", "edit"])
def test_a_csm_may_look_and_not_touch(acme_cast, story, page, verb):
    assert page(acme_cast.cass, acme_cast.tenant).post(f"/plays/{story.play.pk}/{verb}/").status_code == 403
    assert _state(acme_cast, story) == "on"


def test_editing_makes_a_version(acme_cast, story, page):
    ops = page(acme_cast.olly, acme_cast.tenant)
    assert ops.get(f"/plays/{story.play.pk}/edit/").status_code == 200
    with tenant_context(acme_cast.tenant):
        old = story.play.current().steps
        data = posted(story.play, [step("First"), step("Later", days=9), old[3]])
    assert ops.post(f"/plays/{story.play.pk}/edit/", data).status_code == 302
    with tenant_context(acme_cast.tenant):
        made = story.play.current()
        assert (made.number, made.created_by) == (2, acme_cast.olly)
        assert [(one["title"], one["days"]) for one in made.steps] == [
            ("First", 2),
            ("Later", 9),
            (old[3]["title"], 10),
        ]
        assert made.steps[2]["detail"] == old[3]["detail"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"steps-0-title": ""}, "Say what is to be done."),
        ({"steps-0-days": "-1"}, "Business days from 0 to 365."),
        ({"steps-0-role": "boss"}, "One of: CSM"),
        ({"steps-0-title": "{{ account.shoe_size }}"}, "“account.shoe_size” is no variable."),
        ({"name": ""}, "This field is required."),
        ({"if-0-fact": "contract.gone", "if-0-op": "is", "if-0-value": "1"}, "is no fact that is known here"),
        ({"guards-cool_down_days": "-3"}, "greater than or equal to 0"),
    ],
)
def test_a_wrong_edit_is_named_and_nothing_typed_is_lost(acme_cast, story, page, change, message):
    with tenant_context(acme_cast.tenant):
        play = PlayFactory(steps=[step("Only")])
        data = posted(play, [step("Mine, typed")], **change)
    response = page(acme_cast.olly, acme_cast.tenant).post(f"/plays/{play.pk}/edit/", data)
    assert response.status_code == 422
    assert message in response.content.decode()
    if "steps-0-title" not in change:
        assert "Mine, typed" in response.content.decode()
    with tenant_context(acme_cast.tenant):
        assert play.versions.count() == 1


def test_two_editors_the_later_one_sees_both(acme_cast, story, page):
    with tenant_context(acme_cast.tenant):
        play = PlayFactory(steps=[step("Only")])
        hers = posted(play, [step("Hers")])
        mine = posted(play, [step("Mine")], name="My name")
    assert page(acme_cast.lee, acme_cast.tenant).post(f"/plays/{play.pk}/edit/", hers).status_code == 302
    ops = page(acme_cast.olly, acme_cast.tenant)
    response = ops.post(f"/plays/{play.pk}/edit/", mine)
    html = response.content.decode()
    assert response.status_code == 409
    assert "Hers" in html
    assert "Mine" in html
    assert ops.post(f"/plays/{play.pk}/edit/", mine | {"version": 2}).status_code == 302
    with tenant_context(acme_cast.tenant):
        assert [version.steps[0]["title"] for version in play.versions.all()] == ["Mine", "Hers", "Only"]


def test_events_that_were_put_aside_are_shown_and_can_be_tried_again(acme_cast, story, page):
    with tenant_context(acme_cast.tenant):
        event = timeline.record("contact.departed", account=story.account, by=None, name="Lou", buying_role="champion")
        InboxEntry.objects.filter(event=event).update(attempts=8, last_error="Champion departed: KeyError: 'role'")
    ops = page(acme_cast.olly, acme_cast.tenant)
    assert "KeyError" in ops.get(f"/plays/{story.play.pk}/").content.decode()
    ops.post(f"/plays/{story.play.pk}/pause/")
    told = ops.post(f"/plays/{story.play.pk}/retry/", follow=True).content.decode()
    assert "Switch it on, then try again" in told
    engine.drain(acme_cast.tenant.pk)
    assert "switch it on, then try again" in ops.get(f"/plays/{story.play.pk}/").content.decode()
    ops.post(f"/plays/{story.play.pk}/on/")
    assert ops.post(f"/plays/{story.play.pk}/retry/").status_code == 302
    assert engine.drain(acme_cast.tenant.pk).started == 1
    assert "then try again" not in ops.get(f"/plays/{story.play.pk}/").content.decode()


def test_runs_go_on_on_the_next_page_without_gap_or_repetition(acme_cast, page):
    with tenant_context(acme_cast.tenant):
        play = PlayFactory()
        for number in range(30):
            timeline.record("contact.departed", account=AccountFactory(name=f"Account {number:02}"), by=None)
    engine.drain(acme_cast.tenant.pk)
    client = page(acme_cast.vera, acme_cast.tenant)
    first = client.get(f"/plays/{play.pk}/").context
    second = client.get(f"/plays/{play.pk}/?after={first['next']}").context
    seen = [run.account.name for run, *_ in [*first["runs"], *second["runs"]]]
    assert seen == [f"Account {number:02}" for number in reversed(range(30))]
    assert second["next"] is None


def test_another_tenant_finds_nothing(acme_cast, story, rival, page):
    library.load(rival.tenant)
    rita = page(rival.rita, rival.tenant)
    for path in (f"/plays/{story.play.pk}/", f"/plays/{story.play.pk}/edit/", f"/runs/{story.run.pk}/",
                 f"/accounts/{story.account.pk}/plays/panel/"):  # fmt: skip
        assert rita.get(path).status_code == 404
    for verb in ("on", "pause", "retry", "edit"):
        assert rita.post(f"/plays/{story.play.pk}/{verb}/").status_code == 404
    assert _state(acme_cast, story) == "on"


@pytest.mark.parametrize(
    ("path", "budget"),
    [("/library/", 7), ("/library/02/", 10), ("/plays/", 15), ("/plays/{play}/", 19), ("/runs/{run}/", 15)],
)
def test_what_a_page_costs(acme_cast, story, page, path, budget):
    """Session, person, membership, the tenant’s context in and out, the switcher; which facts are known is five."""
    client = page(acme_cast.vera, acme_cast.tenant)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        response = client.get(path.format(play=story.play.pk, run=story.run.pk))
    assert response.status_code == 200
    counted = [q["sql"] for q in queries if not q["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    assert len(counted) <= budget, "\n".join(counted)


def _state(cast, story) -> str:
    with tenant_context(cast.tenant):
        return Play.objects.get(pk=story.play.pk).state


def _onboarding(cast) -> Play:
    with tenant_context(cast.tenant):
        return Play.objects.get(code="onboarding")


@pytest.mark.parametrize("path", ["/runs/?after=²", "/plays/deliveries/?after=²", "/runs/?after=" + "9" * 30])
def test_a_place_that_is_no_number_begins_at_the_beginning(acme_cast, story, page, path):
    assert page(acme_cast.olly, acme_cast.tenant).get(path).status_code == 200


@pytest.fixture
def noisy(acme_cast, story) -> Play:
    """Six champions left; of six closed tasks three were done, two not needed and one was dropped."""
    with tenant_context(acme_cast.tenant):
        for number in range(5):
            account = AccountFactory(name=f"Noisy {number}", csm=acme_cast.cass if number % 2 else acme_cast.lee)
            timeline.record("contact.departed", account=account, by=None, buying_role="champion")
    engine.drain(acme_cast.tenant.pk)
    with tenant_context(acme_cast.tenant):
        assert Run.objects.filter(play=story.play).count() == 6
        found = list(Task.objects.filter(source="play").order_by("pk")[:6])
        for task, outcome in zip(found, ["achieved", "achieved", "partly", "not_needed", "not_needed"], strict=False):
            tasks.complete(task, outcome=outcome, by=acme_cast.cass)
        tasks.drop(found[5], by=acme_cast.cass)
        return story.play


def test_plays_say_what_effect_and_noise_they_have(acme_cast, noisy, page):
    client = page(acme_cast.vera, acme_cast.tenant)
    listed = client.get("/plays/")
    row = next(row for row in listed.context["rows"] if row["play"] == noisy)
    figures = row["figures"]
    assert (figures.fired, figures.per_csm_week, figures.done, figures.noise) == (6, 0.7, 50, 50)
    html = " ".join(client.get(f"/plays/{noisy.pk}/").content.decode().split())
    assert '<dt>Runs in 30 days</dt><dd class="num">6</dd>' in html
    assert '<dt>For each CSM and week</dt><dd class="num">0.7</dd>' in html
    assert 'href="/w/acme/reports/play-effects/"' in listed.content.decode()
    for asked, path in ((listed.content.decode(), "/w/acme/reports/play-effects/panel/"),
                        (html, f"/w/acme/reports/play-effects/{noisy.pk}/panel/")):  # fmt: skip
        assert f'hx-get="{path}"' in asked
        assert client.get(path).status_code == 200


def test_a_play_that_listens_to_events_is_tried_on_the_past_too(acme_cast, noisy, page):
    html = page(acme_cast.olly, acme_cast.tenant).get(f"/plays/{noisy.pk}/").content.decode()
    assert html.count(f"/w/acme/plays/{noisy.pk}/back-tests/") == 2
    with tenant_context(acme_cast.tenant):
        today = local_today(acme_cast.tenant)
        test = back_tests.ask(noisy, start=today, end=today, today=today, by=acme_cast.olly)
    back_tests.go_on(acme_cast.tenant.pk)
    report = page(acme_cast.olly, acme_cast.tenant).get(f"/back-tests/{test.pk}/")
    live = [(match.account_id, match.event_id) for match in noisy_matches(acme_cast, noisy)]
    assert len(live) == 6
    assert sorted((m.account_id, m.event_id) for m, *_ in report.context["rows"]) == sorted(live)


def noisy_matches(cast, play: Play) -> list[Match]:
    with tenant_context(cast.tenant):
        return list(Match.objects.filter(play=play))


def test_a_bad_amount_is_named_in_the_words_of_the_form(acme_cast, story, page):
    asked = {"if-0-fact": "contract.arr", "if-0-op": "at_least", "if-0-value": "20k"}
    with tenant_context(acme_cast.tenant):
        data = posted(story.play, [step("First")], **asked)
    html = page(acme_cast.olly, acme_cast.tenant).post(f"/plays/{story.play.pk}/edit/", data).content.decode()
    assert "“ARR” is at least: needs an amount such as 20000." in html
    assert "smallest unit" not in html
    assert "“at_least”" not in html


def test_a_step_without_any_endpoint_says_where_to_add_one(acme_cast, story, page):
    with tenant_context(acme_cast.tenant):
        data = posted(story.play, [{"kind": "webhook", "payload": ""}])
    olly = page(acme_cast.olly, acme_cast.tenant)
    html = olly.post(f"/plays/{story.play.pk}/edit/", data).content.decode()
    assert "Choose an endpoint." in html
    assert "There is no such webhook" not in html
    assert "/settings/endpoints/new/" in html
    assert "add one under Settings → Endpoints" in html
    form = olly.get("/settings/endpoints/new/").content.decode()
    assert "---------" not in form
    assert form.index('value="webhook"') < form.index('value="slack"')


def test_a_match_of_an_event_neither_holds_nor_ceases_to(acme_cast, story, page):
    html = page(acme_cast.vera, acme_cast.tenant).get(f"/plays/{story.play.pk}/").content.decode()
    assert '<td class="max-sm:hidden">–</td></tr>' in html
