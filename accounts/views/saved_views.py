"""Saved views of the portfolio: kept, changed and removed by their owner."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import MemberRequest, requires
from accounts.actions import views as actions
from accounts.forms.answers import attempt
from accounts.forms.views import ViewForm
from accounts.models import SavedView
from accounts.roles import Permission
from accounts.views.book import Book


@require_POST
@requires(Permission.ACCOUNT_VIEW)
def create(request: MemberRequest) -> HttpResponse:
    form = ViewForm(request.POST, may_share=request.membership.may(Permission.VIEW_SHARE))
    view, status = attempt(form, lambda: actions.save(query=_query(request, form), by=request.user, **_said(form)))
    if view is None:
        return render(request, "accounts/view_form.html", {"form": form}, status=status)
    messages.success(request, _("View “%(name)s” saved.") % {"name": view.name})
    return redirect(_address(view))


@require_http_methods(["GET", "POST"])
@requires(Permission.ACCOUNT_VIEW)
def edit(request: MemberRequest, pk: int) -> HttpResponse:
    view = get_object_or_404(SavedView, pk=pk, owner=request.user)
    start = {"name": view.name, "shared": view.shared, "query": request.GET.urlencode() or view.query}
    may_share = request.membership.may(Permission.VIEW_SHARE)
    form = ViewForm(request.POST or None, initial=start, may_share=may_share)
    if request.method == "GET":
        return render(request, "accounts/view_form.html", {"form": form, "view": view})
    kept, status = attempt(
        form, lambda: actions.change(view, query=_query(request, form), by=request.user, **_said(form))
    )
    if kept is None:
        return render(request, "accounts/view_form.html", {"form": form, "view": view}, status=status)
    messages.success(request, _("View “%(name)s” saved.") % {"name": kept.name})
    return redirect(_address(kept))


@require_POST
@requires(Permission.ACCOUNT_VIEW)
def remove(request: MemberRequest, pk: int) -> HttpResponse:
    view = get_object_or_404(SavedView, pk=pk, owner=request.user)
    name = view.name
    actions.remove(view, by=request.user)
    messages.success(request, _("View “%(name)s” removed.") % {"name": name})
    return redirect("accounts:portfolio")


def _said(form: ViewForm) -> dict[str, Any]:
    return {"name": form.cleaned_data["name"], "shared": form.cleaned_data["shared"]}


def _query(request: MemberRequest, form: ViewForm) -> str:
    """In the one spelling that the portfolio compares addresses in."""
    return Book(request, QueryDict(form.cleaned_data["query"])).query


def _address(view: SavedView) -> str:
    return f"{reverse('accounts:portfolio')}?view={view.pk}&{view.query}"
