"""Who is in the meeting from either side, and the invitation's way to them."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from accounts.models import Contact, User
from accounts.tenancy.models import MemberForeignKey, TenantForeignKey, TenantModel
from journeys.meetings.models.meeting import Meeting


class Attendee(TenantModel):
    """One of us or one of them. `role`: their part in this meeting; `context`: what they know of the engagement."""

    meeting = TenantForeignKey(Meeting, models.CASCADE, related_name="attendees")
    user = MemberForeignKey(null=True, blank=True, related_name="+")
    contact = TenantForeignKey(Contact, null=True, blank=True, related_name="meetings_attended")
    role = models.CharField(max_length=120, blank=True)
    context = models.TextField(blank=True)
    attended = models.BooleanField(null=True, editable=False)

    class Meta(TenantModel.Meta):
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(user__isnull=False, contact=None) | models.Q(user=None, contact__isnull=False),
                name="meetings_attendee_one_side",
            ),
            models.UniqueConstraint(
                fields=["tenant", "meeting", "user"],
                name="meetings_attendee_user_once",
                violation_error_message="This person is on the list already.",
            ),
            models.UniqueConstraint(
                fields=["tenant", "meeting", "contact"],
                name="meetings_attendee_contact_once",
                violation_error_message="This person is on the list already.",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "user", "meeting"], name="meetings_attendee_by_user"),
            models.Index(fields=["tenant", "contact", "meeting"], name="meetings_attendee_by_contact"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def person(self) -> User | Contact:
        person = self.user or self.contact
        assert person is not None
        return person

    @property
    def name(self) -> str:
        return str(self.person)

    @property
    def email(self) -> str:
        return self.person.email

    @property
    def is_ours(self) -> bool:
        return self.user_id is not None


class MailMethod(models.TextChoices):
    REQUEST = "REQUEST", "Invitation"
    CANCEL = "CANCEL", "Cancellation"


class Mail(TenantModel):
    """One mail to one address, and its place in the queue: unmailed until `mailed_at`, tried again at `due_at`.

    It names its reader itself: somebody taken off the list is told so.
    """

    meeting = TenantForeignKey(Meeting, models.CASCADE, related_name="mails")
    email = models.EmailField()
    name = models.CharField(max_length=160, blank=True)
    method = models.CharField(max_length=7, choices=MailMethod.choices)
    sequence = models.PositiveIntegerField()
    asked_at = models.DateTimeField(db_default=Now(), editable=False)
    due_at = models.DateTimeField(db_default=Now(), editable=False)
    attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    mailed_at = models.DateTimeField(null=True, editable=False)
    error = models.CharField(max_length=300, blank=True, editable=False)

    class Meta(TenantModel.Meta):
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "meeting", "email"],
                condition=models.Q(mailed_at=None),
                name="meetings_mail_waiting_once",
            ),
            models.CheckConstraint(condition=~models.Q(email=""), name="meetings_mail_has_address"),
        ]
        indexes = [
            models.Index(fields=["tenant", "due_at"], condition=models.Q(mailed_at=None), name="meetings_mail_due"),
            models.Index(fields=["tenant", "meeting", "-id"], name="meetings_mail_by_meeting"),
        ]

    def __str__(self) -> str:
        return f"{self.method} to {self.email}"
