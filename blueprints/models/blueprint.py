"""One page of the operating model: what to do at one moment of the customer's way, and how."""

from __future__ import annotations

from django.db import models

from accounts.tenancy.models import TenantModel


class Chapter(models.TextChoices):
    """The parts of the model that hold blueprints."""

    ONBOARDING = "onboarding", "Onboarding"
    ADOPTION = "adoption", "Adoption"
    EXPANSION = "expansion", "Expansion"
    SKILLS = "skills", "Core skills"


class Blueprint(TenantModel):
    """`steps` and `checklist` are lists of text, `questions` a list of {letter, text}; `letters` those of SPICED."""

    code = models.CharField(max_length=4)
    chapter = models.CharField(max_length=10, choices=Chapter.choices)
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=80)
    goal = models.CharField(max_length=200)
    summary = models.TextField(blank=True)
    moment_that_matters = models.BooleanField(default=False)
    steps = models.JSONField(default=list)
    checklist = models.JSONField(default=list)
    questions = models.JSONField(default=list)
    letters = models.JSONField(default=list)
    next_code = models.CharField(max_length=4, blank=True)

    class Meta(TenantModel.Meta):
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["tenant", "code"], name="blueprints_blueprint_code_once")]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"
