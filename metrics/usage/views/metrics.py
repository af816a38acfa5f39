"""What is counted: made, changed, counted anew."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import MemberRequest, requires
from accounts.roles import Permission
from accounts.views.saving import Saving, save
from metrics.usage.actions import metrics
from metrics.usage.forms import MetricForm
from metrics.usage.models import Metric


@require_http_methods(["GET", "POST"])
@requires(Permission.USAGE_EDIT)
def metric_add(request: MemberRequest) -> HttpResponse:
    form = MetricForm(request.POST or None)
    intro = _("Days whose raw events are kept are counted too, so its line doesn’t begin today.")
    saving = Saving(_("New metric"), reverse("usage:overview"), _("Metric added; it is being counted."),
                    _("Add metric"), intro)  # fmt: skip
    return save(request, form, lambda: metrics.add(form.values, by=request.user), saving)


@require_http_methods(["GET", "POST"])
@requires(Permission.USAGE_EDIT)
def metric_edit(request: MemberRequest, pk: int) -> HttpResponse:
    metric = get_object_or_404(Metric.objects.all(), pk=pk)
    form = MetricForm(request.POST or None, row=metric)
    intro = _("A change of what is counted counts the days anew whose raw events are kept; older figures stay.")
    saving = Saving(metric.name, reverse("usage:overview"), _("Metric saved."), intro=intro)
    return save(
        request, form, lambda: metrics.edit(metric, form.values, by=request.user, version=form.seen_version), saving
    )


@require_POST
@requires(Permission.USAGE_EDIT)
def metric_recount(request: MemberRequest, pk: int) -> HttpResponse:
    metric = get_object_or_404(Metric.objects.all(), pk=pk)
    metrics.recount(metric, by=request.user)
    messages.success(request, _("“{name}” is being counted anew.").format(name=metric.name))
    return redirect("usage:overview")
