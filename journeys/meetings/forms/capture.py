"""What is written down while people talk, and the closing questions."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms

from accounts.forms.tasks import Day
from accounts.models import User
from journeys.meetings.models import Attendee, GoalMet, Meeting, NextStep, StepSide

YES_NO = [("yes", "Yes"), ("no", "No")]


class NotesForm(forms.Form):
    notes = forms.CharField(
        required=False, max_length=50_000, strip=False, label="Notes",
        widget=forms.Textarea(attrs={"rows": 10}), help_text="Only we read them.",
    )  # fmt: skip
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    over = forms.IntegerField(required=False, widget=forms.HiddenInput)

    @property
    def seen_version(self) -> int | None:
        return self.cleaned_data.get("over") or self.cleaned_data.get("version")


class DecisionForm(forms.Form):
    text = forms.CharField(max_length=500, label="What was decided")


class StepForm(forms.Form):
    """One line: what, who of either side, by when."""

    what = forms.CharField(max_length=200, label="What is to be done")
    who = forms.ChoiceField(label="Who")
    due_on = forms.DateField(label="By", widget=Day)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        data: Any = None,
        *,
        meeting: Meeting,
        today: dt.date,
        me: User | None = None,
        step: NextStep | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data, **kwargs)
        self.people = {_code(each): each for each in meeting.attendees.select_related("user", "contact")}
        if step is not None:
            self._stands_as(step)
        ours = [(code, each.name) for code, each in self.people.items() if each.is_ours]
        theirs = [(code, each.name) for code, each in self.people.items() if not each.is_ours]
        self.fields["who"].choices = [  # type: ignore[attr-defined]
            ("Us", [*ours, (StepSide.US.value, "Somebody of us")]),
            ("Them", [*theirs, (StepSide.THEM.value, "Somebody of them")]),
        ]
        # Whoever writes takes it, unless they say otherwise: the first by name never asked for it.
        if me and f"u{me.pk}" in self.people:
            self.initial.setdefault("who", f"u{me.pk}")
        self.initial.setdefault("due_on", today + dt.timedelta(days=7))

    def _stands_as(self, step: NextStep) -> None:
        """Whoever has it stays to be chosen, on the meeting's list or not."""
        owner = Attendee(user=step.user, contact=step.contact)
        if step.owner:
            self.people.setdefault(_code(owner), owner)
        named = _code(owner) if step.owner else step.side
        self.initial.update(what=step.what, who=named, due_on=step.due_on, version=step.version)

    @property
    def values(self) -> dict[str, Any]:
        said = self.cleaned_data
        attendee = self.people.get(said["who"])
        if attendee is None:
            owner: dict[str, Any] = {"side": said["who"]}
        elif attendee.is_ours:
            owner = {"side": StepSide.US, "user": attendee.user}
        else:
            owner = {"side": StepSide.THEM, "contact": attendee.contact}
        return owner | {"what": said["what"], "due_on": said["due_on"]}


def _code(attendee: Attendee) -> str:
    return f"{'u' if attendee.is_ours else 'c'}{attendee.user_id or attendee.contact_id}"


class GuestForm(forms.Form):
    role = forms.CharField(max_length=120, required=False, label="Part in this meeting")
    context = forms.CharField(
        required=False,
        max_length=2000,
        label="What they know of the engagement",
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip


class CancelForm(forms.Form):
    reason = forms.CharField(max_length=300, required=False, help_text="Whoever was invited reads it.")
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


class CloseForm(forms.Form):
    """The questions of the last five minutes, in the order in which they are asked."""

    goal_met = forms.ChoiceField(choices=GoalMet.choices, widget=forms.RadioSelect, label="Was the goal met?")
    ready = forms.ChoiceField(
        choices=YES_NO, required=False, widget=forms.RadioSelect, label="Is everybody ready to go on?"
    )
    next_outcome = forms.CharField(max_length=400, required=False, label="What is the outcome of the next meeting?")
    next_people = forms.CharField(max_length=400, required=False, label="Who must be there?")
    next_async = forms.ChoiceField(
        choices=YES_NO, required=False, widget=forms.RadioSelect, label="Could it be done in writing instead?"
    )
    attended = forms.ModelMultipleChoiceField(
        Attendee.objects.none(), required=False, widget=forms.CheckboxSelectMultiple, label="Who was there?"
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, meeting: Meeting, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        there = meeting.attendees.select_related("user", "contact")
        self.fields["attended"].queryset = there  # type: ignore[attr-defined]
        self.initial["attended"] = [each.pk for each in there if each.attended is not False]
        self.initial["version"] = meeting.version

    @property
    def values(self) -> dict[str, Any]:
        said = self.cleaned_data
        return {
            "goal_met": said["goal_met"],
            "ready_to_go_on": _yes_no(said["ready"]),
            "next_outcome": said["next_outcome"],
            "next_people": said["next_people"],
            "next_async": _yes_no(said["next_async"]),
            "attended": [each.pk for each in said["attended"]],
            "version": said["version"],
        }


def _yes_no(said: str) -> bool | None:
    return None if not said else said == "yes"
