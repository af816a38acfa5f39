"""How a first plan is worded out of what was said in the sale: pure sentences and choices."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from textwrap import shorten
from typing import Protocol, TypeVar

TITLE = 200


class HasReach(Protocol):
    """A template: for whom it is meant."""

    segment: str
    product_id: int | None


T = TypeVar("T", bound=HasReach)


def most_particular(templates: Iterable[T], *, segment: str, products: Collection[int]) -> T | None:
    """Of those that fit: for this product and segment, then for this product, then for this segment, then for all."""
    fitting = [one for one in templates if _fits(one, segment, products)]
    return max(fitting, key=lambda one: (one.product_id is not None, bool(one.segment)), default=None)


def _fits(template: HasReach, segment: str, products: Collection[int]) -> bool:
    of_segment = not template.segment or template.segment.strip().casefold() == segment.strip().casefold()
    return of_segment and (template.product_id is None or template.product_id in products)


def title(statement: str) -> str:
    """The first line of what was said, short enough for a row of a table."""
    first = statement.strip().splitlines()[0] if statement.strip() else ""
    return shorten(first, TITLE, placeholder=" …")


def detail(statement: str) -> str:
    """The whole of what was said, where the title couldn't hold it."""
    return "" if statement.strip() == title(statement) else statement.strip()


def north_star(customer: str, impact: str, event: str, consequence: str, due: str) -> str:
    """What the customer wants, by when and why then; "" where no impact is known. `due`: the day as people read it."""
    if not impact.strip():
        return ""
    sentences = [f"What {customer} wants: {_sentence(impact)}"]
    if due and event.strip():
        sentences.append(f"By {due}: {_sentence(event)}")
    elif event.strip():
        sentences.append(f"Because: {_sentence(event)}")
    if consequence.strip():
        sentences.append(f"If it is missed: {_sentence(consequence)}")
    return " ".join(sentences)


def due_on(start: dt.date, days: int | None) -> dt.date | None:
    return None if days is None else start + dt.timedelta(days=days)


def _sentence(text: str) -> str:
    said = " ".join(text.split())
    return said if said[-1] in ".!?…" else f"{said}."
