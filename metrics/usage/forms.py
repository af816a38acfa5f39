"""What a person may say about usage: keys, metrics, how long raw events stay, whose usage it is."""

from __future__ import annotations

from django import forms

from accounts.forms.answers import RowForm
from accounts.forms.picks import AccountField
from metrics.usage.models import Intake, Metric


class WriteKeyForm(forms.Form):
    name = forms.CharField(max_length=80, help_text="What will send with it, such as “Web app”.")


class MetricForm(RowForm):
    """Source and key are said once: figures hang on them."""

    class Meta:
        model = Metric
        fields = ("name", "source", "key", "event", "where_property", "where_value", "aggregate", "property", "unit",
                  "active")  # fmt: skip
        labels = {"where_property": "Only where this property", "where_value": "has this value", "aggregate": "Figure",
                  "property": "Number from this property",
                  "active": "In use"}  # fmt: skip
        help_texts = {"key": "Its name in the API; made from the name when left empty.",
                      "where_property": "Leave both empty to count them all.",
                      "active": "Figures stay when a metric is taken out of use."}  # fmt: skip

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        for name in ("source", "key") if self.instance.pk else ("active",):
            del self.fields[name]
        if "key" in self.fields:
            self.fields["key"].required = False


class IntakeForm(RowForm):
    class Meta:
        model = Intake
        fields = ("raw_months",)
        labels = {"raw_months": "Months for which raw events stay"}


class MatchForm(forms.Form):
    account = AccountField(label="This is")
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


class MoveForm(forms.Form):
    account = AccountField(
        label="Its usage is of", required=False, help_text="Leave it empty to let it wait until somebody matches it."
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
