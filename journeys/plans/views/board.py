"""A plan as its page shows it: every part formatted once, in a number of queries that doesn't grow with the plan."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Max

from accounts import formats
from accounts.access import MemberRequest
from accounts.calendar import local_today
from accounts.models import Event
from accounts.roles import Permission
from journeys.plans.actions import versions
from journeys.plans.differences import between
from journeys.plans.models import (
    Agreement,
    Audience,
    Comment,
    Objective,
    Plan,
    PlanStatus,
    PlanVersion,
    SharedSession,
    Side,
    Step,
    Topic,
    TopicKind,
)
from journeys.plans.progress import total
from journeys.plans.views.course import Course, courses

TONES = {PlanStatus.DRAFT: "amber", PlanStatus.RUNNING: "green", PlanStatus.CLOSED: ""}
SHOWN_TALK = 30


@dataclass(frozen=True)
class StepRow:
    step: Step
    due: str
    late: bool
    done: bool
    when: str
    who: str

    @property
    def ref(self) -> str:
        return str(self.step.pk)


@dataclass(frozen=True)
class Lane:
    side: str
    label: str
    rows: list[StepRow]


@dataclass(frozen=True)
class Talk:
    comment: Comment
    who: str
    when: str
    on: str


def board(request: MemberRequest, plan: Plan) -> dict[str, Any]:
    today = local_today(request.tenant)
    rows = list(Objective.objects.filter(plan=plan).select_related("our_owner", "their_owner"))
    course = courses(rows, plan, today)
    standing = [one for one in course if one.objective.status != "dropped"]
    steps = _steps(request, plan, today)
    topics = list(Topic.objects.filter(plan=plan).select_related("about", "settled_by"))
    return {
        "plan": plan,
        "tone": TONES[PlanStatus(plan.status)],
        "courses": standing,
        "dropped": [one for one in course if one.objective.status == "dropped"],
        "worth": formats.money(total(one.objective.value_minor for one in standing), plan.currency),
        "lanes": [Lane(side, label, [row for row in steps if row.step.side == side]) for side, label in _sides(plan)],
        "open_steps": [row for row in steps if not row.done],
        "milestones": _milestones(steps),
        "topics": [(kind, label, [t for t in topics if t.kind == kind]) for kind, label in TopicKind.choices],
        "talk": _talk(request, plan),
        "first": _first_impact(request, plan, standing, today),
        "rhythm": _rhythm(plan, today),
        "visited": _visited(request, plan),
        "may_edit": request.membership.may(Permission.PLAN_EDIT) and not plan.is_closed,
        "may_share": request.membership.may(Permission.PLAN_SHARE),
        "audiences": Audience,
    } | agreed(request, plan)


def agreed(request: MemberRequest, plan: Plan) -> dict[str, Any]:
    """The versions with each side's yes, and how much the plan has changed since the last one."""
    said = list(PlanVersion.objects.filter(plan=plan).select_related("made_by"))
    yes = list(Agreement.objects.filter(plan_version__plan=plan).select_related("contact", "user"))
    rows = [
        {
            "version": version,
            "when": instant(request, version.made_at),
            "agreements": [
                (one, "Them" if one.contact_id else "Us", instant(request, one.agreed_at))
                for one in yes
                if one.plan_version_id == version.pk
            ],
        }
        for version in said
    ]
    changes = between(versions.kept(said[0]), versions.wording(plan)) if said else []
    return {"versions": rows, "changes": len(changes), "waits_for": _waits_for(said, yes)}


def _waits_for(said: list[PlanVersion], yes: list[Agreement]) -> str:
    """Whose yes to the last version is still to come."""
    if not said:
        return ""
    given = {bool(one.contact_id) for one in yes if one.plan_version_id == said[0].pk}
    return "" if len(given) == 2 else "us" if True in given else "them"


def _sides(plan: Plan) -> list[tuple[str, str]]:
    return [(Side.THEM, plan.account.name), (Side.JOINT, "Together"), (Side.US, "Us")]


def _steps(request: MemberRequest, plan: Plan, today: dt.date) -> list[StepRow]:
    named = ("task", "task__closed_by", "our_owner", "their_owner", "done_by", "done_contact")
    steps = Step.objects.standing().filter(plan=plan).select_related(*named)
    return [_step(request, step, today) for step in steps]


def _step(request: MemberRequest, step: Step, today: dt.date) -> StepRow:
    closed = step.task.closed_by if step.task else None
    by = (step.done_contact or step.done_by or closed) if step.is_done else None
    finished = step.finished_at
    owners = [str(one) for one in (step.their_owner, step.our_owner) if one]
    return StepRow(
        step=step,
        due=formats.due(step.due_on, today) if step.due_on else "",
        late=not step.is_done and step.due_on is not None and step.due_on < today,
        done=step.is_done,
        when=formats.day_month(finished.astimezone(request.tenant.zone).date()) if finished else "",
        who=str(by) if by else ", ".join(owners),
    )


def _milestones(steps: list[StepRow]) -> dict[str, Any]:
    of_plan = [row for row in steps if row.step.kind == "milestone"]
    waiting = [row for row in of_plan if not row.done]
    return {"done": len(of_plan) - len(waiting), "total": len(of_plan), "next": waiting[0] if waiting else None}


def _talk(request: MemberRequest, plan: Plan) -> list[Talk]:
    named = ("author", "contact", "objective", "step", "topic")
    said = Comment.objects.filter(plan=plan).select_related(*named).order_by("-said_at", "-id")[:SHOWN_TALK]
    return [
        Talk(
            one,
            str(one.contact or one.author or "Another system"),
            instant(request, one.said_at),
            str(one.objective or one.step or one.topic or ""),
        )
        for one in said
    ]


def _first_impact(request: MemberRequest, plan: Plan, standing: list[Course], today: dt.date) -> dict[str, Any]:
    """Days since the commitment or the kickoff, as the workspace counts, until it is reached; against its day."""
    course = next((one for one in standing if one.first), None)
    reached = course.objective.achieved_on if course else None
    due = course.objective.due_on if course else None
    kickoff = _kickoff(plan) if request.tenant.first_impact_from == "kickoff" else None
    began = kickoff or plan.journey.committed_on
    return {
        "course": course,
        "reached": reached,
        "since": "kickoff" if kickoff else "commitment",
        "day": ((reached or today) - began).days,
        "of": (due - began).days if due else None,
        "left": formats.days_until(due, today) if due and not reached else "",
    }


def _kickoff(plan: Plan) -> dt.date | None:
    """When it was held, as the timeline tells it: kickoffs are kept above this room."""
    told = Event.objects.filter(account=plan.account_id, kind="kickoff.held", recorded_at__gte=plan.journey.began_at)
    on = told.order_by("-id").values_list("facts__on", flat=True).first()
    return dt.date.fromisoformat(on) if on else None


def _rhythm(plan: Plan, today: dt.date) -> dict[str, Any]:
    due = plan.next_review_on
    return {
        "every": formats.plural(plan.review_weeks, "week"),
        "last": formats.date(plan.reviewed_on) if plan.reviewed_on else "",
        "next": formats.date(due) if due else "",
        "left": formats.days_until(due, today) if due else "",
        "late": due is not None and due < today and not plan.is_closed,
    }


def _visited(request: MemberRequest, plan: Plan) -> str:
    last = SharedSession.objects.filter(link__plan=plan).aggregate(at=Max("began_at"))["at"]
    return instant(request, last) if last else ""


def instant(request: MemberRequest, at: dt.datetime) -> str:
    return formats.date_time(at.astimezone(request.tenant.zone))
