"""The command palette: accounts, people and what one may do, on the account of the page first."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from accounts import search
from accounts.access import MemberRequest, requires, visible_accounts
from accounts.models import Contact
from accounts.roles import Permission
from accounts.scopes import scope_for

ACCOUNTS, PEOPLE, ACTIONS, RECENT = 8, 6, 8, 5
LONGEST = 100
ON_ACCOUNT = re.compile(r"/accounts/(\d+)/")


@dataclass(frozen=True)
class Command:
    label: Any
    icon: str
    url_name: str
    permission: Permission
    tail: str = ""  # what follows the path; a query takes the account instead of the path

    def url(self, account: int | None) -> str:
        in_path = account is not None and not self.tail.startswith("?")
        return reverse(self.url_name, args=[account] if in_path else []) + self.tail.format(account)


# Of the account whose page is open, then of the workspace.
OF_ACCOUNT = (
    Command(_("Log a call or a note"), "sticky-note", "accounts:account-detail", Permission.NOTE_ADD, "#activity"),
    Command(_("New task for this account"), "square-plus", "accounts:task-add", Permission.TASK_EDIT, "?account={}"),
    Command(_("Add a contact"), "user-plus", "accounts:contact-create", Permission.CONTACT_EDIT),
    Command(_("Sign a contract"), "signature", "accounts:contract-sign", Permission.CONTRACT_EDIT),
    Command(_("Edit this account"), "pencil", "accounts:account-edit", Permission.ACCOUNT_EDIT),
    Command(_("Contracts and revenue"), "file-text", "accounts:contract-list", Permission.ACCOUNT_VIEW),
    Command(_("Timeline"), "history", "accounts:account-timeline", Permission.ACCOUNT_VIEW),
)
COMMANDS = (
    Command(_("My day"), "house", "accounts:home", Permission.TASK_VIEW),
    Command(_("Tasks"), "list-checks", "accounts:task-list", Permission.TASK_VIEW),
    Command(_("New task"), "square-plus", "accounts:task-add", Permission.TASK_EDIT),
    Command(_("Portfolio"), "layers", "accounts:portfolio", Permission.ACCOUNT_VIEW),
    Command(_("New account"), "building-2", "accounts:account-create", Permission.ACCOUNT_CREATE),
    Command(_("Handoffs"), "handshake", "onboarding:handoff-list", Permission.HANDOFF_VIEW),
    Command(_("Plays"), "zap", "blueprints:play-list", Permission.PLAY_VIEW),
    Command(_("Blueprint library"), "book-open", "blueprints:library", Permission.LIBRARY_VIEW),
    Command(_("Preferences"), "sliders-horizontal", "accounts:preferences", Permission.ACCOUNT_VIEW),
    Command(_("Settings"), "settings", "accounts:settings", Permission.SETTINGS_VIEW),
    Command(_("Invite people"), "mail-plus", "accounts:member-list", Permission.MEMBER_MANAGE),
    Command(_("Teams"), "users", "accounts:team-list", Permission.SETTINGS_VIEW),
    Command(_("API keys"), "key-round", "accounts:key-list", Permission.KEY_MANAGE),
    Command(_("Products"), "package", "accounts:product-list", Permission.SETTINGS_VIEW),
    Command(_("Custom fields"), "text-cursor-input", "accounts:field-list", Permission.SETTINGS_VIEW),
    Command(_("Export"), "download", "accounts:export-list", Permission.DATA_EXPORT),
)


@require_GET
@requires(Permission.ACCOUNT_VIEW)
def palette(request: MemberRequest) -> HttpResponse:
    words = request.GET.get("q", "").strip().replace("\0", "")[:LONGEST]
    actions = _commands(request, COMMANDS, words)[:ACTIONS]
    context = {
        "q": words,
        # Whoever types how an action begins means it, however many accounts contain the letters.
        "by_name": bool(words) and any(item["label"].lower().startswith(words.lower()) for item in actions),
        "here": _commands(request, OF_ACCOUNT, words, account=_open_account(request)),
        "accounts": _accounts(request, words),
        "people": _people(request, words) if words else [],
        "actions": actions,
    }
    return render(request, "accounts/palette.html", context)


def _accounts(request: MemberRequest, words: str) -> list[dict[str, Any]]:
    """What matches; before anything is typed, one's own that changed last."""
    columns = ("id", "name", "domain", "phase")
    if words:
        found = search.accounts_named(visible_accounts(request), words)
        return list(found.order_by("name", "id").values(*columns)[:ACCOUNTS])
    mine = scope_for("own", request.membership).accounts(visible_accounts(request))
    return list(mine.order_by("-updated_at", "-id").values(*columns)[:RECENT])


def _people(request: MemberRequest, words: str) -> Sequence[Mapping[str, Any]]:
    seen = Contact.objects.filter(account__in=visible_accounts(request).order_by().values("pk"))
    found = search.contacts_named(seen, words).order_by("name", "id")  # type: ignore[arg-type]
    return list(found.values("id", "name", "title", "account_id", "account__name")[:PEOPLE])


def _commands(
    request: MemberRequest, commands: tuple[Command, ...], words: str, account: int | None = None
) -> list[dict[str, Any]]:
    """Those that the role may do and whose label has every word that was typed."""
    if commands is OF_ACCOUNT and account is None:
        return []
    wanted = words.lower().split()
    return [
        {"label": command.label, "icon": command.icon, "url": command.url(account)}
        for command in commands
        if request.membership.may(command.permission) and all(word in str(command.label).lower() for word in wanted)
    ]


def _open_account(request: MemberRequest) -> int | None:
    """The account of the page behind the palette, when this person may see it."""
    page = ON_ACCOUNT.search(request.htmx.current_url_abs_path or "") if request.htmx else None  # type: ignore[attr-defined]
    if page is None:
        return None
    return visible_accounts(request).filter(pk=int(page[1])).values_list("pk", flat=True).first()
