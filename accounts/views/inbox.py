"""The tasks inbox as its page reads it: groups by day, rows ready to show, and the next page's place."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any
from urllib.parse import urlsplit

from django.db.models import Q
from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django_htmx.http import push_url, replace_url

from accounts import calendar, formats
from accounts.access import MemberRequest
from accounts.models import Task, TaskStatus
from accounts.models.task import TaskQuerySet
from accounts.scopes import Scope
from accounts.views.scopes import visible_tasks

SIZE = 50
MOST = 500  # a click draws no more of them anew, however many were loaded
ASIDE = 20  # how many snoozed and how many done ones stand below
DIGITS = re.compile("[0-9]{1,9}")
DONE_FOR = dt.timedelta(days=14)
COLUMNS = (
    "id", "title", "due_on", "status", "source", "snoozed_until", "closed_at", "account_id", "account__name",
    "assignee_id", "assignee__name",
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """A task in the list; `tone` is "", "amber" or "red"."""

    pk: int
    title: str
    account: str
    account_id: int | None
    assignee: str
    due_on: dt.date
    when: str
    tone: str
    source: str
    open: bool


@dataclass
class Group:
    code: str
    label: str
    rows: list[Row]
    more: bool = False  # there are more of them than the page shows

    @property
    def count(self) -> str:
        return f"{len(self.rows)}+" if self.more else str(len(self.rows))


@dataclass
class Inbox:
    today: dt.date
    scope: Scope
    groups: list[Group] = field(default_factory=list)
    next: str = ""
    shown: int = SIZE  # how many open ones the page has room for

    @property
    def kept(self) -> int | None:
        """What a link says of it: nothing where it is the usual."""
        return self.shown if self.shown > SIZE else None

    @property
    def longer(self) -> int:
        """The room that one stretch more takes."""
        return self.shown + SIZE

    @property
    def rows(self) -> list[Row]:
        return [row for group in self.groups for row in group.rows]

    def following(self, task: Task) -> int | None:
        """The open task to look at when this one is gone: what comes after it, else the first."""
        open_ones = [row for row in self.rows if row.open and row.pk != task.pk]
        later = [row.pk for row in open_ones if (row.due_on, row.pk) > (task.due_on, task.pk)]
        return next(iter(later or [row.pk for row in open_ones]), None)


def read(request: MemberRequest, scope: Scope, after: str = "") -> Inbox:
    """Three queries whatever there is: open and awake, snoozed, lately done. `after` is where the page before ended."""
    inbox = Inbox(calendar.local_today(request.tenant), scope, shown=shown(request))
    tasks = scope.tasks(visible_tasks(request))
    size = SIZE if after else inbox.shown
    found = _page(tasks.open().awake(inbox.today), after, size)
    inbox.groups = _by_day(found[:size], inbox.today, request.membership.user_id)
    if len(found) > size:
        last = found[size - 1]
        inbox.next = f"{last['due_on'].isoformat()},{last['id']}"
        inbox.groups[-1].more = True
    if not after:
        inbox.groups += _aside(tasks, inbox.today, request.membership.user_id)
    return inbox


def shown(request: MemberRequest) -> int:
    """How much of the list has been loaded: the address says it, the browser's own where a part of the page asks."""
    asked = [request.GET.get("shown", ""), _address(request)[1].get("shown", "")]
    return max(SIZE, *(min(MOST, int(count)) for count in asked if DIGITS.fullmatch(count)), 0)


def keep_shown(request: MemberRequest, response: HttpResponse, inbox: Inbox, *, after: bool) -> HttpResponse:
    """Lets the browser's address say how much is loaded: a stretch more where it is, or the task that was opened."""
    path, query = _address(request)
    if after and path:
        query["shown"] = str(min(MOST, inbox.longer))
        return replace_url(response, f"{path}?{query.urlencode()}")
    if not after and inbox.shown > SIZE:
        query = request.GET.copy()
        query["shown"] = str(inbox.shown)
        return push_url(response, f"{request.path}?{query.urlencode()}")
    return response


def _address(request: MemberRequest) -> tuple[str, QueryDict]:
    """Where the browser is, if that is in the inbox: its path, and a query that may be changed."""
    here = request.htmx.current_url_abs_path or "" if request.htmx else ""  # type: ignore[attr-defined]
    found = urlsplit(here)
    inside = found.path.startswith(reverse("accounts:task-list"))
    return (found.path, QueryDict(found.query, mutable=True)) if inside else ("", QueryDict(mutable=True))


def due_rows(request: MemberRequest, scope: Scope, most: int) -> tuple[list[Row], bool]:
    """What is overdue or due today, and whether there is more than that."""
    today = calendar.local_today(request.tenant)
    tasks = scope.tasks(visible_tasks(request)).open().awake(today).filter(due_on__lte=today)
    found = list(tasks.order_by("due_on", "id").values(*COLUMNS)[: most + 1])
    return [_row(task, today, request.membership.user_id) for task in found[:most]], len(found) > most


def _page(tasks: TaskQuerySet, after: str, size: int) -> list[dict[str, Any]]:
    """Spelled out and not as a comparison of rows, which row-level security keeps off the index."""
    day, _comma, pk = after.partition(",")
    try:
        behind = Q(due_on__gte=dt.date.fromisoformat(day)) & (Q(due_on__gt=day) | Q(id__gt=int(pk)))
    except ValueError:
        behind = Q()
    return list(tasks.filter(behind).order_by("due_on", "id").values(*COLUMNS)[: size + 1])


def _by_day(found: Iterable[dict[str, Any]], today: dt.date, me: int) -> list[Group]:
    sunday = today + dt.timedelta(days=6 - today.weekday())
    labels = {"overdue": _("Overdue"), "today": _("Today"), "week": _("This week"), "later": _("Later")}

    def when(task: dict[str, Any]) -> str:
        due: dt.date = task["due_on"]
        if due <= today:
            return "overdue" if due < today else "today"
        return "week" if due <= sunday else "later"

    return [Group(code, labels[code], [_row(task, today, me) for task in some]) for code, some in groupby(found, when)]


def _aside(tasks: TaskQuerySet, today: dt.date, me: int) -> list[Group]:
    lately = timezone.now() - DONE_FOR
    asleep = tasks.open().filter(snoozed_until__gt=today).order_by("snoozed_until", "id")
    closed = tasks.exclude(status=TaskStatus.OPEN).filter(closed_at__gte=lately).order_by("-closed_at", "-id")
    groups = []
    for code, label, some in (("snoozed", _("Snoozed"), asleep), ("done", _("Done lately"), closed)):
        found = list(some.values(*COLUMNS)[: ASIDE + 1])
        rows = [_row(task, today, me) for task in found[:ASIDE]]
        groups.append(Group(code, label, rows, more=len(found) > ASIDE))
    return [group for group in groups if group.rows]


def _row(task: dict[str, Any], today: dt.date, me: int) -> Row:
    is_open = task["status"] == TaskStatus.OPEN
    when, tone = _when(task, today, is_open)
    return Row(
        pk=task["id"],
        title=task["title"],
        account=task["account__name"] or "",
        account_id=task["account_id"],
        assignee="" if task["assignee_id"] == me else task["assignee__name"] or _("Nobody yet"),
        due_on=task["due_on"],
        when=when,
        tone=tone,
        source="" if task["source"] == "manual" else source_label(task["source"]),
        open=is_open,
    )


def _when(task: dict[str, Any], today: dt.date, is_open: bool) -> tuple[str, str]:
    if not is_open:
        return formats.day_month(task["closed_at"].date()), ""
    if task["snoozed_until"] and task["snoozed_until"] > today:
        return _("until {day}").format(day=formats.day_month(task["snoozed_until"])), ""
    days = (task["due_on"] - today).days
    return formats.due(task["due_on"], today), "red" if days < 0 else "amber" if days == 0 else ""


def source_label(source: str) -> str:
    """Where a task came from, in a word: "manual" and "play" are known, others say it themselves."""
    return {"manual": _("By hand"), "play": _("Play")}.get(source, source.replace("_", " ").capitalize())
