"""Where everything in the settings is: groups of pages, each with its permission and what it is for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.access import MemberRequest
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


GROUPS = (
    (_("People"), (
        Tab(_("People"), "accounts:member-list", "user-round", Permission.SETTINGS_VIEW,
            _("Who works here, in which role, and who was invited.")),
        Tab(_("Roles"), "accounts:role-list", "shield", Permission.SETTINGS_VIEW,
            _("What each role may see and do.")),
        Tab(_("Teams"), "accounts:team-list", "users", Permission.SETTINGS_VIEW,
            _("Who leads whom: what “my team” means in every list.")),
    )),
    (_("Your book"), (
        Tab(_("Products"), "accounts:product-list", "package", Permission.SETTINGS_VIEW,
            _("What contracts are about, and what counts into ARR.")),
        Tab(_("Custom fields"), "accounts:field-list", "text-cursor-input", Permission.SETTINGS_VIEW,
            _("What you keep about accounts beyond the usual.")),
        Tab(_("External facts"), "accounts:fact-list", "antenna", Permission.SETTINGS_VIEW,
            _("What other systems know about your accounts and send here.")),
        Tab(_("Imports"), "imports:import-list", "file-up", Permission.DATA_IMPORT,
            _("Your own book from a spreadsheet or a CRM’s export: tried first, and taken back if need be.")),
        Tab(_("Export"), "accounts:export-list", "download", Permission.DATA_EXPORT,
            _("Every list, or all of them, as CSV, Excel workbook or JSON.")),
    )),
    (_("How you work"), (
        Tab(_("Touch models"), "accounts:touch-list", "sliders-horizontal", Permission.SETTINGS_VIEW,
            _("What high, low and tech touch mean here.")),
        Tab(_("Onboarding targets"), "onboarding:target-list", "timer", Permission.SETTINGS_VIEW,
            _("How many days from commitment to First Impact, by segment.")),
        Tab(_("Plan templates"), "plans:template-list", "target", Permission.SETTINGS_VIEW,
            _("What a Joint Impact Plan starts with, by product and segment.")),
        Tab(_("Health models"), "health:model-list", "heart-pulse", Permission.SETTINGS_VIEW,
            _("What counts for an account’s health, how much, and from when on it needs a look.")),
        Tab(_("Maturity"), "maturity:settings", "grid-2x2", Permission.SETTINGS_VIEW,
            _("What is asked about a customer’s maturity, and what each cell of the matrix means.")),
    )),
    (_("Plays"), (
        Tab(_("Mail templates"), "blueprints:template-list", "mail", Permission.PLAY_EDIT,
            _("Mails that plays send, written once.")),
        Tab(_("Endpoints"), "blueprints:endpoint-list", "webhook", Permission.PLAY_EDIT,
            _("Where plays send webhooks and messages.")),
        Tab(_("Engine"), "blueprints:engine", "gauge", Permission.SETTINGS_VIEW,
            _("How fast plays follow what happens, what waits and what failed.")),
    )),
    (_("Other systems"), (
        Tab(_("API keys"), "accounts:key-list", "key-round", Permission.KEY_MANAGE,
            _("How other systems get in.")),
        Tab(_("Usage"), "usage:overview", "activity", Permission.USAGE_EDIT,
            _("What your product sends, what is counted, and whose usage it is."),
            ("usage:metric-", "usage:origin-", "usage:retention")),
        Tab(_("Write keys"), "usage:key-list", "key-square", Permission.KEY_MANAGE,
            _("How your product sends usage in.")),
    )),
    (_("Everything"), (
        Tab(_("Workspace"), "accounts:workspace-edit", "building-2", Permission.SETTINGS_VIEW,
            _("Name, time zone, holidays, currency, and how soon a handoff is due.")),
    )),
)  # fmt: skip


def tabs(request: MemberRequest) -> list[dict[str, Any]]:
    """The pages that this role may open, by group."""
    here = request.resolver_match.view_name if request.resolver_match else ""
    found = [
        (label, [
            {"tab": tab, "url": reverse(tab.url_name), "current": here.startswith(tab.under)}
            for tab in group if request.membership.may(tab.permission)
        ])
        for label, group in GROUPS
    ]  # fmt: skip
    return [{"label": label, "entries": entries} for label, entries in found if entries]
