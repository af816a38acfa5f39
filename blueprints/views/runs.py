"""Plays in motion: the list of runs, one run with its reason and its steps, and taking one back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from accounts import formats
from accounts.access import MemberRequest, requires
from accounts.calendar import local_today
from accounts.models import TaskStatus
from accounts.registry import Fact, known_facts, tell
from accounts.roles import Permission
from blueprints import rules
from blueprints.models import Run, RunState, RunStep, StepState
from blueprints.models.run import RunQuerySet
from blueprints.views import saying
from blueprints.views.approvals import asked
from blueprints.views.figures import visible_runs
from blueprints.views.places import last_seen
from blueprints.views.reasons import held
from blueprints.views.titles import Titles

PAGE = 25
TABS = (
    ("all", gettext_lazy("All")), ("moving", gettext_lazy("In motion")), ("finished", gettext_lazy("Finished")),
    ("left", gettext_lazy("Left")), ("undone", gettext_lazy("Undone")), ("failed", gettext_lazy("With a failed step")),
)  # fmt: skip
STATE_TONES = {"moving": "accent", "finished": "green", "left": "", "undone": "amber"}
STEP_TONES = {"asking": "amber", "failed": "red", "declined": "amber", "done": "green"}


@require_GET
@requires(Permission.PLAY_VIEW)
def run_list(request: MemberRequest) -> HttpResponse:
    tab = request.GET.get("tab", "")
    tab = tab if tab in dict(TABS) else "all"
    runs = visible_runs(request).select_related("play")
    if tab == "failed":
        runs = runs.filter(done_steps__state=StepState.FAILED).distinct()
    elif tab != "all":
        runs = runs.filter(state=tab)
    context = page_of_runs(request, runs) | {"tab": tab, "tabs": TABS, "with_play": True}
    return render(request, "blueprints/runs.html", context)


@require_GET
@requires(Permission.PLAY_VIEW)
def run_detail(request: MemberRequest, pk: int) -> HttpResponse:
    run = run_or_404(request, pk)
    known = known_facts()
    tree, facts = run.version.conditions, _facts(run)
    asked_for = rules.askable(run.play.trigger, known, facts)
    context = {
        "run": run,
        "tone": STATE_TONES[run.state],
        "started": when(request, run.started_at),
        "ended": when(request, run.ended_at) if run.ended_at else "",
        "happened": tell(run.event.kind, run.event.facts) if run.event else "",
        "held": held(tree, facts, asked_for, run.account.currency, _day(request, run)),
        "rows": _steps(request, run, known),
        "may_edit": request.membership.may(Permission.PLAY_EDIT),
        "sent": run.deliveries.order_by("pk"),
    }
    return render(request, "blueprints/run.html", context)


def run_or_404(request: MemberRequest, pk: int) -> Run:
    runs = visible_runs(request).with_progress()
    runs = runs.select_related("play", "version", "account__csm", "event__account", "match", "undone_by")
    run = runs.filter(pk=pk).first()
    if run is None:
        raise Http404("No such run")
    return run


def page_of_runs(request: MemberRequest, runs: RunQuerySet) -> dict[str, Any]:
    """Newest first, `?after=` a run's id. The instant and the id are spelled out, so that the index serves."""
    if (after := last_seen(request)) and (last := runs.filter(pk=after).first()):
        runs = runs.filter(started_at__lte=last.started_at).filter(
            Q(started_at__lt=last.started_at) | Q(pk__lt=last.pk)
        )
    found = list(runs.with_progress().select_related("account", "play")[: PAGE + 1])
    shown = found[:PAGE]
    return {
        "runs": [(run, when(request, run.started_at), STATE_TONES[run.state]) for run in shown],
        "next": shown[-1].pk if len(found) > PAGE else None,
    }


def when(request: MemberRequest, instant: dt.datetime) -> str:
    return formats.date_time(instant.astimezone(request.tenant.zone))


def _day(request: MemberRequest, run: Run) -> dt.date:
    return run.started_at.astimezone(request.tenant.zone).date()


def _facts(run: Run) -> dict[str, Any]:
    """What was known then; runs of old kept it only as their event."""
    if run.match is not None and run.match.facts:
        return dict(run.match.facts)
    return {f"event.{name}": value for name, value in run.event.facts.items()} if run.event else {}


def _steps(request: MemberRequest, run: Run, known: Mapping[str, Fact]) -> list[dict[str, Any]]:
    """The wording that the run followed, each step beside what it did and the task that it became."""
    today = local_today(request.tenant)
    tasks = {link.step: link.task for link in run.links.select_related("task__assignee")}
    done = {step.number: step for step in run.done_steps.select_related("decided_by")}
    words = saying.steps_words(run.version.steps, known, run.account.currency, saying.Names())
    titles = Titles(run, list(done.values()), known)
    rows = []
    for number, said in enumerate(words):
        task, step = tasks.get(number), done.get(number)
        is_open = task is not None and task.status == TaskStatus.OPEN
        due = formats.due(task.due_on, today) if task and is_open else formats.date(task.due_on) if task else ""
        rows.append(
            {"number": number, "said": said, "title": titles.of(step, said.title), "step": step, "task": task,
             "is_open": is_open, "due": due,
             "tone": STEP_TONES.get(step.state, "") if step else "", "at": when(request, step.at) if step else "",
             "next": _next(request, run, number, step)}
            | _asking(request, run, step)
        )  # fmt: skip
    return rows


def _next(request: MemberRequest, run: Run, number: int, step: RunStep | None) -> str:
    waits = step is None or step.state == StepState.WAITING
    if not waits or run.state != RunState.MOVING or number != run.next_step or run.next_at is None:
        return ""
    return when(request, run.next_at)


def _asking(request: MemberRequest, run: Run, step: RunStep | None) -> dict[str, Any]:
    if step is None or step.state != StepState.ASKING:
        return {}
    step.run = run
    return {"approval": asked(request, step)}
