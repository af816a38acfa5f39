"""What a person may say about a contact, and about one who leaves."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.answers import RowForm
from accounts.models import Account, Contact

DATE = {"type": "date"}


class ColleagueField(forms.ModelChoiceField):
    """Somebody else of the same account: a short list, so a plain select."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=Contact.objects.none(), required=False, **kwargs)

    def among(self, account: Account, but: Contact | None) -> None:
        people = Contact.objects.filter(account=account, departed_on=None)
        self.queryset = people.exclude(pk=but.pk) if but is not None and but.pk else people

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name}, {obj.title}" if obj.title else str(obj.name)


class ContactForm(RowForm):
    reports_to = ColleagueField(label=_("Reports to"), empty_label=_("Nobody here, or not known"))

    class Meta:
        model = Contact
        fields = (
            "name", "title", "email", "phone", "buying_role", "stance", "influence", "persona", "reports_to",
            "external_id",
        )  # fmt: skip
        labels = {"email": _("E-mail"), "buying_role": _("Part in the buying center"), "external_id": _("External id")}

    def __init__(self, data: Any = None, *, account: Account, row: Contact | None = None, **kwargs: Any) -> None:
        super().__init__(data, row=row, **kwargs)
        self.fields["reports_to"].among(account, row)  # type: ignore[attr-defined]


class DepartureForm(forms.Form):
    """When somebody leaves: where to, and who follows; one who isn't a contact yet is added on the way."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    on = forms.DateField(label=_("Last day"), widget=forms.DateInput(attrs=DATE))
    moved_to = forms.CharField(
        label=_("Now at"),
        max_length=200,
        required=False,
        help_text=_("The company they joined. Somebody who knows what you do is the best start there."),
    )
    successor = ColleagueField(label=_("Successor"), empty_label=_("Not known yet"))
    new_name = forms.CharField(label=_("Or a new person"), max_length=160, required=False)
    new_title = forms.CharField(label=_("Title of the new person"), max_length=120, required=False)
    new_email = forms.EmailField(label=_("E-mail of the new person"), required=False)

    def __init__(self, data: Any = None, *, contact: Contact, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["successor"].among(contact.account, contact)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("successor") and said.get("new_name"):
            self.add_error("new_name", _("Choose a successor from the list or name a new person, not both."))
        if not said.get("new_name") and (said.get("new_title") or said.get("new_email")):
            self.add_error("new_name", _("What is the name of the new person?"))
        return said
