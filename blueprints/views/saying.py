"""Plays in words: what starts one, what it does step by step, and what holds it back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from accounts import formats
from accounts.models import Membership
from accounts.registry import Fact, event_kinds
from blueprints import rules
from blueprints.models import Endpoint, MessageTemplate, Play, PlayVersion
from blueprints.steps import CSM_ROLES, KINDS, RUN_FACTS, kind_of
from blueprints.steps.kinds import LEAST_LOADED, NOTICE_ROLES, ROLES

ICONS = {
    "task": "square-check", "email": "mail", "notice": "bell", "slack": "message-square", "webhook": "webhook",
    "field": "pencil", "hand_over": "user-round", "play": "play", "wait": "hourglass",
}  # fmt: skip
TONES = {"on": "green", "paused": "amber", "shadow": "accent", "draft": ""}
KIND_TONES = {"risk": "red", "opportunity": "green", "routine": ""}


class Names:
    """What steps name by id, as people call it; asked for only where a step names it."""

    @cached_property
    def endpoints(self) -> dict[int, str]:
        return dict(Endpoint.objects.values_list("pk", "name"))

    @cached_property
    def templates(self) -> dict[int, str]:
        return dict(MessageTemplate.objects.values_list("pk", "name"))

    @cached_property
    def plays(self) -> dict[str, str]:
        return dict(Play.objects.values_list("code", "name"))

    @cached_property
    def people(self) -> dict[int, str]:
        return dict(Membership.objects.here().values_list("user_id", "user__name"))


@dataclass(frozen=True)
class StepSaid:
    """One step as a page shows it."""

    kind: str
    label: str
    icon: str
    title: str
    text: str
    owner: str
    timing: str
    when: str
    blueprint: str


def trigger_words(trigger: str) -> str:
    labels = {kind.kind: str(kind.label) for kind in event_kinds()}
    return labels.get(trigger, trigger)


def conditions_words(version: PlayVersion, known: Mapping[str, Fact], currency: str) -> list[str]:
    return rules.sentences(version.conditions, rules.askable(version.play.trigger, known), currency=currency)


def tree_words(tree: rules.Tree, known: Mapping[str, Fact], currency: str) -> str:
    """A whole tree as one line."""
    joined = f" {_('or')} " if "any" in tree else f" {_('and')} "
    return joined.join(rules.sentences(tree, dict(known), currency=currency))


def sentence(play: Play, version: PlayVersion, known: Mapping[str, Fact], currency: str) -> str:
    """What starts the play, as a list shows it."""
    said = tree_words(version.conditions, rules.askable(play.trigger, known), currency)
    if not play.trigger:
        return said
    happens = trigger_words(play.trigger)
    return f"{happens}, {_('if')} {said}" if said else happens


def steps_words(
    steps: Sequence[Mapping[str, Any]], known: Mapping[str, Fact], currency: str, of: Names
) -> list[StepSaid]:
    facts = dict(known) | {fact.name: fact for fact in RUN_FACTS}
    return [_step(step, of, facts, currency) for step in steps]


def _step(step: Mapping[str, Any], of: Names, facts: Mapping[str, Fact], currency: str) -> StepSaid:
    kind = kind_of(step)
    title, text, owner = SAYS[kind](step, of)
    if kind == "wait" and step.get("until"):
        most = {"until": tree_words(step["until"], facts, currency), "days": step.get("at_most_days")}
        title = _("Until %(until)s, at most %(days)s business days") % most
    when = step.get("when")
    return StepSaid(
        kind=kind,
        label=KINDS[kind],
        icon=ICONS[kind],
        title=title,
        text=text,
        owner=owner,
        timing=_timing(step, kind),
        when=tree_words(when, facts, currency) if when else "",
        blueprint=step.get("blueprint", ""),
    )


def _timing(step: Mapping[str, Any], kind: str) -> str:
    parts = []
    if wait := step.get("wait_days"):
        parts.append(_("%(days)s later") % {"days": formats.plural(wait, "business day")})
    if kind == "task":
        parts.append(_("within %(days)s") % {"days": formats.plural(step.get("days", 0), "business day")})
    return ", ".join(parts)


def _email(step: Mapping[str, Any], of: Names) -> tuple[str, str, str]:
    title = of.templates.get(step["template"], "") if step.get("template") else step.get("subject", "")
    to = ", ".join(role.replace("_", " ") for role in step.get("to_roles", []))
    return title, step.get("body", ""), _("to %(roles)s") % {"roles": to}


def _field(step: Mapping[str, Any], of: Names) -> tuple[str, str, str]:
    path = step["path"].removeprefix("account.").removeprefix("custom.").replace("_", " ")
    return _("%(field)s becomes %(value)s") % {"field": path, "value": step.get("value") or "–"}, "", ""


def _hand_over(step: Mapping[str, Any], of: Names) -> tuple[str, str, str]:
    least = _("whoever has the fewest open tasks")
    to = least if step["to"] == LEAST_LOADED else of.people.get(step["to"], str(step["to"]))
    return _("%(role)s becomes %(person)s") % {"role": CSM_ROLES.get(step["role"], step["role"]), "person": to}, "", ""


SAYS: dict[str, Any] = {
    "task": lambda step, of: (step["title"], step.get("detail", ""), ROLES.get(step.get("role", ""), "")),
    "email": _email,
    "notice": lambda step, of: (step["text"], "", NOTICE_ROLES.get(step["to"], step["to"])),
    "slack": lambda step, of: (of.endpoints.get(step["endpoint"], _("An endpoint that is gone")), step["text"], ""),
    "webhook": lambda step, of: (of.endpoints.get(step["endpoint"], _("An endpoint that is gone")), "", ""),
    "field": _field,
    "hand_over": _hand_over,
    "play": lambda step, of: (of.plays.get(step["code"], step["code"]), "", ""),
    "wait": lambda step, of: (formats.plural(step.get("days", 0), "business day"), "", ""),
}


def guards_words(said: Mapping[str, Any]) -> list[str]:
    """What holds the play back, in sentences."""
    found = []
    if days := said.get("cool_down_days"):
        found.append(_("Not again at an account within %(days)s.") % {"days": formats.plural(days, "day")})
    if most := said.get("per_csm_day"):
        found.append(_("At most %(count)s for each CSM and day; the rest wait.") % {"count": most})
    if quiet := said.get("quiet"):
        found.append(_quiet(quiet))
    if most := said.get("breaker_per_hour"):
        found.append(_("Stops by itself at more than %(count)s in an hour.") % {"count": most})
    if percent := said.get("hold_out_percent"):
        found.append(_("Leaves %(percent)s%% of the accounts alone, to see what it is worth.") % {"percent": percent})
    waits, goes = _("E-mails wait for approval."), _("E-mails go out without being asked about.")
    found.append(goes if said.get("approve") is False else waits)
    if said.get("leave_when_over"):
        found.append(_("Open tasks are closed as soon as the reason is gone."))
    return found


def _quiet(quiet: Mapping[str, Any]) -> str:
    hours = quiet.get("from") and quiet.get("until")
    said = _("Quiet from %(since)s to %(until)s") % {"since": quiet["from"], "until": quiet["until"]} if hours else ""
    if quiet.get("weekends"):
        said = f"{said} {_('and on days off')}" if said else _("Quiet on days off")
    return f"{said}."
