"""What a person may say about the workspace: keys, products, own fields, touch models, the workspace itself."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from typing import Any

import holidays
from django import forms
from django.db.models import Model

from accounts.actions.seen import fingerprint
from accounts.actions.tenants import FIELDS
from accounts.currencies import CODES
from accounts.forms.answers import RowForm
from accounts.forms.tasks import Day
from accounts.models import ApiKey, CustomField, FieldType, Product, Tenant, TouchModel


class KeyForm(forms.Form):
    name = forms.CharField(max_length=80, help_text="The system that will use it, such as “CRM sync”.")
    scope = forms.ChoiceField(choices=ApiKey.SCOPES, widget=forms.RadioSelect, initial="read", label="It may")
    expires_on = forms.DateField(required=False, widget=Day, label="Works until", help_text="Empty: until revoked.")

    def __init__(self, data: Any = None, *, today: dt.date) -> None:
        self.today = today
        super().__init__(data)

    def clean_expires_on(self) -> dt.date | None:
        day: dt.date | None = self.cleaned_data["expires_on"]
        if day is not None and day <= self.today:
            raise forms.ValidationError("Choose a day after today.")
        return day


class ProductForm(RowForm):
    class Meta:
        model = Product
        fields = ("name", "code", "unit", "description", "recurring", "active")
        labels = {"recurring": "Recurring: counts into ARR", "active": "On sale"}
        help_texts = {"code": "Made from the name when left empty.", "recurring": "Leave it off for one-off services.",
                      "active": "Contracts go on naming a product that is no longer sold."}  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].required = self.instance.pk is not None


class CustomFieldForm(RowForm):
    """Key and type are said once: values hang on them afterwards."""

    choices = forms.CharField(
        required=False, label="Values to choose", help_text="One a line; for the type “One of a list”.",
        widget=forms.Textarea(attrs={"rows": 4}),
    )  # fmt: skip

    class Meta:
        model = CustomField
        fields = ("label", "type", "key", "choices", "active")
        labels = {"active": "In use", "key": "Key"}
        help_texts = {"key": "Its name in the API and in exports; made from the label when left empty.",
                      "active": "Values stay when a field is taken out of use."}  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = self.instance.pk is not None
        for name in ("type", "key") if known else ("active",):
            del self.fields[name]
        if known and self.instance.type != FieldType.CHOICE:
            del self.fields["choices"]
        elif known:
            self.initial["choices"] = "\n".join(self.instance.choices)
        if "key" in self.fields:
            self.fields["key"].required = False

    def clean_choices(self) -> list[str]:
        return [line.strip() for line in self.cleaned_data["choices"].splitlines() if line.strip()]


class TouchModelForm(RowForm):
    class Meta:
        model = TouchModel
        fields = ("description", "touch_every_days", "accounts_per_csm")
        labels = {"touch_every_days": "Days between touches", "accounts_per_csm": "Accounts for one CSM"}


class WorkspaceForm(RowForm):
    """Choices that the standard library and the calendar of holidays know; `seen` notices other people's changes."""

    timezone = forms.CharField(label="Time zone", widget=forms.TextInput(attrs={"list": "zones"}))
    country = forms.ChoiceField(help_text="Whose public holidays count when days are counted.")
    currency = forms.ChoiceField(help_text="For new accounts and for totals.")
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Tenant
        fields = FIELDS
        labels = {
            "handoff_due_days": "Business days for a handoff", "first_impact_from": "Days to First Impact from",
            "accent": "Color of shared pages",
        }  # fmt: skip
        widgets = {"accent": forms.TextInput(attrs={"type": "color"})}

    def __init__(self, data: Any = None, *, row: Tenant) -> None:
        super().__init__(data, row=row, initial={"seen": fingerprint(row, FIELDS)})
        countries = {row.country, *holidays.list_supported_countries(include_aliases=False)}
        self.fields["country"].choices = [(code, code) for code in sorted(countries)]  # type: ignore[attr-defined]
        self.fields["currency"].choices = [(c, c) for c in sorted({row.currency, *CODES})]  # type: ignore[attr-defined]

    def fingerprint(self, current: Model) -> str:
        return fingerprint(current, FIELDS)


def zones() -> list[str]:
    """Every zone's name, for the list under the field."""
    return sorted(
        zone for zone in zoneinfo.available_timezones() if "/" in zone and not zone.startswith(("Etc/", "posix/"))
    )
