"""The plan's words as they stand, kept under a number each time somebody agrees to something new."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from accounts.actions.writing import plain
from accounts.models import User
from journeys.plans.differences import Wording, same
from journeys.plans.models import Objective, Plan, PlanVersion, Step, Topic
from journeys.plans.progress import number

OBJECTIVE = (
    "title", "detail", "kind", "horizon", "due_on", "metric", "unit", "baseline", "target", "value_minor",
    "our_owner", "their_owner",
)  # fmt: skip
STEP = ("title", "kind", "side", "due_on", "our_owner", "their_owner", "objective")
TOPIC = ("text", "response", "kind")
NAMED = {"our_owner": "our_owner__name", "their_owner": "their_owner__name", "objective": "objective__title"}


def wording(plan: Plan) -> Wording:
    """What the plan says now, not how far it is: what was measured or reached needs no new yes. Three queries."""
    items = [
        *_items("objective", Objective.objects.standing().filter(plan=plan).order_by("position", "id"), OBJECTIVE),
        *_items("step", Step.objects.standing().filter(plan=plan).order_by("id"), STEP),
        *_items("topic", Topic.objects.filter(plan=plan).order_by("id"), TOPIC, "about_id"),
    ]
    return Wording(plan.north_star, items)


def kept(version: PlanVersion) -> Wording:
    return Wording(version.north_star, version.items)


def current(plan: Plan, *, note: str, by: User | None, now: dt.datetime | None) -> PlanVersion:
    """The last version where the plan still says the same; otherwise the next one. Inside the plan's lock."""
    last: PlanVersion | None = PlanVersion.objects.filter(plan=plan).first()
    said = wording(plan)
    if last is not None and same(kept(last), said):
        return last
    return PlanVersion.objects.create(
        plan=plan,
        number=last.number + 1 if last else 1,
        north_star=said.north_star,
        items=list(said.items),
        note=note.strip(),
        made_by=by,
        **({"made_at": now} if now else {}),
    )


def _items(noun: str, rows: Any, fields: tuple[str, ...], *about: str) -> list[dict[str, Any]]:
    columns = [NAMED.get(name, name) for name in fields]
    return [
        {"noun": noun, "id": row["id"], "audience": row["audience"], "about": row.get("about_id")}
        | {name: _said(row[column]) for name, column in zip(fields, columns, strict=True)}
        for row in rows.values("id", "audience", *columns, *about)
    ]


def _said(value: Any) -> Any:
    """As JSON keeps it; a figure the way people write it, so that 30 and 30.0000 are the same."""
    return number(value) if isinstance(value, Decimal) else plain(value)
