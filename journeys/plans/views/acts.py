"""What happens to a plan as a whole: drafted, worded, agreed, reviewed, closed, talked about."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import MemberRequest, account_or_404, requires
from accounts.actions.errors import Refused
from accounts.calendar import local_today
from accounts.roles import Permission
from journeys.plans.actions import comments, plans
from journeys.plans.forms import AgreeForm, CloseForm, CommentForm, PlanForm, ReviewForm
from journeys.plans.models import Objective, Plan, Step, Topic
from journeys.plans.views.finding import plan_or_404
from journeys.plans.views.saving import Doing, save

ITEMS: dict[str, type[Objective | Step | Topic]] = {"objective": Objective, "step": Step, "topic": Topic}


@require_http_methods(["GET", "POST"])
@requires(Permission.PLAN_EDIT)
def plan_draft(request: MemberRequest, pk: int) -> HttpResponse:
    account = account_or_404(request, pk)
    if request.method == "POST":
        try:
            plans.draft(account, by=request.user)
        except Refused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, _("The plan is drafted. Agree at the kickoff what First Impact means."))
    return redirect("plans:plan", account.pk)


@require_http_methods(["GET", "POST"])
@requires(Permission.PLAN_EDIT)
def plan_edit(request: MemberRequest, pk: int) -> HttpResponse:
    plan = plan_or_404(request, pk)
    form = PlanForm(request.POST or None, row=plan)
    doing = Doing(_("North star and rhythm"), _("Save"), _("Saved."))
    return save(
        request, plan, form, lambda: plans.edit(plan, form.values, by=request.user, version=form.seen_version), doing
    )


@require_http_methods(["GET", "POST"])
@requires(Permission.PLAN_EDIT)
def plan_agree(request: MemberRequest, pk: int) -> HttpResponse:
    plan = plan_or_404(request, pk)
    form = AgreeForm(request.POST or None, account=plan.account)
    doing = Doing(
        _("Agree to the plan"), _("Keep the agreement"), _("Agreed. What the plan says now is kept as a version."),
        _("Keeps what the plan says now under a number. Where nothing changed since, the last version stands."),
    )  # fmt: skip

    def act() -> object:
        said = form.cleaned_data
        return plans.agree(plan, by=request.user, contact=said["contact"], note=said["note"])

    return save(request, plan, form, act, doing, "versions")


@require_http_methods(["GET", "POST"])
@requires(Permission.PLAN_EDIT)
def plan_review(request: MemberRequest, pk: int) -> HttpResponse:
    plan = plan_or_404(request, pk)
    form = ReviewForm(request.POST or None, today=local_today(request.tenant), version=plan.version)
    doing = Doing(_("Review the plan"), _("Note the review"), _("Reviewed; the next one is set."))

    def act() -> object:
        said = form.cleaned_data
        return plans.review(plan, on=said["on"], note=said["note"], by=request.user, version=said["version"])

    return save(request, plan, form, act, doing)


@require_http_methods(["GET", "POST"])
@requires(Permission.PLAN_EDIT)
def plan_close(request: MemberRequest, pk: int) -> HttpResponse:
    plan = plan_or_404(request, pk)
    form = CloseForm(request.POST or None, initial={"version": plan.version})
    doing = Doing(
        _("Close the plan"), _("Close it"), _("The plan is closed."),
        _("Nothing in it changes any more, and its open tasks are dropped. A new plan can be drafted afterwards."),
    )  # fmt: skip

    def act() -> object:
        said = form.cleaned_data
        return plans.close(plan, reason=said["reason"], by=request.user, version=said["version"])

    return save(request, plan, form, act, doing)


@require_http_methods(["GET", "POST"])
@requires(Permission.PLAN_EDIT)
def comment_add(request: MemberRequest, pk: int) -> HttpResponse:
    """`on` names the item: objective-12; without it the comment is on the plan as a whole."""
    plan = plan_or_404(request, pk)
    on = request.POST.get("on") or request.GET.get("on", "")
    item = _item(plan, on)
    form = CommentForm(request.POST or None, initial={"on": on} | ({"audience": item.audience} if item else {}))
    title = _("Comment on “%(item)s”") % {"item": item} if item else _("Comment on the plan")

    def act() -> object:
        said = form.cleaned_data
        return comments.say(plan, said["body"], on=item, audience=said["audience"], by=request.user)

    return save(request, plan, form, act, Doing(title, _("Comment"), _("Said.")), "comments")


def _item(plan: Plan, named: str) -> Objective | Step | Topic | None:
    noun, _dash, pk = named.partition("-")
    if noun not in ITEMS or not (pk.isascii() and pk.isdigit()) or len(pk) > 18:
        return None
    found: Objective | Step | Topic | None = ITEMS[noun].objects.filter(plan=plan, pk=int(pk)).first()
    return found
