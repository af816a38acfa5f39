"""An account's maturity: how it stands, how it went, and the form that asks again."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.access import MemberRequest, account_or_404, requires
from accounts.calendar import local_today
from accounts.forms.answers import attempt
from accounts.models import Account
from accounts.roles import Permission
from accounts.views.header import header
from metrics.maturity import actions, index
from metrics.maturity.forms import ANSWER, AssessForm
from metrics.maturity.models import Assessment, MaturityTemplate

MOST = 50


@require_GET
@requires(Permission.ACCOUNT_VIEW)
def of_account(request: MemberRequest, pk: int) -> HttpResponse:
    account = account_or_404(request, pk)
    rows = list(Assessment.objects.filter(account=account).select_related("assessed_by", "template")[:MOST])
    newest = rows[0] if rows else None
    context = header(request, account) | {
        "newest": newest,
        "level": index.LEVEL_NAMES[newest.level - 1] if newest else "",
        "areas": index.by_area(newest.answers, newest.questions) if newest else [],
        "answers": _answers(newest) if newest else [],
        "history": rows,
        "templates": actions.templates(),
        "may_assess": request.membership.may(Permission.ACCOUNT_EDIT),
        "may_settings": request.membership.may(Permission.HEALTH_EDIT),
    }
    return render(request, "maturity/of_account.html", context)


def _answers(row: Assessment) -> list[dict[str, Any]]:
    found = []
    for each in row.questions:
        level = row.answers[each["key"]]
        found.append({"text": each["text"], "area": each["area"], "level": level, "said": each["levels"][level - 1]})
    return found


@require_http_methods(["GET", "POST"])
@requires(Permission.ACCOUNT_EDIT)
def assess(request: MemberRequest, pk: int) -> HttpResponse:
    account, today = account_or_404(request, pk), local_today(request.tenant)
    template = _template(request)
    form = AssessForm(request.POST or None, template=template, initial={"on": today} | _before(account, template))
    status = 200
    if request.method == "POST":
        row, status = attempt(form, lambda: actions.assess(
            account, template, form.answers, note=form.cleaned_data["note"], on=form.cleaned_data["on"],
            by=request.user, today=today,
        ))  # fmt: skip
        if row:
            messages.success(request, _("Assessed; the matrix follows within seconds."))
            return redirect("maturity:of-account", account.pk)
    context = header(request, account) | {"form": form, "template": template, "section": "maturity:of-account"}
    return render(request, "maturity/assess.html", context, status=status)


def _template(request: MemberRequest) -> MaturityTemplate:
    """The one that was asked for, or the first; a workspace that asks nothing yet has no such page."""
    rows = MaturityTemplate.objects.filter(archived_at=None)
    said = request.GET.get("template", "")
    if said.isascii() and said.isdigit() and len(said) < 19:
        rows = rows.filter(pk=int(said))
    first = rows.values_list("pk", flat=True).first()
    return get_object_or_404(rows, pk=first)


def _before(account: Account, template: MaturityTemplate) -> dict[str, Any]:
    """What was answered last time, since little changes from one time to the next."""
    row = Assessment.objects.filter(account=account, template=template).first()
    return {ANSWER + key: str(level) for key, level in row.answers.items()} if row else {}
