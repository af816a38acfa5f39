"""The head of every page about one account: who it is, what it pays, who looks after it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Subquery

from accounts import calendar, formats
from accounts.access import MemberRequest
from accounts.models import Account, AccountFacts, AccountState, Phase, TouchModel, User
from accounts.roles import Permission

SOON = 90

# What a page may offer to do, under short names for its template.
OFFERS = {
    "edit": Permission.ACCOUNT_EDIT,
    "assign": Permission.ACCOUNT_ASSIGN,
    "contact": Permission.CONTACT_EDIT,
    "contract": Permission.CONTRACT_EDIT,
    "note": Permission.NOTE_ADD,
    "task": Permission.TASK_EDIT,
}


@dataclass(frozen=True)
class Fact:
    """One figure of the header; `tone` is "", "amber" or "red"."""

    label: str
    value: str
    hint: str = ""
    tone: str = ""


@dataclass(frozen=True)
class Header:
    mark: str
    about: str
    facts: list[Fact]
    health: str
    today: dt.date
    state: AccountState


def header(request: MemberRequest, account: Account) -> dict[str, Any]:
    """Context of `accounts/account_base.html`: `account`, `head` and `may`. One query: the account's state."""
    state = state_of(account)
    today = calendar.local_today(request.tenant)
    head = Header(
        mark=formats.initials(account.name),
        about=" · ".join(part for part in (account.industry, account.segment, account.region) if part),
        facts=_facts(account, state, today),
        health=state.health_band,
        today=today,
        state=state,
    )
    return {"account": account, "head": head, "may": offers(request), "phases": Phase.choices}


def state_of(account: Account) -> AccountState:
    """What is known now; `touch_every`: how often this workspace wants to speak to such an account.

    `health_by_hand`: the score was set by a person.
    """
    rhythm = TouchModel.objects.filter(code=account.touch_model).values("touch_every_days")[:1]
    by_hand = AccountFacts.objects.filter(account_id=OuterRef("account_id"), facts__has_key="override.score")
    states = AccountState.objects.filter(account=account).annotate(
        touch_every=Subquery(rhythm), health_by_hand=Exists(by_hand)
    )
    return states.first() or AccountState(account=account)


def offers(request: MemberRequest) -> dict[str, bool]:
    return {name: request.membership.may(permission) for name, permission in OFFERS.items()}


def _facts(account: Account, state: AccountState, today: dt.date) -> list[Fact]:
    return [
        Fact("ARR", formats.money(state.arr_minor, account.currency)),
        _renewal(state.renewal_on, today),
        Fact("CSM", _name(account.csm), tone="" if account.csm_id else "amber"),
        Fact("AE", _name(account.ae)),
        Fact("Delivery", _name(account.delivery)),
        Fact("Touch", account.get_touch_model_display()),
    ]


def _renewal(renewal_on: dt.date | None, today: dt.date) -> Fact:
    if renewal_on is None:
        return Fact("Renewal", "None ahead")
    days = (renewal_on - today).days
    return Fact("Renewal", formats.date(renewal_on), f"in {days} d", "amber" if days <= SOON else "")


def _name(person: User | None) -> str:
    return str(person) if person else "Nobody"
