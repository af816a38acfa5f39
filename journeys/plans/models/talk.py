"""What is said beside a plan, by either side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from accounts.models import Contact
from accounts.tenancy.constraints import AppendOnly
from accounts.tenancy.models import MemberForeignKey, TenantForeignKey, TenantManager, TenantModel
from journeys.plans.models.objective import Objective
from journeys.plans.models.plan import READABLE, Audience, ItemQuerySet, Plan
from journeys.plans.models.steps import Step, Topic

if TYPE_CHECKING:
    from journeys.plans.models.sharing import SharedLink


class CommentQuerySet(ItemQuerySet["Comment"]):
    def readable_by(self, link: SharedLink) -> CommentQuerySet:
        """What was said of an item is read by nobody who can't read the item as it stands now."""
        wide = READABLE[link.reads]
        rows = self.filter(audience__in=wide)
        for item in ("objective", "step", "topic"):
            rows = rows.filter(Q(**{item: None}) | Q(**{f"{item}__audience__in": wide}))
        return rows.filter(Q(topic=None) | Q(topic__about=None) | ~Q(topic__about=link.contact_id))


class Comment(TenantModel):
    """Of one item, or of the plan as a whole. By `author`, or by `contact` through their link."""

    plan = TenantForeignKey(Plan, models.CASCADE, related_name="comments")
    objective = TenantForeignKey(Objective, null=True, blank=True, related_name="comments")
    step = TenantForeignKey(Step, null=True, blank=True, related_name="comments")
    topic = TenantForeignKey(Topic, null=True, blank=True, related_name="comments")
    body = models.TextField()
    audience = models.CharField(max_length=8, choices=Audience.choices, default=Audience.EVERYONE)
    author = MemberForeignKey(null=True, related_name="+", editable=False)
    contact = TenantForeignKey(Contact, null=True, related_name="+", editable=False)
    said_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = TenantManager.from_queryset(CommentQuerySet)()  # type: ignore[misc]

    class Meta(TenantModel.Meta):
        ordering = ["said_at", "id"]
        constraints = [
            AppendOnly(name="plans_comment_append_only"),
            models.CheckConstraint(condition=~models.Q(body=""), name="plans_comment_says_something"),
            models.CheckConstraint(
                condition=models.Q(author__isnull=False, contact=None) | models.Q(author=None),
                name="plans_comment_said_by_one",
            ),
        ]
        indexes = [models.Index(fields=["tenant", "plan", "said_at", "id"], name="plans_comment_by_plan")]

    def __str__(self) -> str:
        return self.body
