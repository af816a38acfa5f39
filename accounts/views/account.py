"""The account page: what needs attention, who is there, what was agreed, what happened."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts import formats
from accounts.access import MemberRequest, account_or_404, requires
from accounts.forms.notes import NoteForm
from accounts.models import Account, Contact, Task, TaskStatus
from accounts.roles import Permission
from accounts.views.attention import Known, points
from accounts.views.contract_terms import short
from accounts.views.header import header
from accounts.views.people import roles
from accounts.views.story import story

__all__ = ["detail", "header", "overview", "tasks", "timeline"]

FEW = 8
MOST_TASKS = 200


@require_GET
@requires(Permission.ACCOUNT_VIEW)
def detail(request: MemberRequest, pk: int) -> HttpResponse:
    return overview(request, account_or_404(request, pk), NoteForm())


def overview(request: MemberRequest, account: Account, form: NoteForm, status: int = 200) -> HttpResponse:
    """The page with this composer: a fresh one, or one that was refused."""
    now = timezone.localtime()
    context = header(request, account)
    today, state = context["head"].today, context["head"].state
    contacts = list(Contact.objects.filter(account=account).select_related("successor"))
    waiting = list(Task.objects.open().awake(today).filter(account=account).select_related("assignee")[:MOST_TASKS])
    context |= {
        "points": points(Known(account, state, contacts, waiting, today, now)),
        "roles": roles(contacts),
        "contacts": contacts,
        "terms": short(account, today, FEW),
        "tasks": [(task, formats.due(task.due_on, today), _tone(task, today)) for task in waiting[:FEW]],
        "more_tasks": max(0, len(waiting) - FEW),
        "story": story(account, now),
        "form": form,
    }
    return render(request, "accounts/account_detail.html", context, status=status)


@require_GET
@requires(Permission.TASK_VIEW)
def tasks(request: MemberRequest, pk: int) -> HttpResponse:
    account = account_or_404(request, pk)
    context = header(request, account)
    today = context["head"].today
    rows = Task.objects.filter(account=account).select_related("assignee")
    waiting = list(rows.open()[:MOST_TASKS])
    closed = rows.exclude(status=TaskStatus.OPEN).order_by("-closed_at", "-id")[:20]
    zone = request.tenant.zone
    context |= {
        "waiting": [(task, formats.due(task.due_on, today), _tone(task, today)) for task in waiting],
        "closed": [(task, formats.date(task.closed_at.astimezone(zone))) for task in closed if task.closed_at],
    }
    return render(request, "accounts/account_tasks.html", context)


@require_GET
@requires(Permission.ACCOUNT_VIEW)
def timeline(request: MemberRequest, pk: int) -> HttpResponse:
    account = account_or_404(request, pk)
    touches = request.GET.get("show") == "touches"
    found = story(account, timezone.localtime(), touches=touches, after=request.GET.get("after", ""))
    context: dict[str, Any] = {"account": account, "story": found, "touches": touches}
    if request.htmx and request.htmx.target == "more":  # type: ignore[attr-defined]
        return render(request, "accounts/_story.html", context)
    return render(request, "accounts/account_timeline.html", context | header(request, account) | {"form": NoteForm()})


def _tone(task: Task, today: dt.date) -> str:
    return "red" if task.due_on < today else "amber" if task.due_on == today else ""
