"""What the fields said when a form was loaded, so that what a person left alone can follow what others saved."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model
from django.utils.html import format_html

LOADED = "loaded"
UNKNOWN = object()
APART = ("version", "seen")  # what a form carries beside what a person says


class VersionInput(forms.HiddenInput):
    """The version that a person saw, and beside it a short mark of each field: they stand wherever it is rendered."""

    marks: Callable[[], tuple[str, str]] | None = None

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> Any:
        version = super().render(name, value, attrs, renderer)
        key, marks = self.marks() if self.marks else ("", "")
        return format_html('{}<input type="hidden" name="{}" value="{}">', version, key, marks) if marks else version


def sent(form: forms.BaseForm) -> dict[str, str]:
    """{field: mark} as the page had them; nothing of a form that carries none, or of what isn't ours."""
    try:
        marks = json.loads(form.data.get(form.add_prefix(LOADED)) or "{}")
    except ValueError:
        return {}
    return marks if isinstance(marks, dict) else {}


def written(form: forms.BaseForm, row: Model) -> str:
    names = [name for name in form.fields if name not in APART]
    said = {name: kept for name in names if (kept := stored(form, row, name)) is not UNKNOWN}
    # A list is sent as several values or as lines, as each form likes: what somebody else made of it is only shown.
    plain = {name: mark(value) for name, value in said.items() if not isinstance(value, list | dict)}
    return json.dumps(plain, separators=(",", ":"))


def stored(form: forms.BaseForm, row: Model, name: str) -> Any:
    """What stands in the row where a form has this field: a column's value, or what the form itself finds there."""
    if name in getattr(form, "own_names", ()):
        return form.own_value(row, name)  # type: ignore[attr-defined]
    try:
        field = row._meta.get_field(name)
    except FieldDoesNotExist:
        return UNKNOWN
    return row.serializable_value(name) if field.concrete and not field.many_to_many else UNKNOWN


def mark(value: Any) -> str:
    """Short, and the same for what was loaded and what comes back unchanged."""
    return hashlib.sha256(_plain(value).encode()).hexdigest()[:8]


def typed(field: forms.Field, value: Any) -> str | None:
    """A row's value as this field sends it; None: the box isn't ticked."""
    if isinstance(field.widget, forms.CheckboxInput):
        return "on" if value else None
    if isinstance(value, bool):
        return str(value).lower()
    shown: Any = field.widget.format_value(field.prepare_value(value))
    if isinstance(shown, list | tuple):
        shown = shown[0] if shown else ""
    return "" if shown is None else str(shown)


def _plain(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Model):
        return str(value.pk)
    if isinstance(value, Decimal | float):
        return f"{Decimal(str(value)).normalize():f}"
    return "\n".join(str(value).strip().splitlines())
