"""What an address of the portfolio asks for: filters, order, columns, and the views that keep them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.access import MemberRequest, visible_accounts
from accounts.filters import CUSTOM, SCOPES, AccountFilter
from accounts.models import CustomField, SavedView
from accounts.models.account import AccountQuerySet
from accounts.roles import Reach, Role
from accounts.search import SIZE, Sort
from accounts.views.columns import USUAL, Column, columns_of

SIZES = (10, 50, 100, 200)
ASKED = (*AccountFilter.base_filters, "sort", "cols", "size")
FIRST_SCOPE = {Role.CSM: "own", Role.SALES: "own", Role.DELIVERY: "own", Role.LEADER: "team"}


@dataclass(frozen=True)
class Tab:
    key: str
    label: Any
    query: str
    current: bool = False
    shared: bool = False

    @property
    def href(self) -> str:
        return f"?view={self.key}&{self.query}"


@dataclass(frozen=True)
class Scope:
    label: Any
    href: str
    current: bool


class Book:
    """One reading of the address. Asks the database for own fields and saved views, nothing else."""

    def __init__(self, request: MemberRequest, given: QueryDict | None = None) -> None:
        self.request = request
        self.given = request.GET if given is None else given
        self.scope = FIRST_SCOPE.get(Role(request.membership.role), "all")

    @cached_property
    def saved(self) -> list[SavedView]:
        mine = Q(owner_id=self.request.user.pk) | Q(shared=True)
        return list(SavedView.objects.filter(mine).order_by("name", "id")[:30])

    @cached_property
    def fields(self) -> list[CustomField]:
        return list(CustomField.objects.filter(active=True))

    @cached_property
    def view(self) -> SavedView | None:
        return next((view for view in self.saved if str(view.pk) == self.given.get("view")), None)

    @cached_property
    def asked(self) -> QueryDict:
        """The address in its one spelling: known names in order, empty values left out, the scope said."""
        given = self.given
        if self.view is not None and set(given) <= {"view", "after"}:
            given = QueryDict(self.view.query)
        asked = QueryDict(mutable=True)
        for name in [*ASKED, *(name for name in given if name.startswith(CUSTOM))]:
            values = [value for value in given.getlist(name) if value.strip()]
            if name == "scope":
                values = values[-1:] or [self.scope]
            if values:
                asked.setlist(name, list(dict.fromkeys(values)))
        if asked.getlist("cols") == USUAL:
            del asked["cols"]
        return asked

    @property
    def query(self) -> str:
        return self.asked.urlencode()

    @cached_property
    def filter(self) -> AccountFilter:
        return AccountFilter(self.asked, queryset=visible_accounts(self.request), request=self.request)

    @property
    def accounts(self) -> AccountQuerySet:
        return self.filter.qs

    @property
    def sort(self) -> Sort:
        return Sort.read(self.asked.get("sort", "name"))

    @property
    def size(self) -> int:
        asked = self.asked.get("size", "")
        return int(asked) if asked in map(str, SIZES) else SIZE

    @cached_property
    def columns(self) -> list[Column]:
        """The chosen ones, in the order in which they are offered."""
        chosen = self.asked.getlist("cols") or USUAL
        return [column for column in columns_of(self.fields) if column.code in chosen]

    def link(self, **changes: str) -> str:
        """The same list with something else about it; "" takes a value out."""
        asked = self.asked.copy()
        for name, value in changes.items():
            asked.setlist(name, [value] if value else [])
        if view := self.given.get("view", ""):
            asked["view"] = view
        return "?" + asked.urlencode()

    @property
    def own_view(self) -> bool:
        return self.view is not None and self.view.owner_id == self.request.user.pk

    @property
    def scopes(self) -> list[Scope]:
        """Own, team, all, for those who see more than what they sell."""
        if self.request.membership.reach is Reach.SOLD:
            return []
        return [Scope(label, self.link(scope=code), code == self.asked["scope"]) for code, label in SCOPES]

    @property
    def filtered(self) -> bool:
        return bool(set(self.asked) - {"scope", "sort", "cols", "size"})

    @property
    def clear(self) -> str:
        """The same order and columns without any filter."""
        kept = QueryDict(mutable=True)
        for name in ("scope", "sort", "cols", "size"):
            if name in self.asked:
                kept.setlist(name, self.asked.getlist(name))
        return "?" + kept.urlencode()

    @cached_property
    def tabs(self) -> list[Tab]:
        ready = [Tab(key, label, _query(asked, self.scope)) for key, label, asked in READY]
        kept = [Tab(str(view.pk), view.name, view.query, shared=view.shared) for view in self.saved]
        wanted = self.given.get("view", "")
        known = {tab.key for tab in ready + kept}
        current = wanted if wanted in known else next((tab.key for tab in ready + kept if tab.query == self.query), "")
        return [Tab(t.key, t.label, t.query, t.key == current, t.shared) for t in ready + kept]


# Views that everybody has.
READY: tuple[tuple[str, Any, Mapping[str, str]], ...] = (
    ("mine", _("My book"), {"scope": "own"}),
    ("all", _("All"), {"scope": "all"}),
    ("renewing", _("Renewing in 6 months"), {"renewal": "180", "sort": "renewal"}),
    ("risk", _("At risk"), {"band": "at_risk", "sort": "-arr"}),
    ("onboarding", _("Onboarding"), {"phase": "onboarding"}),
    ("quiet", _("No touch 30 d"), {"quiet": "30", "sort": "touch"}),
)


def _query(asked: Mapping[str, str], scope: str) -> str:
    """In the spelling of Book.asked, so that the two can be compared."""
    query = QueryDict(mutable=True)
    said = {"scope": scope, **asked}
    for name in ASKED:
        if name in said:
            query[name] = said[name]
    return query.urlencode()
