"""Every page that names a deployment, or something in it, by id looks it up here: what isn't visible isn't there."""

from __future__ import annotations

from typing import TypeVar

from django.db.models import Model
from django.http import Http404

from accounts.access import MemberRequest
from journeys.deployments.models import (
    Activity,
    Cost,
    Deployment,
    DeploymentQuerySet,
    Escalation,
    Finding,
    Integration,
    TimeEntry,
)

M = TypeVar("M", bound=Model)
OWNERS = ("csm", "ae", "delivery", "parent")
NAMED = ("account", *(f"account__{owner}" for owner in OWNERS), "lead", "product", "contract", "tenant")
WITHIN = ("account", "tenant", *(f"account__{owner}" for owner in OWNERS))


def visible_deployments(request: MemberRequest) -> DeploymentQuerySet:
    found: DeploymentQuerySet = Deployment.objects.all().visible_to(request.membership)  # type: ignore[attr-defined]
    return found


def deployment_or_404(request: MemberRequest, pk: int) -> Deployment:
    found: Deployment | None = visible_deployments(request).select_related(*NAMED).filter(pk=pk).first()
    if found is None:
        raise Http404("No such deployment")
    return found


def activity_or_404(request: MemberRequest, pk: int) -> Activity:
    return _item_or_404(request, Activity, pk)


def entry_or_404(request: MemberRequest, pk: int) -> TimeEntry:
    return _item_or_404(request, TimeEntry, pk)


def cost_or_404(request: MemberRequest, pk: int) -> Cost:
    return _item_or_404(request, Cost, pk)


def integration_or_404(request: MemberRequest, pk: int) -> Integration:
    return _item_or_404(request, Integration, pk)


def escalation_or_404(request: MemberRequest, pk: int) -> Escalation:
    return _item_or_404(request, Escalation, pk)


def finding_or_404(request: MemberRequest, pk: int) -> Finding:
    return _item_or_404(request, Finding, pk, "review__deployment")


def _item_or_404(request: MemberRequest, model: type[M], pk: int, way: str = "deployment") -> M:
    rows = model._default_manager.filter(**{f"{way}__in": visible_deployments(request).order_by()})
    found: M | None = rows.select_related(*(f"{way}__{name}" for name in WITHIN)).filter(pk=pk).first()
    if found is None:
        raise Http404("Nothing of a deployment has this id")
    return found
