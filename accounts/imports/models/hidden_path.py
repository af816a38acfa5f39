"""Who has seen enough of the first steps on Home."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from accounts.tenancy.models import MemberForeignKey, TenantModel


class HiddenPath(TenantModel):
    user = MemberForeignKey(related_name="+")
    hidden_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta(TenantModel.Meta):
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["tenant", "user"], name="imports_hiddenpath_once")]

    def __str__(self) -> str:
        return f"first steps hidden by {self.user_id}"
