"""Links through the API: shared by mail, renewed, ended; an address is answered to nobody."""

from __future__ import annotations

import pytest
from django.core import mail

from accounts.tenancy.context import tenant_context
from journeys.plans.actions.sharing import links
from journeys.plans.models import SharedLink
from tests.factories import plans as made
from tests.journeys.plans.shared import elena

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan(acme_cast):
    with tenant_context(acme_cast.tenant):
        plan = made.empty(acme_cast)
        plan.reader = elena(plan)
        return plan


def test_another_system_shares_a_plan_by_mail(api, plan, acme_cast):
    answer = api.post("/plan-links", {"plan": plan.pk, "contact": plan.reader.pk})
    assert answer.status_code == 201
    link = answer.json()
    assert (link["audience"], link["contact"]["name"], link["last_visit_at"]) == ("champion", "Elena Brandt", None)
    assert mail.outbox[0].to == ["elena@halden.test"]
    token = mail.outbox[0].body.split("/p/")[1].split("/")[0]
    assert token not in answer.content.decode()
    assert api.get(f"/plan-links?plan={plan.pk}").json()["results"] == [link]
    assert api.post(f"/plan-links/{link['id']}/renew", {"days": 7}).status_code == 200
    assert api.post(f"/plan-links/{link['id']}/revoke", {}).json()["revoked_at"]
    assert api.post(f"/plan-links/{link['id']}/renew", {}).status_code == 409


def test_a_mail_that_nobody_takes_makes_no_link(api, plan, acme_cast, monkeypatch):
    def refused(*args, **kwargs):
        raise OSError("away")

    monkeypatch.setattr(links, "send_mail", refused)
    assert api.post("/plan-links", {"plan": plan.pk, "contact": plan.reader.pk}).status_code == 400
    with tenant_context(acme_cast.tenant):
        assert not SharedLink.objects.exists()


def test_a_rival_finds_no_link(api, rivals, plan):
    link = api.post("/plan-links", {"plan": plan.pk, "contact": plan.reader.pk}).json()
    assert rivals.get(f"/plan-links/{link['id']}").status_code == 404
    assert rivals.post(f"/plan-links/{link['id']}/revoke", {}).status_code == 404
    assert rivals.get("/plan-links").json()["results"] == []
