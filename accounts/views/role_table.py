"""The permission table in words: what each permission lets people do, and which roles have it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.roles import PEOPLE_ROLES, Permission, allows


@dataclass(frozen=True)
class Line:
    words: Any
    roles: list[tuple[str, bool]]


WORDS: tuple[tuple[Any, tuple[tuple[Permission, Any], ...]], ...] = (
    (_("Accounts"), (
        (Permission.ACCOUNT_VIEW, _("See accounts and their timeline")),
        (Permission.ACCOUNT_CREATE, _("Add accounts")),
        (Permission.ACCOUNT_EDIT, _("Change accounts and their phase")),
        (Permission.ACCOUNT_ASSIGN, _("Say who owns an account")),
        (Permission.CONTACT_EDIT, _("Keep the people of an account")),
        (Permission.CONTRACT_EDIT, _("Sign, renew, amend and end contracts")),
        (Permission.DEAL_BRING, _("Bring a new account with its first contract and handoff")),
        (Permission.NOTE_ADD, _("Log notes, calls and meetings")),
        (Permission.ACCOUNT_EXPORT, _("Export the list of accounts")),
        (Permission.DATA_EXPORT, _("Export every list of the workspace")),
        (Permission.DATA_IMPORT, _("Import files")),
        (Permission.DATA_FORGET, _("Have the contents of imported files forgotten")),
        (Permission.VIEW_SHARE, _("Share saved views")),
    )),
    (_("Work"), (
        (Permission.TASK_VIEW, _("See tasks")),
        (Permission.TASK_EDIT, _("Add, do and hand on tasks")),
        (Permission.HANDOFF_VIEW, _("See handoffs")),
        (Permission.HANDOFF_WRITE, _("Write and submit handoffs")),
        (Permission.HANDOFF_DECIDE, _("Accept or return handoffs")),
        (Permission.SPICED_WRITE, _("Add to the SPICED record")),
        (Permission.MEETING_EDIT, _("Plan and run meetings")),
        (Permission.PLAN_EDIT, _("Work in Joint Impact Plans")),
        (Permission.PLAN_SHARE, _("Share Joint Impact Plans with customers")),
        (Permission.DEPLOYMENT_EDIT, _("Plan and run deployments")),
        (Permission.PLAY_VIEW, _("See plays and their runs")),
        (Permission.PLAY_EDIT, _("Change plays")),
        (Permission.HEALTH_EDIT, _("Change health models and publish them")),
        (Permission.LIBRARY_VIEW, _("Read the blueprint library")),
    )),
    (_("Workspace"), (
        (Permission.SETTINGS_VIEW, _("See the settings")),
        (Permission.SETTINGS_EDIT, _("Change the settings and teams")),
        (Permission.PLAN_TEMPLATE_EDIT, _("Change plan templates")),
        (Permission.TARGET_EDIT, _("Set how long onboarding may take")),
        (Permission.USAGE_EDIT, _("Define usage metrics and match their senders")),
        (Permission.FACT_EDIT, _("Define the facts that other systems push")),
        (Permission.PRODUCT_EDIT, _("Keep the list of products")),
        (Permission.MEMBER_MANAGE, _("Invite people and change roles")),
        (Permission.KEY_MANAGE, _("Make and revoke API keys")),
        (Permission.ADMIN_SITE, _("Open the data admin")),
    )),
)  # fmt: skip

TABLE = [
    (
        title,
        [Line(words, [(role.value, allows(role, permission)) for role in PEOPLE_ROLES]) for permission, words in some],
    )
    for title, some in WORDS
]
