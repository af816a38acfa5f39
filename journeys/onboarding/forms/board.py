"""When onboarding rests, and how long it should take."""

from __future__ import annotations

from django import forms

from accounts.forms.answers import RowForm
from accounts.forms.tasks import Day
from journeys.onboarding.models import OnboardingTarget


class HoldForm(forms.Form):
    reason = forms.CharField(max_length=300, label="Why it rests")
    until_on = forms.DateField(
        required=False, label="Until", widget=Day, help_text="Empty: until somebody goes on. The days go on counting."
    )


class TargetForm(RowForm):
    class Meta:
        model = OnboardingTarget
        fields = ("segment", "days")
        labels = {"days": "Days to First Impact"}
        help_texts = {"segment": "As it is written on accounts. Empty: every segment without a line of its own."}
