"""Sign-off: people of leadership and product are asked, and say yes or no with a word."""

from __future__ import annotations

from django.db import transaction
from django.db.models.functions import Now

from accounts import timeline
from accounts.actions import tasks
from accounts.actions.errors import named_refusals, refuse
from accounts.calendar import add_business_days, local_today
from accounts.models import Outcome, Task, User
from metrics.health.models import Decision, HealthVersion, SignOff, SignRole, State

SOURCE = "sign_off"
DAYS = 3  # business days to answer in
DETAIL = (
    "The page to sign it on says what the draft changes and who would change band; this task has a link to it. "
    "The version scores nobody before everybody who was asked has signed."
)


@transaction.atomic
def ask(draft: HealthVersion, person: User, role: str, *, by: User | None) -> SignOff:
    """A second time is refused by name."""
    if draft.state != State.DRAFT:
        raise refuse("", "Only a draft is signed.")
    if role not in SignRole.values:
        raise refuse("role", "Leadership or product.")
    with named_refusals(SignOff):
        row = SignOff.objects.create(of=draft, asked=person, role=role, asked_by=by)
    _give_task(row, by)
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
    if (task := _open_task(sign_off)) is not None:
        said = f"{decision.label}: {sign_off.note}" if sign_off.note else str(decision.label)
        tasks.complete(task, outcome=Outcome.ACHIEVED, note=said, by=by)
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
    _drop_task(sign_off, "Needn’t be signed any more.", by)
    timeline.record("sign_off.spared", by=by, person=str(sign_off.asked), name=sign_off.of.name)


@transaction.atomic
def ask_again(draft: HealthVersion, *, by: User | None) -> None:
    """Whoever answered has another draft to answer, and a task of its own for it."""
    answered = list(draft.sign_offs.exclude(decision=Decision.WAITING).select_related("asked"))
    draft.sign_offs.update(decision=Decision.WAITING, decided_at=None, note="")
    for row in answered:
        _drop_task(row, "The draft was changed.", by)
        _give_task(row, by)


def forget(draft: HealthVersion, *, by: User | None) -> None:
    """Before a draft goes: nobody is left with a task to sign it."""
    for row in draft.sign_offs.all():
        _drop_task(row, "The draft was dropped.", by)


def _give_task(row: SignOff, by: User | None) -> None:
    """A member of any role may be asked, and not everybody opens the settings: their inbox tells them."""
    version, tenant = row.of, row.of.tenant
    title = f"Sign health model “{version.model.name}”, version {version.number}"
    due_on = add_business_days(local_today(tenant), DAYS, tenant.country)
    values = {"title": title, "detail": DETAIL, "assignee": row.asked, "due_on": due_on, "source": SOURCE}
    row.task = tasks.add(values, by=by)
    SignOff.objects.filter(pk=row.pk).update(task=row.task)


def _open_task(row: SignOff) -> Task | None:
    """The task, unless somebody has closed it by hand."""
    return Task.objects.open().filter(pk=row.task_id).first() if row.task_id else None


def _drop_task(row: SignOff, reason: str, by: User | None) -> None:
    if (task := _open_task(row)) is not None:
        tasks.drop(task, reason=reason, by=by)
