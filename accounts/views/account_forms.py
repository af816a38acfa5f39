"""Accounts as somebody writes them: added, edited, moved on, archived."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import MemberRequest, account_or_404, requires, visible_accounts
from accounts.actions import accounts as actions
from accounts.forms.accounts import AccountForm, own_fields
from accounts.forms.answers import attempt
from accounts.models import Account, Phase
from accounts.roles import Permission, Reach
from accounts.views.header import header


@require_http_methods(["GET", "POST"])
@requires(Permission.ACCOUNT_CREATE)
def create(request: MemberRequest) -> HttpResponse:
    start = {"currency": request.tenant.currency, _holder(request): request.user}
    form = AccountForm(request.POST or None, own_fields=own_fields(), visible=visible_accounts(request), initial=start)
    if request.method == "GET":
        return render(request, "accounts/account_form.html", {"form": form})
    account, status = attempt(form, lambda: actions.open(_reachable(request, form.values), by=request.user))
    if account is None:
        return render(request, "accounts/account_form.html", {"form": form}, status=status)
    messages.success(request, _("%(name)s added.") % {"name": account.name})
    return redirect("accounts:account-detail", account.pk)


@require_http_methods(["GET", "POST"])
@requires(Permission.ACCOUNT_EDIT)
def edit(request: MemberRequest, pk: int) -> HttpResponse:
    account = account_or_404(request, pk)
    form = AccountForm(
        request.POST or None,
        row=account,
        own_fields=own_fields(),
        visible=visible_accounts(request),
        owners=request.membership.may(Permission.ACCOUNT_ASSIGN),
    )
    context = header(request, account) | {"form": form}
    if request.method == "GET":
        return render(request, "accounts/account_edit.html", context)
    saved, status = attempt(
        form, lambda: actions.edit(account, form.values, by=request.user, version=form.seen_version)
    )
    if saved is None:
        return render(request, "accounts/account_edit.html", context, status=status)
    messages.success(request, _("Saved."))
    return redirect("accounts:account-detail", account.pk)


@require_http_methods(["GET", "POST"])
@requires(Permission.ACCOUNT_EDIT)
def change_phase(request: MemberRequest, pk: int) -> HttpResponse:
    """Only a visit, such as the one that follows a sign-in, leads to the page with the form."""
    account = account_or_404(request, pk)
    if request.method == "GET":
        return redirect("accounts:account-detail", account.pk)
    to = request.POST.get("phase", "")
    if to in Phase.values:
        actions.change_phase(account, Phase(to), by=request.user)
        messages.success(request, _("Moved to %(phase)s.") % {"phase": Phase(to).label})
    else:
        messages.error(request, _("There is no such phase."))
    return redirect("accounts:account-detail", account.pk)


@require_http_methods(["GET", "POST"])
@requires(Permission.ACCOUNT_EDIT)
def archive(request: MemberRequest, pk: int) -> HttpResponse:
    account = account_or_404(request, pk)
    if request.method == "GET":
        return redirect("accounts:account-detail", account.pk)
    actions.archive(account, by=request.user)
    return render(request, "accounts/account_archived.html", {"account": account})


@require_http_methods(["GET", "POST"])
@requires(Permission.ACCOUNT_EDIT)
def restore(request: MemberRequest, pk: int) -> HttpResponse:
    account = get_object_or_404(Account.objects.visible_to(request.membership), pk=pk)
    if request.method == "GET":
        if account.archived_at is None:
            return redirect("accounts:account-detail", account.pk)
        return render(request, "accounts/account_archived.html", {"account": account})
    actions.restore(account, by=request.user)
    messages.success(request, _("%(name)s is back.") % {"name": account.name})
    return redirect("accounts:account-detail", account.pk)


def _holder(request: MemberRequest) -> str:
    return "ae" if request.membership.reach is Reach.SOLD else "csm"


def _reachable(request: MemberRequest, values: dict[str, Any]) -> dict[str, Any]:
    """Who sees only what they sell sells what they add; otherwise it would be gone from them at once."""
    return values | {"ae": request.user} if request.membership.reach is Reach.SOLD else values
