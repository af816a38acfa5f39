"""The loop of a handoff: opened, answered, submitted, returned, submitted again, accepted; or dropped on the way."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models.functions import Now

from accounts.actions import accounts
from accounts.actions.errors import Conflict, Refused, named_refusals, refuse
from accounts.actions.validity import check_change, only
from accounts.actions.writing import change, told
from accounts.models import Account, Phase, User
from journeys.actions import journeys
from journeys.onboarding.actions import agenda, first_impact, kickoffs, statements
from journeys.onboarding.actions.standing import (
    left_as_it_was,
    left_open,
    locked,
    must_be_able_to_write,
    must_be_open,
    must_wait,
    reasons_by_letter,
    still_here,
    tell,
)
from journeys.onboarding.models import Handoff, HandoffAnswer, HandoffStatus
from journeys.onboarding.questions import BY_CODE, QUESTIONS, missing
from journeys.plans.actions import plans

EDITABLE = ("rep", "csm", "committed_on", "kickoff_on")
BEFORE_ONBOARDING = (Phase.COMMIT, Phase.ENDED)


@transaction.atomic
def open(account: Account, *, rep: User, committed_on: dt.date, by: User, now: dt.datetime | None = None) -> Handoff:
    """A draft with every question laid out. One account has one open handoff."""
    with named_refusals(Handoff):
        handoff = Handoff.objects.create(
            account=account, rep=rep, committed_on=committed_on, opened_by=by, **({"opened_at": now} if now else {})
        )
    HandoffAnswer.objects.bulk_create(HandoffAnswer(handoff=handoff, question=q.code) for q in QUESTIONS)
    if account.ae_id is None:
        accounts.edit(account, {"ae": rep}, by=by, now=now)
    tell("handoff.opened", handoff, by, now, committed_on=committed_on.isoformat())
    return handoff


@transaction.atomic
def edit(handoff: Handoff, values: Mapping[str, Any], *, by: User, version: int | None = None) -> Handoff:
    """Changes who and when: rep, csm, committed_on, kickoff_on. Stale `version`, accepted or dropped: Conflict."""
    row = locked(handoff)
    must_be_open(row)
    given = only(values, EDITABLE)
    if given.get("rep", row.rep) != row.rep:
        must_be_able_to_write(given["rep"])
    check_change(row, given)
    changed = change(row, given, version=version)
    if "rep" in changed:
        _hand_on(row, *changed.pop("rep"), by=by)
    if changed:
        tell("handoff.edited", row, by, None, **told(changed))
    return row


def reassign(handoff: Handoff, rep: User, *, by: User, version: int | None = None) -> Handoff:
    """Another rep is responsible from here on; whoever can't write a handoff is refused."""
    return edit(handoff, {"rep": rep}, by=by, version=version)


def _hand_on(handoff: Handoff, before: User, after: User, *, by: User) -> None:
    """The account goes along where its seller was the one who gave the deal away: who writes of it must see it."""
    account = Account.objects.select_for_update(of=("self",)).get(pk=handoff.account_id)
    if account.ae_id == before.pk:
        accounts.edit(account, {"ae": after}, by=by)
    people = {"before": before.name, "before_id": before.pk, "after": after.name, "after_id": after.pk}
    tell("handoff.reassigned", handoff, by, None, **people)


@transaction.atomic
def drop(
    handoff: Handoff, reason: str, *, by: User, version: int | None = None, now: dt.datetime | None = None
) -> Handoff:
    """The deal fell through before anybody took the account; the account may be handed over again another day."""
    row = locked(handoff)
    must_be_open(row)
    if not reason.strip():
        raise refuse("reason", "Say why the deal fell through.")
    values = {"status": HandoffStatus.DROPPED, "dropped_at": now or Now(), "dropped_by": by}
    change(row, values | {"drop_reason": reason.strip()}, version=version)
    tell("handoff.dropped", row, by, now, reason=row.drop_reason)
    return row


@transaction.atomic
def answer(
    handoff: Handoff,
    question: str,
    text: str = "",
    not_known: bool = False,
    *,
    due_on: dt.date | None = None,
    consequence: str = "",
    by: User,
    version: int | None = None,
) -> HandoffAnswer:
    """Keeps what the rep says to one question. «Not known» empties it; a stale `version` raises Conflict."""
    if question not in BY_CODE:
        raise refuse("question", "A handoff doesn't ask this.")
    row = locked(handoff)
    if not row.with_rep:
        raise Conflict(row)
    values: dict[str, Any] = {"text": text.strip(), "not_known": not_known, "due_on": None, "consequence": ""}
    if BY_CODE[question].dated:
        values |= {"due_on": due_on, "consequence": consequence.strip()}
    if not_known:
        values |= {"text": "", "due_on": None, "consequence": ""}
    said = HandoffAnswer.objects.get(handoff=row, question=question)
    if any(getattr(said, name) != value for name, value in values.items()):
        change(said, values | {"updated_by": by}, version=version)
    return said


@transaction.atomic
def submit(
    handoff: Handoff,
    *,
    by: User,
    csm: User | None = None,
    kickoff_on: dt.date | None = None,
    version: int | None = None,
    now: dt.datetime | None = None,
) -> Handoff:
    """Hands over to `csm`, or to whoever takes it. Refused with every open question named.

    What was answered goes into the account's SPICED record, what nobody knew onto the kickoff's agenda.
    """
    row = locked(handoff)
    if not row.with_rep:
        raise Conflict(row)
    answers = list(row.answers.all())
    open_questions = missing({said.question: said.said for said in answers})
    if open_questions:
        raise Refused({question.code: ["Still to be answered, or marked as not known."] for question in open_questions})
    again = row.status == HandoffStatus.RETURNED
    if again and (same := [said.question for said in answers if left_as_it_was(row, said)]):
        raise Refused({question: ["This was asked back: say more, or mark it as not known."] for question in same})
    written = statements.write(row, answers, by=by, now=now)
    agenda.lay_out(row, answers, by=by, now=now)
    row.answers.exclude(return_reason="").update(return_reason="")
    change(
        row,
        {
            "status": HandoffStatus.SUBMITTED, "submitted_at": now or Now(), "submitted_by": by,
            "csm": csm or row.csm, "kickoff_on": kickoff_on or row.kickoff_on,
        },
        version=version,
    )  # fmt: skip
    unknown = sum(said.not_known for said in answers)
    tell("handoff.submitted", row, by, now, again=again, statements=written, not_known=unknown)
    return row


@transaction.atomic
def return_(
    handoff: Handoff,
    reasons: Mapping[str, str],
    *,
    by: User,
    version: int | None = None,
    now: dt.datetime | None = None,
) -> Handoff:
    """Gives the handoff back to the rep. `reasons`: by question, what to add or to ask."""
    row = locked(handoff)
    must_wait(row)
    given = {question: reason.strip() for question, reason in reasons.items() if reason.strip()}
    if unknown := sorted(set(given) - set(BY_CODE)):
        raise Refused({question: ["A handoff doesn't ask this."] for question in unknown})
    if not given:
        raise refuse("", "Say what is missing, at one question at least.")
    for question, reason in given.items():
        row.answers.filter(question=question).update(return_reason=reason)
    values = {
        "status": HandoffStatus.RETURNED,
        "returned_at": now or Now(),
        "returned_by": by,
        "returns": row.returns + 1,
    }
    change(row, values, version=version)
    asked = reasons_by_letter(given)
    letters = sorted({BY_CODE[question].letter for question in given} - {""})
    tell("handoff.returned", row, by, now, asked=asked, reasons=given, letters=letters)
    return row


@transaction.atomic
def accept(
    handoff: Handoff,
    *,
    by: User,
    csm: User | None = None,
    version: int | None = None,
    now: dt.datetime | None = None,
) -> Handoff:
    """Takes the account over: from here it is `csm`'s (the one proposed, or `by`), and the journey begins.

    The plan is drafted out of what the rep wrote down, the clock of First Impact runs, the kickoff can be prepared.
    """
    row = locked(handoff)
    must_wait(row)
    keeper = csm or still_here(row.csm) or by
    values = {"status": HandoffStatus.ACCEPTED, "accepted_at": now or Now(), "accepted_by": by, "csm": keeper}
    change(row, values, version=version)
    account = Account.objects.select_for_update(of=("self",)).get(pk=row.account_id)
    accounts.edit(account, {"csm": keeper}, by=by, now=now)
    journey = journeys.begin(account, committed_on=row.committed_on, by=by, now=now)
    if account.phase in BEFORE_ONBOARDING:
        # A second deal of an account under way changes no phase.
        accounts.change_phase(account, Phase.ONBOARDING, by=by, now=now)
    first_impact.begin(journey, plans.draft(account, by=by, now=now), by=by)
    kickoffs.prepare(account, by=by, now=now)
    tell("handoff.accepted", row, by, now, csm_id=keeper.pk, rep_id=row.rep_id, **left_open(row))
    return row
