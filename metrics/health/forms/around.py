"""The small forms: a model's name and accounts, who is asked, a judgement, a score set by hand, a file."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms

from accounts.forms.picks import MemberField
from accounts.models import Phase, Touch
from metrics.health.actions.hand import LONGEST
from metrics.health.definitions import Measure
from metrics.health.models import HealthModel, SignRole

# What the form can say; any other tree stays as it is and is shown in words.
SIMPLE = ("account.phase", "account.segment", "account.touch_model")
LARGEST_FILE = 200_000


class ModelForm(forms.Form):
    """Whom a model scores: all that is chosen must hold; nothing chosen is everybody."""

    name = forms.CharField(max_length=80)
    phases = forms.MultipleChoiceField(
        choices=Phase.choices, required=False, widget=forms.CheckboxSelectMultiple, label="Only in these phases"
    )
    segments = forms.CharField(
        max_length=500, required=False, label="Only in these segments", help_text="Separated by commas."
    )
    touch_models = forms.MultipleChoiceField(
        choices=Touch.choices, required=False, widget=forms.CheckboxSelectMultiple, label="Only with this touch"
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, model: HealthModel | None = None) -> None:
        super().__init__(data, initial=_said(model) if model else None)
        self.kept = model.applies if model and not is_simple(model.applies) else None
        for name in ("phases", "segments", "touch_models") if self.kept else ():
            del self.fields[name]

    @property
    def values(self) -> dict[str, Any]:
        return {"name": self.cleaned_data["name"], "applies": self.kept or _tree(self.cleaned_data)}


def is_simple(tree: Any) -> bool:
    if not tree:
        return True
    children = tree.get("all")
    return isinstance(children, list) and all(
        set(each) == {"fact", "in"} and each["fact"] in SIMPLE for each in children
    )


def _tree(said: dict[str, Any]) -> dict[str, Any]:
    segments = [part.strip() for part in said["segments"].split(",") if part.strip()]
    rows = zip(SIMPLE, (said["phases"], segments, said["touch_models"]), strict=True)
    children = [{"fact": fact, "in": list(values)} for fact, values in rows if values]
    return {"all": children} if children else {}


def _said(model: HealthModel) -> dict[str, Any]:
    first: dict[str, Any] = {"name": model.name, "version": model.version}
    if is_simple(model.applies):
        known = {each["fact"]: each["in"] for each in model.applies.get("all", [])}
        first["phases"] = known.get("account.phase", [])
        first["segments"] = ", ".join(known.get("account.segment", []))
        first["touch_models"] = known.get("account.touch_model", [])
    return first


class AskForm(forms.Form):
    person = MemberField(label="Who is asked")
    role = forms.ChoiceField(choices=SignRole.choices, label="For")


class DecideForm(forms.Form):
    note = forms.CharField(max_length=300, required=False, label="A word to it",
                           widget=forms.Textarea(attrs={"rows": 3}))  # fmt: skip


class JudgeForm(forms.Form):
    """Levels and reasons are the model's."""

    level = forms.ChoiceField(widget=forms.RadioSelect)
    reason = forms.ChoiceField(required=False)
    note = forms.CharField(max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, data: Any = None, *, measure: Measure) -> None:
        super().__init__(data)
        self.fields["level"].choices = [(each.key, each.label) for each in measure.levels]  # type: ignore[attr-defined]
        if measure.reasons:
            self.fields["reason"].required = True
            self.fields["reason"].choices = [("", "–"), *measure.reasons]  # type: ignore[attr-defined]
        else:
            del self.fields["reason"]


class OverrideForm(forms.Form):
    score = forms.IntegerField(min_value=0, max_value=100)
    reason = forms.CharField(max_length=300, help_text="What you know and the figures don’t.")
    until = forms.DateField(widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, data: Any = None, *, today: dt.date) -> None:
        super().__init__(data, initial={"until": today + dt.timedelta(days=14)})
        self.fields["until"].help_text = f"At most {LONGEST.days} days from now."


class BringForm(forms.Form):
    file = forms.FileField(required=False, label="A YAML file")
    text = forms.CharField(required=False, max_length=LARGEST_FILE, label="Or its text",
                           widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false"}))  # fmt: skip

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        upload = said.get("file")
        if upload is not None and upload.size > LARGEST_FILE:
            self.add_error("file", "A model is a few pages of text; this file is far larger.")
        elif upload is not None:
            said["text"] = upload.read().decode("utf-8", errors="replace")
        elif not said.get("text", "").strip():
            self.add_error("text", "Choose a file, or paste its text.")
        return said
