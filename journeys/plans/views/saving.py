"""The one shape of whatever is done to a plan: a form in a dialog or on its page, or a button; then the plan again."""

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
from accounts.views.dialogs import leave
from accounts.views.header import header
from journeys.plans.models import Plan


@dataclass(frozen=True)
class Doing:
    """What stands around a form: its title, its button, what is said afterwards, and a word before it."""

    title: str
    label: str
    done: str
    intro: str = ""


def save(
    request: MemberRequest, plan: Plan, form: forms.BaseForm, act: Callable[[], Any], doing: Doing, back: str = ""
) -> HttpResponse:
    """The form; 422 or 409 with what is wrong; or the action, a word, and the plan at the place `back` names."""
    if plan.is_closed:
        return _closed(request, plan)
    status = 200
    if request.method == "POST":
        _done, status = attempt(form, act)
        if status == 200:
            messages.success(request, doing.done)
            return leave(request, at(plan, back))
    context = {"form": form, "doing": doing, "action": request.get_full_path(), "back": at(plan, back), "plan": plan}
    whole = {"account": plan.account} if request.htmx else header(request, plan.account)
    return render(request, f"plans/form.html{'#form' if request.htmx else ''}", whole | context, status=status)


def press(request: MemberRequest, plan: Plan, act: Callable[[], Any], done: str, back: str = "") -> HttpResponse:
    """A button: the action, a word, and the plan again; whoever comes by a link only sees the plan."""
    if request.method == "GET":
        return redirect(at(plan, back))
    if plan.is_closed:
        return _closed(request, plan)
    try:
        act()
    except Conflict:
        messages.warning(request, _("Somebody else changed this in the meantime. This is how it stands now."))
    except Refused as refused:
        messages.error(request, refused.words)
    else:
        messages.success(request, done)
    return redirect(at(plan, back))


def at(plan: Plan, place: str = "") -> str:
    """The plan's page, at one of its sections; or another address altogether."""
    if place.startswith("/"):
        return place
    return reverse("plans:plan", args=[plan.account_id]) + (f"#{place}" if place else "")


def _closed(request: MemberRequest, plan: Plan) -> HttpResponse:
    messages.warning(request, _("This plan is closed; what was agreed in it stays as it is."))
    return leave(request, at(plan))
