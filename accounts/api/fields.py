"""What other systems say and read: money, days, people and accounts, each refused by name."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.actions.errors import Errors
from accounts.api.problems import by_place, nested, together
from accounts.formats import DIGITS
from accounts.models import Account, Membership, User

LARGEST_ID = 2**63 - 1
FIRST_DAY, LAST_DAY = dt.date(1970, 1, 1), dt.date(2199, 12, 31)
NOBODY = "Nobody in this workspace has this id or e-mail address."
NO_FIELD = "There is no such field here."
NO_ACCOUNT = "No account in this workspace has this id."


class Entry(serializers.Serializer):
    """What a caller may say; one answer names all that is wrong in it.

    A field that it doesn't know is refused, not ignored: a typing error must not pass.
    """

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, Mapping):
            return super().to_internal_value(data)
        values: dict[str, Any] = {}
        errors: dict[str, Any] = {str(name): [NO_FIELD] for name in set(data) - set(self.fields)}
        for name, field in self.fields.items():
            try:
                values[name] = self._read(field, data)
            except serializers.ValidationError as error:
                errors[name] = by_place(error.detail)
            except serializers.SkipField:
                continue
        errors = together(errors, nested(self.wrong(data, values)))
        if errors:
            raise serializers.ValidationError(errors)
        return values

    def wrong(self, data: Mapping[str, Any], values: dict[str, Any]) -> Errors:
        """What the actions would refuse in the values that could be read, asked even where others could not."""
        return {}

    def _read(self, field: Any, data: Any) -> Any:
        value = field.run_validation(field.get_value(data))
        more = getattr(self, f"validate_{field.field_name}", None)
        return value if more is None else more(value)


class NothingEntry(Entry):
    """Nothing needs to be said."""


class Text(serializers.CharField):
    """May be left empty, unless it is required."""

    def __init__(self, max_length: int, **kwargs: Any) -> None:
        super().__init__(max_length=max_length, **({"allow_blank": not kwargs.get("required")} | kwargs))


class Day(serializers.DateField):
    def to_internal_value(self, value: Any) -> dt.date:
        day: dt.date = super().to_internal_value(value)
        if not FIRST_DAY <= day <= LAST_DAY:
            raise serializers.ValidationError(f"This must be a day from {FIRST_DAY} to {LAST_DAY}.")
        return day


class Instant(serializers.DateTimeField):
    def to_internal_value(self, value: Any) -> dt.datetime:
        instant: dt.datetime = super().to_internal_value(value)
        if not FIRST_DAY <= instant.date() <= LAST_DAY:
            raise serializers.ValidationError(f"This must be an instant from {FIRST_DAY} to {LAST_DAY}.")
        return instant


class Id(serializers.IntegerField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=1, max_value=LARGEST_ID, **kwargs)


class Person(serializers.Serializer):
    """A colleague of the workspace."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    email = serializers.EmailField()


@extend_schema_field(
    {
        "oneOf": [{"type": "integer"}, {"type": "string", "format": "email"}],
        "description": "A member's id or e-mail address.",
    }
)
class Member(serializers.Field):
    """A member of the workspace by id or e-mail address."""

    def to_internal_value(self, data: Any) -> User:
        members = Membership.objects.here().active().select_related("user")
        if isinstance(data, str):
            found = members.filter(user__email=data.strip().lower()).first()
        elif type(data) is int and 0 < data <= LARGEST_ID:
            found = members.filter(user_id=data).first()
        else:
            raise serializers.ValidationError("This must be a member's id or e-mail address.")
        if found is None:
            raise serializers.ValidationError(NOBODY)
        return found.user

    def to_representation(self, value: Any) -> Any:
        return value


class Money(Entry):
    """An amount as a decimal text, and its ISO 4217 currency."""

    amount = serializers.DecimalField(max_digits=15, decimal_places=3, min_value=Decimal(0), normalize_output=True)
    currency = serializers.RegexField(r"^[A-Z]{3}$", min_length=3, max_length=3)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Adds `minor`, the amount in the currency's smallest unit."""
        digits = DIGITS.get(attrs["currency"], 2)
        minor = attrs["amount"].scaleb(digits)
        if minor != minor.to_integral_value():
            raise serializers.ValidationError({"amount": [f"{attrs['currency']} has {digits} decimal places."]})
        return attrs | {"minor": int(minor)}

    @staticmethod
    def of(minor: int | None, currency: str) -> dict[str, str] | None:
        """(123450, "USD") -> {"amount": "1234.50", "currency": "USD"}"""
        if minor is None:
            return None
        digits = DIGITS.get(currency, 2)
        if not digits:
            return {"amount": str(minor), "currency": currency}
        units, rest = divmod(abs(minor), 10**digits)
        return {"amount": f"{'-' if minor < 0 else ''}{units}.{rest:0{digits}d}", "currency": currency}


class Amount(serializers.Serializer):
    """An amount as a decimal text such as "1234.50", and its ISO 4217 currency."""

    amount = serializers.CharField()
    currency = serializers.CharField()


class OfAccount(Entry):
    """Names the account by our id or by the caller's own. With `account_optional`, naming none is fine."""

    account_optional = False

    account = Id(required=False, help_text="The account's id; or say `account_external_id`.")
    account_external_id = serializers.CharField(
        max_length=120, required=False, help_text="The account's id in your system."
    )

    def validate_account(self, pk: int) -> Account:
        return _present(pk=pk)

    def validate_account_external_id(self, external_id: str) -> Account:
        return _present(external_id=external_id)

    def wrong(self, data: Mapping[str, Any], values: dict[str, Any]) -> Errors:
        errors = super().wrong(data, values)
        said = {account.pk for account in (values.get("account"), values.get("account_external_id")) if account}
        if len(said) > 1:
            errors["account"] = ["This and account_external_id name two different accounts."]
        if not self.account_optional and not {"account", "account_external_id"} & data.keys():
            errors["account"] = ["Name the account by its id, or by account_external_id."]
        return errors

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        account = account_of(attrs)
        named = {name: value for name, value in attrs.items() if name != "account_external_id"}
        return named if account is None else named | {"account": account}


def account_of(values: Mapping[str, Any]) -> Account | None:
    """The account that the values name, by whichever of its ids."""
    return values.get("account") or values.get("account_external_id")


def _present(**lookup: Any) -> Account:
    account = Account.objects.present().filter(**lookup).first()
    if account is None:
        raise serializers.ValidationError(NO_ACCOUNT)
    return account


class Versioned(Entry):
    """`version` as it was read: 409 when somebody else changed the row since. `If-Match` says the same."""

    version = serializers.IntegerField(min_value=1, max_value=2**31 - 1, required=False)
