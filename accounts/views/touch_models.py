"""What high, low and tech touch mean here."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.access import MemberRequest, requires
from accounts.actions import touch_models
from accounts.forms.settings import TouchModelForm
from accounts.models import TouchModel
from accounts.roles import Permission
from accounts.views.saving import Saving, save, show


@require_GET
@requires(Permission.SETTINGS_VIEW)
def touch_list(request: MemberRequest) -> HttpResponse:
    return show(request, "touch_models.html", {"models": list(TouchModel.objects.all())})


@require_http_methods(["GET", "POST"])
@requires(Permission.SETTINGS_EDIT)
def touch_edit(request: MemberRequest, pk: int) -> HttpResponse:
    model = get_object_or_404(TouchModel.objects.all(), pk=pk)
    form = TouchModelForm(request.POST or None, row=model)
    saving = Saving(str(model), reverse("accounts:touch-list"), _("Touch model saved."))
    return save(
        request, form, lambda: touch_models.edit(model, form.values, by=request.user, version=form.seen_version), saving
    )
