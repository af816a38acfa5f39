"""What a play would have done: ask for a period, wait for the figures, look at the accounts behind them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import formats
from accounts.access import MemberRequest, requires, visible_accounts
from accounts.actions.errors import Refused
from accounts.calendar import local_today
from accounts.registry import known_facts
from accounts.roles import Permission
from blueprints import rules
from blueprints.models import Play
from metrics.backtests import actions
from metrics.backtests.forms import BackTestForm
from metrics.backtests.models import BackTest, FoundMatch, ReplayState
from metrics.backtests.outcomes import HORIZONS
from metrics.backtests.summing import HAPPENED

PAGE, LATEST = 50, 10
WORDS = {"churned": "Churned", "contracted": "Contracted", "expanded": "Expanded", "renewed": "Renewed"}


@require_http_methods(["GET", "POST"])
@requires(Permission.PLAY_EDIT)
def of_play(request: MemberRequest, pk: int) -> HttpResponse:
    """The play's back-tests so far, and the form that asks for the next."""
    play = get_object_or_404(Play, pk=pk)
    form = BackTestForm(request.POST or None, play=play, today=local_today(request.tenant))
    if request.method == "POST" and form.is_valid() and (test := _ask(request, play, form)):
        return redirect("backtests:test-detail", test.pk)
    tests = BackTest.objects.filter(play=play).select_related("version", "asked_by")[:LATEST]
    context = {"play": play, "form": form, "tests": [_line(test) for test in tests], "said": _sentences(play)}
    return render(request, "backtests/of_play.html", context, status=422 if form.errors else 200)


@require_GET
@requires(Permission.PLAY_VIEW)
def test_detail(request: MemberRequest, pk: int) -> HttpResponse:
    """The report; while it is worked out, a page that looks again by itself."""
    test = get_object_or_404(BackTest.objects.select_related("play", "version", "asked_by"), pk=pk)
    known = test.play.current()
    context = {
        "test": test, "play": test.play, "period": (formats.date(test.start), formats.date(test.end)),
        "newest": known.pk == test.version_id, "waiting": test.state == ReplayState.WAITING,
        "variants": [_shown(n, found) for n, found in enumerate(test.result.get("variants", []))],
        "months": settings.BACK_TEST_MONTHS, "may_edit": request.membership.may(Permission.PLAY_EDIT),
    } | _matches(request, test)  # fmt: skip
    return render(request, "backtests/test.html", context)


@require_POST
@requires(Permission.PLAY_EDIT)
def test_keep(request: MemberRequest, pk: int) -> HttpResponse:
    """kept=1: it stays, however old; anything else: it goes with the others of its age."""
    test = get_object_or_404(BackTest, pk=pk)
    try:
        actions.keep(test, kept=request.POST.get("kept") == "1", by=request.user)
    except Refused as refused:
        messages.error(request, refused.words)
        return redirect("backtests:of-play", test.play_id)
    return redirect("backtests:test-detail", test.pk)


def _ask(request: MemberRequest, play: Play, form: BackTestForm) -> BackTest | None:
    said = form.cleaned_data
    variant = said["beside"].conditions if said["beside"] else None
    today = local_today(request.tenant)
    try:
        return actions.ask(play, start=said["start"], end=said["end"], variant=variant, today=today, by=request.user)
    except Refused as refused:
        for name, messages in refused.errors.items():
            form.add_error(name if name in form.fields else None, [str(message) for message in messages])
        return None


def _line(test: BackTest) -> dict[str, Any]:
    first: dict[str, Any] = next(iter(test.result.get("variants", [])), {})
    return {
        "test": test, "period": (formats.date(test.start), formats.date(test.end)), "count": first.get("count"),
        "accounts": first.get("accounts"),
    }  # fmt: skip


def _sentences(play: Play) -> list[str]:
    known = rules.askable(play.trigger, known_facts())
    return [rules.sentence(test, known) for test in rules.tests(play.current().conditions)]


def _shown(number: int, found: dict[str, Any]) -> dict[str, Any]:
    """One variant's figures as the template says them."""
    weeks = found["weeks"]
    return found | {
        "number": number,
        "values": [count for _week, count in weeks],
        "labels": [formats.date(dt.date.fromisoformat(week)) for week, _count in weeks],
        "rows": [
            {"days": days, "word": WORDS[what], "fired": found["after"][str(days)]["fired"][what],
             "rest": found["after"][str(days)]["rest"][what], "first": what == HAPPENED[0]}
            for days in HORIZONS for what in HAPPENED
        ],
    }  # fmt: skip


def _matches(request: MemberRequest, test: BackTest) -> dict[str, Any]:
    """Those at accounts that the reader may see, oldest first."""
    seen = FoundMatch.objects.filter(test=test, account__in=visible_accounts(request).values("pk"))
    rows = seen.select_related("account", "account__csm").order_by("variant", "opened_on", "id")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    shown = [(match, formats.date(match.opened_on), formats.date(match.closed_on)) for match in page.object_list]
    return {"page": page, "rows": shown}
