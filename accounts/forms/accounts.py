"""What a person may say about an account: its own facts, who holds it, and the fields the workspace added."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.forms.answers import RowForm
from accounts.forms.picks import AccountField, MemberField
from accounts.models import Account, CustomField, FieldType
from accounts.models.account import AccountQuerySet

OWN = "custom."
DATE = {"type": "date"}


class DomainField(forms.CharField):
    """Of an address that was pasted, its domain: https://acme.com/about is acme.com. The action says what is none."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=253, required=False, **kwargs)

    def to_python(self, value: Any) -> str:
        said = super().to_python(value) or ""
        try:
            host = urlsplit(said if "//" in said else f"//{said}").hostname
        except ValueError:
            return said
        return (host or said).rstrip(".")


class AccountForm(RowForm):
    domain = DomainField(label=_("Domain"), help_text=_("Such as acme.com."))
    csm = MemberField(label=_("CSM"), required=False)
    ae = MemberField(label=_("Account executive"), required=False)
    delivery = MemberField(label=_("Delivery"), required=False)
    parent = AccountField(label=_("Part of"), required=False, help_text=_("The group or holding above it."))

    class Meta:
        model = Account
        fields = (
            "name", "domain", "industry", "segment", "region", "touch_model", "currency", "external_id",
            "csm", "ae", "delivery", "parent",
        )  # fmt: skip
        labels = {"touch_model": _("Touch model"), "external_id": _("External id")}
        help_texts = {
            "currency": _("Three letters, such as USD. Contracts are in this currency."),
            "external_id": _("What another system calls it."),
        }

    def __init__(
        self,
        data: Any = None,
        *,
        row: Account | None = None,
        own_fields: Iterable[CustomField] = (),
        visible: AccountQuerySet | None = None,
        owners: bool = True,
        initial: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(data, row=row, initial=initial)
        self.fields["parent"].rows = visible  # type: ignore[attr-defined]
        if not owners:
            for name in ("csm", "ae", "delivery"):
                del self.fields[name]
        kept = row.custom if row is not None else {}
        for field in own_fields:
            self.fields[OWN + field.key] = _own_field(field, kept.get(field.key))

    @property
    def values(self) -> dict[str, Any]:
        """Own fields as `custom`, those alone that this person changed: others may have been changed by others."""
        values = {name: value for name, value in super().values.items() if not name.startswith(OWN)}
        changed = [name for name in self.changed_data if name.startswith(OWN)]
        return values | {"custom": {name.removeprefix(OWN): self.cleaned_data[name] for name in changed}}

    @property
    def own_names(self) -> list[str]:
        return [name for name in self.fields if name.startswith(OWN)]

    def own_value(self, row: Account, name: str) -> Any:
        return row.custom.get(name.removeprefix(OWN))

    @property
    def own(self) -> list[forms.BoundField]:
        return [self[name] for name in self.own_names]


def _own_field(field: CustomField, kept: Any) -> forms.Field:
    common: dict[str, Any] = {"label": field.label, "required": False, "initial": kept}
    if field.type == FieldType.NUMBER:
        return forms.DecimalField(**common)
    if field.type == FieldType.DATE:
        return forms.DateField(widget=forms.DateInput(attrs=DATE), **common)
    if field.type == FieldType.BOOLEAN:
        choices = [("", _("Not said")), ("true", _("Yes")), ("false", _("No"))]
        start = {True: "true", False: "false"}.get(kept, "")
        return forms.TypedChoiceField(
            choices=choices, coerce=lambda said: said == "true", empty_value=None, **common | {"initial": start}
        )
    if field.type == FieldType.CHOICE:
        # A value that was taken off the list since is still this account's value.
        listed = list(dict.fromkeys([*field.choices, *([kept] if kept else [])]))
        return forms.ChoiceField(choices=[("", _("Not said")), *((one, one) for one in listed)], **common)
    return forms.CharField(max_length=2000, **common)


class IdsField(forms.TypedMultipleChoiceField):
    """Ids of rows that were ticked; which of them exist is looked up among those the person may see."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(coerce=int, error_messages={"required": _("Select at least one account.")}, **kwargs)

    def valid_value(self, value: Any) -> bool:
        return str(value).isascii() and str(value).isdigit() and len(str(value)) < 19


class AssignForm(forms.Form):
    """Many accounts to one person, or to nobody."""

    ids = IdsField(widget=forms.MultipleHiddenInput)
    role = forms.ChoiceField(choices=[("csm", _("CSM")), ("ae", _("AE")), ("delivery", _("Delivery"))], label=_("Role"))
    person = MemberField(label=_("Person"), required=False)
    nobody = forms.BooleanField(label=_("Give them to nobody"), required=False)

    def clean(self) -> dict[str, Any]:
        """An empty box is an oversight until somebody says that it is meant."""
        given = super().clean() or {}
        if not given.get("nobody") and not given.get("person") and "person" not in self.errors:
            self.add_error("person", _("Choose a person, or say that it is to be nobody."))
        return given


def own_fields() -> QuerySet[CustomField]:
    return CustomField.objects.filter(active=True)
