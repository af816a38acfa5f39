"""The kinds of steps, and what each one says."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from accounts.registry import Fact, FactType

Step = Mapping[str, Any]

MOST_STEPS = 30
LONGEST_TITLE = 200
LONGEST_LINE = 200
LATEST = 365
LEAST_LOADED = "least_loaded"
CSM_ROLES = {"csm": "CSM", "ae": "Account executive", "delivery": "Delivery"}
ROLES = CSM_ROLES | {"least_loaded_csm": "CSM with the fewest open tasks"}
NOTICE_ROLES = CSM_ROLES | {"leader": "Leaders"}
BUYING_ROLES = ("initiator", "user", "champion", "decider", "executive_buyer", "gatekeeper", "influencer")
FIELDS = ("account.segment", "account.region", "account.industry", "account.touch_model")
CUSTOM = "custom."

KINDS = {
    "task": "Task",
    "email": "E-mail to the customer",
    "notice": "Notice to a colleague",
    "slack": "Slack-compatible message",
    "webhook": "Webhook",
    "field": "Change of a field",
    "hand_over": "Hand to somebody",
    "play": "Start another play",
    "wait": "Wait",
}
# What each kind may say beside kind, wait_days and when.
SAYS = {
    "task": {"title", "detail", "role", "days", "blueprint"},
    "email": {"to_roles", "subject", "body", "template", "approve"},
    "notice": {"to", "text"},
    "slack": {"endpoint", "text"},
    "webhook": {"endpoint", "payload"},
    "field": {"path", "value"},
    "hand_over": {"role", "to"},
    "play": {"code"},
    "wait": {"days", "until", "at_most_days"},
}
EVERYWHERE = {"kind", "wait_days", "when"}

RUN_FACTS = (
    Fact("run.tasks_open", "Open tasks of this run", FactType.NUMBER),
    Fact("run.tasks_done", "Done tasks of this run", FactType.NUMBER),
    Fact(
        "run.last_outcome", "Outcome of the last task of this run", FactType.CHOICE,
        choices=(
            ("achieved", "Achieved"), ("partly", "Partly achieved"), ("not_needed", "Not needed"),
            ("no_answer", "No answer from the customer"),
        ),
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Known:
    """What steps may name in the open tenant."""

    facts: Mapping[str, Fact] = field(default_factory=dict)
    endpoints: Mapping[int, str] = field(default_factory=dict)
    templates: Collection[int] = ()
    plays: Collection[str] = ()
    people: Collection[int] = ()
    of_event: bool = True  # the play listens to one, whose facts its texts may name


def kind_of(step: Step) -> str:
    """Steps of old say no kind: all of them are tasks."""
    return str(step.get("kind") or "task")


def customer_sees(step: Step) -> bool:
    return kind_of(step) == "email"


def plain(step: Step) -> dict[str, Any]:
    """A step as it is kept: texts trimmed, a task with all of its fields, nothing empty beside."""
    kept = {name: value.strip() if isinstance(value, str) else value for name, value in step.items()}
    if kind_of(step) == "task":
        kept = {"detail": "", "role": "csm", "days": 0, "blueprint": ""} | kept
    return {name: value for name, value in kept.items() if not _is_nothing(name, value)}


def _is_nothing(name: str, value: Any) -> bool:
    """What needs not be said; the empty value of a field is what that step is about."""
    if name == "value":
        return False
    return value is None or value == {} or (name, value) in (("kind", "task"), ("wait_days", 0))
