"""What is said when something is agreed, reviewed, measured, achieved, confirmed, dropped or commented."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.tasks import Day
from accounts.models import Account
from journeys.plans.actions.comments import LONGEST
from journeys.plans.forms.items import Figure, PersonField, Short
from journeys.plans.models import Audience


class Versioned(forms.Form):
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


class PastDay(forms.DateField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=Day, **kwargs)


class Dated(Versioned):
    """Something that happened on a day, today unless said otherwise."""

    def __init__(self, data: Any = None, *, today: dt.date, version: int | None = None) -> None:
        super().__init__(data, initial={"on": today, "version": version})


class AgreeForm(forms.Form):
    """Whose yes it is: one's own, or a contact's that was said to us."""

    contact = PersonField(required=False, label=_("Who agrees"), empty_label=_("We do"))
    note = forms.CharField(required=False, max_length=300, label=_("Note"), help_text=_("Such as: at the kickoff."))

    def __init__(self, data: Any = None, *, account: Account) -> None:
        super().__init__(data)
        self.fields["contact"].of(account)  # type: ignore[attr-defined]


class ReviewForm(Dated):
    on = PastDay(label=_("Reviewed on"))
    note = forms.CharField(label=_("What came of it"), max_length=2000, widget=Short(3))


class CloseForm(Versioned):
    reason = forms.CharField(required=False, label=_("Why it is closed"), max_length=300)


class DropForm(Versioned):
    reason = forms.CharField(label=_("Why this is no longer aimed at"), max_length=300)


class MeasureForm(Dated):
    value = Figure(label=_("Measured"))
    on = PastDay(label=_("On"))
    evidence = forms.CharField(required=False, label=_("What shows it"), max_length=2000, widget=Short())
    url = forms.URLField(required=False, label=_("Link to it"), max_length=500, assume_scheme="https")


class AchieveForm(Dated):
    on = PastDay(label=_("Achieved on"))
    evidence = forms.CharField(
        label=_("What shows it"), max_length=2000, widget=Short(3), help_text=_("A figure, a link, somebody's words.")
    )


class ConfirmForm(forms.Form):
    contact = PersonField(label=_("Who confirmed it"), empty_label=None)
    name = forms.CharField(required=False, label=_("Signed as"), max_length=160, help_text=_("Empty: their name."))
    statement = forms.CharField(required=False, label=_("In their words"), max_length=2000, widget=Short())

    def __init__(self, data: Any = None, *, account: Account) -> None:
        super().__init__(data)
        self.fields["contact"].of(account)  # type: ignore[attr-defined]


class CommentForm(forms.Form):
    body = forms.CharField(label=_("Comment"), max_length=LONGEST, widget=Short(3))
    audience = forms.ChoiceField(
        label=_("Who may read it"), choices=list(reversed(Audience.choices)), initial=Audience.INTERNAL
    )
    on = forms.CharField(required=False, widget=forms.HiddenInput)
