"""What a person may say about a task."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.forms.answers import RowForm
from accounts.forms.picks import AccountField, MemberField
from accounts.models import Outcome, Task
from accounts.models.account import AccountQuerySet


class Day(forms.DateInput):
    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class TaskForm(RowForm):
    """A task's words, day and person; an existing task stays with its account."""

    account = AccountField(required=False)
    assignee = MemberField(required=False, label="Who", help_text="Without a person it waits for somebody.")

    class Meta:
        model = Task
        fields = ("title", "account", "assignee", "due_on", "detail")
        labels = {"title": "What", "due_on": "Due", "detail": "Details"}
        widgets = {"due_on": Day, "detail": forms.Textarea(attrs={"rows": 4})}

    def __init__(self, *args: Any, accounts: AccountQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if kwargs.get("row") is not None:
            del self.fields["account"]
        else:
            self.fields["account"].rows = accounts  # type: ignore[attr-defined]


class CompleteForm(forms.Form):
    outcome = forms.ChoiceField(choices=Outcome.choices, label="What came of it", widget=forms.RadioSelect,
                                initial=Outcome.ACHIEVED)  # fmt: skip
    note = forms.CharField(required=False, label="Note", max_length=4000, widget=forms.Textarea(attrs={"rows": 3}))
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


class DropForm(forms.Form):
    reason = forms.CharField(label="Why it won't be done", max_length=500)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


class SnoozeForm(forms.Form):
    until = forms.DateField(label="Until", widget=Day, help_text="The due date stays as it is.")
    reason = forms.CharField(label="Why it can wait", max_length=200)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


class ReassignForm(forms.Form):
    assignee = MemberField(label="Who takes it")


class DueForm(forms.Form):
    due_on = forms.DateField(label="Due", widget=Day)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
