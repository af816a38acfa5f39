"""Ends of runs, many at once: open tasks dropped, what waits to be sent canceled, what asks answered for good."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F, Q
from django.db.models.functions import Now

from accounts.actions import many_tasks
from accounts.models import TaskStatus
from blueprints.models import Delivery, DeliveryState, Run, RunStep, RunTask, StepState


@dataclass
class Closed:
    """What became of what the runs had done: ids, and for fields what stood there."""

    runs: int = 0
    dropped: list[int] = field(default_factory=list)
    done: list[int] = field(default_factory=list)
    canceled: list[int] = field(default_factory=list)
    sent: list[int] = field(default_factory=list)
    put_back: list[dict[str, Any]] = field(default_factory=list)
    kept: list[dict[str, Any]] = field(default_factory=list)


def close(run_ids: Sequence[int], *, state: str, reason: str, at: dt.datetime, by_id: int | None = None) -> Closed:
    """Of runs that the caller holds. A delivery that is being sent can't be called back and counts as sent."""
    links = RunTask.objects.filter(run__in=run_ids).order_by("task_id")
    tasks = dict(links.values_list("task_id", "task__status"))
    open_tasks = [pk for pk, status in tasks.items() if status == TaskStatus.OPEN]
    many_tasks.drop(open_tasks, reason=reason, at=at, by_id=by_id)
    lost = Q(state=DeliveryState.SENDING, lease_until__lt=Now())
    waiting = Delivery.objects.filter(Q(state=DeliveryState.WAITING) | lost, run__in=run_ids).order_by("pk")
    canceled = list(waiting.select_for_update().values_list("pk", flat=True))
    Delivery.objects.filter(pk__in=canceled).update(state=DeliveryState.CANCELED, last_error=reason[:500])
    gone = Delivery.objects.filter(run__in=run_ids, state__in=[DeliveryState.SENT, DeliveryState.SENDING])
    open_steps = RunStep.objects.filter(run__in=run_ids, state__in=[StepState.ASKING, StepState.WAITING])
    open_steps.update(state=StepState.SKIPPED, error=reason[:500], version=F("version") + 1)
    ended = Run.objects.filter(pk__in=run_ids).update(state=state, next_at=None, ended_at=at, undone_by=by_id)
    return Closed(
        ended,
        open_tasks,
        [pk for pk, status in tasks.items() if status == TaskStatus.DONE],
        canceled,
        list(gone.order_by("pk").values_list("pk", flat=True)),
    )
