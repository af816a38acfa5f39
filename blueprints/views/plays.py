"""What happens by itself: the plays of a workspace, and one of them with all that is known about it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from accounts import formats
from accounts.access import MemberRequest, requires
from accounts.models import InboxEntry
from accounts.registry import Fact, known_facts
from accounts.roles import Permission
from blueprints import library
from blueprints.actions import parking
from blueprints.models import Fate, Match, Play, PlayState, PlayVersion
from blueprints.views import figures, saying
from blueprints.views.differences import differences
from blueprints.views.runs import page_of_runs, when

TABS = (
    ("all", _("All")), ("on", _("On")), ("shadow", _("Shadow")), ("draft", _("Draft")), ("paused", _("Paused")),
    ("library", _("Library")),
)  # fmt: skip
MATCHES = 10
OLD_VERSIONS = 20


@require_GET
@requires(Permission.PLAY_VIEW)
def play_list(request: MemberRequest) -> HttpResponse:
    now, tab = timezone.localtime(), _tab(request)
    newest = list(PlayVersion.objects.order_by("play_id", "-number").distinct("play_id").select_related("play"))
    known = known_facts()
    fared = figures.of_plays(request, now)
    rows = [
        _row(version, known, fared.get(version.play_id, figures.Figures()), now, request.tenant.currency)
        for version in sorted(newest, key=lambda version: version.play.name)
    ]
    shipped = {spec.code for spec in library.plays()}
    counts = {code: sum(1 for row in rows if _belongs(row["play"], code, shipped)) for code, _label in TABS}
    context = {
        "rows": [row for row in rows if _belongs(row["play"], tab, shipped)],
        "tab": tab,
        "tabs": [(code, label, counts[code]) for code, label in TABS],
        "any": bool(rows),
        "effects": _elsewhere("metrics:play-effects"),
        "may_edit": request.membership.may(Permission.PLAY_EDIT),
    }
    partial = request.htmx and not request.htmx.boosted  # type: ignore[attr-defined]
    return render(request, "blueprints/plays.html#list" if partial else "blueprints/plays.html", context)


def _tab(request: MemberRequest) -> str:
    asked = request.GET.get("tab", "")
    return asked if asked in dict(TABS) else "all"


def _belongs(play: Play, tab: str, shipped: set[str]) -> bool:
    if tab == "library":
        return play.code in shipped and play.state == PlayState.DRAFT
    return tab == "all" or play.state == tab


def _row(version: PlayVersion, known: Any, fared: figures.Figures, now: dt.datetime, currency: str) -> dict[str, Any]:
    play = version.play
    return {
        "play": play,
        "tone": saying.TONES[play.state],
        "kind_tone": saying.KIND_TONES[play.kind],
        "sentence": saying.sentence(play, version, known, currency),
        "figures": fared,
        "last": formats.ago(fared.last, now),
    }


@require_GET
@requires(Permission.PLAY_VIEW)
def play_detail(request: MemberRequest, pk: int) -> HttpResponse:
    play = play_or_404(pk)
    versions = list(play.versions.select_related("created_by")[:OLD_VERSIONS])
    known, names = known_facts(), saying.Names()
    context = said(request, play, versions[0], known, names) | {
        "versions": _versions(request, versions, known, names),
        "since": when(request, play.on_since) if play.on_since else "",
        "parked": _parked(play),
        "tripped": Match.objects.filter(play=play, fate=Fate.TRIPPED).count(),
        "matches": _matches(request, play),
        "backtest": _elsewhere("backtests:of-play", play.pk),
        "figures": figures.of_plays(request, timezone.now(), play).get(play.pk, figures.Figures()),
        "may_edit": request.membership.may(Permission.PLAY_EDIT),
    }
    context |= page_of_runs(request, figures.visible_runs(request).filter(play=play))
    return render(request, "blueprints/play.html", context)


def play_or_404(pk: int) -> Play:
    play = Play.objects.filter(pk=pk).first()
    if play is None:
        raise Http404("No such play")
    return play


def said(
    request: MemberRequest, play: Play, version: PlayVersion, known: Mapping[str, Fact], names: saying.Names
) -> dict[str, Any]:
    """A play in words."""
    currency = request.tenant.currency
    return {
        "play": play,
        "version": version,
        "tone": saying.TONES[play.state],
        "kind_tone": saying.KIND_TONES[play.kind],
        "trigger": saying.trigger_words(play.trigger) if play.trigger else "",
        "conditions": saying.conditions_words(version, known, currency),
        "any": "any" in version.conditions,
        "exit": saying.tree_words(version.exit, known, currency) if version.exit else "",
        "steps": saying.steps_words(version.steps, known, currency, names),
        "guards": saying.guards_words(version.guards),
    }


def _versions(
    request: MemberRequest, versions: list[PlayVersion], known: Mapping[str, Fact], names: saying.Names
) -> list[dict[str, Any]]:
    """Each with what it changed of the one before."""
    currency, older = request.tenant.currency, [*versions[1:], None]
    return [
        {
            "version": version,
            "when": when(request, version.created_at),
            "changes": differences(before, version, known, currency, names) if before else [],
        }
        for version, before in zip(versions, older, strict=True)
    ]


def _matches(request: MemberRequest, play: Play) -> list[tuple[Match, str, str]]:
    found = Match.objects.filter(play=play).select_related("account")[:MATCHES]
    return [(match, when(request, match.opened_at), FATE_TONES.get(match.fate, "")) for match in found]


FATE_TONES = {"started": "green", "waiting": "accent", "tripped": "red", "held_out": "amber"}


def _parked(play: Play) -> list[tuple[InboxEntry, str]]:
    if not play.trigger:
        return []
    entries = parking.parked(play.trigger).select_related("event__account").order_by("pk")[:10]
    return [(entry, entry.last_error.split("\n")[0]) for entry in entries]


def _elsewhere(name: str, *args: int) -> str:
    """Where another room shows how plays do, or would have done; empty where none does."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""
