"""What a plan of this kind usually starts with, kept by the workspace."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from accounts.models import Product
from accounts.tenancy.models import TenantForeignKey, TenantModel
from journeys.plans.models.objective import Horizon, ObjectiveKind
from journeys.plans.models.plan import Audience
from journeys.plans.models.steps import Side


class PlanTemplate(TenantModel):
    """Chosen by product and segment: the most particular one that fits; without both it fits everybody."""

    name = models.CharField(max_length=120)
    segment = models.CharField(max_length=80, blank=True)
    product = TenantForeignKey(Product, null=True, blank=True, related_name="+")
    north_star = models.TextField(blank=True)
    active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    updated_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta(TenantModel.Meta):
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "name"],
                name="plans_plantemplate_name_once",
                violation_error_message="Another template has this name.",
            )
        ]

    def __str__(self) -> str:
        return self.name


class TemplateNoun(models.TextChoices):
    OBJECTIVE = "objective", "Objective"
    MILESTONE = "milestone", "Milestone"
    ACTION = "action", "Action"
    CHALLENGE = "challenge", "Challenge"
    OPPORTUNITY = "opportunity", "Opportunity"


class TemplateLine(TenantModel):
    """One line to start with; which fields count depends on `noun`. `due_days`: calendar days from commit."""

    template = TenantForeignKey(PlanTemplate, models.CASCADE, related_name="lines")
    noun = models.CharField(max_length=11, choices=TemplateNoun.choices, default=TemplateNoun.OBJECTIVE)
    title = models.CharField(max_length=200)
    detail = models.TextField(blank=True)
    kind = models.CharField(max_length=12, choices=ObjectiveKind.choices, default=ObjectiveKind.IMPACT)
    horizon = models.CharField(max_length=5, choices=Horizon.choices, default=Horizon.SHORT)
    side = models.CharField(max_length=5, choices=Side.choices, default=Side.JOINT)
    audience = models.CharField(max_length=8, choices=Audience.choices, default=Audience.EVERYONE)
    metric = models.CharField(max_length=120, blank=True)
    unit = models.CharField(max_length=40, blank=True)
    due_days = models.PositiveSmallIntegerField(null=True, blank=True)
    position = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta(TenantModel.Meta):
        ordering = ["position", "id"]
        indexes = [models.Index(fields=["tenant", "template", "position", "id"], name="plans_templateline_order")]

    def __str__(self) -> str:
        return self.title
