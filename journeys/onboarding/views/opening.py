"""Starting a handoff, for an account that is there or with the account on the way."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.access import MemberRequest, require, requires, visible_accounts
from accounts.calendar import local_today
from accounts.forms.answers import attempt
from accounts.models import User
from accounts.roles import Permission, Role
from journeys.onboarding.actions import deals, handoffs
from journeys.onboarding.forms import NewAccountForm, OpenForm
from journeys.onboarding.models import Handoff


@require_http_methods(["GET", "POST"])
@requires(Permission.HANDOFF_WRITE)
def handoff_open(request: MemberRequest) -> HttpResponse:
    new = request.GET.get("with") == "account"
    if new:
        require(request, Permission.DEAL_BRING)
    form, status = _form(request, new), 200
    if request.method == "POST":
        opened, status = attempt(form, lambda: _open(request, form))
        if opened:
            messages.success(request, f"Handoff of {opened.account} started. Everything you type is saved.")
            return redirect("onboarding:handoff-edit", opened.pk)
    may_create = request.membership.may(Permission.DEAL_BRING)
    context = {"form": form, "new": new, "may_create": may_create, "due_days": request.tenant.handoff_due_days}
    return render(request, "onboarding/handoff_open.html", context, status=status)


def _form(request: MemberRequest, new: bool) -> OpenForm:
    data: Any = request.POST if request.method == "POST" else None
    today, rep = local_today(request.tenant), _own_deal(request)
    if new:
        return NewAccountForm(data, today=today, rep=rep)
    chosen = request.GET.get("account", "")
    initial = {"account": int(chosen)} if chosen.isdecimal() else {}
    return OpenForm(data, today=today, rep=rep, accounts=visible_accounts(request), initial=initial)


def _own_deal(request: MemberRequest) -> User | None:
    """A sales rep hands over their own deals; leaders and operations say whose it is."""
    return request.user if request.membership.role == Role.SALES else None


def _open(request: MemberRequest, form: OpenForm) -> Handoff:
    said = form.cleaned_data
    if not isinstance(form, NewAccountForm):
        return handoffs.open(said["account"], rep=form.seller, committed_on=said["committed_on"], by=request.user)
    currency = request.tenant.currency
    return deals.bring(
        {"name": said["name"], "domain": said["domain"], "currency": currency},
        contract=form.contract,
        line=form.line(currency) if form.contract else None,
        rep=form.seller,
        committed_on=said["committed_on"],
        by=request.user,
        today=local_today(request.tenant),
    )
