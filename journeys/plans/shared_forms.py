"""What a visitor may say in a shared plan."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from journeys.plans.reader import SharedPlan

AREA = {"rows": 3}


class CodeForm(forms.Form):
    """Six digits; people copy them with spaces around and in the middle."""

    code = forms.CharField(
        label=_("Code"),
        max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "autofocus": True}),
    )

    def clean_code(self) -> str:
        return "".join(self.cleaned_data["code"].split())


class CommentForm(forms.Form):
    about = forms.ChoiceField(label=_("About"), required=False)
    body = forms.CharField(
        label=_("Comment"), max_length=4_000, widget=forms.Textarea(attrs=AREA),
        error_messages={"required": _("Write a comment first.")},
    )  # fmt: skip

    def __init__(self, plan: SharedPlan, data: Any = None) -> None:
        super().__init__(data)
        impacts = [(f"impact:{impact.id}", impact.title) for impact in plan.impacts]
        steps = [(f"step:{todo.id}", todo.title) for todo in plan.todos]
        self.fields["about"].choices = [  # type: ignore[attr-defined]
            ("", _("The plan as a whole")), (_("Goals"), impacts), (_("Steps"), steps)
        ]  # fmt: skip

    @property
    def item(self) -> tuple[str, int]:
        noun, _colon, pk = self.cleaned_data["about"].partition(":")
        return noun, int(pk or 0)


class MeasureForm(forms.Form):
    value = forms.DecimalField(label=_("Value"), max_digits=18, decimal_places=4)
    on = forms.DateField(label=_("Measured on"), widget=forms.DateInput(attrs={"type": "date"}))
    evidence = forms.CharField(
        label=_("Where it can be seen"), required=False, max_length=2_000, widget=forms.Textarea(attrs=AREA),
        help_text=_("The report, the query, or who counted."),
    )  # fmt: skip
    url = forms.URLField(label=_("Link"), required=False, max_length=500, assume_scheme="https")

    def __init__(self, data: Any = None, *, unit: str, today: dt.date) -> None:
        super().__init__(data, initial={"on": today})
        self.fields["value"].help_text = unit
        self.fields["on"].widget.attrs["max"] = today.isoformat()


class ConfirmForm(forms.Form):
    name = forms.CharField(
        label=_("Your name"), max_length=160, help_text=_("Typed by you, it stands as your signature."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )  # fmt: skip
    statement = forms.CharField(
        label=_("What it means to you"), required=False, max_length=2_000, widget=forms.Textarea(attrs=AREA)
    )


class AgreeForm(forms.Form):
    """`seen` is what they read when they said yes."""

    name = forms.CharField(
        label=_("Your name"), max_length=160, help_text=_("Typed by you, it stands as your signature."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )  # fmt: skip
    seen = forms.CharField(widget=forms.HiddenInput, required=False)
