"""The points of an agenda: laid down as a whole, ticked one by one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models.functions import Now

from accounts.actions.errors import Refused
from accounts.actions.validity import check
from accounts.actions.writing import stamp
from journeys.meetings.actions.standing import locked, must_be_ahead, noticed
from journeys.meetings.models import MOST_POINTS, AgendaPoint, Meeting


@transaction.atomic
def lay_down(meeting: Meeting, points: Sequence[Mapping[str, Any]], *, new: bool = False) -> list[AgendaPoint]:
    """The agenda from now on, in this order. `points`: title and minutes; one that stays keeps its tick.

    Another agenda is another version of the meeting, unless the meeting itself is `new`.
    """
    row = locked(meeting)
    must_be_ahead(row)
    done = {point.title: point.done_at for point in row.agenda.all()}
    laid = [
        AgendaPoint(
            meeting=row,
            title=str(point["title"]).strip(),
            minutes=point.get("minutes") or 10,
            position=position,
            done_at=done.get(str(point["title"]).strip()),
        )
        for position, point in enumerate(points, start=1)
    ]
    _check(laid)
    there = list(row.agenda.all())
    if [(point.title, point.minutes) for point in there] == [(point.title, point.minutes) for point in laid]:
        return there
    if not new:
        stamp(row)
    row.agenda.all().delete()
    return AgendaPoint.objects.bulk_create(laid)


def _check(points: Sequence[AgendaPoint]) -> None:
    if len(points) > MOST_POINTS:
        raise Refused({"agenda": [f"At most {MOST_POINTS} points, please."]})
    for point in points:
        try:
            check(point)
        except Refused as refused:
            said = "; ".join(message for messages in refused.errors.values() for message in messages)
            raise Refused({"agenda": [f"“{point.title}”: {said}"]}) from refused
        if not 1 <= point.minutes <= 480:
            raise Refused({"agenda": [f"“{point.title}” takes from 1 to 480 minutes."]})


@transaction.atomic
def tick(point: AgendaPoint, *, done: bool, now: dt.datetime | None = None) -> AgendaPoint:
    """Talked about, or not yet. Twice does no harm."""
    row = locked(point.meeting)
    must_be_ahead(row)
    if done != point.is_done:
        noticed(row)
        AgendaPoint.objects.filter(pk=point.pk).update(done_at=(now or Now()) if done else None)
        point.refresh_from_db()
    return point
