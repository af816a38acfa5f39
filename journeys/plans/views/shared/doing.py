"""What a visitor does: ticks, measures, confirms, agrees, comments. Each leads back to the plan, where it shows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.calendar import local_today
from accounts.forms.answers import attempt
from journeys.plans.actions import sharing
from journeys.plans.reader import Impact
from journeys.plans.shared_forms import AgreeForm, CommentForm, ConfirmForm, MeasureForm
from journeys.plans.views.shared.gate import SharedRequest, frame, visited
from journeys.plans.views.shared.pages import read, show


@require_POST
@visited
def step_done(request: SharedRequest, pk: int) -> HttpResponse:
    sharing.tick(request.link, pk)
    return _back(request, "asked")


@require_POST
@visited
def step_reopen(request: SharedRequest, pk: int) -> HttpResponse:
    sharing.untick(request.link, pk)
    return _back(request, "asked")


@require_POST
@visited
def comment(request: SharedRequest) -> HttpResponse:
    form = CommentForm(read(request), request.POST)

    def say() -> Any:
        on, pk = form.item
        return sharing.comment(request.link, form.cleaned_data["body"], on=on, pk=pk)

    done, status = attempt(form, say)
    return _back(request, "updates") if done else show(request, form, status)


@require_http_methods(["GET", "POST"])
@visited
def impact_measure(request: SharedRequest, pk: int) -> HttpResponse:
    impact = _impact_or_404(request, pk)
    data: Any = request.POST if request.method == "POST" else None
    form = MeasureForm(data, unit=impact.unit, today=local_today(request.tenant))

    def act() -> Any:
        said = form.cleaned_data
        words = {"evidence": said["evidence"], "url": said["url"]}
        return sharing.measure(request.link, pk, said["value"], on=said["on"], **words)

    return _answer(request, form, act, "plans/shared/measure.html", f"impact-{pk}", impact=impact)


@require_http_methods(["GET", "POST"])
@visited
def impact_confirm(request: SharedRequest, pk: int) -> HttpResponse:
    impact = _impact_or_404(request, pk)
    form = ConfirmForm(request.POST or None)

    def act() -> Any:
        return sharing.confirm(request.link, pk, **form.cleaned_data)

    return _answer(request, form, act, "plans/shared/confirm.html", f"impact-{pk}", impact=impact)


@require_http_methods(["GET", "POST"])
@visited
def agree(request: SharedRequest) -> HttpResponse:
    """The page shows once more what they say yes to; where it moved on meanwhile, it says first what did."""
    shared = read(request)
    changed: dict[str, Any] = {}
    form = AgreeForm(request.POST or None, initial={"seen": sharing.fingerprint(shared)})

    def act() -> Any:
        try:
            return sharing.agree(request.link, **form.cleaned_data, tenant=request.tenant)
        except sharing.Changed:
            # What stands there now is on the page that follows.
            changed["titles"], changed["gone"] = sharing.moved(shared, form.data.get("seen", ""))
            form.data = {**dict(form.data.items()), "seen": form.initial["seen"]}
            raise

    return _answer(request, form, act, "plans/shared/agree.html", "versions", plan=shared, changed=changed)


def _answer(
    request: SharedRequest, form: forms.Form, act: Callable[[], Any], template: str, place: str, **context: Any
) -> HttpResponse:
    """The form; then the action; then the place in the plan where it shows."""
    status = 200
    if request.method == "POST":
        done, status = attempt(form, act)
        if done:
            return _back(request, place)
    return render(request, template, frame(request, form=form, **context), status=status)


def _impact_or_404(request: SharedRequest, pk: int) -> Impact:
    """Only what is still open to be said."""
    impact = next((each for each in read(request).impacts if each.id == pk and each.is_open), None)
    if impact is None:
        raise Http404("Nothing here")
    return impact


def _back(request: SharedRequest, place: str) -> HttpResponse:
    return redirect(f"{reverse('shared:plan', args=[request.token])}#{place}")
