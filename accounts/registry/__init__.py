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
from accounts.registry.steps import FirstStep, first_step, first_steps

__all__ = [
    "Derivation", "Derived", "EventKind", "Fact", "FactType", "FirstStep", "Source", "declare", "derive", "event_kind",
    "event_kinds", "first_step", "first_steps", "group_of", "known_facts", "of_accounts", "of_workspace",
    "ordered_derivations", "source", "sources", "tell", "tenant_source",
]  # fmt: skip
