"""What another system may say about a file: what it is about, which column means what, how to read it."""

from __future__ import annotations

import json
from typing import Any, ClassVar

from django.http import QueryDict
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ParseError

from accounts.api.fields import Entry, Text, Versioned
from accounts.api.parsers import read_json
from accounts.imports.actions.imports import OPTIONS
from accounts.imports.fields import FIELDS
from accounts.imports.models import Noun, SavedMapping
from accounts.imports.reading.format import ENCODINGS, MOST_COLUMNS

# Parts of a form that carry JSON.
STRUCTURED = ("columns", "format", "options")
DELIMITERS = (",", ";", "\t", "|")
NO_MAPPING = "There is no saved mapping of this name."


class FormEntry(Entry):
    """Said in JSON, or in a form of which some parts are JSON."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, QueryDict):
            said: dict[str, Any] = dict(data.items())
            data = said | {name: _read(name, said[name]) for name in STRUCTURED if isinstance(said.get(name), str)}
        return super().to_internal_value(data)


class FormatEntry(Entry):
    """What is left out is as it was recognized."""

    encoding = serializers.ChoiceField(choices=ENCODINGS, required=False)
    delimiter = serializers.ChoiceField(choices=DELIMITERS, required=False)
    sheet = serializers.CharField(max_length=31, required=False, allow_blank=True, help_text="Empty: the first one.")
    decimal = serializers.ChoiceField(choices=[".", ","], required=False)
    dates = serializers.ChoiceField(choices=["dmy", "mdy", "ymd"], required=False)
    currency = serializers.RegexField(r"^([A-Z]{3})?\Z", max_length=3, required=False, help_text="ISO 4217.")
    heading_row = serializers.IntegerField(min_value=0, max_value=1000, required=False)


class OptionsEntry(Entry):
    """What to do in doubt; the first of each is what happens unless said."""

    blanks = serializers.ChoiceField(choices=OPTIONS["blanks"], required=False)
    missing_accounts = serializers.ChoiceField(choices=OPTIONS["missing_accounts"], required=False)
    people = serializers.ChoiceField(
        choices=OPTIONS["people"], required=False, help_text="When a row names somebody who isn't a member."
    )
    duplicates = serializers.ChoiceField(choices=OPTIONS["duplicates"], required=False)
    past_terms = serializers.ChoiceField(choices=OPTIONS["past_terms"], required=False)
    phase = serializers.ChoiceField(choices=OPTIONS["phase"], required=False, help_text="Of new accounts without one.")
    product = serializers.CharField(max_length=120, required=False, help_text="Of contracts without one.")


FIELD_NAMES = (
    f"Fields: {', '.join(FIELDS)}; account.custom.<key> for one of your own; new.<type>.<label> for one to be created, "
    "its type text, number, date, boolean or choice; fact.<key> pushes an external fact."
)


class Columns(serializers.DictField):
    """Heading (or number, from 0) to field, such as {"Account Name": "account.name"}."""

    def __init__(self, help_text: str, **kwargs: Any) -> None:
        kwargs["help_text"] = f"{help_text} {FIELD_NAMES}"
        child = serializers.CharField(max_length=160, allow_blank=True, allow_null=True)
        super().__init__(child=child, required=False, **kwargs)

    def to_internal_value(self, data: Any) -> dict[str, str]:
        said: dict[str, str | None] = super().to_internal_value(data)
        if len(said) > MOST_COLUMNS:
            raise serializers.ValidationError(f"A file has at most {MOST_COLUMNS} columns.")
        return {heading: path or "" for heading, path in said.items()}


@extend_schema_field({"type": "string", "format": "binary"})
class File(serializers.FileField):
    """Goes out as nothing: only what was read in it is answered."""


@extend_schema_field({"oneOf": [{"type": "boolean"}, {"type": "string", "enum": ["anyway", "true", "false"]}]})
class Run(serializers.Field):
    """Whether the run follows the check: yes, no, or even where rows are refused."""

    WORDS: ClassVar[dict[str, bool | str]] = {"true": True, "false": False, "anyway": "anyway"}

    def to_internal_value(self, data: Any) -> bool | str:
        said = data if isinstance(data, bool) else self.WORDS.get(data) if isinstance(data, str) else None
        if said is None:
            raise serializers.ValidationError('This must be true, false or "anyway".')
        return said

    def to_representation(self, value: Any) -> Any:
        return value


class ImportChange(FormEntry, Versioned):
    """What isn't named stays as it is: `columns` column by column, `format` and `options` field by field.

    A column that says null is left out of the import. Two columns can't mean one field: to move a field, say null for
    the column that has it.
    """

    example: ClassVar[dict[str, Any]] = {
        "columns": {"Company": "account.name", "ACV": "contract.arr", "Amount": None}, "version": 1,
    }  # fmt: skip

    columns = Columns(
        help_text='Heading (or number, from 0) to field, such as {"Account Name": "account.name"}; null: left out. '
        "Columns that aren't named keep what they mean."
    )
    format = FormatEntry(required=False)  # type: ignore[assignment]
    options = OptionsEntry(required=False)


class ImportEntry(FormEntry):
    """`file` in a form, or `content` in JSON. Columns are suggested, unless `columns` says the whole mapping."""

    example: ClassVar[dict[str, Any]] = {
        "noun": "account", "name": "crm.csv", "content": "Account Name,Website\nNorthwind Foods,northwind.example\n",
        "run": True,
    }  # fmt: skip

    noun = serializers.ChoiceField(choices=Noun.choices, help_text="What each row stands for.")
    name = Text(200, required=False, help_text="The file's name; it says what kind of file it is.")
    file = File(
        required=False,
        allow_empty_file=True,
        help_text="In a form: CSV, Excel workbook, or JSON (a list of flat objects, or one a line).",
    )
    content = serializers.CharField(
        required=False, allow_blank=True, trim_whitespace=False, help_text="In JSON: the text of a CSV or JSON file."
    )
    mapping = serializers.CharField(max_length=80, required=False, help_text="The name of a saved mapping.")
    columns = Columns(
        help_text='Heading (or number, from 0) to field, such as {"Account Name": "account.name"}. '
        "Columns that aren't named are left out."
    )
    format = FormatEntry(required=False)  # type: ignore[assignment]
    options = OptionsEntry(required=False)
    run = Run(
        required=False,
        help_text='true: it is tried, and run where nothing is refused; "anyway": even where rows are refused.',
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("file" in attrs) == ("content" in attrs):
            raise serializers.ValidationError({"file": ["Send a file, or its text as `content`."]})
        if "mapping" in attrs:
            attrs["mapping"] = _mapping(attrs["mapping"], attrs["noun"])
        return attrs


class MappingEntry(Versioned):
    example: ClassVar[dict[str, Any]] = {
        "name": "CRM, weekly", "noun": "account", "columns": {"Company": "account.name", "Site": "account.domain"},
    }  # fmt: skip

    name = Text(80, required=True)
    noun = serializers.ChoiceField(choices=Noun.choices)
    columns = Columns(help_text="Heading to field; null: left out, whatever its name would suggest.")
    options = OptionsEntry(required=False)


class NewMappingEntry(MappingEntry):
    """A name that is taken is a conflict (409, with the mapping that has it as `current`), unless `replace` is true."""

    replace = serializers.BooleanField(required=False, help_text="Put it in the place of the one that has this name.")


def _mapping(name: str, noun: str) -> SavedMapping:
    found = SavedMapping.objects.filter(name=name).first()
    if found is None:
        raise serializers.ValidationError({"mapping": [NO_MAPPING]})
    if found.noun != noun:
        raise serializers.ValidationError({"mapping": [f"This mapping is about {found.get_noun_display().lower()}."]})
    return found


def _read(name: str, text: str) -> Any:
    try:
        value: Any = read_json(text)
    except (ParseError, json.JSONDecodeError) as error:
        raise serializers.ValidationError({name: [str(error)]}) from error
    return value
