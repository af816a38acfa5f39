"""How a customer's person gets to read the plan: a link, a code by mail, and a visit that ends by itself."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from accounts.models import BuyingRole, Contact
from accounts.tenancy.models import MemberForeignKey, TenantForeignKey, TenantManager, TenantModel, TenantQuerySet
from journeys.plans.models.plan import Audience, Plan

NOBODY = 0  # no person has this id: a link that only pretends may be without one
READERS = [choice for choice in Audience.choices if choice[0] != Audience.INTERNAL]


class SharedLinkQuerySet(TenantQuerySet["SharedLink"]):
    def live(self) -> SharedLinkQuerySet:
        return self.filter(revoked_at=None, expires_at__gt=Now(), contact__departed_on=None)


def reads(given: str, buying_role: str) -> Audience:
    """What a link of this audience opens to a person of this role: only the champion reads what is for the champion."""
    both = given == Audience.CHAMPION and buying_role == BuyingRole.CHAMPION
    return Audience.CHAMPION if both else Audience.EVERYONE


class SharedLink(TenantModel):
    """One contact's way to one plan. Only the hash of the token is kept; the token is shown once, or mailed.

    A link that is mailed is its mail's place in the queue: `mail_seed` holds what the token is made of until it left.
    """

    plan = TenantForeignKey(Plan, models.CASCADE, related_name="links")
    contact = TenantForeignKey(Contact, related_name="+")
    audience = models.CharField(max_length=8, choices=READERS, default=Audience.EVERYONE)
    token_hash = models.CharField(max_length=64, editable=False)
    expires_at = models.DateTimeField()
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    created_by = MemberForeignKey(null=True, related_name="+", editable=False)
    revoked_at = models.DateTimeField(null=True, editable=False)
    revoked_by = MemberForeignKey(null=True, related_name="+", editable=False)
    first_visit_at = models.DateTimeField(null=True, editable=False)
    last_visit_at = models.DateTimeField(null=True, editable=False)
    mail_seed = models.CharField(max_length=43, blank=True, editable=False)
    mail_tries = models.PositiveSmallIntegerField(default=0, editable=False)
    mail_due_at = models.DateTimeField(db_default=Now(), editable=False)
    mailed_at = models.DateTimeField(null=True, editable=False)
    # What its holder wrote since then, so that nobody floods the plan.
    writes = models.PositiveSmallIntegerField(default=0, editable=False)
    writes_since = models.DateTimeField(db_default=Now(), editable=False)

    objects = TenantManager.from_queryset(SharedLinkQuerySet)()  # type: ignore[misc]

    class Meta(TenantModel.Meta):
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "token_hash"], name="plans_sharedlink_token_once"),
            models.UniqueConstraint(
                fields=["tenant", "plan", "contact"],
                condition=models.Q(revoked_at=None),
                name="plans_sharedlink_live_once",
                violation_error_message="This person has a link already; revoke it to make another.",
            ),
            models.CheckConstraint(
                condition=models.Q(audience__in=["champion", "everyone"]), name="plans_sharedlink_never_internal"
            ),
        ]
        indexes = [models.Index(fields=["tenant", "plan", "-created_at"], name="plans_sharedlink_by_plan")]

    def __str__(self) -> str:
        return f"link of {self.contact}"

    @property
    def reads(self) -> Audience:
        """What its holder reads now, whatever they were when they got it."""
        return Audience(self.audience) if self.contact_id == NOBODY else reads(self.audience, self.contact.buying_role)


class SharedCode(TenantModel):
    """A one-time code on its way by mail. `sent_at` empty: the mail waits for its sweep.

    The code is made when its mail is: until then there is no hash, and a second try sends another code.
    """

    link = TenantForeignKey(SharedLink, models.CASCADE, related_name="codes")
    code_hash = models.CharField(max_length=64, blank=True, editable=False)
    asked_at = models.DateTimeField(db_default=Now(), editable=False)
    expires_at = models.DateTimeField()
    mail_tries = models.PositiveSmallIntegerField(default=0, editable=False)
    mail_due_at = models.DateTimeField(db_default=Now(), editable=False)
    sent_at = models.DateTimeField(null=True, editable=False)
    attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    used_at = models.DateTimeField(null=True, editable=False)

    class Meta(TenantModel.Meta):
        ordering = ["-asked_at", "-id"]
        indexes = [models.Index(fields=["tenant", "link", "-asked_at"], name="plans_sharedcode_by_link")]

    def __str__(self) -> str:
        return f"code for link {self.link_id}"


class SharedSession(TenantModel):
    """A visit: the browser holds the key, we its hash."""

    link = TenantForeignKey(SharedLink, models.CASCADE, related_name="sessions")
    key_hash = models.CharField(max_length=64, editable=False)
    began_at = models.DateTimeField(db_default=Now(), editable=False)
    expires_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        ordering = ["-began_at", "-id"]
        constraints = [models.UniqueConstraint(fields=["tenant", "key_hash"], name="plans_sharedsession_key_once")]
        indexes = [models.Index(fields=["tenant", "link", "-began_at"], name="plans_sharedsession_by_link")]

    def __str__(self) -> str:
        return f"visit of link {self.link_id}"
