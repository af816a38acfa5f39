"""Steps before the event, one at a time: a form in a dialog or on its page, or a button."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import MemberRequest, requires
from accounts.roles import Permission
from journeys.critical_events.actions import steps
from journeys.critical_events.forms import StepForm
from journeys.critical_events.models import TimelineStep
from journeys.critical_events.views.finding import event_or_404, step_or_404
from journeys.critical_events.views.saving import Doing, at, press, save

STEPS = "steps"


@require_http_methods(["GET", "POST"])
@requires(Permission.PLAN_EDIT)
def step_add(request: MemberRequest, pk: int) -> HttpResponse:
    event = event_or_404(request, pk)
    form = StepForm(request.POST or None, account=event.account)
    doing = Doing(_("The step before this"), _("Add step"), _("Step added."))
    return save(
        request, event.account, form, lambda: steps.add(event, form.values, by=request.user), doing, at(event, STEPS)
    )


@require_http_methods(["GET", "POST"])
@requires(Permission.PLAN_EDIT)
def step_edit(request: MemberRequest, pk: int) -> HttpResponse:
    row = step_or_404(request, pk)
    form = StepForm(request.POST or None, account=row.event.account, row=row)
    doing = Doing(_("Step"), _("Save"), _("Step saved; those before it moved along."))

    def act() -> object:
        return steps.edit(row, form.values, by=request.user, version=form.seen_version)

    return save(request, row.event.account, form, act, doing, at(row.event, STEPS))


@require_http_methods(["GET", "POST"])
@requires(Permission.PLAN_EDIT)
def step_start(request: MemberRequest, pk: int) -> HttpResponse:
    return _press(request, pk, steps.start, _("Begun: %s"))


@require_http_methods(["GET", "POST"])
@requires(Permission.PLAN_EDIT)
def step_done(request: MemberRequest, pk: int) -> HttpResponse:
    return _press(request, pk, steps.done, _("Done: %s"))


@require_http_methods(["GET", "POST"])
@requires(Permission.PLAN_EDIT)
def step_reopen(request: MemberRequest, pk: int) -> HttpResponse:
    return _press(request, pk, steps.reopen, _("Open again: %s"))


@require_http_methods(["GET", "POST"])
@requires(Permission.PLAN_EDIT)
def step_drop(request: MemberRequest, pk: int) -> HttpResponse:
    return _press(request, pk, steps.drop, _("Taken out: %s"))


@require_http_methods(["GET", "POST"])
@requires(Permission.PLAN_EDIT)
def step_push(request: MemberRequest, pk: int) -> HttpResponse:
    return _press(request, pk, steps.push, _("In the plan: %s"))


@require_http_methods(["GET", "POST"])
@requires(Permission.PLAN_EDIT)
def step_move(request: MemberRequest, pk: int) -> HttpResponse:
    """`to` is later (nearer to the event) or earlier."""
    later = request.POST.get("to") == "later"
    return _press(request, pk, lambda row, by: steps.move(row, later=later, by=by), _("Moved: %s"))


@require_http_methods(["GET", "POST"])
@requires(Permission.PLAN_EDIT)
def steps_push(request: MemberRequest, pk: int) -> HttpResponse:
    event = event_or_404(request, pk)
    return press(
        request,
        lambda: steps.push_all(event, by=request.user),
        _("The open steps stand in the plan."),
        at(event, STEPS),
    )


def _press(request: MemberRequest, pk: int, act: Callable[..., TimelineStep], done: Any) -> HttpResponse:
    row = step_or_404(request, pk)
    return press(request, lambda: act(row, by=request.user), done % row.title, at(row.event, STEPS))
