"""Who may do what: roles and permissions as a table in code, reviewed like code."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Permission(StrEnum):
    ACCOUNT_VIEW = "account.view"
    ACCOUNT_EDIT = "account.edit"
    ACCOUNT_CREATE = "account.create"
    ACCOUNT_ASSIGN = "account.assign"
    ACCOUNT_EXPORT = "account.export"
    DATA_IMPORT = "data.import"
    DATA_EXPORT = "data.export"
    DATA_FORGET = "data.forget"
    CONTACT_EDIT = "contact.edit"
    CONTRACT_EDIT = "contract.edit"
    # Narrower than CONTRACT_EDIT: the first contract of an account that comes with its handoff, and no other.
    DEAL_BRING = "deal.bring"
    PRODUCT_EDIT = "product.edit"
    TASK_VIEW = "task.view"
    TASK_EDIT = "task.edit"
    NOTE_ADD = "note.add"
    HANDOFF_VIEW = "handoff.view"
    HANDOFF_WRITE = "handoff.write"
    HANDOFF_DECIDE = "handoff.decide"
    SPICED_WRITE = "spiced.write"
    MEETING_EDIT = "meeting.edit"
    PLAN_EDIT = "plan.edit"
    PLAN_SHARE = "plan.share"
    PLAN_TEMPLATE_EDIT = "plan_template.edit"
    TARGET_EDIT = "target.edit"
    DEPLOYMENT_EDIT = "deployment.edit"
    PLAY_VIEW = "play.view"
    PLAY_EDIT = "play.edit"
    LIBRARY_VIEW = "library.view"
    VIEW_SHARE = "view.share"
    SETTINGS_VIEW = "settings.view"
    SETTINGS_EDIT = "settings.edit"
    USAGE_EDIT = "usage.edit"
    FACT_EDIT = "fact.edit"
    HEALTH_EDIT = "health.edit"
    MEMBER_MANAGE = "member.manage"
    KEY_MANAGE = "key.manage"
    ADMIN_SITE = "admin.site"


P = Permission

READ = frozenset({P.ACCOUNT_VIEW, P.TASK_VIEW, P.HANDOFF_VIEW, P.PLAY_VIEW, P.LIBRARY_VIEW})
WORK = READ | {P.TASK_EDIT, P.NOTE_ADD, P.CONTACT_EDIT, P.SPICED_WRITE, P.MEETING_EDIT, P.PLAN_EDIT}
OWN_ACCOUNTS = WORK | {P.ACCOUNT_EDIT, P.ACCOUNT_CREATE, P.CONTRACT_EDIT, P.ACCOUNT_EXPORT, P.PLAN_SHARE}
RUN_THE_SHOP = OWN_ACCOUNTS | {
    P.DEAL_BRING,
    P.ACCOUNT_ASSIGN,
    P.HANDOFF_DECIDE,
    P.HANDOFF_WRITE,
    P.DEPLOYMENT_EDIT,
    P.PLAY_EDIT,
    P.HEALTH_EDIT,
    P.VIEW_SHARE,
    P.SETTINGS_VIEW,
}
EVERYTHING = frozenset(Permission)


class Reach(StrEnum):
    """Whose accounts a role can see at all."""

    ALL = "all"
    SOLD = "sold"


@dataclass(frozen=True)
class RoleSpec:
    label: str
    description: str
    permissions: frozenset[Permission]
    reach: Reach = Reach.ALL


class Role(StrEnum):
    ADMIN = "admin"
    LEADER = "leader"
    CSM = "csm"
    SALES = "sales"
    DELIVERY = "delivery"
    SUPPORT = "support"
    OPS = "ops"
    VIEWER = "viewer"
    INTEGRATION = "integration"


SPECS: dict[Role, RoleSpec] = {
    Role.ADMIN: RoleSpec("Admin", "Runs the workspace: people, keys and settings.", EVERYTHING),
    Role.LEADER: RoleSpec("Leader", "Leads teams, sees every account, decides handoffs.", RUN_THE_SHOP),
    Role.CSM: RoleSpec(
        "CSM",
        "Owns accounts from accepted handoff to renewal.",
        OWN_ACCOUNTS | {P.HANDOFF_DECIDE, P.ACCOUNT_ASSIGN, P.DEPLOYMENT_EDIT, P.VIEW_SHARE},
    ),
    Role.SALES: RoleSpec(
        "Sales rep",
        "Hands over the accounts they sell and sees what became of them.",
        frozenset(
            {
                P.ACCOUNT_VIEW,
                P.TASK_VIEW,
                P.TASK_EDIT,
                P.NOTE_ADD,
                P.CONTACT_EDIT,
                P.ACCOUNT_CREATE,
                P.DEAL_BRING,
                P.HANDOFF_VIEW,
                P.HANDOFF_WRITE,
                P.SPICED_WRITE,
                P.LIBRARY_VIEW,
            }
        ),
        Reach.SOLD,
    ),
    Role.DELIVERY: RoleSpec(
        "Delivery",
        "Onboarding and services: deploys what was sold.",
        WORK | {P.ACCOUNT_EDIT, P.PLAN_SHARE, P.DEPLOYMENT_EDIT},
    ),
    Role.SUPPORT: RoleSpec(
        "Support", "Sees the account behind a case and leaves word.", READ | {P.NOTE_ADD, P.TASK_EDIT}
    ),
    Role.OPS: RoleSpec(
        "CS operations",
        "Keeps the model, the data and the plays in order.",
        RUN_THE_SHOP
        | {
            P.PLAN_TEMPLATE_EDIT,
            P.TARGET_EDIT,
            P.SETTINGS_EDIT,
            P.USAGE_EDIT,
            P.FACT_EDIT,
            P.PRODUCT_EDIT,
            P.KEY_MANAGE,
            P.DATA_IMPORT,
            P.DATA_EXPORT,
        },
    ),
    Role.VIEWER: RoleSpec("Viewer", "Reads everything, changes nothing.", READ),
    Role.INTEGRATION: RoleSpec(
        "Integration",
        "Another system, through the API.",
        OWN_ACCOUNTS
        | {
            P.DEAL_BRING,
            P.DATA_IMPORT,
            P.DATA_EXPORT,
            P.DATA_FORGET,
            P.PRODUCT_EDIT,
            P.HANDOFF_WRITE,
            P.HANDOFF_DECIDE,
            P.DEPLOYMENT_EDIT,
            P.USAGE_EDIT,
            P.FACT_EDIT,
            P.PLAN_TEMPLATE_EDIT,
            P.TARGET_EDIT,
            P.PLAY_EDIT,
            P.HEALTH_EDIT,
            P.ACCOUNT_ASSIGN,
        },
    ),
}

# An API key isn't a person: nobody can be invited as one.
PEOPLE_ROLES = [role for role in Role if role is not Role.INTEGRATION]
ROLE_CHOICES = [(role.value, SPECS[role].label) for role in Role]
PEOPLE_ROLE_CHOICES = [(role.value, SPECS[role].label) for role in PEOPLE_ROLES]


def allows(role: str, permission: Permission) -> bool:
    return permission in SPECS[Role(role)].permissions


def reach(role: str) -> Reach:
    return SPECS[Role(role)].reach
