"""The columns of a file beside the fields that they may mean, with what their first cells would be read as."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import formats
from accounts.imports.actions import checking, own_fields
from accounts.imports.actions import columns as column_rules
from accounts.imports.fields import FIELDS, CustomSpec, Field, custom_path, field_of, parsed_new
from accounts.imports.forms import FieldOptions, MappingForm
from accounts.imports.models import Import, Noun
from accounts.imports.reading import Format
from accounts.imports.suggesting import suggest
from accounts.imports.values.converters import Surroundings, converter
from accounts.imports.values.wrong import Wrong
from accounts.imports.views.frame import ICONS
from accounts.models import User

CELLS = 3
LONGEST = 80
# What a text says is what it is; these are understood, rightly or wrongly.
UNDERSTOOD = {"date", "datetime", "money", "number", "integer", "bool", "choice", "member", "currency"}
WHY = {
    "name": gettext_lazy("Suggested by its name"),
    "content": gettext_lazy("Suggested by its cells"),
    "earlier": gettext_lazy("As last time"),
    "chosen": gettext_lazy("Chosen by you"),
    "own": gettext_lazy("From another workspace: added as a field here"),
    "left": gettext_lazy("Left out, as last time"),
    "": gettext_lazy("Won’t be read"),
}


def column_rows(job: Import, form: MappingForm) -> dict[str, Any]:
    """Five questions, whatever the number of columns: own fields, external facts, people, earlier mappings."""
    customs = own_fields.specs()
    options, reasons, read = FieldOptions(_groups(customs)), _reasons(job), _Understanding(job, customs)
    rows = []
    for number, heading in enumerate(job.headings):
        bound = form[f"columns.{number}"]
        path = bound.value() or ""
        cells = [read.cell(path, text) for text in _samples(job, number)]
        rows.append(
            {
                "number": number,
                "heading": heading or _("Column without a heading"),
                "cells": cells,
                "options": options.html(path, heading),
                "errors": bound.errors,
                "why": WHY[reasons(number, path)],
                "wrong": next((cell["wrong"] for cell in cells if cell["wrong"]), ""),
            }
        )
    mapped = sum(bool(form[f"columns.{number}"].value()) for number in range(len(job.headings)))
    return {"rows": rows, "said": _("%(mapped)s of %(all)s mapped") % {"mapped": mapped, "all": len(job.headings)}}


def _samples(job: Import, number: int) -> list[str]:
    """The first different cells that say something."""
    found = (row[number] for row in job.sample if number < len(row) and str(row[number]).strip())
    return list(dict.fromkeys(found))[:CELLS]


def _groups(customs: Mapping[str, CustomSpec]) -> list[tuple[Any, list[tuple[str, Any]]]]:
    groups = []
    for noun in ICONS:
        fields: list[tuple[str, Any]] = [(path, field.label) for path, field in FIELDS.items() if field.noun == noun]
        if noun == Noun.ACCOUNT:
            # The paths of facts have a dot, the keys of fields have none.
            named = [(key, spec) for key, spec in customs.items() if "." not in key]
            fields += [(custom_path(key), spec.label or key) for key, spec in named]
        groups.append((noun.label, fields))
    facts = [(path, spec.label) for path, spec in customs.items() if "." in path]
    return [*groups, (_("External facts"), facts)] if facts else groups


def _reasons(job: Import) -> Callable[[int, str], str]:
    """Why a column stands where it stands: the same suggestion, asked again with less and less to go by."""
    known = column_rules.paths()
    named = suggest(job.noun, job.headings, [], known, {})
    told = suggest(job.noun, job.headings, job.sample, known, {})
    earlier = column_rules.suggested(job, job.mapping)

    def reason(number: int, path: str) -> str:
        if not path:
            return "left" if number in told and str(number) not in earlier else ""
        if named.get(number) == path:
            return "name"
        if told.get(number) == path:
            return "content"
        if earlier.get(str(number)) != path:
            return "chosen"
        return "own" if parsed_new(path) else "earlier"

    return reason


class _Understanding:
    """Reads a cell as the worker will, and says it as people do."""

    def __init__(self, job: Import, customs: Mapping[str, CustomSpec]) -> None:
        form, self._customs = Format.from_json(job.format), customs
        people = checking.people(job.tenant_id)
        self._around = Surroundings(form, people, dt.UTC, timezone.now())
        self._currency = form.currency
        self._names = dict(User.objects.filter(pk__in=set(people.values())).values_list("pk", "name")) if people else {}

    def cell(self, path: str, text: str) -> dict[str, str]:
        shown = {"text": text if len(text) <= LONGEST else text[:LONGEST] + "…", "read": "", "wrong": ""}
        field = field_of(path, self._customs) if path else None
        if field is None or field.type not in UNDERSTOOD:
            return shown
        try:
            value = converter(field, self._around)(text)
        except Wrong as wrong:
            return shown | {"wrong": f"“{shown['text']}” {wrong}."}
        said = "" if value is None else self._said(field, value)
        return shown | {"read": said if said != text else ""}

    def _said(self, field: Field, value: Any) -> str:
        if isinstance(value, tuple):
            amount, currency, _exact = value
            return f"{_amount(amount)} {currency or self._currency}".strip()
        if isinstance(value, bool):
            return _("Yes") if value else _("No")
        if field.type == "member":
            return self._names.get(value, "")
        if field.type == "date":
            return formats.date(dt.date.fromisoformat(value))
        if field.type == "datetime":
            return formats.date_time(dt.datetime.fromisoformat(value))
        return str(value)


def _amount(amount: Decimal) -> str:
    return f"{amount:,.2f}".removesuffix(".00")
