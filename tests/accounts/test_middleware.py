"""The gate of a workspace: who comes in, what surrounds the page, and what an error leaves behind."""

from __future__ import annotations

import datetime as dt
import sys

import pytest
from django.http import Http404, HttpResponse, HttpResponseServerError
from django.template import engines
from django.template.response import TemplateResponse
from django.test import Client
from django.urls import path, reverse
from django.utils import timezone

from accounts import formats
from accounts.models import Account, Tenant
from accounts.tenancy.context import has_tenant, tenant_context
from tests.factories.accounts import AccountFactory

NEW_YEAR = dt.datetime(2026, 1, 1, 2, tzinfo=dt.UTC)


def write_then_fail(request):
    AccountFactory(name="Half")
    raise RuntimeError("the view broke")


def write_then_answer_500(request):
    AccountFactory(name="Half")
    return HttpResponseServerError("no")


def lazy(request):
    template = engines["django"].from_string("{% for a in accounts %}{{ a.name }};{% endfor %}")
    return TemplateResponse(request, template, {"accounts": Account.objects.order_by("name")})


def where(request):
    return HttpResponse(f"{request.tenant.slug} {request.path_info} {reverse('where')}")


def missing(request):
    raise Http404


def instants(request):
    """As templates tell them, by Django's filter and by ours, and as an age."""
    said = engines["django"].from_string('{{ at|date:"j M Y" }}; {{ at|date_us }}; {{ ago }}; {{ day|date_us }}')
    facts = {
        "at": NEW_YEAR,
        "ago": formats.ago(NEW_YEAR, timezone.localtime(NEW_YEAR + dt.timedelta(days=90))),
        "day": NEW_YEAR.date(),
    }
    return HttpResponse(said.render(facts))


urlpatterns = [
    path("instants/", instants),
    path("fail/", write_then_fail),
    path("500/", write_then_answer_500),
    path("lazy/", lazy),
    path("where/", where, name="where"),
]


@pytest.fixture
def cass(settings, acme_cast, page):
    settings.TENANT_URLCONF = sys.modules[__name__]
    client = page(acme_cast.cass, acme_cast.tenant)
    client.raise_request_exception = False
    return client


def test_addresses_inside_a_workspace_carry_its_prefix(cass):
    assert cass.get("/where/").content.decode() == "acme /where/ /w/acme/where/"


def test_instants_are_told_by_the_day_of_the_workspace(cass, acme_cast):
    """In New York it was still the old year; a day without an hour stays itself, and nothing is left behind."""
    Tenant.objects.filter(pk=acme_cast.tenant.pk).update(timezone="America/New_York")
    said = cass.get("/instants/").content.decode()
    assert said == "31 Dec 2025; 31 Dec 2025; 31 Dec 2025; 1 Jan 2026"
    assert timezone.get_current_timezone_name() == "UTC"


def test_the_prefix_is_gone_after_the_request(cass):
    cass.get("/where/")
    assert reverse("account_login") == "/accounts/login/"


def test_a_lazy_template_still_renders_inside_the_tenant(cass, acme_cast, rival):
    with tenant_context(acme_cast.tenant):
        AccountFactory(name="Ours")
    with tenant_context(rival.tenant):
        AccountFactory(name="Theirs")
    assert cass.get("/lazy/").content.decode() == "Ours;"
    assert not has_tenant()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("address", ["/fail/", "/500/"])
def test_a_server_error_keeps_nothing_of_what_was_written(address, cass, acme_cast):
    assert cass.get(address).status_code == 500
    with tenant_context(acme_cast.tenant):
        assert Account.objects.count() == 0


def test_strangers_sign_in_first_and_come_back(acme_cast):
    answer = Client().get("/w/acme/where/?a=1")
    assert answer["Location"] == "/accounts/login/?next=/w/acme/where/%3Fa%3D1"


def test_a_fragment_asked_for_by_a_signed_out_page_leads_to_sign_in(acme_cast):
    answer = Client().get("/w/acme/where/", headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert answer["HX-Redirect"].startswith("/accounts/login/")


def test_a_former_member_and_an_unknown_workspace_find_the_same_nothing(cass, acme_cast, settings):
    unknown = cass.get("/w/nowhere/where/")
    acme_cast.cass.memberships.update(ended_at="2026-01-01T00:00Z")
    former = cass.get("/where/")
    assert (unknown.status_code, former.status_code) == (404, 404)
