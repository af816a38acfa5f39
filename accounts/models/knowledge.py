"""What is known about an account, version by version, and the notes that say where to look again."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from accounts.models.account import Account
from accounts.tenancy.constraints import AppendOnly
from accounts.tenancy.models import MemberForeignKey, TenantForeignKey, TenantModel


class AccountFacts(TenantModel):
    """All facts that hold now, as one object of names and values; what isn't known has no name.

    `first_day` and AccountState.seen_on are the tenant's days on which plays looked at this version first and last:
    what a back-test replays. A version that ends goes to PastFacts in the statement that writes the next one.
    """

    account = TenantForeignKey(Account, models.CASCADE, db_index=False, related_name="known")
    facts = models.JSONField(default=dict)
    valid_from = models.DateTimeField()
    first_day = models.DateField()

    class Meta(TenantModel.Meta):
        verbose_name_plural = "account facts"
        constraints = [models.UniqueConstraint(fields=["tenant", "account"], name="accounts_facts_once")]

    def __str__(self) -> str:
        return f"facts of account {self.account_id}"


class PastFacts(TenantModel):
    """A version that held in [valid_from, valid_to), as it was known then. Partitioned by the month of its end.

    The table is the migration's own: no unique id stands here, since a month can't know what another month holds.
    """

    account_id = models.BigIntegerField()
    facts = models.JSONField()
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField()
    first_day = models.DateField()
    seen_on = models.DateField()

    class Meta(TenantModel.Meta):
        verbose_name_plural = "past facts"
        ordering = ["-valid_to"]
        constraints = [AppendOnly(name="accounts_pastfacts_append_only")]

    def __str__(self) -> str:
        return f"facts of account {self.account_id} until {self.valid_to}"


class Touched(TenantModel):
    """Something about this account may have changed without an event: look at its facts again.

    `derived_only`: only what follows from them, such as health.
    """

    account_id = models.BigIntegerField()
    derived_only = models.BooleanField(default=False, db_default=False)

    class Meta(TenantModel.Meta):
        verbose_name_plural = "touched accounts"

    def __str__(self) -> str:
        return f"account {self.account_id} was touched"


class ExternalType(models.TextChoices):
    NUMBER = "number", "Number"
    PERCENT = "percent", "Percent"
    DATE = "date", "Date"
    BOOLEAN = "boolean", "Yes or no"
    TEXT = "text", "Text"
    CHOICE = "choice", "One of a list"


class ExternalFact(TenantModel):
    """A fact that another system knows and pushes, such as open critical tickets; in conditions it is ext.<key>."""

    key = models.SlugField(max_length=40)
    label = models.CharField(max_length=80)
    type = models.CharField(max_length=7, choices=ExternalType.choices)
    unit = models.CharField(max_length=30, blank=True)
    choices = models.JSONField(default=list, blank=True, help_text="For one of a list: the list.")
    fresh_days = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Older than so many days, a value isn’t trusted; empty: it never goes stale."
    )
    active = models.BooleanField(default=True)
    created_by = MemberForeignKey(null=True, blank=True, related_name="+", editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta(TenantModel.Meta):
        ordering = ["label", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "key"],
                name="accounts_externalfact_key_once",
                violation_error_message="Another external fact has this key.",
            )
        ]

    def __str__(self) -> str:
        return self.label


class ExternalValue(TenantModel):
    """The newest value that was pushed for an account; what it was before stands in the versions of its facts."""

    fact = TenantForeignKey(ExternalFact, db_index=False, related_name="values")
    account = TenantForeignKey(Account, models.CASCADE, db_index=False, related_name="+")
    value = models.JSONField()
    observed_on = models.DateField()
    received_at = models.DateTimeField(db_default=Now())

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "account", "fact"], name="accounts_externalvalue_once")
        ]

    def __str__(self) -> str:
        return f"{self.fact_id} of account {self.account_id}: {self.value}"
