"""The onboarding board: stages and how it goes, computed by the database; targets and holds."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.html import strip_tags

from accounts.actions import accounts as account_actions
from accounts.actions.errors import Conflict, Refused
from accounts.calendar import local_today
from accounts.models import Account, AccountState
from accounts.tenancy.context import tenant_context
from journeys.onboarding import board, pace
from journeys.onboarding.actions import first_impact, kickoffs, pacing
from journeys.onboarding.models import FirstImpact, Handoff, OnboardingHold
from journeys.plans.actions import objectives, steps
from journeys.plans.models import Objective, Plan
from tests.factories import onboarding as factory
from tests.factories.accounts import AccountFactory
from tests.factories.onboarding import begun, drafted, kickoff

COMMITTED = dt.datetime.now(dt.UTC).date() - dt.timedelta(days=2)


@pytest.fixture(autouse=True)
def _lately(monkeypatch):
    """By the real clock, which the board goes by: a day of the calendar would be over every target some day."""
    monkeypatch.setattr(factory, "COMMITTED", COMMITTED)


def look(cast, account):
    return board.rows(Account.objects.filter(pk=account.pk), cast.tenant, local_today(cast.tenant)).get()


def touched(account, days_ago=0):
    AccountState.objects.filter(account=account).update(
        last_touch_at=dt.datetime.now(dt.UTC) - dt.timedelta(days=days_ago)
    )


def test_an_account_goes_through_the_stages(acme):
    row = kickoff(acme)
    account = row.account
    seen = [look(acme, account).stage]
    at = dt.datetime.now(dt.UTC) + dt.timedelta(days=2)
    kickoffs.schedule(row, starts_at=at, minutes=60, by=acme.cass)
    seen.append(look(acme, account).stage)
    row.refresh_from_db()
    kickoffs.hold(row, on=local_today(acme.tenant), by=acme.cass)
    seen.append(look(acme, account).stage)
    kickoffs.finalise(row, by=acme.cass)
    seen.append(look(acme, account).stage)
    first = Objective.objects.get(plan__account=account, kind="first_impact")
    first = objectives.edit(first, {"metric": "Days to close"}, by=acme.cass)
    objectives.measure(first, 7, on=local_today(acme.tenant), by=acme.cass)
    seen.append(look(acme, account).stage)
    objectives.achieve(first, on=local_today(acme.tenant), evidence="4 days", by=acme.cass)
    seen.append(look(acme, account).stage)
    assert seen == list(pace.STAGES)
    first_impact.reach(FirstImpact.objects.get(), on=local_today(acme.tenant), how="confirmed", by=acme.cass)
    assert not board.rows(Account.objects.all(), acme.tenant, local_today(acme.tenant)).exists()


def test_the_clock_counts_from_the_kickoff_where_the_workspace_does(acme):
    row = kickoff(acme)
    today = local_today(acme.tenant)
    FirstImpact.objects.update(committed_on=today - dt.timedelta(days=20))
    acme.tenant.first_impact_from = "kickoff"
    before = look(acme, row.account)
    assert (before.days, pace.clock(board.going(before))) == (20, "Day 20 of 30")
    FirstImpact.objects.update(kickoff_on=today - dt.timedelta(days=5))
    after = look(acme, row.account)
    assert (after.days, pace.clock(board.going(after))) == (5, "Day 5 of 30 from the kickoff")
    acme.tenant.first_impact_from = "commit"
    assert look(acme, row.account).days == 20


def test_an_open_handoff_is_the_first_stage(acme):
    handoff = drafted(acme)
    row = look(acme, handoff.account)
    assert (row.stage, row.days) == ("handoff", (local_today(acme.tenant) - COMMITTED).days)


def test_quiet_is_stuck_with_the_reason_in_words(acme):
    account = begun(acme).account
    touched(account)
    assert look(acme, account).status == "on_track"
    touched(account, days_ago=20)
    row = look(acme, account)
    assert row.status == "stuck"
    assert pace.reasons(board.going(row))[0] == "No touch for 20 days"


def test_steps_of_either_side_that_are_overdue_are_behind_and_later_stuck(acme):
    account = begun(acme).account
    touched(account)
    plan = Plan.objects.get()
    late = local_today(acme.tenant) - dt.timedelta(days=3)
    theirs = steps.add(plan, {"title": "Give access", "side": "them", "due_on": late}, by=acme.cass)
    row = look(acme, account)
    assert (row.status, row.overdue_theirs) == ("behind", 1)
    assert "1 step is overdue, theirs, by up to 3 days" in pace.reasons(board.going(row))
    steps.edit(theirs, {"due_on": late - dt.timedelta(days=14)}, by=acme.cass)
    assert look(acme, account).status == "stuck"
    steps.done(theirs, by=acme.cass)
    assert look(acme, account).status == "on_track"


def test_the_target_of_the_segment_counts(acme):
    account = begun(acme).account
    touched(account)
    FirstImpact.objects.update(
        committed_on=local_today(acme.tenant) - dt.timedelta(days=50), kickoff_on=local_today(acme.tenant)
    )
    assert (look(acme, account).target, look(acme, account).status) == (30, "behind")
    pacing.set_target({"segment": "", "days": 45}, by=acme.ada)
    assert look(acme, account).target == 45
    own = pacing.set_target({"segment": account.segment or "Enterprise", "days": 90}, by=acme.ada)
    if not account.segment:
        account_actions.edit(account, {"segment": "ENTERPRISE"}, by=acme.ada)
    assert (look(acme, account).target, look(acme, account).status) == (90, "on_track")
    assert pacing.target_days(own.segment.upper()) == 90
    with pytest.raises(Refused) as refused:
        pacing.set_target({"segment": own.segment, "days": 10}, by=acme.ada)
    assert list(refused.value.errors) == ["segment"]


def test_a_hold_is_shown_and_its_days_stand_beside(acme):
    account = begun(acme).account
    today = local_today(acme.tenant)
    hold = pacing.put_on_hold(account, reason="They merge two sites", by=acme.cass)
    OnboardingHold.objects.filter(pk=hold.pk).update(from_on=today - dt.timedelta(days=2))
    row = look(acme, account)
    days = (today - COMMITTED).days
    assert (row.status, row.days, row.days_held) == ("hold", days, 2)
    assert pace.reasons(board.going(row))[0] == "On hold: They merge two sites"
    assert pace.clock(board.going(row)) == f"Day {days} of 30, 2 days of them on hold"
    with pytest.raises(Refused):
        pacing.put_on_hold(account, reason="Twice", by=acme.cass)
    hold.refresh_from_db()
    pacing.go_on(hold, by=acme.cass)
    assert (look(acme, account).status, look(acme, account).days_held) == ("on_track", 2)
    with pytest.raises(Conflict):
        pacing.go_on(hold, by=acme.cass)


def test_the_board_costs_the_same_whatever_its_length(acme_cast, page):
    cass = page(acme_cast.cass, acme_cast.tenant)
    with tenant_context(acme_cast.tenant):
        begun(acme_cast)
    counts = []
    for more in (0, 2):
        with tenant_context(acme_cast.tenant):
            for _ in range(more):
                begun(acme_cast)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert cass.get("/onboarding/board/?scope=all").status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_board_is_narrowed_and_exported(acme_cast, page):
    cass = page(acme_cast.cass, acme_cast.tenant)
    with tenant_context(acme_cast.tenant):
        account = begun(acme_cast, AccountFactory(name="Brightwave", ae=acme_cast.sal, segment="Mid")).account
    shown = cass.get("/onboarding/board/?scope=own").content.decode()
    assert "Brightwave" in shown
    assert "Schedule the kickoff" in shown
    assert "Brightwave" not in cass.get("/onboarding/board/?status=hold").content.decode()
    assert "Brightwave" not in cass.get("/onboarding/board/?segment=Else").content.decode()
    assert "Brightwave" in cass.get("/onboarding/board/?stage=handoff").content.decode()
    file = cass.get("/onboarding/board/?as=csv").content.decode()
    assert '"Brightwave","Mid","Cass of Acme","Handoff","On track",' in file
    vera = page(acme_cast.vera, acme_cast.tenant)
    assert vera.get("/onboarding/board/?as=csv").status_code == 403
    assert cass.post(f"/accounts/{account.pk}/onboarding/hold/", {"reason": "Merger"}).status_code == 302
    with tenant_context(acme_cast.tenant):
        hold = OnboardingHold.objects.get()
    assert "Merger" in cass.get("/onboarding/board/?status=hold").content.decode()
    assert cass.post(f"/onboarding/holds/{hold.pk}/lift/").status_code == 302


def test_targets_are_kept_in_the_settings(acme_cast, page):
    ada = page(acme_cast.ada, acme_cast.tenant)
    assert ada.post("/settings/onboarding/new/", {"segment": "Mid", "days": 20}).status_code == 302
    assert b"Mid" in ada.get("/settings/onboarding/").content
    assert ada.post("/settings/onboarding/new/", {"segment": "Mid", "days": 20}).status_code == 422
    assert page(acme_cast.cass, acme_cast.tenant).post("/settings/onboarding/new/", {}).status_code == 403


def test_targets_refuse_a_filter_that_they_lack(api):
    assert api.get("/onboarding/targets?updated_since=2026-01-01T00:00:00Z").status_code == 400


def _card(shown: str, name: str) -> str:
    """The words of one account's card."""
    return strip_tags(shown.split(f">{name}</a>")[1].split("</li>")[0])


def test_a_handoff_on_the_board_says_whose_turn_it_is(acme_cast, page):
    cass = page(acme_cast.cass, acme_cast.tenant)
    names = {"draft": drafted, "back": factory.returned, "mine": factory.submitted, "free": factory.submitted}
    with tenant_context(acme_cast.tenant):
        for name, reach in names.items():
            handoff = drafted(acme_cast, AccountFactory(name=f"In {name}", ae=acme_cast.sal))
            if name != "free":
                Handoff.objects.filter(pk=handoff.pk).update(csm=acme_cast.cass)
            if reach is not drafted:
                reach(acme_cast, handoff)
        Handoff.objects.filter(account__name="In mine").update(committed_on=COMMITTED - dt.timedelta(days=30))
    shown = cass.get("/onboarding/board/?scope=own").content.decode()
    assert "Hand the account over · Sal of Acme" in _card(shown, "In draft")
    assert "Answer what came back · Sal of Acme" in _card(shown, "In back")
    assert "Accept the handoff · Cass of Acme" in _card(shown, "In mine")
    assert "business days late" in _card(shown, "In mine")
    assert "Accept the handoff · Whoever takes it" in _card(shown, "In free")
    file = cass.get("/onboarding/board/?scope=own&as=csv").content.decode()
    assert "Answer what came back (Sal of Acme)" in file


def test_a_handoff_is_on_the_board_of_nobody_but_its_people(acme_cast, page):
    dee = page(acme_cast.dee, acme_cast.tenant)
    with tenant_context(acme_cast.tenant):
        handoff = factory.submitted(acme_cast, drafted(acme_cast, AccountFactory(name="Brightwave", ae=acme_cast.sal)))
        Handoff.objects.filter(pk=handoff.pk).update(csm=acme_cast.cass)
    assert "Brightwave" not in dee.get("/onboarding/board/?scope=own").content.decode()
    assert "Brightwave" in dee.get("/onboarding/board/?scope=all").content.decode()
