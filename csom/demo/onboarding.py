"""Onboarding as it stands: who got to First Impact and when, who is on the way in which stage, who rests and why."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.db.models import DateTimeField, F
from django.db.models.functions import Cast

from accounts.models import Account, Outcome, Phase, PhaseChange, Task, TaskStatus
from csom.demo.stage import Stage
from csom.demo.words import seeded
from journeys.meetings.models import Kind, Meeting, MeetingStatus
from journeys.models import Journey
from journeys.onboarding.actions import kickoffs, pacing
from journeys.onboarding.models import FirstImpact, Handoff, Kickoff
from journeys.plans.actions import objectives, plans
from journeys.plans.models import Objective, ObjectiveStatus, Plan, PlanStatus, Step

DAY = dt.timedelta(days=1)
KICKOFF_AFTER = 14
PAST = [Phase.ADOPTION, Phase.EXPANSION, Phase.ENDED]
TARGETS = (("", 45), ("Enterprise", 90), ("Small business", 30))
DEFINED = (
    "One team plans a whole month in it, without the old way beside it",
    "The first report goes to their board straight out of it",
    "A week's orders are entered in half the hours",
)
SHOWN = ("Seen in their own report of the month.", "Their controller sent the figures.", "Shown in the weekly call.")
RESTS = (
    ("They merge two sites first; everything else waits.", 30),
    ("Their project lead is on parental leave; the deputy starts next month.", 21),
    ("Procurement checks the data agreement once more.", None),
)
EVERY_REST = 6  # of those on the way, every so manyth rests


def tell(stage: Stage) -> None:
    for segment, days in TARGETS:
        pacing.set_target({"segment": segment, "days": days}, by=stage.by_role["admin"][0])
    _begin()
    _note_kickoffs(stage)
    _reach(stage)
    _settle_plans(stage)
    _work_off(stage)
    on_the_way = Account.objects.present().filter(phase=Phase.ONBOARDING).select_related("csm").order_by("pk")
    for number, account in enumerate(on_the_way):
        if account.csm is not None:
            _go_on(stage, account, number)


def _begin() -> None:
    """Journeys that were brought along without a handoff count as well."""
    missing = Journey.objects.running().exclude(pk__in=FirstImpact.objects.values("journey"))
    FirstImpact.objects.bulk_create(
        FirstImpact(account_id=journey.account_id, journey=journey, committed_on=journey.committed_on)
        for journey in missing
    )


def _note_kickoffs(stage: Stage) -> None:
    """On the day of the meeting; of the older ones, whose calendars nobody has, two weeks after the commitment."""
    held = Meeting.objects.filter(kind=Kind.KICKOFF, status=MeetingStatus.HELD).order_by("-started_at")
    met = {meeting.account_id: meeting for meeting in held}
    impacts = list(FirstImpact.objects.select_related("account", "objective"))
    for impact in impacts:
        meeting = met.get(impact.account_id)
        if meeting is not None and meeting.started_at is not None:
            impact.kickoff_on = meeting.started_at.astimezone(stage.tenant.zone).date()
        elif impact.account.phase in PAST:
            impact.kickoff_on = impact.committed_on + DAY * KICKOFF_AFTER
        impact.definition = impact.definition or ("" if impact.objective else DEFINED[impact.pk % len(DEFINED)])
    FirstImpact.objects.bulk_update(impacts, ["kickoff_on", "definition"])
    days = {impact.journey_id: impact.kickoff_on for impact in impacts if impact.kickoff_on}
    rows = list(Kickoff.objects.filter(journey__in=days))
    for row in rows:
        row.held_on, row.meeting = days[row.journey_id], met.get(row.account_id)
    Kickoff.objects.bulk_update(rows, ["held_on", "meeting"])


def _reach(stage: Stage) -> None:
    """Adoption began with the first impact: on that day the clock stopped."""
    changes = PhaseChange.objects.filter(to_phase=Phase.ADOPTION).order_by("-changed_at")
    began = dict(changes.values_list("account_id", "changed_at"))
    impacts = list(
        FirstImpact.objects.filter(reached_on=None, account__in=began).select_related("account", "objective")
    )
    firsts = []
    for number, impact in enumerate(impacts):
        impact.reached_on = max(began[impact.account_id].astimezone(stage.tenant.zone).date(), impact.committed_on)
        impact.reached_how = ("confirmed", "evidence", "confirmed", "usage")[number % 4]
        impact.evidence, impact.recorded_at = SHOWN[number % len(SHOWN)], began[impact.account_id]
        if impact.objective is not None and impact.objective.status == ObjectiveStatus.OPEN:
            impact.objective.status, impact.objective.achieved_on = ObjectiveStatus.ACHIEVED, impact.reached_on
            impact.objective.evidence = impact.evidence
            firsts.append(impact.objective)
    FirstImpact.objects.bulk_update(impacts, ["reached_on", "reached_how", "evidence", "recorded_at"])
    Objective.objects.bulk_update(firsts, ["status", "achieved_on", "evidence"])


def _settle_plans(stage: Stage) -> None:
    """Of those past onboarding: agreed two weeks after the commitment."""
    drafts = Plan.objects.filter(status=PlanStatus.DRAFT, account__phase__in=PAST, account__csm__isnull=False)
    for plan in drafts.select_related("account__csm", "journey"):
        rng = seeded(stage.spec["workspace"]["slug"], "agreed", plan.pk)
        day = plan.journey.committed_on + DAY * KICKOFF_AFTER
        plans.agree(plan, by=plan.account.csm, note="After the kickoff", now=stage.at(day, rng))


def _work_off(stage: Stage) -> None:
    """What was due is done where onboarding is over, and most of it where it runs."""
    late = Step.objects.open().filter(due_on__lt=stage.today, plan__status__in=[PlanStatus.DRAFT, PlanStatus.RUNNING])
    ours = [step for step in late.select_related("plan__account") if _is_done(step)]
    ids = [step.pk for step in ours]
    day = Cast(F("due_on"), DateTimeField())
    done = {"status": TaskStatus.DONE, "outcome": Outcome.ACHIEVED, "closed_at": day, "closed_by": F("assignee")}
    Task.objects.open().filter(pk__in=[step.task_id for step in ours if step.task_id]).update(**done)
    Step.objects.filter(pk__in=ids).update(done_at=day, done_by=F("our_owner"))


def _is_done(step: Step) -> bool:
    return step.plan.account.phase != Phase.ONBOARDING or step.pk % 6 != 0


def _go_on(stage: Stage, account: Account, number: int) -> None:
    """Each stands somewhere else."""
    csm = account.csm
    assert csm is not None
    rng = seeded(stage.spec["workspace"]["slug"], "on the way", number)
    kickoff = kickoffs.prepare(account, by=csm)
    first = Objective.objects.filter(plan__account=account, kind="first_impact").select_related("plan").first()
    if not kickoff.is_held:
        if number % 3 and Handoff.objects.filter(account=account, status="accepted").exists():
            starts_at = stage.at(stage.today, rng, hour=10) + DAY * rng.randint(2, 9)
            people = [csm, *account.contacts.filter(departed_on=None)[:3]]
            kickoffs.schedule(kickoff, starts_at=starts_at, minutes=60, attendees=people, by=csm)
    elif first is not None and first.status == ObjectiveStatus.OPEN:
        _prove(stage, first, number % 4)
    if number % EVERY_REST == 2:
        reason, days = RESTS[number // EVERY_REST % len(RESTS)]
        until = stage.today + DAY * days if days else None
        pacing.put_on_hold(
            account, reason=reason, from_on=stage.today - DAY * rng.randint(3, 12), until_on=until, by=csm
        )


def _prove(stage: Stage, first: Objective, station: int) -> None:
    """0: the kickoff alone; 1: agreed; 2: with a first figure; 3: there, and not confirmed yet."""
    csm = first.plan.account.csm
    if station >= 1 and first.plan.status == PlanStatus.DRAFT:
        plans.agree(first.plan, by=csm, note="After the kickoff")
    if station >= 2:
        if not first.metric:
            first = objectives.edit(first, {"metric": "Weeks planned in it", "unit": "weeks"}, by=csm)
        objectives.measure(first, Decimal(station), on=stage.today - DAY * 3, evidence=SHOWN[2], by=csm)
    if station == 3:
        objectives.achieve(first, on=stage.today - DAY, evidence=SHOWN[0], by=csm)
