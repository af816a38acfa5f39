"""Versions that ended lie in months, which somebody makes in time, and which nobody reads past row-level security."""

from __future__ import annotations

import datetime as dt
import time

import pytest
from django.db import InternalError, ProgrammingError, connection, transaction
from django.utils import timezone

from accounts import tasks
from accounts.actions import knowledge
from accounts.models import Account, PastFacts
from accounts.tenancy.context import tenant_context
from tests.factories.accounts import AccountFactory, PastFactsFactory

pytestmark = pytest.mark.django_db


def months() -> dict[str, bool]:
    """Each month's table, and whether row-level security is forced on it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity FROM pg_inherits i"
            " JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'accounts_pastfacts'::regclass"
        )
        return dict(cursor.fetchall())


def test_the_coming_months_stand_ready_and_are_guarded(db):
    tasks.sweep_months()
    tasks.sweep_months()
    first = timezone.now().date().replace(day=1)
    coming = {f"accounts_pastfacts_{first + dt.timedelta(days=31 * n):%Y_%m}" for n in (0, 1, 2)}
    found = months()
    assert coming <= found.keys()
    assert all(found.values())


def test_what_lay_in_the_rest_moves_to_its_month_and_is_nobody_elses(acme_cast, rival):
    """After a long silence: versions had ended in a month that nobody had made."""
    ended = timezone.now().replace(day=10) + dt.timedelta(days=92)
    with tenant_context(acme_cast.tenant):
        account = AccountFactory(segment="then")
        knowledge.follow([account.pk], tenant=acme_cast.tenant, at=ended - dt.timedelta(days=1))
        Account.objects.filter(pk=account.pk).update(segment="now")
        knowledge.follow([account.pk], tenant=acme_cast.tenant, at=ended)
    table = f"accounts_pastfacts_{ended:%Y_%m}"
    assert table not in months()
    with connection.cursor() as cursor:
        cursor.execute(knowledge.MONTH, [ended.date().replace(day=1), 0])
    assert months()[table]
    with tenant_context(acme_cast.tenant):
        assert PastFacts.objects.get().facts["account.segment"] == "then"
    with tenant_context(rival.tenant), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM accounts_pastfacts")
        assert cursor.fetchone() == (0,)
    for sql in (f"SELECT * FROM {table}", f"DELETE FROM {table}"):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            connection.cursor().execute(sql)


def month_before(months: int) -> dt.datetime:
    """The middle of the month so many before this one."""
    now = timezone.now()
    count = now.year * 12 + now.month - 1 - months
    return now.replace(year=count // 12, month=count % 12 + 1, day=15)


def made(*ages: int) -> list[str]:
    with connection.cursor() as cursor:
        for age in ages:
            cursor.execute(knowledge.MONTH, [month_before(age).date(), 0])
    return [f"accounts_pastfacts_{month_before(age):%Y_%m}" for age in ages]


def test_months_that_are_kept_no_longer_go_with_what_lies_in_the_rest(acme_cast, settings):
    """Half a year stays whatever is asked; 0 keeps all."""
    kept = made(8, 30, 31)
    with tenant_context(acme_cast.tenant):
        for age in (8, 30, 31, 100):
            at = month_before(age)
            PastFactsFactory(account_id=age, facts={}, valid_from=at - dt.timedelta(days=1), valid_to=at)
    settings.PAST_FACTS_MONTHS = 0
    assert knowledge.keep_months() == 0
    assert set(kept) <= months().keys()
    settings.PAST_FACTS_MONTHS = 24
    assert knowledge.keep_months() == 2
    assert kept[0] in months()
    with tenant_context(acme_cast.tenant):
        assert list(PastFacts.objects.values_list("account_id", flat=True)) == [8]
    settings.PAST_FACTS_MONTHS = 1
    assert knowledge.keep_months() == 1
    settings.PAST_FACTS_MONTHS = 24
    this = f"accounts_pastfacts_{timezone.now():%Y_%m}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT accounts_pastfacts_drop_months(-9)")
    assert this in months()


def test_the_oldest_month_goes_first_and_one_at_a_time(db):
    young, old = made(30, 40)
    with connection.cursor() as cursor:
        for left in ({young}, set()):
            cursor.execute(knowledge.DROP, [24])
            assert cursor.fetchone() == (1,)
            assert {young, old} & months().keys() == left
        cursor.execute(knowledge.DROP, [24])
        assert cursor.fetchone() == (0,)


def test_a_month_that_some_workspace_still_counts_on_stays(db, settings):
    """Wherever it is still yesterday, the months that are kept begin a month earlier than at Greenwich."""
    settings.PAST_FACTS_MONTHS = 12
    edge, gone = made(13, 14)
    assert knowledge.keep_months() == 1
    assert edge in months()
    assert gone not in months()


@pytest.mark.django_db(transaction=True)
def test_whoever_reads_what_was_known_isnt_held_up_by_a_month_that_goes():
    """The drop has to wait for readers, and whoever comes then waits behind it: so it gives up soon."""
    [old] = made(30)

    def dropped() -> int:
        with connection.cursor() as cursor:
            cursor.execute(knowledge.DROP, [24])
            return cursor.fetchone()[0]

    reader = connection.copy()
    try:
        reader.set_autocommit(False)
        with reader.cursor() as cursor:
            cursor.execute("SET LOCAL app.tenant_id = '0'")
            cursor.execute("SELECT count(*) FROM accounts_pastfacts WHERE valid_to > now()")
        began = time.monotonic()
        assert dropped() == 0
        assert time.monotonic() - began < 5
        assert old in months()
        reader.rollback()
    finally:
        reader.close()
    assert dropped() == 1


def test_no_month_is_made_beyond_all_time(db):
    with pytest.raises(InternalError), transaction.atomic():
        knowledge.keep_months(timezone.now() + dt.timedelta(days=900))
