"""The door of a shared plan: a code by mail, the code typed in, and the workspace's own colors."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from journeys.plans.accent import stylesheet
from journeys.plans.actions import sharing
from journeys.plans.shared_forms import CodeForm
from journeys.plans.views.shared.gate import COOKIE, SharedRequest, frame, linked


@require_http_methods(["GET", "POST"])
@linked
def opening(request: SharedRequest) -> HttpResponse:
    """Asks for a code; a right one opens a visit, which the browser keeps for half a day."""
    form, status = CodeForm(request.POST if request.method == "POST" else None), 200
    if request.method == "POST":
        key = sharing.open_visit(request.link, form.cleaned_data["code"]) if form.is_valid() else None
        if key:
            return _keep(request, key)
        if request.link.revoked_at:
            return render(request, "plans/shared/closed.html", frame(request), status=422)
        if not form.errors:
            form.add_error("code", _("This code isn’t right, or it is too old. Ask for another one if need be."))
        status = 422
    asked = request.method == "POST" or "asked" in request.GET
    context = frame(request, form=form, asked=asked, mail=_masked(request.link.contact.email))
    return render(request, "plans/shared/open.html", context, status=status)


@require_POST
@linked
def code_ask(request: SharedRequest) -> HttpResponse:
    sharing.ask_code(request.link)
    return redirect(f"{reverse('shared:open', args=[request.token])}?asked")


@require_GET
@linked
def look(request: SharedRequest) -> HttpResponse:
    """Tokens of color alone: the policy allows no style inside a page."""
    return HttpResponse(stylesheet(request.tenant.accent), content_type="text/css")


def _keep(request: SharedRequest, key: str) -> HttpResponse:
    """The key goes with this link's own addresses and nowhere else."""
    home = reverse("shared:plan", args=[request.token])
    response = redirect(home)
    response.set_cookie(
        COOKIE, key, max_age=sharing.HOURS * 3600, path=home, secure=request.is_secure(), httponly=True, samesite="Lax"
    )
    return response


def _masked(address: str) -> str:
    """Whoever holds the link learns no address that they don't know: "e•••@customer.test"."""
    name, _at, domain = address.partition("@")
    return f"{name[:1]}•••@{domain}"
