"""The pages and the API of back-tests."""

from __future__ import annotations

import pytest
from django.utils import timezone

from accounts.actions import knowledge
from accounts.calendar import DAY, local_today
from accounts.tenancy.context import tenant_context
from metrics.backtests import actions
from metrics.backtests.models import BackTest
from tests.factories.accounts import AccountFactory, AccountFactsFactory, PastFactsFactory
from tests.factories.blueprints import PlayFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def play(acme_cast):
    with tenant_context(acme_cast.tenant):
        return PlayFactory(trigger="", state="draft", steps__conditions={"all": [{"fact": "task.open", "at_least": 1}]})


def test_a_test_is_asked_for_and_read(page, acme_cast, play):
    olly = page(acme_cast.olly, acme_cast.tenant)
    asked = olly.post(f"/plays/{play.pk}/back-tests/", {"start": "2026-01-01", "end": "2026-06-30"})
    assert asked.status_code == 302
    actions.go_on(acme_cast.tenant.pk)
    with tenant_context(acme_cast.tenant):
        test = BackTest.objects.get()
    shown = olly.get(f"/back-tests/{test.pk}/").content.decode()
    assert "It would not have fired" in shown
    assert "None that you may see." in shown


def test_the_usual_period_ended_so_long_ago_that_its_outcomes_are_known(page, acme_cast, play):
    """Where facts go back far enough; else it says that they don't."""
    olly, today = page(acme_cast.olly, acme_cast.tenant), local_today(acme_cast.tenant)

    def usual():
        form = olly.get(f"/plays/{play.pk}/back-tests/").context["form"]
        return form.initial["start"], form.initial["end"], str(form.fields["end"].help_text)

    with tenant_context(acme_cast.tenant):
        account = AccountFactory()
        AccountFactsFactory(account=account, first_day=today - 40 * DAY)
    start, end, why = usual()
    assert (start, end) == (today - 365 * DAY, today - DAY)
    assert why.startswith("Facts go back to ")
    with tenant_context(acme_cast.tenant):
        began = timezone.now() - 200 * DAY
        PastFactsFactory(account_id=account.pk, first_day=today - 200 * DAY, valid_from=began, valid_to=began + DAY)
    assert usual() == (
        today - 200 * DAY, today - 90 * DAY,
        "Ends 90 days ago, so that what happened 30 and 90 days after each match is known.",
    )  # fmt: skip


@pytest.mark.parametrize("months", [6, 14])
@pytest.mark.parametrize("known", [40, 700])
def test_the_usual_period_is_never_older_than_what_is_kept(page, acme_cast, play, settings, months, known):
    settings.PAST_FACTS_MONTHS = months
    olly, today = page(acme_cast.olly, acme_cast.tenant), local_today(acme_cast.tenant)
    with tenant_context(acme_cast.tenant):
        AccountFactsFactory(account=AccountFactory(), first_day=today - known * DAY)
    where = f"/plays/{play.pk}/back-tests/"
    usual = olly.get(where).context["form"].initial
    assert usual["start"] == max(knowledge.kept_from(today), usual["end"] - (364 if known == 40 else 365) * DAY)
    assert olly.post(where, usual).status_code == 302


def test_a_period_that_is_wrong_keeps_what_was_typed(page, acme_cast, play):
    olly = page(acme_cast.olly, acme_cast.tenant)
    answer = olly.post(f"/plays/{play.pk}/back-tests/", {"start": "2026-06-30", "end": "2026-01-01"})
    assert answer.status_code == 422
    assert "The period must end after it starts" in answer.content.decode()
    assert 'value="2026-06-30"' in answer.content.decode()
    with tenant_context(acme_cast.tenant):
        assert not BackTest.objects.exists()


def test_the_api_asks_reads_and_pages(api, acme_cast, play):
    made = api.post("/back-tests", {"play": play.pk, "start": "2026-01-01", "end": "2026-06-30"})
    assert made.status_code == 201, made.content
    actions.go_on(acme_cast.tenant.pk)
    read = api.get(f"/back-tests/{made.json()['id']}").json()
    assert (read["state"], read["version"], read["result"]["variants"][0]["count"]) == ("done", 1, 0)
    assert api.get(f"/back-tests/{made.json()['id']}/matches").json()["results"] == []


def test_the_api_names_what_is_wrong(api, play):
    strange = api.post("/back-tests", {"play": play.pk + 1000, "start": "2026-01-01", "end": "2026-02-01"})
    assert strange.json()["errors"] == {"play": ["Nothing in this workspace has this id."]}
    assert api.get("/back-tests/999999/matches").status_code == 404
