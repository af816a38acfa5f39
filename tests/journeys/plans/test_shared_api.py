"""Links through the API: shared by mail, renewed, ended; an address is answered to nobody."""

from __future__ import annotations

import pytest
from django.core import mail
from django.utils import timezone

from accounts.actions import contacts
from accounts.models import Event, TenantWork
from accounts.tenancy.context import tenant_context
from journeys.plans.actions import sharing
from journeys.plans.actions.sharing import mails
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
    assert (link["mailed_at"], mail.outbox) == (None, [])
    assert sharing.mail_links(acme_cast.tenant.pk) == 1
    assert mail.outbox[0].to == ["elena@halden.test"]
    token = mail.outbox[0].body.split("/p/")[1].split("/")[0]
    assert token not in answer.content.decode()
    with tenant_context(acme_cast.tenant):
        assert sharing.link_of(token).pk == link["id"]
    [listed] = api.get(f"/plan-links?plan={plan.pk}").json()["results"]
    assert listed.pop("mailed_at")
    assert listed == {name: value for name, value in link.items() if name != "mailed_at"}
    assert api.post(f"/plan-links/{link['id']}/renew", {"days": 7}).status_code == 200
    assert api.post(f"/plan-links/{link['id']}/revoke", {}).json()["revoked_at"]
    assert api.post(f"/plan-links/{link['id']}/renew", {}).status_code == 409


def away(*args, **kwargs):
    raise OSError("away")


def later(tenant):
    """As if the wait were over."""
    with tenant_context(tenant):
        SharedLink.objects.update(mail_due_at=timezone.now())
    TenantWork.objects.filter(kind="shared_link").update(due_at=timezone.now())


def test_while_no_mail_server_answers_the_link_is_there_and_its_mail_leaves_later_and_once(
    api, plan, acme_cast, monkeypatch
):
    tenant = acme_cast.tenant
    with monkeypatch.context() as down:
        down.setattr(mails, "send_mail", away)
        link = api.post("/plan-links", {"plan": plan.pk, "contact": plan.reader.pk}).json()
        assert sharing.tenants_with_links() == [tenant.pk]
        assert sharing.mail_links(tenant.pk) == 0
        assert (sharing.tenants_with_links(), mail.outbox) == ([], [])
    later(tenant)
    assert sharing.tenants_with_links() == [tenant.pk]
    assert [sharing.mail_links(tenant.pk) for _ in range(2)] == [1, 0]
    assert len(mail.outbox) == 1
    assert not TenantWork.objects.filter(kind="shared_link").exists()
    token = mail.outbox[0].body.split("/p/")[1].split("/")[0]
    with tenant_context(tenant):
        row = SharedLink.objects.get()
        assert (row.pk, row.mail_seed, row.mail_tries, sharing.link_of(token)) == (link["id"], "", 2, row)
    assert api.get(f"/plan-links/{link['id']}").json()["mailed_at"]


def test_after_a_day_without_a_mail_server_the_account_hears_of_it(api, plan, acme_cast, monkeypatch):
    monkeypatch.setattr(mails, "send_mail", away)
    api.post("/plan-links", {"plan": plan.pk, "contact": plan.reader.pk})
    for _ in range(mails.TRIES):
        later(acme_cast.tenant)
        assert sharing.mail_links(acme_cast.tenant.pk) == 0
    assert not TenantWork.objects.filter(kind="shared_link", due_at__gt=timezone.now()).exists()
    with tenant_context(acme_cast.tenant):
        told = Event.objects.get(kind="plan.link_unmailed")
        assert (told.account, told.facts["name"]) == (plan.account, "Elena Brandt")
        assert SharedLink.objects.get().mail_seed == ""


def test_no_mail_brings_a_link_that_was_ended_meanwhile(api, plan, acme_cast):
    link = api.post("/plan-links", {"plan": plan.pk, "contact": plan.reader.pk}).json()
    api.post(f"/plan-links/{link['id']}/revoke", {})
    assert (sharing.mail_links(acme_cast.tenant.pk), mail.outbox) == (0, [])


def test_a_link_tells_what_its_holder_reads_today(api, plan, acme_cast):
    link = api.post("/plan-links", {"plan": plan.pk, "contact": plan.reader.pk}).json()
    with tenant_context(acme_cast.tenant):
        contacts.edit(plan.reader, {"buying_role": "user"}, by=acme_cast.cass)
        other = elena(plan, name="Tomas", email="tomas@halden.test", buying_role="user")
    assert api.get(f"/plan-links/{link['id']}").json()["audience"] == "everyone"
    refused = api.post("/plan-links", {"plan": plan.pk, "contact": other.pk, "audience": "champion"})
    assert refused.status_code == 400
    assert "Only the champion" in refused.content.decode()


def test_a_rival_finds_no_link(api, rivals, plan):
    link = api.post("/plan-links", {"plan": plan.pk, "contact": plan.reader.pk}).json()
    assert rivals.get(f"/plan-links/{link['id']}").status_code == 404
    assert rivals.post(f"/plan-links/{link['id']}/revoke", {}).status_code == 404
    assert rivals.get("/plan-links").json()["results"] == []
