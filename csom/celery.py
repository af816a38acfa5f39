"""The doorbell: which sweeps ring when, and which queue a turn waits in. Rows remember; this may forget."""

import os
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from celery import Celery, bootsteps

from csom.guard import refuse_strong_role

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "csom.settings")


def broker_address(url: str) -> str:
    """REDIS_URL as Celery says it: over a socket it overhears `db` and listens to `virtual_host`."""
    parts = urlsplit(url)
    if parts.scheme != "unix":
        return url
    query = [("virtual_host" if name == "db" else name, value) for name, value in parse_qsl(parts.query)]
    return f"redis+socket://{parts.netloc}{parts.path}" + (f"?{urlencode(query)}" if query else "")


app = Celery("csom")
app.config_from_object("csom.celery:Config")
app.autodiscover_tasks(
    [
        "accounts",
        "accounts.imports",
        "blueprints",
        "journeys",
        "journeys.critical_events",
        "journeys.meetings",
        "journeys.onboarding",
        "journeys.plans",
        "metrics",
        "metrics.backtests",
        "metrics.usage",
    ]
)


class RoleGuard(bootsteps.Step):
    """A worker stands under the same law as the web: no role that sees more than one tenant."""

    def __init__(self, parent: Any, **options: Any) -> None:
        refuse_strong_role()
        super().__init__(parent, **options)


app.steps["worker"].add(RoleGuard)


class Config:
    broker_url = broker_address(os.environ.get("REDIS_URL", "redis://localhost:6379/0"))
    broker_connection_retry_on_startup = True
    broker_connection_max_retries = None
    broker_transport_options = {"visibility_timeout": 3600, "socket_timeout": 5, "socket_connect_timeout": 5}
    task_ignore_result = True
    task_acks_late = True
    task_reject_on_worker_lost = True
    task_time_limit = 300
    worker_prefetch_multiplier = 1
    worker_cancel_long_running_tasks_on_connection_loss = True
    worker_hijack_root_logger = False
    accept_content = ["json"]
    task_default_queue = "turns"
    task_routes = {"*.sweep_*": {"queue": "sweeps"}}
    # A ring that waited longer than this says nothing new: the next one is already there.
    beat_schedule: dict[str, dict[str, Any]] = {
        "look at what happened": {
            "task": "blueprints.tasks.sweep_events",
            "schedule": 2.0,
            "options": {"expires": 10},
        },
        "send what plays say": {
            "task": "blueprints.tasks.sweep_deliveries",
            "schedule": 2.0,
            "options": {"expires": 10},
        },
        "mail invitations": {
            "task": "accounts.tasks.sweep_invitations",
            "schedule": 2.0,
            "options": {"expires": 10},
        },
        "mail codes of shared plans": {
            "task": "journeys.plans.tasks.sweep_codes",
            "schedule": 2.0,
            "options": {"expires": 10},
        },
        "mail links to shared plans": {
            "task": "journeys.plans.tasks.sweep_links",
            "schedule": 2.0,
            "options": {"expires": 10},
        },
        "mail meetings": {
            "task": "journeys.meetings.tasks.sweep_mails",
            "schedule": 2.0,
            "options": {"expires": 10},
        },
        "reach first impacts": {
            "task": "journeys.onboarding.tasks.sweep_first_impacts",
            "schedule": 2.0,
            "options": {"expires": 10},
        },
        "send stories to the silent": {
            "task": "journeys.critical_events.tasks.sweep_nurtures",
            "schedule": 300.0,
            "options": {"expires": 240},
        },
        "count usage": {
            "task": "metrics.usage.tasks.sweep_usage",
            "schedule": 2.0,
            "options": {"expires": 10},
        },
        "work out back-tests": {
            "task": "metrics.backtests.tasks.sweep_back_tests",
            "schedule": 2.0,
            "options": {"expires": 10},
        },
        "forget old back-tests": {
            "task": "metrics.backtests.tasks.sweep_old_back_tests",
            "schedule": 3600.0,
            "options": {"expires": 600},
        },
        "keep months of usage": {
            "task": "metrics.usage.tasks.sweep_usage_keeping",
            "schedule": 3600.0,
            "options": {"expires": 600},
        },
        "keep months of facts": {
            "task": "accounts.tasks.sweep_months",
            "schedule": 3600.0,
            "options": {"expires": 600},
        },
        "go on with imports": {
            "task": "accounts.imports.tasks.sweep_imports",
            "schedule": 2.0,
            "options": {"expires": 10},
        },
        "forget old files of imports": {
            "task": "accounts.imports.tasks.sweep_old_imports",
            "schedule": 3600.0,
            "options": {"expires": 600},
        },
        "know what is true today": {
            "task": "accounts.tasks.sweep_states",
            "schedule": 900.0,
            "options": {"expires": 600},
        },
        "forget old answers": {
            "task": "accounts.tasks.sweep_idempotency",
            "schedule": 3600.0,
            "options": {"expires": 600},
        },
    }
    timezone = "UTC"
