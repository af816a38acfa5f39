"""An account's health: how it stands, how it went, what moved it, out of what it is made, and where to look next."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts import formats
from accounts.access import MemberRequest, account_or_404, requires
from accounts.calendar import local_today
from accounts.models import Account
from accounts.roles import Permission
from accounts.views.header import header
from metrics.health import definitions, moving
from metrics.health.actions import hand
from metrics.health.explaining import Explainer, Standing, Step
from metrics.health.models import HealthModel, Judgement
from metrics.health.moving import At
from metrics.health.views import shown

SPANS = {"90": 90, "180": 180, "365": 365}
NEXT = 3


@require_GET
@requires(Permission.ACCOUNT_VIEW)
def of_account(request: MemberRequest, pk: int) -> HttpResponse:
    account = account_or_404(request, pk)
    today, zone = local_today(request.tenant), request.tenant.zone
    span = request.GET.get("days", "180")
    days = SPANS.get(span, 180)
    explainer = Explainer(zone)
    standing = explainer.standing(account, today)
    rows = moving.versions(account, timezone.now() - dt.timedelta(days=days))
    context = header(request, account) | {
        "span": span if span in SPANS else "180",
        "standing": standing,
        "since": formats.ago(standing.since, timezone.localtime()) if standing.since else "",
        "unknown": shown.unknown(standing),
        "late": bool(standing.looked_on and standing.looked_on < today),
        "pillars": (pillars := _pillars(standing, explainer, account, today)),
        "points": sum((each["points"] for each in pillars), Decimal(0)),
        "next": _next(standing, explainer, account, today),
        "chart": _chart(rows, explainer, standing, today, days, zone),
        "steps": [_step(step, account, today, zone) for step in explainer.steps(rows)],
        "judgements": _judgements(account, standing),
        "any_model": HealthModel.objects.filter(archived_at=None).exists(),
        "may_health": request.membership.may(Permission.HEALTH_EDIT),
    }
    return render(request, "health/of_account.html", context)


def _pillars(standing: Standing, explainer: Explainer, account: Account, today: dt.date) -> list[dict[str, Any]]:
    measures = standing.score.measures if standing.score else []
    rest, found = iter(shown.adding_up([each.points for each in measures])), []
    for each in standing.score.pillars if standing.score else ():
        points = [next(rest) for _measure in each.measures]
        rows = zip(each.measures, points, strict=True)
        found.append({
            "pillar": each.pillar,
            "score": each.score,
            "band": _band(standing, each.score),
            "share": f"{each.share:.0f}%",
            "points": sum(points, Decimal(0)),
            "lines": [shown.line(m, explainer.known.get(m.measure.fact), account, today, own) for m, own in rows],
        })  # fmt: skip
    return found


def _band(standing: Standing, score: int | None) -> str:
    bands = (standing.version.definition.get("bands") or {}) if standing.version else {}
    if score is None:
        return "unknown"
    return (
        "healthy"
        if score >= bands.get("healthy", 70)
        else "symptoms"
        if score >= bands.get("symptoms", 50)
        else "at_risk"
    )


def _next(standing: Standing, explainer: Explainer, account: Account, today: dt.date) -> list[dict[str, Any]]:
    """The inputs that cost the most points, and those that nobody knows: there somebody should look."""
    measures = standing.score.measures if standing.score else []
    costly = sorted(measures, key=lambda m: (m.worth is not None, -(m.share - m.points)))
    lost = [m for m in costly if m.worth is None or m.share - m.points >= 5]
    return [
        {
            "line": shown.line(m, explainer.known.get(m.measure.fact), account, today),
            "lost": f"{m.share - m.points:.0f}",
        }
        for m in lost[:NEXT]
    ]


def _chart(
    rows: list[At], explainer: Explainer, standing: Standing, today: dt.date, days: int, zone: dt.tzinfo
) -> dict[str, Any] | None:
    first = today - dt.timedelta(days=days)
    scores = moving.daily(rows, first, today, zone)
    known = [score for score in scores if score is not None]
    if not known:
        return None
    bands = (standing.version.definition.get("bands") or {}) if standing.version else {}
    told = _("From %(first)s to %(last)s points in %(days)s days; lowest %(low)s, highest %(high)s")
    says = told % {"first": known[0], "last": known[-1], "days": days, "low": min(known), "high": max(known)}
    return {
        "scores": scores,
        "labels": [formats.day_month(first + dt.timedelta(days=n)) for n in range(days + 1)],
        "marks": _marks(rows, explainer, first, zone),
        "bands": (bands.get("healthy", 70), bands.get("symptoms", 50)),
        "says": says,
    }


def _marks(rows: list[At], explainer: Explainer, first: dt.date, zone: dt.tzinfo) -> list[tuple[int, str]]:
    """Versions of the models that scored this account, where they were published."""
    models = {explainer.versions[row.model].model_id for row in rows if row.model in explainer.versions}
    published = [
        (version.published_at.astimezone(zone).date(), name)
        for name, version in explainer.versions.items() if version.published_at and version.model_id in models
    ]  # fmt: skip
    return sorted(((day - first).days, name) for day, name in published if day >= first)


def _step(step: Step, account: Account, today: dt.date, zone: dt.tzinfo) -> dict[str, Any]:
    return {
        "when": formats.date_time(step.at.astimezone(zone)),
        "before": step.before,
        "after": step.after,
        "change": step.change,
        "causes": [shown.cause(each, account, today) for each in step.causes],
    }


def _judgements(account: Account, standing: Standing) -> list[dict[str, Any]]:
    """Of the measures that this account's own model asks for, and that may be judged now."""
    asked = definitions.read(standing.version.definition).measures if standing.version else ()
    own, allowed = {each.key: each for each in asked if each.judged}, hand.judged()
    known = {key: measure for key, measure in own.items() if key in allowed}
    newest = Judgement.objects.filter(account=account, measure__in=list(known)).select_related("judged_by")[:100]
    last: dict[str, Judgement] = {}
    for row in newest:
        last.setdefault(row.measure, row)
    return [
        {
            "measure": measure,
            "last": last.get(key),
            "level": next((each.label for each in measure.levels if key in last and each.key == last[key].level), ""),
            "reason": dict(measure.reasons).get(last[key].reason, "") if key in last else "",
        }
        for key, measure in known.items()
    ]
