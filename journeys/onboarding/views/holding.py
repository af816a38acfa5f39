"""Whose deal it is: given to another rep, or dropped because it fell through. Each a page, or a dialog."""

from __future__ import annotations

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.access import MemberRequest, requires
from accounts.forms.answers import STALE, attempt
from accounts.roles import Permission
from journeys.onboarding.actions import handoffs
from journeys.onboarding.forms import DropForm, RepForm
from journeys.onboarding.models import Handoff
from journeys.onboarding.views.reading import DECIDED, read
from journeys.onboarding.views.rows import handoff_or_404, head_of, holds, visible_handoffs


@require_http_methods(["GET", "POST"])
@requires(Permission.HANDOFF_WRITE)
def handoff_reassign(request: MemberRequest, pk: int) -> HttpResponse:
    handoff = _held_or_403(request, pk)
    form = RepForm(request.POST or None, initial={"version": handoff.version})

    def act() -> Handoff:
        said = form.cleaned_data
        return handoffs.reassign(handoff, said["rep"], by=request.user, version=said["version"])

    return _act(request, handoff, form, act, "onboarding/handoff_reassign.html")


@require_http_methods(["GET", "POST"])
@requires(Permission.HANDOFF_WRITE)
def handoff_drop(request: MemberRequest, pk: int) -> HttpResponse:
    handoff = _held_or_403(request, pk)
    form = DropForm(request.POST or None, initial={"version": handoff.version})

    def act() -> Handoff:
        said = form.cleaned_data
        return handoffs.drop(handoff, said["reason"], by=request.user, version=said["version"])

    return _act(request, handoff, form, act, "onboarding/handoff_drop.html")


def _held_or_403(request: MemberRequest, pk: int) -> Handoff:
    """A rep who sells the account sees a colleague's deal, too; it isn't theirs to give away."""
    handoff = handoff_or_404(request, pk)
    if not holds(request, handoff):
        raise PermissionDenied("Only the rep who holds this deal, or who runs the workspace, may do that.")
    return handoff


def _act(
    request: MemberRequest, handoff: Handoff, form: forms.Form, act: Callable[[], Handoff], template: str
) -> HttpResponse:
    """The form; then the action; then the handoff as it stands, or the list where it is out of sight now."""
    status = 200
    if request.method == "POST":
        done, status = attempt(form, act)
        if done:
            return _after(request, done)
        if status == STALE:
            return read(request, handoff_or_404(request, handoff.pk), status, notice=DECIDED)
    elif not handoff.is_open:
        return redirect("onboarding:handoff-detail", handoff.pk)
    context = {"form": form, "handoff": handoff, "head": head_of(request, handoff)}
    part = "#form" if request.htmx and request.method == "GET" else ""
    return render(request, f"{template}{part}", context, status=status)


def _after(request: MemberRequest, handoff: Handoff) -> HttpResponse:
    said = f"The handoff of {handoff.account} is dropped." if handoff.is_dropped else f"{handoff.rep} has the deal now."
    messages.success(request, said)
    if visible_handoffs(request).filter(pk=handoff.pk).exists():
        return redirect("onboarding:handoff-detail", handoff.pk)
    return redirect("onboarding:handoff-list")
