"""Answers, stakeholders, the meeting with them, the message, and stories for who went dark."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.answers import RowForm
from accounts.forms.tasks import Day
from accounts.models import Account
from journeys.critical_events.actions.answers import LONGEST
from journeys.critical_events.actions.messages import LONGEST as LONGEST_MESSAGE
from journeys.critical_events.actions.messages import LONGEST_SUBJECT
from journeys.critical_events.models import QUESTIONS, Stakeholder
from journeys.meetings.forms.schedule import Clock
from journeys.plans.forms.items import PersonField, Short


class OfAccount(forms.Form):
    def __init__(self, data: Any = None, *, account: Account, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial)
        for field in self.fields.values():
            if isinstance(field, PersonField):
                field.of(account)


class AnswerForm(OfAccount):
    question = forms.ChoiceField(
        choices=[(question.code, question.asks) for question in QUESTIONS], label=_("Question")
    )
    text = forms.CharField(max_length=LONGEST, label=_("What they said"), widget=Short(3))
    said_by = PersonField(required=False, label=_("Who said it"), empty_label=_("Nobody in particular"))
    on = forms.DateField(label=_("When"), widget=Day)


class StakeholderForm(RowForm):
    contact = PersonField(label=_("Who gains"), empty_label=_("Choose a person"))

    class Meta:
        model = Stakeholder
        fields = ("contact", "gains")
        labels = {"gains": _("What gets better for them")}
        help_texts = {"gains": ""}

    def __init__(self, data: Any = None, *, account: Account, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        if kwargs.get("row") is not None:
            del self.fields["contact"]
        else:
            self.fields["contact"].of(account)  # type: ignore[attr-defined]


class InviteForm(forms.Form):
    """Times are those on the workspace's wall."""

    on = forms.DateField(label=_("Day"), widget=Day)
    starts = forms.TimeField(label=_("From"), widget=Clock, initial=dt.time(10))
    minutes = forms.IntegerField(label=_("Minutes"), min_value=15, max_value=480, initial=50)
    place = forms.CharField(
        max_length=400, required=False, label=_("Place"), help_text=_("A room, or the link of the call.")
    )

    def times(self, zone: dt.tzinfo) -> dict[str, Any]:
        said = self.cleaned_data
        starts_at = dt.datetime.combine(said["on"], said["starts"], tzinfo=zone)
        ends_at = starts_at + dt.timedelta(minutes=said["minutes"])
        return {"starts_at": starts_at, "ends_at": ends_at, "place": said["place"]}


class MessageForm(OfAccount):
    to = PersonField(required=False, label=_("To"), empty_label=_("Nobody in particular"))
    subject = forms.CharField(
        max_length=LONGEST_SUBJECT, label=_("Subject"), widget=forms.TextInput({"data-subject": ""})
    )
    text = forms.CharField(
        max_length=LONGEST_MESSAGE, label=_("Text"), widget=forms.Textarea({"rows": 16, "data-body": ""}),
        help_text=_("The event, its cost and the way there. Whatever else there is to say goes into another mail."),
    )  # fmt: skip


class DarkForm(forms.Form):
    since = forms.DateField(label=_("Silent since"), widget=Day)
    items = forms.CharField(
        label=_("What to send, one a line"), widget=Short(5), max_length=4000,
        help_text=_("What others in their place reached, or something worth knowing. Ask for nothing."),
    )  # fmt: skip
    every_days = forms.IntegerField(label=_("Days from one to the next"), min_value=1, max_value=365, initial=14)
