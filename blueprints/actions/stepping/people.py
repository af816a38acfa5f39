"""Who gets what a play gives: the holder of a role if still here, or whoever has the fewest open tasks."""

from __future__ import annotations

import heapq
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count

from accounts.models import Membership, Task
from accounts.roles import Role

FALLBACK = ("csm", "ae")
LEADER = "leader"
LEAST_LOADED_CSM = "least_loaded_csm"
Owners = Mapping[str, Any]  # csm_id, ae_id, delivery_id


@dataclass
class Staff:
    """Everybody who works here now: a membership may end before its accounts are given on."""

    roles: dict[int, str]
    _load: list[tuple[int, int]] | None = field(default=None, repr=False)

    def owner(self, account: Owners, role: str) -> int | None:
        """Whoever holds the role at the account, else its CSM, else its AE; nobody: unassigned."""
        if role == LEAST_LOADED_CSM:
            return self.least_loaded()
        holders = (account[f"{name}_id"] for name in (role, *FALLBACK))
        return next((person for person in holders if person in self.roles), None)

    def least_loaded(self) -> int | None:
        """The CSM with the fewest open tasks, those given just now counted in."""
        load = self._load = self._counted() if self._load is None else self._load
        if not load:
            return None
        count, person = load[0]
        heapq.heapreplace(load, (count + 1, person))
        return person

    def told(self, account: Owners, to: str) -> list[int]:
        """Who is told: every leader, or the holder of a role."""
        if to == LEADER:
            return sorted(person for person, role in self.roles.items() if role == Role.LEADER)
        person = self.owner(account, to)
        return [] if person is None else [person]

    def _counted(self) -> list[tuple[int, int]]:
        csms = [person for person, role in self.roles.items() if role == Role.CSM]
        open_tasks = Task.objects.open().filter(assignee__in=csms).order_by().values("assignee_id")
        counts = {row["assignee_id"]: row["n"] for row in open_tasks.annotate(n=Count("pk"))}
        load = [(counts.get(person, 0), person) for person in csms]
        heapq.heapify(load)
        return load


def staff() -> Staff:
    return Staff(dict(Membership.objects.here().active().values_list("user_id", "role")))
