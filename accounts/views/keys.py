"""Keys of other systems: made, shown once, revoked."""

from __future__ import annotations

import datetime as dt

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import calendar, formats
from accounts.access import MemberRequest, requires
from accounts.actions import api_keys
from accounts.forms.answers import attempt
from accounts.forms.settings import KeyForm
from accounts.models import ApiKey
from accounts.roles import Permission
from accounts.views.saving import Saving, show


@require_GET
@requires(Permission.KEY_MANAGE)
def key_list(request: MemberRequest) -> HttpResponse:
    now = timezone.localtime()
    keys = ApiKey.objects.filter(tenant=request.tenant).select_related("created_by")
    rows = [
        {
            "key": key,
            "scope": key.get_scope_display(),
            "used": formats.ago(key.last_used_at, now) if key.last_used_at else _("never"),
            "until": formats.date(_local(request, key.expires_at)) if key.expires_at else _("revoked by hand"),
            "state": _state(key, now),
        }
        for key in keys[:200]
    ]
    return show(request, "keys.html", {"rows": rows})


@never_cache
@require_http_methods(["GET", "POST"])
@requires(Permission.KEY_MANAGE)
def key_add(request: MemberRequest) -> HttpResponse:
    """The answer to a good form shows the key, this once."""
    form = KeyForm(request.POST or None, today=calendar.local_today(request.tenant))
    status = 200
    if request.method == "POST":
        made, status = attempt(form, lambda: _create(request, form))
        if made:
            return show(request, "key_made.html", {"key": made[0], "secret": made[1]})
    intro = _("A key works in your name and stops when you leave.")
    saving = Saving(_("New API key"), reverse("accounts:key-list"), "", _("Create key"), intro)
    return show(request, "form.html", {"form": form, "saving": saving}, status)


@require_POST
@requires(Permission.KEY_MANAGE)
def key_revoke(request: MemberRequest, pk: int) -> HttpResponse:
    key = get_object_or_404(ApiKey, tenant=request.tenant, pk=pk)
    api_keys.revoke(key, by=request.user)
    messages.success(request, _("“{name}” opens nothing any more.").format(name=key.name))
    return redirect("accounts:key-list")


def _create(request: MemberRequest, form: KeyForm) -> tuple[ApiKey, str]:
    said = form.cleaned_data
    day: dt.date | None = said["expires_on"]
    until = calendar.local_midnight(request.tenant, day + dt.timedelta(days=1)) if day else None
    return api_keys.create(request.tenant, said["name"], said["scope"], request.user, expires_at=until)


def _state(key: ApiKey, now: dt.datetime) -> str:
    if key.revoked_at:
        return _("Revoked")
    return _("Expired") if key.expires_at and key.expires_at <= now else ""


def _local(request: MemberRequest, instant: dt.datetime) -> dt.date:
    """The last day on which it works: it expires at the midnight after."""
    return (instant.astimezone(request.tenant.zone) - dt.timedelta(seconds=1)).date()
