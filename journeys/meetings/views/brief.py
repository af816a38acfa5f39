"""What one should know before a meeting, on one page: the record, the objectives, the last touches, open tasks."""

from __future__ import annotations

import datetime as dt
from typing import Any

from accounts import formats
from accounts.models import Account, Event, Task
from accounts.registry import event_kinds
from accounts.views.happenings import told
from journeys.models import SpicedEntry
from journeys.plans.models import Objective, Plan
from journeys.plans.models.objective import OPEN
from journeys.spiced import LETTERS

TOUCHES, TASKS, OBJECTIVES = 3, 5, 6


def brief(account: Account, today: dt.date) -> dict[str, Any]:
    """Four queries. A letter of which nothing is known says so: that is a question to ask."""
    standing = SpicedEntry.objects.filter(account=account).standing().order_by("occurred_on", "id")  # type: ignore[attr-defined]
    newest = {entry.letter: entry for entry in standing}
    touches = [kind.kind for kind in event_kinds() if kind.touch]
    tasks = Task.objects.filter(account=account).open().select_related("assignee")  # type: ignore[attr-defined]
    return {
        "letters": [(letter, newest.get(letter.code)) for letter in LETTERS],
        "objectives": objectives(account, today),
        "touches": told(Event.objects.filter(account=account, kind__in=touches), TOUCHES),
        "tasks": [(task, formats.due(task.due_on, today)) for task in tasks.order_by("due_on", "id")[:TASKS]],
    }


def objectives(account: Account, today: dt.date) -> list[tuple[Objective, str]]:
    open_plans = Plan.objects.filter(account=account).open()  # type: ignore[attr-defined]
    found = Objective.objects.filter(plan__in=open_plans, status__in=OPEN)[:OBJECTIVES]
    return [(each, formats.days_until(each.due_on, today) if each.due_on else "") for each in found]
