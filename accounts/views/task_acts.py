"""What one does with a task: done, snoozed, dropped, due another day, handed on; each a form, page or dialog."""

from __future__ import annotations

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from django_htmx.http import HttpResponseClientRefresh, reswap, retarget, trigger_client_event

from accounts import calendar
from accounts.access import MemberRequest, requires
from accounts.actions import tasks
from accounts.forms.answers import attempt
from accounts.forms.tasks import CompleteForm, DropForm, DueForm, ReassignForm, SnoozeForm
from accounts.models import Task
from accounts.roles import Permission
from accounts.views import inbox
from accounts.views.scopes import scope_of, visible_tasks
from accounts.views.tasks import beside, listed, task_or_404

MOST = 200


@require_http_methods(["GET", "POST"])
@requires(Permission.TASK_EDIT)
def task_complete(request: MemberRequest, pk: int) -> HttpResponse:
    task = task_or_404(request, pk)
    form = CompleteForm(request.POST or None, initial={"version": task.version})

    def act() -> Task:
        said = form.cleaned_data
        return tasks.complete(
            task, outcome=said["outcome"], note=said["note"], by=request.user, version=said["version"]
        )

    return _act(request, task, form, act, title=_("Task done"), label=_("Done"), done=_("Done: “{title}”."), undo=True)


@require_http_methods(["GET", "POST"])
@requires(Permission.TASK_EDIT)
def task_drop(request: MemberRequest, pk: int) -> HttpResponse:
    task = task_or_404(request, pk)
    form = DropForm(request.POST or None, initial={"version": task.version})

    def act() -> Task:
        said = form.cleaned_data
        return tasks.drop(task, reason=said["reason"], by=request.user, version=said["version"])

    return _act(
        request, task, form, act, title=_("Drop task"), label=_("Drop"), done=_("Dropped: “{title}”."), undo=True
    )


@require_http_methods(["GET", "POST"])
@requires(Permission.TASK_EDIT)
def task_snooze(request: MemberRequest, pk: int) -> HttpResponse:
    task = task_or_404(request, pk)
    form = SnoozeForm(request.POST or None, initial={"version": task.version})

    def act() -> Task:
        said = form.cleaned_data
        return tasks.snooze(
            task, until=said["until"], reason=said["reason"], by=request.user, version=said["version"],
            today=calendar.local_today(request.tenant),
        )  # fmt: skip

    done = _("“{title}” sleeps until the day you chose.")
    return _act(request, task, form, act, title=_("Snooze task"), label=_("Snooze"), done=done)


@require_http_methods(["GET", "POST"])
@requires(Permission.TASK_EDIT)
def task_due(request: MemberRequest, pk: int) -> HttpResponse:
    task = task_or_404(request, pk)
    form = DueForm(request.POST or None, initial={"version": task.version, "due_on": task.due_on})

    def act() -> Task:
        said = form.cleaned_data
        return tasks.edit(task, {"due_on": said["due_on"]}, by=request.user, version=said["version"])

    return _act(request, task, form, act, title=_("Change due date"), label=_("Save"), done=_("“{title}” is due then."))


@require_http_methods(["GET", "POST"])
@requires(Permission.TASK_EDIT)
def task_reassign(request: MemberRequest, pk: int) -> HttpResponse:
    task = task_or_404(request, pk)
    form = ReassignForm(request.POST or None)

    def act() -> Task:
        tasks.reassign([task.pk], assignee=form.cleaned_data["assignee"], by=request.user)
        return task

    done = _("“{title}” is somebody else’s now.")
    return _act(request, task, form, act, title=_("Reassign task"), label=_("Reassign"), done=done)


@require_http_methods(["GET", "POST"])
@requires(Permission.TASK_EDIT)
def task_reopen(request: MemberRequest, pk: int) -> HttpResponse:
    task = task_or_404(request, pk)
    if request.method == "GET":
        return redirect("accounts:task-detail", task.pk)
    tasks.reopen(task, by=request.user)
    return _after(request, task, _("“{title}” is open again."))


@require_http_methods(["GET", "POST"])
@requires(Permission.TASK_EDIT)
def task_wake(request: MemberRequest, pk: int) -> HttpResponse:
    task = task_or_404(request, pk)
    if request.method == "GET":
        return redirect("accounts:task-detail", task.pk)
    task = tasks.wake(task, by=request.user)
    return _after(request, task, _("“{title}” is back in the list."))


@require_http_methods(["GET", "POST"])
@requires(Permission.TASK_EDIT)
def task_reassign_many(request: MemberRequest) -> HttpResponse:
    """The ticked ones; those that this person can't see are passed over."""
    if request.method == "GET":
        return redirect("accounts:task-list")
    form = ReassignForm(request.POST)
    ticked = [int(pk) for pk in request.POST.getlist("ids")[:MOST] if pk.isdecimal()]
    if not form.is_valid():
        messages.error(request, _("Choose who takes the tasks."))
        return redirect("accounts:task-list")
    ids = list(visible_tasks(request).filter(pk__in=ticked).values_list("pk", flat=True))
    count = tasks.reassign(ids, assignee=form.cleaned_data["assignee"], by=request.user)
    messages.success(
        request, _("{count} reassigned to {name}.").format(count=count, name=form.cleaned_data["assignee"])
    )
    return redirect(f"{reverse('accounts:task-list')}?{request.GET.urlencode()}")


def _act(
    request: MemberRequest,
    task: Task,
    form: forms.Form,
    act: Callable[[], Task],
    *,
    title: str,
    label: str,
    done: str,
    undo: bool = False,
) -> HttpResponse:
    """The form; then the action; then the list as it stands, or the form with its errors."""
    status = 200
    if request.method == "POST":
        changed, status = attempt(form, act)
        if changed:
            return _after(request, task, done, undo=undo)
    context = {"form": form, "task": task, "title": title, "label": label}
    part = "#form" if request.htmx else ""
    return render(request, f"accounts/task_act.html{part}", context, status=status)


def _after(request: MemberRequest, task: Task, done: str, *, undo: bool = False) -> HttpResponse:
    """In the inbox the list comes anew with the next task beside it; elsewhere the page says what happened."""
    text = done.format(title=task.title)
    where = request.htmx.current_url_abs_path or "" if request.htmx else ""  # type: ignore[attr-defined]
    if not where.startswith(reverse("accounts:task-list")):
        messages.success(request, text)
        return HttpResponseClientRefresh() if request.htmx else redirect("accounts:task-detail", task.pk)
    page = inbox.read(request, scope_of(request))
    following = page.following(task)
    chosen = task_or_404(request, following) if following else None
    context = listed(request, page, chosen=chosen) | (beside(request, chosen) if chosen else {})
    response = retarget(reswap(render(request, "accounts/tasks.html#inbox", context), "outerHTML"), "#inbox")
    toast = {"text": text} | ({"undo": reverse("accounts:task-reopen", args=[task.pk])} if undo else {})
    return trigger_client_event(trigger_client_event(response, "toast", toast), "close-dialog", {})
