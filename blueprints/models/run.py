"""A play in motion at one account: how far it is, what each step did, and the tasks that it put into lists."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Coalesce, Now

from accounts.models import Account, Event, Task, TaskStatus
from accounts.tenancy.models import MemberForeignKey, TenantForeignKey, TenantManager, TenantModel, TenantQuerySet
from blueprints.models.match import Match
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


class RunState(models.TextChoices):
    MOVING = "moving", "In motion"
    FINISHED = "finished", "Through its steps"
    LEFT = "left", "Left: the reason is gone"
    UNDONE = "undone", "Undone"


class Run(TenantModel):
    """`next_step` is the step whose turn comes at `next_at`; a step that waits for a person has no instant."""

    play = TenantForeignKey(Play, related_name="runs", db_index=False)
    version = TenantForeignKey(PlayVersion, related_name="runs")
    account = TenantForeignKey(Account, related_name="+", db_index=False)
    match = TenantForeignKey(Match, null=True, blank=True, related_name="runs")
    event = TenantForeignKey(Event, null=True, blank=True, related_name="+", db_index=False)
    state = models.CharField(max_length=8, choices=RunState.choices, default=RunState.MOVING, editable=False)
    next_step = models.PositiveSmallIntegerField(default=0, editable=False)
    next_at = models.DateTimeField(null=True, editable=False)
    attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    started_at = models.DateTimeField(db_default=Now(), editable=False)
    ended_at = models.DateTimeField(null=True, editable=False)
    undone_by = MemberForeignKey(null=True, blank=True, related_name="+", editable=False)

    objects = TenantManager.from_queryset(RunQuerySet)()  # type: ignore[misc]

    class Meta(TenantModel.Meta):
        ordering = ["-started_at", "-id"]
        constraints = [
            # By play and not by its version: an edit must not fire every event of the past again.
            models.UniqueConstraint(fields=["tenant", "play", "event"], name="blueprints_run_once_per_event"),
            models.UniqueConstraint(fields=["tenant", "match"], name="blueprints_run_once_per_match"),
            models.CheckConstraint(
                condition=models.Q(event__isnull=False) | models.Q(match__isnull=False), name="blueprints_run_has_cause"
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "next_at"], condition=models.Q(next_at__isnull=False), name="blueprints_run_due"
            ),
            models.Index(fields=["tenant", "account", "-started_at", "-id"], name="blueprints_run_by_account"),
            models.Index(fields=["tenant", "play", "-started_at", "-id"], name="blueprints_run_by_play"),
            models.Index(fields=["tenant", "-started_at", "-id"], name="blueprints_run_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.play} at {self.account}"


class StepState(models.TextChoices):
    WAITING = "waiting", "Waits"
    ASKING = "asking", "Waits for approval"
    DONE = "done", "Done"
    SKIPPED = "skipped", "Skipped"
    FAILED = "failed", "Failed"
    DECLINED = "declined", "Declined"
    UNDONE = "undone", "Undone"


class RunStep(TenantModel):
    """What one step did, or waits to be allowed to do.

    `did` says it as data: {"task": id}, {"delivery": id}, {"field": path, "before": …, "after": …}, {"to": …}; while it
    is asking, what would be sent. A step that failed has its reason in `error`; the run goes on past it.
    """

    run = TenantForeignKey(Run, related_name="done_steps", db_index=False)
    number = models.PositiveSmallIntegerField(help_text="Place of the step in the version, from 0.")
    kind = models.CharField(max_length=10)
    state = models.CharField(max_length=8, choices=StepState.choices)
    did = models.JSONField(default=dict)
    error = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField(db_default=Now())
    decided_by = MemberForeignKey(null=True, blank=True, related_name="+", editable=False)
    decided_at = models.DateTimeField(null=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta(TenantModel.Meta):
        ordering = ["run_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "run", "number"], name="blueprints_runstep_once"),
            models.CheckConstraint(
                condition=models.Q(decided_at=None, decided_by=None)
                | models.Q(decided_at__isnull=False, decided_by__isnull=False),
                name="blueprints_runstep_decided",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "id"], condition=models.Q(state="asking"), name="blueprints_runstep_asking"),
            models.Index(
                fields=["tenant", "-at"], condition=models.Q(state="failed"), name="blueprints_runstep_failed"
            ),
        ]

    def __str__(self) -> str:
        return f"step {self.number} of run {self.run_id}: {self.state}"


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
