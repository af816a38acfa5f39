"""The values that the texts of a play may name: the account, its people and facts, the event, the play."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from accounts.models import Account, AccountFacts, Contact, Event, User
from accounts.registry import Fact, known_facts
from blueprints import rules
from blueprints.models import Endpoint, Play

ACCOUNT = ("name", "domain", "industry", "region", "segment")
Values = dict[str, Any]


@dataclass
class Book:
    """What is known about some accounts and events, read once for all of them and only when somebody asks."""

    account_ids: Collection[int]
    event_ids: Collection[int] = field(default_factory=set)

    @cached_property
    def accounts(self) -> dict[int, Account]:
        return {each.pk: each for each in Account.objects.filter(pk__in=self.account_ids).select_related("csm")}

    def forget(self) -> None:
        """What was taken back in the database must not live on here."""
        self.__dict__.pop("accounts", None)

    @cached_property
    def facts(self) -> dict[int, dict[str, Any]]:
        rows = AccountFacts.objects.filter(account__in=self.account_ids)
        return dict(rows.values_list("account_id", "facts"))

    @cached_property
    def events(self) -> dict[int, dict[str, Any]]:
        return dict(Event.objects.filter(pk__in=self.event_ids).values_list("pk", "facts"))

    @cached_property
    def endpoints(self) -> set[int]:
        return set(Endpoint.objects.values_list("pk", flat=True))

    @cached_property
    def known(self) -> dict[str, Fact]:
        return known_facts()

    def values(self, account_id: int, play: Play, event_id: int | None) -> Values:
        """By the names that texts.py allows; what isn't known isn't there."""
        account = self.accounts[account_id]
        values: Values = {f"account.{name}": getattr(account, name) for name in ACCOUNT}
        values |= {"account.phase": account.get_phase_display(), "play.name": play.name, "because": play.because}
        values |= {f"account.custom.{key}": value for key, value in account.custom.items()}
        values |= {f"event.{name}": value for name, value in self.events.get(event_id or 0, {}).items()}
        values |= self._said(account)
        return values | (_person("csm", account.csm) if account.csm else {})

    def _said(self, account: Account) -> Mapping[str, str]:
        return {
            f"fact.{name}": rules.said(value, self.known[name], currency=account.currency)
            for name, value in self.facts.get(account.pk, {}).items()
            if name in self.known and value is not None
        }


def addressed(values: Mapping[str, Any], contact: Contact) -> Values:
    """The same, to one person at the customer."""
    return {**values, **_person("contact", contact), "contact.title": contact.title}


def _person(role: str, person: User | Contact) -> dict[str, Any]:
    name = person.name or person.email
    return {f"{role}.name": name, f"{role}.first_name": name.split(" ")[0], f"{role}.email": person.email}
