"""Events and steps as pages show them: formatted once, in Python."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from accounts import formats
from journeys.critical_events import planner
from journeys.critical_events.models import CriticalEvent, EventStatus, TimelineStep
from journeys.critical_events.timelines import Laid, Layout, in_plan

TONES = {EventStatus.OPEN: "accent", EventStatus.REACHED: "green", EventStatus.MISSED: "red"}


@dataclass(frozen=True)
class StepRow:
    """`mark` is a band's shape: red late, amber pushed by a late one, green done; `says` its sentence.

    `is_next_to_today`: of those that ought to have begun, the one nearest to the event; today's line goes there.
    """

    step: TimelineStep
    mark: str
    says: str
    begin: str
    when: str
    days: str
    who: str
    endangers: str
    air: str
    done: bool
    in_plan: bool
    can_begin: bool
    first: bool
    last: bool
    is_next_to_today: bool


def step_rows(layout: Layout, today: dt.date) -> list[StepRow]:
    """Last first, as they are laid."""
    begun = next((row for row in layout.rows if row.at.start_by < today), None)
    return [_row(row, layout, today, row is begun) for row in layout.rows]


def _row(row: Laid, layout: Layout, today: dt.date, is_next_to_today: bool) -> StepRow:
    step, at = row.step, row.at
    done = at.state == planner.DONE
    return StepRow(
        step=step,
        mark={planner.DONE: "green", planner.LATE: "red"}.get(at.state, "amber" if at.threatened else "none"),
        says=_says(row, today),
        begin=formats.day_month(at.start_by),
        when=_span(at.start_by, at.finish_by),
        days=formats.plural(step.days, "working day"),
        who=" · ".join(str(person) for person in (step.their_owner, step.our_owner) if person),
        endangers=_endangers(row, layout),
        air=formats.plural(step.slack, "working day") if step.slack else "",
        done=done,
        in_plan=in_plan(step),
        can_begin=not done and step.started_on is None,
        first=row is layout.rows[0],
        last=row is layout.rows[-1],
        is_next_to_today=is_next_to_today,
    )


def _says(row: Laid, today: dt.date) -> str:
    at = row.at
    if at.state == planner.DONE:
        return "Done"
    if at.state == planner.LATE:
        if row.step.started_on is not None:
            return f"Takes {formats.plural(at.late_by, 'working day')} too long"
        return f"Should have started {formats.days_until(at.start_by, today)}"
    if at.threatened:
        return f"In time by itself, but pushed to {formats.day_month(at.expected_finish)} by what comes before"
    if at.state == planner.RUNNING:
        return (
            f"Under way, {formats.plural(at.room, 'working day')} to spare" if at.room else "Under way, none to spare"
        )
    return f"Starts {formats.days_until(at.start_by, today)} at the latest"


def _endangers(row: Laid, layout: Layout) -> str:
    known = layout.by_key
    named = [known[key].step.title for key in row.at.endangers]
    named += [layout.event.title] if row.at.endangers_event else []
    return ", ".join(f"“{title}”" for title in named)


def _span(start: dt.date, end: dt.date) -> str:
    return formats.date(start) if start == end else f"{formats.day_month(start)} to {formats.date(end)}"


@dataclass(frozen=True)
class EventRow:
    event: CriticalEvent
    day: str
    left: str
    tone: str
    threshold: str
    worth: str
    late: int
    steps: str


def event_rows(events: Iterable[CriticalEvent], today: dt.date) -> list[EventRow]:
    """With `late`, `done` and `total` counted by the query."""
    return [event_row(event, today) for event in events]


def event_row(event: CriticalEvent, today: dt.date) -> EventRow:
    total = getattr(event, "total", 0)
    return EventRow(
        event=event,
        day=formats.date(event.happens_on),
        left=left(event, today),
        tone=TONES.get(EventStatus(event.status), ""),
        threshold=threshold(event),
        worth=worth(event),
        late=getattr(event, "late", 0) if event.is_open else 0,
        steps=f"{getattr(event, 'done', 0)} of {total}" if total else "",
    )


def left(event: CriticalEvent, today: dt.date) -> str:
    """ "in 61 days", while it is ahead."""
    return formats.days_until(event.happens_on, today) if event.is_open else str(event.get_status_display())


def worth(event: CriticalEvent) -> str:
    return f"{formats.money(event.value_minor, event.currency)} a year" if event.value_minor else ""


def threshold(event: CriticalEvent) -> str:
    """ "1,000,000 subscribers", for a threshold."""
    if event.threshold is None:
        return ""
    figure = f"{event.threshold:,.4f}".rstrip("0").rstrip(".")
    return " ".join(part for part in (event.metric + ":", figure, event.unit) if part)
