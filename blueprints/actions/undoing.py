"""What a play did, taken back: a run, or all runs of a bad hour. What was sent can't be, and is listed as sent."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction

from accounts import timeline
from accounts.actions import accounts, ownership
from accounts.actions.errors import Conflict, Refused
from accounts.models import Account, Membership, User
from accounts.tenancy.context import current_tenant_id
from blueprints.actions import turns
from blueprints.actions.stepping import pace
from blueprints.actions.stepping.closing import Closed, close
from blueprints.models import Fate, Match, Play, Run, RunState, RunStep, StepState
from blueprints.steps.kinds import CUSTOM

__all__ = ["Closed", "undo", "undo_hour"]

SAY = """
told AS (
    SELECT r.id, r.account_id, jsonb_build_object('run_id', r.id, 'play', p.name, 'play_code', p.code) AS facts
    FROM blueprints_run r JOIN blueprints_play p ON p.tenant_id = r.tenant_id AND p.id = r.play_id
    WHERE r.id = ANY(%(ids)s::bigint[])
)
"""
REASON = "The play was undone."


def undo(run: Run, *, by: User) -> Closed:
    """Open tasks dropped, fields put back where nobody changed them since. A run undone before: nothing at all."""
    return _undo([run.pk], by)


def undo_hour(play: Play, start: dt.datetime, end: dt.datetime, *, by: User) -> Closed:
    """Every run of the play that started in [start, end)."""
    return _undo(list(play.runs.filter(started_at__gte=start, started_at__lt=end).values_list("pk", flat=True)), by)


@transaction.atomic
def _undo(run_ids: Sequence[int], by: User) -> Closed:
    ours = _hold(run_ids)
    if not ours:
        return Closed()
    closed = close(ours, state=RunState.UNDONE, reason=REASON, at=pace.now(), by_id=by.pk)
    # The newest first: two changes of one field are taken back in turn.
    changes = RunStep.objects.filter(run__in=ours, state=StepState.DONE, kind__in=["field", "hand_over"])
    for step in changes.select_related("run").order_by("-at", "-run_id", "-number"):
        kept = closed.put_back if _put_back(step, by) else closed.kept
        kept.append(step.did | {"account": step.run.account_id})
    done = RunStep.objects.filter(run__in=ours, state=StepState.DONE).exclude(kind__in=["email", "slack", "webhook"])
    done.update(state=StepState.UNDONE)
    timeline.record_many("run.undone", SAY, {"ids": ours}, by=by)
    return closed


def _hold(run_ids: Sequence[int]) -> list[int]:
    """Those that aren't undone yet, with those that they started, locked in one order; what they called never begins.

    In a turn, so that nothing that they called begins meanwhile. Once they are held they call nothing more, so a
    second look finds what they called until then.
    """
    turns.take(current_tenant_id())
    ours: set[int] = set()
    while ids := _with_those_they_started(run_ids) - ours:
        held = Run.objects.filter(pk__in=ids).order_by("pk").select_for_update(of=("self",))
        ours |= set(held.values_list("pk", flat=True))
        # Lapsed and not dropped: whom the play leaves alone stays in its arm too, in what plays changed.
        yet = Match.objects.filter(pk__in=_called_by(ours), fate__in=[Fate.WAITING, Fate.TRIPPED])
        yet.update(fate=Fate.LAPSED)
    open_ones = Run.objects.filter(pk__in=ours).exclude(state=RunState.UNDONE).order_by("pk")
    return list(open_ones.values_list("pk", flat=True))


def _with_those_they_started(run_ids: Sequence[int]) -> set[int]:
    found, latest = set(run_ids), list(run_ids)
    while latest:
        began = Run.objects.filter(match__in=_called_by(latest)).values_list("pk", flat=True)
        latest = [run_id for run_id in [*began, *_begun_by(latest)] if run_id not in found]
        found |= set(latest)
    return found


def _called_by(run_ids: Iterable[int]) -> list[int]:
    """Matches that their steps opened."""
    calls = RunStep.objects.filter(run__in=list(run_ids), kind="play", state=StepState.DONE, did__has_key="match")
    return list(calls.values_list("did__match", flat=True))


def _begun_by(run_ids: Iterable[int]) -> list[int]:
    """Runs that steps of old began themselves."""
    calls = RunStep.objects.filter(run__in=list(run_ids), kind="play", state=StepState.DONE, did__has_key="run")
    return list(calls.values_list("did__run", flat=True))


def _put_back(step: RunStep, by: User) -> bool:
    """False where somebody changed it since, or where what stood there isn't allowed any more."""
    account = Account.objects.get(pk=step.run.account_id)
    try:
        with transaction.atomic():
            return (_field_back if step.kind == "field" else _owner_back)(account, step.did, by)
    except (Refused, Conflict):
        return False


def _field_back(account: Account, did: dict[str, Any], by: User) -> bool:
    path = did["field"]
    key, name = path.removeprefix(CUSTOM), path.removeprefix("account.")
    now = account.custom.get(key) if path.startswith(CUSTOM) else getattr(account, name)
    if now != did["after"]:
        return False
    values = {"custom": {key: did["before"]}} if path.startswith(CUSTOM) else {name: did["before"]}
    accounts.edit(account, values, by=by)
    return True


def _owner_back(account: Account, did: dict[str, Any], by: User) -> bool:
    if getattr(account, f"{did['role']}_id") != did["after"]:
        return False
    before = did["before"]
    if before is not None and not Membership.objects.here().active().filter(user=before).exists():
        return False
    ownership.assign([account.pk], {did["role"]: before and User.objects.get(pk=before)}, by=by)
    return True
