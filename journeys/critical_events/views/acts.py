"""What happens to an event as a whole: found by three prompts, changed, settled, opened again."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _later
from django.views.decorators.http import require_http_methods

from accounts.access import MemberRequest, account_or_404, requires
from accounts.forms.answers import attempt
from accounts.models import Account
from accounts.roles import Permission
from accounts.views.header import header
from journeys.critical_events.actions import events
from journeys.critical_events.forms import EventForm, LineFormSet, SettleForm
from journeys.critical_events.models import CriticalEvent, DiscoveryAnswer
from journeys.critical_events.views.finding import event_or_404
from journeys.critical_events.views.saving import Doing, at, of_account, press, save
from journeys.models import SpicedEntry

WRONG: tuple[CriticalEvent | None, int] = (None, 422)
SETTLES: dict[str, tuple[Any, Any, Any]] = {
    "reached": (events.reach, _later("They were in time"), _later("In time. Well done.")),
    "missed": (events.miss, _later("The day went by"), _later("Noted as missed.")),
    "withdrawn": (events.withdraw, _later("It no longer matters"), _later("Withdrawn.")),
}


@require_http_methods(["GET", "POST"])
@requires(Permission.PLAN_EDIT)
def event_find(request: MemberRequest, pk: int) -> HttpResponse:
    """?entry= takes up what SPICED knows already."""
    account = account_or_404(request, pk)
    entry = _entry(account, request.POST.get("entry") or request.GET.get("entry", ""))
    form = EventForm(request.POST or None, account=account, initial=_first(account, entry))
    lines = LineFormSet(request.POST or None, prefix="step")
    status = 200
    if request.method == "POST":
        found, status = (
            attempt(form, lambda: _find(request, account, form, lines, entry)) if lines.is_valid() else WRONG
        )
        if found is not None:
            messages.success(request, _("There it is. Who gains from being in time?"))
            return redirect(at(found))
    context = {"form": form, "lines": lines, "entry": entry, "back": of_account(account)}
    return render(request, "critical_events/find.html", header(request, account) | context, status=status)


def _find(
    request: MemberRequest, account: Account, form: EventForm, lines: Any, entry: SpicedEntry | None
) -> CriticalEvent:
    source = "call" if form.values["said_by"] else "research"
    return events.find(account, form.values, lines.values, by=request.user, source=source, entry=entry)


def _first(account: Account, entry: SpicedEntry | None) -> dict[str, Any]:
    """What is known already: out of the statement, else out of the answers to our questions."""
    if entry is not None:
        return {
            "title": entry.statement[:200], "due_on": entry.due_on, "consequence": entry.consequence,
            "said_by": entry.said_by,
        }  # fmt: skip
    missed = DiscoveryAnswer.objects.standing().filter(account=account, question="missed").first()
    return {"consequence": missed.text, "said_by": missed.said_by} if missed else {}


def _entry(account: Account, said: str) -> SpicedEntry | None:
    if not (said.isascii() and said.isdigit() and len(said) < 19):
        return None
    entries = SpicedEntry.objects.standing().filter(account=account, letter="critical_event")
    found: SpicedEntry | None = entries.filter(pk=int(said)).first()
    return found


@require_http_methods(["GET", "POST"])
@requires(Permission.PLAN_EDIT)
def event_edit(request: MemberRequest, pk: int) -> HttpResponse:
    event = event_or_404(request, pk)
    form = EventForm(request.POST or None, account=event.account, row=event)
    doing = Doing(_("Change the event"), _("Save"), _("Saved. The steps moved along."))

    def act() -> object:
        source = "call" if form.values["said_by"] else "research"
        return events.edit(event, form.values, by=request.user, version=form.seen_version, source=source)

    return save(request, event.account, form, act, doing, at(event))


@require_http_methods(["GET", "POST"])
@requires(Permission.PLAN_EDIT)
def event_settle(request: MemberRequest, pk: int) -> HttpResponse:
    """?as= is reached, missed or withdrawn."""
    event = event_or_404(request, pk)
    verb, title, done = SETTLES.get(request.GET.get("as", ""), SETTLES["reached"])
    form = SettleForm(request.POST or None, initial={"version": event.version})

    def act() -> object:
        said = form.cleaned_data
        return verb(event, by=request.user, note=said["note"], version=said["version"])

    return save(request, event.account, form, act, Doing(str(title), _("Keep it"), str(done)), at(event))


@require_http_methods(["GET", "POST"])
@requires(Permission.PLAN_EDIT)
def event_reopen(request: MemberRequest, pk: int) -> HttpResponse:
    event = event_or_404(request, pk)
    return press(request, lambda: events.reopen(event, by=request.user), _("Ahead again."), at(event))
