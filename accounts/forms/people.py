"""What a person may say about people: inviting them, their role, their teams, and themselves."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth import password_validation
from django.db.models import Model

from accounts.actions.seen import fingerprint
from accounts.forms.answers import RowForm
from accounts.forms.picks import MemberField, TeamField
from accounts.models import Team, User
from accounts.models.user import DENSITIES, THEMES
from accounts.roles import PEOPLE_ROLE_CHOICES, Role


class InviteForm(forms.Form):
    email = forms.EmailField(label="E-mail address", widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    role = forms.ChoiceField(choices=PEOPLE_ROLE_CHOICES, initial=Role.CSM)


class RoleForm(forms.Form):
    """`seen` is the role that the page showed, so that a role changed meanwhile is noticed."""

    role = forms.ChoiceField(choices=PEOPLE_ROLE_CHOICES)
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def fingerprint(self, current: Model) -> str:
        return str(current.role)  # type: ignore[attr-defined]


class TeamForm(RowForm):
    manager = MemberField(required=False)
    parent = TeamField(required=False, label="Part of", help_text="A manager sees the teams below as well.")
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Team
        fields = ("name", "manager", "parent")

    def __init__(self, data: Any = None, *, row: Team | None = None) -> None:
        super().__init__(data, row=row, initial={"seen": fingerprint(row, self.Meta.fields) if row else ""})

    def fingerprint(self, current: Model) -> str:
        return fingerprint(current, self.Meta.fields)


class EndForm(forms.Form):
    successor = MemberField(
        required=False,
        label="Hand over to",
        help_text="Gets their accounts and open tasks; empty leaves them as they are.",
    )


class SeatForm(forms.Form):
    member = MemberField(label="Person")


class PreferencesForm(forms.Form):
    """All fields may stay out: the switch in the header sends the theme alone."""

    name = forms.CharField(max_length=120, label="Your name", required=False)
    theme = forms.ChoiceField(choices=THEMES, widget=forms.RadioSelect, required=False)
    density = forms.ChoiceField(choices=DENSITIES, widget=forms.RadioSelect, required=False,
                                help_text="How tall the rows of lists are.")  # fmt: skip
    single_keys = forms.BooleanField(required=False, label="Single-letter shortcuts",
                                     help_text="Such as j and k in a list. Ctrl K works either way.")  # fmt: skip
    whole = forms.BooleanField(required=False, initial=True, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, initial: dict[str, Any]) -> None:
        super().__init__(data, initial=initial)
        for name in ("name", "theme", "density"):
            self.fields[name].required = data is None or bool(data.get("whole"))

    @property
    def values(self) -> dict[str, Any]:
        """Only what was sent; an unticked box counts as said when the whole form came."""
        sent = {
            name: value for name, value in self.cleaned_data.items() if value not in ("", None) and name in self.data
        }
        if self.cleaned_data.get("whole"):
            sent["single_keys"] = self.cleaned_data["single_keys"]
        sent.pop("whole", None)
        return sent


class JoinForm(forms.Form):
    """Somebody new: a name and a password for the address that was invited."""

    name = forms.CharField(max_length=120, label="Your name", widget=forms.TextInput(attrs={"autocomplete": "name"}))
    password = forms.CharField(
        label="Password", strip=False, help_text="At least 12 characters; a sentence is easy to keep in mind.",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, email: str) -> None:
        self.email = email
        super().__init__(data)

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        if password := said.get("password"):
            try:
                password_validation.validate_password(password, User(email=self.email, name=said.get("name", "")))
            except forms.ValidationError as error:
                self.add_error("password", error)
        return said
