"""Fields that name a row of the workspace by its id: the page asks as one types, it never lists all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.db.models import Model, QuerySet
from django.urls import reverse

from accounts.models import Account, Membership, Team, User


class Combobox(forms.TextInput):
    """A hidden id behind a text that asks the server; `options` is the name of the page that answers."""

    template_name = "django/forms/widgets/combobox.html"

    def __init__(self, options: str, attrs: dict[str, Any] | None = None) -> None:
        self.options = options
        self.label_of: Callable[[Any], str] = str
        super().__init__(attrs)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        shown = self.label_of(value) if value not in (None, "") else ""
        context["widget"] |= {"url": reverse(self.options), "text": shown}
        return context


class RowField(forms.IntegerField):
    """Cleans an id to its row, looked up among the rows that this person may name."""

    missing = "Choose somebody or something from the list."
    options = ""

    def __init__(self, **kwargs: Any) -> None:
        self.rows: QuerySet[Any] | None = None
        super().__init__(widget=Combobox(self.options), min_value=1, **kwargs)

    def __deepcopy__(self, memo: dict[int, Any]) -> RowField:
        """Each form has its own field, and the field's widget asks that one for its words."""
        twin: RowField = super().__deepcopy__(memo)  # type: ignore[assignment]
        twin.widget.label_of = twin.label_of  # type: ignore[attr-defined]
        return twin

    def choices(self) -> QuerySet[Any]:
        raise NotImplementedError

    def clean(self, value: Any) -> Model | None:
        pk = super().clean(value)
        if pk is None:
            return None
        row = self.find(pk)
        if row is None:
            raise forms.ValidationError(self.missing)
        return row

    def find(self, pk: int) -> Model | None:
        rows = self.choices() if self.rows is None else self.rows
        found: Model | None = rows.filter(pk=pk).first()
        return found

    def prepare_value(self, value: Any) -> Any:
        return value.pk if isinstance(value, Model) else value

    def label_of(self, value: Any) -> str:
        """The words for an id that stands in the form already."""
        try:
            row = value if isinstance(value, Model) else self.find(int(value))
        except (TypeError, ValueError):
            return ""
        return str(row) if row else ""


class MemberField(RowField):
    """A person who is a member now."""

    missing = "This person isn't in the workspace."
    options = "accounts:member-options"

    def choices(self) -> QuerySet[User]:
        active = Membership.objects.here().active()
        return User.objects.filter(pk__in=active.values("user_id"))


class TeamField(RowField):
    missing = "There is no such team."
    options = "accounts:team-options"

    def choices(self) -> QuerySet[Team]:
        return Team.objects.all()


class AccountField(RowField):
    """An account; the form narrows `rows` to those that the person may see."""

    missing = "There is no such account."
    options = "accounts:account-options"

    def choices(self) -> QuerySet[Account]:
        return Account.objects.present()
