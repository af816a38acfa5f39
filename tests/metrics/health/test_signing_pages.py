"""How whoever is asked to sign a version gets to the page, whatever their role, and what stands there."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from accounts.actions import knowledge
from accounts.models import Task
from accounts.roles import Permission, Role, allows
from accounts.tenancy.context import tenant_context
from metrics.health.actions import models, signing, versions
from tests.factories.accounts import AccountFactory, ContactFactory
from tests.factories.health import simple

pytestmark = pytest.mark.django_db


@pytest.fixture
def asking(acme_cast):
    """A draft that moves one account, which Sal of sales is asked to sign."""
    with tenant_context(acme_cast.tenant):
        moved = AccountFactory(name="Northwind")
        ContactFactory(account=moved, buying_role="champion")
        model = models.add({"name": "General"}, simple(), by=acme_cast.ada)
        versions.publish(model.versions.get(), by=acme_cast.ada)
        knowledge.follow([moved.pk], tenant=acme_cast.tenant, at=timezone.now() + dt.timedelta(seconds=1))
        acme_cast.moved, acme_cast.draft = moved, versions.draft(model, by=acme_cast.olly)
        versions.edit_draft(acme_cast.draft, simple(55, 25, 20), by=acme_cast.olly)
        acme_cast.asked = signing.ask(acme_cast.draft, acme_cast.sal, "product", by=acme_cast.olly)
        acme_cast.task = Task.objects.get(source="sign_off")
    return acme_cast


def test_the_task_leads_whoever_is_asked_to_the_page(asking, page):
    assert not allows(Role.SALES, Permission.SETTINGS_VIEW)
    sal = page(asking.sal, asking.tenant)
    where = f"/health/sign-offs/{asking.asked.pk}/"
    assert where in sal.get(f"/tasks/{asking.task.pk}/").content.decode()
    assert sal.get(where).status_code == 200
    assert where not in page(asking.ada, asking.tenant).get(f"/tasks/{asking.task.pk}/").content.decode()
