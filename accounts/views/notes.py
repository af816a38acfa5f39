"""The composer: a note, or word of a call, an e-mail or a meeting."""

from __future__ import annotations

import datetime as dt

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import MemberRequest, account_or_404, requires
from accounts.actions import notes as actions
from accounts.forms.answers import attempt
from accounts.forms.notes import NoteForm
from accounts.roles import Permission
from accounts.views.account import overview

NOON = dt.time(12)


@require_http_methods(["GET", "POST"])
@requires(Permission.NOTE_ADD)
def create(request: MemberRequest, pk: int) -> HttpResponse:
    account = account_or_404(request, pk)
    if request.method == "GET":
        return redirect("accounts:account-detail", account.pk)
    form = NoteForm(request.POST)
    event, status = attempt(
        form,
        lambda: actions.add(
            account,
            kind=form.cleaned_data["kind"],
            body=form.cleaned_data["body"],
            occurred_at=_instant(request, form.cleaned_data["occurred_on"]),
            by=request.user,
        ),
    )
    if event is None:
        return overview(request, account, form, status)
    messages.success(request, _("On the timeline."))
    return redirect("accounts:account-detail", account.pk)


def _instant(request: MemberRequest, day: dt.date | None) -> dt.datetime | None:
    """A day has no hour: noon where the workspace is, and now for today."""
    if day is None or day == timezone.now().astimezone(request.tenant.zone).date():
        return None
    return dt.datetime.combine(day, NOON, tzinfo=request.tenant.zone)
