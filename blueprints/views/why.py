"""Why not: the first thing that keeps a play from acting at one account, by what is known now."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts import formats
from accounts.access import MemberRequest, account_or_404, requires
from accounts.roles import Permission
from blueprints.actions import why
from blueprints.actions.why import Reason, WhyNot
from blueprints.views.plays import play_or_404
from blueprints.views.runs import when


@require_GET
@requires(Permission.PLAY_VIEW)
def play_why_not(request: MemberRequest, pk: int) -> HttpResponse:
    """A fragment: the account that was asked about, and what stands in the way there."""
    play = play_or_404(pk)
    asked = request.GET.get("account", "")
    context: dict[str, Any] = {"play": play}
    if asked.isascii() and asked.isdigit() and len(asked) < 19:
        account = account_or_404(request, int(asked))
        context |= {"account": account, "lines": _lines(request, why.not_(play, account))}
    partial = bool(request.htmx)
    return render(request, "blueprints/why_not.html#answer" if partial else "blueprints/why_not.html", context)


def _lines(request: MemberRequest, answer: WhyNot) -> list[str]:
    if not answer.reasons:
        until = [_("Until %(when)s.") % {"when": when(request, answer.until)}] if answer.until else []
        return [answer.words, *until]
    if len(answer.reasons) > 1:
        of_each = [" ".join([f"{reason.sentence}.", *_value(reason)]) for reason in answer.reasons]
        return [_("None of these holds, and any one of them would be enough:"), *of_each]
    reason = answer.reasons[0]
    return [_("This doesn’t hold: %(sentence)s.") % {"sentence": reason.sentence}, *_value(reason)]


def _value(reason: Reason) -> list[str]:
    return [_("The value is: %(value)s.") % {"value": reason.value}, *_age(reason)]


def _age(reason: Reason) -> list[str]:
    found = []
    if reason.is_stale:
        found.append(_("It is too old to be trusted."))
    if reason.dated_on:
        found.append(_("It was observed on %(day)s.") % {"day": formats.date(reason.dated_on)})
    if reason.since:
        found.append(
            _("It has been so for us since %(ago)s.") % {"ago": formats.ago(reason.since, timezone.localtime())}
        )
    return found
