"""One account as it will be: who they are, what they bought, and the figures that their texts speak of."""

from __future__ import annotations

import datetime as dt
import random
import re
from dataclasses import dataclass, field
from typing import Any

from csom.demo.words import Spec, seeded, shared

SEGMENTS = {"Enterprise": (800, 2400), "Mid-market": (150, 600), "Small business": (25, 120)}
TOUCH = {"Enterprise": "high", "Mid-market": "low", "Small business": "tech"}
PARTS = ("champion", "user", "decider", "executive_buyer", "gatekeeper", "influencer")
SPOKEN = {"champion": "champion", "decider": "decider", "executive_buyer": "buyer", "gatekeeper": "it", "user": "user"}
TITLE_OF = {"champion": 0, "influencer": 1, "decider": 2, "executive_buyer": 3, "user": 4, "gatekeeper": 5}


@dataclass
class Sketch:
    """`stage` is how far a young account got: draft, submitted, returned or accepted; "" is an older one."""

    number: int
    name: str
    industry: Spec
    segment: str
    region: str
    committed_on: dt.date
    stage: str
    people: dict[str, str]
    figures: dict[str, Any]
    lines: dict[str, tuple[int, int]] = field(default_factory=dict)
    left: dict[str, tuple[dt.date, str]] = field(default_factory=dict)

    @property
    def domain(self) -> str:
        return re.sub(r"[^a-z0-9]+", "-", self.name.lower()).strip("-") + ".example"

    def title_of(self, part: str) -> str:
        return str(self.industry["titles"][TITLE_OF[part]])

    def say(self, text: str, on: dt.date | None = None) -> str:
        """The text with its slots filled by the people of that day, or of today."""
        people = self.people
        if on is not None:
            people = people | {part: name for part, (until, name) in self.left.items() if on < until}
        return text.format_map(self._slots(people))

    def replace(self, part: str, on: dt.date, by: str | None) -> None:
        """Somebody left; without a successor the others speak for them."""
        self.left[part] = on, self.people.pop(part)
        if by is not None:
            self.people[part] = by

    def _slots(self, people: dict[str, str]) -> dict[str, Any]:
        names: dict[str, Any] = {}
        spare = next(people[part] for part in PARTS if part in people)
        for part, word in SPOKEN.items():
            name = people.get(part, spare)
            names |= {word: name, f"{word}_first": name.split()[0], f"{word}_title": self.title_of(part)}
        return self.figures | names | {"metric": self.industry["metric"]}


def draw(spec: Spec, number: int, today: dt.date, taken: set[str]) -> Sketch:
    """The account of this number, the same in every run on the same day."""
    rng = seeded(spec["workspace"]["slug"], number)
    words, industry = shared(), rng.choice(spec["industries"])
    segment = rng.choices(list(SEGMENTS), [15, 40, 45])[0]
    stage = _stage(spec, number)
    sketch = Sketch(
        number=number,
        name=_name(rng, industry, taken),
        industry=industry,
        segment=segment,
        region=rng.choice(words["regions_eu" if spec["workspace"]["currency"] == "EUR" else "regions"]),
        committed_on=today - dt.timedelta(days=_age(rng, stage)),
        stage=stage,
        people=_people(rng, segment),
        figures={},
    )
    sketch.figures = _figures(rng, sketch, spec)
    sketch.lines = _lines(rng, sketch, spec)
    return sketch


def _stage(spec: Spec, number: int) -> str:
    """The youngest come first: some handoffs at every station."""
    small = spec["workspace"]["accounts"] < 100
    queue = ["accepted", "submitted", "returned", "draft"]
    young = queue if small else [stage for stage, count in zip(queue, (9, 6, 3, 4), strict=True) for _ in range(count)]
    return young[number] if number < len(young) else ""


def _age(rng: random.Random, stage: str) -> int:
    """Days since commit: nearly half were there before the history that we tell begins."""
    if stage:
        return rng.randint(14, 27) if stage == "accepted" else rng.randint(1, 8)
    return rng.randint(600, 1100) if rng.random() < 0.45 else rng.randint(40, 545)


def _name(rng: random.Random, industry: Spec, taken: set[str]) -> str:
    while True:
        name = f"{rng.choice(shared()['places'])} {rng.choice(industry['suffixes'])}"
        if name not in taken:
            taken.add(name)
            return name


def _people(rng: random.Random, segment: str) -> dict[str, str]:
    count = {"Enterprise": 6, "Mid-market": 5, "Small business": 3}[segment]
    firsts = rng.sample(shared()["first_names"], count)
    return {part: f"{first} {rng.choice(shared()['last_names'])}" for part, first in zip(PARTS, firsts, strict=False)}


def _figures(rng: random.Random, sketch: Sketch, spec: Spec) -> dict[str, Any]:
    low, high = SEGMENTS[sketch.segment]
    seats = rng.randrange(low, high, 5)
    before = rng.randrange(24, 96, 4)
    later = [product["name"] for product in spec["products"] if product.get("later")]
    return {
        "company": sketch.name, "seats": seats, "people": f"{seats:,}", "sites": max(3, seats // 45),
        "a": before, "b": before // rng.choice([2, 3, 4]), "value": rng.randrange(3, 9) * seats // 10 + 20,
        "weeks": rng.randint(3, 8), "limit": rng.choice(["50,000", "100,000"]), "active": rng.randint(55, 96),
        "n": rng.randint(2, 6), "tool": rng.choice(sketch.industry["tools"]), "extra": rng.choice(later),
        "site": f"the {rng.choice(['Denver', 'Austin', 'north', 'south', 'harbor', 'main'])} site",
    }  # fmt: skip


def _lines(rng: random.Random, sketch: Sketch, spec: Spec) -> dict[str, tuple[int, int]]:
    """By product: quantity and whole units of money a year. The first product always, others by size."""
    main, *others = spec["products"]
    discount = {"Enterprise": 0.74, "Mid-market": 0.86, "Small business": 1.0}[sketch.segment]
    lines = {main["code"]: price(main, sketch, discount)}
    chance = {"Enterprise": 0.5, "Mid-market": 0.25, "Small business": 0.08}[sketch.segment]
    for product in others:
        if rng.random() < (chance if product.get("recurring", True) else chance + 0.3):
            lines[product["code"]] = price(product, sketch, discount)
    return lines


def price(product: Spec, sketch: Sketch, discount: float = 1.0) -> tuple[int, int]:
    units = {"seat": sketch.figures["seats"], "meter": sketch.figures["seats"], "site": sketch.figures["sites"]}
    quantity = units.get(product["unit"], 1)
    return quantity, int(round(quantity * product["price"] * discount, -1))
