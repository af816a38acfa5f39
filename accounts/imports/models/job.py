"""One import from upload to done, its file in parts, and the mappings that people keep."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from accounts.tenancy.models import MemberForeignKey, TenantForeignKey, TenantModel


class Noun(models.TextChoices):
    """What a row can say something about; in this order they are written."""

    PRODUCT = "product", "Products"
    ACCOUNT = "account", "Accounts"
    CONTACT = "contact", "Contacts"
    CONTRACT = "contract", "Contracts"
    NOTE = "note", "Notes"


class Kind(models.TextChoices):
    CSV = "csv", "CSV"
    XLSX = "xlsx", "Excel workbook"
    JSON = "json", "JSON"


class Stage(models.TextChoices):
    MAPPING = "mapping", "To be mapped"
    CHECKING = "checking", "Being tried"
    CHECKED = "checked", "Tried"
    RUNNING = "running", "Running"
    DONE = "done", "Done"
    STOPPED = "stopped", "Stopped"
    UNDOING = "undoing", "Being taken back"
    UNDONE = "undone", "Taken back"
    FAILED = "failed", "Unreadable"


# A worker has something to do.
BUSY = (Stage.CHECKING, Stage.RUNNING, Stage.UNDOING)


class SavedMapping(TenantModel):
    """A mapping by headings, for the same export next week."""

    name = models.CharField(max_length=80)
    noun = models.CharField(max_length=8, choices=Noun.choices)
    columns = models.JSONField(default=dict, help_text="Heading to field, such as {“Account Name”: “account.name”}.")
    format = models.JSONField(default=dict)
    options = models.JSONField(default=dict)
    created_by = MemberForeignKey(null=True, blank=True, related_name="+", editable=False)
    updated_at = models.DateTimeField(db_default=Now(), editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta(TenantModel.Meta):
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "name"],
                name="imports_savedmapping_name_once",
                violation_error_message="Another mapping has this name.",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Import(TenantModel):
    """A file on its way in. `noun`: what each row stands for; it may say something about others as well."""

    name = models.CharField(max_length=200)
    noun = models.CharField(max_length=8, choices=Noun.choices)
    kind = models.CharField(max_length=4, choices=Kind.choices)
    stage = models.CharField(max_length=8, choices=Stage.choices, default=Stage.MAPPING)
    size = models.BigIntegerField(default=0, help_text="Bytes of the file.")
    format = models.JSONField(default=dict, help_text="How the file is written: encoding, delimiter, decimal …")
    headings = models.JSONField(default=list)
    sample = models.JSONField(default=list, help_text="The first rows, to choose the mapping by.")
    columns = models.JSONField(default=dict, help_text="Column, counted from 0, to field: {“0”: “account.name”}.")
    options = models.JSONField(default=dict)
    mapping = TenantForeignKey(SavedMapping, models.SET_NULL, null=True, blank=True, related_name="+")
    # Where the worker is: rows of the file read, then written; a worker that takes over goes on from here.
    rows_total = models.PositiveIntegerField(default=0)
    rows_read = models.PositiveIntegerField(default=0)
    rows_done = models.PositiveIntegerField(default=0)
    place = models.JSONField(default=dict, help_text="The step within the stage and how far it has come.")
    figures = models.JSONField(default=dict, help_text="By noun: created, changed, same, refused.")
    remarks = models.JSONField(default=list, help_text="What was noticed when the file was looked at, in sentences.")
    message = models.CharField(max_length=300, blank=True, help_text="Why the file can't be read.")
    stage_since = models.DateTimeField(db_default=Now(), editable=False)
    # From then on its file and its rows are gone, or about to go; its figures stay.
    forgotten_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    created_by = MemberForeignKey(null=True, blank=True, related_name="+", editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta(TenantModel.Meta):
        ordering = ["-id"]
        indexes = [models.Index(fields=["tenant", "stage", "id"], name="imports_import_by_stage")]

    def __str__(self) -> str:
        return self.name


class FilePart(TenantModel):
    """A megabyte of the file: any worker on any machine can put it together again."""

    job = TenantForeignKey(Import, models.CASCADE, db_index=False, related_name="parts")
    number = models.PositiveIntegerField()
    body = models.BinaryField()

    class Meta(TenantModel.Meta):
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["tenant", "job", "number"], name="imports_filepart_once")]

    def __str__(self) -> str:
        return f"part {self.number} of import {self.job_id}"
