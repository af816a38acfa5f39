"""People at an account: who they are, what they decide, and where they went."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from accounts import timeline
from accounts.actions.errors import Refused, named_refusals, refuse
from accounts.actions.validity import check, check_change, closes_circle, only, settled
from accounts.actions.writing import change, told
from accounts.models import Account, Contact, User

FIELDS = (
    "name", "email", "phone", "title", "persona", "buying_role", "stance", "influence", "reports_to", "external_id",
)  # fmt: skip
ELSEWHERE = "This person is at another account."


@transaction.atomic
def add(account: Account, values: Mapping[str, Any], *, by: User | None, now: dt.datetime | None = None) -> Contact:
    given = _tidy(only(values, FIELDS))
    contact = Contact(account=account, **given)
    if now is not None:
        contact.created_at = contact.updated_at = now
    check(contact)
    _check_reports_to(contact, given)
    with named_refusals(Contact):
        contact.save(force_insert=True)
    settled(contact)
    timeline.record("contact.added", account=account, by=by, occurred_at=now, **_about(contact))
    return contact


@transaction.atomic
def edit(
    contact: Contact,
    values: Mapping[str, Any],
    *,
    by: User | None,
    version: int | None = None,
    now: dt.datetime | None = None,
) -> Contact:
    """Changes what differs. Stale `version`: Conflict."""
    given = _tidy(only(values, FIELDS))
    check_change(contact, given)
    _check_reports_to(contact, given)
    changed = change(contact, given, version=version)
    if changed:
        facts = _about(contact) | told(changed)
        timeline.record("contact.edited", account=contact.account, by=by, occurred_at=now, **facts)
    return contact


@transaction.atomic
def depart(
    contact: Contact,
    *,
    on: dt.date,
    moved_to: str = "",
    successor: Contact | None = None,
    by: User | None,
    version: int | None = None,
    now: dt.datetime | None = None,
) -> Contact:
    """They left on this day, for there, and this colleague follows them: a champion who moves is an opportunity."""
    if contact.departed_on is not None:
        raise refuse("", f"{contact.name} left on {contact.departed_on} already.")
    _check_successor(contact, successor)
    values = {"departed_on": on, "moved_to": moved_to.strip(), "successor": successor}
    check_change(contact, values)
    change(contact, values, version=version)
    after = {"successor": successor and successor.name, "successor_id": successor and successor.pk}
    where = f"now at {contact.moved_to}" if contact.moved_to else "nobody knows where to"
    facts = _about(contact) | after | {"moved_to": contact.moved_to, "where": where, "departed_on": on.isoformat()}
    timeline.record("contact.departed", account=contact.account, by=by, occurred_at=now, **facts)
    return contact


def upsert_by_external_id(
    external_id: str, account: Account, values: Mapping[str, Any], *, by: User | None
) -> tuple[Contact, bool]:
    """The contact of this id with these values, and whether they are new. Two at once make one."""
    found = Contact.objects.select_related("account").filter(external_id=external_id).first()
    if found is None:
        try:
            return add(account, {**values, "external_id": external_id}, by=by), True
        except Refused as refused:
            found = Contact.objects.select_related("account").filter(external_id=external_id).first()
            if found is None or "external_id" not in refused.errors:
                raise
    if found.account_id != account.pk:
        raise refuse("account", "This contact belongs to another account; people who move depart and are added there.")
    return edit(found, values, by=by), False


def _about(contact: Contact) -> dict[str, Any]:
    return {
        "contact_id": contact.pk,
        "name": contact.name,
        "title": contact.title,
        "buying_role": contact.buying_role,
        "stance": contact.stance,
    }


def _tidy(given: dict[str, Any]) -> dict[str, Any]:
    if isinstance(given.get("email"), str):
        given["email"] = given["email"].lower()
    if "external_id" in given:
        given["external_id"] = given["external_id"] or None
    return given


def _check_reports_to(contact: Contact, given: Mapping[str, Any]) -> None:
    above: Contact | None = given.get("reports_to")
    if above is not None and above.account_id != contact.account_id:
        raise refuse("reports_to", ELSEWHERE)
    if above is None or contact.pk is None or above.pk == contact.reports_to_id:
        return
    if closes_circle(contact, "reports_to", above):
        raise refuse("reports_to", "Nobody can report to themselves, not even by way of others.")


def _check_successor(contact: Contact, successor: Contact | None) -> None:
    if successor is None:
        return
    if successor.pk == contact.pk:
        raise refuse("successor", "Nobody can succeed themselves.")
    if successor.account_id != contact.account_id:
        raise refuse("successor", ELSEWHERE)
    if successor.departed_on is not None:
        raise refuse("successor", f"{successor.name} left, too.")
