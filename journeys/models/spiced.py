"""What is known about an account by letter: said once, never rewritten, only replaced and confirmed."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from accounts.models import Account, Contact
from accounts.tenancy.constraints import AppendOnly
from accounts.tenancy.models import MemberForeignKey, TenantForeignKey, TenantManager, TenantModel, TenantQuerySet
from journeys.spiced import BUYERS, BY_CODE, CHOICES, EMOTIONAL, KINDS, RATIONAL, SOURCES, Letter, gap


class SpicedQuerySet(TenantQuerySet["SpicedEntry"]):
    def standing(self) -> SpicedQuerySet:
        """What nobody has replaced yet."""
        return self.exclude(models.Exists(SpicedEntry.objects.filter(replaces=models.OuterRef("pk"))))


class SpicedEntry(TenantModel):
    """One statement. `due_on` and `consequence` belong to a critical event; `kind` to an impact or a decision."""

    account = TenantForeignKey(Account, related_name="spiced_entries")
    letter = models.CharField(max_length=14, choices=CHOICES)
    kind = models.CharField(max_length=9, choices=KINDS, blank=True)
    statement = models.TextField()
    due_on = models.DateField(null=True, blank=True)
    consequence = models.TextField(blank=True)
    said_by = TenantForeignKey(Contact, null=True, blank=True, related_name="+")
    written_by = MemberForeignKey(null=True, blank=True, related_name="+")
    source = models.CharField(max_length=8, choices=SOURCES)
    source_ref = models.CharField(max_length=80, blank=True)
    occurred_on = models.DateField()
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)
    evidence = models.TextField(blank=True)
    replaces = TenantForeignKey("self", null=True, blank=True, related_name="replacements")

    objects = TenantManager.from_queryset(SpicedQuerySet)()  # type: ignore[misc]

    class Meta(TenantModel.Meta):
        ordering = ["-occurred_on", "-id"]
        verbose_name_plural = "SPICED entries"
        constraints = [
            AppendOnly(name="journeys_spicedentry_append_only"),
            models.CheckConstraint(condition=~models.Q(statement=""), name="journeys_spicedentry_says_something"),
            models.CheckConstraint(
                condition=models.Q(kind="")
                | models.Q(letter="impact", kind__in=[RATIONAL, EMOTIONAL])
                | models.Q(letter="decision", kind=BUYERS),
                name="journeys_spicedentry_kind_of_letter",
                violation_error_message="An impact is for the company or for a person; who bought is of the decision.",
            ),
            models.CheckConstraint(
                condition=models.Q(letter="critical_event") | models.Q(due_on=None, consequence=""),
                name="journeys_spicedentry_date_of_event",
                violation_error_message="Only a critical event has a date and a consequence.",
            ),
            models.UniqueConstraint(
                fields=["tenant", "replaces"],
                name="journeys_spicedentry_replaced_once",
                violation_error_message="Somebody corrected this statement in the meantime.",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "account", "-occurred_on", "-id"], name="journeys_spiced_by_account"),
            models.Index(fields=["tenant", "-recorded_at", "-id"], name="journeys_spiced_by_time"),
        ]

    def __str__(self) -> str:
        return self.statement

    @property
    def meaning(self) -> Letter:
        return BY_CODE[self.letter]

    @property
    def gap(self) -> str:
        return gap(self.letter, due=self.due_on is not None, consequence=bool(self.consequence))


class SpicedConfirmation(TenantModel):
    """A person at the customer has said: yes, that is so."""

    entry = TenantForeignKey(SpicedEntry, related_name="confirmations")
    contact = TenantForeignKey(Contact, related_name="+")
    confirmed_by = MemberForeignKey(null=True, blank=True, related_name="+")
    confirmed_at = models.DateTimeField(db_default=Now())

    class Meta(TenantModel.Meta):
        ordering = ["confirmed_at", "id"]
        constraints = [
            AppendOnly(name="journeys_spicedconfirmation_append_only"),
            models.UniqueConstraint(
                fields=["tenant", "entry", "contact"],
                name="journeys_spicedconfirmation_once",
                violation_error_message="This person has confirmed the statement already.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contact} confirmed #{self.entry_id}"
