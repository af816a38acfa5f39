"""What a list can be asked for; a question that a list doesn't know is refused, not ignored."""

from __future__ import annotations

import datetime as dt
from typing import Any

import django_filters as df
from django import forms
from django.db import connection
from django.db.models import Q, QuerySet
from django_filters.fields import IsoDateTimeField
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.utils import extend_schema_field
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from accounts.api.fields import FIRST_DAY, LAST_DAY
from accounts.models import (
    Account,
    Contact,
    Contract,
    Event,
    ExternalFact,
    Membership,
    Phase,
    Product,
    Task,
    TaskStatus,
    Touch,
)
from accounts.models.membership import MembershipQuerySet
from accounts.registry import task_origins
from accounts.roles import PEOPLE_ROLE_CHOICES

PAGING = {"limit", "cursor"}
MOST_FOUND = 1000
PRESENT, ARCHIVED, ANY = "false", "true", "any"


class Filters(DjangoFilterBackend):
    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: Any) -> QuerySet[Any]:
        """Without a question no form is built: most pages are asked for as they come."""
        asked = set(request.query_params) - PAGING
        known: dict[str, Any] = view.filterset_class.base_filters
        if unknown := sorted(asked - known.keys()):
            raise ValidationError({name: ["This list can't be filtered by that."] for name in unknown})
        if not asked:
            return queryset
        found: QuerySet[Any] = super().filter_queryset(request, queryset, view)
        return found


class Ids(df.NumberFilter):
    """Equal to a whole number; nothing else fits a key."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=0, max_value=2**63 - 1, decimal_places=0, **kwargs)
        described = {"type": "integer", "minimum": 1, "description": kwargs.get("help_text", "")}
        extend_schema_field(described)(self)


class Choices(df.MultipleChoiceFilter):
    """One of several, said as often as needed; without the DISTINCT that the library would add."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(distinct=False, **kwargs)


class InstantField(IsoDateTimeField):
    """In UTC: the database takes no displacement past 16 hours, other systems say any."""

    def to_python(self, value: Any) -> dt.datetime | None:
        instant: dt.datetime | None = super().to_python(value)
        if instant is None:
            return None
        if not FIRST_DAY <= instant.date() <= LAST_DAY:
            raise forms.ValidationError(f"This must be an instant from {FIRST_DAY} to {LAST_DAY}.")
        return instant.astimezone(dt.UTC)


class Instants(df.IsoDateTimeFilter):
    field_class = InstantField


class UpdatedSince(df.FilterSet):
    updated_since = Instants(
        "updated_at", "gte", help_text="Changed at or after this instant; the list then runs by change, oldest first."
    )


class AccountFilters(UpdatedSince):
    q = df.CharFilter(
        method="search",
        max_length=200,
        help_text=f"Part of name, domain or external id; at most {MOST_FOUND} are found.",
    )
    external_id = df.CharFilter()
    domain = df.CharFilter()
    phase = Choices(choices=Phase.choices)
    touch_model = Choices(choices=Touch.choices)
    segment = df.CharFilter()
    region = df.CharFilter()
    industry = df.CharFilter()
    csm = Ids(field_name="csm_id", help_text="The id of the CSM.")
    ae = Ids(field_name="ae_id", help_text="The id of the account executive.")
    delivery = Ids(field_name="delivery_id", help_text="The id of the delivery owner.")
    parent = Ids(field_name="parent_id", help_text="The id of the account above.")
    renewal_from = df.DateFilter("states__renewal_on", "gte", help_text="Next renewal on or after this day.")
    renewal_before = df.DateFilter("states__renewal_on", "lt", help_text="Next renewal before this day.")
    archived = df.ChoiceFilter(
        method="by_archive",
        choices=[(PRESENT, "present ones"), (ARCHIVED, "archived ones"), (ANY, "both")],
        help_text="Without this, archived accounts are left out.",
    )

    class Meta:
        model = Account
        fields: tuple[str, ...] = ()

    def search(self, queryset: QuerySet[Account], name: str, value: str) -> QuerySet[Account]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT search_accounts(%s, %s)", [value.strip(), MOST_FOUND])
            return queryset.filter(pk__in=[row[0] for row in cursor.fetchall()])

    def by_archive(self, queryset: QuerySet[Account], name: str, value: str) -> QuerySet[Account]:
        return queryset if value == ANY else queryset.filter(archived_at__isnull=value != ARCHIVED)


class MemberFilters(df.FilterSet):
    email = df.CharFilter(method="by_email")
    role = Choices(choices=PEOPLE_ROLE_CHOICES)

    class Meta:
        model = Membership
        fields: tuple[str, ...] = ()

    def by_email(self, queryset: MembershipQuerySet, name: str, value: str) -> MembershipQuerySet:
        return queryset.filter(user__email=value.strip().lower())


class ContactFilters(UpdatedSince):
    account = Ids(field_name="account_id", help_text="The id of the account.")
    external_id = df.CharFilter()
    email = df.CharFilter()
    buying_role = Choices(choices=Contact._meta.get_field("buying_role").choices or [])
    departed = df.BooleanFilter(
        "departed_on", "isnull", exclude=True, help_text="true: people who left; false: people who are there."
    )

    class Meta:
        model = Contact
        fields: tuple[str, ...] = ()


class ProductFilters(df.FilterSet):
    code = df.CharFilter()
    active = df.BooleanFilter()

    class Meta:
        model = Product
        fields: tuple[str, ...] = ()


class ExternalFactFilters(df.FilterSet):
    key = df.CharFilter(help_text="The fact of this key.")
    active = df.BooleanFilter(help_text="In use, or retired.")

    class Meta:
        model = ExternalFact
        fields = ()


class ContractFilters(UpdatedSince):
    account = Ids(field_name="account_id", help_text="The id of the account.")
    external_id = df.CharFilter()
    ends_from = df.DateFilter("end_on", "gte", help_text="The term ends on or after this day.")
    ends_before = df.DateFilter("end_on", "lt", help_text="The term ends before this day.")
    running = df.BooleanFilter("ended_on", "isnull", help_text="true: not ended; false: ended for good.")

    class Meta:
        model = Contract
        fields: tuple[str, ...] = ()


class EventFilters(df.FilterSet):
    account = Ids(field_name="account_id", help_text="The id of the account.")
    kind = df.CharFilter(help_text="Such as handoff.accepted.")
    occurred_since = Instants("occurred_at", "gte")
    occurred_before = Instants("occurred_at", "lt")

    class Meta:
        model = Event
        fields: tuple[str, ...] = ()


class TaskFilters(UpdatedSince):
    account = Ids(field_name="account_id", help_text="The id of the account.")
    assignee = Ids(field_name="assignee_id", help_text="The id of the person.")
    status = Choices(choices=TaskStatus.choices)
    due_from = df.DateFilter("due_on", "gte", help_text="Due on or after this day.")
    due_before = df.DateFilter("due_on", "lt", help_text="Due before this day.")
    play = df.CharFilter(method="born_of", help_text="The code of the play that gave it, such as onboarding.")

    class Meta:
        model = Task
        fields: tuple[str, ...] = ()

    def born_of(self, tasks: QuerySet[Task], name: str, value: str) -> QuerySet[Task]:
        given = Q()
        for origin in task_origins():
            given |= Q(pk__in=origin.of_play(value).values("task_id"))
        return tasks.filter(given) if given else tasks.none()
