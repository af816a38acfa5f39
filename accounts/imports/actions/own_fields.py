"""Fields of the tenant's own: those there are, and those that a mapping asks for and the run creates."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from django.db.models.fields.json import KT

from accounts.actions import custom_fields
from accounts.extracts import EXTRACTS
from accounts.imports.fields import CustomSpec, custom_path, fact_path, key_of, new_path, parsed_new
from accounts.imports.models import Import, Noun, Record
from accounts.models import CustomField, ExternalFact, FieldType

# As exports write what isn't a text; whatever could lose something, such as 007 or 2.10, stays a text.
LOOKS = {
    FieldType.BOOLEAN: re.compile(r"Yes|No|True|False"),
    FieldType.DATE: re.compile(r"\d{4}-\d\d-\d\d"),
    FieldType.NUMBER: re.compile(r"-?(0|[1-9]\d{0,14})(\.\d*[1-9]|\.\d\d[1-9]0)?"),
}


def specs() -> dict[str, CustomSpec]:
    """What the tenant defined and has in use: fields by their key, external facts by their path."""
    fields, facts = CustomField.objects.filter(active=True), ExternalFact.objects.filter(active=True)
    own = {field.key: CustomSpec(field.type, tuple(field.choices), field.label) for field in fields}
    return own | {fact_path(fact.key): CustomSpec(fact.type, tuple(fact.choices), fact.label) for fact in facts}


def wrong(path: str, others: Iterable[str]) -> str:
    """Why no field can be created by this path, if so; `others`: the paths that are mapped already."""
    new = parsed_new(path)
    if new is None:
        return ""
    longest = CustomField._meta.get_field("label").max_length or 0
    if len(new[1].strip()) > longest:
        return f"The name of a new field has at most {longest} characters."
    if not key_of(new[1]):
        return "A new field's name needs a letter from A to Z or a digit: add it in Settings, and choose it here."
    if any(key_of(other[1]) == key_of(new[1]) for other in map(parsed_new, others) if other):
        return "Another column becomes a new field of this name already."
    return ""


def of_own_export(job: Import, mapped: Mapping[int, str]) -> dict[int, str]:
    """Where the file is this product's list of accounts: fields of the workspace that it left, to be created here."""
    found: dict[int, str] = {}
    if not is_own_export(job):
        return found
    for column in range(len(EXTRACTS["accounts"].columns), len(job.headings)):
        path = new_path(_look(job, column), job.headings[column])
        if column not in mapped and not wrong(path, found.values()):
            found[column] = path
    return found


def is_own_export(job: Import) -> bool:
    listed = [column.heading for column in EXTRACTS["accounts"].columns]
    return job.noun == Noun.ACCOUNT and job.headings[: len(listed)] == listed


def _look(job: Import, column: int) -> str:
    texts = [text for row in job.sample if column < len(row) and (text := str(row[column]).strip())]
    fits = (kind for kind, look in LOOKS.items() if texts and all(map(look.fullmatch, texts)))
    return str(next(fits, FieldType.TEXT))


def as_created(path: str) -> str:
    """Where the values of a field to be created are found from then on."""
    new = parsed_new(path)
    return custom_path(key_of(new[1])) if new else path


def create(job: Import) -> None:
    """One that is there already is used."""
    for kind, label in filter(None, map(parsed_new, job.columns.values())):
        key = key_of(label)
        if CustomField.objects.filter(key=key).exists():
            continue
        choices = _said(job, key) if kind == FieldType.CHOICE else []
        # A list to which no row has anything to say is a text until somebody knows better.
        kept = FieldType.TEXT if kind == FieldType.CHOICE and not choices else _type(kind)
        custom_fields.add({"key": key, "label": label.strip(), "type": kept, "choices": choices}, by=job.created_by)


def _type(kind: str) -> str:
    return FieldType.BOOLEAN if kind == "bool" else FieldType(kind)


def _said(job: Import, key: str) -> list[str]:
    """A list has the values that the file has, in the order of the alphabet."""
    said = Record.objects.filter(job=job, noun=Noun.ACCOUNT).annotate(choice=KT(f"values__custom__{key}"))
    return [value for value in said.values_list("choice", flat=True).distinct().order_by("choice") if value]
