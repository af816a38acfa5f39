"""Tasks: the inbox, one task beside it, and a new one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts import calendar, formats
from accounts.access import MemberRequest, requires, visible_accounts
from accounts.actions import tasks
from accounts.forms.answers import attempt
from accounts.forms.tasks import TaskForm
from accounts.models import Task
from accounts.roles import Permission
from accounts.views import inbox
from accounts.views.happenings import of_account, told
from accounts.views.scopes import scope_of, visible_tasks
from accounts.views.task_rows import Drawing

LATEST = 4


@require_GET
@requires(Permission.TASK_VIEW)
def task_list(request: MemberRequest) -> HttpResponse:
    """The list; the next stretch of it comes alone."""
    after = request.GET.get("after", "")
    page = inbox.read(request, scope_of(request), after)
    context = listed(request, page)
    if request.htmx and after:
        more = render(request, "accounts/tasks.html#groups", context)
        return inbox.keep_shown(request, more, page, after=True)
    part = "#inbox" if request.htmx and not request.htmx.boosted else ""  # type: ignore[attr-defined]
    return render(request, f"accounts/tasks.html{part}", context)


@require_GET
@requires(Permission.TASK_VIEW)
def task_detail(request: MemberRequest, pk: int) -> HttpResponse:
    """One task beside the list; on a phone it takes the list's place."""
    page = inbox.read(request, scope_of(request))
    task = task_or_404(request, pk)
    context = beside(request, task) | listed(request, page, chosen=task)
    part = "#inbox" if request.htmx and not request.htmx.boosted else ""  # type: ignore[attr-defined]
    shown = render(request, f"accounts/tasks.html{part}", context)
    return inbox.keep_shown(request, shown, page, after=False) if part else shown


def listed(request: MemberRequest, page: inbox.Inbox, *, chosen: Task | None = None) -> dict[str, Any]:
    """The list as its template wants it."""
    may_edit = request.membership.may(Permission.TASK_EDIT)
    address = request.GET.copy()
    address.pop("after", None)
    drawing = Drawing("?" + address.urlencode(), chosen=chosen.pk if chosen else None, may_edit=may_edit)
    return {"inbox": page, "drawn": drawing.drawn(page.groups), "may_edit": may_edit}


@require_http_methods(["GET", "POST"])
@requires(Permission.TASK_EDIT)
def task_add(request: MemberRequest) -> HttpResponse:
    first = {"account": request.GET.get("account"), "assignee": request.user.pk,
             "due_on": calendar.local_today(request.tenant)}  # fmt: skip
    form = TaskForm(request.POST or None, accounts=visible_accounts(request), initial=first)
    status = 200
    if request.method == "POST":
        task, status = attempt(form, lambda: tasks.add(form.values, by=request.user))
        if task:
            messages.success(request, _("Task added: “{title}”.").format(title=task.title))
            return (
                redirect("accounts:account-detail", task.account_id)
                if task.account_id
                else redirect("accounts:task-detail", task.pk)
            )
    return render(request, "accounts/task_form.html", {"form": form, "title": _("New task")}, status=status)


@require_http_methods(["GET", "POST"])
@requires(Permission.TASK_EDIT)
def task_edit(request: MemberRequest, pk: int) -> HttpResponse:
    task = task_or_404(request, pk)
    form = TaskForm(request.POST or None, row=task, accounts=visible_accounts(request))
    status = 200
    if request.method == "POST":
        saved, status = attempt(form, lambda: tasks.edit(task, form.values, by=request.user, version=form.seen_version))
        if saved:
            messages.success(request, _("Task saved."))
            return redirect("accounts:task-detail", pk)
    context = {"form": form, "task": task, "title": _("Edit task"), "back": reverse("accounts:task-detail", args=[pk])}
    return render(request, "accounts/task_form.html", context, status=status)


def task_or_404(request: MemberRequest, pk: int) -> Task:
    found = visible_tasks(request).select_related("account", "assignee", "created_by", "closed_by")
    task = found.filter(pk=pk).first()
    if task is None:
        raise Http404("No such task")
    return task


def beside(request: MemberRequest, task: Task) -> dict[str, Any]:
    """What stands beside the list: the task, where it came from, and what happened on its account lately."""
    zone = request.tenant.zone
    today = calendar.local_today(request.tenant)
    # A task can be somebody's without its account being so.
    open_to_me = task.account_id is not None and visible_accounts(request).filter(pk=task.account_id).exists()
    return {
        "task": task,
        "may_see_account": open_to_me,
        "due": formats.date(task.due_on),
        "due_in": formats.days_until(task.due_on, today),
        "source": inbox.source_label(task.source),
        "created": formats.date_time(task.created_at.astimezone(zone)),
        "closed": formats.date_time(task.closed_at.astimezone(zone)) if task.closed_at else "",
        "asleep_until": formats.date(task.snoozed_until) if task.snoozed_until and task.snoozed_until > today else "",
        "latest": told(of_account(task.account_id), LATEST) if open_to_me else [],
        "may_edit": request.membership.may(Permission.TASK_EDIT),
    }
