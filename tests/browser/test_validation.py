"""Does it predict, what plays change, and the matrix in the browser: wide, on a phone, dark."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import expect

from accounts.actions import contracts
from accounts.calendar import local_midnight
from accounts.models import AccountFacts
from accounts.tenancy.context import tenant_context
from blueprints.models import PlayVersion
from metrics.health.actions import models, versions
from metrics.maturity import actions, index
from tests.browser.harness import PHONE, WIDE, window
from tests.factories.accounts import PASSWORD, AccountFactory, AccountFactsFactory, ContractFactory, PastFactsFactory
from tests.factories.blueprints import MatchFactory, PlayFactory
from tests.factories.health import simple

pytestmark = pytest.mark.browser
DAY = dt.timedelta(days=1)
PAGES = ("settings/health/predicts/", "maturity/?scope=all", "maturity/?scope=all&cell=expand", "settings/maturity/",
         "settings/maturity/matrix/", "settings/maturity/new/", "reports/play-effects/",
         "health/?scope=all")  # fmt: skip


@pytest.fixture
def story(transactional_db, acme_cast, live_server):
    """Forty accounts: a third left, most of them flagged; all are on the matrix; a play left half of them alone."""
    Client().get("/accounts/login/")
    cast = acme_cast
    cast.ada.set_password(PASSWORD)
    cast.ada.save()
    with tenant_context(cast.tenant):
        version = versions.publish(models.add({"name": "General"}, simple(), by=cast.ada).versions.get(), by=cast.ada)
        actions.add({"name": "Customer maturity", "questions": index.USUAL}, by=cast.ada)
        play = PlayFactory(name="Call before it is late")
        PlayVersion.objects.create(play=play, number=2, steps=[], guards={"hold_out_percent": 50})
        accounts = [_lived(cast, n, version.name, play) for n in range(40)]
    return SimpleNamespace(cast=cast, first=accounts[0])


def _lived(cast, n: int, version: str, play):
    today = timezone.now().date()
    account = AccountFactory(name=f"Customer {n:02}", csm=cast.cass, segment="Mid" if n % 2 else "Enterprise")
    gone = n % 3 == 0
    contract = ContractFactory(account=account, start_on=today - 400 * DAY, end_on=today - 35 * DAY, today=today,
                               arr_minor=10_000_00 * (n + 1))  # fmt: skip
    if gone:
        contracts.end(contract, on=today - 36 * DAY, reason="Closed", by=None, today=today)
    else:
        line = {"product": contract.lines.get().product, "quantity": 10, "amount_minor": 10_000_00 * (n + 1)}
        contracts.renew(contract, {"signed_on": today - 50 * DAY, "start_on": today - 35 * DAY,
                                   "end_on": today + 330 * DAY}, [line], by=None, today=today)  # fmt: skip
    score = (25 + n if n % 4 else 85) if gone else 60 + n % 40
    facts = {"health.model": version, "health.computed": score, "health.score": score, "account.segment": "Mid",
             "people.champion_present": not gone or n % 4 == 0}  # fmt: skip
    PastFactsFactory(account_id=account.pk, facts=facts, valid_from=local_midnight(cast.tenant, today - 300 * DAY),
                     valid_to=local_midnight(cast.tenant, today - 20 * DAY))  # fmt: skip
    now = facts | {"maturity.score": n * 7 % 100, "contract.arr": 10_000_00 * (n + 1)}
    AccountFactsFactory(account=account, facts=now, valid_from=local_midnight(cast.tenant, today - 20 * DAY))
    day = today - 60 * DAY
    at = local_midnight(cast.tenant, day)
    MatchFactory(play=play, account=account, opened_on=day, opened_at=at, known_from=at, closed_at=at, closed_on=day,
                 fate="held_out" if n % 2 else "started")  # fmt: skip
    return account


@pytest.mark.parametrize(("size", "theme"), [(WIDE, "light"), (PHONE, "dark"), (WIDE, "dark"), (PHONE, "light")])
def test_the_pages_stand_and_hinder_nobody(story, browser, live_server, size, theme):
    with window(browser, live_server.url, size=size, theme=theme) as seen:
        seen.sign_in(story.cast.ada.email, PASSWORD)
        for n, path in enumerate(PAGES):
            seen.goto(f"/w/acme/{path}")
            seen.picture(f"predict-{n}-{size[0]}-{theme}")
            assert not seen.scrolls_sideways(), path
            assert seen.barriers() == [], path


def test_a_template_is_written_question_by_question(story, browser, live_server):
    with window(browser, live_server.url) as seen:
        seen.sign_in(story.cast.ada.email, PASSWORD)
        page = seen.goto("/w/acme/settings/maturity/")
        page.get_by_role("link", name="Customer maturity").click()
        page.get_by_role("button", name="Add a question").click()
        last = page.get_by_role("group", name="Question 11")
        last.get_by_label("Question", exact=True).fill("Who checks the results?")
        for n, words in enumerate(("Nobody", "One now and then", "One by rule", "A team")):
            last.get_by_label(f"Level {n + 1}", exact=False).fill(words)
        page.get_by_role("button", name="Up: question 11").click()
        expect(page.get_by_role("group", name="Question 10").get_by_label("Question", exact=True)).to_have_value(
            "Who checks the results?"
        )
        page.get_by_role("button", name="Remove: question 11").click()
        expect(page.get_by_role("group", name="Question 11")).to_have_count(0)
        seen.picture("maturity-editor")
        assert seen.barriers() == []
        page.get_by_role("button", name="Save").last.click()
        page.get_by_role("link", name="Version 2").click()
        expect(page.get_by_text("Who checks the results?").first).to_be_visible()
        seen.picture("maturity-version")


def test_an_account_is_assessed_and_found_in_its_cell(story, browser, live_server):
    with window(browser, live_server.url) as seen:
        seen.sign_in(story.cast.ada.email, PASSWORD)
        page = seen.goto(f"/w/acme/accounts/{story.first.pk}/maturity/")
        page.get_by_role("link", name="Assess").first.click()
        for question in index.USUAL:
            page.get_by_role("group", name=question["text"]).get_by_label(question["levels"][3], exact=True).check()
        seen.picture("predict-assess")
        page.get_by_role("button", name="Save the assessment").click()
        expect(page.get_by_text("Level 4: Leading")).to_be_visible()
        seen.picture("predict-assessed")
        with tenant_context(story.cast.tenant):
            AccountFacts.objects.filter(account=story.first).update(
                facts={"health.score": 90, "maturity.score": 100, "contract.arr": 1}
            )
        page = seen.goto("/w/acme/maturity/?scope=all")
        page.get_by_role("link", name="Open: Retain and leverage").click()
        expect(page.get_by_role("link", name=story.first.name)).to_be_visible()
