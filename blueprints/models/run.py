"""A play in motion at one account, and the tasks that it put into people's lists."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Coalesce, Now

from accounts.models import Account, Event, Task, TaskStatus
from accounts.tenancy.models import TenantForeignKey, TenantManager, TenantModel, TenantQuerySet
from blueprints.models.play import Play, PlayVersion


class RunQuerySet(TenantQuerySet["Run"]):
    def with_progress(self) -> RunQuerySet:
        """Adds `total` and `closed`: how many tasks, and how many of them are off the list.

        Counted row by row: a GROUP BY would count every run of the tenant before a page is cut off.
        """
        return self.annotate(total=_count(_tasks()), closed=_count(_tasks().exclude(task__status=TaskStatus.OPEN)))

    def in_motion(self) -> RunQuerySet:
        return self.filter(models.Exists(_open_tasks()))

    def at_rest(self) -> RunQuerySet:
        return self.filter(~models.Exists(_open_tasks()))


class Run(TenantModel):
    play = TenantForeignKey(Play, related_name="runs", db_index=False)
    version = TenantForeignKey(PlayVersion, related_name="runs")
    account = TenantForeignKey(Account, related_name="+", db_index=False)
    event = TenantForeignKey(Event, related_name="+", db_index=False)
    started_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = TenantManager.from_queryset(RunQuerySet)()  # type: ignore[misc]

    class Meta(TenantModel.Meta):
        ordering = ["-started_at", "-id"]
        constraints = [
            # By play and not by its version: an edit must not fire every event of the past again.
            models.UniqueConstraint(fields=["tenant", "play", "event"], name="blueprints_run_once_per_event")
        ]
        indexes = [
            models.Index(fields=["tenant", "account", "-started_at", "-id"], name="blueprints_run_by_account"),
            models.Index(fields=["tenant", "play", "-started_at", "-id"], name="blueprints_run_by_play"),
            models.Index(fields=["tenant", "-started_at", "-id"], name="blueprints_run_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.play} at {self.account}"


class RunTask(TenantModel):
    """Joins a run to its tasks, so that a task need not know where it came from."""

    run = TenantForeignKey(Run, related_name="links", db_index=False)
    step = models.PositiveSmallIntegerField(help_text="Place of the step in the version, from 0.")
    task = TenantForeignKey(Task, related_name="+", db_index=False)

    class Meta(TenantModel.Meta):
        ordering = ["run_id", "step"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "run", "step"], name="blueprints_runtask_step_once"),
            models.UniqueConstraint(fields=["tenant", "task"], name="blueprints_runtask_task_once"),
        ]

    def __str__(self) -> str:
        return f"step {self.step} of run {self.run_id}"


def _tasks() -> models.QuerySet[RunTask]:
    return RunTask.objects.filter(run=models.OuterRef("pk"))


def _open_tasks() -> models.QuerySet[RunTask]:
    return _tasks().filter(task__status=TaskStatus.OPEN)


def _count(rows: models.QuerySet[RunTask]) -> Coalesce:
    counted = rows.order_by().values("run_id").annotate(count=models.Count("pk")).values("count")
    return Coalesce(models.Subquery(counted), 0, output_field=models.IntegerField())
