"""A handoff as it stands while somebody acts on it, and how each step is told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from textwrap import shorten
from typing import Any

from accounts import timeline
from accounts.actions.errors import Conflict, refuse
from accounts.models import Membership, User
from accounts.roles import Permission
from journeys.onboarding.models import Handoff, HandoffAnswer, HandoffStatus
from journeys.onboarding.questions import BY_CODE, Question, says_nothing
from journeys.spiced import BY_CODE as LETTERS

LONGEST_REASON = 160


def locked(handoff: Handoff) -> Handoff:
    """The handoff as it stands, ours until the transaction ends: two at once come one after the other."""
    return Handoff.objects.select_for_update(of=("self",)).select_related("account", "rep", "csm").get(pk=handoff.pk)


def must_be_open(handoff: Handoff) -> None:
    """What was accepted is the CSM's, and what was dropped is over."""
    if not handoff.is_open:
        raise Conflict(handoff)


def must_wait(handoff: Handoff) -> None:
    """Somebody else may have decided meanwhile; what never was handed over isn't anybody's to decide."""
    if handoff.status == HandoffStatus.DRAFT:
        raise refuse("", "This handoff hasn't been submitted yet.")
    if not handoff.waits:
        raise Conflict(handoff)


def must_be_able_to_write(rep: User) -> None:
    """A deal in the hands of somebody who may not write it would wait forever."""
    member = Membership.objects.here().active().filter(user=rep).first()
    if member is None:
        raise refuse("rep", "This person isn't in the workspace.")
    if not member.may(Permission.HANDOFF_WRITE):
        raise refuse("rep", f"The role {member.role_label} writes no handoffs.")


def still_here(user: User | None) -> User | None:
    """Nobody where the membership of the one proposed has ended since."""
    return user if user and Membership.objects.here().active().filter(user=user).exists() else None


def left_as_it_was(handoff: Handoff, answer: HandoffAnswer) -> bool:
    returned_at = handoff.returned_at
    return bool(answer.return_reason) and returned_at is not None and answer.updated_at < returned_at


def left_open(handoff: Handoff) -> dict[str, Any]:
    answers = {said.question: said for said in handoff.answers.all()}
    flags = answers["red_flags"].text
    return {
        "not_known": sum(said.not_known for said in answers.values()),
        "red_flags": bool(flags) and not says_nothing(flags),
    }


def tell(kind: str, handoff: Handoff, by: User, now: dt.datetime | None, **facts: Any) -> None:
    about = {
        "handoff_id": handoff.pk,
        "rep": handoff.rep.name,
        "csm": handoff.csm.name if handoff.csm else "whoever takes it",
        "actor": by.name,
    }
    timeline.record(kind, account=handoff.account, by=by, occurred_at=now, **(about | facts))


def reasons_by_letter(reasons: Mapping[str, str]) -> str:
    """What is asked back, in one sentence: first what has a letter of SPICED, in their order, then what has none."""
    order = [*LETTERS, ""]
    asked = sorted((BY_CODE[code] for code in reasons), key=lambda question: order.index(question.letter))
    return "; ".join(f"{_named(question)}: “{_short(reasons[question.code])}”" for question in asked)


def _named(question: Question) -> str:
    return f"{LETTERS[question.letter].mark}, {question.label}" if question.letter else question.label


def _short(reason: str) -> str:
    return shorten(reason, LONGEST_REASON, placeholder=" …")
