"""The kickoff's open questions, answered where the handoff is read."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.access import MemberRequest, requires
from accounts.forms.answers import STALE, attempt
from accounts.roles import Permission
from journeys.onboarding.actions import agenda
from journeys.onboarding.forms import AgendaForm
from journeys.onboarding.models import AgendaItem
from journeys.onboarding.views.reading import read
from journeys.onboarding.views.rows import handoff_or_404, head_of, visible_handoffs


@require_http_methods(["GET", "POST"])
@requires(Permission.SPICED_WRITE)
def agenda_answer(request: MemberRequest, pk: int) -> HttpResponse:
    """Once the handoff is accepted: before, nobody has met the customer."""
    item = _item_or_404(request, pk)
    if request.method == "GET" and not item.handoff.is_accepted:
        return redirect("onboarding:handoff-detail", item.handoff_id)
    data: Any = request.POST if request.method == "POST" else None
    form, status = AgendaForm(data, account=item.account, question=item.asks, initial={"version": item.version}), 200
    if request.method == "POST":
        done, status = attempt(form, lambda: _answer(request, item, form))
        if status == STALE:
            return read(
                request, handoff_or_404(request, item.handoff_id), status, notice="This was answered meanwhile."
            )
        if done:
            messages.success(request, "Answer noted.")
            return redirect("onboarding:handoff-detail", item.handoff_id)
    handoff = handoff_or_404(request, item.handoff_id)
    context = {"form": form, "item": item, "handoff": handoff, "head": head_of(request, handoff)}
    part = "#form" if request.htmx and request.method == "GET" else ""
    return render(request, f"onboarding/agenda_answer.html{part}", context, status=status)


def _answer(request: MemberRequest, item: AgendaItem, form: AgendaForm) -> AgendaItem:
    said = form.cleaned_data
    return agenda.answer(item, said["text"], by=request.user, version=said["version"], **form.values)


def _item_or_404(request: MemberRequest, pk: int) -> AgendaItem:
    found = AgendaItem.objects.filter(handoff__in=visible_handoffs(request)).select_related("account", "handoff")
    item = found.filter(pk=pk).first()
    if item is None:
        raise Http404("No such question")
    return item
