"""An event's steps laid out in time: rows in, the planner's days out. Reads, never writes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from accounts.calendar import is_business_day
from accounts.models import TaskStatus
from journeys.critical_events import message, planner
from journeys.critical_events.models import CriticalEvent, TimelineStep

RELATED = ("task", "plan_step__task", "plan_step__plan", "our_owner", "their_owner")


@dataclass(frozen=True)
class Laid:
    """A step and its place in time."""

    step: TimelineStep
    at: planner.Placed


@dataclass(frozen=True)
class Layout:
    event: CriticalEvent
    timeline: planner.Timeline
    rows: list[Laid]

    @property
    def by_key(self) -> dict[int, Laid]:
        return {row.step.pk: row for row in self.rows}


def steps_of(event: CriticalEvent) -> list[TimelineStep]:
    """Last first. One query."""
    return list(TimelineStep.objects.standing().filter(event=event).select_related(*RELATED))


def lay_out(event: CriticalEvent, steps: Sequence[TimelineStep], today: dt.date) -> Layout:
    """`steps` last first, with RELATED."""
    given = [planner.Step(s.pk, s.days, s.slack, s.is_done, s.started_on) for s in steps]
    timeline = planner.plan(event.happens_on, given, today, partial(is_business_day, country=event.country))
    rows = [Laid(step, at) for step, at in zip(steps, timeline.steps, strict=True)]
    return Layout(event, timeline, rows)


def in_plan(step: TimelineStep) -> bool:
    """Whether the plan is where this step lives: pushed, not dropped there, and the plan still open."""
    other = step.plan_step
    return other is not None and other.dropped_at is None and not other.plan.is_closed


def has_open_task(step: TimelineStep) -> bool:
    return step.task is not None and step.task.status == TaskStatus.OPEN


def message_of(layout: Layout, *, to: str, sender: str, us: str) -> tuple[str, str]:
    """(subject, body), last step first; what is done isn't said again."""
    event = layout.event
    lines = [
        message.Line(row.at.finish_by, row.step.title, _who(row.step, event, us))
        for row in layout.rows
        if row.at.state != planner.DONE
    ]
    text = message.body(
        to=to, title=event.title, day=event.happens_on, consequence=event.consequence, steps=lines, sender=sender
    )
    return message.subject(event.title, event.happens_on), text


def _who(step: TimelineStep, event: CriticalEvent, us: str) -> str:
    named = [str(person) for person in (step.their_owner, step.our_owner) if person]
    sides = {"us": [us], "them": [event.account.name]}.get(step.side, [event.account.name, us])
    return " and ".join(named or sides)
