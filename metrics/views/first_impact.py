"""Time to First Impact: the curve, its groups, and the accounts behind each number."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from accounts.access import MemberRequest, requires, visible_accounts
from accounts.calendar import local_today
from accounts.roles import Permission
from metrics.reports import first_impact as report
from metrics.survival import Curve, Share

PAGE = 50
WHO = {"all": "All", "reached": "There", "waiting": "Still waiting"}


@require_GET
@requires(Permission.ACCOUNT_VIEW)
def first_impact(request: MemberRequest) -> HttpResponse:
    """`by`: a group of the report; `since`: commit or kickoff, first the one that the workspace chose."""
    by, since = _asked(request)
    rows = _waits(request, since)
    whole = report.overall(rows)
    context = {
        "whole": _shown(whole, _link(by, since)),
        "steps": [(day, at.value, at.low, at.high) for day, at in zip(whole.days, whole.shares, strict=True)],
        "last": max(whole.last, report.MARKS[-1]), "sentence": _sentence(whole),
        "lines": [_shown(line.curve, _link(by, since, line.label)) | {"label": line.label}
                  for line in report.by_group(rows, by)] if whole.count else [],
        "by": by, "by_label": report.GROUPS[by][0], "since": since, "marks": report.MARKS,
        "coming": report.coming(visible_accounts(request)),
        "groups": [(code, label, code == by) for code, (label, _column) in report.GROUPS.items()],
        "clocks": [(code, label, code == since) for code, label in report.SINCE.items()],
    }  # fmt: skip
    return render(request, "metrics/first_impact.html", context)


@require_GET
@requires(Permission.ACCOUNT_VIEW)
def first_impact_accounts(request: MemberRequest) -> HttpResponse:
    """The accounts behind one number: `label` of the group (left out: all), `who`: all, reached or waiting."""
    by, since = _asked(request)
    who = _one_of(request, "who", WHO, "all")
    rows = _waits(request, since)
    label = request.GET.get("label")
    if label is not None:
        wanted = report.grouped(rows, by).filter(label=label.replace("\x00", "")).values("pk")
        rows = rows.filter(pk__in=wanted)
    if who != "all":
        rows = rows.filter(reached_on__isnull=who == "waiting")
    rows = rows.select_related("account__csm").order_by("-waited", "account__name", "pk")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page, "by": by, "by_label": report.GROUPS[by][0], "since": since, "label": label, "who": who,
        "choices": [(code, text, code == who) for code, text in WHO.items()],
        "back": f"{reverse('metrics:first-impact')}?{urlencode({'by': by, 'since': since})}",
    }  # fmt: skip
    return render(request, "metrics/first_impact_accounts.html", context)


def _asked(request: MemberRequest) -> tuple[str, str]:
    since = _one_of(request, "since", report.SINCE, request.tenant.first_impact_from)
    return _one_of(request, "by", report.GROUPS, "segment"), since


def _one_of(request: MemberRequest, name: str, choices: dict[str, Any], default: str) -> str:
    chosen = request.GET.get(name, default)
    if chosen not in choices:
        raise Http404(f"There is no such {name}.")
    return chosen


def _waits(request: MemberRequest, since: str) -> report.Waits:
    tenant = request.tenant
    return report.waits(visible_accounts(request), since=since, today=local_today(tenant), zone=tenant.zone)


def _link(by: str, since: str, label: str | None = None) -> str:
    asked = {"by": by, "since": since} | ({} if label is None else {"label": label})
    return f"{reverse('metrics:first-impact-accounts')}?{urlencode(asked)}"


def _shown(found: Curve, link: str) -> dict[str, Any]:
    return {
        "count": found.count,
        "reached": found.reached,
        "waiting": found.waiting,
        "too_few": found.too_few,
        "median": found.within(0.5),
        "p75": found.within(0.75),
        "shares": [_percent(found.by(day)) for day in report.MARKS],
        "link": link,
    }


def _sentence(found: Curve) -> str:
    median = found.within(0.5)
    half = "fewer than half have got there" if median is None else f"half had got there by day {median}"
    return f"Share of {found.count} accounts with First Impact by day: {half}; {found.waiting} not there."


def _percent(share: Share | None) -> dict[str, str] | None:
    if share is None:
        return None
    return {"value": f"{share.value:.0%}", "range": f"{share.low:.0%}–{share.high:.0%}"}
