"""The plan in the customer's hands: links, codes, visits, and what a visitor does."""

from journeys.plans.actions.sharing.codes import ask_code, mail_waiting, waiting_tenants
from journeys.plans.actions.sharing.doing import (
    Changed,
    Unreadable,
    agree,
    comment,
    confirm,
    fingerprint,
    measure,
    moved,
    thanks_due,
    tick,
    untick,
)
from journeys.plans.actions.sharing.links import (
    DAYS,
    LONGEST,
    address_of,
    audience_for,
    link_of,
    renew,
    revoke,
    share,
)
from journeys.plans.actions.sharing.mails import mail_links, tenants_with_links
from journeys.plans.actions.sharing.visits import HOURS, open_visit, visit_of, visits

__all__ = [
    "DAYS",
    "HOURS",
    "LONGEST",
    "Changed",
    "Unreadable",
    "address_of",
    "agree",
    "ask_code",
    "audience_for",
    "comment",
    "confirm",
    "fingerprint",
    "link_of",
    "mail_links",
    "mail_waiting",
    "measure",
    "moved",
    "open_visit",
    "renew",
    "revoke",
    "share",
    "tenants_with_links",
    "thanks_due",
    "tick",
    "untick",
    "visit_of",
    "visits",
    "waiting_tenants",
]
