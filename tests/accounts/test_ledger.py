"""Opening plus movements is closing, to the cent, whatever is agreed and in whatever order."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts import ledger
from accounts.actions import contracts
from accounts.ledger import Span, Step
from accounts.models import AccountState, Contract, RevenueMovement
from tests.factories.accounts import AccountFactory, ProductFactory

DAY0 = dt.date(2026, 1, 1)
TENTHS = st.integers(0, 60)  # days are counted in steps of ten, so that coincidences happen often
AMOUNTS = st.integers(0, 3).map(lambda n: n * 10_001)


def day(n: int) -> dt.date:
    return DAY0 + dt.timedelta(days=10 * n)


SPANS = st.lists(
    st.builds(
        lambda product, amount, start, length: Span(
            product, amount, day(start), None if length is None else day(start + length)
        ),
        st.integers(1, 3), AMOUNTS, TENTHS, st.none() | st.integers(0, 20),
    ),
    max_size=4,
)  # fmt: skip


@given(SPANS, SPANS, TENTHS)
def test_the_difference_leads_to_what_is_wanted_and_leaves_the_past(before, after, since):
    written = ledger.steps_of(before, DAY0)
    added = ledger.difference(written, ledger.steps_of(after, day(since)), day(since))
    assert all(step.on >= day(since) and step.amount for step in added)
    for n in range(90):
        now = day(n)
        spans = before if n < since else after
        expected = sum(s.amount for s in spans if s.start <= now and (s.end is None or now < s.end))
        assert ledger.level([*written, *added], now) == expected


def kinds(account: list[Step], own: list[Step], added: list[Step]) -> list[str]:
    return [move.kind for move in ledger.moves(account, own, added)]


def test_a_movement_is_named_by_all_that_the_account_pays():
    paid = [Step(day(0), 1, 100)]
    assert kinds([], [], paid) == ["new"]
    assert kinds(paid, [], [Step(day(1), 2, 50)]) == ["expansion"]
    assert kinds(paid, paid, [Step(day(1), 1, -40)]) == ["contraction"]
    assert kinds(paid, paid, [Step(day(1), 1, -100)]) == ["churn"]
    assert kinds([*paid, Step(day(1), 1, -100)], [], [Step(day(5), 1, 10)]) == ["reactivation"]
    assert kinds(paid, paid, [Step(day(1), 1, -100), Step(day(1), 2, 100)]) == ["contraction", "expansion"]


def test_taking_back_what_was_announced_is_a_correction():
    announced = [Step(day(0), 1, 100), Step(day(6), 1, -40)]
    assert kinds(announced, announced, [Step(day(6), 1, 40)]) == ["correction"]
    assert kinds(announced, announced, [Step(day(6), 1, -10)]) == ["contraction"]
    assert kinds(announced, announced, [Step(day(6), 1, 90)]) == ["expansion"]


def test_who_never_paid_a_day_is_new_however_often_they_signed():
    annulled = [Step(day(0), 1, 100), Step(day(0), 1, -100)]
    assert kinds(annulled, [], [Step(day(3), 1, 100)]) == ["new"]


@dataclass
class Chain:
    """What one contract with its renewals should come to on each day, worked out the slow way."""

    contract: Contract
    by_day: dict[int, dict[int, int]] = field(default_factory=dict)

    def from_day(self, since: int, lines: list[dict], start: int | None = None) -> None:
        for n in range(since, 200):
            asked = [line for line in lines if n >= (since if start is None else start) and _runs(line, n)]
            self.by_day[n] = {line["product"].pk: line["amount_minor"] for line in asked}


def _runs(line: dict, n: int) -> bool:
    return "end_on" not in line or day(n) < line["end_on"]


COMMANDS = st.lists(
    st.tuples(
        st.sampled_from(["sign", "amend", "renew", "end"]),
        st.integers(0, 5),
        TENTHS,
        st.lists(
            st.tuples(st.integers(0, 2), AMOUNTS, st.booleans()), min_size=1, max_size=3, unique_by=lambda x: x[0]
        ),
    ),
    min_size=1,
    max_size=8,
)


@pytest.fixture
def products(acme):
    return [ProductFactory() for _ in range(3)]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(commands=COMMANDS)
def test_the_ledger_holds_whatever_is_signed_amended_renewed_and_ended(acme, products, commands):
    with transaction.atomic():
        account = AccountFactory()
        chains: list[Chain] = []
        for verb, which, n, said in commands:
            carry_out(verb, account, chains, which, n, [(products[p], amount, short) for p, amount, short in said])
        assert_ledger_holds(account, chains)
        transaction.set_rollback(True)


def carry_out(verb, account, chains, which, n, said) -> None:
    agreed = {"by": None, "today": day(30)}
    if verb == "sign":
        lines = lines_between(said, n, n + 36)
        term = {"name": "Platform", "start_on": day(n), "end_on": day(n + 36)}
        chain = Chain(contracts.sign(account, term, lines, **agreed))
        chains.append(chain)
        chain.from_day(n, lines)
        return
    living = [chain for chain in chains if chain.contract.ended_on is None]
    if not living:
        return
    chain = living[which % len(living)]
    start, end = ((d - DAY0).days // 10 for d in (chain.contract.start_on, chain.contract.end_on))
    on = max(n, start)
    if verb == "end":
        contracts.end(chain.contract, on=day(on), reason="Because", **agreed)
        chain.from_day(on, [])
    elif verb == "amend" and on < end:
        lines = lines_between(said, on, end)
        contracts.amend(chain.contract, lines, on=day(on), **agreed)
        chain.from_day(on, lines)
    elif verb == "renew":
        begins = end + (n % 12) - 4
        lines = lines_between(said, begins, begins + 36)
        values = {"start_on": day(begins), "end_on": day(begins + 36)}
        chain.contract = contracts.renew(chain.contract, values, lines, **agreed)
        paused = day(begins) > day(end) + ledger.GRACE
        chain.from_day(end if paused else begins, lines, start=begins)


def lines_between(said, start: int, end: int) -> list[dict]:
    """Some lines end before their term does."""
    lines = [{"product": product, "quantity": 1, "amount_minor": amount} for product, amount, _ in said]
    for line, (_, _, short) in zip(lines, said, strict=True):
        if short and start + 2 < end:
            line["end_on"] = day(start + 2)
    return lines


def assert_ledger_holds(account, chains) -> None:
    rows = list(RevenueMovement.objects.filter(account=account))
    for n in range(0, 140):
        written = ledger.levels([Step(r.effective_on, r.product_id, r.amount_minor) for r in rows], day(n))
        expected: dict[int, int] = {}
        for chain in chains:
            for product, amount in chain.by_day.get(n, {}).items():
                expected[product] = expected.get(product, 0) + amount
        assert written == {product: amount for product, amount in expected.items() if amount}, day(n)
    opening = sum(r.amount_minor for r in rows if r.effective_on <= day(10))
    between = sum(r.amount_minor for r in rows if day(10) < r.effective_on <= day(30))
    assert opening + between == sum(sum(chain.by_day.get(30, {}).values()) for chain in chains)
    if chains:
        assert AccountState.objects.get(account=account).arr_minor == opening + between
    assert {r.currency for r in rows} <= {account.currency}
