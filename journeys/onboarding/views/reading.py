"""One handoff to read and to decide: accepted or returned by the CSM; afterwards, what became of it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from accounts import formats
from accounts.access import MemberRequest, requires, visible_accounts
from accounts.forms.answers import STALE, attempt
from accounts.models import User
from accounts.roles import Permission, Role
from journeys.models import Journey
from journeys.onboarding.actions import handoffs
from journeys.onboarding.forms import AcceptForm, ReturnForm
from journeys.onboarding.models import Handoff
from journeys.onboarding.questions import REVIEW, STEPS
from journeys.onboarding.views.rows import handoff_or_404, head_of, instant, progress
from journeys.onboarding.views.wizard import people_of

DECIDED = "Somebody was quicker: this handoff is as you see it now. Nothing was decided twice."


@require_GET
@requires(Permission.HANDOFF_VIEW)
def handoff_detail(request: MemberRequest, pk: int) -> HttpResponse:
    return read(request, handoff_or_404(request, pk))


@require_http_methods(["GET", "POST"])
@requires(Permission.HANDOFF_DECIDE)
def handoff_accept(request: MemberRequest, pk: int) -> HttpResponse:
    """Only a visit, such as the one that follows a sign-in, leads to the page with the form."""
    handoff, form = handoff_or_404(request, pk), AcceptForm(request.POST)
    if request.method == "GET":
        return redirect("onboarding:handoff-detail", handoff.pk)
    done, status = attempt(form, lambda: _accept(request, handoff, form))
    if done is None:
        shown = {"notice": DECIDED} if status == STALE else {"accept_form": form}
        return read(request, handoff_or_404(request, pk), status, **shown)
    messages.success(request, f"{done.account} is {_whose(done.csm, request.user)} now. Onboarding has begun.")
    return redirect("onboarding:handoff-detail", done.pk)


@require_http_methods(["GET", "POST"])
@requires(Permission.HANDOFF_DECIDE)
def handoff_return(request: MemberRequest, pk: int) -> HttpResponse:
    """A reason beside any answer; the rep gets them where they write."""
    handoff = handoff_or_404(request, pk)
    form, status = ReturnForm(request.POST or None), 200
    if request.method == "POST":
        done, status = attempt(form, lambda: handoffs.return_(handoff, form.reasons, by=request.user))
        if status == STALE:
            return read(request, handoff_or_404(request, pk), status, notice=DECIDED)
        if done:
            messages.success(request, f"Returned to {done.rep.name} with your questions.")
            return redirect("onboarding:handoff-detail", done.pk)
    elif not handoff.waits:
        return redirect("onboarding:handoff-detail", handoff.pk)
    shown = progress(handoff.answers.select_related("updated_by"), REVIEW)
    asked = [(row, form[row.question.code]) for row in shown.asked.values()]
    context = {"handoff": handoff, "head": head_of(request, handoff), "form": form, "asked": asked}
    return render(request, "onboarding/handoff_return.html", context, status=status)


def read(request: MemberRequest, handoff: Handoff, status: int = 200, **more: Any) -> HttpResponse:
    """The whole handoff on one page; `more` is what came back to be corrected, or a notice."""
    shown = progress(handoff.answers.select_related("updated_by"), REVIEW)
    people = list(handoff.account.contacts.filter(departed_on=None))
    head = head_of(request, handoff)
    context: dict[str, Any] = {
        "handoff": handoff,
        "head": head,
        "progress": shown,
        "promises": list(handoff.promises.select_related("settled_by")),
        "agenda": list(handoff.agenda_items.select_related("answered_by")),
        "steps": STEPS,
        "story": _story(request, handoff),
        "may_settle": handoff.is_accepted and request.membership.may(Permission.HANDOFF_DECIDE),
        "may_answer": handoff.is_accepted and request.membership.may(Permission.SPICED_WRITE),
        "may_see_account": visible_accounts(request).filter(pk=handoff.account_id).exists(),
    }
    if head.may_decide:
        context["accept_form"] = AcceptForm(initial={"csm": _keeper(request, handoff), "version": handoff.version})
    if handoff.is_accepted:
        context["became"] = _became(request, handoff)
    return render(request, "onboarding/handoff_detail.html", context | people_of(people) | more, status=status)


def _accept(request: MemberRequest, handoff: Handoff, form: AcceptForm) -> Handoff:
    said = form.cleaned_data
    return handoffs.accept(handoff, by=request.user, csm=said["csm"], version=said["version"])


def _keeper(request: MemberRequest, handoff: Handoff) -> User | None:
    """Who is proposed: the rep's choice, or the CSM who reads this."""
    return handoff.csm or (request.user if request.membership.role == Role.CSM else None)


def _story(request: MemberRequest, handoff: Handoff) -> list[tuple[str, str, str]]:
    """(icon, sentence, when) of each step so far."""
    steps = [
        ("file-pen-line", "Opened by", handoff.opened_at, handoff.opened_by),
        ("send", "Handed over by", handoff.submitted_at, handoff.submitted_by),
        ("undo-2", "Returned by", handoff.returned_at, handoff.returned_by),
        ("handshake", "Accepted by", handoff.accepted_at, handoff.accepted_by),
        ("circle-x", "Dropped by", handoff.dropped_at, handoff.dropped_by),
    ]
    told = sorted((at, icon, f"{verb} {by.name}") for icon, verb, at, by in steps if at and by)
    return [(icon, sentence, instant(request, at)) for at, icon, sentence in told]


def _became(request: MemberRequest, handoff: Handoff) -> list[tuple[str, str]]:
    """(label, value): what the rep wants to know of a deal that is somebody else's now."""
    account = handoff.account
    journey = Journey.objects.running().filter(account=account).first()
    since = formats.date(account.phase_since.astimezone(request.tenant.zone).date())
    facts = [("Phase", f"{account.get_phase_display()}, since {since}")]
    if journey:
        facts.append(("Journey", f"began {formats.date(journey.began_at.astimezone(request.tenant.zone).date())}"))
    if handoff.kickoff_on:
        facts.append(("Kickoff proposed for", formats.date(handoff.kickoff_on)))
    return facts


def _whose(csm: User | None, me: User) -> str:
    return "yours" if csm == me else f"{csm.name}’s" if csm else "nobody’s"
