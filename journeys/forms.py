"""What a person may say about an account by letter, and who said it to them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms

from accounts.forms.tasks import Day
from accounts.models import Account, Contact
from journeys.models import SpicedEntry
from journeys.spiced import CHOICES, IMPACTS, SOURCES

# The handoff and other systems write for themselves.
BY_HAND = [(code, label) for code, label in SOURCES if code not in ("handoff", "api")]


class PersonField(forms.ModelChoiceField):
    """Somebody at this account: a short list, so the page may carry it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=Contact.objects.none(), **kwargs)

    def of(self, account: Account) -> None:
        self.queryset = account.contacts.filter(departed_on=None)  # type: ignore[attr-defined]

    def label_from_instance(self, obj: Contact) -> str:  # type: ignore[override]
        return f"{obj.name}, {obj.title}" if obj.title else obj.name


class StatementForm(forms.Form):
    """One statement. Fields that don't belong to the letter are left out."""

    letter = forms.ChoiceField(choices=CHOICES, widget=forms.HiddenInput)
    kind = forms.ChoiceField(choices=IMPACTS, widget=forms.RadioSelect, label="Impact")
    statement = forms.CharField(label="What was said", widget=forms.Textarea(attrs={"rows": 3}))
    due_on = forms.DateField(required=False, label="Date", widget=Day)
    consequence = forms.CharField(
        required=False, label="What happens if they miss it", widget=forms.Textarea(attrs={"rows": 2})
    )
    said_by = PersonField(required=False, label="Who said it", empty_label="Nobody in particular")
    source = forms.ChoiceField(choices=BY_HAND, initial="meeting", label="Where it comes from")
    occurred_on = forms.DateField(label="When", widget=Day)
    evidence = forms.CharField(
        required=False, label="Evidence", help_text="A figure, a link, a document.", max_length=1000
    )

    def __init__(self, data: Any = None, *, account: Account, letter: str, today: dt.date, **kwargs: Any) -> None:
        initial = {"letter": letter, "occurred_on": today} | kwargs.pop("initial", {})
        super().__init__(data, initial=initial, **kwargs)
        self.today = today
        self.fields["said_by"].of(account)  # type: ignore[attr-defined]
        if letter != "impact":
            del self.fields["kind"]
        if letter != "critical_event":
            del self.fields["due_on"], self.fields["consequence"]

    @classmethod
    def over(cls, entry: SpicedEntry, *, today: dt.date) -> StatementForm:
        """The same statement, to be said better."""
        kept = ("statement", "kind", "due_on", "consequence", "said_by", "evidence")
        initial = {name: getattr(entry, name) for name in kept}
        return cls(account=entry.account, letter=entry.letter, today=today, initial=initial)

    def clean_occurred_on(self) -> dt.date:
        day: dt.date = self.cleaned_data["occurred_on"]
        if day > self.today:
            raise forms.ValidationError("This day is still to come.")
        return day

    @property
    def values(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name not in ("letter", "statement")}


class ConfirmForm(forms.Form):
    contact = PersonField(label="Who confirmed it", empty_label=None)

    def __init__(self, data: Any = None, *, account: Account) -> None:
        super().__init__(data)
        self.fields["contact"].of(account)  # type: ignore[attr-defined]
