"""Why not: what keeps a play from firing at one account, by what is known now."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts import formats
from accounts.access import MemberRequest, account_or_404, requires
from accounts.calendar import local_today
from accounts.models import Account, AccountFacts
from accounts.registry import known_facts
from accounts.roles import Permission
from blueprints import rules
from blueprints.actions import watching
from blueprints.models import Match, Play, PlayState, PlayVersion
from blueprints.views.plays import play_or_404
from blueprints.views.reasons import Held, held_one


@require_GET
@requires(Permission.PLAY_VIEW)
def play_why_not(request: MemberRequest, pk: int) -> HttpResponse:
    """A fragment: the account that was asked about, and what stands in the way there."""
    play = play_or_404(pk)
    asked = request.GET.get("account", "")
    context: dict[str, Any] = {"play": play}
    if asked.isascii() and asked.isdigit() and len(asked) < 19:
        account = account_or_404(request, int(asked))
        context |= {"account": account, "lines": answer(request, play, account)}
    partial = bool(request.htmx)
    return render(request, "blueprints/why_not.html#answer" if partial else "blueprints/why_not.html", context)


def answer(request: MemberRequest, play: Play, account: Account) -> list[str]:
    """What keeps the play from firing at this account now, the deepest reason first."""
    version = play.current()
    if play.state not in (PlayState.ON, PlayState.SHADOW):
        reason = play.stopped_because or _("nobody switched it on.")
        return [_("The play isn’t on: %(reason)s") % {"reason": reason}, *_conditions(request, play, version, account)]
    return [*_conditions(request, play, version, account), *_standing(request, play, account)]


def _conditions(request: MemberRequest, play: Play, version: PlayVersion, account: Account) -> list[str]:
    known, today = known_facts(), local_today(request.tenant)
    tree = without_event(version.conditions)
    if play.trigger and not tree:
        return [_("It listens to an event and asks nothing about the account.")]
    row = AccountFacts.objects.filter(account=account).first()
    if row is None:
        return [_("Nothing is known about this account yet.")]
    if problems := rules.validate(tree, known, of_event=False):
        return problems
    failed = rules.first_failed(tree, row.facts, today=today, known=known)
    if failed is None:
        return [_("Every condition about the account holds now.")]
    one = held_one(failed, row.facts, known, account.currency)
    return [_("This doesn’t hold: %(sentence)s.") % {"sentence": one.sentence}, _value(one, failed, row)]


def _value(one: Held, failed: rules.Test, row: AccountFacts) -> str:
    since = formats.ago(row.valid_from, timezone.now())
    if row.facts.get(failed["fact"]) is None and row.facts.get(watching.of_account({"all": [failed]})[0]) is None:
        return _("It isn’t known here; last looked at when something changed, %(ago)s.") % {"ago": since}
    age = _("as of %(day)s") % {"day": one.as_of} if one.as_of else _("known since %(ago)s") % {"ago": since}
    return _("The value is %(value)s, %(age)s.") % {"value": one.value, "age": age}


def without_event(tree: rules.Tree) -> rules.Tree:
    """The tree's questions about the account alone."""
    kept: dict[str, list[Any]] = {}
    for group, children in tree.items():
        pruned = [child if "fact" in child else without_event(child) for child in children]
        kept[group] = [child for child in pruned if child and not child.get("fact", "").startswith(watching.EVENT)]
    return {group: children for group, children in kept.items() if children}


def _standing(request: MemberRequest, play: Play, account: Account) -> list[str]:
    """The open match, whose fate may be the reason."""
    match = Match.objects.filter(play=play, account=account).order_by("-opened_at", "-pk").first()
    if match is None or (match.closed_at is not None and match.event_id is None):
        return []
    day = {"day": formats.date(match.opened_on), "fate": match.get_fate_display()}
    return [_("Matched on %(day)s: %(fate)s.") % day]
