"""Usage that nobody could place: a person says whose it is, or that it is nobody's."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import formats
from accounts.access import MemberRequest, requires, visible_accounts
from accounts.roles import Permission
from accounts.views.saving import Saving, save
from metrics.usage.actions import moving, origins
from metrics.usage.forms import MatchForm, MoveForm
from metrics.usage.models import Origin, UsageEvent
from metrics.usage.views.frame import show

SHOWN = 100


@require_GET
@requires(Permission.USAGE_EDIT)
def origin_list(request: MemberRequest) -> HttpResponse:
    which = next((name for name in ("ignored", "matched") if name in request.GET), "waiting")
    rows = Origin.objects.waiting() if which == "waiting" else Origin.objects.filter(state=which)
    found, now = list(rows.select_related("account")[:SHOWN]), timezone.localtime()
    events = UsageEvent.objects.filter(account_id=None, origin_id__in=[row.pk for row in found]).order_by()
    counts = dict(events.values_list("origin_id").annotate(n=Count("*"))) if which != "matched" else {}
    shown = [
        {
            "origin": row,
            "also": _also(row),
            "events": f"{counts.get(row.pk, 0):,}",
            "seen": formats.ago(row.first_seen_at, now),
        }
        for row in found
    ]
    return show(request, "origins.html", {"rows": shown, "which": which})


def _also(row: Origin) -> str:
    """What else is known of it, beside what it is called by."""
    return " · ".join(filter(None, (row.ref if row.name else "", row.domain, row.email)))


@require_http_methods(["GET", "POST"])
@requires(Permission.USAGE_EDIT)
def origin_match(request: MemberRequest, pk: int) -> HttpResponse:
    origin = get_object_or_404(Origin.objects.all(), pk=pk)
    form = MatchForm(request.POST or None, initial={"version": origin.version})
    form.fields["account"].rows = visible_accounts(request)  # type: ignore[attr-defined]
    intro = _("What waits is counted for the account that you choose, each event on its own day, and so is what comes.")
    title = _("Whose usage is “{name}”?").format(name=origin)
    saving = Saving(title, reverse("usage:origin-list"), _("Matched; its usage is being counted."), _("Match"), intro)

    def match() -> Origin:
        said = form.cleaned_data
        return origins.match(origin, said["account"], by=request.user, version=said["version"])

    return save(request, form, match, saving)


@require_http_methods(["GET", "POST"])
@requires(Permission.USAGE_EDIT)
def origin_move(request: MemberRequest, pk: int) -> HttpResponse:
    """To another account, or, with none chosen, back among what waits."""
    origin = get_object_or_404(Origin.objects.select_related("account"), pk=pk)
    form = MoveForm(request.POST or None, initial={"version": origin.version})
    form.fields["account"].rows = visible_accounts(request)  # type: ignore[attr-defined]
    intro = _("It counts for {account} now. Its events move with it, and the days of both accounts are counted anew.")
    saving = Saving(_("Move the usage of “{name}”").format(name=origin), reverse("usage:origin-list") + "?matched",
                    _("Moved; both accounts are being counted anew."), _("Move"),
                    intro.format(account=origin.account or "–"))  # fmt: skip

    def move() -> Origin:
        said = form.cleaned_data
        return moving.move(origin, said["account"], by=request.user, version=said["version"])

    return save(request, form, move, saving)


@require_POST
@requires(Permission.USAGE_EDIT)
def origin_ignore(request: MemberRequest, pk: int) -> HttpResponse:
    origin = origins.ignore(get_object_or_404(Origin.objects.all(), pk=pk), by=request.user)
    messages.success(request, _("“{name}” counts for nobody; nothing is lost.").format(name=origin))
    return redirect("usage:origin-list")


@require_POST
@requires(Permission.USAGE_EDIT)
def origin_reopen(request: MemberRequest, pk: int) -> HttpResponse:
    origin = origins.reopen(get_object_or_404(Origin.objects.all(), pk=pk), by=request.user)
    messages.success(request, _("“{name}” waits again.").format(name=origin))
    return redirect("usage:origin-list")
