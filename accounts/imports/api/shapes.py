"""How imports, their rows and saved mappings are answered."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts.api.fields import Person
from accounts.api.resource import Shape
from accounts.imports.models import Kind, Noun, Stage, Verdict

BRIEF = (
    "id", "name", "noun", "kind", "stage", "message", "size", "rows_total", "rows_read", "rows_done", "figures",
    "stage_since", "forgotten_at", "created_at", "version",
)  # fmt: skip
WHOLE = (*BRIEF, "remarks", "format", "headings", "sample", "options", "columns", "mapping__name")
ROW = ("number", "noun", "verdict", "values", "errors", "possible", "leader", "before", "done")
MAPPING = ("id", "name", "noun", "columns", "options", "updated_at", "version")


class ImportBriefShape(Shape):
    id = serializers.IntegerField()
    name = serializers.CharField(help_text="The file's.")
    noun = serializers.ChoiceField(choices=Noun.choices, help_text="What each row stands for.")
    kind = serializers.ChoiceField(choices=Kind.choices)
    stage = serializers.ChoiceField(
        choices=Stage.choices, help_text="checking, running and undoing go on by themselves."
    )
    message = serializers.CharField(help_text="Why the file can't be read, or the work didn't go on.")
    size = serializers.IntegerField(help_text="Bytes.")
    rows_total = serializers.IntegerField(help_text="An estimate until all are read.")
    rows_read = serializers.IntegerField()
    rows_done = serializers.IntegerField()
    figures = serializers.DictField(
        help_text="By noun: how many are created, changed, the same and refused, and of contracts `not_won`, the "
        "deals that were left out; where it was stopped, also how many of them are `written`."
    )
    created_by = Person(allow_null=True)
    stage_since = serializers.DateTimeField()
    forgotten_at = serializers.DateTimeField(
        allow_null=True, help_text="Since when its file and its rows are gone; its figures stay."
    )
    created_at = serializers.DateTimeField()
    version = serializers.IntegerField()

    @staticmethod
    def of(row: dict[str, Any]) -> dict[str, Any]:
        return {name: row[name] for name in (*BRIEF, "created_by")}


class ImportShape(ImportBriefShape):
    remarks = serializers.ListField(
        child=serializers.CharField(), help_text="What was noticed when the file was looked at."
    )
    format = serializers.DictField(help_text="How the file is written, as it was recognized or said.")
    headings = serializers.ListField(child=serializers.CharField())
    sample = serializers.ListField(child=serializers.ListField(child=serializers.CharField()))
    columns = serializers.DictField(child=serializers.CharField(), help_text="Heading to field.")
    options = serializers.DictField()
    mapping = serializers.CharField(allow_null=True, help_text="The saved mapping's name.")

    @staticmethod
    def of(row: dict[str, Any]) -> dict[str, Any]:
        shown = ImportBriefShape.of(row)
        for name in ("remarks", "format", "headings", "sample", "options"):
            shown[name] = row[name]
        shown["columns"] = {row["headings"][int(number)]: path for number, path in row["columns"].items()}
        shown["mapping"] = row["mapping__name"]
        return shown


class CellFault(serializers.Serializer):
    column = serializers.CharField(help_text="Its heading; empty where the whole row is meant.")
    message = serializers.CharField()


class RowShape(Shape):
    number = serializers.IntegerField(help_text="As the spreadsheet counts.")
    noun = serializers.ChoiceField(choices=Noun.choices)
    verdict = serializers.ChoiceField(choices=Verdict.choices)
    values = serializers.DictField(help_text="What the row says, as it was understood.")
    errors = CellFault(many=True)  # type: ignore[assignment]
    possible = serializers.ListField(
        child=serializers.IntegerField(), help_text="The ids of those that this may be a duplicate of."
    )
    leader = serializers.IntegerField(allow_null=True, help_text="The row that says the same thing first.")
    target = serializers.IntegerField(allow_null=True, help_text="The id of what it created, changes or equals.")
    before = serializers.DictField(allow_null=True, help_text="What it changes, as it was.")
    done = serializers.BooleanField(help_text="Written.")

    @staticmethod
    def of(row: dict[str, Any]) -> dict[str, Any]:
        return {name: row[name] for name in ROW} | {"target": row["target_id"]}


class MappingShape(Shape):
    id = serializers.IntegerField()
    name = serializers.CharField()
    noun = serializers.ChoiceField(choices=Noun.choices)
    columns = serializers.DictField(child=serializers.CharField(), help_text="Heading to field.")
    options = serializers.DictField()
    created_by = Person(allow_null=True)
    updated_at = serializers.DateTimeField()
    version = serializers.IntegerField()

    @staticmethod
    def of(row: dict[str, Any]) -> dict[str, Any]:
        return {name: row[name] for name in (*MAPPING, "created_by")}
