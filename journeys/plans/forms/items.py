"""The plan's own words, and those of its objectives, steps and topics."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from accounts.currencies import CODES, UNKNOWN
from accounts.forms.answers import RowForm
from accounts.forms.contracts import MoneyField
from accounts.forms.figures import without_thousands
from accounts.forms.picks import MemberField
from accounts.forms.tasks import Day
from accounts.models import Account, Contact
from journeys.plans.models import Objective, Plan, Step, Topic


class Short(forms.Textarea):
    def __init__(self, rows: int = 2) -> None:
        super().__init__({"rows": rows})


class PersonField(forms.ModelChoiceField):
    """Somebody at this account: a short list, so the page may carry it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=Contact.objects.none(), **kwargs)

    def of(self, account: Account) -> None:
        self.queryset = account.contacts.filter(departed_on=None)  # type: ignore[attr-defined]

    def label_from_instance(self, obj: Contact) -> str:  # type: ignore[override]
        return f"{obj.name}, {obj.title}" if obj.title else obj.name


class Figure(forms.DecimalField):
    """A figure as people type it: 1,250 or 4.25."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(max_digits=18, decimal_places=4, widget=widget, **kwargs)

    def to_python(self, value: Any) -> Any:
        return super().to_python(without_thousands(value))

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, str) or value is None else f"{value:f}".rstrip("0").rstrip(".")


class PlanForm(RowForm):
    class Meta:
        model = Plan
        fields = ("north_star", "review_weeks", "next_review_on", "currency")
        labels = {
            "north_star": _("North star"), "review_weeks": _("Weeks between reviews"),
            "next_review_on": _("Next review"), "currency": _("Currency of the values"),
        }  # fmt: skip
        help_texts = {"north_star": _("What they want, by when, and why then: beyond the renewal."), "review_weeks": ""}
        widgets = {"north_star": Short(4), "next_review_on": Day}

    def clean_currency(self) -> str:
        code: str = self.cleaned_data["currency"].strip().upper()
        if code not in CODES:
            raise forms.ValidationError(UNKNOWN)
        return code


class ItemForm(RowForm):
    """Of one plan: its people are those of its account."""

    def __init__(self, data: Any = None, *, plan: Plan, row: Model | None = None, **kwargs: Any) -> None:
        super().__init__(data, row=row, **kwargs)
        for name in ("their_owner", "about"):
            if name in self.fields:
                self.fields[name].of(plan.account)  # type: ignore[attr-defined]


class ObjectiveForm(ItemForm):
    baseline = Figure(required=False, label=_("Today"), help_text=_("Where they stand before."))
    target = Figure(required=False, label=_("Target"))
    value_minor = MoneyField(required=False, label=_("Worth a year"))
    our_owner = MemberField(required=False, label=_("Who of us"))
    their_owner = PersonField(required=False, label=_("Who of them"), empty_label=_("Nobody yet"))

    class Meta:
        model = Objective
        fields = (
            "title", "detail", "kind", "horizon", "metric", "unit", "baseline", "target", "value_minor", "due_on",
            "their_owner", "our_owner", "audience",
        )  # fmt: skip
        labels = {
            "title": _("What"), "detail": _("How we will know"), "kind": _("Kind"), "horizon": _("Horizon"),
            "metric": _("What is measured"), "unit": _("Unit"), "due_on": _("By when"),
            "audience": _("Who may read it"),
        }  # fmt: skip
        widgets = {"detail": Short(), "due_on": Day}

    def __init__(self, data: Any = None, *, plan: Plan, **kwargs: Any) -> None:
        super().__init__(data, plan=plan, **kwargs)
        money = self.fields["value_minor"]
        money.currency = plan.currency  # type: ignore[attr-defined]
        money.help_text = _("In %(currency)s.") % {"currency": plan.currency}


class StepForm(ItemForm):
    our_owner = MemberField(required=False, label=_("Who of us"), help_text=_("Finds it among their tasks."))
    their_owner = PersonField(required=False, label=_("Who of them"), empty_label=_("Nobody yet"))

    class Meta:
        model = Step
        fields = ("title", "kind", "side", "due_on", "their_owner", "our_owner", "objective", "audience")
        labels = {
            "title": _("What"), "kind": _("Kind"), "side": _("Whose turn"), "due_on": _("By when"),
            "objective": _("For which objective"), "audience": _("Who may read it"),
        }  # fmt: skip
        widgets = {"due_on": Day}

    def __init__(self, data: Any = None, *, plan: Plan, **kwargs: Any) -> None:
        super().__init__(data, plan=plan, **kwargs)
        self.fields["objective"].queryset = Objective.objects.standing().filter(plan=plan)  # type: ignore[attr-defined]


class TopicForm(ItemForm):
    about = PersonField(
        required=False, label=_("About whom"), empty_label=_("Nobody in particular"),
        help_text=_("Whoever this is about never reads it, whatever the audience."),
    )  # fmt: skip

    class Meta:
        model = Topic
        fields = ("kind", "text", "response", "about", "audience")
        labels = {
            "kind": _("Kind"), "text": _("What it is"), "response": _("What is done about it"),
            "audience": _("Who may read it"),
        }  # fmt: skip
        help_texts = {"response": ""}
        widgets = {"text": Short(3), "response": Short()}
