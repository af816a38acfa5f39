"""The one shape of whatever is done here to an account: a form on its page or in a dialog, or a button."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from accounts.access import MemberRequest
from accounts.actions.errors import Conflict, Refused
from accounts.forms.answers import attempt
from accounts.models import Account
from accounts.views.header import header


@dataclass(frozen=True)
class Doing:
    """What stands around a form: its title, its button, a word before it, and what is said afterwards."""

    title: str
    label: str
    done: str
    back: str
    intro: str = ""
    warning: str = ""


def save(
    request: MemberRequest, account: Account, form: forms.BaseForm, act: Callable[[], Any], doing: Doing
) -> HttpResponse:
    """The form; 422 or 409 with what is wrong and both values; or the action, a word, and the way back."""
    status = 200
    if request.method == "POST":
        _done, status = attempt(form, act)
        if status == 200:
            messages.success(request, doing.done)
            return redirect(doing.back)
    context = {"form": form, "doing": doing, "action": request.get_full_path()}
    part = request.htmx and request.method == "GET"
    whole = {"account": account} if part else header(request, account)
    return render(request, f"onboarding/act.html{'#form' if part else ''}", whole | context, status=status)


def press(request: MemberRequest, act: Callable[[], Any], done: str, back: str) -> HttpResponse:
    """A button: the action, a word, and back; whoever comes by a link only sees the page."""
    if request.method != "POST":
        return redirect(back)
    try:
        act()
    except Conflict:
        messages.warning(request, "Somebody else changed this in the meantime. This is how it stands now.")
    except Refused as refused:
        messages.error(request, refused.words)
    else:
        messages.success(request, done)
    return redirect(back)
