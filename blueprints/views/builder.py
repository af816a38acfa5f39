"""A play written as a sentence: rows that the server lays out, a preview of whom it would meet, and the saving."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import MemberRequest, requires
from accounts.actions.errors import Conflict, Refused
from accounts.calendar import local_today
from accounts.models import Membership
from accounts.registry import event_kinds, known_facts
from accounts.roles import Permission
from blueprints import rules, texts
from blueprints.actions import matching, plays
from blueprints.forms import draft as drafts
from blueprints.forms.draft import Draft
from blueprints.forms.steps import Options
from blueprints.models import Endpoint, MessageTemplate, Play, PlayVersion
from blueprints.steps import KINDS
from blueprints.views import offers, saying
from blueprints.views.plays import play_or_404

STALE, WRONG = 409, 422
FIRST = 5
MOST_OFFERED = 200


@require_http_methods(["GET", "POST"])
@requires(Permission.PLAY_EDIT)
def play_new(request: MemberRequest) -> HttpResponse:
    if request.method != "POST":
        made = drafts.empty(known_facts(), request.tenant.currency, options())
        return _show(request, made, None)
    made = _posted(request, None)
    if "do" in request.POST:
        return _changed(request, made, None)
    if made.is_valid():
        try:
            play = plays.create(made.values(), by=request.user)
            messages.success(request, _("%(play)s is a draft: try it, then switch it on.") % {"play": play.name})
            return redirect("blueprints:play-detail", play.pk)
        except Refused as refused:
            made.show(refused.errors)
    return _show(request, made, None, WRONG)


@require_http_methods(["GET", "POST"])
@requires(Permission.PLAY_EDIT)
def play_edit(request: MemberRequest, pk: int) -> HttpResponse:
    play = play_or_404(pk)
    if request.method != "POST":
        version = play.current()
        made = drafts.of_play(play, version, known_facts(), request.tenant.currency, options())
        return _show(request, made, play)
    made = _posted(request, play)
    if "do" in request.POST:
        return _changed(request, made, play)
    status = WRONG
    if made.is_valid():
        saved, status = _revise(request, play, made)
        if saved is not None:
            messages.success(request, _("Saved as version %(number)s.") % {"number": saved.number})
            return redirect("blueprints:play-detail", play.pk)
    return _show(request, made, play, status)


def _revise(request: MemberRequest, play: Play, made: Draft) -> tuple[PlayVersion | None, int]:
    said = request.POST.get("confirmed", "")
    confirmed = int(said) if said.isascii() and said.isdigit() and len(said) < 10 else None
    version = made.head.cleaned_data.get("version")
    try:
        return plays.revise(play, made.values(), by=request.user, version=version, confirmed=confirmed), 200
    except Refused as refused:
        made.show(refused.errors)
        return None, WRONG
    except Conflict:
        play.refresh_from_db()
        made.problems += _theirs(play)
        made.saw(play.version)
        return None, STALE


def _theirs(play: Play) -> list[str]:
    """What somebody else saved meanwhile, beside what is typed."""
    version = play.current()
    steps = "; ".join(step.title for step in saying.steps_words(version.steps, {}, "", saying.Names()))
    return [
        _("Somebody else saved version %(number)s meanwhile: “%(name)s” with the steps: %(steps)s.")
        % {"number": version.number, "name": play.name, "steps": steps},
        _("Save again to keep what you wrote."),
    ]


def _posted(request: MemberRequest, play: Play | None) -> Draft:
    trigger = play.trigger if play else request.POST.get("trigger", "")
    facts = known_facts()
    return drafts.parse(request.POST, trigger, facts, request.tenant.currency, options(), known=play is not None)


def _changed(request: MemberRequest, made: Draft, play: Play | None) -> HttpResponse:
    """The rows after one change; nothing is judged and nothing kept."""
    made.act(request.POST["do"], request.POST.get("new-kind", ""))
    made.unjudged()
    return _show(request, made, play)


def _show(request: MemberRequest, made: Draft, play: Play | None, status: int = 200) -> HttpResponse:
    context = {
        "draft": made,
        "play": play,
        "trigger": saying.trigger_words(play.trigger) if play and play.trigger else "",
        "kinds": KINDS,
        "variables": texts.VARIABLES,
        "facts_of": (play.trigger if play else made.head["trigger"].value()) or "",
        "confirm": any("confirm that number" in text for text in made.problems),
    }
    return render(request, "blueprints/builder.html", context, status=status)


def options() -> Options:
    endpoints = list(Endpoint.objects.values_list("pk", "name", "kind"))
    of_kind = {kind: [(str(pk), name) for pk, name, of in endpoints if of == kind] for kind in ("slack", "webhook")}
    members = Membership.objects.here().active().order_by("user__name").values_list("user_id", "user__name")
    return Options(
        slack=of_kind["slack"],
        webhook=of_kind["webhook"],
        templates=[(str(pk), name) for pk, name in MessageTemplate.objects.values_list("pk", "name")],
        plays=list(Play.objects.values_list("code", "name")),
        people=[(str(pk), name) for pk, name in members],
        facts=known_facts(),
    )


@require_POST
@requires(Permission.PLAY_EDIT)
def play_preview(request: MemberRequest) -> HttpResponse:
    """A fragment: the sentence so far, and for whom it holds now."""
    trigger = request.POST.get("trigger", "")
    made = drafts.parse(request.POST, trigger, known_facts(), request.tenant.currency, Options(), known=False)
    return render(request, "blueprints/_preview.html", _preview(request, made, trigger))


def _preview(request: MemberRequest, made: Draft, trigger: str) -> dict[str, Any]:
    known, currency = rules.askable(trigger, known_facts()), request.tenant.currency
    wrong = sum(1 for row in made.conditions.rows() if not row.judge())
    context: dict[str, Any] = {"wrong": wrong, "trigger": saying.trigger_words(trigger) if trigger else ""}
    tree = made.conditions.tree() if not wrong else {}
    if not tree or wrong:
        return context
    context["sentence"] = saying.tree_words(tree, known, currency)
    if not trigger:
        count, first = matching.would_match(tree, day=local_today(request.tenant), most=FIRST)
        context |= {"count": count, "first": first, "more": count - len(first), "counted": True}
    return context


@require_GET
@requires(Permission.PLAY_EDIT)
def fact_options(request: MemberRequest) -> HttpResponse:
    """What the rows of a play may ask about, found by its name or its group."""
    asked = request.GET.get("q", "").strip().replace("\0", "").lower()[:100]
    scope, trigger = request.GET.get("of", ""), request.GET.get("trigger", "")
    kinds = {kind.kind for kind in event_kinds()}
    found = offers.offered(known_facts(), scope, trigger if trigger in kinds else "")
    fitting = [one for one in found if asked in f"{one.label} {one.group} {one.name}".lower()]
    rows = [{"value": one.name, "label": one.label, "hint": one.group} for one in fitting[:MOST_OFFERED]]
    return render(request, "accounts/options.html", {"options": rows})
