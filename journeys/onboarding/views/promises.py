"""Promises: written down with the handoff, settled by whoever keeps the account."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.access import MemberRequest, requires
from accounts.actions.errors import Conflict
from accounts.forms.answers import attempt
from accounts.roles import Permission
from journeys.onboarding.actions import promises
from journeys.onboarding.forms import PromiseForm, SettleForm
from journeys.onboarding.models import Handoff, Promise
from journeys.onboarding.questions import STEP_BY_CODE
from journeys.onboarding.views.rows import handoff_or_404, head_of, visible_handoffs
from journeys.onboarding.views.wizard import at, wizard

RISKS = STEP_BY_CODE["risks"]


@require_http_methods(["GET", "POST"])
@requires(Permission.HANDOFF_WRITE)
def promise_add(request: MemberRequest, pk: int) -> HttpResponse:
    handoff = handoff_or_404(request, pk)
    if request.method == "GET":
        return redirect(at(handoff, RISKS))
    if not handoff.with_rep:
        messages.warning(request, "The handoff has been handed over already.")
        return redirect("onboarding:handoff-detail", handoff.pk)
    form = PromiseForm(request.POST)
    made, status = attempt(
        form,
        lambda: promises.make(
            handoff,
            form.cleaned_data["text"],
            kind=form.cleaned_data["kind"],
            due_on=form.cleaned_data["due_on"],
            by=request.user,
        ),
    )
    if request.htmx:
        return _promises(request, handoff, PromiseForm() if made else form, status)
    if made:
        return redirect(at(handoff, RISKS))
    return wizard(request, handoff, RISKS, status=status, promise_form=form)


@require_http_methods(["GET", "POST"])
@requires(Permission.HANDOFF_WRITE)
def promise_withdraw(request: MemberRequest, pk: int) -> HttpResponse:
    promise = _promise_or_404(request, pk)
    handoff = promise.handoff
    if request.method == "GET":
        return redirect(at(handoff, RISKS))
    try:
        promises.withdraw(promise, by=request.user)
    except Conflict:
        messages.warning(request, "The handoff has been handed over already.")
        return redirect("onboarding:handoff-detail", handoff.pk)
    return _promises(request, handoff, PromiseForm(), 200) if request.htmx else redirect(at(handoff, RISKS))


@require_http_methods(["GET", "POST"])
@requires(Permission.HANDOFF_DECIDE)
def promise_settle(request: MemberRequest, pk: int) -> HttpResponse:
    promise = _promise_or_404(request, pk)
    initial = {"outcome": promise.outcome, "note": promise.outcome_note, "version": promise.version}
    form, status = SettleForm(request.POST or None, initial=initial), 200
    if request.method == "POST":
        settled, status = attempt(
            form,
            lambda: promises.settle(
                promise,
                form.cleaned_data["outcome"],
                note=form.cleaned_data["note"],
                by=request.user,
                version=form.cleaned_data["version"],
            ),
        )
        if settled:
            messages.success(request, f"Promise: {settled.get_outcome_display().lower()}.")
            return redirect("onboarding:handoff-detail", promise.handoff_id)
    handoff = handoff_or_404(request, promise.handoff_id)
    context = {"form": form, "promise": promise, "handoff": handoff, "head": head_of(request, handoff)}
    part = "#form" if request.htmx and request.method == "GET" else ""
    return render(request, f"onboarding/promise_settle.html{part}", context, status=status)


def _promise_or_404(request: MemberRequest, pk: int) -> Promise:
    found = Promise.objects.filter(handoff__in=visible_handoffs(request))
    promise = found.select_related("handoff", "handoff__account").filter(pk=pk).first()
    if promise is None:
        raise Http404("No such promise")
    return promise


def _promises(request: MemberRequest, handoff: Handoff, form: PromiseForm, status: int) -> HttpResponse:
    context = {"handoff": handoff, "promises": list(handoff.promises.all()), "promise_form": form}
    return render(request, "onboarding/_promises.html", context, status=status)
