"""When a customer goes dark: stories of others go on, one every few days, until there is a word from them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from accounts import timeline
from accounts.actions import tasks
from accounts.actions.errors import named_refusals, refuse
from accounts.actions.validity import check
from accounts.actions.writing import change
from accounts.calendar import add_business_days, local_today
from accounts.models import Event, TaskStatus, Tenant, TenantWork, User
from accounts.tenancy.context import tenant_context
from journeys.critical_events.actions.standing import open_, tell
from journeys.critical_events.models import CriticalEvent, Nurture, NurtureItem

KIND = "nurture"
SOURCE = "nurture"
LOOK_AGAIN = dt.timedelta(hours=1)
MOST = 20
# What shows that they are there again.
ANSWERS = ("call.logged", "email.logged", "meeting.logged", "meeting.held", "plan.first_visited", "plan.visited")


@transaction.atomic
def begin(
    event: CriticalEvent, titles: Sequence[str], *, every_days: int = 14, by: User | None, since: dt.date | None = None
) -> Nurture:
    """The first story is a task for the CSM at once, the next ones follow every `every_days`."""
    row = open_(event)
    named = [title.strip() for title in titles if title.strip()]
    if not named:
        raise refuse("items", "Name at least one story to send.")
    if len(named) > MOST:
        raise refuse("items", f"At most {MOST} stories, please.")
    today = local_today(row.tenant)
    nurture = Nurture(event=row, every_days=every_days, next_on=today, started_by=by)
    check(nurture)
    with named_refusals(Nurture):
        nurture.save(force_insert=True)
    items = [NurtureItem(nurture=nurture, title=title, position=n) for n, title in enumerate(named)]
    for item in items:
        check(item)
    NurtureItem.objects.bulk_create(items)
    nurture.refresh_from_db()
    dark = since or today
    _mark(row, dark)
    tell("critical_event.went_dark", row, by, since=dark.isoformat(), stories=len(named))
    give_next(nurture, today=today, by=by)
    timeline.ring(KIND, timezone.now() + LOOK_AGAIN)
    return nurture


@transaction.atomic
def end(event: CriticalEvent, *, by: User | None, answered: bool = False) -> None:
    """No more stories; the task that still waits is dropped. Where none ran, nothing happens."""
    for nurture in Nurture.objects.select_for_update().filter(event=event, ended_at=None):
        for item in nurture.items.filter(task__status=TaskStatus.OPEN).select_related("task"):
            assert item.task is not None
            tasks.drop(item.task, reason="They answered." if answered else "No more stories.", by=by)
        same = Nurture.objects.filter(pk=nurture.pk)
        same.update(ended_at=Now(), ended_by=by, answered=answered, next_on=None)
        if answered:
            tell("critical_event.came_back", event, by)
    if event.dark_since is not None:
        _mark(event, None)


def give_next(nurture: Nurture, *, today: dt.date, by: User | None = None) -> NurtureItem | None:
    """The next story becomes a task of the CSM; after the last one nothing is due any more."""
    waiting = list(nurture.items.filter(task=None)[:2])
    if not waiting:
        Nurture.objects.filter(pk=nurture.pk).update(next_on=None)
        return None
    item, account = waiting[0], nurture.event.account
    due_on = add_business_days(today, 0, nurture.event.country)
    values = {"account": account, "title": f"Send a story: {item.title}"[:200], "assignee": account.csm}
    detail = f"They are silent about “{nurture.event.title}”. Ask for nothing; tell what others reached."
    task = tasks.add(values | {"due_on": due_on, "source": SOURCE, "detail": detail}, by=by)
    NurtureItem.objects.filter(pk=item.pk).update(task=task)
    next_on = today + dt.timedelta(days=nurture.every_days) if len(waiting) > 1 else None
    Nurture.objects.filter(pk=nurture.pk).update(next_on=next_on)
    return item


def waiting_tenants() -> list[int]:
    due = TenantWork.objects.filter(kind=KIND, due_at__lte=Now())
    return list(due.order_by("tenant_id").values_list("tenant_id", flat=True).distinct())


def go_on(tenant_id: int, *, now: dt.datetime | None = None) -> int:
    """Ends what was answered, gives what is due, and looks again while any runs; how many stories were given."""
    tenant = Tenant.objects.filter(pk=tenant_id).first()
    if tenant is None:
        return 0
    now = now or timezone.now()
    with tenant_context(tenant):
        TenantWork.objects.filter(tenant=tenant, kind=KIND, due_at__lte=now).delete()
        running = Nurture.objects.filter(ended_at=None).select_for_update(of=("self",), skip_locked=True)
        given = sum(_turn(nurture, tenant, now) for nurture in running.select_related("event__account__csm"))
        if Nurture.objects.filter(ended_at=None).exists():
            timeline.ring(KIND, now + LOOK_AGAIN)
    return given


def _turn(nurture: Nurture, tenant: Tenant, now: dt.datetime) -> bool:
    heard = Event.objects.filter(account=nurture.event.account_id, kind__in=ANSWERS, occurred_at__gt=nurture.started_at)
    if heard.exists():
        end(nurture.event, by=None, answered=True)
        return False
    today = local_today(tenant, now)
    if nurture.next_on is None or nurture.next_on > today:
        return False
    return give_next(nurture, today=today) is not None


def _mark(event: CriticalEvent, day: dt.date | None) -> None:
    """By the version that stands: this is no edit that anybody could lose."""
    event.refresh_from_db(fields=["version"])
    change(event, {"dark_since": day})
