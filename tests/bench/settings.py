"""The product's settings without its rate limit, so that we measure work."""

from csom.settings import *  # noqa: F403

ROOT_URLCONF = "tests.bench.urls"
API_RATE_PER_MINUTE = 10_000_000
SECRET_KEY = "bench"
