"""What an account signed, and what became of it: renewed, grown, shrunk, ended, each for a reason."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

from accounts.actions import contracts
from accounts.models import Contract
from csom.demo.sketch import price
from csom.demo.stage import Tale
from csom.demo.words import shared

DAY = dt.timedelta(days=1)


def tell(tale: Tale) -> bool:
    """Signs the first term and lives through all that follow; whether the account ever grew."""
    rng = tale.chance("terms")
    signed_on = tale.sketch.committed_on
    start_on = signed_on + DAY * rng.randint(5, 25)
    end_on = _year(start_on, 2 if tale.sketch.segment == "Enterprise" and rng.random() < 0.3 else 1)
    values = {
        "name": f"{tale.sketch.name} {start_on.year}", "signed_on": signed_on, "start_on": start_on, "end_on": end_on,
        "auto_renew": rng.random() < 0.4, "notice_days": rng.choice([30, 60, 90]),
        "external_id": f"ord-{tale.account.external_id}",
    }  # fmt: skip
    by: dict[str, Any] = {"by": tale.ae, "today": tale.stage.today}
    contract = contracts.sign(tale.account, values, _lines(tale), now=tale.at(signed_on, rng), **by)
    return _live_on(tale, contract, rng)


def _live_on(tale: Tale, contract: Contract, rng: random.Random) -> bool:
    grew, today = False, tale.stage.today
    while True:
        grew |= _amend(tale, contract, rng)
        if contract.end_on > today:
            _look_ahead(tale, contract, rng)
            return grew
        if contract.end_on > today - 21 * DAY and rng.random() < 0.5:
            return grew  # nobody has decided yet
        if rng.random() < 0.11:
            _end(tale, contract, contract.end_on, rng)
            return grew
        contract, more = _renew(tale, contract, rng)
        grew |= more


def _amend(tale: Tale, contract: Contract, rng: random.Random) -> bool:
    """Something changes in the middle of some terms."""
    first, last = contract.start_on + 60 * DAY, min(contract.end_on - 60 * DAY, tale.stage.today - 3 * DAY)
    roll = rng.random()
    if last <= first or roll > 0.42:
        return False
    on = first + DAY * rng.randint(0, (last - first).days)
    grew = roll < 0.32
    reason = _grow(tale, rng) if grew else _shrink(tale, rng)
    if not grew:
        tale.losses.append((on - 5 * DAY, on))
    lines = _lines(tale)
    by: dict[str, Any] = {"by": tale.csm, "today": tale.stage.today, "now": tale.at(on - 5 * DAY, rng)}
    contracts.amend(contract, lines, on=on, reason=reason, **by)
    return grew


def _renew(tale: Tale, contract: Contract, rng: random.Random) -> tuple[Contract, bool]:
    roll, reason = rng.random(), ""
    # Services that were bought once are not bought again.
    lasting = {code: line for code, line in tale.sketch.lines.items() if tale.stage.products[code].recurring}
    tale.sketch.lines = lasting
    if roll < 0.4:
        reason = _grow(tale, rng)
    elif roll > 0.86:
        reason = _shrink(tale, rng)
    signed_on = min(contract.end_on - DAY * rng.randint(-8, 50), tale.stage.today)
    if roll > 0.86:
        tale.losses.append((min(signed_on, contract.end_on), contract.end_on))
    values = {
        "name": f"{tale.sketch.name} {contract.end_on.year}", "signed_on": signed_on, "end_on": _year(contract.end_on),
        "external_id": f"{contract.external_id}-r",
    }  # fmt: skip
    by: dict[str, Any] = {"by": tale.csm, "today": tale.stage.today, "now": tale.at(signed_on, rng)}
    return contracts.renew(contract, values, _lines(tale), reason=reason, **by), roll < 0.4


def _look_ahead(tale: Tale, contract: Contract, rng: random.Random) -> None:
    """A running term may be settled early: renewed ahead of time, or given notice for its end."""
    days = (contract.end_on - tale.stage.today).days
    roll = rng.random()
    if days < 60 and roll < 0.15:
        _renew(tale, contract, rng)
    elif days < 90 and roll > 0.92:
        _end(tale, contract, contract.end_on, rng)


def _end(tale: Tale, contract: Contract, on: dt.date, rng: random.Random) -> None:
    told_on = min(on - DAY * rng.randint(20, 80), tale.stage.today - 2 * DAY)
    reason = rng.choice(shared()["churn"])
    contracts.end(contract, on=on, reason=reason, by=tale.csm, today=tale.stage.today, now=tale.at(told_on, rng))
    tale.losses.append((told_on, on))
    if on <= tale.stage.today:
        tale.gone_on = on


def _grow(tale: Tale, rng: random.Random) -> str:
    lines, spec = tale.sketch.lines, tale.stage.spec
    missing = [product for product in spec["products"] if product.get("later") and product["code"] not in lines]
    if missing and rng.random() < 0.5:
        product = rng.choice(missing)
        lines[product["code"]] = price(product, tale.sketch, 0.9)
    else:
        _scale(lines, spec["products"][0]["code"], rng.uniform(1.06, 1.35))
    return tale.sketch.say(rng.choice(shared()["growth"]))


def _shrink(tale: Tale, rng: random.Random) -> str:
    lines, main = tale.sketch.lines, tale.stage.spec["products"][0]["code"]
    extra = [code for code in lines if code != main and tale.stage.products[code].recurring]
    if extra and rng.random() < 0.4:
        del lines[rng.choice(extra)]
    else:
        _scale(lines, main, rng.uniform(0.7, 0.92))
    return str(rng.choice(shared()["shrink"]))


def _scale(lines: dict[str, tuple[int, int]], code: str, factor: float) -> None:
    quantity, amount = lines[code]
    lines[code] = max(1, round(quantity * factor)), max(10, int(round(amount * factor, -1)))


def _lines(tale: Tale) -> list[dict[str, Any]]:
    return [
        {"product": tale.stage.products[code], "quantity": quantity, "amount_minor": amount * 100}
        for code, (quantity, amount) in tale.sketch.lines.items()
    ]


def _year(day: dt.date, years: int = 1) -> dt.date:
    return day.replace(year=day.year + years, day=min(day.day, 28))
