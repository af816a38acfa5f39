"""What a person may ask of the past: a period, and another wording to hold beside the newest."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from blueprints.models import Play, PlayVersion


class BackTestForm(forms.Form):
    start = forms.DateField(label=_("From"), widget=forms.DateInput(attrs={"type": "date"}))
    end = forms.DateField(label=_("Up to and with"), widget=forms.DateInput(attrs={"type": "date"}))
    beside = forms.ModelChoiceField(
        PlayVersion.objects.none(), label=_("Beside it"), required=False, empty_label=_("nothing else"),
        help_text=_("An earlier wording of this play, over the same period."),
    )  # fmt: skip

    def __init__(self, *args: Any, play: Play, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        earlier = PlayVersion.objects.filter(play=play).exclude(pk=play.current().pk)
        self.fields["beside"].queryset = earlier.order_by("-number")  # type: ignore[attr-defined]
        self.fields["beside"].label_from_instance = self._label  # type: ignore[attr-defined]

    @staticmethod
    def _label(version: PlayVersion) -> str:
        return _("Version %(number)s") % {"number": version.number}
