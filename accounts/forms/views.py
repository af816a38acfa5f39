"""What a person may say about a saved view."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class ViewForm(forms.Form):
    name = forms.CharField(max_length=60, label=_("Name"))
    shared = forms.BooleanField(label=_("Everybody here can use it"), required=False)
    query = forms.CharField(max_length=2000, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, may_share: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_share:
            # Stays as it was; a view of one's own is never shared by leaving the box out.
            self.fields["shared"].disabled = True
