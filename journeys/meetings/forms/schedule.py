"""When, with whom and what about: the form of a meeting that is still ahead."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import Q

from accounts.calendar import local_today
from accounts.forms.picks import MemberField
from accounts.forms.tasks import Day
from accounts.models import Account, Contact, Membership, Tenant, User
from journeys.meetings.models import MOST_POINTS, Kind, Meeting

FEWEST_ROWS, SPARE_ROWS = 8, 2
ROW = re.compile(r"point_(\d{1,3})")
SHORTEST, LONGEST = 5, 20_160
FARTHEST = 3_653  # days: ten years
AGENDAS: dict[str, list[tuple[str, int]]] = {
    Kind.KICKOFF: [
        ("Who is here, and what each hopes for", 10), ("The goals, and how we will see that they are met", 20),
        ("Roles on both sides", 10), ("The first impact, and the way there", 15), ("Close: what is next", 5),
    ],
    Kind.REVIEW: [
        ("What changed on your side", 10), ("Impact so far", 15), ("What comes next", 15), ("Close: what is next", 5),
    ],
    Kind.CADENCE: [("Next steps from last time", 5), ("What stands in the way", 15), ("Close: what is next", 5)],
    Kind.STAKEHOLDER: [
        ("What is at stake, and by when", 10), ("The way back from that day to today", 20), ("Close: what is next", 5),
    ],
    Kind.OTHER: [],
}  # fmt: skip


class Clock(forms.TimeInput):
    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


class Guests(forms.ModelMultipleChoiceField):
    """A person with what one should know before asking them."""

    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, person: Any) -> str:
        if isinstance(person, User):
            return person.name
        about = (person.title, person.get_buying_role_display() if person.buying_role else "")
        return " · ".join([person.name, *(part for part in about if part)])


class ScheduleForm(forms.Form):
    """Times are those on the workspace's wall."""

    kind = forms.ChoiceField(choices=Kind.choices)
    title = forms.CharField(max_length=200)
    goal = forms.CharField(
        max_length=400, required=False, help_text="What is true afterwards that isn't true now. Said at the start."
    )
    starts_on = forms.DateField(label="Day", widget=Day)
    starts = forms.TimeField(label="From", widget=Clock)
    minutes = forms.IntegerField(label="Minutes", min_value=SHORTEST, max_value=LONGEST, initial=60)
    place = forms.CharField(max_length=400, required=False, label="Place", help_text="A room, or the link of the call.")
    is_async = forms.BooleanField(
        required=False, label="In writing", help_text="No call: everybody answers until the end."
    )
    contacts = Guests(Contact.objects.none(), required=False, label="From their side")
    users = Guests(User.objects.none(), required=False, label="From our side")
    another = MemberField(required=False, label="Somebody else of us")
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, account: Account, tenant: Tenant, me: User, **kwargs: Any) -> None:
        self.account, self.tenant = account, tenant
        initial = kwargs.get("initial") or {}
        super().__init__(data, **kwargs)
        there = Contact.objects.filter(account=account)
        named = Q(pk__in=[contact.pk for contact in initial.get("contacts", [])])
        self.fields["contacts"].queryset = there.filter(Q(departed_on=None) | named)  # type: ignore[attr-defined]
        self.fields["users"].queryset = self._ours(me, initial)  # type: ignore[attr-defined]
        self.rows = _rows(data or initial)
        for row in range(self.rows):
            self.fields[f"point_{row}"] = forms.CharField(max_length=200, required=False, label=f"Point {row + 1}")
            self.fields[f"point_minutes_{row}"] = forms.IntegerField(
                min_value=1, max_value=480, required=False, label=f"Minutes of point {row + 1}"
            )

    def _ours(self, me: User, initial: dict[str, Any]) -> Any:
        """The account's people and whoever is on the list; everybody else is asked for by name."""
        account = self.account
        ids = {me.pk, account.csm_id, account.ae_id, account.delivery_id}
        ids |= {user.pk for user in initial.get("users", [])}
        active = Membership.objects.here().active().filter(user__in=ids - {None})
        return User.objects.filter(pk__in=active.values("user_id")).order_by("name")

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if sum(bool(said.get(f"point_{row}", "").strip()) for row in range(self.rows)) > MOST_POINTS:
            self.add_error(None, f"At most {MOST_POINTS} points on the agenda, please.")
        return said

    def clean_starts_on(self) -> dt.date:
        """A year typed wrong isn't kept: nobody would see such a meeting again, and calendars can't count that far."""
        day: dt.date = self.cleaned_data["starts_on"]
        if abs((day - local_today(self.tenant)).days) > FARTHEST:
            raise forms.ValidationError("Look at the year: this is more than ten years away.")
        return day

    @property
    def points(self) -> list[tuple[Any, Any]]:
        """The rows of the agenda, for the page."""
        return [(self[f"point_{row}"], self[f"point_minutes_{row}"]) for row in range(self.rows)]

    @property
    def agenda(self) -> list[dict[str, Any]]:
        said = self.cleaned_data
        rows = ((said[f"point_{row}"].strip(), said[f"point_minutes_{row}"]) for row in range(self.rows))
        return [{"title": title, "minutes": minutes or 10} for title, minutes in rows if title]

    @property
    def values(self) -> dict[str, Any]:
        said = self.cleaned_data
        starts_at = dt.datetime.combine(said["starts_on"], said["starts"], tzinfo=self.tenant.zone)
        # By way of UTC: an hour later on the wall isn't always an hour later.
        ends_at = starts_at.astimezone(dt.UTC) + dt.timedelta(minutes=said["minutes"])
        names = ("kind", "title", "goal", "place", "is_async")
        return {name: said[name] for name in names} | {"starts_at": starts_at, "ends_at": ends_at}

    @property
    def guests(self) -> list[User | Contact]:
        said = self.cleaned_data
        users = {user.pk: user for user in [*said["users"], said["another"]] if user}
        return [*users.values(), *said["contacts"]]

    @property
    def too_long(self) -> str:
        """A word about an agenda that doesn't fit; the meeting is scheduled all the same."""
        needs = sum(point["minutes"] for point in self.agenda)
        has = self.cleaned_data["minutes"]
        return f"The agenda takes {needs} minutes and the meeting has {has}." if needs > has else ""


def initial_of(meeting: Meeting, tenant: Tenant) -> dict[str, Any]:
    """The form as the meeting stands."""
    starts_at = meeting.starts_at.astimezone(tenant.zone)
    attendees = list(meeting.attendees.select_related("user", "contact"))
    names = ("kind", "title", "goal", "place", "is_async", "minutes", "version")
    return {
        **{name: getattr(meeting, name) for name in names},
        "starts_on": starts_at.date(),
        "starts": starts_at.time(),
        "contacts": [attendee.contact for attendee in attendees if attendee.contact],
        "users": [attendee.user for attendee in attendees if attendee.user],
        **rows_of([(point.title, point.minutes) for point in meeting.agenda.all()]),
    }


def going_on(before: Meeting, account: Account, kind: str) -> dict[str, Any]:
    """The form of a meeting that goes on from another: what was agreed there, and with whom.

    A kickoff is held once: what follows it is a regular meeting, unless another kind was asked for.
    """
    once = before.kind == Kind.KICKOFF
    kind = kind or (Kind.CADENCE if once else before.kind)
    contacts, users = _agreed(before, account)
    agenda = AGENDAS[kind]
    if before.next_outcome and kind == Kind.CADENCE:
        agenda = [agenda[0], (before.next_outcome[:200], 15), agenda[-1]]
    return {
        "kind": kind,
        "title": f"{Kind(kind).label} with {account.name}" if kind != before.kind else before.title,
        "goal": before.next_outcome,
        "is_async": bool(before.next_async),
        "minutes": 30 if once and kind == Kind.CADENCE else before.minutes,
        "place": before.place,
        "contacts": contacts,
        "users": users,
        **rows_of(agenda),
    }


def _agreed(before: Meeting, account: Account) -> tuple[list[Contact], list[User]]:
    """Whoever is named among those who must be there; everybody of them, where nobody was named at all."""
    there = list(before.attendees.select_related("user", "contact"))
    guests = [each.contact for each in there if each.contact]
    if not before.next_people.strip():
        return guests, []
    people = {person.pk: person for person in [*account.contacts.filter(departed_on=None), *guests]}
    ours = [each.user for each in there if each.user]
    names = [person.name for person in [*people.values(), *ours]]
    said = set(named_in(before.next_people, names))
    return [person for person in people.values() if person.name in said], [one for one in ours if one.name in said]


def named_in(text: str, names: list[str]) -> list[str]:
    """Those whom a text names: in full, or by a first name that nobody else among them has."""
    firsts = Counter(name.split()[0].casefold() for name in names if name.split())
    words = text.casefold()

    def is_named(name: str) -> bool:
        first = name.split()[0].casefold() if name.split() else ""
        shapes = [name.casefold()] + ([first] if first and firsts[first] == 1 else [])
        return any(re.search(rf"\b{re.escape(shape)}\b", words) for shape in shapes if shape)

    return [name for name in names if is_named(name)]


def rows_of(points: list[tuple[str, int]]) -> dict[str, Any]:
    rows: dict[str, Any] = {}
    for row, (title, minutes) in enumerate(points):
        rows |= {f"point_{row}": title, f"point_minutes_{row}": minutes}
    return rows


def _rows(said: Mapping[str, Any]) -> int:
    """As many as were filled and some to spare; the page adds more by itself."""
    named = (ROW.fullmatch(name) for name, value in said.items() if value)
    last = max((int(found[1]) + 1 for found in named if found), default=0)
    return max(FEWEST_ROWS, last + SPARE_ROWS)
