"""A way to score some accounts, and its versions: one drafted at most, one published at most, the old ones kept."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from accounts.tenancy.models import MemberForeignKey, TenantForeignKey, TenantModel


class State(models.TextChoices):
    DRAFT = "draft", "Draft"
    PUBLISHED = "published", "Published"
    RETIRED = "retired", "Retired"


class HealthModel(TenantModel):
    """The first model in order of which `applies` holds scores an account."""

    key = models.SlugField(max_length=40)
    name = models.CharField(max_length=80)
    position = models.PositiveSmallIntegerField(default=0, editable=False)
    applies = models.JSONField(default=dict, blank=True, help_text="A tree of tests over facts; {} is every account.")
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    archived_at = models.DateTimeField(null=True, blank=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta(TenantModel.Meta):
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "key"],
                name="health_model_key_once",
                violation_error_message="Another health model has this key.",
            )
        ]

    def __str__(self) -> str:
        return self.name


class HealthVersion(TenantModel):
    """What a model says at one time. Once published it never changes again; `shadow`: a draft scores as challenger."""

    model = TenantForeignKey(HealthModel, db_index=False, related_name="versions")
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=9, choices=State.choices, default=State.DRAFT)
    definition = models.JSONField()
    note = models.CharField(max_length=300, blank=True)
    shadow = models.BooleanField(default=False, editable=False)
    created_by = MemberForeignKey(null=True, related_name="+", editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    published_by = MemberForeignKey(null=True, related_name="+", editable=False)
    published_at = models.DateTimeField(null=True, editable=False)
    retired_at = models.DateTimeField(null=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta(TenantModel.Meta):
        ordering = ["model", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "model", "number"], name="health_version_number_once"),
            models.UniqueConstraint(
                fields=["tenant", "model"], condition=models.Q(state="draft"), name="health_version_one_draft",
                violation_error_message="This model has a draft already.",
            ),
            models.UniqueConstraint(
                fields=["tenant", "model"], condition=models.Q(state="published"), name="health_version_one_published",
            ),
            models.CheckConstraint(
                condition=models.Q(published_by=None) | ~models.Q(published_at=None),
                name="health_version_published_by_at",
            ),
            models.CheckConstraint(
                condition=~models.Q(shadow=True) | models.Q(state="draft"), name="health_version_shadow_of_draft",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.model.name} v{self.number}"

    @property
    def name(self) -> str:
        """As the fact health.model says it."""
        return f"{self.model.key} v{self.number}"
