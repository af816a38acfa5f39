"""A tenant's customer company, its phase with every change, and what is known about it now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models.functions import Lower, Now

from accounts.roles import Reach
from accounts.tenancy.constraints import AppendOnly
from accounts.tenancy.models import MemberForeignKey, TenantForeignKey, TenantManager, TenantModel, TenantQuerySet

if TYPE_CHECKING:
    from accounts.models.membership import ApiKey, Membership


class Phase(models.TextChoices):
    COMMIT = "commit", "Committed"
    ONBOARDING = "onboarding", "Onboarding"
    ADOPTION = "adoption", "Adoption"
    EXPANSION = "expansion", "Expansion"
    ENDED = "ended", "Former"


class Touch(models.TextChoices):
    HIGH = "high", "High touch"
    LOW = "low", "Low touch"
    TECH = "tech", "Tech touch"


class AccountQuerySet(TenantQuerySet["Account"]):
    def visible_to(self, member: Membership | ApiKey) -> AccountQuerySet:
        """What this person may see at all: a sales rep the accounts they sell, everybody else the portfolio."""
        if member.reach is Reach.SOLD:
            return self.filter(ae_id=member.user_id)  # type: ignore[union-attr]
        return self

    def present(self) -> AccountQuerySet:
        return self.filter(archived_at=None)


class Account(TenantModel):
    name = models.CharField(max_length=200)
    domain = models.CharField(max_length=253, blank=True)
    external_id = models.CharField(max_length=120, null=True, blank=True)
    industry = models.CharField(max_length=80, blank=True)
    region = models.CharField(max_length=80, blank=True)
    segment = models.CharField(max_length=80, blank=True)
    touch_model = models.CharField(max_length=4, choices=Touch.choices, default=Touch.HIGH)
    currency = models.CharField(max_length=3, default="USD")
    csm = MemberForeignKey(null=True, blank=True, related_name="+", verbose_name="CSM")
    ae = MemberForeignKey(null=True, blank=True, related_name="+", verbose_name="account executive")
    delivery = MemberForeignKey(null=True, blank=True, related_name="+")
    phase = models.CharField(max_length=10, choices=Phase.choices, default=Phase.COMMIT, editable=False)
    phase_since = models.DateTimeField(db_default=Now(), editable=False)
    parent = TenantForeignKey("self", null=True, blank=True, related_name="children")
    custom = models.JSONField(default=dict, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    updated_at = models.DateTimeField(db_default=Now(), editable=False)
    archived_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = TenantManager.from_queryset(AccountQuerySet)()  # type: ignore[misc]

    class Meta(TenantModel.Meta):
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "external_id"],
                name="accounts_account_external_id_once",
                violation_error_message="Another account has this external id.",
            ),
            models.CheckConstraint(
                condition=~models.Q(parent=models.F("id")),
                name="accounts_account_not_own_parent",
                violation_error_message="An account can't be its own parent.",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "name", "id"], name="accounts_account_by_name"),
            models.Index(fields=["tenant", "csm", "name", "id"], name="accounts_account_by_csm"),
            models.Index(fields=["tenant", "ae", "name", "id"], name="accounts_account_by_ae"),
            models.Index(fields=["tenant", "phase", "name", "id"], name="accounts_account_by_phase"),
            models.Index(fields=["tenant", "segment", "name", "id"], name="accounts_account_by_segment"),
            models.Index(fields=["tenant", "domain"], name="accounts_account_by_domain"),
            models.Index(fields=["tenant", "-updated_at", "-id"], name="accounts_account_by_change"),
            models.Index("tenant", OpClass(Lower("name"), "text_pattern_ops"), name="accounts_account_by_prefix"),
        ]

    def __str__(self) -> str:
        return self.name


class PhaseChange(TenantModel):
    """One step of an account's way, never rewritten."""

    account = TenantForeignKey(Account, related_name="phase_changes")
    from_phase = models.CharField(max_length=10, choices=Phase.choices, blank=True)
    to_phase = models.CharField(max_length=10, choices=Phase.choices)
    changed_at = models.DateTimeField(db_default=Now())
    changed_by = MemberForeignKey(null=True, blank=True, related_name="+")

    class Meta(TenantModel.Meta):
        ordering = ["changed_at", "id"]
        constraints = [AppendOnly(name="accounts_phasechange_append_only")]

    def __str__(self) -> str:
        return f"{self.account}: {self.from_phase} to {self.to_phase}"


class AccountState(TenantModel):
    """What is known about an account now: derived, narrow, written by accounts alone."""

    account = TenantForeignKey(Account, models.CASCADE, db_index=False, related_name="states")
    arr_minor = models.BigIntegerField(default=0)
    renewal_on = models.DateField(null=True)
    last_touch_at = models.DateTimeField(null=True)
    health_score = models.PositiveSmallIntegerField(null=True)
    health_band = models.CharField(max_length=8, blank=True, db_default="")
    seen_on = models.DateField(null=True, help_text="The tenant's day on which plays last looked at the facts.")

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "account"], name="accounts_state_once")]
        indexes = [
            models.Index(fields=["tenant", "arr_minor", "account"], name="accounts_state_by_arr"),
            models.Index(fields=["tenant", "renewal_on", "account"], name="accounts_state_by_renewal"),
            models.Index(
                "tenant", models.F("renewal_on").desc(nulls_last=True), models.F("account").desc(),
                name="accounts_state_renewal_desc",
            ),
            models.Index(fields=["tenant", "last_touch_at", "account"], name="accounts_state_by_touch"),
            models.Index(
                "tenant", models.F("last_touch_at").desc(nulls_last=True), models.F("account").desc(),
                name="accounts_state_touch_desc",
            ),
            models.Index(fields=["tenant", "health_score", "account"], name="accounts_state_by_health"),
            models.Index(
                "tenant", models.F("health_score").desc(nulls_last=True), models.F("account").desc(),
                name="accounts_state_health_desc",
            ),
            models.Index(fields=["tenant", "health_band", "account"], name="accounts_state_by_band"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"state of account {self.account_id}"
