"""Does it predict? The page that holds scores against what then happened."""

from __future__ import annotations

from typing import Any

from django.db.models import Min
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from accounts.access import MemberRequest, requires
from accounts.calendar import local_today
from accounts.models import Account
from accounts.roles import Permission
from metrics.health.models import HealthVersion
from metrics.health.validation import CHURN, LOSS, LOST, Report, Row, report
from metrics.health.validation_cases import AHEAD, happened
from metrics.health.validation_sums import FEWEST, Estimate, Lift, Verdict
from metrics.health.views.frame import show

DAYS = {str(days): days for days in AHEAD}
USUAL = "90"
OF = ((LOSS, gettext_lazy("Left or shrank")), (CHURN, gettext_lazy("Left")))
NAMES = 50


@require_GET
@requires(Permission.SETTINGS_VIEW)
def predicts(request: MemberRequest) -> HttpResponse:
    asked = request.GET
    days = asked.get("days", USUAL) if asked.get("days") in DAYS else USUAL
    of = CHURN if asked.get("of") == CHURN else LOSS
    version, segment = (asked.get(name, "").replace("\0", "") for name in ("version", "segment"))
    today = local_today(request.tenant)
    cases = happened(request.tenant, ahead=DAYS[days], today=today, lost=LOST[of], version=version, segment=segment)
    found = report(cases, of=of)
    greens = _greens(request, found)
    context = _told(found) | {
        "days": days, "spans": list(DAYS), "of": of, "targets": OF, "fewest": FEWEST, "sampled": cases.sampled,
        "taken": sum(g.count for g in cases.groups),
        # What was asked for stands among the choices, though nobody has it: figures and choice say the same.
        "version": version, "versions": sorted({version, *(group.version for group in cases.groups)} - {""}),
        "segment": segment, "segments": sorted({segment, *(group.segment for group in cases.groups)} - {""}),
        "since": HealthVersion.objects.aggregate(since=Min("published_at"))["since"],
        "greens": greens, "more": max(0, found.count_greens - len(greens)),
    }  # fmt: skip
    return show(request, "predicts.html", context)


def _greens(request: MemberRequest, found: Report) -> list[dict[str, Any]]:
    """By name, where the reader may see the account, those too that were archived once they had left."""
    rows = found.false_greens[:NAMES]
    seen = Account.objects.visible_to(request.membership).in_bulk([row.account_id for row in rows])
    return [
        {
            "case": row, "what": OUTCOME_LABELS[row.outcome], "name": seen[row.account_id].name,
            "open": seen[row.account_id].archived_at is None,
        }
        for row in rows if row.account_id in seen
    ]  # fmt: skip


OUTCOME_LABELS = {
    "churn": gettext_lazy("Left"), "contraction": gettext_lazy("Shrank"), "expansion": gettext_lazy("Grew"),
    "renewal": gettext_lazy("Renewed"),
}  # fmt: skip


def _told(found: Report) -> dict[str, Any]:
    return {
        "total": found.count,
        "everybody": found.found.total,
        "unknown": found.unknown,
        "verdict": found.verdict,
        "auc": figure(found.verdict.auc),
        "precision": percent(found.verdict.precision),
        "recall": percent(found.verdict.recall),
        "base": percent(found.verdict.base),
        "sentence": sentence(found.verdict),
        "bands": [each | {"lost": percent(each["lost"])} for each in found.bands],
        "outcomes": list(OUTCOME_LABELS.values()),
        "ranges": [(low, high, percent(each)) for low, high, each in found.ranges],
        "by": [
            (_("By version"), _rows(found.by_version), ""),
            (_("By segment"), _rows(found.by_segment), _("nothing known then")),
        ],
        "duel": _rows(found.duel),
        "lifts": [_lift(label, each) for label, each in found.lifts],
    }


def sentence(found: Verdict) -> str:
    """What the area under the curve comes to, in words; a score that is no better than chance is said to be so."""
    if found.too_few or found.auc is None:
        return _("Too few cases to say.")
    if found.auc.low > 0.5:
        good = found.auc.value >= 0.75
        return _("Low scores came before losses, clearly.") if good else _("Low scores came before losses more often.")
    if found.auc.high < 0.5:
        return _("High scores came before losses: the model points the wrong way.")
    return _("No better than chance so far.")


def percent(found: Estimate | None) -> dict[str, Any] | None:
    if found is None:
        return None
    value, low, high = (f"{100 * each:.0f}" for each in (found.value, found.low, found.high))
    return {"value": f"{value}%", "range": f"{low}–{high}%", "hits": found.hits, "of": found.of}


def figure(found: Estimate | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {"value": f"{found.value:.2f}", "range": f"{found.low:.2f}–{found.high:.2f}"}


def _rows(rows: list[Row]) -> list[dict[str, Any]]:
    return [
        {
            "name": row.name, "verdict": row.verdict, "unknown": row.unknown, "others": row.others,
            "unasked": row.unasked, "auc": figure(row.verdict.auc),
            "precision": percent(row.verdict.precision), "recall": percent(row.verdict.recall),
        }
        for row in rows
    ]  # fmt: skip


def _lift(label: str, found: Lift) -> dict[str, Any]:
    times = f"{found.times:.1f}×" if found.times is not None else "–"
    return {"label": label, "lift": found, "times": times, "low": percent(found.low), "auc": figure(found.auc)}
