"""What a person may say about a fact that another system sends."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.answers import RowForm
from accounts.models import ExternalFact, ExternalType


class ExternalFactForm(RowForm):
    """Key and type are said once: values and conditions hang on them afterwards."""

    choices = forms.CharField(
        required=False, label=_("Values to choose"), help_text=_("One a line; for the type “One of a list”."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )  # fmt: skip
    fresh_days = forms.IntegerField(
        required=False, min_value=1, max_value=3_650, label=_("Fresh for days"),
        help_text=_("Older than that, a value isn’t trusted. Empty: it never goes stale."),
    )  # fmt: skip

    class Meta:
        model = ExternalFact
        fields = ("label", "type", "unit", "key", "choices", "fresh_days", "active")
        labels = {"active": _("In use"), "key": _("Key")}
        help_texts = {
            "key": _("Its name in the API; made from the label when left empty. In conditions: ext.<key>."),
            "unit": _("Such as tickets or invoices."),
            "active": _("Retired, it is known of no account; conditions that ask for it stop."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = self.instance.pk is not None
        for name in ("type", "key") if known else ("active",):
            del self.fields[name]
        if known and self.instance.type != ExternalType.CHOICE:
            del self.fields["choices"]
        elif known:
            self.initial["choices"] = "\n".join(self.instance.choices)
        if "key" in self.fields:
            self.fields["key"].required = False

    def clean_choices(self) -> list[str]:
        return [line.strip() for line in self.cleaned_data["choices"].splitlines() if line.strip()]
