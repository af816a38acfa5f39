"""Whose deal of which account is handed over, and what was sold."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django import forms

from accounts.calendar import year_after
from accounts.formats import DIGITS
from accounts.forms.accounts import DomainField
from accounts.forms.picks import AccountField, MemberField
from accounts.forms.tasks import Day
from accounts.models import Product, User
from accounts.models.account import AccountQuerySet


class OpenForm(forms.Form):
    """A handoff for an account that is there already. A sales rep opens their own; others say whose deal it is."""

    account = AccountField()
    rep = MemberField(label="Sales rep", help_text="Stays responsible until the handoff is accepted.")
    committed_on = forms.DateField(label="Committed on", widget=Day, help_text="The day of the mutual commitment.")

    def __init__(
        self,
        data: Any = None,
        *,
        today: dt.date,
        rep: User | None,
        accounts: AccountQuerySet | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data, **kwargs)
        self.today = today
        self.own = rep
        self.initial.setdefault("committed_on", today)
        if rep is not None:
            del self.fields["rep"]
        if "account" in self.fields:
            self.fields["account"].rows = accounts  # type: ignore[attr-defined]

    @property
    def seller(self) -> User:
        return self.own or self.cleaned_data["rep"]

    def clean_committed_on(self) -> dt.date:
        day: dt.date = self.cleaned_data["committed_on"]
        if day > self.today:
            raise forms.ValidationError("A handoff begins once the deal is committed.")
        return day


class NewAccountForm(OpenForm):
    """The same with the account, and what was sold, on the way."""

    account = None  # type: ignore[assignment]
    name = forms.CharField(label="Account", max_length=200, help_text="The company that bought.")
    domain = DomainField(label="Web domain")
    product = forms.ModelChoiceField(Product.objects.none(), required=False, empty_label="Nothing yet")
    quantity = forms.IntegerField(min_value=1, initial=1, required=False)
    amount = forms.DecimalField(min_value=0, max_digits=14, decimal_places=2, required=False, label="Amount a year")
    start_on = forms.DateField(label="Starts", widget=Day, required=False)
    end_on = forms.DateField(label="Day of renewal", widget=Day, required=False)

    field_order = ("name", "domain", "rep", "committed_on", "product", "quantity", "amount", "start_on", "end_on")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["product"].queryset = Product.objects.filter(active=True)  # type: ignore[attr-defined]
        self.initial.setdefault("start_on", self.today)
        self.initial.setdefault("end_on", year_after(self.today))

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        if said.get("product"):
            for name in ("quantity", "amount", "start_on", "end_on"):
                if said.get(name) is None and name not in self.errors:
                    self.add_error(name, "Needed with a product.")
        elif said.get("amount"):
            self.add_error("product", "Say what was sold for this amount.")
        if said.get("start_on") and said.get("end_on") and said["end_on"] <= said["start_on"]:
            self.add_error("end_on", "The term must end after it starts.")
        return said

    @property
    def contract(self) -> dict[str, Any]:
        """The first term, or nothing where nothing was sold yet."""
        said = self.cleaned_data
        if not said["product"]:
            return {}
        name = f"{said['product']} {said['start_on'].year}"
        return {"name": name, "start_on": said["start_on"], "end_on": said["end_on"]}

    def line(self, currency: str) -> dict[str, Any]:
        said = self.cleaned_data
        minor = said["amount"] * Decimal(10) ** DIGITS.get(currency, 2)
        return {"product": said["product"], "quantity": said["quantity"], "amount_minor": int(minor)}
