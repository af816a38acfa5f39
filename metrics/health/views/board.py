"""Health of the portfolio: accounts and ARR by band, and who moved between bands."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Count, Sum
from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts import downloads, formats
from accounts.access import MemberRequest, requires, visible_accounts
from accounts.actions import exports as takings
from accounts.calendar import local_today
from accounts.filters import NOBODY, AccountFilter
from accounts.models import Account, Membership, Phase
from accounts.models.account import AccountQuerySet
from accounts.roles import Permission
from accounts.scopes import scope_for
from accounts.views.book import FIRST_SCOPE
from metrics.health import moving
from metrics.health.definitions import BANDS
from metrics.health.explaining import Explainer
from metrics.health.models import HealthModel
from metrics.health.views import shown

SPANS = {"7": 7, "30": 30, "90": 90}
FILTERS = ("segment", "phase", "csm")
MOST = 200
SHOWN = 25


def _accounts(request: MemberRequest) -> tuple[AccountQuerySet, str, QueryDict]:
    """Those in scope that the filters let through; scope and filters as links carry them on."""
    code = request.GET.get("scope", FIRST_SCOPE.get(request.membership.role, "all"))  # type: ignore[call-overload]
    scope = scope_for(code if code in ("own", "team", "all") else "all", request.membership)
    chosen = QueryDict(mutable=True)
    for name in FILTERS:
        if said := [value for value in request.GET.getlist(name) if value]:
            chosen.setlist(name, said)
    accounts = scope.accounts(visible_accounts(request).exclude(phase=Phase.ENDED))
    return AccountFilter(chosen, accounts, request=request).qs, scope.code, chosen


def _choices(request: MemberRequest, chosen: QueryDict) -> list[dict[str, Any]]:
    """What may be chosen: words and people that the reader's accounts have."""
    accounts = visible_accounts(request).exclude(phase=Phase.ENDED).order_by()
    words = sorted(accounts.exclude(segment="").values_list("segment", flat=True).distinct()[:MOST])
    holders = accounts.exclude(csm=None).values("csm_id").distinct()
    people = Membership.objects.here().filter(user_id__in=holders).order_by("user__name", "user_id")
    rows: list[tuple[str, str, str, list[tuple[Any, Any]]]] = [
        ("segment", _("All segments"), _("Segment"), [(word, word) for word in words]),
        ("phase", _("All phases"), _("Phase"), [each for each in Phase.choices if each[0] != Phase.ENDED]),
        ("csm", _("All CSMs"), _("CSM"), [
            *people.values_list("user_id", "user__name")[:MOST], (NOBODY, _("Nobody yet")),
        ]),
    ]  # fmt: skip
    return [
        {"name": name, "all": every, "label": label, "options": [
            (value, words, str(value) in chosen.getlist(name)) for value, words in options
        ]}
        for name, every, label, options in rows
    ]  # fmt: skip


def _moved(request: MemberRequest, accounts: AccountQuerySet) -> tuple[list[moving.Moved], str, dt.datetime]:
    span = request.GET.get("days", "30")
    span = span if span in SPANS else "30"
    since = timezone.now() - dt.timedelta(days=SPANS[span])
    return moving.moved(accounts, since), span, since


def _because(request: MemberRequest, rows: list[moving.Moved], since: dt.datetime) -> list[dict[str, Any]]:
    """Each with what moved it most, by the same steps as the account's page; queries don't grow with the rows."""
    ids, today = [row.account_id for row in rows[:MOST]], local_today(request.tenant)
    ends, accounts = moving.ends(ids, since), Account.objects.in_bulk(ids)
    explainer, found = Explainer(request.tenant.zone), []
    for row in rows:
        cause = None
        if row.account_id in ends:
            step = explainer.between(*ends[row.account_id])
            cause = shown.first_cause(step, accounts[row.account_id], today)
        found.append({"row": row, "cause": cause})
    return found


@require_GET
@requires(Permission.ACCOUNT_VIEW)
def board(request: MemberRequest) -> HttpResponse:
    accounts, scope, chosen = _accounts(request)
    moved, span, since = _moved(request, accounts)
    bands = _bands(accounts)
    count = len(moved) if "everybody" in request.GET else SHOWN
    rank = {band: n for n, band in enumerate(BANDS)}
    return render(request, "health/board.html", {
        "bands": bands,
        "counts": {each["band"]: each["count"] for each in bands},
        "moved": _because(request, moved[:count], since),
        "more": max(0, len(moved) - count),
        "down": sum(1 for each in moved if rank[each.after] > rank[each.before]),
        "up": sum(1 for each in moved if rank[each.after] < rank[each.before]),
        "span": span,
        "scope": scope,
        "choices": _choices(request, chosen),
        "chosen": chosen.urlencode(),
        "any_model": HealthModel.objects.filter(archived_at=None).exists(),
        "may_edit": request.membership.may(Permission.HEALTH_EDIT),
        "may_export": request.membership.may(Permission.ACCOUNT_EXPORT),
    })  # fmt: skip


def _bands(accounts: AccountQuerySet) -> list[dict[str, Any]]:
    """Accounts and what they pay by band; sums of several currencies stand side by side."""
    rows = accounts.order_by().values("states__health_band", "currency")
    found: dict[str, dict[str, Any]] = {band: {"band": band, "count": 0, "arr": {}} for band in BANDS}
    for row in rows.annotate(count=Count("pk"), arr=Sum("states__arr_minor")):
        each = found[row["states__health_band"] or "unknown"]
        each["count"] += row["count"]
        if row["arr"]:
            each["arr"][row["currency"]] = each["arr"].get(row["currency"], 0) + row["arr"]
    for each in found.values():
        sums = sorted(each["arr"].items(), key=lambda pair: -pair[1])
        each["arr"] = " + ".join(formats.short_money(minor, currency) for currency, minor in sums) or "–"
    return list(found.values())


@require_GET
@requires(Permission.ACCOUNT_EXPORT)
def export(request: MemberRequest) -> HttpResponseBase:
    """Who moved, all of them, as a file. That it was taken out is on record."""
    accounts, _scope, chosen = _accounts(request)
    moved, span, _since = _moved(request, accounts)
    head = [_("Account"), _("Band before"), _("Band now"), _("Score before"), _("Score now")]
    takings.note(f"?days={span}&{chosen.urlencode()}".rstrip("&"), head, by=request.user)
    rows = [[each.name, each.before, each.after, _cell(each.score_before), _cell(each.score_after)] for each in moved]
    kind = downloads.kind_of("csv")
    assert kind is not None
    name = downloads.dated("health-movements", request.tenant, kind.code)
    return downloads.download(kind.written(head, rows, _("Movements")), name, kind.media_type)


def _cell(score: int | None) -> int | str:
    return "" if score is None else score
