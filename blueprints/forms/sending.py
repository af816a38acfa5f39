"""Endpoints and mail templates as a person describes them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.answers import RowForm
from blueprints.models import Endpoint, EndpointKind, MessageTemplate


class EndpointForm(RowForm):
    """The kind is said once: what waits was written for it."""

    # Of two kinds one is chosen from the start: an empty first choice would only be refused.
    kind = forms.ChoiceField(label=_("Kind"), choices=EndpointKind.choices)

    class Meta:
        model = Endpoint
        fields = ("name", "kind", "url")
        labels = {"name": _("Name"), "url": _("Address")}
        help_texts = {"url": _("https only, and outside of private networks. A webhook is signed with a secret.")}
        widgets = {"url": forms.URLInput(attrs={"placeholder": "https://"})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is not None:
            del self.fields["kind"]


class MessageTemplateForm(RowForm):
    class Meta:
        model = MessageTemplate
        fields = ("name", "subject", "body")
        labels = {"name": _("Name"), "subject": _("Subject"), "body": _("Text")}
        widgets = {"body": forms.Textarea(attrs={"rows": 12})}
