"""What the rep says while the handoff is written: answers, people, promises."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.forms.tasks import Day
from accounts.models import BuyingRole, Stance
from journeys.onboarding.models import HandoffAnswer, PromiseKind
from journeys.onboarding.questions import Question

OPTIONAL_ROLE = [("", "Role unknown"), *BuyingRole.choices]
OPTIONAL_STANCE = [("", "Stance unknown"), *Stance.choices]


class AnswerForm(forms.Form):
    """One question. `over` is the version that somebody else saved and that the writer chose to replace."""

    text = forms.CharField(required=False, widget=forms.Textarea(attrs={"rows": 4}))
    due_on = forms.DateField(required=False, label="Date", widget=Day)
    consequence = forms.CharField(
        required=False, label="What happens if they miss it", widget=forms.Textarea(attrs={"rows": 2})
    )
    not_known = forms.BooleanField(required=False, label="Not known. Ask at the kickoff.")
    version = forms.IntegerField(required=False)
    over = forms.IntegerField(required=False)

    def __init__(self, data: Any = None, *, question: Question, answer: HandoffAnswer | None = None) -> None:
        names = ("text", "due_on", "consequence", "not_known", "version")
        initial = {name: getattr(answer, name) for name in names} if answer else {}
        super().__init__(data, initial=initial, auto_id=f"{question.code}_%s")
        self.question = question
        self.theirs: HandoffAnswer | None = None  # what somebody else saved meanwhile
        self.fields["text"].label = question.prompt
        self.fields["text"].help_text = question.hint
        if not question.dated:
            del self.fields["due_on"], self.fields["consequence"]

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        if said.get("not_known") and any(said.get(name) for name in ("text", "due_on", "consequence")):
            self.add_error("not_known", "There is an answer. Clear it first, or leave this unticked.")
        return said

    @property
    def seen_version(self) -> int | None:
        return self.cleaned_data.get("over") or self.cleaned_data.get("version")

    @property
    def values(self) -> dict[str, Any]:
        names = ("text", "not_known", "due_on", "consequence")
        return {name: self.cleaned_data[name] for name in names if name in self.fields}


class PersonForm(forms.Form):
    name = forms.CharField(max_length=160)
    title = forms.CharField(max_length=120, required=False)
    email = forms.EmailField(required=False, label="E-mail")
    buying_role = forms.ChoiceField(choices=OPTIONAL_ROLE, required=False, label="Role in the decision")
    stance = forms.ChoiceField(choices=OPTIONAL_STANCE, required=False)


class MarkForm(forms.Form):
    """What a person is in this deal."""

    buying_role = forms.ChoiceField(choices=OPTIONAL_ROLE, required=False, label="Role in the decision")
    stance = forms.ChoiceField(choices=OPTIONAL_STANCE, required=False)
    version = forms.IntegerField(required=False)

    @property
    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("buying_role", "stance") if name in self.data}


class PromiseForm(forms.Form):
    text = forms.CharField(max_length=300, label="What was promised")
    kind = forms.ChoiceField(choices=PromiseKind.choices, label="About")
    due_on = forms.DateField(required=False, label="By", widget=Day)
