"""Facts as columns, whatever their names: PostgreSQL cuts what is longer than 63 bytes."""

from __future__ import annotations

import pytest
from django.db import connection

from accounts.knowing import columns
from accounts.registry import Fact, FactType

pytestmark = pytest.mark.django_db
LONG = "usage.reports_exported_by_the_finance_department_of_the_customer"


def read(*facts: Fact, said: str) -> tuple[object, ...]:
    names = ", ".join(f"f.{columns.quoted(fact.name)}" for fact in facts)
    with connection.cursor() as cursor:
        asked = columns.record(facts, of="k.facts")
        cursor.execute(f"SELECT {names} FROM (SELECT %s::jsonb) k(facts), {asked}", [said])
        return cursor.fetchone()


def test_long_names_are_told_apart_and_found(db):
    one, two = (Fact(f"{LONG}.{end}", "", FactType.NUMBER) for end in ("mean_28d", "users_28d"))
    accented = Fact("usage." + "é" * 40 + ".sum_28d", "", FactType.NUMBER)
    said = f'{{"{one.name}": 1, "{two.name}": 2, "{accented.name}": 3}}'
    assert read(one, two, accented, said=said) == (1, 2, 3)


def test_a_long_day_of_freshness_is_found(db):
    fact = Fact(f"{LONG}.mean_28d", "", FactType.NUMBER, dated_by=f"{LONG}.mean_28d", fresh_days=3)
    said = f'{{"{fact.name}": 1, "@{fact.name}": "2026-11-20"}}'
    asked = columns.record([fact], of="k.facts")
    with connection.cursor() as cursor:
        for today, value in (("2026-11-23", 1), ("2026-11-24", None)):
            sql = f"SELECT {columns.fresh(fact, today='%s::date')} FROM (SELECT %s::jsonb) k(facts), {asked}"
            cursor.execute(sql, [today, said])
            assert cursor.fetchone() == (value,)
