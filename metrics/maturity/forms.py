"""What people type about maturity: levels of an account, a template's questions, what cells mean."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import yaml
from django import forms
from django.utils.translation import gettext_lazy as _

from metrics.maturity import index
from metrics.maturity.models import Matrix, MaturityTemplate

ANSWER = "answers."


class AssessForm(forms.Form):
    """A level for each question, a note, and the day it was found on."""

    on = forms.DateField(label=_("Found on"), widget=forms.DateInput(attrs={"type": "date"}))
    note = forms.CharField(max_length=500, required=False, label=_("Note"), widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, data: Any = None, *, template: MaturityTemplate, initial: dict[str, Any]) -> None:
        super().__init__(data, initial=initial)
        self.keys = [question["key"] for question in template.questions]
        for question in template.questions:
            choices = [(str(n), text) for n, text in enumerate(question["levels"], start=1)]
            self.fields[ANSWER + question["key"]] = forms.ChoiceField(
                label=question["text"], choices=choices, widget=forms.RadioSelect
            )
        self.order_fields([*(ANSWER + key for key in self.keys), "on", "note"])

    @property
    def answers(self) -> dict[str, int]:
        return {key: int(self.cleaned_data[ANSWER + key]) for key in self.keys}


AREA_LABELS = (
    ("people", _("People")), ("process", _("Process")), ("technology", _("Technology")), ("data", _("Data")),
    ("strategy", _("Strategy")),
)  # fmt: skip


class NameForm(forms.Form):
    """What a template is called, beside its questions."""

    name = forms.CharField(max_length=80, label=_("Name"))
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    count = forms.IntegerField(required=False, widget=forms.HiddenInput)


class QuestionForm(forms.Form):
    """One question; its key stays, since answers are known by it."""

    key = forms.CharField(max_length=40, widget=forms.HiddenInput)
    text = forms.CharField(max_length=index.LONGEST, label=_("Question"))
    area = forms.ChoiceField(choices=AREA_LABELS, label=_("Area"))
    level_1 = forms.CharField(max_length=index.LONGEST, label=_("Level 1, the lowest"))
    level_2 = forms.CharField(max_length=index.LONGEST, label=_("Level 2"))
    level_3 = forms.CharField(max_length=index.LONGEST, label=_("Level 3"))
    level_4 = forms.CharField(max_length=index.LONGEST, label=_("Level 4, the highest"))

    @property
    def question(self) -> dict[str, Any]:
        said = self.cleaned_data
        return {
            "key": said["key"], "area": said["area"], "text": said["text"],
            "levels": [said[f"level_{n}"] for n in index.LEVELS],
        }  # fmt: skip


def question_forms(questions: Sequence[index.Question]) -> list[QuestionForm]:
    """As they are kept, or as somebody is typing them."""
    return [
        QuestionForm(
            prefix=f"q{n}",
            initial={name: each[name] for name in ("key", "text", "area")}
            | {f"level_{m}": text for m, text in zip(index.LEVELS, each["levels"], strict=True)},
        )
        for n, each in enumerate(questions)
    ]


def bound_questions(data: Mapping[str, str]) -> list[QuestionForm]:
    return [QuestionForm(data, prefix=f"q{n}") for n in range(_count(data))]


def typed_questions(data: Mapping[str, str]) -> list[dict[str, Any]]:
    """Whatever stands in the fields, right or wrong."""
    return [
        {name: data.get(f"q{n}-{name}", "") for name in ("key", "text", "area")}
        | {"levels": [data.get(f"q{n}-level_{m}", "") for m in index.LEVELS]}
        for n in range(_count(data))
    ]


def shaped(questions: list[dict[str, Any]], act: str) -> list[dict[str, Any]]:
    """One question more ("add"), less ("drop:2") or at another place ("up:2", "down:2"); else as they are."""
    verb, _colon, said = act.partition(":")
    place = int(said) if said.isascii() and said.isdigit() and len(said) < 4 else len(questions)
    if verb == "add" and len(questions) < index.MOST:
        keys = {each["key"] for each in questions}
        key = next(name for n in range(1, index.MOST + 2) if (name := f"question_{n}") not in keys)
        return [*questions, {"key": key, "text": "", "area": index.AREAS[0], "levels": [""] * len(index.LEVELS)}]
    other = {"up": place - 1, "down": place + 1}.get(verb, place)
    if not (0 <= place < len(questions) and 0 <= other < len(questions)):
        return questions
    if verb == "drop":
        return questions[:place] + questions[place + 1 :]
    questions[place], questions[other] = questions[other], questions[place]
    return questions


def _count(data: Mapping[str, str]) -> int:
    said = data.get("count", "")
    return min(int(said), index.MOST + 1) if said.isascii() and said.isdigit() and len(said) < 4 else 0


class TemplateForm(forms.Form):
    """The questions as readable text, which lives well in version control."""

    name = forms.CharField(max_length=80)
    questions = forms.CharField(
        max_length=60_000,
        label=_("Questions"),
        widget=forms.Textarea(attrs={"rows": 24, "class": "input font-mono", "spellcheck": "false"}),
        help_text=_("YAML: a list of key, area (people, process, technology, data, strategy), text and four levels."),
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def clean_questions(self) -> Any:
        try:
            text = self.cleaned_data["questions"]
            if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=yaml.SafeLoader)):
                raise forms.ValidationError(_("References to other parts (&, *) aren’t read: write it out."))
            read = yaml.safe_load(text)
            json.dumps(read)
        except (yaml.YAMLError, ValueError, TypeError, RecursionError) as error:
            raise forms.ValidationError(_("This isn’t YAML that can be read.")) from error
        if found := index.problems(read):
            raise forms.ValidationError(found)
        return read


def as_text(questions: Any) -> str:
    return yaml.safe_dump(questions, sort_keys=False, allow_unicode=True, width=100)


class MatrixForm(forms.Form):
    """Where high begins, and for each cell a name, what is done, and the hours that it takes."""

    health_from = forms.IntegerField(min_value=1, max_value=100, label=_("High health from"))
    maturity_from = forms.IntegerField(min_value=1, max_value=100, label=_("High maturity from"))
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, matrix: Matrix) -> None:
        initial: dict[str, Any] = {
            "health_from": matrix.health_from, "maturity_from": matrix.maturity_from, "version": matrix.version,
        }  # fmt: skip
        super().__init__(data, initial=initial)
        for cell in index.CELLS:
            said = matrix.cells[cell]
            usual = index.USUAL_CELLS[cell]["label"]
            words = forms.Textarea(attrs={"rows": 2})
            self.fields |= {
                f"{cell}-label": forms.CharField(max_length=40, label=usual, initial=said["label"]),
                f"cells.{cell}": forms.CharField(
                    max_length=index.LONGEST, label=f"{usual}: what is done", initial=said["policy"], widget=words
                ),
                f"{cell}-hours": forms.IntegerField(
                    min_value=0, max_value=index.MOST_HOURS, label=f"{usual}: hours a month", initial=said["hours"]
                ),
            }

    @property
    def values(self) -> dict[str, Any]:
        said = self.cleaned_data
        cells = {
            cell: {"label": said[f"{cell}-label"], "policy": said[f"cells.{cell}"], "hours": said[f"{cell}-hours"]}
            for cell in index.CELLS
        }
        return {"health_from": said["health_from"], "maturity_from": said["maturity_from"], "cells": cells}
