"""Where the demo plays: the workspace, its people, its products, and what time it is there."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass, field
from typing import TypeVar

from accounts.calendar import add_business_days
from accounts.models import Account, Contact, Product, Tenant, User
from csom.demo.fates import Fate
from csom.demo.sketch import Sketch
from csom.demo.words import Spec, seeded

T = TypeVar("T")
HISTORY = dt.timedelta(days=548)


@dataclass
class Stage:
    tenant: Tenant
    spec: Spec
    now: dt.datetime
    people: dict[str, User]
    by_role: dict[str, list[User]]
    products: dict[str, Product] = field(default_factory=dict)
    fates: dict[int, Fate] = field(default_factory=dict)  # by account

    @property
    def today(self) -> dt.date:
        return self.now.astimezone(self.tenant.zone).date()

    @property
    def since(self) -> dt.date:
        """The first day of the history; what is older was brought along without its talk."""
        return self.today - HISTORY

    def at(self, day: dt.date, rng: random.Random, *, hour: int | None = None) -> dt.datetime:
        """Some minute of that day's office hours, or of the next working day's, never ahead of now."""
        day = add_business_days(day, 0, self.tenant.country)
        if day > self.today:
            day = add_business_days(day, -1, self.tenant.country)
        moment = dt.time(rng.randint(9, 17) if hour is None else hour, rng.randrange(0, 60))
        return min(dt.datetime.combine(day, moment, tzinfo=self.tenant.zone), self.now - dt.timedelta(minutes=20))

    def fate_of(self, account_id: int) -> Fate:
        return self.fates.get(account_id) or Fate()

    def one(self, role: str, number: int) -> User:
        """Accounts go round among the people of a role."""
        there = self.by_role[role]
        return there[number % len(there)]


@dataclass
class Tale:
    """One account while its history is told."""

    stage: Stage
    sketch: Sketch
    account: Account
    csm: User
    ae: User
    delivery: User
    contacts: dict[str, Contact] = field(default_factory=dict)
    gone_on: dt.date | None = None
    losses: list[tuple[dt.date, dt.date]] = field(default_factory=list)  # told on, and until when they faded

    def chance(self, about: str) -> random.Random:
        """Chance of its own for each strand, so that a change to one leaves the others as they are."""
        return seeded(self.stage.spec["workspace"]["slug"], self.sketch.number, about)

    def at(self, day: dt.date, rng: random.Random) -> dt.datetime:
        return self.stage.at(day, rng)

    @property
    def fate(self) -> Fate:
        return self.stage.fate_of(self.account.pk)

    @property
    def begins(self) -> dt.date:
        return max(self.sketch.committed_on, self.stage.since)

    @property
    def ends(self) -> dt.date:
        """The last day on which anybody talked to them."""
        return min(self.gone_on or self.stage.today, self.stage.today)
