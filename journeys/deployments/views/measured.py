"""The services measures: by quarter, by lead, by product; each number opens the rows that it stands on."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from accounts import formats
from accounts.access import MemberRequest, requires
from accounts.calendar import local_today
from accounts.roles import Permission
from journeys.deployments import measures, quarters
from journeys.deployments.models import DeploymentQuerySet
from journeys.deployments.quarters import Quarter
from journeys.deployments.views.finding import visible_deployments

QUARTERS = 6
MOST = 300
GROUPS = {"quarter": _("By quarter"), "lead": _("By lead"), "product": _("By product")}


@require_GET
@requires(Permission.ACCOUNT_VIEW)
def measure_list(request: MemberRequest) -> HttpResponse:
    today = local_today(request.tenant)
    group = request.GET.get("by", "")
    group = group if group in GROUPS else "quarter"
    known = quarters.last(QUARTERS, today)
    chosen = quarters.named(request.GET.get("quarter", "")) or known[0]
    rows = visible_deployments(request)
    if group == "quarter":
        lines = measures.by_quarter(rows, known, today)
    else:
        lines = measures.by_group(rows, chosen, today, group)
    context = {
        "group": group,
        "groups": list(GROUPS.items()),
        "quarters": known,
        "chosen": chosen,
        "measures": measures.MEASURES,
        "lines": [_shown(line, group, chosen) for line in lines],
    }
    return render(request, "deployments/measures.html", context)


def _shown(line: measures.Line, group: str, chosen: Quarter) -> dict[str, Any]:
    quarter = line.key if group == "quarter" else chosen.name
    who = "" if group == "quarter" else f"&{group}={line.key}"
    cells = [
        {
            "href": f"?measure={measure.code}&quarter={quarter}{who}",
            "share": formats.percent(count.share),
            "says": f"{count.met} of {count.of}",
            "label": measure.label,
            "any": count.of > 0,
        }
        for measure, count in line.counts
    ]
    plugged = {"href": f"?measure={measures.INTEGRATIONS}&quarter={quarter}{who}", "count": line.integrations}
    return {"label": line.label, "cells": cells, "integrations": plugged}


@require_GET
@requires(Permission.ACCOUNT_VIEW)
def measure_rows(request: MemberRequest) -> HttpResponse:
    """What one number is made of."""
    code, quarter = request.GET.get("measure", ""), quarters.named(request.GET.get("quarter", ""))
    if quarter is None or code not in {*measures.BY_CODE, measures.INTEGRATIONS}:
        raise Http404("No such measure")
    today, rows = local_today(request.tenant), _narrowed(request, visible_deployments(request))
    context: dict[str, Any] = {"quarter": quarter, "integrations": None}
    if code == measures.INTEGRATIONS:
        found = measures.integrations_of(rows, quarter, today).select_related("deployment__account", "completed_by")
        context |= {"title": _("Integrations completed"), "integrations": found.order_by("completed_on")[:MOST]}
    else:
        measure = measures.BY_CODE[code]
        out_of = measures.rows_of(rows, measure, quarter, today).select_related("account", "lead", "product")
        context |= {"title": measure.label, "says": measure.says, "rows": out_of.order_by("-closed_on", "id")[:MOST]}
    return render(request, "deployments/measure_rows.html", context)


def _narrowed(request: MemberRequest, rows: DeploymentQuerySet) -> DeploymentQuerySet:
    for name in ("lead", "product"):
        said = request.GET.get(name, "")
        if said == "none":
            rows = rows.filter(**{name: None})
        elif said.isascii() and said.isdigit() and len(said) < 19:
            rows = rows.filter(**{f"{name}_id": int(said)})
    return rows
