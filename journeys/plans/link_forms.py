"""With whom a plan is shared, and through whose eyes it is looked at."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Contact
from journeys.plans.actions import sharing
from journeys.plans.models import Audience, Plan
from journeys.plans.models.sharing import READERS

BY_ROLE = ("", _("What fits their part"))


class ShareForm(forms.Form):
    contact = forms.ModelChoiceField(Contact.objects.none(), label=_("Person"), empty_label=_("Choose who gets it"))
    audience = forms.ChoiceField(label=_("Reads what is for"), required=False, choices=[BY_ROLE, *READERS])
    days = forms.IntegerField(
        label=_("Works for"), min_value=1, max_value=sharing.LONGEST, initial=sharing.DAYS, help_text=_("Days.")
    )
    mail = forms.BooleanField(label=_("Mail the link to them"), required=False)

    def __init__(self, data: Any = None, *, plan: Plan) -> None:
        super().__init__(data)
        people = Contact.objects.present().filter(account=plan.account_id).exclude(email="")
        self.fields["contact"].queryset = people  # type: ignore[attr-defined]


class PretendForm(forms.Form):
    """An unknown choice shows what everyone reads."""

    audience = forms.ChoiceField(label=_("Audience"), required=False, choices=READERS)
    contact = forms.ModelChoiceField(
        Contact.objects.none(), label=_("Person"), required=False, empty_label=_("Nobody in particular")
    )

    def __init__(self, data: Any, *, plan: Plan, internal: bool = False) -> None:
        super().__init__(data)
        self.fields["contact"].queryset = Contact.objects.present().filter(account=plan.account_id)  # type: ignore[attr-defined]
        if internal:
            self.fields["audience"].choices = Audience.choices  # type: ignore[attr-defined]

    @property
    def person(self) -> Contact | None:
        return self.cleaned_data.get("contact") if self.is_valid() else None

    @property
    def eyes(self) -> str:
        """As chosen; else the chosen person's; else everyone's."""
        said = self.cleaned_data.get("audience", "") if self.is_valid() else ""
        return said or (sharing.audience_for(self.person) if self.person else Audience.EVERYONE)
