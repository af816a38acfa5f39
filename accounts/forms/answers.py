"""How a form hears what an action says: which field was refused, and what somebody else saved meanwhile."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from django import forms
from django.db.models import Model
from django.http import HttpResponse
from django.utils import timezone

from accounts import formats
from accounts.actions.errors import Conflict, Refused
from accounts.models import Tenant

T = TypeVar("T")

TAKEN, WRONG, STALE = 200, 422, 409


class RowForm(forms.ModelForm):
    """A form over one row that never touches the row: an action compares and writes."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, row: Model | None = None, initial: dict[str, Any] | None = None) -> None:
        first = {"version": getattr(row, "version", None)} | (initial or {})
        super().__init__(data, instance=copy.copy(row) if row is not None else None, initial=first)

    @property
    def values(self) -> dict[str, Any]:
        """What was said, by the model's own field names."""
        return {name: value for name, value in self.cleaned_data.items() if name not in ("version", "seen")}

    @property
    def seen_version(self) -> int | None:
        return self.cleaned_data.get("version")


def attempt(form: forms.BaseForm, act: Callable[[], T]) -> tuple[T | None, int]:
    """What the action gave and 200; or None and 422 or 409, with the reasons on the form."""
    if not form.is_valid():
        return None, WRONG
    try:
        return act(), TAKEN
    except Refused as refused:
        show_refusal(form, refused)
        return None, WRONG
    except Conflict as conflict:
        show_conflict(form, conflict.current)
        return None, STALE


def saved_at(answer: HttpResponse, tenant: Tenant) -> HttpResponse:
    """Says to what saves by itself when that was, on the workspace's wall: the browser's may be another."""
    if answer.status_code == TAKEN:
        answer["Saved-At"] = formats.clock(timezone.now().astimezone(tenant.zone))
    return answer


def show_refusal(form: forms.BaseForm, refused: Refused) -> None:
    for field, messages in refused.errors.items():
        form.add_error(field if field in form.fields else None, list(messages))  # type: ignore[arg-type]


def show_conflict(form: forms.BaseForm, current: Model) -> None:
    """Both values side by side; sending the form once more keeps one's own."""
    for name in _that_differ(form, current):
        form.add_error(name, f"Saved meanwhile: “{_shown(form, current, name)}”.")
    form.add_error(None, "Somebody else changed this while you were editing. Save again to keep what you typed.")
    data: Any = copy.copy(form.data)
    for name, value in (("version", getattr(current, "version", None)), ("seen", _seen(form, current))):
        if name in form.fields:
            data[form.add_prefix(name)] = value
    form.data = data


def _that_differ(form: forms.BaseForm, current: Model) -> Iterable[str]:
    for name, mine in list(form.cleaned_data.items()):
        if name not in ("version", "seen") and hasattr(current, name) and getattr(current, name) != mine:
            yield name


def _shown(form: forms.BaseForm, current: Model, name: str) -> Any:
    label = getattr(current, f"get_{name}_display", None)
    value = label() if label else getattr(current, name)
    return ", ".join(map(str, value)) if isinstance(value, list) else ("–" if value in (None, "") else value)


def _seen(form: forms.BaseForm, current: Model) -> Any:
    fingerprint = getattr(form, "fingerprint", None)
    return fingerprint(current) if fingerprint else None
