"""Mails to customers: when one may reach them, and who of those whom it was written for is still there."""

from __future__ import annotations

import datetime as dt
from typing import Any

from accounts.actions.errors import refuse
from accounts.models import Contact, Tenant
from blueprints import guards
from blueprints.models import PlayVersion

Drafts = list[dict[str, Any]]


def quiet_until(version: PlayVersion, tenant: Tenant, at: dt.datetime) -> dt.datetime | None:
    """The end of the quiet time in which a customer would get this at `at`, whatever led here."""
    quiet = guards.parse(version.guards).quiet
    return quiet.ends(at.astimezone(tenant.zone), tenant.country) if quiet else None


def reachable(drafts: Drafts) -> tuple[Drafts, list[str]]:
    """The drafts to those who are still there, to the address they have now; and the names of the others."""
    ids = [draft["contact"] for draft in drafts if "contact" in draft]
    here = Contact.objects.filter(pk__in=ids).present().exclude(email="")
    now = dict(here.values_list("pk", "email"))
    gone = [draft for draft in drafts if "contact" in draft and draft["contact"] not in now]
    kept = [draft | {"to": now.get(draft.get("contact", 0), draft["to"])} for draft in drafts if draft not in gone]
    if not kept:
        raise refuse("drafts", "Nobody whom this was written for can be reached any more: decline it.")
    return kept, [draft["name"] for draft in gone]
