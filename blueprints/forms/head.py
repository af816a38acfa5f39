"""What a play is called, why it matters, what it listens to, and what holds it back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from blueprints.forms.happenings import to_listen_to
from blueprints.models import PlayKind

APPROVE = [("", _("E-mails to customers wait")), ("yes", _("E-mails to customers wait, whatever a step says")),
           ("no", _("Nothing waits"))]  # fmt: skip
TRUTH = {"yes": True, "no": False}
NUMBERS = ("cool_down_days", "per_csm_day", "breaker_per_hour", "hold_out_percent")
WATCHES = _("Watch facts: it fires when the conditions become true")


class HeadForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=80)
    kind = forms.ChoiceField(label=_("Kind"), choices=PlayKind.choices)
    because = forms.CharField(
        label=_("Because"), max_length=2_000, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Why this is worth doing. It stands beside every task that comes of it."),
    )  # fmt: skip
    trigger = forms.ChoiceField(label=_("When"), required=False)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, known: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if known:
            # What it listens to is part of what it is: matches of old would lose their meaning.
            del self.fields["trigger"]
            return
        choices: list[Any] = [("", WATCHES), *to_listen_to()]
        self.fields["trigger"].choices = choices  # type: ignore[attr-defined]


class GuardsForm(forms.Form):
    cool_down_days = forms.IntegerField(
        label=_("Cool-down in days"), required=False, min_value=0, max_value=3_650,
        help_text=_("Not again at the same account before."),
    )  # fmt: skip
    per_csm_day = forms.IntegerField(
        label=_("At most for each CSM and day"), required=False, min_value=1, max_value=1_000,
        help_text=_("What is more waits for the next day."),
    )  # fmt: skip
    breaker_per_hour = forms.IntegerField(
        label=_("Circuit breaker: more in an hour"), required=False, min_value=1, max_value=100_000,
        help_text=_("It stops and asks a person."),
    )  # fmt: skip
    hold_out_percent = forms.IntegerField(
        label=_("Hold-out in percent"), required=False, min_value=0, max_value=90,
        help_text=_("Left alone at random, to see what the play is worth."),
    )  # fmt: skip
    quiet_from = forms.TimeField(label=_("Quiet from"), required=False, widget=forms.TimeInput(
        attrs={"type": "time"}, format="%H:%M"))  # fmt: skip
    quiet_until = forms.TimeField(label=_("Quiet until"), required=False, widget=forms.TimeInput(
        attrs={"type": "time"}, format="%H:%M"))  # fmt: skip
    approve = forms.ChoiceField(label=_("Approval"), required=False, choices=APPROVE)
    weekends = forms.BooleanField(label=_("Quiet on weekends and public holidays"), required=False)
    leave_when_over = forms.BooleanField(
        label=_("Close open tasks as soon as the conditions no longer hold"), required=False
    )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if bool(said.get("quiet_from")) != bool(said.get("quiet_until")):
            self.add_error("quiet_until", _("Both hours, or none."))
        return said

    @property
    def said(self) -> dict[str, Any]:
        """As guards.py has them; what isn't said isn't there."""
        given = self.cleaned_data
        found: dict[str, Any] = {name: given[name] for name in NUMBERS if given.get(name) is not None}
        quiet: dict[str, Any] = {}
        if given.get("quiet_from") and given.get("quiet_until"):
            quiet = {"from": f"{given['quiet_from']:%H:%M}", "until": f"{given['quiet_until']:%H:%M}"}
        if given.get("weekends"):
            quiet["weekends"] = True
        found |= {"quiet": quiet} if quiet else {}
        found |= {"approve": TRUTH[given["approve"]]} if given.get("approve") else {}
        return found | ({"leave_when_over": True} if given.get("leave_when_over") else {})


def first_of(guards: Mapping[str, Any]) -> dict[str, Any]:
    """Kept guards as the form's first values."""
    quiet = guards.get("quiet") or {}
    words = {True: "yes", False: "no"}
    return {name: guards.get(name) for name in NUMBERS} | {
        "quiet_from": quiet.get("from"),
        "quiet_until": quiet.get("until"),
        "weekends": quiet.get("weekends", False),
        "approve": words.get(guards.get("approve"), ""),  # type: ignore[arg-type]
        "leave_when_over": guards.get("leave_when_over", False),
    }
