"""What one row of the file says about one noun, what becomes of it, and what was there before."""

from __future__ import annotations

from django.db import models

from accounts.imports.models.job import Import, Noun
from accounts.tenancy.models import TenantForeignKey, TenantModel


class Verdict(models.TextChoices):
    OPEN = "open", "Not compared yet"
    CREATE = "create", "New"
    CHANGE = "change", "Changed"
    SAME = "same", "Unchanged"
    REFUSED = "refused", "Refused"


class Record(TenantModel):
    """`values` are shaped like the table's columns. `leader`: the row that speaks first of the same thing."""

    job = TenantForeignKey(Import, models.CASCADE, db_index=False, related_name="records")
    number = models.PositiveIntegerField(help_text="The row as the spreadsheet counts it.")
    noun = models.CharField(max_length=8, choices=Noun.choices)
    verdict = models.CharField(max_length=7, choices=Verdict.choices, default=Verdict.OPEN)
    values = models.JSONField(default=dict)
    errors = models.JSONField(default=list, help_text="[{column, message}]; column is the heading, or empty.")
    possible = models.JSONField(default=list, help_text="Ids of those that this may be a duplicate of.")
    leader = models.PositiveIntegerField(null=True)
    target_id = models.BigIntegerField(null=True, help_text="The row of the noun's table, once it is known.")
    before = models.JSONField(null=True, help_text="The changed columns as they were.")
    done = models.BooleanField(default=False)

    class Meta(TenantModel.Meta):
        ordering = ["number", "noun"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "job", "noun", "number"], name="imports_record_once"),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "job", "target_id", "number"],
                condition=models.Q(noun="account", target_id__isnull=False),
                name="imports_record_by_account",
            ),
            models.Index(
                fields=["tenant", "job", "noun", "leader"],
                condition=models.Q(leader__isnull=False),
                name="imports_record_by_leader",
            ),
        ]

    def __str__(self) -> str:
        return f"row {self.number}: {self.noun}"
