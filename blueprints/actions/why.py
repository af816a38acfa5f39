"""Why a play fired, and why it didn't: the facts behind a match, or the first thing that stood in the way."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection

from accounts import calendar
from accounts.models import Account, AccountFacts, Tenant
from accounts.registry import known_facts
from accounts.tenancy.context import current_tenant_id
from blueprints import guards, rules
from blueprints.actions import turns
from blueprints.actions.stepping.calling import CALLED
from blueprints.models import Fate, Match, Play, PlayState, Run, RunState
from blueprints.rules.comparisons import OPTIONS, named, passes

# The value has been so since the last version in which it was not.
SINCE = """
SELECT coalesce(
    (SELECT max(valid_to) FROM accounts_pastfacts WHERE tenant_id = %(tenant)s AND account_id = %(account)s
        AND facts -> %(name)s IS DISTINCT FROM %(value)s::jsonb),
    (SELECT min(valid_from) FROM accounts_pastfacts WHERE tenant_id = %(tenant)s AND account_id = %(account)s),
    (SELECT valid_from FROM accounts_accountfacts WHERE tenant_id = %(tenant)s AND account_id = %(account)s))
"""


@dataclass(frozen=True)
class Reason:
    """One test in words, with the value as it was or is known; `passed` says whether it let the play through.

    `since`: the value has been so; `dated_on`: the day that its source gives it, where it can grow stale.
    """

    sentence: str
    value: str
    passed: bool
    since: dt.datetime | None = None
    dated_on: dt.date | None = None
    is_stale: bool = False


@dataclass(frozen=True)
class WhyNot:
    """`code`: failed, archived, unknown, draft, paused, shadow, event, held_out, cooling, moving, waiting, tripped,
    before, lapsed, dropped, expired, parked or started; `words` say it, `until` when it may go on.

    `reasons` are the tests that failed, several where any one of them would be enough.
    """

    code: str
    words: str
    reasons: tuple[Reason, ...] = ()
    until: dt.datetime | None = None
    match: Match | None = None

    @property
    def reason(self) -> Reason | None:
        return self.reasons[0] if self.reasons else None


def of_match(match: Match) -> list[Reason]:
    """The tests that held, with the facts as they were known then."""
    if _is_called(match):
        return []  # another play asked for it, whatever holds
    known, currency = rules.askable(match.play.trigger, known_facts(), match.facts), match.account.currency
    reasons = [_reason(test, match.facts, match.opened_on, known, currency) for test in rules.tests(
        match.version.conditions)]  # fmt: skip
    return [reason for reason in reasons if reason.passed]


def not_(play: Play, account: Account) -> WhyNot:
    """The first thing that keeps this play from acting at this account, by what is known now."""
    version, tenant = play.current(), Tenant.objects.get(pk=current_tenant_id())
    if play.state in (PlayState.DRAFT, PlayState.PAUSED):
        return WhyNot(play.state, play.stopped_because or f"The play is {play.get_state_display().lower()}.")
    if account.archived_at:
        return WhyNot("archived", "The account is archived.")
    if told := _by_call(play, account, tenant):
        return told
    facts = AccountFacts.objects.filter(account=account).values_list("facts", flat=True).first()
    if facts is None:
        return WhyNot("unknown", "Nobody has looked at this account yet.")
    known, today = known_facts(), calendar.local_today(tenant, turns.clock())
    asked = _without_event(version.conditions)
    failed = rules.in_the_way(asked, facts, today=today, known=known)
    if failed:
        reasons = [_with_age(_reason(test, facts, today, known, account.currency), test, facts, known, account)
                   for test in failed]  # fmt: skip
        return WhyNot("failed", _none_holds(reasons), tuple(reasons))
    return _by_match(play, account, tenant)


def _none_holds(reasons: list[Reason]) -> str:
    said = "; ".join(f"{reason.sentence}: {reason.value}" for reason in reasons)
    return f"None of these holds. {said}" if len(reasons) > 1 else said


def _without_event(tree: rules.Tree) -> dict[str, Any]:
    """Only what can be asked without an event; of “any” groups with facts of an event nothing can be said."""
    children = tree.get("all", [])
    kept = [child for child in children if not any(name.startswith("event.") for name in rules.names({"all": [child]}))]
    asked: dict[str, Any] = {"all": kept} if kept else {}
    has_event = any(name.startswith("event.") for name in rules.names(tree))
    return asked if "any" not in tree else {} if has_event else dict(tree)


def _reason(test: rules.Test, facts: rules.Facts, today: dt.date, known: rules.Known, currency: str) -> Reason:
    fact, name = known.get(named(test)), named(test)
    value = rules.said(facts.get(name), fact, currency=currency)
    passed = passes(test, facts, today=today, known=known)
    return Reason(rules.sentence(test, known, currency=currency), value, passed)


def _with_age(reason: Reason, test: rules.Test, facts: rules.Facts, known: rules.Known, account: Account) -> Reason:
    name = named(test)
    fact = known.get(name)
    day = facts.get(f"@{fact.dated_by}") if fact and fact.dated_by else None
    # Is it unknown although there is a value? Then the value is too old to be trusted.
    asked = {key: value for key, value in test.items() if key in OPTIONS} | {"known": True}
    today = calendar.local_today(Tenant.objects.get(pk=current_tenant_id()), turns.clock())
    stale = name in facts and not passes(asked, facts, today=today, known=known)
    dated_on = dt.date.fromisoformat(day) if day else None
    return Reason(reason.sentence, reason.value, reason.passed, _since(account, name), dated_on, stale)


def _since(account: Account, name: str) -> dt.datetime | None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT facts -> %s FROM accounts_accountfacts WHERE tenant_id = %s AND account_id = %s",
            [name, current_tenant_id(), account.pk],
        )
        found = cursor.fetchone()
        values = {"tenant": current_tenant_id(), "account": account.pk, "name": name, "value": found and found[0]}
        cursor.execute(SINCE, values)
        since: dt.datetime | None = cursor.fetchone()[0]
    return since


WORDS = {
    Fate.BEFORE: "It held already when the play was switched on; it fires when it holds anew.",
    Fate.TRIPPED: "The circuit breaker stopped it: too many accounts matched within an hour.",
    Fate.EXPIRED: "It was over while the circuit breaker held it.",
    Fate.LAPSED: "It was over before its turn came.",
    Fate.DROPPED: "Somebody dropped it after the circuit breaker had stopped it.",
    Fate.LOGGED: "The play is in the shadow: it logs and does nothing.",
}


def _by_match(play: Play, account: Account, tenant: Tenant) -> WhyNot:
    matches = Match.objects.filter(play=play, account=account).order_by("-opened_at", "-pk")
    of_events = matches.exclude(event__kind=CALLED)  # a call that still decides was told before
    match = matches.filter(closed_at=None).first() or (of_events.first() if play.trigger else None)
    if match is None:
        words = "It waits for its event." if play.trigger else "It holds, and the play will look at it in a moment."
        return WhyNot("event" if play.trigger else "waiting", words)
    return _by_fate(match, account, tenant)


def _by_call(play: Play, account: Account, tenant: Tenant) -> WhyNot | None:
    """Where the last that happened with the play here is that another play asked for it, and that still decides."""
    matches = Match.objects.filter(play=play, account=account).select_related("event", "play", "version")
    match = matches.order_by("-opened_at", "-pk").first()
    found = _deciding(match, account, tenant) if match and _is_called(match) else None
    by = match.event.facts["by_play"] if match and match.event else ""
    return found and replace(found, words=f"“{by}” asked for it. {found.words}")


def _deciding(match: Match, account: Account, tenant: Tenant) -> WhyNot | None:
    """What keeps this call from its run even now; None where the next one could fare otherwise."""
    play = match.play
    if match.fate == Fate.COOLING:
        return _cooling_yet(match, account)
    held_out = guards.held_out(guards.parse(play.current().guards).hold_out_percent, play.pk, account.pk)
    decides = {
        Fate.WAITING: True,
        Fate.TRIPPED: True,
        Fate.LOGGED: play.state == PlayState.SHADOW,
        Fate.HELD_OUT: held_out,
    }
    return _by_fate(match, account, tenant) if decides.get(Fate(match.fate)) else None


def _cooling_yet(match: Match, account: Account) -> WhyNot | None:
    found = _cooling(match.play, account, match, guards.parse(match.version.guards))
    if found.until and found.until > turns.clock():
        return found
    if Run.objects.filter(play=match.play, account=account, state=RunState.MOVING).exists():
        return WhyNot("moving", "It is in motion at this account already.", match=match)
    return None


def _is_called(match: Match) -> bool:
    return match.event is not None and match.event.kind == CALLED


def _by_fate(match: Match, account: Account, tenant: Tenant) -> WhyNot:
    play = match.play
    said = guards.parse(match.version.guards)
    if match.fate == Fate.HELD_OUT:
        words = f"Left alone for comparison, as {said.hold_out_percent}% of the accounts are."
        return WhyNot("held_out", words, match=match)
    if match.fate == Fate.COOLING:
        return _cooling(play, account, match, said)
    if match.fate == Fate.WAITING:
        return _waiting(match, said, tenant)
    if match.fate == Fate.STARTED:
        return WhyNot("started", "It fired, and fires again when it has become untrue and true anew.", match=match)
    return WhyNot(match.fate, WORDS[Fate(match.fate)], match=match)


def _cooling(play: Play, account: Account, match: Match, said: guards.Guards) -> WhyNot:
    last = Run.objects.filter(play=play, account=account).order_by("-started_at").first()
    until = last.started_at + calendar.DAY * said.cool_down_days if last else None
    return WhyNot("cooling", "Too soon after its last run here.", until=until, match=match)


def _waiting(match: Match, said: guards.Guards, tenant: Tenant) -> WhyNot:
    if match.last_error:
        return WhyNot("parked", f"It failed: {match.last_error}", until=match.due_at, match=match)
    now = turns.clock()
    if match.due_at <= now:
        return WhyNot("waiting", "Its run begins in a moment.", match=match)
    quiet = said.quiet and said.quiet.ends(now.astimezone(tenant.zone), tenant.country)
    words = "Nothing starts in quiet hours." if quiet else "Enough was started today for this account’s CSM."
    return WhyNot("waiting", words, until=match.due_at, match=match)
