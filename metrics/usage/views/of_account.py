"""An account's usage: each metric as a line over time, and all of them as a table."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts import formats
from accounts.access import MemberRequest, account_or_404, requires
from accounts.calendar import local_today
from accounts.roles import Permission
from accounts.views.header import header
from metrics.usage import series
from metrics.usage.models import Aggregate
from metrics.usage.series import Series
from metrics.usage.views.frame import amount, host_of

SPANS = {"90": (90, 1), "365": (364, 7)}


@require_GET
@requires(Permission.ACCOUNT_VIEW)
def of_account(request: MemberRequest, pk: int) -> HttpResponse:
    account = account_or_404(request, pk)
    span = request.GET.get("days", "90")
    days, step = SPANS.get(span, SPANS["90"])
    found = series.of_account(account.pk, today=local_today(request.tenant), days=days, step=step)
    context = header(request, account) | {
        "rows": [_row(each) for each in found if each.last_seen],
        "unseen": [each.metric.name for each in found if not each.last_seen],
        "span": span if span in SPANS else "90",
        "host": host_of(request),
        "group": account.external_id or account.domain or "",
        "may_keys": request.membership.may(Permission.KEY_MANAGE),
    }
    return render(request, "usage/of_account.html", context)


def _row(each: Series) -> dict[str, Any]:
    metric = each.metric
    meaning = {
        Aggregate.COUNT: _("in all"), Aggregate.USERS: _("a day on average"), Aggregate.SUM: _("in all"),
        Aggregate.LAST: _("last value"),
    }  # fmt: skip
    return {
        "metric": metric,
        "now": amount(each.now),
        "before": amount(each.before),
        "change": each.change,
        "new": bool(each.now),
        "means": meaning[Aggregate(metric.aggregate)],
        "people": amount(round(each.people, 1)),
        "last_seen": formats.date(each.last_seen),
        "values": each.values,
        "labels": [formats.date(day) for day in each.days],
        "says": _("{name}: {now} {means}, before that {before}").format(
            name=metric.name, now=amount(each.now), means=meaning[Aggregate(metric.aggregate)],
            before=amount(each.before),
        ),
    }  # fmt: skip
