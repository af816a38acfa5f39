"""What moves a handoff on: to whom and when, taken or returned, given to another rep, dropped; then settled."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms

from accounts.forms.picks import MemberField
from accounts.forms.tasks import Day
from accounts.models import Account
from journeys.forms import PersonField
from journeys.onboarding.models import PromiseOutcome
from journeys.onboarding.questions import QUESTIONS, Question


class SubmitForm(forms.Form):
    """To whom and when. An empty day of commitment leaves it as it is."""

    csm = MemberField(required=False, label="CSM", help_text="Left empty, whoever takes it.")
    kickoff_on = forms.DateField(required=False, label="Proposed kickoff", widget=Day)
    committed_on = forms.DateField(required=False, label="Committed on", widget=Day)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_committed_on(self) -> dt.date | None:
        day: dt.date | None = self.cleaned_data["committed_on"]
        if day is not None and day > self.today:
            raise forms.ValidationError("A handoff begins once the deal is committed.")
        return day

    @property
    def values(self) -> dict[str, Any]:
        given = {name: self.cleaned_data[name] for name in ("csm", "kickoff_on")}
        committed_on = self.cleaned_data["committed_on"]
        return given | ({"committed_on": committed_on} if committed_on else {})


class AcceptForm(forms.Form):
    csm = MemberField(label="CSM", help_text="The account is theirs from now on.")
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


class ReturnForm(forms.Form):
    """A reason beside any question; at least one of them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for question in QUESTIONS:
            self.fields[question.code] = forms.CharField(
                required=False,
                label=f"Ask back about {question.label[0].lower()}{question.label[1:]}",
                widget=forms.Textarea(attrs={"rows": 1}),
                max_length=1000,
            )

    @property
    def reasons(self) -> dict[str, str]:
        return {question.code: self.cleaned_data.get(question.code, "") for question in QUESTIONS}


class RepForm(forms.Form):
    rep = MemberField(label="Sales rep", help_text="Responsible from now on, until the handoff is accepted.")
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


class DropForm(forms.Form):
    reason = forms.CharField(
        label="Why the deal falls through", widget=forms.Textarea(attrs={"rows": 3}), max_length=1000
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


class SettleForm(forms.Form):
    outcome = forms.ChoiceField(choices=PromiseOutcome.choices, label="What became of it", widget=forms.RadioSelect)
    note = forms.CharField(required=False, max_length=300, label="What happened")
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


class AgendaForm(forms.Form):
    text = forms.CharField(label="Answer", widget=forms.Textarea(attrs={"rows": 3}))
    due_on = forms.DateField(required=False, label="Date", widget=Day)
    consequence = forms.CharField(required=False, label="What happens if they miss it")
    said_by = PersonField(required=False, label="Who said it", empty_label="Nobody in particular")
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, account: Account, question: Question, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["said_by"].of(account)  # type: ignore[attr-defined]
        if not question.dated:
            del self.fields["due_on"], self.fields["consequence"]

    @property
    def values(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name not in ("text", "version")}
