"""What plays show on others' pages: on an account's, and on everybody's day."""

from __future__ import annotations

from django.db.models import Case, When
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts import formats
from accounts.access import MemberRequest, account_or_404, requires
from accounts.calendar import local_today
from accounts.models import Task
from accounts.roles import Permission
from accounts.views.tasks import task_or_404
from blueprints.actions import approvals, notices
from blueprints.models import Fate, Match, Notice, Run, RunTask
from blueprints.views.figures import visible_runs
from blueprints.views.runs import when

ON_PANEL = 5
SILENT = (Fate.LOGGED, Fate.HELD_OUT, Fate.COOLING, Fate.TRIPPED, Fate.BEFORE, Fate.WAITING)


@require_GET
@requires(Permission.PLAY_VIEW)
def account_panel(request: MemberRequest, pk: int) -> HttpResponse:
    """What is in motion at this account, with its next task, and what matches without a run."""
    account = account_or_404(request, pk)
    runs = list(Run.objects.filter(account=account).in_motion().with_progress().select_related("play")[:ON_PANEL])
    silent = Match.objects.open().filter(account=account, fate__in=SILENT).select_related("play")[:ON_PANEL]
    waiting = Task.objects.filter(account=account, source="play").open().order_by("due_on", "pk")
    task = waiting.select_related("assignee").first() if runs else None
    context = {
        "account": account,
        "rows": [(run, when(request, run.started_at)) for run in runs],
        "silent": [(match, formats.date(match.opened_on)) for match in silent],
        "next": task,
        "due": formats.due(task.due_on, local_today(request.tenant)) if task else "",
    }
    return render(request, "blueprints/account_panel.html", context)


@require_GET
@requires(Permission.PLAY_VIEW)
def task_panel(request: MemberRequest, pk: int) -> HttpResponse:
    """Why this task is on somebody's list: the run that put it there, and what its play says for it."""
    task = task_or_404(request, pk)
    runs = visible_runs(request).select_related("play")
    run = runs.filter(pk__in=RunTask.objects.filter(task=task).values("run_id")).first()
    return render(request, "blueprints/task_panel.html", {"run": run})


@require_GET
@requires(Permission.PLAY_VIEW)
def home_panel(request: MemberRequest) -> HttpResponse:
    """What waits for this person's word, and what plays told them."""
    waiting = approvals.decided_by(request.membership)
    told, now = list(notices.unseen(request.user)[: ON_PANEL * 2]), timezone.localtime()
    own_first = Case(When(run__account__csm=request.user, then=0), default=1)
    first = list(waiting.order_by(own_first, "at", "pk")[:ON_PANEL])
    mine = [step for step in first if step.run.account.csm_id == request.user.pk] or first
    context = {
        "asking": [(step, formats.ago(step.at, now)) for step in mine],
        "more": waiting.count() - len(mine) if mine else 0,
        "notices": [(notice, formats.ago(notice.created_at, now)) for notice in told],
    }
    return render(request, "blueprints/home_panel.html", context)


@require_POST
@requires(Permission.PLAY_VIEW)
def notice_seen(request: MemberRequest, pk: int) -> HttpResponse:
    """Nobody sees for somebody else: another's notice is no notice."""
    notice = Notice.objects.filter(pk=pk, recipient=request.user).first()
    if notice is None:
        raise Http404("No such notice")
    notices.seen(notice, by=request.user)
    return redirect("accounts:home")


@require_POST
@requires(Permission.PLAY_VIEW)
def notices_seen(request: MemberRequest) -> HttpResponse:
    notices.all_seen(by=request.user)
    return redirect("accounts:home")
