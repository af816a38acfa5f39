"""The one shape of whatever is done to an event: a form in a dialog or on its page, or a button."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.access import MemberRequest
from accounts.actions.errors import Conflict, Refused
from accounts.forms.answers import attempt
from accounts.models import Account
from accounts.views.dialogs import leave
from accounts.views.header import header
from journeys.critical_events.models import CriticalEvent


@dataclass(frozen=True)
class Doing:
    """What stands around a form: its title, its button, what is said afterwards, and a word before it."""

    title: str
    label: str
    done: str
    intro: str = ""


def save(
    request: MemberRequest, account: Account, form: forms.BaseForm, act: Callable[[], Any], doing: Doing, back: str
) -> HttpResponse:
    """The form; 422 or 409 with what is wrong; or the action, a word, and the address `back`."""
    status = 200
    if request.method == "POST":
        _done, status = attempt(form, act)
        if status == 200:
            messages.success(request, doing.done)
            return leave(request, back)
    context = {"form": form, "doing": doing, "action": request.get_full_path(), "back": back}
    whole = {"account": account} if request.htmx else header(request, account)
    part = "#form" if request.htmx else ""
    return render(request, f"critical_events/form.html{part}", whole | context, status=status)


def press(request: MemberRequest, act: Callable[[], Any], done: str, back: str) -> HttpResponse:
    """A button: the action, a word, and the page again; whoever comes by a link only sees the page."""
    if request.method == "GET":
        return redirect(back)
    try:
        act()
    except Conflict:
        messages.warning(request, _("Somebody else changed this in the meantime. This is how it stands now."))
    except Refused as refused:
        messages.error(request, refused.words)
    else:
        messages.success(request, done)
    return redirect(back)


def at(event: CriticalEvent, place: str = "") -> str:
    """The event's page, at one of its sections."""
    return reverse("critical_events:event-detail", args=[event.pk]) + (f"#{place}" if place else "")


def of_account(account: Account) -> str:
    return reverse("critical_events:of-account", args=[account.pk])
