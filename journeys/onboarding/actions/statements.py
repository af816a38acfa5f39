"""The handoff's answers as statements of the account's SPICED record."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from accounts.calendar import local_today
from accounts.models import User
from journeys.actions import spiced
from journeys.models import SpicedEntry
from journeys.onboarding.models import Handoff, HandoffAnswer

SOURCE = "handoff"


def write(handoff: Handoff, answers: Iterable[HandoffAnswer], *, by: User, now: dt.datetime | None) -> int:
    """What is new or different since the last submission; a changed answer replaces what the rep said before."""
    said_on = local_today(handoff.tenant, now)
    entries = []
    before = _said_before(handoff)
    corrected = _corrected(before)
    for answer in answers:
        last = before.get(_ref(handoff, answer.question))
        if not answer.asks.letter or answer.not_known or (last and _same(last, answer)):
            continue
        entry = _entry(handoff, answer, by=by, on=said_on)
        # Somebody who corrected the statement since knows more than the rep did: leave theirs standing, too.
        entry.replaces = None if last is None or last.pk in corrected else last
        if now is not None:
            entry.recorded_at = now
        entries.append(entry)
    return len(spiced.write_down(entries))


def _entry(handoff: Handoff, answer: HandoffAnswer, *, by: User, on: dt.date) -> SpicedEntry:
    return SpicedEntry(
        account_id=handoff.account_id,
        letter=answer.asks.letter,
        kind=answer.asks.kind,
        statement=answer.text,
        due_on=answer.due_on,
        consequence=answer.consequence,
        written_by=by,
        source=SOURCE,
        source_ref=_ref(handoff, answer.question),
        occurred_on=on,
    )


def _said_before(handoff: Handoff) -> dict[str, SpicedEntry]:
    """The last statement from this handoff to each question."""
    entries = SpicedEntry.objects.filter(
        account_id=handoff.account_id, source=SOURCE, source_ref__startswith=f"{handoff.pk}/"
    )
    return {entry.source_ref: entry for entry in entries.order_by("pk")}


def _corrected(before: Mapping[str, SpicedEntry]) -> set[int | None]:
    if not before:
        return set()
    return set(SpicedEntry.objects.filter(replaces__in=list(before.values())).values_list("replaces_id", flat=True))


def _same(entry: SpicedEntry, answer: HandoffAnswer) -> bool:
    return (entry.statement, entry.due_on, entry.consequence) == (answer.text, answer.due_on, answer.consequence)


def _ref(handoff: Handoff, question: str) -> str:
    return f"{handoff.pk}/{question}"
