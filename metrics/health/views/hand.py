"""What people say about an account's health: judged, set by hand, taken back."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import formats
from accounts.access import MemberRequest, account_or_404, requires
from accounts.calendar import local_today
from accounts.forms.answers import attempt
from accounts.roles import Permission
from accounts.views.header import header
from metrics.health.actions import hand
from metrics.health.explaining import Explainer
from metrics.health.forms.around import JudgeForm, OverrideForm
from metrics.health.models import Override


@require_http_methods(["GET", "POST"])
@requires(Permission.ACCOUNT_EDIT)
def judge(request: MemberRequest, pk: int, measure: str) -> HttpResponse:
    account = account_or_404(request, pk)
    known = hand.judged().get(measure)
    if known is None:
        raise Http404("Nothing of this name is judged")
    form, status, today = JudgeForm(request.POST or None, measure=known), 200, local_today(request.tenant)
    if request.method == "POST":
        row, status = attempt(
            form, lambda: hand.judge(account, measure, **form.cleaned_data, by=request.user, today=today)
        )
        if row:
            messages.success(request, _("Judged; the score follows within seconds."))
            return redirect("health:of-account", account.pk)
    context = header(request, account) | {"form": form, "measure": known, "section": "health:of-account"}
    return render(request, "health/judge.html", context, status=status)


@require_http_methods(["GET", "POST"])
@requires(Permission.ACCOUNT_EDIT)
def override(request: MemberRequest, pk: int) -> HttpResponse:
    account, today = account_or_404(request, pk), local_today(request.tenant)
    form, status = OverrideForm(request.POST or None, today=today), 200
    if request.method == "POST":
        row, status = attempt(form, lambda: hand.override(account, **form.cleaned_data, by=request.user, today=today))
        if row:
            messages.success(request, _("Set by hand; the worked-out score goes on beside it."))
            return redirect("health:of-account", account.pk)
    standing = Explainer(request.tenant.zone).standing(account, today)
    context = header(request, account) | {"form": form, "standing": standing, "section": "health:of-account"}
    return render(request, "health/override.html", context, status=status)


@require_POST
@requires(Permission.ACCOUNT_EDIT)
def lift(request: MemberRequest, pk: int) -> HttpResponse:
    """The very one that the page showed: another, set since, stays."""
    account, said = account_or_404(request, pk), request.POST.get("override", "")
    row = Override.objects.filter(account=account, lifted_at=None, pk=int(said) if said.isdecimal() else 0).first()
    if row is None:
        messages.warning(request, _("Nothing was lifted: what the page showed no longer holds."))
        return redirect("health:of-account", account.pk)
    hand.lift(account, by=request.user, only=row.pk)
    told = {"n": row.score, "who": row.set_by or "–", "until": formats.date(row.until), "reason": row.reason}
    words = _("Lifted: the {n} that {who} set until {until} ({reason}). The score is worked out again within seconds.")
    messages.success(request, words.format(**told))
    return redirect("health:of-account", account.pk)
