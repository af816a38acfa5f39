"""The fields that the workspace keeps about accounts beyond the usual."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import MemberRequest, requires
from accounts.actions import custom_fields
from accounts.forms.settings import CustomFieldForm
from accounts.models import CustomField
from accounts.roles import Permission
from accounts.views.saving import Saving, save, show


@require_GET
@requires(Permission.SETTINGS_VIEW)
def field_list(request: MemberRequest) -> HttpResponse:
    return show(request, "fields.html", {"fields": list(CustomField.objects.all())})


@require_http_methods(["GET", "POST"])
@requires(Permission.SETTINGS_EDIT)
def field_add(request: MemberRequest) -> HttpResponse:
    form = CustomFieldForm(request.POST or None)
    saving = Saving(_("New field"), reverse("accounts:field-list"), _("Field added."), _("Add field"))
    return save(request, form, lambda: custom_fields.add(form.values, by=request.user), saving)


@require_http_methods(["GET", "POST"])
@requires(Permission.SETTINGS_EDIT)
def field_edit(request: MemberRequest, pk: int) -> HttpResponse:
    field = get_object_or_404(CustomField.objects.all(), pk=pk)
    form = CustomFieldForm(request.POST or None, row=field)
    saving = Saving(field.label, reverse("accounts:field-list"), _("Field saved."))
    return save(
        request,
        form,
        lambda: custom_fields.edit(field, form.values, by=request.user, version=form.seen_version),
        saving,
    )


@require_POST
@requires(Permission.SETTINGS_EDIT)
def field_move(request: MemberRequest, pk: int) -> HttpResponse:
    field = get_object_or_404(CustomField.objects.all(), pk=pk)
    custom_fields.move(field, up=request.POST.get("to") == "up", by=request.user)
    return redirect("accounts:field-list")
