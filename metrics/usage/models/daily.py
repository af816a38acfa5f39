"""The figures of one account, one metric and one day of the tenant's calendar."""

from __future__ import annotations

from django.db import models

from accounts.models import Account
from accounts.tenancy.models import TenantForeignKey, TenantModel
from metrics.usage.models.metric import Metric


class Daily(TenantModel):
    """Counted anew from the raw events whenever one of the day's arrives, on top of what was brought along.

    The table is the migration's own: millions of rows, and one key of four columns is all that ever asks for them.
    """

    account = TenantForeignKey(Account, db_index=False, related_name="+")
    metric = TenantForeignKey(Metric, db_index=False, related_name="+")
    day = models.DateField()
    count = models.BigIntegerField(default=0)
    users = models.IntegerField(default=0)
    sum = models.DecimalField(max_digits=24, decimal_places=6, default=0)
    last = models.DecimalField(max_digits=24, decimal_places=6, null=True)
    brought_count = models.BigIntegerField(default=0, help_text="Of a history that came without its events.")
    brought_users = models.IntegerField(default=0)
    brought_sum = models.DecimalField(max_digits=24, decimal_places=6, default=0)

    class Meta(TenantModel.Meta):
        verbose_name_plural = "daily figures"
        ordering = ["-day"]

    def __str__(self) -> str:
        return f"{self.day}: {self.count}"
