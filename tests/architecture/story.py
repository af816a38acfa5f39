"""One of everything in Acme, so that guards can ask for things that exist."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field
from datetime import timedelta
from types import SimpleNamespace

from django.apps import apps

from accounts.actions import (
    accounts,
    api_keys,
    contacts,
    contracts,
    custom_fields,
    external_facts,
    members,
    notes,
    products,
    tasks,
    teams,
    tenants,
    views,
)
from accounts.calendar import local_today
from accounts.imports.actions import imports, mappings, working
from accounts.models import Account, ApiKey, Invitation, Membership, TouchModel
from accounts.tenancy.context import tenant_context
from accounts.tenancy.models import TenantModel
from blueprints.actions import engine, library, plays
from blueprints.models import Play
from journeys.actions import spiced
from journeys.onboarding import questions
from journeys.onboarding.actions import handoffs, pacing, promises
from journeys.onboarding.models import Handoff
from journeys.plans.actions import plans, sharing
from metrics.backtests import actions as back_tests
from metrics.health.actions import hand, signing
from metrics.health.actions import models as health_models
from metrics.health.actions import versions as health_versions
from metrics.usage.actions import origins, write_keys
from metrics.usage.models import WriteKey
from tests.factories import blueprints, critical_events, deployments, health, meetings
from tests.factories.accounts import TODAY
from tests.factories.maturity import AssessmentFactory
from tests.factories.usage import OriginFactory

ID = re.compile(r"<(?:[a-z]+:)?([a-z_]+)>")
NOWHERE = 987654321


@dataclass
class Story:
    """Ids by model; a route's address is tried with the ids of every kind, since a route doesn't say which it takes."""

    ids: dict[str, list[int]] = field(default_factory=dict)
    words: dict[str, list[str]] = field(default_factory=dict)
    query: str = "?letter=situation"  # what a page needs to know beside the id

    def addresses(self, path: str) -> list[str]:
        """With every id that there is, those first whose noun the path names."""
        names = ID.findall(path)
        choices = [self.words.get(name) or self._likely(path) for name in names]
        return [self._fill(path, names, values) for values in itertools.product(*choices)]

    def _likely(self, path: str) -> list[int]:
        said = path.replace("-", "")
        nouns = sorted(self.ids, key=lambda noun: len(noun) if noun.lower() in said else 0, reverse=True)
        return list(dict.fromkeys(pk for noun in nouns for pk in self.ids[noun]))

    def nowhere(self, path: str) -> str:
        names = ID.findall(path)
        return self._fill(path, names, [self.words.get(n, [NOWHERE])[0] for n in names])

    @staticmethod
    def _fill(path: str, names: list[str], values: object) -> str:
        for name, value in zip(names, values, strict=True):
            path = re.sub(rf"<(?:[a-z]+:)?{name}>", str(value), path)
        return path


OUTSIDE = (Membership, Invitation, ApiKey, WriteKey)


def collect_ids(cast: SimpleNamespace) -> dict[str, list[int]]:
    inside = [model for model in apps.get_models() if issubclass(model, TenantModel)]
    ids = {model.__name__: list(model.objects.order_by("pk").values_list("pk", flat=True)[:2]) for model in inside}
    for model in OUTSIDE:
        ids[model.__name__] = list(model.objects.filter(tenant=cast.tenant).values_list("pk", flat=True))
    return ids


def tell_story(cast: SimpleNamespace) -> Story:
    """A workspace in the middle of its first week, reached through the actions that people use."""
    library.load(cast.tenant)
    with tenant_context(cast.tenant):
        for play in Play.objects.exclude(trigger=""):
            plays.switch_on(play, by=cast.ada)
        _settings(cast)
        first, second, third = (_account(name, cast) for name in ("First", "Second", "Third"))
        accounts.archive(_account("Archived", cast), by=cast.ada)
        _handed_over(first, cast)
        _submitted(second, cast)
        handoffs.open(third, rep=cast.sal, committed_on=TODAY, by=cast.sal)
        _shared(first, cast)
        event = critical_events.planned(cast, first)
        critical_events.stakeholder(cast, event)
        critical_events.answer(cast, first)
        critical_events.dark(cast, event)
        _deployed(first, cast)
        _met(first, cast)
        _imports(cast)
        _usage(cast)
        _health(first, cast)
        AssessmentFactory(account=first)
        _sent(first, cast)
        _back_test(cast)
    engine.drain(cast.tenant.pk)
    back_tests.go_on(cast.tenant.pk)
    working.go_on(cast.tenant.pk)
    with tenant_context(cast.tenant):
        imports.open("Next week.csv", [b"Account Name\nFourth\n"], noun="account", by=cast.olly)
        ids = collect_ids(cast)
    words = {"question": ["situation"], "measure": ["mood"], "code": ["02"], "number": ["1"]}
    for name, noun in (("contact", "Contact"), ("entry", "SpicedEntry")):
        words[name] = [str(pk) for pk in ids[noun]]
    return Story(ids, words=words)


def _usage(cast: SimpleNamespace) -> None:
    """A sender's key, what is counted, a group that waits and one that is out of sight."""
    write_keys.create(cast.tenant, "Product", cast.ada)
    OriginFactory(ref="unknown")
    origins.ignore(OriginFactory(ref="sandbox"), by=cast.ada)


def _sent(account: Account, cast: SimpleNamespace) -> None:
    """A mail that waits for a word, a message that was given up, a word to somebody."""
    play = blueprints.PlayFactory(trigger="", state="draft", on_since=None)
    run = blueprints.RunFactory(match__play=play, match__account=account, match__fate="started")
    draft = {"to": "kim@first.test", "name": "Kim", "subject": "News", "text": "Dear Kim"}
    blueprints.RunStepFactory(run=run, number=0, kind="email", state="asking", did={"drafts": [draft]})
    blueprints.DeliveryFactory(state="dead")
    blueprints.MessageTemplateFactory(by=cast.ada)
    blueprints.NoticeFactory(recipient=cast.ada)


def _health(account: Account, cast: SimpleNamespace) -> None:
    """A model that scores, its next draft with somebody asked to sign, and what a CSM said."""
    model = health_models.add({"name": "Scored"}, health.simple(), by=cast.ada)
    health_versions.publish(model.versions.get(), by=cast.ada)
    signing.ask(health_versions.draft(model, by=cast.ada), cast.ada, "leadership", by=cast.ada)
    hand.judge(account, "mood", "good", reason="people", by=cast.cass, today=TODAY)
    until = local_today(cast.tenant) + timedelta(days=9)
    hand.override(account, 50, reason="Called", until=until, by=cast.cass, today=local_today(cast.tenant))


def _back_test(cast: SimpleNamespace) -> None:
    today = local_today(cast.tenant)
    play = Play.objects.get(code="champion-departed")
    back_tests.ask(play, start=today - timedelta(days=30), end=today, today=today, by=cast.olly)


def _met(account: Account, cast: SimpleNamespace) -> None:
    """A meeting under way, with something decided and somebody to do it."""
    running = meetings.running(cast, account)
    meetings.decided(cast, running)
    meetings.next_step(cast, running)


def _shared(account: Account, cast: SimpleNamespace) -> None:
    """A plan that the champion holds a link to."""
    champion = account.contacts.get()
    contacts.edit(champion, {"email": "champion@first.test"}, by=cast.ada)
    sharing.share(plans.draft(account, by=cast.cass), champion, by=cast.cass)


def _deployed(account: Account, cast: SimpleNamespace) -> None:
    """A project in the middle of everything, and an earlier one to copy from."""
    deployments.activity(cast, deployments.planned(cast, account))
    row = deployments.running(cast, account)
    activity = deployments.activity(cast, row)
    deployments.time_entry(cast, row, activity=activity)
    for tell in (deployments.cost, deployments.report, deployments.review):
        tell(cast, row)
    for tell in (deployments.integration, deployments.escalation):
        tell(cast, row)


def _imports(cast: SimpleNamespace) -> None:
    """One that was tried, with a mapping that was kept; another waits for its columns."""
    job = imports.open(
        "Book.csv", [b"Account Name,Website\nFourth,fourth.test\nFifth,no domain\n"], noun="account", by=cast.olly
    )
    mappings.save(job, "Weekly", {"columns": job.columns}, by=cast.olly)
    imports.check(job, by=cast.olly)


def _settings(cast: SimpleNamespace) -> None:
    TouchModel.objects.bulk_create(TouchModel(**defaults) for defaults in tenants.TOUCH_DEFAULTS)
    team = teams.add({"name": "East", "manager": cast.lee}, by=cast.ada)
    teams.place(team, cast.cass, by=cast.ada)
    custom_fields.add({"label": "Tier", "type": "text"}, by=cast.ada)
    external_facts.define({"label": "Open tickets", "type": "number"}, by=cast.ada)
    views.save("Mine", "phase=onboarding", by=cast.ada)
    members.invite("new@example.test", "csm", by=cast.ada)
    api_keys.create(cast.tenant, "Warehouse", "write", by=cast.ada)


def _account(name: str, cast: SimpleNamespace) -> Account:
    account = accounts.open({"name": name, "csm": cast.cass, "ae": cast.sal}, by=cast.ada)
    contacts.add(account, {"name": f"Champion of {name}", "buying_role": "champion"}, by=cast.ada)
    product = products.add({"name": f"Suite {name}", "code": name.lower()}, by=cast.ada)
    line = {"product": product, "quantity": 10, "amount_minor": 1_200_000}
    term = {"name": name, "signed_on": TODAY, "start_on": TODAY, "end_on": TODAY.replace(year=TODAY.year + 1)}
    contracts.sign(account, term, [line], by=cast.ada, today=TODAY)
    tasks.add({"account": account, "title": "Call", "assignee": cast.ada, "due_on": TODAY}, by=cast.ada)
    notes.add(account, kind="note", body="Spoke.", by=cast.ada)
    spiced.say(account, "situation", "Five clinics on paper.", source="meeting", occurred_on=TODAY, by=cast.cass)
    return account


def _submitted(account: Account, cast: SimpleNamespace) -> Handoff:
    handoff = handoffs.open(account, rep=cast.sal, committed_on=TODAY, by=cast.sal)
    promises.make(handoff, "Single sign-on by March.", by=cast.sal)
    for number, question in enumerate(questions.QUESTIONS):
        handoffs.answer(handoff, question.code, "As told by the buyer." if number else "", not number, by=cast.sal)
    return handoffs.submit(handoff, by=cast.sal)


def _handed_over(account: Account, cast: SimpleNamespace) -> None:
    handoffs.accept(_submitted(account, cast), by=cast.cass)
    pacing.put_on_hold(account, reason="They merge two sites.", by=cast.cass)
    pacing.set_target({"segment": "Enterprise", "days": 60}, by=cast.ada)
