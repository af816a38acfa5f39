"""Every account in onboarding with its stage, its clock and how it goes, put together by the database."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    CharField,
    Count,
    DateField,
    Exists,
    F,
    Func,
    IntegerField,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Greatest, Least, Lower, TruncDate

from accounts.models import Account, AccountState, Phase, Tenant
from accounts.models.account import AccountQuerySet
from accounts.scopes import Scope
from journeys.meetings.models import Kind, Meeting
from journeys.models import Journey
from journeys.onboarding import pace
from journeys.onboarding.models import (
    DEFAULT_DAYS,
    FirstImpact,
    Handoff,
    HandoffStatus,
    OnboardingHold,
    OnboardingTarget,
)
from journeys.onboarding.models.handoff import OPEN
from journeys.plans.models import Measurement, ObjectiveStatus, Plan, PlanStatus, Side, Step

Rows = QuerySet[Any]
HERE = OuterRef("pk")


class Days(Func):
    """From the second day to the first, as PostgreSQL subtracts dates."""

    template = "(%(expressions)s)"
    arg_joiner = " - "
    output_field = IntegerField()


def rows(accounts: AccountQuerySet, tenant: Tenant, today: dt.date) -> Rows:
    """Those in onboarding, and those committed whose handoff is open; with `stage`, `status` and all that says why."""
    open_handoff = Handoff.objects.filter(account=HERE, status__in=OPEN)
    waiting = Q(phase=Phase.COMMIT) & Exists(open_handoff)
    found = accounts.filter(Q(phase=Phase.ONBOARDING) | waiting)
    day = Value(today, output_field=DateField())
    found = found.annotate(**_clocks(open_handoff, tenant), **_holds(today, day), **_steps(today))
    found = found.annotate(
        days=Greatest(Days(day, _first_day(tenant)), Value(0)),
        quiet=Days(day, Coalesce(_touched(tenant), _since(tenant), output_field=DateField())),
        overdue_days=Coalesce(Days(day, F("oldest")), Value(0)),
        planned_at=Subquery(_ahead().values("starts_at")[:1]),
        from_kickoff=_from_kickoff(tenant),
    )
    return found.annotate(stage=_stage(), status=_status())


def held(accounts: AccountQuerySet, scope: Scope, *, decides: bool) -> AccountQuerySet:
    """Those that these people hold, and those that come to them: the deals of open handoffs that are theirs.

    Who decides on handoffs has those that nobody was proposed for, too.
    """
    if scope.people is None:
        return accounts
    theirs = Q(csm__in=scope.people) | Q(rep__in=scope.people)
    theirs |= Q(status=HandoffStatus.SUBMITTED, csm=None) if decides else Q()
    coming = Handoff.objects.filter(theirs, account=HERE, status__in=OPEN)
    own = Q(**{f"{scope.holder}_id__in": scope.people})
    return accounts.filter(own | Q(phase=Phase.COMMIT) & Exists(coming))


def _clocks(open_handoff: Rows, tenant: Tenant) -> dict[str, Any]:
    impact = FirstImpact.objects.filter(account=HERE, journey__ended_at=None)
    journey = Journey.objects.running().filter(account=HERE)
    targets = OnboardingTarget.objects.annotate(name=Lower("segment"))
    own = targets.filter(name=Lower(OuterRef("segment"))).exclude(segment="").values("days")[:1]
    return {
        "committed": Coalesce(
            Subquery(impact.values("committed_on")[:1]),
            Subquery(open_handoff.values("committed_on")[:1]),
            Subquery(journey.values("committed_on")[:1]),
            _since(tenant),
            output_field=DateField(),
        ),
        "kickoff_on": Subquery(impact.values("kickoff_on")[:1]),
        "objective_status": Subquery(impact.values("objective__status")[:1]),
        "plan_status": Subquery(Plan.objects.open().filter(account=HERE).values("status")[:1]),
        "target": Coalesce(
            Subquery(own), Subquery(OnboardingTarget.objects.filter(segment="").values("days")[:1]), Value(DEFAULT_DAYS)
        ),
    }


def _from_kickoff(tenant: Tenant) -> Any:
    """Where the workspace counts from the kickoff; until there was one, only the commitment can say the first day."""
    there = Q(kickoff_on__isnull=False) if tenant.first_impact_from == "kickoff" else Q(pk__isnull=True)
    return Case(When(there, then=Value(True)), default=Value(False), output_field=BooleanField())


def _first_day(tenant: Tenant) -> Any:
    return Coalesce(F("kickoff_on"), F("committed")) if tenant.first_impact_from == "kickoff" else F("committed")


def _holds(today: dt.date, day: Any) -> dict[str, Any]:
    """The one that it rests for today, and how many days it rested so far."""
    of_journey = OnboardingHold.objects.filter(account=HERE, journey__ended_at=None)
    now = of_journey.on(today).order_by("-pk")
    rested = Days(Least(Coalesce("until_on", day), day), F("from_on"))
    total = of_journey.filter(from_on__lt=today).order_by().values("account").annotate(n=Sum(rested)).values("n")
    return {
        "hold": Subquery(now.values("pk")[:1]),
        "hold_reason": Coalesce(Subquery(now.values("reason")[:1]), Value("")),
        "hold_until": Subquery(now.values("until_on")[:1]),
        "days_held": Coalesce(Subquery(total), Value(0)),
    }


def _steps(today: dt.date) -> dict[str, Any]:
    late = Step.objects.open().filter(plan__account=HERE, due_on__lt=today).exclude(plan__status=PlanStatus.CLOSED)
    by_account = late.order_by().values("plan__account")
    ours = by_account.annotate(n=Count("pk", filter=~Q(side=Side.THEM))).values("n")
    theirs = by_account.annotate(n=Count("pk", filter=Q(side=Side.THEM))).values("n")
    measured = Measurement.objects.filter(objective__plan__account=HERE)
    return {
        "overdue_ours": Coalesce(Subquery(ours), Value(0)),
        "overdue_theirs": Coalesce(Subquery(theirs), Value(0)),
        "oldest": Subquery(by_account.annotate(day=Min("due_on")).values("day")),
        "measured": Exists(measured.exclude(objective__plan__status=PlanStatus.CLOSED)),
    }


def _stage() -> Case:
    return Case(
        When(objective_status__in=[ObjectiveStatus.ACHIEVED, ObjectiveStatus.CONFIRMED], then=Value("confirm")),
        When(measured=True, then=Value("measured")),
        When(plan_status=PlanStatus.RUNNING, then=Value("agreed")),
        When(kickoff_on__isnull=False, then=Value("held")),
        When(planned_at__isnull=False, then=Value("planned")),
        default=Value("handoff"),
        output_field=CharField(),
    )


def _status() -> Case:
    """As pace.reasons words it: held back, stuck, behind, on track."""
    over = Q(days__gt=F("target"))
    unagreed = Q(plan_status=None) | ~Q(plan_status=PlanStatus.RUNNING)
    unplanned = Q(kickoff_on=None, planned_at=None, days__gt=pace.NO_KICKOFF_DAYS) & unagreed
    stuck = Q(quiet__gte=pace.QUIET_DAYS) | Q(overdue_days__gte=pace.STUCK_STEP_DAYS)
    return Case(
        When(hold__isnull=False, then=Value("hold")),
        When(stuck | Q(days__gt=F("target") * pace.TWICE), then=Value("stuck")),
        When(over | Q(oldest__isnull=False) | unplanned, then=Value("behind")),
        default=Value("on_track"),
        output_field=CharField(),
    )


def _ahead() -> Rows:
    return Meeting.objects.filter(account=HERE, kind=Kind.KICKOFF).ahead().order_by("starts_at")  # type: ignore[attr-defined, no-any-return]


def _touched(tenant: Tenant) -> Subquery:
    touched = AccountState.objects.filter(account=HERE).order_by().values("account").annotate(at=Max("last_touch_at"))
    return Subquery(touched.values(day=TruncDate("at", tzinfo=tenant.zone))[:1])


def _since(tenant: Tenant) -> TruncDate:
    return TruncDate("phase_since", tzinfo=tenant.zone)


def next_steps(account_ids: list[int]) -> dict[int, Step]:
    """The open step of each account's plan that is due first, whoever's it is; one query for all."""
    found = Step.objects.open().filter(plan__account__in=account_ids).exclude(plan__status=PlanStatus.CLOSED)
    found = found.select_related("our_owner", "their_owner", "plan")
    first = found.order_by("plan__account_id", F("due_on").asc(nulls_last=True), "pk").distinct("plan__account_id")
    return {step.plan.account_id: step for step in first}


def open_handoffs(account_ids: list[int]) -> dict[int, Handoff]:
    """Of each account the one that isn't accepted yet; one query for all."""
    found = Handoff.objects.open().filter(account__in=account_ids).select_related("rep", "csm")
    return {handoff.account_id: handoff for handoff in found}


def going(row: Any) -> pace.Going:
    return pace.Going(
        days=row.days,
        target=row.target,
        days_held=row.days_held,
        quiet_days=row.quiet,
        overdue_ours=row.overdue_ours,
        overdue_theirs=row.overdue_theirs,
        overdue_days=row.overdue_days,
        kickoff_known=bool(row.kickoff_on or row.planned_at) or row.plan_status == PlanStatus.RUNNING,
        hold_reason=row.hold_reason,
        hold_until=row.hold_until,
        from_kickoff=row.from_kickoff,
    )


def segments() -> list[str]:
    """Of the accounts in onboarding, to choose from."""
    named = Account.objects.present().filter(phase__in=[Phase.ONBOARDING, Phase.COMMIT]).exclude(segment="")
    return list(named.order_by("segment").values_list("segment", flat=True).distinct())
