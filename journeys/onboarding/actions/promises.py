"""Promises made in the sale: written down by the rep, settled by whoever keeps the account."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models.functions import Now

from accounts import timeline
from accounts.actions.errors import Conflict, named_refusals, refuse
from accounts.actions.validity import check
from accounts.actions.writing import change
from accounts.models import User
from journeys.onboarding.actions.standing import locked
from journeys.onboarding.models import Handoff, Promise, PromiseKind, PromiseOutcome


@transaction.atomic
def make(
    handoff: Handoff,
    text: str,
    *,
    kind: str = PromiseKind.PRODUCT,
    due_on: dt.date | None = None,
    by: User,
    now: dt.datetime | None = None,
) -> Promise:
    """What the customer was told they would get, while the handoff is the rep's."""
    row = _with_rep(handoff)
    promise = Promise(handoff=row, text=text.strip(), kind=kind, due_on=due_on, made_by=by)
    if now is not None:
        promise.made_at = now
    check(promise)
    with named_refusals(Promise):
        promise.save(force_insert=True)
    promise.refresh_from_db()
    _tell("promise.made", promise, row, by, now)
    return promise


@transaction.atomic
def withdraw(promise: Promise, *, by: User) -> None:
    """Takes back what was written down by mistake; the timeline keeps that it was there."""
    row = _with_rep(promise.handoff)
    _tell("promise.withdrawn", promise, row, by, None)
    promise.delete()


@transaction.atomic
def settle(
    promise: Promise,
    outcome: str,
    *,
    note: str = "",
    by: User,
    version: int | None = None,
    now: dt.datetime | None = None,
) -> Promise:
    """What became of it. `open` takes a settlement back; one that wasn't kept as made says why."""
    if outcome not in PromiseOutcome.values:
        raise refuse("outcome", "A promise is kept, changed, not kept, or open.")
    note = note.strip()
    if outcome in (PromiseOutcome.CHANGED, PromiseOutcome.BROKEN) and not note:
        raise refuse("note", "Say what happened, for the rep who made the promise.")
    row = locked(promise.handoff)
    if not row.is_accepted:
        raise refuse("", "A promise is settled once the handoff is accepted.")
    settled: dict[str, Any] = {"settled_at": now or Now(), "settled_by": by}
    if outcome == PromiseOutcome.OPEN:
        settled = {"settled_at": None, "settled_by": None}
    changed = change(promise, {"outcome": outcome, "outcome_note": note, **settled}, version=version)
    if "outcome" in changed or "outcome_note" in changed:
        _tell("promise.settled", promise, row, by, now, outcome=promise.get_outcome_display(), note=note)
    return promise


def _with_rep(handoff: Handoff) -> Handoff:
    row = locked(handoff)
    if not row.with_rep:
        raise Conflict(row)
    return row


def _tell(kind: str, promise: Promise, handoff: Handoff, by: User, now: dt.datetime | None, **facts: Any) -> None:
    about = {"promise_id": promise.pk, "handoff_id": handoff.pk, "text": promise.text, "about": promise.kind}
    timeline.record(kind, account=handoff.account, by=by, occurred_at=now, **(about | facts))
