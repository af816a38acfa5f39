"""Health in the browser: begun with the default, refined and published, read on an account; wide, on a phone, dark."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import expect

from accounts.actions import knowledge
from accounts.models import Account, AccountFacts, PastFacts
from accounts.tenancy.context import tenant_context
from metrics.health.actions import beginning, hand
from metrics.health.models import HealthVersion
from tests.browser.harness import NARROW, PHONE, WIDE, Window, window
from tests.factories.accounts import PASSWORD, AccountFactory, ContactFactory

pytestmark = pytest.mark.browser
DAY = dt.timedelta(days=1)
NAMES = ("Halden Energy", "Fjord Logistics", "Birch & Sons", "Nordlys Media", "Quarry Works", "Tidal Foods")


@pytest.fixture
def story(transactional_db, acme_cast, live_server):
    Client().get("/accounts/login/")  # the first answer of a process reads all addresses and templates
    cast = acme_cast
    for person in (cast.olly, cast.cass):
        person.set_password(PASSWORD)
        person.save()
    with tenant_context(cast.tenant):
        for n, name in enumerate(NAMES):
            account = AccountFactory(name=name, csm=cast.cass, phase="adoption", segment="Enterprise")
            if n % 3:
                ContactFactory(account=account, name="Elena Brandt", buying_role="champion")
    return SimpleNamespace(cast=cast)


def look(cast: SimpleNamespace) -> None:
    """What a turn of the engine does."""
    with tenant_context(cast.tenant):
        ids = list(Account.objects.values_list("pk", flat=True))
        knowledge.follow(ids, tenant=cast.tenant, at=timezone.now() + dt.timedelta(seconds=1))


def lived(account: Account) -> None:
    """A hundred days before today: well, then its champion's last call grew old."""
    now = AccountFacts.objects.get(account=account)
    start = timezone.now() - 100 * DAY
    for n, (days, score) in enumerate(((30, 82), (25, 74), (20, 66), (25, 58))):
        since = start + dt.timedelta(days=sum((30, 25, 20, 25)[:n]))
        band = "healthy" if score >= 70 else "symptoms"
        touched = str((since - dt.timedelta(days=8 + 12 * n)).date())
        facts = now.facts | {"health.score": score, "health.band": band, "account.last_touch_on": touched}
        PastFacts.objects.create(
            account_id=account.pk, facts=facts, valid_from=since, valid_to=since + days * DAY, first_day=since.date(),
            seen_on=since.date(),
        )  # fmt: skip
    type(now).objects.filter(pk=now.pk).update(valid_from=start + 100 * DAY)


def test_a_model_is_begun_refined_tried_and_published(browser, story, live_server):
    with window(browser, live_server.url) as desk:
        desk.sign_in("olly@acme.test", PASSWORD)
        page = desk.goto("/w/acme/settings/health/")
        page.get_by_role("button", name="Begin with the default").click()
        page.get_by_role("link", name="General").click()
        look(story.cast)
        page.get_by_role("button", name="Draft a new version").click()
        expect(page.locator("#preview-body")).to_contain_text("6 accounts are scored by this model", timeout=20_000)
        page.get_by_label("Weight, %: Impact", exact=True).fill("5")
        expect(page.locator("#preview-body")).to_contain_text("balance them", timeout=20_000)
        page.get_by_role("button", name="Balance pillars").click()
        expect(page.get_by_label("Weight, %: Impact", exact=True)).to_have_value("34")
        expect(page.get_by_text("Weights total 100 of 100")).to_be_visible()
        page.get_by_role("button", name="Add measure: Engagement").click()
        page.get_by_label("Measured by: new measure").wait_for()
        desk.settle()  # what was swapped in answers to a choice only once it is bound
        page.get_by_label("Measured by: new measure").select_option("people.champion_present")
        expect(page.get_by_label("Points for yes: Champion present")).to_have_value("100")
        page.get_by_role("button", name="Balance: Engagement").click()
        expect(page.get_by_label("Weight, %: Champion present")).to_have_value("50")
        expect(page.locator("#preview-body")).to_contain_text("scored by this model", timeout=20_000)
        page.get_by_label("What is new in this version").fill("A champion counts")
        page.get_by_role("button", name="Save draft", exact=True).last.click()
        expect(page.get_by_text("Draft saved.")).to_be_visible()
        seen(desk, "health-editor")
        page.get_by_role("button", name="Publish").click()
        expect(page.get_by_text("It scores from now on")).to_be_visible()
        seen(desk, "health-model")
        desk.clean()
    with tenant_context(story.cast.tenant):
        live = HealthVersion.objects.get(model__key="general", state="published")
        engagement = next(p for p in live.definition["pillars"] if p["key"] == "engagement")
        assert [m["weight"] for m in engagement["measures"]] == [50, 50]


@pytest.mark.parametrize(("size", "theme"), [(WIDE, "light"), (WIDE, "dark"), (PHONE, "light"), (NARROW, "light")])
def test_an_account_says_why_and_the_portfolio_where(browser, story, live_server, size, theme):
    with tenant_context(story.cast.tenant):
        beginning.begin(by=story.cast.ada, now=timezone.now() - 60 * DAY)
    look(story.cast)
    with tenant_context(story.cast.tenant):
        account = Account.objects.get(name=NAMES[1])
        today = timezone.now().date()
        hand.judge(account, "sentiment", "reserved", reason="results", by=story.cast.cass, today=today)
    look(story.cast)
    with tenant_context(story.cast.tenant):
        lived(account)
    with window(browser, live_server.url, size=size, theme=theme, touch=size != WIDE) as desk:
        desk.sign_in("cass@acme.test", PASSWORD)
        page = desk.goto(f"/w/acme/accounts/{account.pk}/health/")
        expect(page.get_by_text("A score is a symptom, not a diagnosis.")).to_be_visible()
        expect(page.locator("#moved")).to_contain_text("Last contact")
        name = f"{theme}-{size[0]}"
        seen(desk, f"health-account-{name}")
        desk.goto("/w/acme/health/?scope=all&days=90")
        expect(page.get_by_role("link", name=NAMES[1])).to_be_visible()
        seen(desk, f"health-board-{name}")
        desk.goto("/w/acme/accounts/?scope=all&sort=-health")
        seen(desk, f"health-portfolio-{name}")
        desk.clean()


def seen(desk: Window, name: str) -> None:
    desk.picture(name)
    assert desk.barriers() == []
    assert not desk.scrolls_sideways()
