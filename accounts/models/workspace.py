"""What a tenant shapes for itself: own fields, touch models, saved views; and the API's memory of what it answered."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from accounts.models.account import Touch
from accounts.models.membership import ApiKey
from accounts.tenancy.models import MemberForeignKey, TenantModel


class FieldType(models.TextChoices):
    TEXT = "text", "Text"
    NUMBER = "number", "Number"
    DATE = "date", "Date"
    BOOLEAN = "boolean", "Yes or no"
    CHOICE = "choice", "One of a list"


class CustomField(TenantModel):
    """A field of accounts that the tenant defined; values live in Account.custom under its key."""

    key = models.SlugField(max_length=40)
    label = models.CharField(max_length=80)
    type = models.CharField(max_length=7, choices=FieldType.choices)
    choices = models.JSONField(default=list, blank=True, help_text="For one of a list: the list.")
    position = models.PositiveSmallIntegerField(default=0)
    active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta(TenantModel.Meta):
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "key"],
                name="accounts_customfield_key_once",
                violation_error_message="Another field has this key.",
            )
        ]

    def __str__(self) -> str:
        return self.label


class TouchModel(TenantModel):
    """What high, low and tech touch mean here: how often, and how many accounts one CSM carries."""

    code = models.CharField(max_length=4, choices=Touch.choices)
    description = models.CharField(max_length=300, blank=True)
    touch_every_days = models.PositiveSmallIntegerField(default=30)
    accounts_per_csm = models.PositiveSmallIntegerField(default=20)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta(TenantModel.Meta):
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["tenant", "code"], name="accounts_touchmodel_code_once")]

    def __str__(self) -> str:
        return str(self.get_code_display())


class SavedView(TenantModel):
    """A list as somebody wants to see it again: filters, sort and columns as the address says them."""

    name = models.CharField(max_length=60)
    owner = MemberForeignKey(related_name="+")
    shared = models.BooleanField(default=False)
    query = models.CharField(max_length=2000, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta(TenantModel.Meta):
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "owner", "name"],
                name="accounts_savedview_name_once",
                violation_error_message="You have a view of this name already.",
            )
        ]

    def __str__(self) -> str:
        return self.name


class IdempotencyRecord(TenantModel):
    """What the API answered to a key, so that the same request said twice is done once."""

    api_key = models.ForeignKey(ApiKey, models.CASCADE, related_name="+")
    key = models.CharField(max_length=200)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    body = models.JSONField()
    created_at = models.DateTimeField(db_default=Now())

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "api_key", "key"], name="accounts_idempotency_once")]
        indexes = [models.Index(fields=["tenant", "created_at"], name="accounts_idempotency_by_age")]

    def __str__(self) -> str:
        return f"{self.key} answered {self.status}"
