"""Steps and topics, one at a time: worded, ticked, settled, dropped; each a dialog or a page, or a button."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import MemberRequest, requires
from accounts.roles import Permission
from journeys.plans.actions import steps, topics
from journeys.plans.forms import StepForm, TopicForm
from journeys.plans.models import Side, TopicKind
from journeys.plans.views.finding import plan_or_404, step_or_404, topic_or_404
from journeys.plans.views.saving import Doing, press, save

STEPS, TOPICS = "steps", "topics"


@require_http_methods(["GET", "POST"])
@requires(Permission.PLAN_EDIT)
def step_add(request: MemberRequest, pk: int) -> HttpResponse:
    plan = plan_or_404(request, pk)
    side = request.GET.get("side", "")
    first = {"side": side if side in Side.values else Side.JOINT}
    form = StepForm(request.POST or None, plan=plan, initial=first)
    doing = Doing(_("New step"), _("Add step"), _("Step added."))
    return save(request, plan, form, lambda: steps.add(plan, form.values, by=request.user), doing, STEPS)


@require_http_methods(["GET", "POST"])
@requires(Permission.PLAN_EDIT)
def step_edit(request: MemberRequest, pk: int) -> HttpResponse:
    row = step_or_404(request, pk)
    form = StepForm(request.POST or None, plan=row.plan, row=row)
    doing = Doing(_("Step"), _("Save"), _("Step saved."))
    return save(
        request, row.plan, form, lambda: steps.edit(row, form.values, by=request.user, version=form.seen_version),
        doing, STEPS,
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@requires(Permission.PLAN_EDIT)
def step_done(request: MemberRequest, pk: int) -> HttpResponse:
    row = step_or_404(request, pk)
    return press(request, row.plan, lambda: steps.done(row, by=request.user), _("Done: %s") % row.title, STEPS)


@require_http_methods(["GET", "POST"])
@requires(Permission.PLAN_EDIT)
def step_reopen(request: MemberRequest, pk: int) -> HttpResponse:
    row = step_or_404(request, pk)
    return press(request, row.plan, lambda: steps.reopen(row, by=request.user), _("Open again: %s") % row.title, STEPS)


@require_http_methods(["GET", "POST"])
@requires(Permission.PLAN_EDIT)
def step_drop(request: MemberRequest, pk: int) -> HttpResponse:
    row = step_or_404(request, pk)
    return press(request, row.plan, lambda: steps.drop(row, by=request.user), _("Dropped: %s") % row.title, STEPS)


@require_http_methods(["GET", "POST"])
@requires(Permission.PLAN_EDIT)
def topic_add(request: MemberRequest, pk: int) -> HttpResponse:
    plan = plan_or_404(request, pk)
    kind = request.GET.get("kind", "")
    form = TopicForm(request.POST or None, plan=plan, initial={"kind": kind} if kind in TopicKind.values else None)
    doing = Doing(_("Challenge or opportunity"), _("Add it"), _("Noted."))
    return save(request, plan, form, lambda: topics.add(plan, form.values, by=request.user), doing, TOPICS)


@require_http_methods(["GET", "POST"])
@requires(Permission.PLAN_EDIT)
def topic_edit(request: MemberRequest, pk: int) -> HttpResponse:
    row = topic_or_404(request, pk)
    form = TopicForm(request.POST or None, plan=row.plan, row=row)
    doing = Doing(str(row.get_kind_display()), _("Save"), _("Saved."))
    return save(
        request, row.plan, form, lambda: topics.edit(row, form.values, by=request.user, version=form.seen_version),
        doing, TOPICS,
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@requires(Permission.PLAN_EDIT)
def topic_settle(request: MemberRequest, pk: int) -> HttpResponse:
    row = topic_or_404(request, pk)
    return press(request, row.plan, lambda: topics.settle(row, by=request.user), _("Settled."), TOPICS)


@require_http_methods(["GET", "POST"])
@requires(Permission.PLAN_EDIT)
def topic_reopen(request: MemberRequest, pk: int) -> HttpResponse:
    row = topic_or_404(request, pk)
    return press(request, row.plan, lambda: topics.reopen(row, by=request.user), _("Open again."), TOPICS)
