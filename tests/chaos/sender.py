"""A worker of usage that is killed without warning: the product's way, or as one would naively."""

from __future__ import annotations

import sys
import time

import django

django.setup()

from django.db import connection  # noqa: E402

from accounts.tenancy.context import tenant_context  # noqa: E402
from metrics.usage.actions import turns  # noqa: E402
from metrics.usage.models import Arrival  # noqa: E402

PAUSE = 0.02

# Adds what arrived to what was counted; the arrivals go afterwards, in a transaction of their own.
ADD = """
INSERT INTO usage_daily (account_id, metric_id, day, count, users, sum)
SELECT a.account_id, (SELECT min(id) FROM usage_metric), a.day, a.n, 0, 0 FROM (
    SELECT account_id, day, sum(events) AS n FROM (
        SELECT unnest(accounts) AS account_id, unnest(days) AS day, events / cardinality(accounts) AS events
        FROM usage_arrival WHERE id = ANY (%s)
    ) said GROUP BY 1, 2
) a
ON CONFLICT (tenant_id, account_id, metric_id, day) DO UPDATE SET count = usage_daily.count + EXCLUDED.count
"""


def product(tenant_id: int) -> None:
    turns.ARRIVALS = 5
    while True:
        turns.go_on(tenant_id, seconds=0.5)
        time.sleep(PAUSE)


def naive(tenant_id: int) -> None:
    while True:
        with tenant_context(tenant_id):
            ids = list(Arrival.objects.values_list("pk", flat=True)[:5])
        with tenant_context(tenant_id), connection.cursor() as cursor:
            cursor.execute(ADD, [ids])
        time.sleep(PAUSE)
        with tenant_context(tenant_id):
            Arrival.objects.filter(pk__in=ids).delete()


if __name__ == "__main__":
    {"product": product, "naive": naive}[sys.argv[1]](int(sys.argv[2]))
