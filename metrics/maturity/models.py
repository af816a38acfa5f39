"""Nouns of maturity: what is asked, what was answered about a customer, and what each cell of the matrix means."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from accounts.models import Account
from accounts.tenancy.constraints import AppendOnly
from accounts.tenancy.models import MemberForeignKey, TenantForeignKey, TenantModel


class MaturityTemplate(TenantModel):
    """Questions about how far the customer's own function has come, each with four levels in words."""

    name = models.CharField(max_length=80)
    questions = models.JSONField(help_text="A list of key, area, text and four levels.")
    created_by = MemberForeignKey(null=True, related_name="+", editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    archived_at = models.DateTimeField(null=True, blank=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta(TenantModel.Meta):
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "name"], name="maturity_template_name_once",
                violation_error_message="Another template has this name.",
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name


class TemplateVersion(TenantModel):
    """What a template asked from one time on, never rewritten; its newest version is what the template itself says."""

    template = TenantForeignKey(MaturityTemplate, models.CASCADE, db_index=False, related_name="versions")
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=80)
    questions = models.JSONField()
    made_by = MemberForeignKey(null=True, related_name="+", editable=False)
    made_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta(TenantModel.Meta):
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "template", "number"], name="maturity_templateversion_once"),
            AppendOnly(name="maturity_templateversion_append_only"),
        ]

    def __str__(self) -> str:
        return f"{self.name} v{self.number}"


class Assessment(TenantModel):
    """How somebody found the customer on a day. The questions are kept as they were asked; the newest one counts."""

    account = TenantForeignKey(Account, models.CASCADE, db_index=False, related_name="+")
    template = TenantForeignKey(MaturityTemplate, db_index=False, related_name="+")
    template_number = models.PositiveIntegerField(null=True, editable=False, help_text="Version that was asked.")
    questions = models.JSONField()
    answers = models.JSONField()
    score = models.PositiveSmallIntegerField()
    level = models.PositiveSmallIntegerField()
    note = models.CharField(max_length=500, blank=True)
    assessed_on = models.DateField()
    assessed_by = MemberForeignKey(null=True, related_name="+", editable=False)
    assessed_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta(TenantModel.Meta):
        ordering = ["-assessed_on", "-id"]
        constraints = [
            AppendOnly(name="maturity_assessment_append_only"),
            models.CheckConstraint(condition=models.Q(score__lte=100), name="maturity_assessment_score"),
            models.CheckConstraint(
                condition=models.Q(level__gte=1, level__lte=4), name="maturity_assessment_level",
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["tenant", "account", "-assessed_on", "-id"], name="maturity_assessment_newest")]

    def __str__(self) -> str:
        return f"account {self.account_id} at level {self.level}"


class Matrix(TenantModel):
    """Where high begins, and what is done in each cell. A workspace without one uses the usual."""

    health_from = models.PositiveSmallIntegerField()
    maturity_from = models.PositiveSmallIntegerField()
    cells = models.JSONField(help_text="By cell: label, policy, hours a month.")
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta(TenantModel.Meta):
        verbose_name_plural = "matrices"
        constraints = [
            models.UniqueConstraint(fields=["tenant"], name="maturity_matrix_once"),
            models.CheckConstraint(
                condition=models.Q(
                    health_from__gte=1, health_from__lte=100, maturity_from__gte=1, maturity_from__lte=100
                ),
                name="maturity_matrix_thresholds",
                violation_error_message="High begins between 1 and 100.",
            ),
        ]

    def __str__(self) -> str:
        return f"high from {self.health_from} and {self.maturity_from}"
