"""Asking for a back-test, and working it out in the tenant's turn."""

from __future__ import annotations

import datetime as dt
from typing import Any, NamedTuple

import structlog
from django.conf import settings
from django.db import DatabaseError, Error, connection, transaction
from django.db.models import DurationField, F, Func, QuerySet
from django.db.models.functions import Now
from psycopg2.errors import QueryCanceled

from accounts import timeline
from accounts.actions import knowledge
from accounts.actions.errors import Refused, refuse
from accounts.calendar import DAY, local_today
from accounts.models import Tenant, TenantWork, User
from accounts.registry import known_facts
from accounts.tenancy import outages
from accounts.tenancy.context import tenant_context
from blueprints import replay, rules
from blueprints.actions import turns
from blueprints.models import Play
from metrics.backtests import summing
from metrics.backtests.models import BackTest, FoundMatch, ReplayState

WORK = "back_tests"
LONGEST = 1_100  # days of a period
AT_MOST = "240s"
MOST_ATTEMPTS = 8
FIRST_DELAY = dt.timedelta(seconds=5)
LATER = dt.timedelta(seconds=30)
AT_ONCE = 50  # forgotten in one transaction
CUT_OFF = "It was cut off again and again: ask for a shorter period."
# The rows of the replay as they come; nothing of them passes through Python.
KEEP = """
INSERT INTO backtests_foundmatch (test_id, variant, account_id, event_id, opened_on, known_from, closed_on)
SELECT %(test)s, %(variant)s, account_id, event_id, opened_on, known_from, closed_on
FROM ({replayed}) replayed ORDER BY opened_on, known_from, account_id, event_id
"""

log = structlog.get_logger()


class Claim(NamedTuple):
    """A test that is ours; a later claim counts one attempt more."""

    test: int
    attempts: int


@transaction.atomic
def ask(play: Play, *, start: dt.date, end: dt.date, variant: Any = None, today: dt.date, by: User | None) -> BackTest:
    """The newest wording over [start, end], worked out within seconds. Refused names what is wrong."""
    version = play.current()
    problems: dict[str, list[str]] = {}
    if end < start or (end - start).days > LONGEST:
        problems["end"] = [f"The period must end after it starts, within {LONGEST} days."]
    elif end > today:
        problems["end"] = ["The period must lie in the past."]
    elif (first := knowledge.kept_from(today)) and start < first:
        problems["start"] = [f"What was known is kept from {first} on: start there or later."]
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


@transaction.atomic
def keep(test: BackTest, *, kept: bool, by: User | None) -> None:
    """One that is kept stays, however old it grows. Refused where it went meanwhile."""
    row = BackTest.objects.select_for_update(of=("self",)).select_related("play").filter(pk=test.pk).first()
    if row is None:
        raise refuse("", "This back-test was deleted meanwhile: ask for it anew.")
    if row.kept != kept:
        BackTest.objects.filter(pk=row.pk).update(kept=kept)
        timeline.record(
            "back_test.kept" if kept else "back_test.let_go", by=by, test_id=row.pk, play=row.play.name,
            start=row.start.isoformat(), end=row.end.isoformat(),
        )  # fmt: skip
    test.kept = kept


def forget(tenant: Tenant) -> int:
    """Finished ones that nobody keeps go with what they found, so many months after they were worked out."""
    gone = 0
    while settings.BACK_TEST_MONTHS > 0:
        with tenant_context(tenant):
            old = BackTest.objects.exclude(state=ReplayState.WAITING).filter(kept=False, done_at__lt=Now() - _months())
            ids = list(old.order_by("pk").select_for_update(skip_locked=True).values_list("pk", flat=True)[:AT_ONCE])
            FoundMatch.objects.filter(test__in=ids)._raw_delete(using="default")
            BackTest.objects.filter(pk__in=ids)._raw_delete(using="default")
        gone += len(ids)
        if len(ids) < AT_ONCE:
            break
    return gone


def _months() -> Func:
    template = "make_interval(months => %(expressions)s)"
    return Func(settings.BACK_TEST_MONTHS, template=template, output_field=DurationField())


def waiting_tenants() -> list[int]:
    return list(_due_notes().values_list("tenant_id", flat=True).distinct())


def go_on(tenant_id: int) -> None:
    """Works out what waits, one test in a transaction; whoever else is at it skips what is taken."""
    tenant = Tenant.objects.filter(pk=tenant_id).first()
    while tenant is not None and (claim := _claim(tenant)):
        try:
            _one(tenant, claim)
        except Error as problem:
            if not outages.passes(problem):
                raise
            # Its note stands, and the next worker takes it again, after those that were tried less often.
            log.warning("back-test put off", test_id=claim.test, attempts=claim.attempts, exc_info=True)
            return


def _claim(tenant: Tenant) -> Claim | None:
    """Counts the try before the work, so that what kills its worker is counted too and given up in the end."""
    with tenant_context(tenant):
        # Read before the work is looked for: a note that comes meanwhile speaks of a test that isn't seen here.
        notes = list(
            TenantWork.objects.filter(tenant=tenant, kind=WORK, due_at__lte=Now()).values_list("pk", flat=True)
        )
        waiting = BackTest.objects.filter(state=ReplayState.WAITING).order_by("attempts", "pk")
        test = waiting.select_for_update(skip_locked=True, of=("self",)).first()
        TenantWork.objects.filter(pk__in=notes).delete()
        if test is None:
            # In somebody else's hands, who may die over it.
            if waiting.exists():
                timeline.ring(WORK, turns.clock() + LATER)
            return None
        # One that comes back alone takes longer each time: others may be asked for in between.
        timeline.ring(WORK, turns.clock() + FIRST_DELAY * 2**test.attempts)
        BackTest.objects.filter(pk=test.pk).update(attempts=F("attempts") + 1)
        return Claim(test.pk, test.attempts + 1)


def _one(tenant: Tenant, claim: Claim) -> None:
    with tenant_context(tenant):
        ours = BackTest.objects.filter(pk=claim.test, attempts=claim.attempts, state=ReplayState.WAITING)
        held = ours.select_for_update(skip_locked=True, of=("self",)).select_related("play", "version")
        if test := held.first():
            if claim.attempts > MOST_ATTEMPTS:
                _give_up(test, CUT_OFF)
            else:
                _work_out(test, tenant)


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
        if outages.passes(problem):
            raise
        # A fact went since it was asked for, or it takes too long: said on the page, and not tried again.
        _give_up(test, _words(problem))


def _give_up(test: BackTest, why: str) -> None:
    BackTest.objects.filter(pk=test.pk).update(state=ReplayState.FAILED, error=why, done_at=Now())


def _words(problem: Exception) -> str:
    if isinstance(problem.__cause__, QueryCanceled):
        return "It took longer than four minutes: ask for a shorter period."
    return str(problem)[:500]


def _replay(test: BackTest, number: int, conditions: Any) -> None:
    sql, params = replay.statement((test.play.trigger, conditions), test.start, test.end)
    with connection.cursor() as cursor:
        cursor.execute(KEEP.format(replayed=sql), {**params, "test": test.pk, "variant": number})


def default_period(today: dt.date) -> tuple[dt.date, dt.date]:
    """The twelve months up to yesterday, as far as they are kept."""
    return within_kept(today - 365 * DAY, today), today - DAY


def within_kept(start: dt.date, today: dt.date) -> dt.date:
    """The day itself, or the first of which it is still known what was known."""
    return max(start, knowledge.kept_from(today) or start)
