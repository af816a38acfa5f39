"""Plays in motion: the run's own page, the list under a play, the panel on an account's page."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts import formats
from accounts.access import MemberRequest, account_or_404, requires
from accounts.calendar import local_today
from accounts.models import Account, Task, TaskStatus
from accounts.registry import tell
from accounts.roles import Permission
from blueprints import rules
from blueprints.actions import engine
from blueprints.actions.plays import ROLES
from blueprints.models import Run
from blueprints.models.run import RunQuerySet

PAGE = 25
ON_PANEL = 5


@require_GET
@requires(Permission.PLAY_VIEW)
def run_detail(request: MemberRequest, pk: int) -> HttpResponse:
    runs = visible_runs(request).with_progress().select_related("play", "version", "account", "event__account")
    run = runs.filter(pk=pk).first()
    if run is None:
        raise Http404("No such run")
    facts = engine.known(run.event)
    context = {
        "run": run,
        "started": when(request, run.started_at),
        "happened": tell(run.event.kind, run.event.facts),
        "held": [(rules.sentence(test), facts.get(test["fact"])) for test in rules.tests(run.version.conditions)],
        "rows": _steps(run, local_today(request.tenant)),
    }
    return render(request, "blueprints/run.html", context)


@require_GET
@requires(Permission.PLAY_VIEW)
def account_panel(request: MemberRequest, pk: int) -> HttpResponse:
    """What is in motion at this account, with its next task."""
    account = account_or_404(request, pk)
    runs = list(Run.objects.filter(account=account).in_motion().with_progress().select_related("play")[:ON_PANEL])
    waiting = Task.objects.filter(account=account, source="play").open().order_by("due_on", "pk")
    task = waiting.select_related("assignee").first() if runs else None
    context = {
        "rows": [(run, when(request, run.started_at)) for run in runs],
        "next": task,
        "due": formats.due(task.due_on, local_today(request.tenant)) if task else "",
    }
    return render(request, "blueprints/account_panel.html", context)


def visible_runs(request: MemberRequest) -> RunQuerySet:
    return Run.objects.filter(account__in=Account.objects.visible_to(request.membership))


def page_of_runs(request: MemberRequest, runs: RunQuerySet) -> dict[str, Any]:
    """Newest first, `?after=` a run's id. The instant and the id are spelled out, so that the index serves."""
    if (after := request.GET.get("after", "")).isdigit() and (last := runs.filter(pk=int(after)).first()):
        runs = runs.filter(started_at__lte=last.started_at).filter(
            Q(started_at__lt=last.started_at) | Q(pk__lt=last.pk)
        )
    found = list(runs.with_progress().select_related("account")[: PAGE + 1])
    shown = found[:PAGE]
    return {
        "runs": [(run, when(request, run.started_at)) for run in shown],
        "next": shown[-1].pk if len(found) > PAGE else None,
    }


def _steps(run: Run, today: dt.date) -> list[dict[str, Any]]:
    """The wording that the run followed, each step beside the task that it became."""
    tasks = {link.step: link.task for link in run.links.select_related("task__assignee")}
    rows = []
    for number, step in enumerate(run.version.steps):
        task = tasks.get(number)
        is_open = task is not None and task.status == TaskStatus.OPEN
        due = formats.due(task.due_on, today) if task and is_open else formats.date(task.due_on) if task else ""
        rows.append({"step": step, "role": ROLES[step["role"]], "task": task, "is_open": is_open, "due": due})
    return rows


def when(request: MemberRequest, instant: dt.datetime) -> str:
    return formats.date_time(instant.astimezone(request.tenant.zone))
