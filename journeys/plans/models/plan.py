"""The plan that both sides work in, and who may read what of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from django.db import models
from django.db.models.functions import Now

from accounts.models import Account
from accounts.tenancy.models import MemberForeignKey, TenantForeignKey, TenantManager, TenantModel, TenantQuerySet
from journeys.models import Journey

if TYPE_CHECKING:
    from accounts.models import ApiKey, Membership
    from journeys.plans.models.sharing import SharedLink


M = TypeVar("M", bound=models.Model)


class Audience(models.TextChoices):
    """Who may read an item; each sees what the wider ones see too."""

    INTERNAL = "internal", "Only us"
    CHAMPION = "champion", "Us and the champion"
    EVERYONE = "everyone", "Everyone on the link"


READABLE = {
    Audience.CHAMPION: [Audience.CHAMPION, Audience.EVERYONE],
    Audience.EVERYONE: [Audience.EVERYONE],
}


class ItemQuerySet(TenantQuerySet[M]):
    """Everything of a plan that has an audience."""

    def readable_by(self, link: SharedLink) -> ItemQuerySet[M]:
        """What the holder of this link may read: by the item's audience, and never what is about themselves."""
        rows = self.filter(audience__in=READABLE[link.reads])
        if any(field.name == "about" for field in self.model._meta.fields):
            rows = rows.exclude(about_id=link.contact_id)
        return rows


class PlanStatus(models.TextChoices):
    DRAFT = "draft", "Draft"
    RUNNING = "running", "Agreed"
    CLOSED = "closed", "Closed"


class PlanQuerySet(TenantQuerySet["Plan"]):
    def open(self) -> PlanQuerySet:
        return self.exclude(status=PlanStatus.CLOSED)

    def visible_to(self, member: Membership | ApiKey) -> PlanQuerySet:
        return self.filter(account__in=Account.objects.visible_to(member))


class Plan(TenantModel):
    """The north star of the engagement. `currency` is that of every value in it."""

    account = TenantForeignKey(Account, related_name="plans")
    journey = TenantForeignKey(Journey, related_name="plans")
    north_star = models.TextField(blank=True)
    status = models.CharField(max_length=7, choices=PlanStatus.choices, default=PlanStatus.DRAFT, editable=False)
    currency = models.CharField(max_length=3)
    review_weeks = models.PositiveSmallIntegerField(default=12, help_text="Weeks from one review to the next.")
    next_review_on = models.DateField(null=True, blank=True)
    reviewed_on = models.DateField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    created_by = MemberForeignKey(null=True, related_name="+", editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)
    closed_by = MemberForeignKey(null=True, related_name="+", editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    updated_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = TenantManager.from_queryset(PlanQuerySet)()  # type: ignore[misc]

    class Meta(TenantModel.Meta):
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "account"],
                condition=~models.Q(status="closed"),
                name="plans_plan_open_once",
                violation_error_message="This account has an open plan already.",
            ),
            models.CheckConstraint(
                condition=models.Q(status="closed", closed_at__isnull=False)
                | ~models.Q(status="closed") & models.Q(closed_at=None, closed_by=None),
                name="plans_plan_closed_with_instant",
            ),
            models.CheckConstraint(condition=models.Q(review_weeks__gte=1), name="plans_plan_reviewed_some_day"),
        ]
        indexes = [
            models.Index(fields=["tenant", "account", "-created_at"], name="plans_plan_by_account"),
            models.Index(fields=["tenant", "status", "next_review_on"], name="plans_plan_by_review"),
            models.Index(fields=["tenant", "-updated_at", "-id"], name="plans_plan_by_change"),
        ]

    def __str__(self) -> str:
        return f"Joint Impact Plan of {self.account}"

    @property
    def is_closed(self) -> bool:
        return self.status == PlanStatus.CLOSED
