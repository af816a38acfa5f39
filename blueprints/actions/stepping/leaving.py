"""Runs whose reason is gone: they end, and what they still wanted is wanted no more."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from accounts import timeline
from accounts.models import TaskStatus
from blueprints.actions.stepping.closing import close
from blueprints.models import Run, RunState, RunTask

SAY = """
told AS (
    SELECT r.id, r.account_id, jsonb_build_object('run_id', r.id, 'play', p.name, 'play_code', p.code,
        'reason', %(reason)s::text) AS facts
    FROM blueprints_run r JOIN blueprints_play p ON p.tenant_id = r.tenant_id AND p.id = r.play_id
    WHERE r.id = ANY(%(ids)s::bigint[])
)
"""


@transaction.atomic
def leave(run_ids: Iterable[int], *, reason: str, at: dt.datetime) -> int:
    """Those in motion, or through their steps with tasks still open; how many they were. Others stay as they ended."""
    working = RunTask.objects.filter(run=OuterRef("pk"), task__status=TaskStatus.OPEN)
    open_ones = Q(state=RunState.MOVING) | Q(state=RunState.FINISHED) & Q(Exists(working))
    held = Run.objects.filter(open_ones, pk__in=list(run_ids)).order_by("pk").select_for_update(of=("self",))
    ids = list(held.values_list("pk", flat=True))
    if not ids:
        return 0
    close(ids, state=RunState.LEFT, reason=reason, at=at)
    return timeline.record_many("run.left", SAY, {"ids": ids, "reason": reason})
