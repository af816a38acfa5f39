"""What to ask at the kickoff: laid out when a handoff is submitted, answered when somebody has asked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.db.models.functions import Now

from accounts import timeline
from accounts.actions.errors import Conflict, refuse
from accounts.actions.writing import change
from accounts.calendar import local_today
from accounts.models import Contact, User
from journeys.actions import spiced
from journeys.models import SpicedEntry
from journeys.onboarding.models import AgendaItem, AgendaStatus, Handoff, HandoffAnswer
from journeys.onboarding.questions import to_ask

SOURCE = "kickoff"


def lay_out(handoff: Handoff, answers: Iterable[HandoffAnswer], *, by: User, now: dt.datetime | None = None) -> None:
    """One open point for every «not known»; a point that the rep has answered since is closed with their answer."""
    there = {item.question: item for item in handoff.agenda_items.all()}
    AgendaItem.objects.bulk_create(
        AgendaItem(
            account_id=handoff.account_id, handoff=handoff, question=said.question, text=to_ask(said.asks),
            **({"created_at": now} if now else {}),
        )
        for said in answers
        if said.not_known and said.question not in there
    )  # fmt: skip
    for said in answers:
        item = there.get(said.question)
        if item is not None and item.is_open and not said.not_known:
            _close(item, said.text, by, now)


@transaction.atomic
def answer(
    item: AgendaItem,
    text: str,
    *,
    by: User,
    said_by: Contact | None = None,
    due_on: dt.date | None = None,
    consequence: str = "",
    version: int | None = None,
    now: dt.datetime | None = None,
) -> AgendaItem:
    """Keeps the customer's answer; where the question has a letter, in the account's SPICED record as well."""
    row = AgendaItem.objects.select_for_update(of=("self",)).select_related("account", "handoff").get(pk=item.pk)
    if not row.is_open or (version is not None and row.version != version):
        raise Conflict(row)
    if not row.handoff.is_accepted:
        raise refuse("", "This is asked at the kickoff, once the handoff is accepted.")
    if not text.strip():
        raise refuse("text", "Write down the answer.")
    spiced.check_contact(row.account, said_by, "said_by")
    entry = None
    if row.asks.letter:
        [entry] = spiced.write_down([_entry(row, text.strip(), by, said_by, due_on, consequence, now)])
    _close(row, text.strip(), by, now, entry)
    timeline.record(
        "agenda.answered",
        account=row.account,
        by=by,
        occurred_at=now,
        handoff_id=row.handoff_id,
        question=row.asks.label,
        answer=text.strip()[:160],
    )
    return row


def _entry(
    item: AgendaItem,
    text: str,
    by: User,
    said_by: Contact | None,
    due_on: dt.date | None,
    consequence: str,
    now: dt.datetime | None,
) -> SpicedEntry:
    dated = {"due_on": due_on, "consequence": consequence.strip()} if item.asks.dated else {}
    return SpicedEntry(
        account_id=item.account_id,
        letter=item.asks.letter,
        kind=item.asks.kind,
        statement=text,
        said_by=said_by,
        written_by=by,
        source=SOURCE,
        source_ref=f"{item.handoff_id}/{item.question}",
        occurred_on=local_today(item.tenant, now),
        **dated,
        **({"recorded_at": now} if now else {}),
    )


def _close(item: AgendaItem, text: str, by: User, now: dt.datetime | None, entry: SpicedEntry | None = None) -> None:
    values = {"status": AgendaStatus.ANSWERED, "answer": text, "answered_at": now or Now(), "answered_by": by}
    change(item, values | {"entry": entry})
