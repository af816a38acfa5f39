"""Where accounts stand between health and maturity: counts and ARR of each cell, and the accounts in one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection

from accounts import formats
from accounts.models.account import AccountQuerySet
from accounts.tenancy.context import current_tenant_id
from metrics.maturity.index import CELLS, EXPAND, LET_CHURN, RETAIN, SAVE
from metrics.maturity.models import Matrix

SHOWN = 200
PLACED = """
WITH seen AS ({accounts}), placed AS (
    SELECT s.id, s.name, s.currency, coalesce((k.facts ->> 'contract.arr')::bigint, 0) AS arr,
        round((k.facts ->> 'health.score')::numeric)::int AS health, (k.facts ->> 'maturity.score')::int AS maturity
    FROM seen s LEFT JOIN accounts_accountfacts k ON k.tenant_id = %s AND k.account_id = s.id
), celled AS (
    SELECT *, CASE WHEN health IS NULL OR maturity IS NULL THEN ''
        WHEN health >= %s THEN CASE WHEN maturity >= %s THEN '{retain}' ELSE '{expand}' END
        ELSE CASE WHEN maturity >= %s THEN '{save}' ELSE '{let_churn}' END END AS cell
    FROM placed
)
"""
COUNTED = "SELECT cell, currency, count(*), sum(arr)::bigint FROM celled GROUP BY cell, currency"
LISTED = """
SELECT id, name, currency, arr, health, maturity FROM celled WHERE cell = %s ORDER BY arr DESC, name, id LIMIT {most}
"""


@dataclass(frozen=True)
class Cell:
    """One cell with its accounts; `hours` is what its policy comes to for all of them in a month."""

    key: str
    label: str
    policy: str
    hours_each: int
    count: int
    arr: str
    sums: tuple[tuple[int, str], ...] = ()  # minor units and currency, the largest first

    @property
    def hours(self) -> int:
        return self.count * self.hours_each


@dataclass(frozen=True)
class Placed:
    id: int
    name: str
    arr: str
    health: int | None
    maturity: int | None


@dataclass(frozen=True)
class Board:
    """`cells` as they are drawn: high health above, low maturity to the left. `apart`: one of the two isn't known."""

    cells: tuple[Cell, ...]
    apart: int
    matrix: Matrix

    @property
    def rows(self) -> list[tuple[str, tuple[Cell, ...]]]:
        return [("high", self.cells[:2]), ("low", self.cells[2:])]


def board(accounts: AccountQuerySet, matrix: Matrix) -> Board:
    counts: dict[str, int] = {}
    sums: dict[str, dict[str, int]] = {}
    for cell, currency, count, arr in _rows(accounts, matrix, COUNTED):
        counts[cell] = counts.get(cell, 0) + count
        sums.setdefault(cell, {})[currency] = arr
    cells = tuple(_cell(key, matrix, counts.get(key, 0), sums.get(key, {})) for key in CELLS)
    return Board(cells, counts.get("", 0), matrix)


def inside(accounts: AccountQuerySet, matrix: Matrix, cell: str) -> list[Placed]:
    """The accounts of a cell, the largest first; of "" those that can't be placed."""
    rows = _rows(accounts, matrix, LISTED.format(most=SHOWN), cell)
    return [
        Placed(pk, name, formats.short_money(arr, currency), health, maturity)
        for pk, name, currency, arr, health, maturity in rows
    ]


def _cell(key: str, matrix: Matrix, count: int, arr: dict[str, int]) -> Cell:
    said = matrix.cells[key]
    sums = tuple(sorted(((minor, currency) for currency, minor in arr.items() if minor), reverse=True))
    told = " + ".join(formats.short_money(minor, currency) for minor, currency in sums) or "–"
    return Cell(key, said["label"], said["policy"], said["hours"], count, told, sums)


def _rows(accounts: AccountQuerySet, matrix: Matrix, asked: str, *more: Any) -> list[tuple[Any, ...]]:
    try:
        inner, params = accounts.order_by().values("id", "name", "currency").query.sql_with_params()
    except EmptyResultSet:  # nobody's accounts
        return []
    placed = PLACED.format(accounts=inner, expand=EXPAND, retain=RETAIN, save=SAVE, let_churn=LET_CHURN)
    high = matrix.maturity_from
    with connection.cursor() as cursor:
        cursor.execute(placed + asked, [*params, current_tenant_id(), matrix.health_from, high, high, *more])
        return cursor.fetchall()
