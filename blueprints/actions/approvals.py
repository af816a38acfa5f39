"""What a customer would see, before they see it: a person reads, mends, says yes or no."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from accounts import timeline
from accounts.actions.errors import Conflict, Errors, Refused, refuse
from accounts.models import Account, Membership, Tenant, User
from accounts.roles import Permission
from blueprints import texts
from blueprints.actions import deliveries
from blueprints.actions.stepping import mailing, moving, pace
from blueprints.actions.stepping.effects import APPROVED
from blueprints.actions.stepping.mailing import Drafts
from blueprints.models import Run, RunState, RunStep, StepState
from blueprints.steps.kinds import LONGEST_LINE


def asking() -> Any:
    """Everything that waits for a word, oldest first."""
    waiting = RunStep.objects.filter(state=StepState.ASKING).order_by("at", "pk")
    return waiting.select_related("run__account", "run__play", "run__version")


def decided_by(member: Membership) -> Any:
    """Of these what this person may decide, as `may_decide` has it."""
    if member.may(Permission.PLAY_EDIT):
        return asking().filter(run__account__in=Account.objects.visible_to(member))
    return asking().filter(run__account__csm=member.user_id)


def may_decide(step: RunStep, member: Membership) -> bool:
    """The account's CSM, and whoever may edit plays."""
    return step.run.account.csm_id == member.user_id or member.may(Permission.PLAY_EDIT)


@transaction.atomic
def approve(
    step: RunStep,
    *,
    by: User,
    at: dt.datetime | None = None,
    edits: Sequence[Mapping[str, str]] | None = None,
    version: int | None = None,
) -> list[int]:
    """Sends it: ids of the deliveries, written in this transaction; the run goes on.

    In the play's quiet hours nothing is written yet: the step waits for their end, and then these words leave.
    `edits` are {subject, text} for each draft in its order. Whoever left since gets nothing. Refused names
    drafts.<n>.<field>; Conflict where somebody decided or changed it since.
    """
    run = _hold(step, version)
    drafts, left_out = mailing.reachable(_edited(step.did["drafts"], edits))
    said = {"drafts": drafts} | ({"left_out": left_out} if left_out else {})
    at, tenant, sent = at or pace.now(), Tenant.objects.get(pk=run.tenant_id), []
    if until := mailing.quiet_until(run.version, tenant, at):
        _decide(step, StepState.WAITING, by, said | {APPROVED: True})
        moving.look_again(run, at=until)
    else:
        sent = deliveries.mail(run, step.number, drafts)
        _decide(step, StepState.DONE, by, said | {"deliveries": sent})
        moving.go_on(run, step.number, tenant=tenant, at=at)
    _tell("run_step.approved", step, run, by, drafts)
    return sent


def leaves_at(step: RunStep, *, tenant: Tenant, at: dt.datetime) -> dt.datetime | None:
    """The end of the quiet hours for which this mail waits, approved or not yet; None: a yes sends it at once."""
    if step.state == StepState.ASKING:
        return mailing.quiet_until(step.run.version, tenant, at)
    return step.run.next_at if step.state == StepState.WAITING else None


@transaction.atomic
def decline(step: RunStep, *, by: User, reason: str, at: dt.datetime | None = None, version: int | None = None) -> None:
    """Nothing is sent, for a reason; the run goes on past it."""
    if not reason.strip():
        raise refuse("reason", "Say why not.")
    run = _hold(step, version)
    _decide(step, StepState.DECLINED, by, step.did, reason.strip())
    _tell("run_step.declined", step, run, by, step.did["drafts"], reason=reason.strip())
    moving.go_on(run, step.number, tenant=Tenant.objects.get(pk=run.tenant_id), at=at or pace.now())


def _hold(step: RunStep, version: int | None) -> Run:
    """The run, locked before its step as everywhere, so that an end and a yes can't both be."""
    run = Run.objects.select_for_update(of=("self",)).select_related("play", "version", "account").get(pk=step.run_id)
    seen = step.version if version is None else version
    step.refresh_from_db()
    if step.version != seen or step.state != StepState.ASKING or run.state != RunState.MOVING:
        raise Conflict(step)
    return run


def _decide(step: RunStep, state: str, by: User, did: dict[str, Any], error: str = "") -> None:
    RunStep.objects.filter(pk=step.pk).update(
        state=state, did=did, error=error[:500], decided_by=by, decided_at=Now(), version=F("version") + 1
    )
    step.refresh_from_db()


def _edited(drafts: Drafts, edits: Sequence[Mapping[str, str]] | None) -> Drafts:
    """The drafts with these words; to whom they go stays as it was."""
    if edits is None:
        return drafts
    if len(edits) != len(drafts):
        raise refuse("drafts", "There is one text for each person.")
    errors: Errors = {}
    said = []
    for number, (draft, edit) in enumerate(zip(drafts, edits, strict=True)):
        words = {name: str(edit.get(name, draft[name])).strip() for name in ("subject", "text")}
        for name, problem in _problems(words):
            errors.setdefault(f"drafts.{number}.{name}", []).append(problem)
        said.append(draft | words)
    if errors:
        raise Refused(errors)
    return said


def _problems(words: Mapping[str, str]) -> list[tuple[str, str]]:
    checks = [
        ("subject", bool(words["subject"]), "Say what it is about."),
        ("subject", len(words["subject"]) <= LONGEST_LINE, f"At most {LONGEST_LINE} characters."),
        ("subject", not texts.BREAK.search(words["subject"]), "This must be one line."),
        ("text", bool(words["text"]), "Say something."),
        ("text", len(words["text"]) <= texts.LONGEST, f"At most {texts.LONGEST} characters."),
    ]
    return [(name, problem) for name, right, problem in checks if not right]


def _tell(kind: str, step: RunStep, run: Run, by: User, drafts: Drafts, **facts: Any) -> None:
    about: dict[str, Any] = {"run_id": run.pk, "number": step.number, "play": run.play.name}
    to = ", ".join(draft["name"] for draft in drafts)
    timeline.record(kind, account=run.account, by=by, to=to, **about, **facts)
