"""What is known: of one account, and which facts other systems send."""

from __future__ import annotations

from functools import reduce
from itertools import groupby
from operator import or_
from typing import Any

from django.db.models import Count, Max, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from accounts import calendar, formats
from accounts.access import MemberRequest, account_or_404, requires
from accounts.actions import external_facts
from accounts.calendar import DAY
from accounts.forms.facts import ExternalFactForm
from accounts.knowing import telling
from accounts.knowing.telling import Told
from accounts.models import ExternalFact, ExternalValue
from accounts.roles import Permission
from accounts.views.header import header
from accounts.views.saving import Saving, save, show

GROUPS = {
    "account": gettext_lazy("Account"), "contract": gettext_lazy("Contract"), "people": gettext_lazy("People"),
    "task": gettext_lazy("Tasks"), "meeting": gettext_lazy("Meetings"), "plan": gettext_lazy("Impact plan"),
    "critical_event": gettext_lazy("Critical events"), "deployment": gettext_lazy("Deployments"),
    "onboarding": gettext_lazy("Onboarding"), "usage": gettext_lazy("Usage"), "health": gettext_lazy("Health"),
    "judged": gettext_lazy("Judged by CSMs"), "override": gettext_lazy("Health set by hand"),
    "maturity": gettext_lazy("Maturity"), "custom": gettext_lazy("Custom fields"),
    "ext": gettext_lazy("From other systems"),
}  # fmt: skip


@require_GET
@requires(Permission.ACCOUNT_VIEW)
def of_account(request: MemberRequest, pk: int) -> HttpResponse:
    account = account_or_404(request, pk)
    context = header(request, account)
    told, now = telling.facts_of(account, context["head"].today), timezone.localtime()
    context |= {
        "groups": _grouped(told),
        "unknown": sum(1 for each in told if each.value is None),
        "stale": sum(1 for each in told if each.stale),
        "changes": [(change, formats.ago(change.at, now)) for change in telling.changes_of(account)],
    }
    return render(request, "accounts/account_facts.html", context)


def _grouped(told: list[Told]) -> list[dict[str, Any]]:
    """What is known first, group by group; the rest by name alone, and groups of which nothing is known last."""
    ordered = sorted(told, key=lambda each: list(GROUPS).index(each.fact.group) if each.fact.group in GROUPS else 99)
    found = []
    for code, of_group in groupby(ordered, key=lambda each: each.fact.group):
        rows = list(of_group)
        known = [
            (each, formats.date(each.as_of), formats.date_time(each.since and timezone.localtime(each.since)))
            for each in rows
            if each.text
        ]
        missing = [each.fact for each in rows if not each.text]
        found.append({"label": GROUPS.get(code, code), "known": known, "missing": missing})
    return sorted(found, key=lambda group: not group["known"])


@require_GET
@requires(Permission.SETTINGS_VIEW)
def fact_list(request: MemberRequest) -> HttpResponse:
    today, now = calendar.local_today(request.tenant), timezone.localtime()
    counted = ExternalValue.objects.exclude(value=None).order_by().values("fact")
    received: dict[int, Any] = {
        row["fact"]: row for row in counted.annotate(accounts=Count("pk"), at=Max("received_at"))
    }
    facts = list(ExternalFact.objects.order_by("-active", "label", "id"))
    aged = [Q(fact=fact, observed_on__lt=today - DAY * fact.fresh_days) for fact in facts if fact.fresh_days]
    old: Any = counted.filter(reduce(or_, aged)).annotate(n=Count("pk")) if aged else counted.none()
    stale: dict[int, int] = {row["fact"]: row["n"] for row in old}
    rows = []
    for fact in facts:
        last = received.get(fact.pk, {"accounts": 0, "at": None})
        when = formats.ago(last["at"], now) if last["at"] else ""
        rows.append({"fact": fact, "accounts": last["accounts"], "stale": stale.get(fact.pk, 0), "received": when})
    return show(request, "facts.html", {"rows": rows, "may_edit": request.membership.may(Permission.FACT_EDIT)})


@require_http_methods(["GET", "POST"])
@requires(Permission.FACT_EDIT)
def fact_add(request: MemberRequest) -> HttpResponse:
    form = ExternalFactForm(request.POST or None)
    saving = Saving(_("New external fact"), reverse("accounts:fact-list"), _("Fact defined."), _("Define the fact"))
    return save(request, form, lambda: external_facts.define(form.values, by=request.user), saving)


@require_http_methods(["GET", "POST"])
@requires(Permission.FACT_EDIT)
def fact_edit(request: MemberRequest, pk: int) -> HttpResponse:
    fact = get_object_or_404(ExternalFact.objects.all(), pk=pk)
    form = ExternalFactForm(request.POST or None, row=fact)
    saving = Saving(fact.label, reverse("accounts:fact-list"), _("Fact saved."))
    return save(
        request,
        form,
        lambda: external_facts.edit(fact, form.values, by=request.user, version=form.seen_version),
        saving,
    )
