"""What was sold, for how long, and the append-only ledger of what it meant for recurring revenue."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models.functions import Coalesce, Now

from accounts.models.account import Account
from accounts.tenancy.constraints import AppendOnly
from accounts.tenancy.models import MemberForeignKey, TenantForeignKey, TenantManager, TenantModel, TenantQuerySet


class Product(TenantModel):
    name = models.CharField(max_length=120)
    code = models.SlugField(max_length=60)
    description = models.CharField(max_length=300, blank=True)
    unit = models.CharField(max_length=40, default="seat", help_text="What the quantity counts, such as seat or site.")
    recurring = models.BooleanField(default=True, help_text="Counts into ARR; one-off services don't.")
    active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta(TenantModel.Meta):
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "code"],
                name="accounts_product_code_once",
                violation_error_message="Another product has this code.",
            )
        ]

    def __str__(self) -> str:
        return self.name


class ContractQuerySet(TenantQuerySet["Contract"]):
    def undecided(self, today: dt.date) -> ContractQuerySet:
        """Over, and nobody said whether they were renewed or ended: their ARR still counts."""
        renewal = Contract.objects.filter(renews=models.OuterRef("pk"))
        return self.filter(~models.Exists(renewal), end_on__lt=today, ended_on=None)

    def with_arr(self) -> ContractQuerySet:
        """Adds `arr_minor`: what its lines come to a year at the end of the term; counted row by row."""
        lines = ContractLine.objects.agreed().filter(contract=models.OuterRef("pk"), recurring=True)
        amount = lines.order_by().values("contract").annotate(sum=models.Sum("amount_minor")).values("sum")
        return self.annotate(arr_minor=Coalesce(models.Subquery(amount), 0, output_field=models.BigIntegerField()))


class Contract(TenantModel):
    """One term. `end_on` is the first day after it (half-open), hence the day of renewal."""

    account = TenantForeignKey(Account, related_name="contracts")
    name = models.CharField(max_length=160)
    currency = models.CharField(max_length=3)
    signed_on = models.DateField()
    start_on = models.DateField()
    end_on = models.DateField()
    auto_renew = models.BooleanField(default=False)
    notice_days = models.PositiveSmallIntegerField(default=30)
    external_id = models.CharField(max_length=120, null=True, blank=True)
    renews = TenantForeignKey("self", null=True, blank=True, related_name="renewals", editable=False)
    ended_on = models.DateField(null=True, blank=True, editable=False)
    end_reason = models.CharField(max_length=200, blank=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    updated_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = TenantManager.from_queryset(ContractQuerySet)()  # type: ignore[misc]

    class Meta(TenantModel.Meta):
        ordering = ["-start_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "external_id"],
                name="accounts_contract_external_id_once",
                violation_error_message="Another contract has this external id.",
            ),
            models.UniqueConstraint(
                fields=["tenant", "renews"],
                name="accounts_contract_renewed_once",
                violation_error_message="This contract has been renewed already.",
            ),
            models.CheckConstraint(
                condition=models.Q(end_on__gt=models.F("start_on")),
                name="accounts_contract_term",
                violation_error_message="The term must end after it starts.",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "end_on", "id"], name="accounts_contract_by_end"),
            models.Index(fields=["tenant", "-updated_at", "-id"], name="accounts_contract_by_change"),
        ]

    def __str__(self) -> str:
        return self.name


class ContractLineQuerySet(TenantQuerySet["ContractLine"]):
    def agreed(self) -> ContractLineQuerySet:
        """Until the term's end: what an amendment took out stays as a row that ends earlier."""
        return self.filter(end_on=models.F("contract__end_on"))


class ContractLine(TenantModel):
    """One product of a contract: ARR where the product recurs, a single amount where it doesn't."""

    contract = TenantForeignKey(Contract, models.CASCADE, related_name="lines")
    product = TenantForeignKey(Product, related_name="lines")
    quantity = models.PositiveIntegerField(default=1)
    amount_minor = models.BigIntegerField(help_text="Per year for recurring products, once for others; minor units.")
    recurring = models.BooleanField(default=True)
    start_on = models.DateField()
    end_on = models.DateField()

    objects = TenantManager.from_queryset(ContractLineQuerySet)()  # type: ignore[misc]

    class Meta(TenantModel.Meta):
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "contract", "product"],
                name="accounts_contractline_product_once",
                violation_error_message="This product is on the contract already.",
            ),
            models.CheckConstraint(condition=models.Q(amount_minor__gte=0), name="accounts_contractline_not_negative"),
            models.CheckConstraint(
                condition=models.Q(end_on__gt=models.F("start_on")), name="accounts_contractline_term"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product} of {self.contract}"


class Movement(models.TextChoices):
    NEW = "new", "New"
    EXPANSION = "expansion", "Expansion"
    CONTRACTION = "contraction", "Contraction"
    CHURN = "churn", "Churn"
    REACTIVATION = "reactivation", "Reactivation"
    FX = "fx", "Currency"
    TRANSFER = "transfer", "Transfer"
    CORRECTION = "correction", "Correction"


class RevenueMovement(TenantModel):
    """One change of ARR on one day: opening plus movements is closing, to the cent. Never rewritten."""

    account = TenantForeignKey(Account, related_name="movements")
    contract = TenantForeignKey(Contract, related_name="movements")
    product = TenantForeignKey(Product, related_name="+")
    kind = models.CharField(max_length=12, choices=Movement.choices)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    effective_on = models.DateField()
    reason = models.CharField(max_length=200, blank=True)
    recorded_at = models.DateTimeField(db_default=Now())
    recorded_by = MemberForeignKey(null=True, blank=True, related_name="+")

    class Meta(TenantModel.Meta):
        ordering = ["effective_on", "id"]
        constraints = [
            AppendOnly(name="accounts_revenuemovement_append_only"),
            models.CheckConstraint(condition=~models.Q(amount_minor=0), name="accounts_revenuemovement_moves"),
            models.CheckConstraint(
                condition=models.Q(kind__in=["new", "expansion", "reactivation"], amount_minor__gt=0)
                | models.Q(kind__in=["contraction", "churn"], amount_minor__lt=0)
                | models.Q(kind__in=["fx", "transfer", "correction"]),
                name="accounts_revenuemovement_sign",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "account", "effective_on"], name="accounts_movement_by_account"),
            models.Index(fields=["tenant", "effective_on"], name="accounts_movement_by_day"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount_minor} {self.currency} on {self.effective_on}"
