"""What the frame of every page knows: where one may go, and how it should look."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, User
from accounts.roles import Permission


@dataclass(frozen=True)
class Entry:
    """A line of the navigation; `key` is the letter after g, `under` what else belongs to it."""

    label: Any
    icon: str
    url_name: str
    permission: Permission | None
    key: str
    under: tuple[str, ...] = ()


@dataclass(frozen=True)
class Link:
    """An entry as one page shows it."""

    label: Any
    icon: str
    url: str
    key: str
    current: bool


NAV: tuple[tuple[Any, tuple[Entry, ...]], ...] = (
    ("", (
        Entry(_("Home"), "house", "accounts:home", Permission.TASK_VIEW, "h"),
        Entry(_("Tasks"), "list-checks", "accounts:task-list", Permission.TASK_VIEW, "t", ("accounts:task-",)),
        Entry(_("Portfolio"), "layers", "accounts:portfolio", Permission.ACCOUNT_VIEW, "p",
              ("accounts:account", "accounts:contact", "accounts:contract",
               "accounts:view-", "accounts:note", "usage:of-account", "health:of-account", "health:judge",
               "health:override", "maturity:of-account", "maturity:assess", "journeys:")),
        Entry(_("Health"), "heart-pulse", "health:board", Permission.ACCOUNT_VIEW, "a", ("health:board",)),
        Entry(_("Maturity"), "grid-2x2", "maturity:board", Permission.ACCOUNT_VIEW, "u", ("maturity:board",)),
    )),
    (_("Customers"), (
        Entry(_("Handoffs"), "handshake", "onboarding:handoff-list", Permission.HANDOFF_VIEW, "o", ("onboarding:",)),
        Entry(_("Onboarding"), "rocket", "onboarding:board", Permission.ACCOUNT_VIEW, "n",
              ("onboarding:board", "onboarding:kickoff", "onboarding:first-impact", "onboarding:hold-")),
        Entry(_("Impact plans"), "target", "plans:plan-list", Permission.ACCOUNT_VIEW, "i", ("plans:",)),
        Entry(_("Critical events"), "calendar-clock", "critical_events:event-list", Permission.ACCOUNT_VIEW, "e",
              ("critical_events:",)),
        Entry(_("Meetings"), "calendar-days", "meetings:meeting-list", Permission.ACCOUNT_VIEW, "m", ("meetings:",)),
        Entry(_("Deployments"), "wrench", "deployments:deployment-list", Permission.ACCOUNT_VIEW, "d",
              ("deployments:",)),
    )),
    (_("Engine"), (
        Entry(_("First Impact"), "timer", "metrics:first-impact", Permission.ACCOUNT_VIEW, "f", ("metrics:",)),
        Entry(_("Plays"), "zap", "blueprints:play-list", Permission.PLAY_VIEW, "y",
              ("blueprints:play", "blueprints:run", "blueprints:approval", "blueprints:delivery", "backtests:",
               "metrics:play-effect")),
        Entry(_("Library"), "book-open", "blueprints:library", Permission.LIBRARY_VIEW, "b", ("blueprints:",)),
    )),
)  # fmt: skip
SETTINGS = Entry(
    _("Settings"), "settings", "accounts:settings", Permission.SETTINGS_VIEW, "s",
    ("accounts:workspace", "accounts:member", "accounts:invitation", "accounts:role", "accounts:team", "accounts:key",
     "accounts:product", "accounts:field", "plans:template", "plans:line-", "onboarding:target-", "accounts:touch",
     "accounts:export", "imports:", "usage:", "health:", "maturity:", "blueprints:endpoint", "blueprints:template",
     "blueprints:engine"),
)  # fmt: skip


def shell(request: HttpRequest) -> dict[str, Any]:
    """Costs no query beyond the signed-in person."""
    user = getattr(request, "user", None)
    person = user if isinstance(user, User) or getattr(user, "is_authenticated", False) else None
    look = {
        "theme": person.theme if person else _cookie(request, "theme", {"light", "dark"}, "system"),
        "density": person.density if person else "default",
        "single_keys": person.single_keys if person else True,
    }
    member = getattr(request, "membership", None)
    if member is None:
        return look
    return look | {
        "workspace": request.tenant,  # type: ignore[attr-defined]
        "membership": member,
        "nav": navigation(request, member),
        "nav_settings": _link(request, member, SETTINGS),
    }


def navigation(request: HttpRequest, member: Membership) -> list[tuple[Any, list[Link]]]:
    """The sections with the entries that this member's role may open; a section without any is left out."""
    sections = [
        (title, [link for entry in entries if (link := _link(request, member, entry))]) for title, entries in NAV
    ]
    return [(title, links) for title, links in sections if links]


def _link(request: HttpRequest, member: Membership, entry: Entry) -> Link | None:
    if entry.permission is not None and not member.may(entry.permission):
        return None
    try:
        url = reverse(entry.url_name)
    except NoReverseMatch:
        return None
    return Link(entry.label, entry.icon, url, entry.key, _is_current(request, entry))


def _is_current(request: HttpRequest, entry: Entry) -> bool:
    """The most exact prefix wins, so that the library doesn't light up beside the plays."""
    match = request.resolver_match
    name = match.view_name if match else ""
    entries = [entry for _title, section in NAV for entry in section] + [SETTINGS]
    fits = {e.url_name: max((len(p) for p in (e.url_name, *e.under) if name.startswith(p)), default=0) for e in entries}
    return fits[entry.url_name] > 0 and fits[entry.url_name] == max(fits.values())


def _cookie(request: HttpRequest, name: str, allowed: set[str], otherwise: str) -> str:
    value = request.COOKIES.get(name, otherwise)
    return value if value in allowed else otherwise
