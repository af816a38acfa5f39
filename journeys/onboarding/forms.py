"""What a person may say in a handoff: the answers, the people, the promises, the decision."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django import forms

from accounts.formats import DIGITS
from accounts.forms.picks import AccountField, MemberField
from accounts.forms.tasks import Day
from accounts.models import Account, BuyingRole, Product, Stance, User
from accounts.models.account import AccountQuerySet
from journeys.forms import PersonField
from journeys.onboarding.models import HandoffAnswer, PromiseKind, PromiseOutcome
from journeys.onboarding.questions import QUESTIONS, Question

OPTIONAL_ROLE = [("", "Role unknown"), *BuyingRole.choices]
OPTIONAL_STANCE = [("", "Stance unknown"), *Stance.choices]


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
    domain = forms.CharField(label="Web domain", max_length=253, required=False)
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
        self.initial.setdefault("end_on", _a_year_after(self.today))

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


class AnswerForm(forms.Form):
    """One question. `over` is the version that somebody else saved and that the writer chose to replace."""

    text = forms.CharField(required=False, widget=forms.Textarea(attrs={"rows": 4}))
    due_on = forms.DateField(required=False, label="Date", widget=Day)
    consequence = forms.CharField(
        required=False, label="What happens if they miss it", widget=forms.Textarea(attrs={"rows": 2})
    )
    not_known = forms.BooleanField(required=False, label="Not known. Ask at the kickoff.")
    version = forms.IntegerField(required=False)
    over = forms.IntegerField(required=False)

    def __init__(self, data: Any = None, *, question: Question, answer: HandoffAnswer | None = None) -> None:
        names = ("text", "due_on", "consequence", "not_known", "version")
        initial = {name: getattr(answer, name) for name in names} if answer else {}
        super().__init__(data, initial=initial, auto_id=f"{question.code}_%s")
        self.question = question
        self.theirs: HandoffAnswer | None = None  # what somebody else saved meanwhile
        self.fields["text"].label = question.prompt
        self.fields["text"].help_text = question.hint
        if not question.dated:
            del self.fields["due_on"], self.fields["consequence"]

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        if said.get("not_known") and any(said.get(name) for name in ("text", "due_on", "consequence")):
            self.add_error("not_known", "There is an answer. Clear it first, or leave this unticked.")
        return said

    @property
    def seen_version(self) -> int | None:
        return self.cleaned_data.get("over") or self.cleaned_data.get("version")

    @property
    def values(self) -> dict[str, Any]:
        names = ("text", "not_known", "due_on", "consequence")
        return {name: self.cleaned_data[name] for name in names if name in self.fields}


class PersonForm(forms.Form):
    name = forms.CharField(max_length=160)
    title = forms.CharField(max_length=120, required=False)
    email = forms.EmailField(required=False, label="E-mail")
    buying_role = forms.ChoiceField(choices=OPTIONAL_ROLE, required=False, label="Role in the decision")
    stance = forms.ChoiceField(choices=OPTIONAL_STANCE, required=False)


class MarkForm(forms.Form):
    """What a person is in this deal."""

    buying_role = forms.ChoiceField(choices=OPTIONAL_ROLE, required=False, label="Role in the decision")
    stance = forms.ChoiceField(choices=OPTIONAL_STANCE, required=False)
    version = forms.IntegerField(required=False)

    @property
    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("buying_role", "stance") if name in self.data}


class PromiseForm(forms.Form):
    text = forms.CharField(max_length=300, label="What was promised")
    kind = forms.ChoiceField(choices=PromiseKind.choices, label="About")
    due_on = forms.DateField(required=False, label="By", widget=Day)


class SubmitForm(forms.Form):
    """To whom and when. An empty day of commitment leaves it as it is."""

    csm = MemberField(required=False, label="CSM", help_text="Left empty, whoever takes it.")
    kickoff_on = forms.DateField(required=False, label="Proposed kickoff", widget=Day)
    committed_on = forms.DateField(required=False, label="Committed on", widget=Day)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_committed_on(self) -> dt.date | None:
        day: dt.date | None = self.cleaned_data["committed_on"]
        if day is not None and day > self.today:
            raise forms.ValidationError("A handoff begins once the deal is committed.")
        return day

    @property
    def values(self) -> dict[str, Any]:
        given = {name: self.cleaned_data[name] for name in ("csm", "kickoff_on")}
        committed_on = self.cleaned_data["committed_on"]
        return given | ({"committed_on": committed_on} if committed_on else {})


class AcceptForm(forms.Form):
    csm = MemberField(label="CSM", help_text="The account is theirs from now on.")
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


class ReturnForm(forms.Form):
    """A reason beside any question; at least one of them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for question in QUESTIONS:
            self.fields[question.code] = forms.CharField(
                required=False,
                label=f"Ask back about {question.label[0].lower()}{question.label[1:]}",
                widget=forms.Textarea(attrs={"rows": 1}),
                max_length=1000,
            )

    @property
    def reasons(self) -> dict[str, str]:
        return {question.code: self.cleaned_data.get(question.code, "") for question in QUESTIONS}


class SettleForm(forms.Form):
    outcome = forms.ChoiceField(choices=PromiseOutcome.choices, label="What became of it", widget=forms.RadioSelect)
    note = forms.CharField(required=False, max_length=300, label="What happened")
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


class AgendaForm(forms.Form):
    text = forms.CharField(label="Answer", widget=forms.Textarea(attrs={"rows": 3}))
    due_on = forms.DateField(required=False, label="Date", widget=Day)
    consequence = forms.CharField(required=False, label="What happens if they miss it")
    said_by = PersonField(required=False, label="Who said it", empty_label="Nobody in particular")
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, account: Account, question: Question, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["said_by"].of(account)  # type: ignore[attr-defined]
        if not question.dated:
            del self.fields["due_on"], self.fields["consequence"]

    @property
    def values(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name not in ("text", "version")}


def _a_year_after(day: dt.date) -> dt.date:
    # The 29th of February has no next year's day; the 1st of March is the day after the same term.
    return day.replace(year=day.year + 1) if (day.month, day.day) != (2, 29) else dt.date(day.year + 1, 3, 1)
