"""What a person leaves on the timeline."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

KINDS = [("note", _("Note")), ("call", _("Call")), ("email", _("E-mail")), ("meeting", _("Meeting"))]


class NoteForm(forms.Form):
    kind = forms.ChoiceField(choices=KINDS, initial="note", label=_("Kind"), widget=forms.RadioSelect)
    body = forms.CharField(
        max_length=20_000,
        label=_("What did you learn?"),
        widget=forms.Textarea(attrs={"rows": 2, "placeholder": _("What did you learn about impact or risk?")}),
    )
    occurred_on = forms.DateField(
        label=_("When"), required=False, widget=forms.DateInput(attrs={"type": "date"}), help_text=_("Empty for now.")
    )
