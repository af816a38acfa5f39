"""Handoffs in each of their states, reached through the actions that people use. Inside a tenant's context."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

from accounts.models import Account
from journeys.onboarding.actions import handoffs
from journeys.onboarding.models import FirstImpact, Handoff, Kickoff
from journeys.onboarding.questions import QUESTIONS
from tests.factories.accounts import TODAY, AccountFactory

COMMITTED = TODAY - dt.timedelta(days=2)
PEAK = dt.date(2027, 3, 1)

ANSWERS = {
    "buyers": "Elena Brandt signed as COO after Tomas Ruiz ran the pilot.",
    "organization": "Three regions under the COO; IT is central.",
    "personas": "Shift leads who want the plan before seven in the morning.",
    "impact_rational": "Close the books in 4 days instead of 9 by June, worth $310,000 a year.",
    "impact_emotional": "Tomas promised his team free weekends at month-end.",
    "situation": "42 planners in three regions share nine spreadsheets.",
    "pain": "Two plans a week contradict each other and shifts are sent home.",
    "critical_event": "The peak season starts and the old plan can't carry it.",
    "decision": "Operations chose, the CFO signs above $100,000.",
    "red_flags": "The head of planning in Austin wanted the other product.",
}
EVENT = {"due_on": PEAK, "consequence": "They rent 60 temporary workers again."}


def drafted(cast: SimpleNamespace, account: Account | None = None) -> Handoff:
    account = account or AccountFactory(ae=cast.sal)
    return handoffs.open(account, rep=cast.sal, committed_on=COMMITTED, by=cast.sal)


def answered(cast: SimpleNamespace, handoff: Handoff | None = None, *, not_known: tuple[str, ...] = ()) -> Handoff:
    """Every question answered, these with an honest «not known»."""
    handoff = handoff or drafted(cast)
    for question in QUESTIONS:
        more = EVENT if question.dated else {}
        if question.code in not_known:
            handoffs.answer(handoff, question.code, not_known=True, by=cast.sal)
        else:
            handoffs.answer(handoff, question.code, ANSWERS[question.code], by=cast.sal, **more)
    return handoff


def submitted(cast: SimpleNamespace, handoff: Handoff | None = None, *, not_known: tuple[str, ...] = ()) -> Handoff:
    return handoffs.submit(answered(cast, handoff, not_known=not_known), by=cast.sal)


def returned(cast: SimpleNamespace, handoff: Handoff | None = None, **reasons: str) -> Handoff:
    reasons = reasons or {"impact_rational": "Who over there owns this number?"}
    return handoffs.return_(submitted(cast, handoff), reasons, by=cast.cass)


def accepted(cast: SimpleNamespace, handoff: Handoff | None = None, *, not_known: tuple[str, ...] = ()) -> Handoff:
    return handoffs.accept(submitted(cast, handoff, not_known=not_known), by=cast.cass)


def begun(cast: SimpleNamespace, account: Account | None = None) -> FirstImpact:
    """The First Impact of an accepted account: its clock runs, nothing is reached."""
    handoff = accepted(cast, drafted(cast, account) if account else None)
    return FirstImpact.objects.select_related("account", "objective__plan").get(account=handoff.account)


def kickoff(cast: SimpleNamespace, account: Account | None = None) -> Kickoff:
    """Prepared from the handoff, not scheduled yet."""
    return Kickoff.objects.select_related("account").get(account=begun(cast, account).account)
