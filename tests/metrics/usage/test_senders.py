"""The senders that customers have, unmodified from PyPI, against a server that answers: only the host is another."""

from __future__ import annotations

import pytest
import segment.analytics.client as segment
from django.utils import timezone
from rudderstack.analytics.client import Client as RudderClient

from accounts.tenancy.context import tenant_context
from metrics.usage.models import Refusal, UsageEvent
from tests.factories.accounts import AccountFactory
from tests.factories.usage import Sender, figures

pytestmark = pytest.mark.django_db(transaction=True)
SENDERS = {"segment": segment.Client, "rudder": RudderClient}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("gzip", [True, False], ids=["packed", "plain"])
@pytest.mark.parametrize("house", SENDERS)
def test_an_unmodified_library_sends_and_its_events_are_counted_on_the_accounts_page(
    house, gzip, acme_cast, live_server, page
):
    sender = Sender(acme_cast.tenant, acme_cast.ada)
    with tenant_context(acme_cast.tenant):
        account = AccountFactory(name="Northwind", external_id="org-1")
    failures = []
    client = SENDERS[house](
        sender.secret, host=live_server.url, gzip=gzip, on_error=lambda error, items: failures.append(error)
    )
    client.identify("u-1", {"email": "kim@northwind.test", "name": "Kim"})
    client.group("u-1", "org-1", {"name": "Northwind", "industry": "Retail"})
    for number in range(25):
        client.track("u-1", "report_downloaded", {"pages": number, "at": timezone.now()})
    client.page("u-1", "Reports", "Overview", {"url": "https://product.test/reports"})
    client.screen("u-1", "Reports", "Overview", {})
    client.alias("u-0", "u-1")
    client.flush()
    client.join()
    assert failures == []
    sender.count()
    with tenant_context(acme_cast.tenant):
        assert not Refusal.objects.exists()
        assert UsageEvent.objects.filter(name="report_downloaded", account_id=account.pk).count() == 25
        assert figures(account)[("events", timezone.now().date())] == (27, 1)
    said = page(acme_cast.ada, acme_cast.tenant).get(f"/accounts/{account.pk}/usage/").content.decode()
    assert "Events: 27 in all" in said
