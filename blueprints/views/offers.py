"""Facts that rows of conditions may ask about, by group, with those of the event that a play listens to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Event
from accounts.registry import Fact
from blueprints import library, rules
from blueprints.forms.happenings import worded as worded_of
from blueprints.rules.comparisons import EVENT
from blueprints.rules.words import label
from blueprints.steps import RUN_FACTS

LATEST = 30  # events that are asked which facts they have
GROUPS = {
    "account": gettext_lazy("Account"), "contract": gettext_lazy("Contract"), "people": gettext_lazy("People"),
    "task": gettext_lazy("Tasks"), "meeting": gettext_lazy("Meetings"), "plan": gettext_lazy("Impact plan"),
    "critical_event": gettext_lazy("Critical events"), "deployment": gettext_lazy("Deployments"),
    "onboarding": gettext_lazy("Onboarding"), "usage": gettext_lazy("Usage"), "health": gettext_lazy("Health"),
    "maturity": gettext_lazy("Maturity"), "custom": gettext_lazy("Custom fields"),
    "ext": gettext_lazy("From other systems"), "run": gettext_lazy("This run"),
}  # fmt: skip


class Offer(NamedTuple):
    name: str
    label: str
    group: str


def offered(known: Mapping[str, Fact], of: str, trigger: str) -> list[Offer]:
    """`of` is the tree that asks: conditions know the event, the trees of steps their run."""
    facts = list(known.values())
    if of.startswith("steps"):
        facts = [*RUN_FACTS, *facts]
    found = [Offer(fact.name, str(fact.label), str(GROUPS.get(fact.group, fact.group))) for fact in facts]
    return (_of_event(trigger) if of == "if" and trigger else []) + found


def _of_event(trigger: str) -> list[Offer]:
    known, worded = rules.asked_of(trigger), worded_of(trigger)
    free = sorted(name for name in _names(trigger) if name not in known and name not in worded)
    offers = [Offer(name, str(fact.label), _("The event")) for name, fact in known.items() if not rules.is_amount(fact)]
    return offers + [Offer(name, label({"fact": name}, None).capitalize(), _("The event")) for name in free]


def _names(trigger: str) -> set[str]:
    """What plays that come with the product ask, and what it brought lately; ids of rows mean nothing to people."""
    said: set[str] = set()
    for spec in library.plays():
        if spec.trigger == trigger:
            asked = rules.names(spec.conditions)
            said |= {name for name in asked if name.startswith(EVENT)}
    for facts in Event.objects.filter(kind=trigger).order_by("-pk").values_list("facts", flat=True)[:LATEST]:
        plain = (name for name, value in facts.items() if isinstance(value, str | int | float | bool))
        said |= {f"{EVENT}{name}" for name in plain if not name.endswith("_id")}
    return said
