"""Models are put in another order only from the order that was looked at."""

from __future__ import annotations

import re
from copy import deepcopy

import pytest
from django.utils import timezone

from accounts.actions import knowledge
from accounts.actions.errors import Conflict
from accounts.models import Event
from accounts.tenancy.context import tenant_context
from metrics.health.actions import models, versions
from metrics.health.models import HealthModel
from tests.factories.accounts import AccountFactory
from tests.factories.health import simple

pytestmark = pytest.mark.django_db


@pytest.fixture
def three(acme_cast):
    """Three that score, each differently; the first is for everybody."""
    with tenant_context(acme_cast.tenant):
        account = AccountFactory()
        for n, name in enumerate(("General", "Lenient", "Middling")):
            raw = deepcopy(simple())
            raw["pillars"][0]["measures"][0]["how"]["no"] = (0, 100, 60)[n]
            model = models.add({"name": name}, raw, by=acme_cast.ada)
            versions.publish(model.versions.get(), by=acme_cast.ada)
        knowledge.follow([account.pk], tenant=acme_cast.tenant, at=timezone.now())
        acme_cast.models = list(HealthModel.objects.all())
    return acme_cast


def names(cast) -> list[str]:
    with tenant_context(cast.tenant):
        return [row.name for row in HealthModel.objects.all()]


def hidden(html: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(to|order)" value="([^"]*)"', html))


def test_what_was_confirmed_is_what_was_looked_at(three, page):
    olly, last = page(three.olly, three.tenant), three.models[2]
    where = f"/settings/health/{last.pk}/move/"
    seen = hidden(olly.get("/settings/health/").content.decode())
    asked = hidden(olly.post(where, {"to": "up", **seen}).content.decode())
    assert asked == {"to": "up", "order": ",".join(str(row.pk) for row in three.models)}
    with tenant_context(three.tenant):
        models.move(three.models[1], up=True, by=three.ada)
    stale = olly.post(where, asked | {"sure": "yes"})
    assert stale.status_code == 409
    assert "The order changed while you were looking at it" in stale.content.decode()
    assert names(three) == ["Lenient", "General", "Middling"]
    with tenant_context(three.tenant):
        assert Event.objects.filter(kind="health_models.ordered").count() == 1


def test_a_confirmation_that_is_sent_twice_moves_one_place(three, page):
    olly, where = page(three.olly, three.tenant), f"/settings/health/{three.models[2].pk}/move/"
    sure = hidden(olly.post(where, {"to": "up"}).content.decode()) | {"sure": "yes"}
    assert [olly.post(where, sure).status_code for _ in range(2)] == [302, 409]
    assert names(three) == ["General", "Middling", "Lenient"]


def test_a_list_that_is_out_of_date_moves_nothing(three, page):
    olly, where = page(three.olly, three.tenant), f"/settings/health/{three.models[2].pk}/move/"
    for order in ("1,2,3", "x", ""):
        assert olly.post(where, {"to": "up", "order": order}).status_code == 409
    with tenant_context(three.tenant), pytest.raises(Conflict):
        models.move(three.models[2], up=True, by=three.ada, seen=[row.pk for row in three.models[::-1]])
    assert names(three) == ["General", "Lenient", "Middling"]
