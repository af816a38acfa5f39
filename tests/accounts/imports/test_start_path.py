"""The first steps on Home: told by the data, put away by a person, and sample data that comes and goes."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actions import products
from accounts.imports.actions import working
from accounts.imports.models import Import
from accounts.models import Account
from accounts.tenancy.context import tenant_context
from blueprints.actions import library, plays
from blueprints.models import Play
from tests.factories.accounts import AccountFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(acme_cast, page):
    return page(acme_cast.ada, acme_cast.tenant)


def home(client):
    return client.get("/").content.decode()


def test_the_steps_are_done_when_the_data_says_so(acme_cast, ada):
    def done():
        return {row["step"].code for row in ada.get("/imports/start/").context["rows"] if row["done"]}

    assert "First steps" in home(ada)
    assert done() == {"people"}, "the cast is a team"
    library.load(acme_cast.tenant)
    with tenant_context(acme_cast.tenant):
        AccountFactory()
        assert done() == {"people", "accounts"}
        products.add({"name": "Suite"}, by=acme_cast.ada)
        plays.switch_on(Play.objects.exclude(state="on").first(), by=acme_cast.ada)
    assert "First steps" not in home(ada)


def test_whoever_knows_the_way_puts_it_away_for_themselves(acme_cast, ada, page):
    ada.post("/imports/start/hide/")
    ada.post("/imports/start/hide/")
    assert "First steps" not in home(ada)
    assert "First steps" in home(page(acme_cast.olly, acme_cast.tenant))


def test_a_csm_sees_no_steps_and_may_not_put_them_away(acme_cast, page):
    cass = page(acme_cast.cass, acme_cast.tenant)
    assert "First steps" not in home(cass)
    assert cass.post("/imports/start/hide/").status_code == 403
    assert cass.post("/imports/sample/").status_code == 403


def test_the_steps_cost_one_question(ada):
    home(ada)
    with CaptureQueriesContext(connection) as queries:
        ada.get("/imports/start/")
    assert sum("knows_hidden" in query["sql"] for query in queries) == 1
    with CaptureQueriesContext(connection) as queries:
        home(ada)
    # Two of them are what plays say.
    assert sum(q["sql"].startswith(("SELECT", "WITH", "UPDATE", "INSERT")) for q in queries) <= 15


def test_sample_data_comes_like_any_import_and_goes_like_one(acme_cast, ada):
    assert "Look around with sample data" in home(ada)
    answer = ada.post("/imports/sample/")
    working.go_on(acme_cast.tenant.pk)
    with tenant_context(acme_cast.tenant):
        job = Import.objects.get()
        assert Account.objects.count() == 12
    assert answer["Location"] == f"/w/acme/imports/{job.pk}/"
    text = home(ada)
    assert "Sample data is in this workspace." in text
    assert "Look around" not in text
    ada.post("/imports/sample/")
    with tenant_context(acme_cast.tenant):
        assert Import.objects.count() == 1
    ada.post(f"/imports/{job.pk}/undo/")
    working.go_on(acme_cast.tenant.pk)
    with tenant_context(acme_cast.tenant):
        assert not Account.objects.present().exists()
    assert "Look around with sample data" in home(ada)
