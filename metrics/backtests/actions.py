"""Asking for a back-test, and working it out in the tenant's turn."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import DatabaseError, connection, transaction
from django.db.models import QuerySet
from django.db.models.functions import Now
from psycopg2.errors import QueryCanceled

from accounts import timeline
from accounts.actions.errors import Refused
from accounts.calendar import DAY, local_today
from accounts.models import Tenant, TenantWork, User
from accounts.registry import known_facts
from accounts.tenancy.context import tenant_context
from blueprints import replay, rules
from blueprints.models import Play
from metrics.backtests import summing
from metrics.backtests.models import BackTest, FoundMatch, ReplayState

WORK = "back_tests"
LONGEST = 1_100  # days of a period
AT_MOST = "240s"
# The rows of the replay as they come; nothing of them passes through Python.
KEEP = """
INSERT INTO backtests_foundmatch (test_id, variant, account_id, event_id, opened_on, known_from, closed_on)
SELECT %(test)s, %(variant)s, account_id, event_id, opened_on, known_from, closed_on
FROM ({replayed}) replayed ORDER BY opened_on, known_from, account_id, event_id
"""


@transaction.atomic
def ask(play: Play, *, start: dt.date, end: dt.date, variant: Any = None, today: dt.date, by: User | None) -> BackTest:
    """The newest wording over [start, end], worked out within seconds. Refused names what is wrong."""
    version = play.current()
    problems: dict[str, list[str]] = {}
    if end < start or (end - start).days > LONGEST:
        problems["end"] = [f"The period must end after it starts, within {LONGEST} days."]
    elif end > today:
        problems["end"] = ["The period must lie in the past."]
    known = known_facts()
    if variant is not None and (wrong := rules.validate(variant, known, of_event=bool(play.trigger))):
        problems["variant"] = wrong
    if wrong := rules.validate(version.conditions, known, of_event=bool(play.trigger)):
        problems["play"] = wrong
    if problems:
        raise Refused(problems)
    test = BackTest.objects.create(play=play, version=version, start=start, end=end, variant=variant, asked_by=by)
    timeline.ring(WORK)
    return test


def waiting_tenants() -> list[int]:
    return list(_due_notes().values_list("tenant_id", flat=True).distinct())


def go_on(tenant_id: int) -> None:
    """Works out what waits, one test in a transaction; whoever else is at it skips what is taken."""
    tenant = Tenant.objects.filter(pk=tenant_id).first()
    while tenant is not None and _one(tenant):
        pass


def _one(tenant: Tenant) -> bool:
    with tenant_context(tenant):
        # Read before the work is looked for: a note that comes meanwhile speaks of a test that isn't seen here.
        notes = list(
            TenantWork.objects.filter(tenant=tenant, kind=WORK, due_at__lte=Now()).values_list("pk", flat=True)
        )
        waiting = BackTest.objects.filter(state=ReplayState.WAITING).order_by("pk")
        test = waiting.select_for_update(skip_locked=True, of=("self",)).select_related("play", "version").first()
        if test is None:
            TenantWork.objects.filter(pk__in=notes).delete()
            return False
        _work_out(test, tenant)
        return True


def _due_notes() -> QuerySet[TenantWork]:
    return TenantWork.objects.filter(kind=WORK, due_at__lte=Now())


def _work_out(test: BackTest, tenant: Tenant) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [AT_MOST])
    try:
        with transaction.atomic():
            FoundMatch.objects.filter(test=test).delete()
            variants = [test.version.conditions] + ([] if test.variant is None else [test.variant])
            for number, conditions in enumerate(variants):
                _replay(test, number, conditions)
            result = {"variants": [summing.of(test, n, local_today(tenant)) for n in range(len(variants))]}
            BackTest.objects.filter(pk=test.pk).update(state=ReplayState.DONE, result=result, done_at=Now())
    except (ValueError, DatabaseError) as problem:
        # A fact went since it was asked for, or it takes too long: said on the page, and not tried again, since all
        # others wait behind it. Where the database itself is gone, so is this word, and it waits on.
        BackTest.objects.filter(pk=test.pk).update(state=ReplayState.FAILED, error=_words(problem), done_at=Now())


def _words(problem: Exception) -> str:
    if isinstance(problem.__cause__, QueryCanceled):
        return "It took longer than four minutes: ask for a shorter period."
    return str(problem)[:500]


def _replay(test: BackTest, number: int, conditions: Any) -> None:
    sql, params = replay.statement((test.play.trigger, conditions), test.start, test.end)
    with connection.cursor() as cursor:
        cursor.execute(KEEP.format(replayed=sql), {**params, "test": test.pk, "variant": number})


def default_period(today: dt.date) -> tuple[dt.date, dt.date]:
    """The twelve months up to yesterday."""
    return today - 365 * DAY, today - DAY
