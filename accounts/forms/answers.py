"""How a form hears what an action says: which field was refused, and what somebody else saved meanwhile."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from django import forms
from django.db.models import Model
from django.http import HttpResponse
from django.utils import timezone
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from accounts import formats
from accounts.actions.errors import Conflict, Refused
from accounts.forms import marks
from accounts.models import Tenant

T = TypeVar("T")

TAKEN, WRONG, STALE = 200, 422, 409


class RowForm(forms.ModelForm):
    """A form over one row that never touches the row: an action compares and writes."""

    version = forms.IntegerField(required=False, widget=marks.VersionInput)

    def __init__(self, data: Any = None, *, row: Model | None = None, initial: dict[str, Any] | None = None) -> None:
        first = {"version": getattr(row, "version", None)} | (initial or {})
        super().__init__(data, instance=copy.copy(row) if row is not None else None, initial=first)
        self.fields["version"].widget.marks = self._marks  # type: ignore[attr-defined]

    def _marks(self) -> tuple[str, str]:
        """Of the row when the page is first asked for; sent again, as they came."""
        key = self.add_prefix(marks.LOADED)
        if self.is_bound:
            return key, self.data.get(key, "")
        return key, marks.written(self, self.instance) if self.instance.pk else ""

    @property
    def values(self) -> dict[str, Any]:
        """What was said, by the model's own field names."""
        return {name: value for name, value in self.cleaned_data.items() if name not in marks.APART}

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
    """Both values where both changed them; what was left alone follows what was saved. Sent once more, it stands."""
    data: Any = copy.copy(form.data)
    loaded, followed = marks.sent(form), []
    for name in list(_that_differ(form, current)):
        theirs = marks.stored(form, current, name)
        if loaded.get(name) == marks.mark(form.cleaned_data[name]):
            _follow(data, form, name, theirs)
            followed.append(str(form[name].label))
        elif loaded.get(name) != marks.mark(theirs):
            form.add_error(name, f"Saved meanwhile: “{_shown(form, current, name)}”.")
    form.add_error(None, _told(followed))
    for name, value in (("version", getattr(current, "version", None)), ("seen", _seen(form, current))):
        if name in form.fields:
            data[form.add_prefix(name)] = value
    if loaded:
        data[form.add_prefix(marks.LOADED)] = marks.written(form, current)
    form.data = data


def _told(followed: list[str]) -> str:
    said = [_("Somebody else changed this while you were editing.")]
    if followed:
        names = get_text_list(followed, _("and"))
        said.append(_("What you had left as it was now says what they saved: %(names)s.") % {"names": names})
    return " ".join([*said, _("Save again to keep what you typed.")])


def _follow(data: Any, form: forms.BaseForm, name: str, theirs: Any) -> None:
    key, value = form.add_prefix(name), marks.typed(form.fields[name], theirs)
    if value is None:
        data.pop(key, None)
    else:
        data[key] = value


def _that_differ(form: forms.BaseForm, current: Model) -> Iterable[str]:
    for name, mine in list(form.cleaned_data.items()):
        if name in marks.APART:
            continue
        theirs = getattr(current, name) if hasattr(current, name) else marks.stored(form, current, name)
        if theirs is not marks.UNKNOWN and theirs != mine and marks.mark(theirs) != marks.mark(mine):
            yield name


def _shown(form: forms.BaseForm, current: Model, name: str) -> Any:
    """As people read it, and a figure as it is typed: money in whole units, without zeros that say nothing."""
    label = getattr(current, f"get_{name}_display", None)
    value = label() if label else getattr(current, name, marks.stored(form, current, name))
    if value in (None, ""):
        return "–"
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(form.fields.get(name), forms.DecimalField):
        return marks.typed(form.fields[name], value)
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return formats.date(value)
    return ", ".join(map(str, value)) if isinstance(value, list) else value


def _seen(form: forms.BaseForm, current: Model) -> Any:
    fingerprint = getattr(form, "fingerprint", None)
    return fingerprint(current) if fingerprint else None
