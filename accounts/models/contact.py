"""A person at an account: their part in the buying center, and where they went."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from accounts.models.account import Account
from accounts.tenancy.models import TenantForeignKey, TenantManager, TenantModel, TenantQuerySet


class BuyingRole(models.TextChoices):
    """The seven parts of a buying center (skill S5)."""

    INITIATOR = "initiator", "Initiator"
    USER = "user", "User"
    CHAMPION = "champion", "Champion"
    DECIDER = "decider", "Decider"
    EXECUTIVE_BUYER = "executive_buyer", "Executive buyer"
    GATEKEEPER = "gatekeeper", "Gatekeeper"
    INFLUENCER = "influencer", "Influencer"


class Stance(models.TextChoices):
    ADVOCATE = "advocate", "Advocate"
    NEUTRAL = "neutral", "Neutral"
    DETRACTOR = "detractor", "Detractor"


class Influence(models.IntegerChoices):
    UNKNOWN = 0, "Unknown"
    LOW = 1, "Low"
    MEDIUM = 2, "Medium"
    HIGH = 3, "High"


class ContactQuerySet(TenantQuerySet["Contact"]):
    def present(self) -> ContactQuerySet:
        return self.filter(departed_on=None)


class Contact(TenantModel):
    account = TenantForeignKey(Account, related_name="contacts")
    name = models.CharField(max_length=160)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    title = models.CharField(max_length=120, blank=True)
    persona = models.CharField(max_length=80, blank=True, help_text="What kind of person, such as head of operations.")
    buying_role = models.CharField(max_length=15, choices=BuyingRole.choices, blank=True)
    stance = models.CharField(max_length=9, choices=Stance.choices, blank=True)
    influence = models.PositiveSmallIntegerField(choices=Influence.choices, default=Influence.UNKNOWN)
    reports_to = TenantForeignKey("self", null=True, blank=True, related_name="reports")
    external_id = models.CharField(max_length=120, null=True, blank=True)
    departed_on = models.DateField(null=True, blank=True, editable=False)
    moved_to = models.CharField(max_length=200, blank=True, editable=False)
    successor = TenantForeignKey("self", null=True, blank=True, related_name="predecessors", editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    updated_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = TenantManager.from_queryset(ContactQuerySet)()  # type: ignore[misc]

    class Meta(TenantModel.Meta):
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "external_id"],
                name="accounts_contact_external_id_once",
                violation_error_message="Another contact has this external id.",
            ),
            models.UniqueConstraint(
                fields=["tenant", "account", "email"],
                condition=~models.Q(email="") & models.Q(departed_on=None),
                name="accounts_contact_email_once",
                violation_error_message="This account has a contact with this e-mail address already.",
            ),
            models.CheckConstraint(
                condition=~models.Q(successor=models.F("id")), name="accounts_contact_other_successor"
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "email"], name="accounts_contact_by_email"),
            models.Index(fields=["tenant", "-updated_at", "-id"], name="accounts_contact_by_change"),
        ]

    def __str__(self) -> str:
        return self.name
