"""The one shape of every page of the settings: tabs above, a list, or a form that saves through an action."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.access import MemberRequest
from accounts.forms.answers import attempt
from accounts.roles import Permission


@dataclass(frozen=True)
class Tab:
    """A page of the settings; `under` are the names of the pages that belong to it."""

    label: Any
    url_name: str
    icon: str
    permission: Permission
    says: Any
    also: tuple[str, ...] = ()  # how names of further pages begin that belong to it

    @property
    def under(self) -> tuple[str, ...]:
        return (self.url_name.removesuffix("list").removesuffix("edit"), *self.also)


TABS = (
    Tab(_("People"), "accounts:member-list", "user-round", Permission.SETTINGS_VIEW,
        _("Who works here, in which role, and who was invited.")),
    Tab(_("Roles"), "accounts:role-list", "shield", Permission.SETTINGS_VIEW,
        _("What each role may see and do.")),
    Tab(_("Teams"), "accounts:team-list", "users", Permission.SETTINGS_VIEW,
        _("Who leads whom: what “my team” means in every list.")),
    Tab(_("Products"), "accounts:product-list", "package", Permission.SETTINGS_VIEW,
        _("What contracts are about, and what counts into ARR.")),
    Tab(_("Custom fields"), "accounts:field-list", "text-cursor-input", Permission.SETTINGS_VIEW,
        _("What you keep about accounts beyond the usual.")),
    Tab(_("External facts"), "accounts:fact-list", "antenna", Permission.SETTINGS_VIEW,
        _("What other systems know about your accounts and send here.")),
    Tab(_("Touch models"), "accounts:touch-list", "sliders-horizontal", Permission.SETTINGS_VIEW,
        _("What high, low and tech touch mean here.")),
    Tab(_("Health models"), "health:model-list", "heart-pulse", Permission.SETTINGS_VIEW,
        _("What counts for an account’s health, how much, and from when on it needs a look.")),
    Tab(_("Maturity"), "maturity:settings", "grid-2x2", Permission.SETTINGS_VIEW,
        _("What is asked about a customer’s maturity, and what each cell of the matrix means.")),
    Tab(_("Plan templates"), "plans:template-list", "target", Permission.SETTINGS_VIEW,
        _("What a Joint Impact Plan starts with, by product and segment.")),
    Tab(_("Onboarding targets"), "onboarding:target-list", "timer", Permission.SETTINGS_VIEW,
        _("How many days from commitment to First Impact, by segment.")),
    Tab(_("Endpoints"), "blueprints:endpoint-list", "webhook", Permission.PLAY_EDIT,
        _("Where plays send webhooks and messages.")),
    Tab(_("Mail templates"), "blueprints:template-list", "mail", Permission.PLAY_EDIT,
        _("Mails that plays send, written once.")),
    Tab(_("Engine"), "blueprints:engine", "gauge", Permission.SETTINGS_VIEW,
        _("How fast plays follow what happens, what waits and what failed.")),
    Tab(_("API keys"), "accounts:key-list", "key-round", Permission.KEY_MANAGE,
        _("How other systems get in.")),
    Tab(_("Usage"), "usage:overview", "activity", Permission.USAGE_EDIT,
        _("What your product sends, what is counted, and whose usage it is."),
        ("usage:metric-", "usage:origin-", "usage:retention")),
    Tab(_("Write keys"), "usage:key-list", "key-square", Permission.KEY_MANAGE,
        _("How your product sends usage in.")),
    Tab(_("Imports"), "imports:import-list", "file-up", Permission.DATA_IMPORT,
        _("Your own book from a spreadsheet or a CRM’s export: tried first, and taken back if need be.")),
    Tab(_("Export"), "accounts:export-list", "download", Permission.DATA_EXPORT,
        _("Every list, or all of them, as CSV, Excel workbook or JSON.")),
    Tab(_("Workspace"), "accounts:workspace-edit", "building-2", Permission.SETTINGS_VIEW,
        _("Name, time zone, holidays, currency, and how soon a handoff is due.")),
)  # fmt: skip


@dataclass(frozen=True)
class Saving:
    """What stands around a form: its title, where it leads, what is said afterwards."""

    title: str
    back: str
    done: str
    label: str = ""
    intro: str = ""


def tabs(request: MemberRequest) -> list[dict[str, Any]]:
    """The pages that this role may open."""
    here = request.resolver_match.view_name if request.resolver_match else ""
    return [
        {"tab": tab, "url": reverse(tab.url_name), "current": here.startswith(tab.under)}
        for tab in TABS
        if request.membership.may(tab.permission)
    ]


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
