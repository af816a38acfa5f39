"""Write keys: made, shown once, revoked."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import formats
from accounts.access import MemberRequest, requires
from accounts.forms.answers import attempt
from accounts.roles import Permission
from accounts.views.saving import Saving
from accounts.views.saving import show as show_form
from metrics.usage.actions import write_keys
from metrics.usage.forms import WriteKeyForm
from metrics.usage.models import WriteKey
from metrics.usage.views.frame import host_of, show


@require_GET
@requires(Permission.KEY_MANAGE)
def key_list(request: MemberRequest) -> HttpResponse:
    now = timezone.localtime()
    keys = WriteKey.objects.filter(tenant=request.tenant).select_related("created_by")[:200]
    used = [(key, formats.ago(key.last_used_at, now) if key.last_used_at else _("never")) for key in keys]
    return show(request, "keys.html", {"rows": used, "host": host_of(request)})


@never_cache
@require_http_methods(["GET", "POST"])
@requires(Permission.KEY_MANAGE)
def key_add(request: MemberRequest) -> HttpResponse:
    """The answer to a good form shows the key, this once."""
    form, status = WriteKeyForm(request.POST or None), 200
    if request.method == "POST":
        made, status = attempt(form, lambda: write_keys.create(request.tenant, form.cleaned_data["name"], request.user))
        if made:
            context = {"key": made[0], "secret": made[1], "host": host_of(request)}
            return show(request, "key_made.html", context)
    intro = _("A write key lets usage in and reads nothing, so it may stand in a web page.")
    saving = Saving(_("New write key"), reverse("usage:key-list"), "", _("Create key"), intro)
    return show_form(request, "form.html", {"form": form, "saving": saving}, status)


@require_POST
@requires(Permission.KEY_MANAGE)
def key_revoke(request: MemberRequest, pk: int) -> HttpResponse:
    key = get_object_or_404(WriteKey, tenant=request.tenant, pk=pk)
    write_keys.revoke(key, by=request.user)
    messages.success(request, _("“{name}” lets nothing in any more.").format(name=key.name))
    return redirect("usage:key-list")
