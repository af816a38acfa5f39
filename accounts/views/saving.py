"""The one shape of every page of the settings: a list, or a form that saves through an action."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from accounts.access import MemberRequest
from accounts.forms.answers import attempt
from accounts.roles import Permission
from accounts.views.settings_map import tabs


@dataclass(frozen=True)
class Saving:
    """What stands around a form: its title, where it leads, what is said afterwards."""

    title: str
    back: str
    done: str
    label: str = ""
    intro: str = ""


def show(request: MemberRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """A page of the settings; `may_edit` and `may_manage` say what it may offer."""
    common = {
        "tabs": tabs(request),
        "may_edit": request.membership.may(Permission.SETTINGS_EDIT),
        "may_manage": request.membership.may(Permission.MEMBER_MANAGE),
    }
    return render(request, f"accounts/settings/{template}", common | context, status=status)


def save(
    request: MemberRequest,
    form: forms.BaseForm,
    act: Callable[[], Any],
    saving: Saving,
    template: str = "form.html",
    **context: Any,
) -> HttpResponse:
    """The form; 422 or 409 with its errors; or the action, a word, and the way back."""
    status = 200
    if request.method == "POST":
        _saved, status = attempt(form, act)
        if status == 200:
            messages.success(request, saving.done)
            return redirect(saving.back)
    return show(request, template, {"form": form, "saving": saving} | context, status)
