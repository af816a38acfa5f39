"""The demo's deployments: closed ones, running ones, each once."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest

from accounts.models import Account, Task
from csom.demo import deployments
from csom.demo.stage import Stage
from csom.demo.words import spec_of
from journeys.deployments.models import Activity, Deployment, TimeEntry
from journeys.deployments.outlook import outlooks
from tests.factories.accounts import AccountFactory, ProductFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def stage(acme: SimpleNamespace) -> Stage:
    by_role = {"delivery": [acme.dee, acme.olly], "csm": [acme.cass], "leader": [acme.lee]}
    for product in spec_of("acme")["products"]:
        ProductFactory(code=product["code"], name=product["name"], recurring=product.get("recurring", True))
    for n in range(60):
        AccountFactory(external_id=f"crm-{n}", phase="onboarding" if n % 3 == 0 else "adoption")
    return Stage(acme.tenant, spec_of("acme"), dt.datetime.now(dt.UTC), {}, by_role)


def test_there_is_one_of_each_kind_and_no_second_time(stage):
    deployments.bring(stage)
    statuses = set(Deployment.objects.values_list("status", flat=True))
    assert statuses == {"planned", "running", "on_hold", "closed"}
    counts = Deployment.objects.count(), Activity.objects.count(), TimeEntry.objects.count()
    deployments.bring(stage)
    assert counts == (Deployment.objects.count(), Activity.objects.count(), TimeEntry.objects.count())
    assert Account.objects.filter(phase="onboarding", deployments=None).exists()
    assert not Activity.objects.filter(done_on__gt=stage.today).exists()
    assert Task.objects.filter(source="deployment").exists()
    rows = list(Deployment.objects.all())
    seen = outlooks(rows, stage.tenant, stage.today)
    assert {one.time.tone for one in seen.values()} >= {"green", "red"}
    assert all(seen[row.pk].done == 9 for row in rows if row.status == "closed")
