"""What needs attention on an account: each point is derived from what is known, and shows it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import formats
from accounts.models import Account, AccountState, BuyingRole, Contact, Phase, Task

SOON, VERY_SOON = 90, 30
RECENT = dt.timedelta(days=180)


@dataclass(frozen=True)
class Known:
    """All that the points are derived from, loaded once for the page."""

    account: Account
    state: AccountState
    contacts: Sequence[Contact]
    tasks: Sequence[Task]
    today: dt.date
    now: dt.datetime

    @property
    def champions(self) -> list[Contact]:
        return [person for person in self.contacts if person.buying_role == BuyingRole.CHAMPION]


@dataclass(frozen=True)
class Point:
    """`tone`: red or amber; `href` and `do` lead to where it is put right."""

    tone: str
    title: str
    evidence: str
    href: str
    do: str


def points(known: Known) -> list[Point]:
    """The gravest first. An account that has left needs none of it."""
    if known.account.phase == Phase.ENDED:
        return []
    found = [point for look in LOOKS if (point := look(known)) is not None]
    return sorted(found, key=lambda point: point.tone != "red")


def _overdue(known: Known) -> Point | None:
    late = [task for task in known.tasks if task.due_on < known.today]
    if not late:
        return None
    title = ngettext("%(n)s task overdue", "%(n)s tasks overdue", len(late)) % {"n": len(late)}
    evidence = _("“%(task)s” was due on %(day)s.") % {"task": late[0].title, "day": formats.date(late[0].due_on)}
    return Point("red", title, evidence, reverse("accounts:account-tasks", args=[known.account.pk]), _("Open tasks"))


def _renewal(known: Known) -> Point | None:
    renewal_on = known.state.renewal_on
    if renewal_on is None or (renewal_on - known.today).days > SOON:
        return None
    days = (renewal_on - known.today).days
    arr = formats.money(known.state.arr_minor, known.account.currency)
    evidence = _("%(arr)s a year is up on %(day)s.") % {"arr": arr, "day": formats.date(renewal_on)}
    title = _("Renewal %(when)s") % {"when": formats.days_until(renewal_on, known.today)}
    href = reverse("accounts:contract-list", args=[known.account.pk])
    return Point("red" if days <= VERY_SOON else "amber", title, evidence, href, _("See contracts"))


def _champion(known: Known) -> Point | None:
    present = [person for person in known.contacts if person.departed_on is None]
    if any(person.departed_on is None for person in known.champions):
        return None
    people = reverse("accounts:contact-list", args=[known.account.pk])
    left = [p for p in known.champions if p.departed_on and p.departed_on >= known.today - RECENT]
    if left:
        return Point(
            "red",
            _("Champion left"),
            _farewell(max(left, key=lambda p: p.departed_on or known.today)),
            people,
            _("Find a new one"),
        )
    if not present:
        return Point(
            "amber", _("Nobody known here"), _("There is no contact yet, so nobody to ask."), people, _("Add people")
        )
    evidence = ngettext(
        "%(n)s contact, and no champion.", "%(n)s contacts, and nobody among them is the champion.", len(present)
    ) % {"n": len(present)}
    return Point("amber", _("No champion"), evidence, people, _("See people"))


def _farewell(person: Contact) -> str:
    who = f"{person.name} ({person.title})" if person.title else person.name
    parts = [_("%(who)s left on %(day)s") % {"who": who, "day": formats.date(person.departed_on)}]
    if person.moved_to:
        parts.append(_("now at %(company)s") % {"company": person.moved_to})
    after = person.successor
    parts.append(
        _("followed by %(name)s, who isn't the champion yet") % {"name": after.name}
        if after
        else _("no successor named")
    )
    return ", ".join(parts) + "."


def _silence(known: Known) -> Point | None:
    every, last = getattr(known.state, "touch_every", None), known.state.last_touch_at
    if not every:
        return None
    timeline = reverse("accounts:account-timeline", args=[known.account.pk])
    if last is None:
        evidence = _("No call, e-mail or meeting has been logged.")
        return Point("amber", _("Never touched"), evidence, timeline, _("See timeline"))
    days = (known.now - last).days
    if days <= every:
        return None
    facts = {"days": days, "every": every, "touch": known.account.get_touch_model_display()}
    evidence = _("%(days)s days since the last contact; %(touch)s means every %(every)s days here.") % facts
    return Point("red" if days > 2 * every else "amber", _("Gone quiet"), evidence, timeline, _("See timeline"))


def _nobody(known: Known) -> Point | None:
    if known.account.csm_id is not None or known.account.phase == Phase.COMMIT:
        return None
    edit = reverse("accounts:account-edit", args=[known.account.pk])
    return Point("amber", _("No CSM"), _("Nobody looks after this account."), edit, _("Choose a CSM"))


LOOKS: tuple[Callable[[Known], Point | None], ...] = (_champion, _overdue, _renewal, _silence, _nobody)
