"""The kickoff of an account: prepared from the handoff, held, and what came of it."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from accounts import formats
from accounts.access import MemberRequest, account_or_404, requires
from accounts.calendar import add_business_days, local_today
from accounts.models import Account
from accounts.roles import Permission
from accounts.views.header import header
from journeys.actions import spiced
from journeys.models import SpicedEntry
from journeys.onboarding.actions import kickoffs
from journeys.onboarding.forms import HeldForm, KickoffForm, KickoffTimeForm, SaidForm
from journeys.onboarding.models import Kickoff
from journeys.onboarding.views.acting import Doing, press, save
from journeys.onboarding.views.differences import differences, impact_of
from journeys.plans.models import Plan

SOURCE = "kickoff"


@require_GET
@requires(Permission.ACCOUNT_VIEW)
def kickoff_detail(request: MemberRequest, pk: int) -> HttpResponse:
    """Before the call what to know; afterwards what it changed."""
    account = account_or_404(request, pk)
    kickoff = _of(account)
    context = header(request, account) | {"kickoff": kickoff, "mays": _mays(request)}
    if kickoff is not None:
        context |= _shown(request, account, kickoff)
    return render(request, "onboarding/kickoff.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.MEETING_EDIT)
def kickoff_prepare(request: MemberRequest, pk: int) -> HttpResponse:
    account = account_or_404(request, pk)
    return press(request, lambda: kickoffs.prepare(account, by=request.user), "Prepared.", at(account))


@require_http_methods(["GET", "POST"])
@requires(Permission.MEETING_EDIT)
def kickoff_edit(request: MemberRequest, pk: int) -> HttpResponse:
    account, kickoff = _both_or_404(request, pk)
    form = KickoffForm(request.POST or None, row=kickoff)
    doing = Doing("What both sides bring", "Save", "Saved.", at(account, "parts"))
    return save(
        request, account, form,
        lambda: kickoffs.edit(kickoff, form.values, by=request.user, version=form.seen_version), doing,
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@requires(Permission.MEETING_EDIT)
def kickoff_schedule(request: MemberRequest, pk: int) -> HttpResponse:
    """On the day that the rep proposed, where it is still to come."""
    account, kickoff = _both_or_404(request, pk)
    today = local_today(request.tenant)
    proposed = kickoff.handoff.kickoff_on if kickoff.handoff else None
    day = proposed if proposed and proposed >= today else add_business_days(today, 2, request.tenant.country)
    initial = {"starts_on": day, "version": kickoff.version}
    form = KickoffTimeForm(
        request.POST or None, account=account, tenant=request.tenant, me=request.user, initial=initial
    )
    doing = Doing(
        "Schedule the kickoff", "Schedule", "Scheduled. Its agenda is laid out; invite when it fits.", at(account),
        intro="Goals, what nobody knew at the handoff, roles and the first impact are on the agenda already.",
    )  # fmt: skip
    return save(request, account, form, lambda: kickoffs.schedule(kickoff, **form.values, by=request.user), doing)


@require_http_methods(["GET", "POST"])
@requires(Permission.MEETING_EDIT)
def kickoff_hold(request: MemberRequest, pk: int) -> HttpResponse:
    """For one that took place without being run here; one that was is noted by itself."""
    account, kickoff = _both_or_404(request, pk)
    initial = {"on": local_today(request.tenant), "version": kickoff.version}
    form = HeldForm(request.POST or None, initial=initial)
    doing = Doing("The kickoff was held", "Note it", "Noted.", at(account))
    return save(request, account, form, lambda: kickoffs.hold(kickoff, **form.cleaned_data, by=request.user), doing)


@require_http_methods(["GET", "POST"])
@requires(Permission.PLAN_EDIT)
def kickoff_finalise(request: MemberRequest, pk: int) -> HttpResponse:
    account, kickoff = _both_or_404(request, pk)
    said = "The plan is agreed by us. Share it, so that they can agree as well."
    return press(request, lambda: kickoffs.finalise(kickoff, by=request.user), said, at(account, "plan"))


@require_http_methods(["GET", "POST"])
@requires(Permission.SPICED_WRITE)
def kickoff_said(request: MemberRequest, pk: int, entry: int) -> HttpResponse:
    """A statement of the handoff, confirmed or corrected by the customer: appended, nothing is rewritten."""
    account, _kickoff = _both_or_404(request, pk)
    found = SpicedEntry.objects.filter(account=account, pk=entry).select_related("account").first()
    if found is None:
        raise Http404("No such statement")
    form = SaidForm(request.POST or None, entry=found)
    doing = Doing("What they say now", "Keep", "Kept in the record.", at(account, "said"), intro=found.meaning.asks)
    return save(request, account, form, lambda: _say(request, form), doing)


def _say(request: MemberRequest, form: SaidForm) -> Any:
    said_by = form.cleaned_data["said_by"]
    entry = form.entry
    if form.corrects:
        more = {"source": SOURCE, "occurred_on": local_today(request.tenant), "said_by": said_by} | form.values
        entry = spiced.correct(entry, form.cleaned_data["statement"], by=request.user, **more)
    if said_by is not None:
        spiced.confirm(entry, contact=said_by, by=request.user)
    return entry


def _shown(request: MemberRequest, account: Account, kickoff: Kickoff) -> dict[str, Any]:
    plan = Plan.objects.open().filter(account=account).first()
    handoff = kickoff.handoff
    people = list(account.contacts.filter(departed_on=None))
    meeting = kickoff.meeting
    return {
        "starts_at": formats.date_time(meeting.starts_at.astimezone(request.tenant.zone)) if meeting else "",
        "people": [(person, kickoffs.context_of(person)) for person in people],
        "points": kickoffs.agenda_of(kickoff) if kickoff.meeting is None else [],
        "differences": differences(account, kickoff),
        "open_questions": list(handoff.agenda_items.filter(status="open")) if handoff else [],
        "promises": list(handoff.promises.all()) if handoff else [],
        "plan": plan,
        "version": plan.versions.prefetch_related("agreements").first() if plan else None,
        **impact_of(request, account, plan),
    }


def _mays(request: MemberRequest) -> dict[str, bool]:
    may = request.membership.may
    return {
        "meet": may(Permission.MEETING_EDIT), "say": may(Permission.SPICED_WRITE), "plan": may(Permission.PLAN_EDIT),
        "settle": may(Permission.HANDOFF_DECIDE),
    }  # fmt: skip


def _of(account: Account) -> Kickoff | None:
    found: Kickoff | None = (
        Kickoff.objects.filter(account=account, journey__ended_at=None)
        .select_related("handoff", "meeting", "journey", "account")
        .first()
    )
    return found


def _both_or_404(request: MemberRequest, pk: int) -> tuple[Account, Kickoff]:
    account = account_or_404(request, pk)
    kickoff = _of(account)
    if kickoff is None:
        raise Http404("No kickoff yet")
    return account, kickoff


def at(account: Account, place: str = "") -> str:
    return reverse("onboarding:kickoff", args=[account.pk]) + (f"#{place}" if place else "")
