"""The kickoff: prepared from the handoff, scheduled as a meeting, held once, and the plan made final by it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction

from accounts import timeline
from accounts.actions.errors import Conflict, refuse
from accounts.actions.validity import check_change, only
from accounts.actions.writing import change, told
from accounts.calendar import local_today
from accounts.models import Account, BuyingRole, Contact, User
from journeys.actions import journeys
from journeys.meetings.actions import meetings
from journeys.meetings.actions.attendees import Guest
from journeys.meetings.models import Kind, Meeting
from journeys.models import Journey, SpicedEntry
from journeys.onboarding import wording
from journeys.onboarding.actions.pacing import target_days
from journeys.onboarding.models import AgendaItem, AgendaStatus, FirstImpact, Handoff, HandoffStatus, Kickoff
from journeys.plans.actions import plans
from journeys.plans.models import Agreement, Plan

TEXTS = ("our_part", "their_part", "keys", "pitfalls", "first_months")
TITLE = 200
OPENING, CLOSING = ("Who is here, and what each hopes for", 10), ("Close: what is next", 5)
FIRST = ("The first impact, and how we will see it", 10)
ASKED = 4  # open questions that get a point of their own


@transaction.atomic
def prepare(account: Account, *, by: User | None, now: dt.datetime | None = None) -> Kickoff:
    """The kickoff of the running journey, or a new one with what the handoff knows written down."""
    row = Account.objects.select_for_update(of=("self",)).select_related("csm", "delivery").get(pk=account.pk)
    journey = Journey.objects.running().filter(account=row).first()
    if journey is None:
        journey = journeys.begin(row, committed_on=local_today(row.tenant, now), by=by, now=now)
    there: Kickoff | None = Kickoff.objects.filter(journey=journey).first()
    if there is not None:
        return there
    handoff = Handoff.objects.filter(account=row, status=HandoffStatus.ACCEPTED).order_by("-accepted_at").first()
    return Kickoff.objects.create(account=row, journey=journey, handoff=handoff, **_drafted(row, journey, handoff))


def _drafted(account: Account, journey: Journey, handoff: Handoff | None) -> dict[str, str]:
    by_role = dict(account.contacts.filter(departed_on=None).order_by("-pk").values_list("buying_role", "name"))
    flags = handoff.answers.filter(question="red_flags").values_list("text", flat=True).first() if handoff else ""
    decider = by_role.get(BuyingRole.DECIDER) or by_role.get(BuyingRole.EXECUTIVE_BUYER) or ""
    return {
        "our_part": wording.our_part(
            account.csm.name if account.csm else "Your CSM", account.delivery.name if account.delivery else ""
        ),
        "their_part": wording.their_part(by_role.get(BuyingRole.CHAMPION, ""), decider),
        "keys": wording.KEYS,
        "pitfalls": wording.pitfalls(flags or ""),
        "first_months": wording.first_months(journey.committed_on, target_days(account.segment)),
    }


@transaction.atomic
def edit(kickoff: Kickoff, values: Mapping[str, Any], *, by: User, version: int | None = None) -> Kickoff:
    """What both sides bring to it: our_part, their_part, keys, pitfalls, first_months."""
    row = _locked(kickoff)
    given = only(values, TEXTS)
    check_change(row, given)
    changed = change(row, given, version=version)
    if changed:
        _tell("kickoff.edited", row, by, changed=told(changed)["changed"])
    return row


@transaction.atomic
def schedule(
    kickoff: Kickoff,
    *,
    starts_at: dt.datetime,
    minutes: int,
    place: str = "",
    attendees: Iterable[User | Contact] = (),
    by: User,
    version: int | None = None,
) -> Kickoff:
    """A meeting with what the handoff left open on its agenda, and what is known of each person beside their name."""
    row = _locked(kickoff)
    if row.is_held or (row.meeting is not None and row.meeting.is_ahead):
        raise Conflict(row)
    values = {
        "kind": Kind.KICKOFF,
        "title": f"Kickoff with {row.account.name}"[:TITLE],
        "goal": "Both sides agree on the first impact, on who does what, and on the plan.",
        "starts_at": starts_at,
        "ends_at": starts_at + dt.timedelta(minutes=minutes),
        "place": place,
    }
    guests = [_guest(row, who) for who in attendees]
    meeting = meetings.schedule(row.account, values, agenda_of(row), guests, by=by)
    change(row, {"meeting": meeting}, version=version)
    return row


def agenda_of(kickoff: Kickoff) -> list[dict[str, Any]]:
    """People, goals, what nobody knew at the handoff, roles, the first impact, the close."""
    said = SpicedEntry.objects.filter(account=kickoff.account_id, letter="impact").standing()
    goals = f"The goals: {len(said)} told before the contract. Are they still theirs?" if said else "The goals"
    asked = AgendaItem.objects.filter(account=kickoff.account_id, status=AgendaStatus.OPEN).order_by("pk")[:ASKED]
    points = [
        OPENING,
        (goals, 15),
        *((item.text, 5) for item in asked),
        ("Who does what, on both sides", 10),
        FIRST,
        CLOSING,
    ]
    return [{"title": title[:TITLE], "minutes": minutes} for title, minutes in points]


def _guest(kickoff: Kickoff, who: User | Contact) -> Guest:
    if isinstance(who, Contact):
        role = who.get_buying_role_display() if who.buying_role else who.title
        return Guest(who, role=role, context=context_of(who))
    parts = {kickoff.account.csm_id: "CSM", kickoff.account.ae_id: "Sold it", kickoff.account.delivery_id: "Delivery"}
    return Guest(who, role=parts.get(who.pk, ""))


def context_of(contact: Contact) -> str:
    """What is known of somebody before the first call."""
    facts = [contact.title, contact.get_buying_role_display() if contact.buying_role else "Role unknown"]
    facts.append(f"stance: {contact.get_stance_display().lower()}" if contact.stance else "stance unknown")
    return ", ".join(fact for fact in facts if fact)


@transaction.atomic
def hold(
    kickoff: Kickoff,
    *,
    on: dt.date,
    meeting: Meeting | None = None,
    by: User | None,
    version: int | None = None,
    now: dt.datetime | None = None,
) -> Kickoff:
    """It took place on this day: the second clock of First Impact counts from here. Noted twice, it stays."""
    row = _locked(kickoff)
    if row.is_held:
        return row
    if on > local_today(row.tenant, now):
        raise refuse("on", "This day is still to come.")
    if on < row.journey.committed_on:
        raise refuse("on", "This is before the commitment.")
    change(row, {"held_on": on, "held_by": by, "meeting": meeting or row.meeting}, version=version)
    impact = FirstImpact.objects.select_for_update(of=("self",)).filter(journey=row.journey_id).first()
    if impact is not None and impact.kickoff_on is None:
        change(impact, {"kickoff_on": on})
    _tell("kickoff.held", row, by, occurred_at=now, on=on.isoformat())
    return row


@transaction.atomic
def finalise(kickoff: Kickoff, *, by: User, note: str = "") -> Agreement:
    """Our yes to the plan as the kickoff left it; theirs is said on the shared page, or noted in the plan."""
    row = _locked(kickoff)
    if not row.is_held:
        raise refuse("", "The kickoff hasn't been held yet.")
    plan = Plan.objects.open().filter(account=row.account).first() or plans.draft(row.account, by=by)
    _version, agreement = plans.agree(plan, by=by, note=note.strip() or "After the kickoff")
    return agreement


def _locked(kickoff: Kickoff) -> Kickoff:
    rows = Kickoff.objects.select_for_update(of=("self",))
    return rows.select_related("account", "journey", "meeting", "handoff").get(pk=kickoff.pk)


def _tell(kind: str, row: Kickoff, by: User | None, **facts: Any) -> None:
    about: dict[str, Any] = {"kickoff_id": row.pk, "actor": by.name if by else "CSOM"}
    timeline.record(kind, account=row.account, by=by, **(about | facts))
