"""What each room says that it knows: kinds of events, facts about accounts, first steps. Filled by each facts.py."""

from accounts.registry.facts import (
    Derivation,
    Derived,
    Fact,
    FactType,
    Source,
    derive,
    known_facts,
    ordered_derivations,
    source,
    sources,
    tenant_source,
)
from accounts.registry.kinds import (
    EventKind,
    declare,
    event_kind,
    event_kinds,
    group_of,
    of_accounts,
    of_workspace,
    tell,
)
from accounts.registry.origins import TaskOrigin, task_origin, task_origins
from accounts.registry.steps import FirstStep, first_step, first_steps

__all__ = [
    "Derivation", "Derived", "EventKind", "Fact", "FactType", "FirstStep", "Source", "TaskOrigin", "declare", "derive",
    "event_kind", "event_kinds", "first_step", "first_steps", "group_of", "known_facts", "of_accounts", "of_workspace",
    "ordered_derivations", "source", "sources", "task_origin", "task_origins", "tell", "tenant_source",
]  # fmt: skip
