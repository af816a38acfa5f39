"""What a visitor reads: the plan as a page, a document or data, and what was agreed earlier."""

from __future__ import annotations

import dataclasses

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.calendar import local_today
from journeys.plans import reader
from journeys.plans.document import pdf
from journeys.plans.shared_forms import CommentForm
from journeys.plans.views.shared.gate import SharedRequest, frame, visited


@require_GET
@visited
def plan(request: SharedRequest) -> HttpResponse:
    return show(request)


@require_GET
@visited
def version(request: SharedRequest, number: int) -> HttpResponse:
    """The words as they stood when somebody agreed to them."""
    shared = read(request)
    found = next((each for each in shared.versions if each.number == number), None)
    if found is None:
        raise Http404("No such version")
    items = reader.agreed_items(request.link, number)
    context = frame(request, plan=shared, version=found, items=items)
    return render(request, "plans/shared/version.html", context)


@require_GET
@visited
def document(request: SharedRequest) -> HttpResponse:
    return as_pdf(read(request), request.tenant.accent)


@require_GET
@visited
def data(request: SharedRequest) -> HttpResponse:
    """The same for other programs."""
    return JsonResponse(dataclasses.asdict(read(request)))


def read(request: SharedRequest) -> reader.SharedPlan:
    return reader.as_shared(request.link, tenant=request.tenant, today=local_today(request.tenant))


def show(request: SharedRequest, form: CommentForm | None = None, status: int = 200) -> HttpResponse:
    """The whole page; `form` is a comment that came back."""
    shared = read(request)
    context = frame(request, plan=shared, comment_form=form or CommentForm(shared))
    return render(request, "plans/shared/plan.html", context, status=status)


def as_pdf(shared: reader.SharedPlan, accent: str) -> HttpResponse:
    response = HttpResponse(pdf(shared, accent), content_type="application/pdf")
    name = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in shared.account).strip("-")
    response["Content-Disposition"] = f'attachment; filename="impact-plan-{name.lower()}-{shared.as_of}.pdf"'
    response["Cache-Control"] = "no-store"
    return response
