"""What a new plan starts with: what the customer said they want, and what such plans usually need."""

from __future__ import annotations

import datetime as dt
from typing import Any

from accounts import formats
from accounts.models import User
from journeys.models import SpicedEntry
from journeys.plans import drafting
from journeys.plans.actions import steps
from journeys.plans.models import (
    Audience,
    Horizon,
    Objective,
    ObjectiveKind,
    Plan,
    PlanTemplate,
    Step,
    TemplateLine,
    TemplateNoun,
    Topic,
    TopicKind,
)
from journeys.spiced import BUYERS, RATIONAL

OBSTACLES = {"pain": "", "decision": "How they decide: "}


def fill(
    plan: Plan, template: PlanTemplate | None, *, start: dt.date, by: User | None, now: dt.datetime | None
) -> None:
    """Unannounced: the drafted plan speaks for its items. A template's days count from `start`."""
    said = list(SpicedEntry.objects.standing().filter(account=plan.account).order_by("occurred_on", "id"))
    event = _event(said)
    plan.north_star = _north_star(plan, said, event) or (template.north_star if template else "")
    plan.save(update_fields=["north_star"])
    lines = list(template.lines.all()) if template else []
    objectives = [_of_line(plan, line, start) for line in lines if line.noun == TemplateNoun.OBJECTIVE]
    objectives += _of_impacts(plan, said, event.due_on if event else None)
    Objective.objects.bulk_create(_one_first(objectives))
    Topic.objects.bulk_create([*_of_obstacles(plan, said), *_topics(plan, lines)])
    _steps(plan, lines, start, by, now)


def _event(said: list[SpicedEntry]) -> SpicedEntry | None:
    """The critical event that counts: the next dated one, else the last one said."""
    events = [entry for entry in said if entry.letter == "critical_event"]
    dated = [(entry.due_on, entry.pk, entry) for entry in events if entry.due_on]
    return min(dated)[2] if dated else (events[-1] if events else None)


def _north_star(plan: Plan, said: list[SpicedEntry], event: SpicedEntry | None) -> str:
    impacts = [entry for entry in said if entry.letter == "impact"]
    company = [entry for entry in impacts if entry.kind == RATIONAL]
    impact = (company or impacts)[-1].statement if impacts else ""
    due = formats.date(event.due_on) if event and event.due_on else ""
    return drafting.north_star(
        plan.account.name, impact, event.statement if event else "", event.consequence if event else "", due
    )


def _of_impacts(plan: Plan, said: list[SpicedEntry], due_on: dt.date | None) -> list[Objective]:
    """What a person hopes for is said to the champion at the most, until the CSM opens it."""
    return [
        Objective(
            plan=plan,
            kind=ObjectiveKind.IMPACT,
            horizon=Horizon.LONG if due_on is None else Horizon.SHORT,
            title=drafting.title(entry.statement),
            detail=drafting.detail(entry.statement),
            audience=Audience.EVERYONE if entry.kind == RATIONAL else Audience.CHAMPION,
            their_owner_id=entry.said_by_id,
            our_owner_id=plan.account.csm_id,
            due_on=due_on,
            source=entry,
        )
        for entry in said
        if entry.letter == "impact"
    ]


def _of_line(plan: Plan, line: TemplateLine, start: dt.date) -> Objective:
    names = ("kind", "horizon", "title", "detail", "audience", "metric", "unit")
    values: dict[str, Any] = {name: getattr(line, name) for name in names}
    due = drafting.due_on(start, line.due_days)
    return Objective(plan=plan, our_owner_id=plan.account.csm_id, due_on=due, **values)


def _one_first(objectives: list[Objective]) -> list[Objective]:
    """One First Impact alone, however many a template names; and the order in which they are shown."""
    first = False
    for position, objective in enumerate(objectives):
        objective.position = position
        if objective.kind == ObjectiveKind.FIRST_IMPACT:
            objective.kind = ObjectiveKind.IMPACT if first else ObjectiveKind.FIRST_IMPACT
            first = True
    return objectives


def _of_obstacles(plan: Plan, said: list[SpicedEntry]) -> list[Topic]:
    """What hurts and how they decide is ours to think about, until somebody opens it."""
    return [
        Topic(plan=plan, kind=TopicKind.CHALLENGE, text=OBSTACLES[entry.letter] + entry.statement)
        for entry in said
        if entry.letter in OBSTACLES and entry.kind != BUYERS
    ]


def _topics(plan: Plan, lines: list[TemplateLine]) -> list[Topic]:
    nouns = (TemplateNoun.CHALLENGE, TemplateNoun.OPPORTUNITY)
    return [
        Topic(plan=plan, kind=line.noun, text=line.title, response=line.detail, audience=line.audience)
        for line in lines
        if line.noun in nouns
    ]


def _steps(plan: Plan, lines: list[TemplateLine], start: dt.date, by: User | None, now: dt.datetime | None) -> None:
    nouns = (TemplateNoun.MILESTONE, TemplateNoun.ACTION)
    for position, line in enumerate([line for line in lines if line.noun in nouns]):
        step = Step.objects.create(
            plan=plan,
            kind=line.noun,
            side=line.side,
            title=line.title,
            audience=line.audience,
            our_owner_id=plan.account.csm_id if line.side == "us" else None,
            due_on=drafting.due_on(start, line.due_days),
            position=position,
        )
        steps.give_task(step, by=by, now=now)
