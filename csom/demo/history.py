"""The life of one account from its commit to today."""

from __future__ import annotations

import datetime as dt
import math
import random
from typing import Any

from accounts.actions import accounts
from accounts.models import Account, Phase
from csom.demo import chores, contacts, deals, fates, talks, terms
from csom.demo.sketch import TOUCH, Sketch
from csom.demo.stage import Stage, Tale
from csom.demo.words import Spec, seeded
from journeys.actions import journeys

DAY = dt.timedelta(days=1)


def begin(stage: Stage, sketch: Sketch) -> Tale:
    """The account with its people and its owners. A young one has no CSM until somebody accepts it."""
    number = sketch.number
    strong = sketch.segment == "Enterprise" or bool(sketch.stage)
    csms = stage.by_role["csm"]
    keeper = csms[number % (max(1, len(csms) // 2) if strong else len(csms))]
    if sketch.stage == "submitted" and number % 2 == 0:
        keeper = csms[0]  # whoever shows the product has some waiting
    ae, delivery = stage.one("sales", number), stage.one("delivery", number)
    rng = seeded(stage.spec["workspace"]["slug"], number, "account")
    values = {
        "name": sketch.name, "domain": sketch.domain, "external_id": f"crm-{10_001 + number}",
        "industry": sketch.industry["name"], "region": sketch.region, "segment": sketch.segment,
        "touch_model": TOUCH[sketch.segment], "currency": stage.tenant.currency, "ae": ae, "delivery": delivery,
        "csm": None if _has_handoff(stage, sketch) else keeper, "custom": _custom(stage, sketch),
        "parent": _parent(sketch) if rng.random() < 0.3 else None,
    }  # fmt: skip
    account = accounts.open(values, by=ae, now=stage.at(sketch.committed_on, rng, hour=8))
    tale = Tale(stage, sketch, account, keeper, ae, delivery)
    contacts.introduce(tale)
    return tale


def tell(stage: Stage, sketch: Sketch) -> Tale:
    """All that happened, as far as it is the past; the youngest acceptances are left for later."""
    tale = begin(stage, sketch)
    grew = terms.tell(tale)
    stage.fates[tale.account.pk] = fates.draw(tale.losses, tale.begins, tale.stage.today, tale.chance("fate"))
    if sketch.stage:
        station = "submitted" if sketch.stage == "accepted" else sketch.stage
        deals.tell(tale, station)
        return tale
    if _has_handoff(stage, sketch):
        deals.follow_up(tale, deals.tell(tale))
    else:
        _arrive(tale)
    _move_on(tale, grew)
    contacts.change(tale)
    talks.tell(tale)
    chores.done(tale)
    chores.waiting(tale)
    return tale


def _has_handoff(stage: Stage, sketch: Sketch) -> bool:
    return sketch.committed_on >= stage.since


def _arrive(tale: Tale) -> None:
    """Accounts from before the history were brought along: no handoff, but a journey and a record."""
    rng, on = tale.chance("arrive"), tale.sketch.committed_on + 7 * DAY
    now = tale.at(on, rng)
    journeys.begin(tale.account, committed_on=tale.sketch.committed_on, by=tale.csm, now=now)
    accounts.change_phase(tale.account, Phase.ONBOARDING, by=tale.csm, now=now)
    if tale.sketch.segment != "Small business":
        deals.remember(tale)


def _move_on(tale: Tale, grew: bool) -> None:
    """From phase to phase at a plausible pace; who left is a former customer."""
    rng = tale.chance("phases")
    live_on = tale.sketch.committed_on + DAY * _days_to_impact(rng)
    grown_on = live_on + DAY * rng.randint(120, 300)
    steps = [(live_on, Phase.ADOPTION)]
    if grew and rng.random() < 0.6:
        steps.append((grown_on, Phase.EXPANSION))
    for on, phase in steps:
        if on < tale.ends:
            accounts.change_phase(tale.account, phase, by=tale.csm, now=tale.at(on, rng))
    if tale.gone_on is not None:
        accounts.change_phase(tale.account, Phase.ENDED, by=tale.csm, now=tale.at(tale.gone_on, rng))


def _days_to_impact(rng: random.Random) -> int:
    """Most are there within six weeks; one in seven has a quarter in which nothing moved."""
    usual = round(rng.lognormvariate(math.log(36), 0.4))
    stuck = rng.randint(60, 150) if rng.random() < 0.14 else 0
    return max(16, usual) + stuck


def _custom(stage: Stage, sketch: Sketch) -> dict[str, Any]:
    rng = seeded(stage.spec["workspace"]["slug"], sketch.number, "custom")
    values: dict[str, Any] = {}
    for spec in stage.spec["fields"]:
        key = spec["label"].lower().replace("-", "_").replace(" ", "_")
        if rng.random() > 0.7:
            continue
        values[key] = _value(spec, sketch, rng)
    return values


def _value(field: Spec, sketch: Sketch, rng: random.Random) -> Any:
    if field["type"] == "choice":
        return rng.choice(field["choices"])
    if field["type"] == "boolean":
        return rng.random() < 0.6
    if field["type"] == "number":
        return sketch.figures["sites"]
    return sketch.committed_on - DAY * rng.randint(20, 60)


def _parent(sketch: Sketch) -> Account | None:
    """An account of the same name in another branch may be the company above."""
    place = sketch.name.removesuffix(sketch.name.split(" ")[-1]).strip()
    return Account.objects.filter(name__startswith=f"{place} ", segment="Enterprise", parent=None).first()
