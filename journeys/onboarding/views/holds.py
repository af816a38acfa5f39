"""An onboarding rests, with the reason; and goes on."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.access import MemberRequest, account_or_404, requires, visible_accounts
from accounts.models import Account
from accounts.roles import Permission
from journeys.onboarding.actions import pacing
from journeys.onboarding.forms import HoldForm
from journeys.onboarding.models import OnboardingHold
from journeys.onboarding.views.acting import Doing, press, save


@require_http_methods(["GET", "POST"])
@requires(Permission.PLAN_EDIT)
def hold_put(request: MemberRequest, pk: int) -> HttpResponse:
    account = account_or_404(request, pk)
    form = HoldForm(request.POST or None)
    doing = Doing(
        "Put onboarding on hold", "Put on hold", "On hold.", _at(account),
        intro="The days go on counting; how many of them were on hold is shown beside.",
    )  # fmt: skip
    return save(
        request, account, form, lambda: pacing.put_on_hold(account, **form.cleaned_data, by=request.user), doing
    )


@require_http_methods(["GET", "POST"])
@requires(Permission.PLAN_EDIT)
def hold_lift(request: MemberRequest, pk: int) -> HttpResponse:
    rows = OnboardingHold.objects.filter(account__in=visible_accounts(request)).select_related("account")
    hold = rows.filter(pk=pk).first()
    if hold is None:
        raise Http404("No such hold")
    return press(request, lambda: pacing.go_on(hold, by=request.user), "Onboarding goes on.", _at(hold.account))


def _at(account: Account) -> str:
    return reverse("accounts:account-detail", args=[account.pk])
