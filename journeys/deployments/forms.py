"""What a person may say about a deployment and about what is in it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts import formats
from accounts.forms.answers import RowForm
from accounts.forms.contracts import MoneyField
from accounts.forms.picks import MemberField
from accounts.forms.tasks import Day
from accounts.models import Account, Contact, Contract, Product
from journeys.deployments.models import Activity, Deployment, Escalation, Integration, PeerReview, StatusReport

LONGEST = 4000


class Short(forms.Textarea):
    def __init__(self, rows: int = 2) -> None:
        super().__init__({"rows": rows})


class Hours(forms.DecimalField):
    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(min_value=0, max_digits=8, decimal_places=2, widget=widget, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, str) or value is None else f"{value:f}".rstrip("0").rstrip(".") or "0"


class Versioned(forms.Form):
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


class DeploymentForm(RowForm):
    lead = MemberField(required=False, label=_("Lead"), help_text=_("Who of the services team answers for it."))
    budget_hours = Hours(required=False, label=_("Hours planned"))
    budget_minor = MoneyField(required=False, label=_("Budget"))
    rate_minor = MoneyField(required=False, label=_("What an hour costs"))

    class Meta:
        model = Deployment
        fields = (
            "name", "kind", "product", "contract", "lead", "planned_start_on", "planned_end_on", "budget_hours",
            "budget_minor", "rate_minor", "sow_title", "sow_number", "sow_signed_on", "sow_url",
        )  # fmt: skip
        labels = {
            "name": _("Name"), "kind": _("Kind"), "product": _("Product"), "contract": _("Contract"),
            "planned_start_on": _("Planned start"), "planned_end_on": _("Agreed end"),
            "sow_title": _("Statement of work"), "sow_number": _("Its number"), "sow_signed_on": _("Signed on"),
            "sow_url": _("Link to it"),
        }  # fmt: skip
        widgets = {"planned_start_on": Day, "planned_end_on": Day, "sow_signed_on": Day}

    def __init__(self, data: Any = None, *, account: Account, row: Deployment | None = None, **kwargs: Any) -> None:
        super().__init__(data, row=row, **kwargs)
        currency = row.currency if row else account.currency
        self.fields["product"].queryset = Product.objects.filter(active=True)  # type: ignore[attr-defined]
        self.fields["contract"].queryset = Contract.objects.filter(account=account)  # type: ignore[attr-defined]
        for name in ("budget_minor", "rate_minor"):
            field: Any = self.fields[name]
            field.currency, field.help_text = currency, _("In %(currency)s.") % {"currency": currency}
            minor = getattr(row, name, None)
            if minor is not None:
                amount = f"{minor / 10 ** formats.DIGITS.get(currency, 2):.2f}"
                self.initial[name] = amount.removesuffix(".00")


class DayForm(Versioned):
    on = forms.DateField(label=_("On"), widget=Day)

    def __init__(self, data: Any = None, *, today: dt.date, version: int | None = None) -> None:
        super().__init__(data, initial={"on": today, "version": version})


class HoldForm(DayForm):
    reason = forms.CharField(label=_("Why it stands still"), max_length=300)
    field_order = ("reason", "on")


class CloseForm(DayForm):
    note = forms.CharField(label=_("What came of it"), max_length=300, required=False)


class CancelForm(Versioned):
    reason = forms.CharField(label=_("Why it is cancelled"), max_length=300)


class CopyForm(forms.Form):
    source = forms.ModelChoiceField(Deployment.objects.none(), label=_("Earlier deployment"), empty_label=None)

    def __init__(self, data: Any = None, *, sources: QuerySet[Deployment]) -> None:
        super().__init__(data)
        field: Any = self.fields["source"]
        field.queryset = sources
        field.label_from_instance = lambda one: f"{one.name}, {one.account.name}"


class Waits(forms.ModelMultipleChoiceField):
    widget = forms.CheckboxSelectMultiple


class ActivityForm(RowForm):
    our_owner = MemberField(required=False, label=_("Who of us"), help_text=_("Finds it among their tasks."))
    their_owner = forms.ModelChoiceField(
        Contact.objects.none(), required=False, label=_("Who of them"), empty_label=_("Nobody yet")
    )
    hours = Hours(required=False, label=_("Hours estimated"))
    after = Waits(Activity.objects.none(), required=False, label=_("Comes after"))

    class Meta:
        model = Activity
        fields = ("title", "side", "our_owner", "their_owner", "days", "hours", "not_before_on")
        labels = {
            "title": _("What"), "side": _("Whose turn"), "days": _("Working days"), "not_before_on": _("Not before"),
        }  # fmt: skip
        widgets = {"not_before_on": Day}

    def __init__(
        self, data: Any = None, *, deployment: Deployment, row: Activity | None = None, waits: list[int] | None = None
    ) -> None:
        super().__init__(data, row=row, initial={"after": waits or []})
        there = Contact.objects.filter(account=deployment.account, departed_on=None)
        self.fields["their_owner"].queryset = there  # type: ignore[attr-defined]
        others = Activity.objects.filter(deployment=deployment)
        others = others.exclude(pk=row.pk) if row else others
        self.fields["after"].queryset = others  # type: ignore[attr-defined]
        if not others:
            del self.fields["after"]

    @property
    def values(self) -> dict[str, Any]:
        said = super().values
        return said | {"after": list(said["after"])} if "after" in said else said


class TimeForm(forms.Form):
    hours = Hours(label=_("Hours"))
    worked_on = forms.DateField(label=_("On"), widget=Day)
    user = MemberField(label=_("Who"))
    activity = forms.ModelChoiceField(
        Activity.objects.none(), required=False, label=_("For which activity"), empty_label=_("None in particular")
    )
    note = forms.CharField(label=_("Note"), max_length=300, required=False)

    def __init__(self, data: Any = None, *, deployment: Deployment, initial: dict[str, Any]) -> None:
        super().__init__(data, initial=initial)
        self.fields["activity"].queryset = Activity.objects.filter(deployment=deployment)  # type: ignore[attr-defined]


class CorrectForm(forms.Form):
    hours = Hours(label=_("What it should say"))
    note = forms.CharField(label=_("Why"), max_length=300)


class CostForm(forms.Form):
    what = forms.CharField(label=_("What for"), max_length=200)
    amount_minor = MoneyField(label=_("Amount"))
    spent_on = forms.DateField(label=_("On"), widget=Day)

    def __init__(self, data: Any = None, *, currency: str, today: dt.date) -> None:
        super().__init__(data, initial={"spent_on": today})
        field: Any = self.fields["amount_minor"]
        field.currency, field.help_text = currency, _("In %(currency)s.") % {"currency": currency}


class CorrectCostForm(forms.Form):
    amount_minor = MoneyField(label=_("What it really came to"))
    note = forms.CharField(label=_("Why"), max_length=200)

    def __init__(self, data: Any = None, *, currency: str) -> None:
        super().__init__(data)
        self.fields["amount_minor"].currency = currency  # type: ignore[attr-defined]


class ReportForm(RowForm):
    class Meta:
        model = StatusReport
        fields = ("as_of", "schedule", "budget", "quality", "summary", "next")
        labels = {
            "as_of": _("As of"), "schedule": _("Time"), "budget": _("Budget"), "quality": _("Quality"),
            "summary": _("How it stands"), "next": _("What comes next"),
        }  # fmt: skip
        widgets = {"as_of": Day, "summary": Short(3), "next": Short()}


class ReviewForm(RowForm):
    reviewer = MemberField(label=_("Reviewer"), help_text=_("A peer, not the lead."))
    findings = forms.CharField(required=False, label=_("Findings, one a line"), max_length=LONGEST, widget=Short(3))

    class Meta:
        model = PeerReview
        fields = ("reviewer", "reviewed_on", "verdict", "summary")
        labels = {"reviewed_on": _("Reviewed on"), "verdict": _("Verdict"), "summary": _("In short")}
        widgets = {"reviewed_on": Day, "summary": Short()}

    @property
    def texts(self) -> list[str]:
        return str(self.cleaned_data["findings"]).splitlines()

    @property
    def values(self) -> dict[str, Any]:
        return {name: value for name, value in super().values.items() if name != "findings"}


class IntegrationForm(RowForm):
    class Meta:
        model = Integration
        fields = ("name", "system")
        labels = {"name": _("What is connected"), "system": _("With which system")}


class EscalationForm(RowForm):
    owner = MemberField(required=False, label=_("Who takes care"))

    class Meta:
        model = Escalation
        fields = ("what", "severity", "owner", "raised_on", "due_on")
        labels = {"what": _("What"), "severity": _("Severity"), "raised_on": _("Raised on"), "due_on": _("Due")}
        widgets = {"what": Short(), "raised_on": Day, "due_on": Day}


class ResolveForm(DayForm):
    outcome = forms.CharField(label=_("How it came out"), max_length=LONGEST, widget=Short(3))
    field_order = ("outcome", "on")
