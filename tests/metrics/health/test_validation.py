"""Does it predict: cases out of the ledger, scores as they were known, and no word of what came later."""

from __future__ import annotations

import copy
import datetime as dt

import pytest
from django.utils import timezone

from accounts.actions import accounts as books
from accounts.actions import contracts, knowledge
from accounts.calendar import local_midnight
from accounts.models import Account, AccountFacts, RevenueMovement
from accounts.tenancy.context import tenant_context
from metrics.health.actions import models, versions
from metrics.health.validation import CHURN, report
from metrics.health.validation_cases import happened
from tests.factories.accounts import (
    AccountFactory,
    AccountFactsFactory,
    ContactFactory,
    ContractFactory,
    PastFactsFactory,
)
from tests.factories.health import simple

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 20)
START, LEFT = dt.date(2025, 11, 1), dt.date(2026, 9, 1)


@pytest.fixture
def stage(acme_cast):
    with tenant_context(acme_cast.tenant):
        model = models.add({"name": "General"}, simple(), by=acme_cast.ada)
        acme_cast.version = versions.publish(model.versions.get(), by=acme_cast.ada)
        acme_cast.model = model
    return acme_cast


def begin(name: str):
    account = AccountFactory(name=name)
    contract = ContractFactory(account=account, start_on=START, end_on=dt.date(2026, 11, 1), today=TODAY)
    return account, contract


def left(name: str):
    account, contract = begin(name)
    contracts.end(contract, on=LEFT, reason="Closed", by=None, today=TODAY)
    return account


def kept(name: str, *, amount: int = 12_000_00):
    """Renewed on the first of November: with less it shrank, with more it grew."""
    account, contract = begin(name)
    line = {"product": contract.lines.get().product, "quantity": 10, "amount_minor": amount}
    values = {"signed_on": dt.date(2026, 10, 1), "start_on": contract.end_on, "end_on": dt.date(2027, 11, 1)}
    contracts.renew(contract, values, [line], by=None, today=TODAY)
    return account


def knew(account, score: int | None, since: dt.datetime, until: dt.datetime, **more) -> None:
    facts = {"health.model": "general v1", "account.segment": "Mid", **more}
    facts |= {} if score is None else {"health.computed": score, "health.score": score}
    PastFactsFactory(account_id=account.pk, facts=facts, valid_from=since, valid_to=until)


def days_before(cast, day: dt.date, days: int) -> dt.datetime:
    return local_midnight(cast.tenant, day - dt.timedelta(days=days))


SECOND = dt.timedelta(seconds=1)


def told(found) -> list[tuple]:
    return sorted((group.outcome, group.score, group.count) for group in found.groups)


def names(rows) -> list[str]:
    return [Account.objects.get(pk=row.account_id).name for row in rows]


def test_what_came_after_the_instant_stays_out(stage):
    with tenant_context(stage.tenant):
        account = left("Northwind")
        at = days_before(stage, LEFT, 90)
        knew(account, 80, at - dt.timedelta(days=40), at)
        knew(account, 33, at, at + SECOND)
        knew(account, 5, at + SECOND, at + dt.timedelta(days=75))
        AccountFactsFactory(account=account, facts={"health.computed": 1, "health.model": "general v1"},
                            valid_from=at + dt.timedelta(days=75))  # fmt: skip
        found = happened(stage.tenant, ahead=90, today=TODAY)
        assert told(found) == [("churn", 33, 1)]
        assert report(found, fewest=1).verdict.caught == 1
        assert told(happened(stage.tenant, ahead=30, today=TODAY)) == [("churn", 5, 1)]
        earlier = report(happened(stage.tenant, ahead=180, today=TODAY))
        assert (earlier.unknown, earlier.verdict.count, earlier.bands[-1]["count"]) == (1, 0, 1)


def test_a_version_that_holds_still_is_known_and_one_that_begins_later_is_not(stage):
    with tenant_context(stage.tenant):
        old, young = left("Old"), left("Young")
        at = days_before(stage, LEFT, 60)
        facts = {"health.computed": 71, "health.model": "general v1"}
        AccountFactsFactory(account=old, facts=facts, valid_from=at - SECOND)
        AccountFactsFactory(account=young, facts=facts | {"health.computed": 99}, valid_from=at + SECOND)
        groups = happened(stage.tenant, ahead=60, today=TODAY).groups
    assert sorted(str(group.score) for group in groups) == ["71", "None"]


def test_each_outcome_is_read_out_of_the_ledger_the_worst_of_a_day_first(stage):
    with tenant_context(stage.tenant):
        accounts = [left("Left"), kept("Same"), kept("Less", amount=9_000_00), kept("More", amount=15_000_00)]
        for score, account in enumerate(accounts, start=1):
            AccountFactsFactory(account=account, facts={"health.computed": score, "health.model": "general v1"},
                                valid_from=local_midnight(stage.tenant, START))  # fmt: skip
        begin("Undecided")
        found = told(happened(stage.tenant, ahead=30, today=TODAY))
    assert found == [("churn", 1, 1), ("contraction", 3, 1), ("expansion", 4, 1), ("renewal", 2, 1)]


def test_an_account_counts_once_by_the_newest_and_what_was_corrected_not_at_all(stage):
    """Three times grown is one account that grew; a contraction typed wrong and taken back is none."""
    with tenant_context(stage.tenant):
        for name in ("Grew", "Typo"):
            account, contract = begin(name)
            common = {"account": account, "contract": contract, "product": contract.lines.get().product}
            moves = [("expansion", 1_00, n) for n in (1, 2, 3)]
            if name == "Typo":
                moves = [("contraction", -1_00, 3), ("correction", 1_00, 3)]
            for kind, amount, month in moves:
                RevenueMovement.objects.create(
                    kind=kind, amount_minor=amount, currency="USD", effective_on=dt.date(2026, month, 1), **common
                )
        found = happened(stage.tenant, ahead=30, today=TODAY)
    assert (told(found), found.total) == ([("expansion", None, 1)], 1)


def test_a_notice_that_was_written_down_is_no_prediction(stage):
    """It takes effect in September and was known in June: ninety days before, nothing was known yet."""
    with tenant_context(stage.tenant):
        account, contract = begin("Northwind")
        noticed = dt.date(2026, 6, 10)
        contracts.end(contract, on=LEFT, reason="Closed", by=None, today=noticed,
                      now=local_midnight(stage.tenant, noticed))  # fmt: skip
        knew(account, 82, local_midnight(stage.tenant, START), local_midnight(stage.tenant, noticed))
        knew(account, 12, local_midnight(stage.tenant, noticed), local_midnight(stage.tenant, LEFT))
        found = happened(stage.tenant, ahead=60, today=TODAY)
        assert told(found) == [("churn", 82, 1)]
        assert names(report(found).false_greens) == ["Northwind"]


def test_a_large_book_is_looked_at_by_chance(stage, monkeypatch):
    monkeypatch.setattr("metrics.health.validation_cases.MOST", 2)
    with tenant_context(stage.tenant):
        for n in range(5):
            left(f"L{n}")
        found = happened(stage.tenant, ahead=30, today=TODAY)
        assert (found.total, found.sampled, sum(group.count for group in found.groups)) == (5, True, 2)


def test_the_table_the_false_greens_and_the_challenger(stage):
    """Two lost of which one was flagged, one shrank unseen, two were kept of which one was flagged. The challenger asks
    for the champion alone, who was there (100) at those that left, and nowhere else (0)."""
    with tenant_context(stage.tenant):
        rows = [(left("Seen"), LEFT, 20), (left("Unseen"), LEFT, 90)]
        rows += [(kept("Less", amount=1_00), dt.date(2026, 11, 1), 75), (kept("Alarm"), dt.date(2026, 11, 1), 40)]
        rows += [(kept("Quiet"), dt.date(2026, 11, 1), 95)]
        for account, day, score in rows:
            at = days_before(stage, day, 90)
            knew(account, score, at - SECOND, at + SECOND, **{"people.champion_present": day == LEFT})
        draft = versions.draft(stage.model, by=stage.ada)
        other = copy.deepcopy(draft.definition) | {"limits": [], "least_known": 0}
        other["pillars"] = [other["pillars"][0] | {"weight": 100}]
        versions.edit_draft(draft, other, note="", by=stage.ada)
        versions.shadow(draft, True, by=stage.ada)
        cases = happened(stage.tenant, ahead=90, today=TODAY)
        found = report(cases, fewest=1)
        said = found.verdict
        assert (said.caught, said.alarms, said.missed, said.quiet) == (1, 1, 2, 1)
        assert (said.precision.value, said.recall.value) == (0.5, pytest.approx(1 / 3))
        assert names(found.false_greens) == ["Unseen", "Less"]
        assert found.count_greens == 2
        churn = happened(stage.tenant, ahead=90, today=TODAY, lost=["churn"])
        assert names(report(churn, of=CHURN, fewest=1).false_greens) == ["Unseen"]
        live, rival = found.duel
        assert live.verdict == said
        assert (rival.name, rival.verdict.caught, rival.verdict.alarms, rival.verdict.missed) == ("general v2", 1, 2, 2)
        assert report(cases).verdict.too_few
        assert (rival.others, rival.unasked) == (0, 0)
        assert [(row.name, row.verdict.count) for row in found.by_segment] == [("Mid", 5)]
        assert report(happened(stage.tenant, ahead=90, today=TODAY, segment="Other")).verdict.count == 0
        assert found.bands[0]["outcomes"] == [1, 1, 0, 1]


def test_measures_are_asked_one_by_one_as_they_were_known(stage):
    with tenant_context(stage.tenant):
        for n in range(4):
            account, day = (left(f"L{n}"), LEFT) if n % 2 else (kept(f"K{n}"), dt.date(2026, 11, 1))
            at = days_before(stage, day, 90)
            knew(account, 50, at - SECOND, at + SECOND, **{"people.champion_present": not n % 2})
        lifts = dict(report(happened(stage.tenant, ahead=90, today=TODAY), fewest=1).lifts)
        other = report(happened(stage.tenant, ahead=90, today=TODAY, version="general v9"), fewest=1)
    champion = lifts["Champion present"]
    assert (champion.known, champion.times, champion.auc.value) == (4, 2.0, 1.0)
    assert other.lifts == []


def test_a_measure_is_dated_by_the_day_it_was_looked_at(stage):
    """A last contact ten days before that day is worth everything, however long ago it is by now."""
    with tenant_context(stage.tenant):
        for account, day, ago in ((left("L"), LEFT, 60), (kept("K"), dt.date(2026, 11, 1), 10)):
            then = day - dt.timedelta(days=90)
            at = days_before(stage, day, 90)
            knew(account, 50, at - SECOND, at + SECOND,
                 **{"account.last_touch_on": (then - dt.timedelta(days=ago)).isoformat()})  # fmt: skip
        found = happened(stage.tenant, ahead=90, today=TODAY)
    assert sorted((each.label, each.worth, each.outcome) for each in found.worths) == [
        ("Last contact", 0.0, "churn"), ("Last contact", 100.0, "renewal"),
    ]  # fmt: skip


def test_a_challenger_says_nothing_of_whom_an_earlier_model_takes(stage):
    with tenant_context(stage.tenant):
        young = models.add({"name": "Young", "applies": {"all": [{"fact": "account.phase", "is": "onboarding"}]}},
                           simple(), by=stage.ada)  # fmt: skip
        versions.publish(young.versions.get(), by=stage.ada)
        models.move(young, up=True, by=stage.ada)
        versions.shadow(versions.draft(stage.model, by=stage.ada), True, by=stage.ada)
        for phase in ("onboarding", "adoption"):
            account = AccountFactory(phase=phase)
            ContactFactory(account=account, buying_role="champion")
            knowledge.follow([account.pk], tenant=stage.tenant, at=timezone.now() + SECOND)
        found = [row.facts for row in AccountFacts.objects.order_by("pk")]
    assert [facts["health.model"] for facts in found] == ["young v1", "general v1"]
    assert ["health.challenger" in facts for facts in found] == [False, True]


def test_the_page_says_in_words_why_a_challenger_has_fewer_cases(stage, page):
    """Seven cases: three of another model, one of whom nothing the draft asks for was known, one without a score."""
    with tenant_context(stage.tenant):
        other = models.add({"name": "Other", "applies": {"all": [{"fact": "account.phase", "is": "ended"}]}},
                           simple(), by=stage.ada)  # fmt: skip
        versions.publish(other.versions.get(), by=stage.ada)
        cases = [("general v1", True)] * 2 + [("other v1", True)] * 3 + [("general v1", None)]
        for n, (version, champion) in enumerate(cases):
            account = left(f"L{n}")
            at = days_before(stage, LEFT, 90)
            said = {"health.model": version} | ({} if champion is None else {"people.champion_present": champion})
            knew(account, 60, at - SECOND, at + SECOND, **said)
        left("Nobody had looked")
        draft = versions.draft(stage.model, by=stage.ada)
        alone = copy.deepcopy(draft.definition) | {"limits": [], "least_known": 100}
        alone["pillars"] = [alone["pillars"][0] | {"weight": 100}]
        alone["pillars"][0]["measures"][0]["missing"] = "reweigh"
        versions.edit_draft(draft, alone, note="", by=stage.ada)
        versions.shadow(draft, True, by=stage.ada)
    html = page(stage.ada, stage.tenant).get("/settings/health/predicts/").content.decode()
    assert "general v2 is held against 2 of the 6 cases above." in html
    assert "3 were scored by another model that day" in html
    assert "Of 1, too little of what the draft asks for was known that day." in html
    assert "The first version scores since" in html
    assert "nothing known then" in html
    assert "not said" not in html
    assert ">+1<" not in html


def test_the_page_says_too_few_and_names_the_false_greens(stage, page):
    with tenant_context(stage.tenant):
        account, contract = AccountFactory(name="Northwind"), None
        today = timezone.now().date()
        contract = ContractFactory(account=account, start_on=today - dt.timedelta(days=300),
                                   end_on=today + dt.timedelta(days=65), today=today)  # fmt: skip
        contracts.end(contract, on=today - dt.timedelta(days=1), reason="Closed", by=None, today=today)
        at = days_before(stage, today - dt.timedelta(days=1), 90)
        knew(account, 88, at - SECOND, at + SECOND)
        books.archive(account, by=stage.ada)
    ada = page(stage.ada, stage.tenant)
    html = ada.get("/settings/health/predicts/").content.decode()
    assert "Too few cases to say" in html
    assert "Northwind" in html
    assert "Nothing to hold scores against yet" not in html
    other = ada.get("/settings/health/predicts/?version=general+v9").content.decode()
    assert "<option selected>general v9</option>" in other
    assert "Northwind" not in other
    for said in ("days=7&of=x&version=y&segment=z", "version=%00", "segment=a%00b"):
        assert ada.get(f"/settings/health/predicts/?{said}").status_code == 200


def test_the_api_says_the_same(stage, api):
    with tenant_context(stage.tenant):
        left("Northwind")
    said = api.get("/health-validation?days=30&target=churn").json()
    assert (said["days"], said["target"], said["all"]["unscored"], said["all"]["too_few"]) == (30, "churn", 1, True)
    assert api.get("/health-validation?days=31").status_code == 400
    assert api.get("/health-validation?other=1").status_code == 400
