"""The handoff in a real browser: the rep writes, the CSM asks back, the rep answers, the CSM accepts."""

from __future__ import annotations

import time
from types import SimpleNamespace

import pytest
from django.db import connection
from playwright.sync_api import expect

from accounts.models import Account, Contact
from accounts.tenancy.context import tenant_context
from blueprints.actions import library, plays
from blueprints.models import Play, PlayVersion
from journeys.actions import spiced
from journeys.models import SpicedEntry
from journeys.onboarding.actions import handoffs, promises
from journeys.onboarding.models import Handoff
from tests.browser.harness import Window, window
from tests.chaos.processes import Crew, environment
from tests.factories.accounts import PASSWORD, TODAY, AccountFactory
from tests.factories.onboarding import ANSWERS, accepted, drafted, returned, submitted

pytestmark = pytest.mark.browser


@pytest.fixture
def cast(transactional_db, acme_cast):
    for person in (acme_cast.sal, acme_cast.cass):
        person.set_password(PASSWORD)
        person.save()
    return acme_cast


@pytest.fixture
def deals(cast):
    """One handoff in each state, with people, promises and open questions."""
    with tenant_context(cast.tenant):
        named = {
            state: AccountFactory(name=name, ae=cast.sal)
            for state, name in (
                ("draft", "Halden Energy"),
                ("submitted", "Brightwave Health"),
                ("returned", "Kestrel Analytics"),
                ("accepted", "Polar Freight Logistics"),
            )
        }
        made = {state: drafted(cast, account) for state, account in named.items()}
        for state, handoff in made.items():
            Contact.objects.create(account=named[state], name="Elena Brandt", title="COO", buying_role="decider")
            promises.make(handoff, "Single sign-on works by the first of March", kind="date", by=cast.sal)
        handoffs.answer(made["draft"], "pain", "Slow.", by=cast.sal)
        handoffs.answer(made["draft"], "impact_rational", "They want to be a lot faster than before.", by=cast.sal)
        submitted(cast, made["submitted"], not_known=("personas",))
        returned(cast, made["returned"], impact_rational="Who over there owns this number?")
        accepted(cast, made["accepted"], not_known=("decision",))
        made["accepted"] = Handoff.objects.get(pk=made["accepted"].pk)
        promises.settle(made["accepted"].promises.get(), "changed", note="April instead", by=cast.cass)
        entry = SpicedEntry.objects.filter(account=named["accepted"], letter="pain").get()
        spiced.correct(
            entry, "Three plans a week contradict each other.", source="call", occurred_on=TODAY, by=cast.cass
        )
        entry = SpicedEntry.objects.get(account=named["accepted"], letter="situation")
        spiced.confirm(entry, contact=named["accepted"].contacts.get(), by=cast.cass)
    return made


def sign_in(seen: Window, name: str) -> None:
    seen.sign_in(f"{name}@acme.test", PASSWORD)


def write(seen: Window, question: str, text: str) -> None:
    """Types and waits until the page says that it is kept."""
    seen.page.fill(f"#{question}_text", text)
    expect(seen.page.locator(f"#saved-{question}")).to_contain_text("Saved")


@pytest.fixture
def engine(transactional_db, tmp_path):
    """Real workers and beats on the test's database: what the play does is done by them."""
    crew = Crew.of("csom.celery", environment(connection.settings_dict["NAME"], redis_db=9), tmp_path)
    crew.start()
    yield
    crew.stop()


def test_the_first_working_day(browser, live_server, cast, rival, engine):
    library.load(cast.tenant)
    with tenant_context(cast.tenant):
        plays.switch_on(Play.objects.get(trigger="handoff.accepted"), by=cast.ada)
        account = AccountFactory(name="Brightwave Health", ae=cast.sal)
    with window(browser, live_server.url) as rep, window(browser, live_server.url) as csm:
        sign_in(rep, "sal")
        _start(rep, account)
        _write_everything(rep)
        rep.page.click("text=Review and hand over >> nth=0")
        expect(rep.page.locator(".steps [aria-current=step]")).to_contain_text("Review")
        rep.page.get_by_role("button", name="Hand over").click()
        expect(rep.page.locator("main")).to_contain_text("Waiting for the CSM")

        sign_in(csm, "cass")
        csm.goto("/w/acme/handoffs/")
        csm.page.get_by_role("link", name="Brightwave Health").click()
        csm.page.get_by_role("link", name="Return with questions").click()
        csm.page.get_by_label("Ask back about impact for the company").fill("Who over there owns this number?")
        csm.page.get_by_role("button", name="Return to the rep").click()
        expect(csm.page.locator("main")).to_contain_text("Returned")

        rep.goto("/w/acme/handoffs/?tab=returned")
        rep.page.get_by_role("link", name="Brightwave Health").click()
        rep.page.locator(".steps").get_by_text("Why did they buy?").click()
        expect(rep.page.locator("main")).to_contain_text("Who over there owns this number?")
        write(rep, "impact_rational", "9 days to 4 by June, $310,000 a year; Dana Ruiz owns it.")
        rep.page.locator(".steps").get_by_text("Review and hand over").click()
        rep.page.get_by_role("button", name="Hand over again").click()
        expect(rep.page.locator("main")).to_contain_text("Waiting for the CSM")

        csm.goto("/w/acme/handoffs/?tab=waiting")
        csm.page.get_by_role("link", name="Brightwave Health").click()
        csm.page.get_by_role("button", name="Accept").click()
        expect(csm.page.locator("main")).to_contain_text("What became of it")

        _tasks_arrive(csm, cast)
        csm.goto(f"/w/acme/accounts/{account.pk}/timeline/")
        for told in ("Handoff submitted", "Handoff returned", "Handoff accepted", "Play started"):
            expect(csm.page.locator("main")).to_contain_text(told)
        assert csm.page.goto(f"{live_server.url}/w/rival/accounts/{account.pk}/").status == 404
        csm.trouble.clear()
    with tenant_context(cast.tenant):
        account = Account.objects.get()
        assert (account.phase, account.csm_id) == ("onboarding", cast.cass.pk)
        assert SpicedEntry.objects.standing().get(kind="rational").statement.endswith("Dana Ruiz owns it.")


def _tasks_arrive(csm: Window, cast: SimpleNamespace) -> None:
    """Within seconds, each once, without anybody's doing."""
    deadline = time.monotonic() + 20
    with tenant_context(cast.tenant):
        steps = PlayVersion.objects.get(play__trigger="handoff.accepted").steps
    while time.monotonic() < deadline:
        csm.goto("/w/acme/tasks/?scope=all")
        if csm.page.get_by_role("link", name=steps[0]["title"]).count():
            break
    for step in steps:
        expect(csm.page.get_by_role("link", name=step["title"], exact=True)).to_have_count(1)


def _start(rep: Window, account: Account) -> None:
    rep.goto(f"/w/acme/handoffs/new/?account={account.pk}")
    rep.page.fill("[name=committed_on]", "2026-11-19")
    rep.page.get_by_role("button", name="Start the handoff").click()
    expect(rep.page.locator("main")).to_contain_text("0 of 10 answered")


def _write_everything(rep: Window) -> None:
    page = rep.page
    write(rep, "buyers", ANSWERS["buyers"])
    write(rep, "organization", ANSWERS["organization"])
    page.check("#personas_not_known")
    expect(page.locator("#saved-personas")).to_contain_text("Saved")
    page.fill("#person_name", "Tomas Ruiz")
    page.get_by_role("button", name="Add person").click()
    expect(page.locator("#people")).to_contain_text("Tomas Ruiz")
    for step, questions in (
        ("Why did they buy?", ("impact_rational", "impact_emotional")),
        ("What were they doing before?", ("situation",)),
        ("Why was that not working?", ("pain",)),
        ("What is to be solved or avoided?", ("critical_event",)),
        ("How was it decided?", ("decision",)),
        ("Promises and red flags", ("red_flags",)),
    ):
        page.locator(".steps").get_by_text(step).click()
        expect(page.locator(".steps [aria-current=step]")).to_contain_text(step)
        for question in questions:
            write(rep, question, ANSWERS[question])
    page.fill("#id_text", "Single sign-on by March")
    page.get_by_role("button", name="Add promise").click()
    expect(page.locator("#promises")).to_contain_text("Single sign-on by March")
    expect(page.locator("#handoff-progress")).to_contain_text("10 of 10 answered")


def test_two_people_in_one_answer_see_both_texts(browser, live_server, cast):
    with tenant_context(cast.tenant):
        handoff = drafted(cast)
    with window(browser, live_server.url) as rep:
        sign_in(rep, "sal")
        rep.goto(f"/w/acme/handoffs/{handoff.pk}/edit/?step=failed")
        with tenant_context(cast.tenant):
            handoffs.answer(handoff, "pain", "What Lee wrote meanwhile", by=cast.lee)
        rep.page.fill("#pain_text", "What Sal is typing")
        expect(rep.page.locator("#state-pain")).to_contain_text("What Lee wrote meanwhile")
        expect(rep.page.locator("#saved-pain")).to_contain_text("Not saved yet")
        rep.picture("handoff-conflict-light-1440")
        assert rep.barriers() == []
        rep.page.get_by_role("button", name="Keep mine").click()
        expect(rep.page.locator("#saved-pain")).to_contain_text("Saved")
        expect(rep.page.locator("#state-pain")).not_to_contain_text("What Lee wrote meanwhile")
    with tenant_context(cast.tenant):
        assert handoff.answers.get(question="pain").text == "What Sal is typing"


def test_a_statement_is_added_where_its_letter_stands(browser, live_server, cast):
    with tenant_context(cast.tenant):
        account = AccountFactory(name="Brightwave Health")
    with window(browser, live_server.url) as csm:
        sign_in(csm, "cass")
        csm.goto(f"/w/acme/accounts/{account.pk}/spiced/")
        csm.page.get_by_label("Add to Pain").click()
        csm.page.get_by_label("What was said").fill("Two plans a week contradict each other.")
        assert csm.barriers() == []
        csm.page.get_by_role("button", name="Add the statement").click()
        expect(csm.page.locator("#pain")).to_contain_text("Two plans a week contradict each other.")
        expect(csm.page.locator("body")).to_contain_text("Pain noted.")


PAGES = {
    "list": ("cass", "/handoffs/?tab=all"),
    "new": ("sal", "/handoffs/new/?with=account"),
    "write-who": ("sal", "/handoffs/{draft}/edit/"),
    "write-why": ("sal", "/handoffs/{returned}/edit/?step=why"),
    "write-avoid": ("sal", "/handoffs/{draft}/edit/?step=avoid"),
    "write-risks": ("sal", "/handoffs/{draft}/edit/?step=risks"),
    "review": ("sal", "/handoffs/{draft}/edit/?step=review"),
    "decide": ("cass", "/handoffs/{submitted}/"),
    "return": ("cass", "/handoffs/{submitted}/return/"),
    "after": ("sal", "/handoffs/{accepted}/"),
    "spiced": ("cass", "/accounts/{account}/spiced/"),
    "spiced-add": ("cass", "/accounts/{account}/spiced/add/?letter=critical_event"),
}


def test_every_page_is_readable_by_everybody(browser, live_server, deals):
    ids = {state: handoff.pk for state, handoff in deals.items()} | {"account": deals["accepted"].account_id}
    with window(browser, live_server.url) as rep, window(browser, live_server.url) as csm:
        sign_in(rep, "sal")
        sign_in(csm, "cass")
        for name, (who, path) in PAGES.items():
            seen = {"sal": rep, "cass": csm}[who]
            seen.goto("/w/acme" + path.format(**ids))
            seen.checked(f"handoff-{name}")
