"""Which accounts a list shows: the same questions for pages, saved views, exports and the API."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import reduce
from operator import or_
from typing import Any

import django_filters
from django import forms
from django.db.models import Q
from django.utils import timezone

from accounts import calendar, formats, search
from accounts.models import Account, CustomField, FieldType, Phase, Touch
from accounts.models.account import AccountQuerySet
from accounts.scopes import scope_for

SCOPES = [("own", "Mine"), ("team", "My team's"), ("all", "All")]
RENEWALS = [
    ("30", "In 30 days"),
    ("90", "In 90 days"),
    ("180", "In 6 months"),
    ("365", "In a year"),
    ("none", "None ahead"),
]
QUIET = [("14", "For 14 days"), ("30", "For 30 days"), ("60", "For 60 days"), ("90", "For 90 days")]
BANDS = [("healthy", "Healthy"), ("symptoms", "Symptoms"), ("at_risk", "At risk"), ("unknown", "Unknown")]
CUSTOM = "cf_"
NOBODY = "none"


class WordsField(forms.MultipleChoiceField):
    """Any words: what a tenant calls its segments is nobody else's choice."""

    def valid_value(self, value: Any) -> bool:
        return len(str(value)) <= 80 and "\0" not in str(value)


class WordsFilter(django_filters.Filter):
    field_class: type[forms.Field] = WordsField

    def filter(self, qs: AccountQuerySet, value: Sequence[str]) -> AccountQuerySet:
        return qs.filter(**{f"{self.field_name}__in": value}) if value else qs


class ChoicesFilter(WordsFilter):
    field_class = forms.MultipleChoiceField


class OwnersFilter(WordsFilter):
    """People by id, and "none" for accounts that have nobody."""

    def filter(self, qs: AccountQuerySet, value: Sequence[str]) -> AccountQuerySet:
        if not value:
            return qs
        ids = [int(person) for person in value if person.isascii() and person.isdigit() and len(person) < 19]
        wanted = Q(**{f"{self.field_name}__in": ids})
        return qs.filter(wanted | Q(**{self.field_name: None}) if NOBODY in value else wanted)


class AccountFilter(django_filters.FilterSet):
    """`request` carries the member (pages) or the key (API); a scope other than all needs a member."""

    base_filters: dict[str, django_filters.Filter]

    q = django_filters.CharFilter(method="named", label="Name, domain or external id", max_length=200)
    scope = django_filters.ChoiceFilter(choices=SCOPES, method="held", label="Whose")
    phase = ChoicesFilter(choices=Phase.choices, label="Phase")
    touch_model = ChoicesFilter(choices=Touch.choices, label="Touch")
    segment = WordsFilter(label="Segment")
    region = WordsFilter(label="Region")
    industry = WordsFilter(label="Industry")
    csm = OwnersFilter(field_name="csm_id", label="CSM")
    ae = OwnersFilter(field_name="ae_id", label="AE")
    renewal = django_filters.ChoiceFilter(choices=RENEWALS, method="state", label="Renewal")
    quiet = django_filters.ChoiceFilter(choices=QUIET, method="state", label="No touch")
    band = ChoicesFilter(choices=BANDS, method="state", label="Health")
    arr_min = django_filters.NumberFilter(method="state", label="ARR from", min_value=0, max_value=10**12)
    arr_max = django_filters.NumberFilter(method="state", label="ARR to", min_value=0, max_value=10**12)

    class Meta:
        model = Account
        fields: list[str] = []

    def __init__(self, data: Any = None, queryset: Any = None, **kwargs: Any) -> None:
        # Every filter is copied for every request: those that nobody asked for needn't be.
        self.base_filters = {name: known for name, known in AccountFilter.base_filters.items() if name in (data or {})}
        super().__init__(data, queryset, **kwargs)

    def filter_queryset(self, queryset: AccountQuerySet) -> AccountQuerySet:
        self.known = Q()
        accounts = super().filter_queryset(queryset)
        # One condition and not several filters: each filter on the state would join it once more.
        return self._custom(accounts.filter(self.known) if self.known else accounts)

    def named(self, accounts: AccountQuerySet, name: str, words: str) -> AccountQuerySet:
        return search.accounts_named(accounts, words)

    def held(self, accounts: AccountQuerySet, name: str, scope: str) -> AccountQuerySet:
        member = getattr(self.request, "membership", None)
        return accounts if member is None else scope_for(scope, member).accounts(accounts)

    def state(self, accounts: AccountQuerySet, name: str, value: Any) -> AccountQuerySet:
        self.known &= STATES[name](value, calendar.local_today(self.request.tenant))
        return accounts

    def _custom(self, accounts: AccountQuerySet) -> AccountQuerySet:
        """cf_<key>=<value>; a key that the tenant doesn't define asks for nothing."""
        asked = {
            key.removeprefix(CUSTOM): self.data[key] for key in self.data if key.startswith(CUSTOM) and self.data[key]
        }
        if not asked:
            return accounts
        fields = CustomField.objects.filter(key__in=asked)
        wanted = {field.key: _as_kept(field.type, asked[field.key]) for field in fields}
        return accounts.filter(custom__contains=wanted) if wanted else accounts


def _renewal(value: str, today: dt.date) -> Q:
    if value == NOBODY:
        return Q(states__renewal_on=None)
    return Q(states__renewal_on__gte=today, states__renewal_on__lte=today + dt.timedelta(days=int(value)))


def _quiet(value: str, today: dt.date) -> Q:
    since = timezone.now() - dt.timedelta(days=int(value))
    return Q(states__last_touch_at=None) | Q(states__last_touch_at__lt=since)


def _band(value: Sequence[str], today: dt.date) -> Q:
    """Whom no model scores is as unknown as whom too little is known about."""
    return Q(states__health_band__in=[*value, ""] if "unknown" in value else value)


def _arr(bound: str, amount: Decimal) -> Q:
    """Whole units as people type them, held against each account's own smallest ones."""
    counted = sorted({formats.USUAL_DIGITS, *formats.DIGITS.values()})
    usual = ~Q(currency__in=sorted(formats.DIGITS)) & _minor(bound, amount, formats.USUAL_DIGITS)
    others = [
        Q(currency__in=sorted(code for code, places in formats.DIGITS.items() if places == digits))
        & _minor(bound, amount, digits)
        for digits in counted
        if digits != formats.USUAL_DIGITS
    ]
    # True of all that follows, and the one part of it that an index over the states can answer.
    widest = _minor(bound, amount, counted[0] if bound == "gte" else counted[-1])
    return widest & reduce(or_, others, usual)


def _minor(bound: str, amount: Decimal, digits: int) -> Q:
    exact = amount.scaleb(digits)
    return Q(**{f"states__arr_minor__{bound}": math.ceil(exact) if bound == "gte" else math.floor(exact)})


STATES: dict[str, Callable[[Any, dt.date], Q]] = {
    "renewal": _renewal,
    "quiet": _quiet,
    "band": _band,
    "arr_min": lambda value, today: _arr("gte", value),
    "arr_max": lambda value, today: _arr("lte", value),
}


def _as_kept(kind: str, value: str) -> Any:
    """The text of an address as the JSON that an account keeps; what can't be one is found nowhere."""
    if kind == FieldType.BOOLEAN:
        return value == "true"
    if kind == FieldType.NUMBER:
        try:
            number = float(value)
        except ValueError:
            return value
        if not math.isfinite(number):  # JSON knows neither infinity nor NaN
            return value
        return int(number) if number.is_integer() else number
    return value
