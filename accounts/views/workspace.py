"""The settings' first page, and the workspace itself."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.access import MemberRequest, requires
from accounts.actions import tenants
from accounts.forms.settings import WorkspaceForm, zones
from accounts.roles import Permission
from accounts.views.saving import Saving, save, show


@require_GET
@requires(Permission.SETTINGS_VIEW)
def settings(request: MemberRequest) -> HttpResponse:
    return show(request, "index.html", {})


@require_http_methods(["GET", "POST"])
@requires(Permission.SETTINGS_VIEW)
def workspace_edit(request: MemberRequest) -> HttpResponseBase:
    """Everybody with settings sees it; those who may edit it can save."""
    if not request.membership.may(Permission.SETTINGS_EDIT):
        return show(request, "workspace.html", {"facts": _facts(request)})
    return _form(request)


@requires(Permission.SETTINGS_EDIT)
def _form(request: MemberRequest) -> HttpResponse:
    form = WorkspaceForm(request.POST or None, row=request.tenant)

    def act() -> object:
        return tenants.edit(request.tenant, form.values, by=request.user, seen=form.cleaned_data["seen"] or None)

    saving = Saving(_("Workspace"), reverse("accounts:workspace-edit"), _("Workspace saved."))
    return save(request, form, act, saving, "workspace_form.html", zones=zones())


def _facts(request: MemberRequest) -> list[tuple[str, object]]:
    tenant = request.tenant
    return [
        (_("Name"), tenant.name),
        (_("Time zone"), tenant.timezone),
        (_("Country"), tenant.country),
        (_("Currency"), tenant.currency),
        (_("Business days for a handoff"), tenant.handoff_due_days),
        (_("Days to First Impact from"), tenant.get_first_impact_from_display()),
        (_("Color of shared pages"), tenant.accent),
    ]
