"""Every page that names a plan, or something in it, by id looks it up here: what isn't visible isn't there."""

from __future__ import annotations

from typing import TypeVar

from django.db.models import Model
from django.http import Http404

from accounts.access import MemberRequest, visible_accounts
from journeys.plans.models import Objective, Plan, Step, Topic
from journeys.plans.models.plan import PlanQuerySet

M = TypeVar("M", bound=Model)
NAMED = ("account", "account__csm", "account__ae", "account__delivery", "account__parent", "journey", "closed_by")
OF_PLAN = tuple(f"plan__{name}" for name in ("account", "account__csm", "account__ae", "account__delivery", "journey"))


def visible_plans(request: MemberRequest) -> PlanQuerySet:
    plans: PlanQuerySet = Plan.objects.filter(account__in=visible_accounts(request))
    return plans


def plan_or_404(request: MemberRequest, pk: int) -> Plan:
    found: Plan | None = visible_plans(request).select_related(*NAMED).filter(pk=pk).first()
    if found is None:
        raise Http404("No such plan")
    return found


def objective_or_404(request: MemberRequest, pk: int) -> Objective:
    return _item_or_404(request, Objective, pk, "our_owner", "their_owner")


def step_or_404(request: MemberRequest, pk: int) -> Step:
    return _item_or_404(request, Step, pk, "task")


def topic_or_404(request: MemberRequest, pk: int) -> Topic:
    return _item_or_404(request, Topic, pk)


def _item_or_404(request: MemberRequest, model: type[M], pk: int, *named: str) -> M:
    rows = model._default_manager.filter(plan__account__in=visible_accounts(request))
    found: M | None = rows.select_related(*OF_PLAN, *named).filter(pk=pk).first()
    if found is None:
        raise Http404("Nothing of a plan has this id")
    return found
