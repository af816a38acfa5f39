"""Saying, correcting and confirming what is known about an account."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import transaction

from accounts import timeline
from accounts.actions.errors import named_refusals, refuse
from accounts.models import Account, Contact, User
from journeys.models import SpicedConfirmation, SpicedEntry

SHOWN = 160


@transaction.atomic
def say(
    account: Account,
    letter: str,
    statement: str,
    *,
    source: str,
    occurred_on: dt.date,
    by: User | None,
    said_by: Contact | None = None,
    **more: Any,
) -> SpicedEntry:
    """Adds one statement. `more`: kind, evidence, source_ref, due_on, consequence, replaces."""
    statement = statement.strip()
    if not statement:
        raise refuse("statement", "Write down what was said.")
    if letter == "impact" and not more.get("kind"):
        raise refuse("kind", "Say whether this is the company's impact or a person's.")
    check_contact(account, said_by, "said_by")
    with named_refusals(SpicedEntry):
        entry = SpicedEntry.objects.create(
            account=account,
            letter=letter,
            statement=statement,
            source=source,
            occurred_on=occurred_on,
            said_by=said_by,
            written_by=by,
            **more,
        )
    _tell("spiced.corrected" if entry.replaces_id else "spiced.said", entry, by)
    return entry


def correct(entry: SpicedEntry, statement: str, *, by: User | None, **more: Any) -> SpicedEntry:
    """Says it anew in the place of `entry`, which stays readable; a second correction of the same one is refused."""
    return say(entry.account, entry.letter, statement, by=by, replaces=entry, **({"kind": entry.kind} | more))


@transaction.atomic
def confirm(
    entry: SpicedEntry, *, contact: Contact, by: User | None, now: dt.datetime | None = None
) -> SpicedConfirmation:
    """Notes that this person at the customer agrees."""
    check_contact(entry.account, contact, "contact")
    if SpicedEntry.objects.filter(replaces=entry).exists():
        raise refuse("contact", "This statement has been corrected since; confirm the new one.")
    with named_refusals(SpicedConfirmation):
        confirmation = SpicedConfirmation.objects.create(
            entry=entry, contact=contact, confirmed_by=by, **({"confirmed_at": now} if now else {})
        )
    _tell("spiced.confirmed", entry, by, contact=contact.name, occurred_at=now)
    return confirmation


def write_down(entries: Iterable[SpicedEntry]) -> list[SpicedEntry]:
    """Statements of one source at once, unannounced: the event of that source speaks for them."""
    with named_refusals(SpicedEntry):
        return SpicedEntry.objects.bulk_create(entries)


def check_contact(account: Account, contact: Contact | None, field: str) -> None:
    """Only a person of this account can have said something about it."""
    if contact is not None and contact.account_id != account.pk:
        raise refuse(field, "This person belongs to another account.")


def _tell(kind: str, entry: SpicedEntry, by: User | None, **facts: Any) -> None:
    timeline.record(
        kind,
        account=entry.account,
        by=by,
        entry_id=entry.pk,
        letter=entry.meaning.label,
        statement=entry.statement[:SHOWN],
        **facts,
    )
