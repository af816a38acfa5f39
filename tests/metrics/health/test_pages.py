"""Pages of health: the score explained, models built in the browser, people saying what they know."""

from __future__ import annotations

import datetime as dt
import re
from copy import deepcopy

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.actions import knowledge
from accounts.models import Account, AccountFacts, AccountState, Event, PastFacts
from accounts.tenancy.context import tenant_context
from metrics.health.actions import models, signing, versions
from metrics.health.explaining import Cause, Explainer, Step
from metrics.health.models import HealthModel, HealthVersion, Judgement, Override, SignOff, State
from metrics.health.moving import At
from metrics.health.previewing import Change, Preview
from metrics.health.views import shown
from tests.factories.accounts import TODAY, AccountFactory, AccountFactsFactory, ContactFactory, PastFactsFactory
from tests.factories.health import SignOffFactory, simple

pytestmark = pytest.mark.django_db
ENTERPRISE = {"all": [{"fact": "account.segment", "in": ["Enterprise"]}]}


@pytest.fixture
def stage(acme_cast):
    """A published model and one account that was looked at twice: with its champion, and without."""
    with tenant_context(acme_cast.tenant):
        acme_cast.account = AccountFactory(name="Northwind")
        contact = ContactFactory(account=acme_cast.account, buying_role="champion", name="Chris")
        acme_cast.model = models.add({"name": "General"}, simple(), by=acme_cast.ada)
        acme_cast.version = versions.publish(acme_cast.model.versions.get(), by=acme_cast.ada)
        now = timezone.now()
        knowledge.follow([acme_cast.account.pk], tenant=acme_cast.tenant, at=now + dt.timedelta(seconds=1))
        contact.departed_on = now.date() - dt.timedelta(days=1)
        type(contact).objects.filter(pk=contact.pk).update(departed_on=contact.departed_on)
        knowledge.follow([acme_cast.account.pk], tenant=acme_cast.tenant, at=now + dt.timedelta(seconds=2))
        assert AccountFacts.objects.get().facts["health.score"] == 0
    return acme_cast


def fields(html: str) -> dict[str, str]:
    """What the editor's form would send."""
    form = html[html.index('id="draft-form"') :]
    found = dict(re.findall(r'<input[^>]* name="([^"]+)"[^>]*? value="([^"]*)"', form))
    for name, inside in re.findall(r'<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', form, re.S):
        chosen = re.search(r'<option value="([^"]*)" selected', inside)
        found[name] = chosen.group(1) if chosen else ""
    return found


def test_the_account_page_says_the_score_its_parts_and_what_moved_it(stage, page):
    html = page(stage.vera, stage.tenant).get(f"/accounts/{stage.account.pk}/health/").content.decode()
    assert "A score is a symptom, not a diagnosis." in html
    moved = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html[html.index('id="moved"') :]))
    assert "75 → to 0" in moved
    assert "Champion present Yes → to No −75.0 points" in moved
    assert "not known: counts zero" in html
    assert "Judge: Mood" not in html
    assert "Judge: Mood" in page(stage.cass, stage.tenant).get(f"/accounts/{stage.account.pk}/health/").content.decode()


def test_a_csm_judges_and_what_was_typed_wrong_stays(stage, page):
    cass, where = page(stage.cass, stage.tenant), f"/accounts/{stage.account.pk}/health/judge/mood/"
    refused = cass.post(where, {"level": "good", "reason": "", "note": "On the phone"})
    assert refused.status_code == 422
    assert "On the phone" in refused.content.decode()
    assert cass.post(where, {"level": "good", "reason": "price", "note": ""}).status_code == 302
    assert cass.get(f"/accounts/{stage.account.pk}/health/judge/weather/").status_code == 404
    with tenant_context(stage.tenant):
        assert Judgement.objects.get().reason == "price"


def test_a_score_is_set_by_hand_and_lifted(stage, page):
    cass, where = page(stage.cass, stage.tenant), f"/accounts/{stage.account.pk}/health/by-hand/"
    late = timezone.now().date() + dt.timedelta(days=60)
    refused = cass.post(where, {"score": "55", "reason": "Renewed by phone", "until": late})
    assert refused.status_code == 422
    assert "30 days from now" in refused.content.decode()
    soon = timezone.now().date() + dt.timedelta(days=10)
    assert cass.post(where, {"score": "55", "reason": "Renewed by phone", "until": soon}).status_code == 302
    assert page(stage.vera, stage.tenant).post(where, {}).status_code == 403
    html = cass.get(f"/accounts/{stage.account.pk}/health/").content.decode()
    asked = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html[html.index('id="lift-dialog"') :]))
    assert "Lift the 55 set by hand" in html[: html.index('id="lift-dialog"')]
    assert all(word in asked for word in ("Cass of Acme set it, until", str(soon.day), "Renewed by phone"))
    with tenant_context(stage.tenant):
        row = Override.objects.get()
    assert "Nothing was lifted" in cass.post(f"{where}lift/", {"override": row.pk + 1}, follow=True).content.decode()
    told = cass.post(f"{where}lift/", {"override": row.pk}, follow=True).content.decode()
    assert "Lifted: the 55 that Cass of Acme set until" in told
    with tenant_context(stage.tenant):
        assert Override.objects.get().lifted_at is not None


def test_only_what_the_accounts_own_model_asks_is_offered_to_be_judged(stage, page):
    with tenant_context(stage.tenant):
        other = deepcopy(simple())
        mood = next(m for p in other["pillars"] for m in p["measures"] if m["key"] == "mood")
        mood |= {"key": "weather", "label": "Weather"}
        model = models.add({"name": "Big", "applies": ENTERPRISE}, other, by=stage.ada)
        versions.publish(model.versions.get(), by=stage.ada)
    html = page(stage.cass, stage.tenant).get(f"/accounts/{stage.account.pk}/health/").content.decode()
    assert "Judge: Mood" in html
    assert "Judge: Weather" not in html


def test_a_model_is_begun_drafted_signed_and_published_in_the_browser(stage, page):
    olly, lee = page(stage.olly, stage.tenant), page(stage.lee, stage.tenant)
    assert olly.post("/settings/health/new/", {"name": "Big", "segments": "Enterprise"}).status_code == 302
    with tenant_context(stage.tenant):
        draft = HealthVersion.objects.get(model__key="big")
        assert draft.model.applies == {"all": [{"fact": "account.segment", "in": ["Enterprise"]}]}
    where = f"/settings/health/drafts/{draft.pk}/"
    sent = fields(olly.get(where).content.decode())
    first = draft.definition["pillars"][0]["measures"][0]
    assert sent["pillars.0.measures.0.fact"] == first["fact"]
    assert olly.post(where, sent | {"act": "save", "note": "First try"}).status_code == 302
    assert olly.post(f"{where}ask/", {"person": stage.lee.pk, "role": "leadership"}).status_code == 302
    assert "Not signed yet by Lee" in olly.post(f"{where}publish/", follow=True).content.decode()
    with tenant_context(stage.tenant):
        asked = SignOff.objects.get()
    assert olly.get(f"/health/sign-offs/{asked.pk}/").status_code == 404
    assert lee.get(f"/health/sign-offs/{asked.pk}/").status_code == 200
    assert lee.post(f"/health/sign-offs/{asked.pk}/", {"act": "decline", "note": ""}).status_code == 422
    assert lee.post(f"/health/sign-offs/{asked.pk}/", {"act": "sign", "note": ""}).status_code == 302
    assert olly.post(f"{where}publish/").status_code == 302
    with tenant_context(stage.tenant):
        draft.refresh_from_db()
        assert (draft.state, draft.note, draft.definition) == (State.PUBLISHED, "First try", draft.definition)


def test_the_editor_keeps_what_it_was_told_and_names_what_is_wrong(stage, page):
    olly = page(stage.olly, stage.tenant)
    with tenant_context(stage.tenant):
        draft = versions.draft(stage.model, by=stage.olly)
    where = f"/settings/health/drafts/{draft.pk}/"
    sent = fields(olly.get(where).content.decode())
    refused = olly.post(where, sent | {"pillars.0.weight": "lots", "pillars.1.measures.0.how.bad": "soon"})
    assert refused.status_code == 422
    html = refused.content.decode()
    assert 'value="lots"' in html
    assert 'value="soon"' in html
    assert "A whole number from 0 to 100 is needed here." in html
    assert "Say as a number what is bad." in html
    more = olly.post(where, sent | {"act": "add-measure:1"}).content.decode()
    assert 'name="pillars.1.measures.1.fact"' in more
    sent["pillars.1.weight"] = "10"
    assert "Weights total 90 of 100" in olly.post(where, sent | {"act": "refresh"}).content.decode()
    assert "Weights total 100 of 100" in olly.post(where, sent | {"act": "balance"}).content.decode()
    with tenant_context(stage.tenant):
        assert HealthVersion.objects.get(pk=draft.pk).definition == simple()


def test_saving_what_the_editor_shows_changes_nothing(stage, page):
    olly = page(stage.olly, stage.tenant)
    with tenant_context(stage.tenant):
        draft = versions.draft(stage.model, by=stage.olly)
    where = f"/settings/health/drafts/{draft.pk}/"
    assert olly.post(where, fields(olly.get(where).content.decode())).status_code == 302
    with tenant_context(stage.tenant):
        saved = HealthVersion.objects.get(pk=draft.pk).definition
    for pillar in saved["pillars"]:
        for measure in pillar["measures"]:
            if measure["missing"] == "reweigh":
                del measure["missing"]
    assert saved == simple()


def test_the_preview_shows_what_would_change_without_saving(stage, page):
    olly = page(stage.olly, stage.tenant)
    with tenant_context(stage.tenant):
        draft = versions.draft(stage.model, by=stage.olly)
    where = f"/settings/health/drafts/{draft.pk}/"
    sent = fields(olly.get(where).content.decode())
    sent |= {"pillars.0.measures.0.how.no": "90"}
    html = olly.post(f"{where}preview/", sent).content.decode()
    assert "1 changes band." in html
    assert "Northwind" in html
    assert "balance them" in olly.post(f"{where}preview/", sent | {"pillars.0.weight": "1"}).content.decode()


def test_two_who_save_one_draft_are_told(stage, page):
    olly = page(stage.olly, stage.tenant)
    with tenant_context(stage.tenant):
        draft = versions.draft(stage.model, by=stage.olly)
    where = f"/settings/health/drafts/{draft.pk}/"
    sent = fields(olly.get(where).content.decode())
    with tenant_context(stage.tenant):
        versions.edit_draft(draft, simple(40, 40, 20), by=stage.ada)
    late = olly.post(where, sent | {"note": "Mine"})
    assert late.status_code == 409
    assert 'value="Mine"' in late.content.decode()


def test_a_model_goes_out_as_yaml_and_comes_back_as_a_draft(stage, page):
    olly = page(stage.olly, stage.tenant)
    text = olly.get(f"/settings/health/versions/{stage.version.pk}/yaml/").content.decode()
    assert text.startswith("kind: csom/health-model\nname: General\nkey: general\n")
    changed = text.replace("cap: 40", "cap: 30")
    assert olly.post("/settings/health/import/", {"text": changed}).status_code == 302
    with tenant_context(stage.tenant):
        draft = HealthVersion.objects.get(state=State.DRAFT)
        assert (draft.model, draft.number, draft.definition["limits"][0]["cap"]) == (stage.model, 2, 30)


def test_a_file_doesnt_change_whom_a_live_model_scores(stage, page):
    """That would hold at once, past preview and sign-off."""
    olly = page(stage.olly, stage.tenant)
    text = olly.get(f"/settings/health/versions/{stage.version.pk}/yaml/").content.decode()
    narrow = text.replace("applies: {}", "applies:\n  all:\n    - fact: account.segment\n      is: Enterprise")
    assert narrow != text
    refused = olly.post("/settings/health/import/", {"text": narrow})
    assert refused.status_code == 422
    assert "applies: Whom a model scores that is live changes at once" in refused.content.decode()
    with tenant_context(stage.tenant):
        assert HealthModel.objects.get().applies == {}


def test_whoever_is_asked_to_sign_sees_who_would_change_band(stage, page):
    lee, olly = page(stage.lee, stage.tenant), page(stage.olly, stage.tenant)
    with tenant_context(stage.tenant):
        draft = versions.draft(stage.model, by=stage.olly)
        raw = deepcopy(draft.definition)
        raw["pillars"][0]["measures"][0]["how"]["no"] = 90
        versions.edit_draft(draft, raw, by=stage.olly)
        asked = signing.ask(draft, stage.lee, "leadership", by=stage.olly)
    where = f"/health/sign-offs/{asked.pk}/"
    assert f'{where}preview/" hx-trigger="load"' in lee.get(where).content.decode()
    told = lee.get(f"{where}preview/").content.decode()
    assert "1 changes band." in told
    assert "Northwind" in told
    assert olly.get(f"{where}preview/").status_code == 404
    of_version = f"/settings/health/versions/{draft.pk}/"
    door = f'{where}">Look at it and sign'
    assert door in lee.get(of_version).content.decode()
    assert door not in olly.get(of_version).content.decode()
    assert lee.post(where, {"act": "sign", "note": ""}).status_code == 302
    assert door not in lee.get(of_version).content.decode()


def test_the_preview_names_no_account_that_its_reader_may_not_see(stage):
    found = Preview({}, {}, 30, 30, (Change(stage.account.pk, "Northwind", "healthy", "at_risk", 75, 10),))
    with tenant_context(stage.tenant):
        assert found.naming(Account.objects.all()).first == found.first
        unseen = found.naming(Account.objects.none())
    assert (unseen.first, unseen.changing, unseen.more) == ((), 30, 30)


@pytest.mark.parametrize(
    ("before", "after", "label"), [(73, None, "Mood"), (None, 73, "Logins"), (60, 70, "Logins"), (70, 60, "Mood")]
)
def test_the_reason_of_a_move_points_the_way_it_went(before, after, label):
    causes = (Cause("Logins", 35.3, 0, 9), Cause("Mood", -15.0, 2, 1))
    assert shown.first_cause(Step(timezone.now(), before, after, causes), Account(), TODAY)["label"] == label


def test_who_neednt_sign_is_taken_off_the_list(stage, page):
    olly = page(stage.olly, stage.tenant)
    with tenant_context(stage.tenant):
        draft = versions.draft(stage.model, by=stage.olly)
        asked = signing.ask(draft, stage.lee, "product", by=stage.ada)
    assert "Needn’t sign: Lee of Acme" in olly.get(f"/settings/health/drafts/{draft.pk}/").content.decode()
    where = f"/settings/health/sign-offs/{asked.pk}/spare/"
    assert page(stage.cass, stage.tenant).post(where).status_code == 403
    assert olly.post(where).status_code == 302
    with tenant_context(stage.tenant):
        assert not SignOff.objects.exists()


def test_the_steps_are_those_of_the_day_that_the_score_is_of(stage, page):
    """Three days without a look: what ages since then isn't in the score, and the page says so."""
    with tenant_context(stage.tenant):
        definition = simple(20, 80, 0)
        definition["pillars"] = definition["pillars"][:2]
        definition["limits"] = []
        versions.publish(versions.edit_draft(versions.draft(stage.model, by=stage.ada), definition, by=stage.ada),
                         by=stage.ada)  # fmt: skip
        today = timezone.now().date()
        facts = {
            "people.champion_present": True,
            "account.last_touch_on": (today - dt.timedelta(days=33)).isoformat(),
            "health.score": 68,
            "health.computed": 68,
            "health.band": "symptoms",
            "health.model": "general v2",
        }
        AccountFacts.objects.update(facts=facts, first_day=today - dt.timedelta(days=5))
        AccountState.objects.update(seen_on=today - dt.timedelta(days=3))
        explained = Explainer(stage.tenant.zone).standing(stage.account, today)
        assert explained.score.total == 68
    html = page(stage.cass, stage.tenant).get(f"/accounts/{stage.account.pk}/health/").content.decode()
    assert "Last looked at on" in html


def test_what_moved_it_adds_up_and_so_do_the_points(stage, page):
    with tenant_context(stage.tenant):
        zone, now = stage.tenant.zone, timezone.now()
        past = PastFacts.objects.get()
        by_hand = {"override.score": 30, "health.score": 30}
        after = {**AccountFacts.objects.get().facts, **by_hand, "account.last_touch_on": "2020-01-01"}
        rows = [At(now - dt.timedelta(days=2), past.facts), At(now - dt.timedelta(days=1), after)]
        (step,) = Explainer(zone).steps(rows)
    assert step.change == -45
    assert round(sum(round(cause.points, 1) for cause in step.causes), 1) == step.change
    assert {cause.label for cause in step.causes} >= {"Set by hand", "Champion present"}
    assert [str(each) for each in shown.adding_up([17.14, 17.14, 17.14, 17.14, 0])] == [
        "17.2",
        "17.2",
        "17.1",
        "17.1",
        "0",
    ]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("kind: csom/health-model\nname: X\npillars: 3", "pillars: A list of 1 to 8 is needed here."),
        ("a: [", "This isn’t YAML that can be read."),
        ("a: &x 1\nb: *x", "aren’t read"),
        ("!!python/object:os.system {}", "This isn’t YAML that can be read."),
        ("name: X\npillars: []", "kind: This must be"),
    ],
)
def test_a_file_that_is_wrong_is_refused_with_the_place(stage, page, text, says):
    answer = page(stage.olly, stage.tenant).post("/settings/health/import/", {"text": text})
    assert answer.status_code == 422
    assert says in answer.content.decode()
    with tenant_context(stage.tenant):
        assert HealthModel.objects.count() == 1


def test_the_board_tells_bands_and_movements(stage, page):
    ada = page(stage.ada, stage.tenant)
    with tenant_context(stage.tenant):
        AccountFactory(name="Unscored")
    html = ada.get("/health/?scope=all&days=7").content.decode()
    assert "Nobody changed band" in html  # nobody had looked seven days ago
    assert "band=at_risk" in html
    assert ada.get("/health/movements/?days=7").status_code == 200
    listed = ada.get("/accounts/?scope=all&band=at_risk&sort=-health").content.decode()
    assert "Northwind" in listed
    assert "Unscored" not in listed
    unknown = ada.get("/accounts/?scope=all&band=unknown&sort=health").content.decode()
    assert "Unscored" in unknown
    assert "Northwind" not in unknown


def test_the_board_is_of_a_segment_a_phase_or_a_csms_accounts(stage, page):
    with tenant_context(stage.tenant):
        type(stage.account).objects.update(segment="Mid & Co", csm=stage.cass, phase="adoption")
        AccountFactory(name="Elsewhere", segment="Small", csm=stage.sal)
    ada = page(stage.ada, stage.tenant)

    def counted(query: str) -> int:
        return sum(row["count"] for row in ada.get(f"/health/?scope=all&{query}").context["bands"])

    assert [counted(query) for query in ("", "segment=Mid+%26+Co", "segment=None", f"csm={stage.sal.pk}")] == [
        2,
        1,
        0,
        1,
    ]
    assert [counted(query) for query in ("csm=none", f"phase=adoption&csm={stage.cass.pk}", "csm=x")] == [0, 1, 0]
    assert [counted(query) for query in ("phase=nonsense", "segment=a%00b")] == [2, 2]
    html = ada.get("/health/?scope=all&segment=Mid+%26+Co").content.decode()
    assert "sort=health&amp;segment=Mid+%26+Co" in html
    assert '<option value="Mid &amp; Co" selected>' in html
    listed = ada.get("/health/movements/?days=7&scope=all&segment=Small")
    assert "Northwind" not in listed.getvalue().decode()


def test_movement_leads_to_the_account_and_the_chart_marks_versions(stage, page):
    with tenant_context(stage.tenant):
        now = timezone.now()
        row = AccountFacts.objects.get()
        AccountFacts.objects.update(valid_from=now - dt.timedelta(days=2))
        before = {"health.band": "healthy", "health.score": 80, "people.champion_present": True}
        PastFactsFactory(account_id=stage.account.pk, facts=row.facts | before,
                         valid_from=now - dt.timedelta(days=40), valid_to=now - dt.timedelta(days=2))  # fmt: skip
    ada = page(stage.ada, stage.tenant)
    html = ada.get("/health/?scope=all&days=7").content.decode()
    assert f"/accounts/{stage.account.pk}/health/" in html
    assert "1 down, 0 up" in html
    row = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html[html.index("<tbody") :]))
    assert "Northwind Champion present: Yes → to No, −75.0" in row
    assert 'class="truncate"' not in html[html.index("<tbody") :]
    chart = ada.get(f"/accounts/{stage.account.pk}/health/").context["chart"]
    assert [name for _day, name in chart["marks"]] == ["general v1"]


def test_why_they_moved_costs_no_query_more_for_more_who_moved(stage, page, django_assert_max_num_queries):
    ada, now = page(stage.ada, stage.tenant), timezone.now()

    def add(name: str) -> None:
        with tenant_context(stage.tenant):
            account, facts = AccountFactory(name=name), AccountFacts.objects.get(account=stage.account).facts
            AccountFactsFactory(account=account, facts=facts, valid_from=now - dt.timedelta(days=2))
            before = facts | {"health.band": "healthy", "health.score": 80, "people.champion_present": True}
            PastFactsFactory(account_id=account.pk, facts=before, valid_from=now - dt.timedelta(days=40),
                             valid_to=now - dt.timedelta(days=2))  # fmt: skip

    add("First")
    ada.get("/health/?scope=all&days=7")
    with CaptureQueriesContext(connection) as one:
        assert len(ada.get("/health/?scope=all&days=7").context["moved"]) == 1
    for n in range(12):
        add(f"More {n}")
    with django_assert_max_num_queries(len(one)):
        moved = ada.get("/health/?scope=all&days=7").context["moved"]
    assert [each["cause"]["label"] for each in moved] == ["Champion present"] * 13


def test_whom_a_live_model_scores_changes_only_after_a_look_at_who_changes_band(stage, page):
    olly, where = page(stage.olly, stage.tenant), f"/settings/health/{stage.model.pk}/edit/"
    with tenant_context(stage.tenant):
        SignOffFactory(of=stage.version, asked=stage.lee, decision="signed", decided_at=timezone.now())
    said = {"name": "General", "segments": "Enterprise", "version": stage.model.version}
    html = olly.post(where, said).content.decode()
    assert "1 changes band." in html
    assert "Northwind" in html
    assert "was signed for other accounts than these, by:" in html
    assert "Lee of Acme (Leadership)" in html
    with tenant_context(stage.tenant):
        assert HealthModel.objects.get().applies == {}
        assert not Event.objects.filter(kind="health_model.edited").exists()
    again = dict(re.findall(r'<input type="hidden" name="(name|segments|version)" value="([^"]*)"', html))
    assert olly.post(where, again | {"sure": "yes"}).status_code == 302
    with tenant_context(stage.tenant):
        assert HealthModel.objects.get().applies == ENTERPRISE
        facts = Event.objects.get(kind="health_model.edited").facts
    assert (facts["before"], facts["after"]) == ({"applies": {}}, {"applies": ENTERPRISE})
    with tenant_context(stage.tenant):
        kept = HealthModel.objects.get()
    renamed = olly.post(where, again | {"name": "Large", "version": kept.version})
    assert renamed.status_code == 302


def test_the_order_of_live_models_changes_only_after_a_look_at_who_changes_band(stage, page):
    olly = page(stage.olly, stage.tenant)
    with tenant_context(stage.tenant):
        lenient = deepcopy(simple())
        lenient["pillars"][0]["measures"][0]["how"]["no"] = 100
        model = models.add({"name": "Lenient"}, lenient, by=stage.ada)
    where = f"/settings/health/{model.pk}/move/"
    assert olly.post(where, {"to": "up"}).status_code == 302  # a draft moves nobody
    assert olly.post(where, {"to": "down"}).status_code == 302
    with tenant_context(stage.tenant):
        versions.publish(model.versions.get(), by=stage.ada)
    html = olly.post(where, {"to": "up"}).content.decode()
    assert "1 changes band." in html
    with tenant_context(stage.tenant):
        assert [row.name for row in HealthModel.objects.all()] == ["General", "Lenient"]
    assert olly.post(where, {"to": "up", "sure": "yes"}).status_code == 302
    with tenant_context(stage.tenant):
        assert [row.name for row in HealthModel.objects.all()] == ["Lenient", "General"]
        facts = Event.objects.filter(kind="health_models.ordered").latest("id").facts
    assert (facts["before"], facts["after"]) == ("General, Lenient", "Lenient, General")


def test_every_settings_page_opens(stage, page):
    olly = page(stage.olly, stage.tenant)
    with tenant_context(stage.tenant):
        draft = versions.draft(stage.model, by=stage.olly)
        signing.ask(draft, stage.olly, "product", by=stage.ada)
    for path in ("", "new/", "import/", f"{stage.model.pk}/", f"{stage.model.pk}/edit/", f"drafts/{draft.pk}/",
                 f"versions/{stage.version.pk}/", f"versions/{draft.pk}/"):  # fmt: skip
        assert olly.get(f"/settings/health/{path}").status_code == 200, path
    assert page(stage.cass, stage.tenant).get("/settings/health/").status_code == 403
