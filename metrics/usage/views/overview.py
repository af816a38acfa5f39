"""The settings of usage: what came last, what is counted, what waits, what was refused."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts import formats
from accounts.access import MemberRequest, requires
from accounts.roles import Permission
from accounts.views.saving import Saving, save
from metrics.usage.actions import keeping
from metrics.usage.forms import IntakeForm
from metrics.usage.models import Intake, Metric, Origin, Refusal, WriteKey
from metrics.usage.views.frame import host_of, show

SHOWN = 50


@require_GET
@requires(Permission.USAGE_EDIT)
def overview(request: MemberRequest) -> HttpResponse:
    now = timezone.localtime()
    intake = Intake.objects.first()
    received = intake.last_received_at if intake else None
    context = {
        "metrics": list(Metric.objects.all()),
        "waiting": Origin.objects.waiting().order_by()[:1_001].count(),
        "refusals": [(row, formats.ago(row.received_at, now)) for row in Refusal.objects.all()[:SHOWN]],
        "received": formats.ago(received, now) if received else "",
        "last_event": intake.last_event if intake else "",
        "months": (intake.raw_months if intake else None) or settings.USAGE_RAW_MONTHS,
        "keys": WriteKey.objects.filter(tenant=request.tenant, revoked_at=None).count(),
        "host": host_of(request),
    }
    return show(request, "overview.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.USAGE_EDIT)
def retention(request: MemberRequest) -> HttpResponse:
    intake = keeping.intake_of(request.tenant)
    form = IntakeForm(request.POST or None, row=intake)
    intro = _("Figures of days stay for good; raw events are needed to count a changed metric anew.")
    saving = Saving(_("How long raw events stay"), reverse("usage:overview"), _("Saved."), intro=intro)
    return save(
        request, form,
        lambda: keeping.edit(intake, form.cleaned_data["raw_months"], by=request.user, version=form.seen_version),
        saving,
    )  # fmt: skip
