"""The buying center of an account as a picture, with the table that says the same."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts import formats
from accounts.access import MemberRequest, account_or_404, requires
from accounts.calendar import local_today
from accounts.models import Account, BuyingRole, Contact
from accounts.roles import Permission
from accounts.views.header import offers
from accounts.views.people import Part, Person, coverage, roles
from journeys.people import drawing
from journeys.people.gaps import Gap, Known, gaps
from journeys.people.models import with_last_met

VIEWS = {"roles": "Roles", "chart": "Org chart"}
LONGEST = 19  # letters that fit on a card
BARS = range(3)


@dataclass(frozen=True)
class Card:
    """A person's place in the picture, or that of a vacant role."""

    box: drawing.Box
    person: Person | None
    name: str
    sub: str
    bars: list[tuple[int, int, int, bool]]  # x, y, height, filled
    marked: bool


@dataclass(frozen=True)
class Line:
    """A person's row in the table."""

    part: Part
    one: Person
    met: str
    met_tone: str
    owner: str


@require_GET
@requires(Permission.ACCOUNT_VIEW)
def panel(request: MemberRequest, pk: int) -> HttpResponse:
    """?view=chart draws who reports to whom instead of the seven roles."""
    account = account_or_404(request, pk)
    people, today = present(account), local_today(request.tenant)
    view = request.GET.get("view", "roles")
    view = view if view in VIEWS else "roles"
    found = gaps([known(person, request.tenant.zone) for person in people], today)
    parts = roles(people)
    context = {
        "account": account,
        "view": view,
        "views": [(code, label, code == view) for code, label in VIEWS.items()],
        "gaps": found,
        "vacant": [part.label for part in parts if part.code and part.vacant],
        "coverage": coverage(parts),
        "parts": [(part, [line_of(part, one, request, today) for one in part.people]) for part in parts],
        "may": offers(request),
    }
    return render(request, "people/panel.html", context | picture_of(people, parts, view, found))


def present(account: Account) -> list[Contact]:
    """Who is there now. One query, whatever the history."""
    there = Contact.objects.filter(account=account, departed_on=None).select_related("reports_to")
    return list(with_last_met(there).order_by("name", "id"))


def known(contact: Contact, zone: dt.tzinfo) -> Known:
    """The person as the rules for gaps see them."""
    met_at: dt.datetime | None = contact.last_met_at  # type: ignore[attr-defined]
    return Known(
        pk=contact.pk,
        name=contact.name,
        role=contact.buying_role,
        stance=contact.stance,
        influence=contact.influence,
        met_on=met_at.astimezone(zone).date() if met_at else None,
    )


def line_of(part: Part, one: Person, request: MemberRequest, today: dt.date) -> Line:
    met_at: dt.datetime | None = one.contact.last_met_at  # type: ignore[attr-defined]
    stale = met_at is None or (timezone.now() - met_at).days > 90
    met = formats.days_until(met_at.astimezone(request.tenant.zone).date(), today) if met_at else "Never met"
    return Line(part, one, met, "amber" if stale else "", one.contact.met_by or "")  # type: ignore[attr-defined]


def picture_of(people: list[Contact], parts: list[Part], view: str, found: list[Gap]) -> dict[str, Any]:
    """The picture's cards, lines and lanes."""
    superiors = {person.pk: person.reports_to_id for person in people if person.reports_to_id}
    if view == "chart":
        drawn = drawing.by_report([person.pk for person in people], superiors)
    else:
        order = [part.code for part in parts]
        drawn = drawing.by_role(order, {p.code: [one.contact.pk for one in p.people] for p in parts}, superiors)
    persons = {one.contact.pk: (part, one) for part in parts for one in part.people}
    marked = {pk for gap in found for pk in gap.people}
    labels = {part.code: part.label for part in parts}
    return {
        "picture": drawn,
        "cards": [_card(box, persons, marked, labels) for box in drawn.boxes],
        "lanes": [(labels[lane.role], lane.x) for lane in drawn.lanes],
    }


def _card(box: drawing.Box, persons: dict[int, tuple[Part, Person]], marked: set[int], labels: dict[str, str]) -> Card:
    if box.pk is None:
        return Card(
            box, None, "Nobody yet", labels[box.role], [], box.role in (BuyingRole.CHAMPION, BuyingRole.DECIDER)
        )
    part, one = persons[box.pk]
    bars = [
        (box.x + drawing.WIDTH - 26 + 6 * n, box.y + drawing.HEIGHT - 12 - 3 * n, 4 + 3 * n, n < one.contact.influence)
        for n in BARS
    ]
    sub = one.contact.title or part.label
    return Card(box, one, _short(one.contact.name), _short(sub, 24), bars, box.pk in marked)


def _short(text: str, most: int = LONGEST) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
