"""Whatever changes facts without an event leaves notes: a turn later it is known what came in, was counted, defined."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from accounts.actions import custom_fields, external_facts, fact_values
from accounts.imports.actions import imports, working
from accounts.models import AccountFacts, CustomField, Touched
from accounts.tenancy.context import tenant_context
from blueprints.actions import engine
from metrics.usage.actions import metrics
from metrics.usage.models import Metric
from tests.factories.accounts import AccountFactory, ExternalFactFactory
from tests.factories.usage import Sender, event

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def place(acme_cast):
    """An account that was followed already: nothing waits."""
    with tenant_context(acme_cast.tenant):
        custom_fields.add({"label": "Tier", "key": "tier", "type": "text"}, by=acme_cast.ada)
        account = AccountFactory(name="There", external_id="org-1", custom={"tier": "gold"})
    known(acme_cast, account)
    return account


def known(cast, account) -> dict[str, object]:
    """What stands in the facts after one turn, which leaves no note behind."""
    engine.drain(cast.tenant.pk)
    with tenant_context(cast.tenant):
        assert not Touched.objects.exists()
        found = AccountFacts.objects.filter(account=account).first()
        return found.facts if found else {}


def brought(cast, text: str):
    with tenant_context(cast.tenant):
        job = imports.open("book.csv", [text.encode()], noun="account", by=cast.ada)
        imports.map_columns(job, job.columns, by=cast.ada)
        imports.check(job, by=cast.ada)
    working.go_on(cast.tenant.pk, seconds=60)
    with tenant_context(cast.tenant):
        job.refresh_from_db()
        imports.run(job, by=cast.ada)
    working.go_on(cast.tenant.pk, seconds=60)
    return job


def test_what_an_import_changed_and_took_back_is_known_after_a_turn(acme_cast, place):
    job = brought(acme_cast, "Account ID,Account name,Segment,Tier\norg-1,There,SMB,silver\n")
    facts = known(acme_cast, place)
    assert (facts["account.segment"], facts["custom.tier"]) == ("SMB", "silver")
    with tenant_context(acme_cast.tenant):
        job.refresh_from_db()
        imports.undo(job, by=acme_cast.ada)
    working.go_on(acme_cast.tenant.pk, seconds=60)
    facts = known(acme_cast, place)
    assert ("account.segment" in facts, facts["custom.tier"]) == (False, "gold")


def test_what_an_import_made_is_known_after_a_turn(acme_cast, place):
    head = "Account ID,Account name,Contract ID,ARR,Currency,Contract start date,Renewal date\n"
    brought(acme_cast, head + f"org-9,New,C-1,12000,EUR,2026-01-01,{timezone.now().year + 1}-06-01\n")
    known(acme_cast, place)
    with tenant_context(acme_cast.tenant):
        facts = AccountFacts.objects.get(account__name="New").facts
    assert facts["contract.renewal_on"] == f"{timezone.now().year + 1}-06-01"


def test_usage_that_was_counted_is_known_after_a_turn(acme_cast, place):
    sender = Sender(acme_cast.tenant, acme_cast.ada)
    with tenant_context(acme_cast.tenant):
        metrics.add({"name": "Exports", "event": "export", "aggregate": "count"}, by=acme_cast.ada)
    yesterday = (timezone.now() - dt.timedelta(days=1)).isoformat()
    sender.batch([event("export", group="org-1", timestamp=yesterday)])
    sender.count()
    before = {name: value for name, value in known(acme_cast, place).items() if "exports" in name}
    assert before
    sender.batch([event("export", group="org-1", timestamp=yesterday) for _ in range(3)])
    sender.count()
    assert {name: value for name, value in known(acme_cast, place).items() if "exports" in name} != before


def test_a_metric_that_is_redefined_is_known_after_it_was_counted_anew(acme_cast, place):
    sender = Sender(acme_cast.tenant, acme_cast.ada)
    with tenant_context(acme_cast.tenant):
        metric = metrics.add({"name": "Exports", "event": "export", "aggregate": "count"}, by=acme_cast.ada)
    yesterday = (timezone.now() - dt.timedelta(days=1)).isoformat()
    sender.batch([event("login", group="org-1", timestamp=yesterday)])
    sender.count()
    before = known(acme_cast, place)
    with tenant_context(acme_cast.tenant):
        metrics.edit(Metric.objects.get(pk=metric.pk), {"event": "login"}, by=acme_cast.ada)
    sender.count()
    assert known(acme_cast, place) != before


def test_a_field_that_is_retired_is_known_of_nobody_after_a_turn(acme_cast, place):
    with tenant_context(acme_cast.tenant):
        custom_fields.edit(CustomField.objects.get(key="tier"), {"active": False}, by=acme_cast.ada)
    assert "custom.tier" not in known(acme_cast, place)


def test_a_fact_that_is_pushed_or_retired_is_known_after_a_turn(acme_cast, place):
    with tenant_context(acme_cast.tenant):
        fact = ExternalFactFactory(key="tickets")
        row = {"account_external_id": "org-1", "key": "tickets", "value": 3}
        fact_values.push([row], reader=None, today=timezone.now().date())
    assert known(acme_cast, place)["ext.tickets"] == 3
    with tenant_context(acme_cast.tenant):
        external_facts.edit(fact, {"active": False}, by=acme_cast.ada)
    assert "ext.tickets" not in known(acme_cast, place)
