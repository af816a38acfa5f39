"""The third prompt: what has to happen, last step first."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.answers import RowForm
from accounts.forms.picks import MemberField
from accounts.models import Account
from journeys.critical_events.models import TimelineStep
from journeys.critical_events.models.step import LONGEST
from journeys.plans.forms.items import PersonField
from journeys.plans.models import Side

EMPTY_LINES = 4


class StepForm(RowForm):
    their_owner = PersonField(required=False, label=_("Who of them"), empty_label=_("Nobody yet"))
    our_owner = MemberField(required=False, label=_("Who of us"), help_text=_("Finds it among their tasks."))

    class Meta:
        model = TimelineStep
        fields = ("title", "days", "side", "their_owner", "our_owner", "slack")
        labels = {
            "title": _("What has to happen"), "days": _("Working days it takes"), "side": _("Whose turn"),
            "slack": _("Working days of air after it"),
        }  # fmt: skip
        help_texts = {"days": "", "slack": _("What may go wrong without the next step feeling it.")}

    def __init__(self, data: Any = None, *, account: Account, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["their_owner"].of(account)  # type: ignore[attr-defined]


class LineForm(forms.Form):
    """One step in a line; an empty line is none."""

    title = forms.CharField(required=False, max_length=200, label=_("What"))
    days = forms.IntegerField(min_value=1, max_value=LONGEST, initial=1, required=False, label=_("Working days"))
    side = forms.ChoiceField(choices=Side.choices, initial=Side.JOINT, required=False, label=_("Whose turn"))

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        return said | {"days": said.get("days") or 1, "side": said.get("side") or Side.JOINT}


class Lines(forms.BaseFormSet):
    @property
    def values(self) -> list[dict[str, Any]]:
        """What was filled in, last step first."""
        return [form.cleaned_data for form in self.forms if form.cleaned_data.get("title", "").strip()]


LineFormSet = forms.formset_factory(LineForm, formset=Lines, extra=EMPTY_LINES, max_num=20, absolute_max=20)
