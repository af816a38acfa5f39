"""The doorbell hears at the address that everything else uses."""

import pytest
import redis
from celery import Celery
from django.conf import settings

from csom.celery import broker_address


@pytest.mark.parametrize("number", [0, 3])
def test_celery_rings_in_the_database_that_the_address_names(number):
    address = settings.REDIS_URL.split("?")[0]
    given = f"{address}?db={number}" if address.startswith("unix:") else f"{address.rsplit('/', 1)[0]}/{number}"
    with Celery(broker=broker_address(given)).connection_for_write() as connection:
        queue = connection.SimpleQueue("a bell of this test")
        queue.put("ring")
        with redis.from_url(given) as client:
            heard = client.llen("a bell of this test")
        queue.clear()
    assert heard == 1


def test_another_query_and_another_scheme_stay_as_they_are():
    assert broker_address("unix:///r.sock?db=2&timeout=5") == "redis+socket:///r.sock?virtual_host=2&timeout=5"
    assert broker_address("rediss://u:p@h:6380/4?ssl_cert_reqs=none") == "rediss://u:p@h:6380/4?ssl_cert_reqs=none"
