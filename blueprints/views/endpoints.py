"""Addresses of other systems that plays speak to: added, tried out, given a new secret, switched off."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import formats
from accounts.access import MemberRequest, requires
from accounts.actions.errors import Refused
from accounts.forms.answers import TAKEN, attempt
from accounts.roles import Permission
from accounts.views.saving import Saving, save, show
from blueprints.actions import endpoints
from blueprints.forms import EndpointForm
from blueprints.models import Delivery, Endpoint
from blueprints.views import frame
from blueprints.views.runs import when


@require_GET
@requires(Permission.PLAY_EDIT)
def endpoint_list(request: MemberRequest) -> HttpResponse:
    rows = []
    for endpoint in Endpoint.objects.all():
        failing = when(request, endpoint.failing_since) if endpoint.failing_since else ""
        rows.append({"endpoint": endpoint, "failing": failing})
    waiting = Delivery.objects.filter(state__in=["waiting", "sending"]).exclude(endpoint=None).count()
    context = {"rows": rows, "waiting": formats.plural(waiting, "message") if waiting else ""}
    return frame.show(request, "endpoints.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.PLAY_EDIT)
def endpoint_add(request: MemberRequest) -> HttpResponse:
    """The secret is shown once, on the page that answers."""
    form = EndpointForm(request.POST or None)
    saving = Saving(_("New endpoint"), reverse("blueprints:endpoint-list"), "", _("Add the endpoint"))
    if request.method == "POST":
        made, status = attempt(form, lambda: endpoints.add(form.values, by=request.user))
        if made is not None and status == TAKEN:
            return _secret(request, made[0], made[1])
        return show(request, "form.html", {"form": form, "saving": saving}, status)
    return show(request, "form.html", {"form": form, "saving": saving})


@require_http_methods(["GET", "POST"])
@requires(Permission.PLAY_EDIT)
def endpoint_edit(request: MemberRequest, pk: int) -> HttpResponse:
    endpoint = _or_404(pk)
    form = EndpointForm(request.POST or None, row=endpoint)
    saving = Saving(endpoint.name, reverse("blueprints:endpoint-list"), _("Endpoint saved."))
    return save(
        request,
        form,
        lambda: endpoints.edit(endpoint, form.values, by=request.user, version=form.seen_version),
        saving,
    )


@require_POST
@requires(Permission.PLAY_EDIT)
def endpoint_secret(request: MemberRequest, pk: int) -> HttpResponse:
    endpoint = _or_404(pk)
    try:
        return _secret(request, endpoint, endpoints.renew_secret(endpoint, by=request.user))
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("blueprints:endpoint-list")


@require_POST
@requires(Permission.PLAY_EDIT)
def endpoint_test(request: MemberRequest, pk: int) -> HttpResponse:
    endpoint = _or_404(pk)
    return _tell(request, lambda: endpoints.try_out(endpoint, by=request.user), _("A test is on its way."))


@require_POST
@requires(Permission.PLAY_EDIT)
def endpoint_switch(request: MemberRequest, pk: int) -> HttpResponse:
    endpoint = _or_404(pk)
    act = endpoints.switch_off if endpoint.active else endpoints.switch_on
    said = _("Switched off. What waits for it stays.") if endpoint.active else _("Switched on.")
    return _tell(request, lambda: act(endpoint, by=request.user), said)


def _tell(request: MemberRequest, act: Callable[[], object], said: str) -> HttpResponse:
    try:
        act()
        messages.success(request, said)
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("blueprints:endpoint-list")


def _secret(request: MemberRequest, endpoint: Endpoint, secret: str) -> HttpResponse:
    context = {"endpoint": endpoint, "secret": secret}
    answer = frame.show(request, "secret.html", context)
    answer["Cache-Control"] = "no-store"
    return answer


def _or_404(pk: int) -> Endpoint:
    endpoint = Endpoint.objects.filter(pk=pk).first()
    if endpoint is None:
        raise Http404("No such endpoint")
    return endpoint
