"""How many days onboarding should take, by segment, in the settings."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.access import MemberRequest, requires
from accounts.roles import Permission
from accounts.views.saving import Saving, save
from accounts.views.settings_map import tabs
from journeys.onboarding.actions import pacing
from journeys.onboarding.forms import TargetForm
from journeys.onboarding.models import DEFAULT_DAYS, OnboardingTarget


@require_GET
@requires(Permission.SETTINGS_VIEW)
def target_list(request: MemberRequest) -> HttpResponse:
    rows = list(OnboardingTarget.objects.all())
    context = {
        "targets": rows, "general": not any(row.segment == "" for row in rows), "default": DEFAULT_DAYS,
        "tabs": tabs(request), "may_edit": request.membership.may(Permission.TARGET_EDIT),
    }  # fmt: skip
    return render(request, "onboarding/targets.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.TARGET_EDIT)
def target_add(request: MemberRequest) -> HttpResponse:
    form = TargetForm(request.POST or None)
    saving = Saving(_("New target"), reverse("onboarding:target-list"), _("Target added."), _("Add target"))
    return save(request, form, lambda: pacing.set_target(form.values, by=request.user), saving)


@require_http_methods(["GET", "POST"])
@requires(Permission.TARGET_EDIT)
def target_edit(request: MemberRequest, pk: int) -> HttpResponse:
    row = _target_or_404(pk)
    form = TargetForm(request.POST or None, row=row)
    saving = Saving(row.segment or _("Every other segment"), reverse("onboarding:target-list"), _("Target saved."))
    return save(
        request, form, lambda: pacing.edit_target(row, form.values, by=request.user, version=form.seen_version), saving
    )


@require_http_methods(["GET", "POST"])
@requires(Permission.TARGET_EDIT)
def target_remove(request: MemberRequest, pk: int) -> HttpResponse:
    row = _target_or_404(pk)
    if request.method == "POST":
        pacing.remove_target(row, by=request.user)
        messages.success(request, _("Target removed."))
    return redirect("onboarding:target-list")


def _target_or_404(pk: int) -> OnboardingTarget:
    row: OnboardingTarget | None = OnboardingTarget.objects.filter(pk=pk).first()
    if row is None:
        raise Http404("No such target")
    return row
