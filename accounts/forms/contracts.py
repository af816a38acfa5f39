"""What a person may say about a contract: its term, its lines, what changes and why it ends."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts import formats
from accounts.forms.answers import RowForm
from accounts.forms.figures import without_thousands
from accounts.models import Contract, ContractLine, Product

DATE = {"type": "date"}
SPARE = 2
MOST = 50


class MoneyField(forms.DecimalField):
    """Typed in whole units of the contract's currency, cleaned to its smallest ones."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            min_value=0,
            max_digits=14,
            widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
            **kwargs,
        )
        self.currency = "USD"

    def to_python(self, value: Any) -> Any:
        return super().to_python(without_thousands(value))

    def prepare_value(self, value: Any) -> Any:
        """A row's smallest units as they are typed; what was typed stays as it is."""
        return str(units(value, self.currency)) if isinstance(value, int) else value

    def clean(self, value: Any) -> Any:
        amount = super().clean(value)
        if amount is None:
            return None
        minor = amount * 10 ** formats.DIGITS.get(self.currency, 2)
        if minor != minor.to_integral_value():
            raise forms.ValidationError(
                _("Smaller than the smallest unit of %(currency)s."), params={"currency": self.currency}
            )
        return int(minor)


class TermForm(forms.Form):
    name = forms.CharField(max_length=160, label=_("Name"))
    signed_on = forms.DateField(label=_("Signed on"), widget=forms.DateInput(attrs=DATE))
    start_on = forms.DateField(label=_("Starts on"), widget=forms.DateInput(attrs=DATE))
    end_on = forms.DateField(
        label=_("Renews on"), widget=forms.DateInput(attrs=DATE), help_text=_("The first day after the term.")
    )
    auto_renew = forms.BooleanField(label=_("Renews by itself"), required=False)
    notice_days = forms.IntegerField(label=_("Days of notice"), min_value=0, max_value=730, initial=30)
    external_id = forms.CharField(label=_("External id"), max_length=120, required=False)

    @property
    def values(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class TermsForm(RowForm):
    """What can be changed without moving money."""

    class Meta:
        model = Contract
        fields = ("name", "auto_renew", "notice_days", "external_id")
        labels = {
            "auto_renew": _("Renews by itself"), "notice_days": _("Days of notice"), "external_id": _("External id"),
        }  # fmt: skip


class AmendForm(forms.Form):
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    on = forms.DateField(
        label=_("From"), widget=forms.DateInput(attrs=DATE), help_text=_("The first day of the change.")
    )
    reason = forms.CharField(label=_("Why"), max_length=200, required=False)


class EndForm(forms.Form):
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    on = forms.DateField(
        label=_("Ends on"),
        widget=forms.DateInput(attrs=DATE),
        help_text=_("The first day without it. It may lie ahead."),
    )
    reason = forms.CharField(
        label=_("Why it ends"), max_length=200, help_text=_("In the customer's words, where you have them.")
    )


class LineForm(forms.Form):
    product = forms.ModelChoiceField(
        queryset=Product.objects.none(), label=_("Product"), empty_label=_("Choose a product")
    )
    quantity = forms.IntegerField(label=_("Quantity"), min_value=1, max_value=2**31 - 1, initial=1)
    amount = MoneyField(label=_("Amount"))
    end_on = forms.DateField(label=_("Until"), required=False, widget=forms.DateInput(attrs=DATE))

    def __init__(self, *args: Any, products: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["product"].choices = products  # type: ignore[attr-defined]
        self.fields["product"].queryset = Product.objects.all()  # type: ignore[attr-defined]
        self.fields["product"].widget.choices = products  # type: ignore[attr-defined]
        self.fields["amount"].currency = currency  # type: ignore[attr-defined]

    @property
    def said(self) -> dict[str, Any]:
        values = self.cleaned_data
        return {
            "product": values["product"], "quantity": values["quantity"], "amount_minor": values["amount"],
            "end_on": values["end_on"],
        }  # fmt: skip


class _Lines(forms.BaseFormSet):
    """A line whose product is taken out again is no line; what is left empty isn't looked at."""

    @property
    def said(self) -> list[dict[str, Any]]:
        return [form.said for form in self._filled()]

    def _filled(self) -> list[LineForm]:
        kept = [form for form in self.forms if not self._should_delete_form(form)]  # type: ignore[attr-defined]
        # A line that stays as it was is a line; an empty one to spare isn't.
        return [form for form in kept if form.has_changed() or not form.empty_permitted]

    def show(self, errors: Mapping[str, list[str]]) -> dict[str, list[str]]:
        """Puts an action's «lines.1.amount_minor» on its field; returns what isn't about a line."""
        filled = self._filled()
        rest: dict[str, list[str]] = {}
        for name, messages in errors.items():
            parts = name.split(".")
            if len(parts) == 3 and parts[0] == "lines" and int(parts[1]) < len(filled):
                field = parts[2].removesuffix("_minor")
                form = filled[int(parts[1])]
                form.add_error(field if field in form.fields else None, messages)  # type: ignore[arg-type]
            else:
                rest["" if name == "lines" else name] = messages
        return rest


LineFormSet = forms.formset_factory(
    LineForm,
    formset=_Lines,
    extra=0,
    can_delete=True,
    can_delete_extra=False,
    max_num=MOST,
    absolute_max=MOST + 10,
    validate_max=True,
)


def lines(
    data: Any,
    currency: str,
    start: Iterable[ContractLine] = (),
    *,
    term_ends: dt.date | None = None,
    more: bool = False,
) -> _Lines:
    """The lines of a contract as rows of a form, with some to spare; one that ends with the term needs no day."""
    started = list(start)
    products = Product.objects.filter(Q(active=True) | Q(pk__in=[line.product_id for line in started]))
    choices = [("", _("Choose a product")), *((product.pk, f"{product.name} ({product.unit})") for product in products)]
    initial = [
        {
            "product": line.product_id, "quantity": line.quantity, "amount": units(line.amount_minor, currency),
            "end_on": None if line.end_on == term_ends else line.end_on,
        }
        for line in started
    ]  # fmt: skip
    if data is not None and more:
        data = data.copy()
        data["lines-TOTAL_FORMS"] = str(min(MOST, _number(data.get("lines-TOTAL_FORMS")) + SPARE))
    formset: Any = LineFormSet(
        data, prefix="lines", initial=initial, form_kwargs={"products": choices, "currency": currency}
    )
    formset.extra = SPARE if started else SPARE + 1
    return formset


def _number(said: Any) -> int:
    try:
        return int(said or 0)
    except ValueError:
        return 0


def units(minor: int, currency: str) -> Decimal:
    """As it is typed: 41250050 -> 412500.50."""
    digits = formats.DIGITS.get(currency, 2)
    amount = Decimal(minor).scaleb(-digits)
    return amount.quantize(Decimal(1)) if amount == amount.to_integral_value() else amount
