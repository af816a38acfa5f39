"""What a person may say about a play: its name, its reason, its steps."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.answers import RowForm
from blueprints.actions.plays import LATEST, LONGEST_TITLE, MOST_STEPS, ROLES
from blueprints.models import Play

BLANK_ROWS = 2


class PlayForm(RowForm):
    class Meta:
        model = Play
        fields = ["name", "because"]
        widgets = {"because": forms.Textarea(attrs={"rows": 2})}


class StepForm(forms.Form):
    title = forms.CharField(label=_("What is to be done"), max_length=LONGEST_TITLE)
    role = forms.ChoiceField(label=_("By whom"), choices=list(ROLES.items()), initial="csm")
    days = forms.IntegerField(label=_("Within business days"), min_value=0, max_value=LATEST, initial=2)
    detail = forms.CharField(label=_("How"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))
    blueprint = forms.CharField(required=False, max_length=4, widget=forms.HiddenInput)


class Steps(forms.BaseFormSet):
    """Rows with a place; a blank row is no step, a removed one is gone."""

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["ORDER"].label = _("Place")
        form.fields["DELETE"].label = _("Remove")

    @property
    def said(self) -> list[dict[str, Any]]:
        kept = [form.cleaned_data for form in self.ordered_forms if form.cleaned_data.get("title")]
        return [{name: step[name] for name in ("title", "role", "days", "detail", "blueprint")} for step in kept]


StepFormSet = forms.formset_factory(
    StepForm,
    formset=Steps,
    extra=BLANK_ROWS,
    max_num=MOST_STEPS,
    validate_max=True,
    can_delete=True,
    can_order=True,
)
