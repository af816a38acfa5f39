"""What happens in this room, said once: kinds of events that plays leave on the timeline."""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.registry import (
    Fact,
    FactType,
    FirstStep,
    TaskOrigin,
    declare,
    first_step,
    of_accounts,
    of_workspace,
    task_origin,
)
from accounts.roles import Permission
from blueprints.models import Channel, Play, PlayState, RunTask

CHANNEL = Fact("channel", _("Channel"), FactType.CHOICE, choices=tuple((one.label, one.label) for one in Channel))

of_accounts(_("Plays"), "run", "run_step", "email.sent", "delivery", "play.called")
of_workspace("play", "endpoint", "template")

declare("run.started", "Play started", "{play} began: {because}", icon="play")
declare("play.switched_on", "Play switched on", "{play} is on", icon="circle-play")
declare("play.paused", "Play paused", "{play} is paused", icon="circle-pause")
declare("run.left", "Play left", "{play} ended: {reason}", icon="log-out")
declare("run.undone", "Play undone", "{play} was undone", icon="undo-2")
declare("play.called", "Play called by another", "{by_play} started {play}", icon="corner-down-right")
declare("run_step.approved", "E-mail approved", "{play}: the e-mail to {to} was approved", icon="mail-check")
declare("run_step.declined", "E-mail declined", "{play}: the e-mail to {to} was declined: {reason}", icon="mail-x")
declare("email.sent", "E-mail sent by a play", "“{subject}” went to {to}", icon="send")
declare("delivery.given_up", "Delivery given up", "{channel}: {error}", icon="octagon-alert", facts=[CHANNEL])
declare("delivery.sent_again", "Delivery sent again", "A delivery is sent again", icon="rotate-cw")
declare("endpoint.added", "Endpoint added", "{name} was added", icon="webhook")
declare("endpoint.edited", "Endpoint edited", "{name}: changed {changed}", icon="webhook")
declare("endpoint.stopped", "Endpoint switched off", "{name}: {reason}", icon="unplug")
declare("endpoint.switched_on", "Endpoint switched on", "{name} is on", icon="plug")
declare("template.added", "Mail template added", "{name} was added", icon="mail-plus")
declare("template.edited", "Mail template edited", "{name}: changed {changed}", icon="mail")
declare("play.created", "Play made", "{play} was made", icon="sparkles")
declare("play.shadowed", "Play in the shadow", "{play} logs and does nothing", icon="eye")
declare("play.disabled", "Play stopped itself", "{play} stopped: {reason}", icon="circle-alert")
declare("play.tripped", "Circuit breaker", "{play} stopped: {reason}", icon="zap-off")
declare("play.released", "Stopped matches released", "{play}: {count:run} began", icon="circle-play")
declare("play.dropped", "Stopped matches dropped", "{play}: dropped {count:match|matches}", icon="circle-x")
declare("play.revised", "Play revised", "{play} is now version {number}", icon="pencil")


def _born(task_ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    rows = RunTask.objects.filter(task__in=list(task_ids)).order_by()
    found = rows.values_list("task_id", "run_id", "run__play__code", "run__play__because")
    return {task: {"play": code, "run": run, "because": because} for task, run, code, because in found}


def _of_play(code: str) -> QuerySet[RunTask]:
    return RunTask.objects.filter(run__play__code=code).order_by()


task_origin(TaskOrigin("play", _born, _of_play))
first_step(
    FirstStep(
        "play",
        _("Switch on the first play"),
        _("When something happens, the right people get the right tasks by themselves."),
        "blueprints:play-list",
        Permission.PLAY_EDIT,
        # What the library brings is on in its first version; a person's switch counts one up.
        lambda: Play.objects.filter(state=PlayState.ON, version__gt=1),
    )
)
