"""Sign-off: people of leadership and product are asked, and say yes or no with a word."""

from __future__ import annotations

from django.db import transaction
from django.db.models.functions import Now

from accounts import timeline
from accounts.actions.errors import named_refusals, refuse
from accounts.models import User
from metrics.health.models import Decision, HealthVersion, SignOff, SignRole, State


@transaction.atomic
def ask(draft: HealthVersion, person: User, role: str, *, by: User | None) -> SignOff:
    """A second time is refused by name."""
    if draft.state != State.DRAFT:
        raise refuse("", "Only a draft is signed.")
    if role not in SignRole.values:
        raise refuse("role", "Leadership or product.")
    with named_refusals(SignOff):
        row = SignOff.objects.create(of=draft, asked=person, role=role, asked_by=by)
    timeline.record("sign_off.asked", by=by, sign_off_id=row.pk, person=str(person), name=draft.name)
    return row


@transaction.atomic
def decide(sign_off: SignOff, *, signed: bool, note: str, by: User) -> SignOff:
    """Only the person who was asked; a no says why."""
    if sign_off.asked_id != by.pk:
        raise refuse("", "Only the person who was asked can answer.")
    if sign_off.of.state != State.DRAFT:
        raise refuse("", "This version isn’t a draft any more.")
    if not signed and not note.strip():
        raise refuse("note", "Say what would have to change.")
    decision = Decision.SIGNED if signed else Decision.DECLINED
    SignOff.objects.filter(pk=sign_off.pk).update(decision=decision, note=note.strip()[:300], decided_at=Now())
    sign_off.refresh_from_db()
    timeline.record(
        "sign_off.decided", by=by, sign_off_id=sign_off.pk, person=str(by), decision=str(decision.label).lower(),
        name=sign_off.of.name,
    )  # fmt: skip
    return sign_off


@transaction.atomic
def spare(sign_off: SignOff, *, by: User | None) -> None:
    """Somebody who hasn't answered needn't after all; a no can't be taken away."""
    if sign_off.of.state != State.DRAFT:
        raise refuse("", "This version isn’t a draft any more.")
    deleted, _rows = SignOff.objects.filter(pk=sign_off.pk, decision=Decision.WAITING).delete()
    if not deleted:
        raise refuse("", "This person has answered: only a change to the draft asks again.")
    timeline.record("sign_off.spared", by=by, person=str(sign_off.asked), name=sign_off.of.name)
