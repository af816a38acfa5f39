"""Challenges with what is done against them, and opportunities: noted, worded, settled."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models.functions import Now

from accounts.actions.validity import check, check_change, only, settled
from accounts.actions.writing import change, told
from accounts.models import User
from journeys.plans.actions.standing import SHOWN, of_account, open_, tell
from journeys.plans.models import Plan, Topic

FIELDS = ("kind", "text", "response", "about", "audience")


@transaction.atomic
def add(plan: Plan, values: Mapping[str, Any], *, by: User | None, now: dt.datetime | None = None) -> Topic:
    """Ours alone until somebody opens it; nobody ever reads what is `about` themselves."""
    row = open_(plan)
    given = only(values, FIELDS)
    topic = Topic(plan=row, **given)
    check(topic)
    of_account(row, given.get("about"), "about")
    topic.save(force_insert=True)
    settled(topic)
    _tell("topic.added", topic, row, by, occurred_at=now)
    return topic


@transaction.atomic
def edit(topic: Topic, values: Mapping[str, Any], *, by: User | None, version: int | None = None) -> Topic:
    """Changes what differs. Stale `version`: Conflict."""
    plan, row = _standing(topic)
    given = only(values, FIELDS)
    check_change(row, given)
    of_account(plan, given.get("about"), "about")
    if changed := change(row, given, version=version):
        _tell("topic.edited", row, plan, by, **told(changed))
    return row


@transaction.atomic
def settle(topic: Topic, *, by: User | None, version: int | None = None, now: dt.datetime | None = None) -> Topic:
    """No longer in the way, or taken; a settled one stays as it is."""
    plan, row = _standing(topic)
    if row.settled_at is None:
        change(row, {"settled_at": now or Now(), "settled_by": by}, version=version)
        _tell("topic.settled", row, plan, by)
    return row


@transaction.atomic
def reopen(topic: Topic, *, by: User | None, version: int | None = None) -> Topic:
    plan, row = _standing(topic)
    if row.settled_at is not None:
        change(row, {"settled_at": None, "settled_by": None}, version=version)
        _tell("topic.reopened", row, plan, by)
    return row


def _standing(topic: Topic) -> tuple[Plan, Topic]:
    plan = open_(topic.plan)
    row: Topic = Topic.objects.select_for_update(of=("self",)).get(pk=topic.pk)
    return plan, row


def _tell(kind: str, topic: Topic, plan: Plan, by: User | None, **facts: Any) -> None:
    label = "a challenge" if topic.kind == "challenge" else "an opportunity"
    about: dict[str, Any] = {"topic_id": topic.pk, "kind": topic.kind, "kind_label": label, "title": topic.text[:SHOWN]}
    tell(kind, plan, by, **(about | facts))
