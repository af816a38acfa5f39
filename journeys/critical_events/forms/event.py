"""The first two prompts: which event, and what happens if it is missed; and how it ended."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts import formats
from accounts.forms.answers import RowForm
from accounts.forms.contracts import MoneyField
from accounts.forms.tasks import Day
from accounts.models import Account
from journeys.critical_events.actions.events import MISSING, OF_THRESHOLD
from journeys.critical_events.models import CriticalEvent, EventKind
from journeys.plans.forms.items import Figure, PersonField, Short

ABOUT = ("title", "kind", "due_on", "metric", "threshold", "unit", "forecast_on", "country")
MISSED = ("consequence", "value_minor", "said_by")


class EventForm(RowForm):
    """Of one account: whoever said it is one of its people."""

    is_event = True  # the page lays out its fields by kind

    kind = forms.ChoiceField(choices=EventKind.choices, initial=EventKind.DATE, label=_("It is"))
    threshold = Figure(required=False, label=_("How many"))
    value_minor = MoneyField(required=False, label=_("What that costs a year"))
    said_by = PersonField(required=False, label=_("In whose words"), empty_label=_("Nobody’s yet"))

    class Meta:
        model = CriticalEvent
        fields = ABOUT + MISSED
        labels = {
            "title": _("What is the critical event?"), "due_on": _("The day"), "metric": _("What is counted"),
            "unit": _("Unit"), "forecast_on": _("Forecast for"), "country": _("Holidays of"),
            "consequence": _("What happens if they miss it?"),
        }  # fmt: skip
        help_texts = {
            "title": _("What they need the impact for, such as: the peak season begins."),
            "metric": _("Such as subscribers or sites live."),
            "country": _("Two letters, such as US or DE."),
            "consequence": _("The harm, in their own words. Without it the event is only compelling: it can slip."),
        }
        widgets = {"due_on": Day, "forecast_on": Day, "consequence": Short(3)}

    def __init__(self, data: Any = None, *, account: Account, row: CriticalEvent | None = None, **kwargs: Any) -> None:
        super().__init__(data, row=row, **kwargs)
        currency = row.currency if row else account.currency
        self.fields["said_by"].of(account)  # type: ignore[attr-defined]
        money = self.fields["value_minor"]
        money.currency = currency  # type: ignore[attr-defined]
        money.help_text = _("In %(currency)s.") % {"currency": currency}
        if row is None:
            self.initial.setdefault("country", account.tenant.country)
        elif row.value_minor is not None:
            whole = f"{row.value_minor / 10 ** formats.DIGITS.get(currency, 2):.2f}"
            self.initial["value_minor"] = whole.removesuffix(".00")

    def clean_country(self) -> str:
        country: str = self.cleaned_data["country"].strip().upper()
        if not (len(country) == 2 and country.isascii() and country.isalpha()):
            raise forms.ValidationError(_("Two letters, such as US or DE."))
        return country

    def clean(self) -> dict[str, Any]:
        """Without what was left in the fields of the other kind; each that this kind needs is asked for by name."""
        said = self.cleaned_data
        is_date = said.get("kind") == EventKind.DATE
        for name in ("due_on",) if is_date else ("metric", "threshold", "forecast_on"):
            if name not in self.errors and said.get(name) in (None, ""):
                self.add_error(name, MISSING[name])
        other: dict[str, Any] = OF_THRESHOLD if is_date else {"due_on": None}
        return said | other


class SettleForm(forms.Form):
    note = forms.CharField(required=False, max_length=300, label=_("What came of it"), widget=Short(2))
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
