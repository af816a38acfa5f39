"""A person's place in a tenant, the invitation that leads there, and the key of another system."""

from __future__ import annotations

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models.functions import Now

from accounts.models.tenant import Tenant
from accounts.models.user import User
from accounts.roles import PEOPLE_ROLE_CHOICES, Permission, Reach, Role, allows, reach
from accounts.tenancy.models import CurrentTenant


class MembershipQuerySet(models.QuerySet["Membership"]):
    def here(self) -> MembershipQuerySet:
        """Of the open tenant; this table is outside row-level security, so every list of colleagues starts here."""
        return self.filter(tenant_id=CurrentTenant())

    def active(self) -> MembershipQuerySet:
        return self.filter(ended_at=None, user__is_active=True)


class Membership(models.Model):
    """Outside row-level security: it decides which tenant a person may enter. Never deleted, since rows name people."""

    tenant = models.ForeignKey(Tenant, models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=12, choices=PEOPLE_ROLE_CHOICES)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    ended_at = models.DateTimeField(null=True, blank=True)
    home_seen_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering = ["user__name"]
        constraints = [models.UniqueConstraint(fields=["tenant", "user"], name="accounts_membership_once")]

    def __str__(self) -> str:
        return f"{self.user} in {self.tenant}"

    def may(self, permission: Permission) -> bool:
        return allows(self.role, permission)

    @property
    def reach(self) -> Reach:
        return reach(self.role)

    @property
    def role_label(self) -> str:
        return str(self.get_role_display())


class Invitation(models.Model):
    """A link that makes its reader a member. Outside row-level security: its reader has no tenant yet.

    The link's secret is kept nowhere: it is signed anew from id and nonce. The row is also its mail's place in the
    queue: unmailed until `mailed_at`, tried again at `mail_due_at`.
    """

    tenant = models.ForeignKey(Tenant, models.CASCADE, related_name="+")
    email = models.EmailField()
    role = models.CharField(max_length=12, choices=PEOPLE_ROLE_CHOICES)
    nonce = models.UUIDField(db_default=RandomUUID(), editable=False)
    invited_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    mailed_at = models.DateTimeField(null=True, blank=True, editable=False)
    mail_due_at = models.DateTimeField(db_default=Now(), editable=False)
    mail_attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    mail_error = models.CharField(max_length=300, blank=True, editable=False)

    class Meta:
        ordering = ["-created_at"]
        indexes = [
            models.Index(
                fields=["mail_due_at"],
                condition=models.Q(mailed_at=None, accepted_at=None, revoked_at=None),
                name="accounts_invitation_unmailed",
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "email"],
                condition=models.Q(accepted_at=None, revoked_at=None),
                name="accounts_invitation_open_once",
                violation_error_message="This person has an open invitation already.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.email} to {self.tenant}"


class ApiKey(models.Model):
    """Another system's way in: shown once, kept hashed. Outside row-level security: it decides the tenant."""

    SCOPES = [("read", "Read"), ("write", "Read and write")]

    tenant = models.ForeignKey(Tenant, models.CASCADE, related_name="+")
    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=12, unique=True, editable=False)
    key_hash = models.CharField(max_length=64, editable=False)
    scope = models.CharField(max_length=5, choices=SCOPES, default="read")
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)
    revoked_at = models.DateTimeField(null=True, blank=True)

    role = Role.INTEGRATION
    reach = Reach.ALL

    class Meta:
        verbose_name = "API key"
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    def may(self, permission: Permission) -> bool:
        return allows(self.role, permission)
