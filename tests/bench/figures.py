"""Which figures there are, what each is held against, and the goal it should stay under (ratio ≤ goal is good)."""

from __future__ import annotations

import json
import statistics
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Account, Tenant
from accounts.search import Sort, write_cursor
from accounts.tenancy.context import tenant_context
from tests.bench.book import Stage
from tests.bench.load import Load, burst
from tests.bench.server import gunicorn

ROUNDS, PAGES_EACH, CALLS_EACH = 3, 40, 120
DEFAULT = "portfolio"
PAGES = {
    DEFAULT: "accounts/?view=all",
    "portfolio filtered": "accounts/?view=all&phase=onboarding&segment=SMB",
    "portfolio by ARR": "accounts/?view=all&sort=-arr",
    "portfolio by renewal": "accounts/?view=all&sort=renewal",
    "portfolio search": "accounts/?view=all&q=a77",
    "portfolio deep": "accounts/?view=all&after={deep}",
    "portfolio total": "accounts/total/?view=all&phase=onboarding&segment=SMB",
    "account page": "accounts/{account}/",
    "tasks inbox": "tasks/",
}
PAGE_GOAL_CPU, VIEW_GOAL, FLAT_GOAL, RLS_GOAL = 1.5, 2.5, 1.3, 1.5
# A thousand accounts have no such page; and a count counts, up to its cap: it comes beside the list for that reason.
NOT_FLAT = ("portfolio deep", "portfolio total")
QUERY_GOALS = {"account page": 15}
LIST_QUERIES = 12
READS = ("SELECT", "(SELECT", "WITH")

# What every request says around its own statements: its transaction and its tenant.
FRAME = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "SELECT set_config")

Figure = dict[str, Any]
Request = Callable[[int], tuple[str, str, bytes | None]]


def figure(name: str, value: float, unit: str, floor: float, goal: float, **more: Any) -> Figure:
    ratio = round(value / floor, 2) if floor else None
    return {
        "name": name,
        "value": round(value, 2),
        "unit": unit,
        "floor": round(floor, 2),
        "ratio": ratio,
        "goal": goal,
    } | more


class Run:
    """The product and its floor side by side, asked in turns."""

    def __init__(self, stage: Stage, home: Path) -> None:
        self.stage, self.home = stage, home
        self.client = Client(SERVER_NAME="127.0.0.1")
        self.client.force_login(stage.user)
        self.cookie = {"Cookie": f"sessionid={self.client.cookies['sessionid'].value}"}
        with tenant_context(stage.big):
            self.account = Account.objects.order_by("id")[50_000].pk
        self.deep = self._deep_cursor()
        self.queries: dict[str, list[str]] = {}

    def path(self, name: str, tenant: Tenant) -> str:
        account = self.account
        if tenant.pk != self.stage.big.pk:
            with tenant_context(tenant):
                account = Account.objects.order_by("id")[500].pk
        return f"/w/{tenant.slug}/" + PAGES[name].format(account=account, deep=self.deep)

    def _deep_cursor(self) -> str:
        """The cursor behind the 40,000th account, as the page would have written it."""
        with tenant_context(self.stage.big):
            row = Account.objects.order_by("name", "id").values("name", "id")[40_000]
        return write_cursor(Sort("name"), row)

    def capture(self, name: str) -> list[str]:
        with CaptureQueriesContext(connection) as captured:
            answer = self.client.get(self.path(name, self.stage.big))
        assert answer.status_code == 200, f"{name} answered {answer.status_code}"
        said = [q["sql"] for q in captured.captured_queries]
        self.queries[name] = [sql for sql in said if not sql.startswith(FRAME)]
        return [sql for sql in self.queries[name] if sql.startswith(READS) and not _is_the_frames(sql)]


def _is_the_frames(sql: str) -> bool:
    """Who asks and whether they may: every page says it, so it is no part of this page's floor."""
    table = sql.split(" FROM ", 1)[-1].split(" ", 1)[0].strip('"')
    return table in ("django_session", "accounts_user", "accounts_membership")


def measure(stage: Stage, home: Path, picked: str) -> Iterator[Figure]:
    run = Run(stage, home)
    names = [name for name in PAGES if picked in name]
    statements = {name: run.capture(name) for name in names}
    (home / "statements.json").write_text(json.dumps(statements))
    bench = {"BENCH_STATEMENTS": str(home / "statements.json"), "BENCH_TENANT": str(stage.big.pk)}
    with gunicorn("tests.bench.settings") as product, gunicorn("tests.bench.floor_settings", **bench) as floor:
        yield from _pages(run, names, product, floor)
        yield from _flatness(run, names, product)
        if picked in "rest list detail create":
            yield from _rest(run, product, floor)
    yield from _row_level_security(run, statements)


def _in_turns(one: Callable[[], Load], other: Callable[[], Load]) -> tuple[list[Load], list[Load]]:
    one(), other()  # warm
    pairs = [(one(), other()) for _ in range(ROUNDS)]
    return [a for a, _ in pairs], [b for _, b in pairs]


def _median(loads: list[Load], what: str) -> float:
    return statistics.median(getattr(load, what) for load in loads)


def _pages(run: Run, names: list[str], product: Any, floor: Any) -> Iterator[Figure]:
    default_p95 = 0.0
    for name in names:
        path = run.path(name, run.stage.big)
        ours, bare = _in_turns(
            lambda path=path: burst(product[0], lambda n: ("GET", path, None), run.cookie, product[1], PAGES_EACH),
            lambda name=name: burst(
                floor[0], lambda n: ("GET", f"/page/{name.replace(' ', '%20')}", None), {}, floor[1], PAGES_EACH
            ),
        )
        p50, p95 = _median(ours, "p50"), _median(ours, "p95")
        default_p95 = default_p95 or p95
        queries = len(run.queries[name])
        yield figure(f"{name}: CPU", _median(ours, "cpu_each"), "ms", _median(bare, "cpu_each"), PAGE_GOAL_CPU,
                     p50=round(p50, 1), p95=round(p95, 1), bytes=ours[-1].bytes, queries=queries)  # fmt: skip
        if name.startswith(DEFAULT) and name != DEFAULT:
            yield figure(f"{name}: p95 against the default view", p95, "ms", default_p95, VIEW_GOAL)
        yield figure(f"{name}: queries", queries, "queries", QUERY_GOALS.get(name, LIST_QUERIES), 1.0)


def _flatness(run: Run, names: list[str], product: Any) -> Iterator[Figure]:
    """The same pages at a hundred thousand accounts and at a thousand."""
    for name in names:
        if name in NOT_FLAT:
            continue
        big, small = run.path(name, run.stage.big), run.path(name, run.stage.thousand).replace("q=a77", "q=a7")
        many, few = _in_turns(
            lambda path=big: burst(product[0], lambda n: ("GET", path, None), run.cookie, product[1], PAGES_EACH),
            lambda path=small: burst(product[0], lambda n: ("GET", path, None), run.cookie, product[1], PAGES_EACH),
        )
        yield figure(
            f"{name}: p95 at 100,000 against 1,000", _median(many, "p95"), "ms", _median(few, "p95"), FLAT_GOAL
        )
        yield figure(f"{name}: bytes at 100,000 against 1,000", many[-1].bytes, "bytes", few[-1].bytes, FLAT_GOAL)


def _rest(run: Run, product: Any, floor: Any) -> Iterator[Figure]:
    headers = {"Authorization": f"Bearer {run.stage.big_key}", "Content-Type": "application/json"}
    plain = {"Content-Type": "application/json"}

    def new(prefix: str) -> Request:
        salt = iter(range(10_000_000))
        return lambda n: (
            "POST",
            "",
            json.dumps({"name": f"New {prefix} {n}", "external_id": f"{prefix}-{next(salt)}-{n}"}).encode(),
        )

    ours_new, bare_new = new("ours"), new("bare")
    calls: dict[str, tuple[Request, Request, float]] = {
        "rest list": (
            lambda n: ("GET", "/api/v1/accounts?limit=50", None),
            lambda n: ("GET", "/rest/list", None),
            1.67,
        ),
        "rest detail": (
            lambda n: ("GET", f"/api/v1/accounts/{run.account}", None),
            lambda n: ("GET", f"/rest/detail/{run.account}", None),
            2.0,
        ),
        "rest create": (
            lambda n: ("POST", "/api/v1/accounts", ours_new(n)[2]),
            lambda n: ("POST", "/rest/create", bare_new(n)[2]),
            2.0,
        ),
    }
    for name, (ask, ask_bare, goal) in calls.items():
        ours, bare = _in_turns(
            lambda ask=ask: burst(product[0], ask, headers, product[1], CALLS_EACH),
            lambda ask=ask_bare: burst(floor[0], ask, plain, floor[1], CALLS_EACH),
        )
        yield figure(f"{name}: seconds a call", _median(ours, "p50"), "ms", _median(bare, "p50"), goal,
                     p95=round(_median(ours, "p95"), 1), cpu=round(_median(ours, "cpu_each"), 2),
                     floor_cpu=round(_median(bare, "cpu_each"), 2))  # fmt: skip


def _row_level_security(run: Run, statements: dict[str, list[str]]) -> Iterator[Figure]:
    """Each page's statements as the application's role, and as the owner, whose policy lets everything through."""
    for name, queries in statements.items():
        ours, bare = [], []
        for _ in range(ROUNDS * 3):
            ours.append(_database_time("default", run.stage.big, queries))
            bare.append(_database_time("owner", run.stage.big, queries))
        yield figure(
            f"{name}: SQL under row-level security", statistics.median(ours), "ms", statistics.median(bare), RLS_GOAL
        )


def _database_time(alias: str, tenant: Tenant, queries: list[str]) -> float:
    """What PostgreSQL says that these statements took, in milliseconds."""
    total = 0.0
    with connections[alias].cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("SELECT set_config('app.tenant_id', %s, true)", [str(tenant.pk)])
        for query in queries:
            cursor.execute("EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) " + query.replace("%", "%%"))
            plan = cursor.fetchone()[0][0]
            total += plan["Execution Time"] + plan["Planning Time"]
        cursor.execute("ROLLBACK")
    return total
