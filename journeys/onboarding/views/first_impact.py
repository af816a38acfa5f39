"""First Impact of an account: what it is, that it is there, and how many days it took."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from accounts.access import MemberRequest, account_or_404, requires
from accounts.calendar import local_today
from accounts.models import Account
from accounts.roles import Permission
from journeys.onboarding import wording
from journeys.onboarding.actions import first_impact
from journeys.onboarding.actions.pacing import target_days
from journeys.onboarding.forms import DefineForm, ReachForm
from journeys.onboarding.models import FirstImpact, OnboardingHold, ReachedHow
from journeys.onboarding.views.acting import Doing, press, save
from journeys.onboarding.views.differences import impact_of


@require_GET
@requires(Permission.ACCOUNT_VIEW)
def first_impact_panel(request: MemberRequest, pk: int) -> HttpResponse:
    """In the rail of the account: day n of the target, or reached in n days."""
    account = account_or_404(request, pk)
    shown = impact_of(request, account, None)
    context = {"account": account, "may_plan": request.membership.may(Permission.PLAN_EDIT)} | shown
    if shown["impact"] is not None:
        context["target"] = target_days(account.segment)
        context["hold"] = OnboardingHold.objects.on(local_today(request.tenant)).filter(account=account).first()
    return render(request, "onboarding/first_impact_panel.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.PLAN_EDIT)
def first_impact_define(request: MemberRequest, pk: int) -> HttpResponse:
    account, impact = _both_or_404(request, pk)
    form = DefineForm(request.POST or None, row=impact, account=account)
    text = request.POST.get("definition", "") or impact.words
    doing = Doing(
        "Define the first impact", "Save", "Defined.", _at(account),
        intro="The first thing that is better for them, and that they would tell somebody about.",
        warning=wording.ONLY_A_LOGIN if wording.only_a_login(text) else "",
    )  # fmt: skip
    return save(
        request, account, form,
        lambda: first_impact.define(impact, form.values, by=request.user, version=form.seen_version), doing,
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@requires(Permission.PLAN_EDIT)
def first_impact_reach(request: MemberRequest, pk: int) -> HttpResponse:
    """With what shows it; where somebody of theirs said so, as their confirmation."""
    account, impact = _both_or_404(request, pk)
    initial = {"on": local_today(request.tenant), "version": impact.version}
    form = ReachForm(request.POST or None, account=account, initial=initial)
    doing = Doing(
        "The first impact is there", "Stop the clock",
        "Reached. Onboarding is over; a thank-you waits among the tasks.",
        reverse("accounts:account-detail", args=[account.pk]), intro=impact.words,
    )  # fmt: skip

    def act() -> FirstImpact:
        how = ReachedHow.CONFIRMED if form.cleaned_data["contact"] else ReachedHow.EVIDENCE
        return first_impact.reach(impact, **form.cleaned_data, how=how, by=request.user)

    return save(request, account, form, act, doing)


@require_http_methods(["GET", "POST"])
@requires(Permission.PLAN_EDIT)
def first_impact_reopen(request: MemberRequest, pk: int) -> HttpResponse:
    account, impact = _both_or_404(request, pk)
    said = "Taken back: the clock runs again, and onboarding goes on."
    return press(request, lambda: first_impact.reopen(impact, by=request.user), said, _at(account))


def _both_or_404(request: MemberRequest, pk: int) -> tuple[Account, FirstImpact]:
    account = account_or_404(request, pk)
    rows = FirstImpact.objects.filter(account=account, journey__ended_at=None).select_related("objective")
    impact = rows.first()
    if impact is None:
        raise Http404("No journey whose First Impact is counted")
    return account, impact


def _at(account: Account) -> str:
    return reverse("onboarding:kickoff", args=[account.pk]) + "#first-impact"
