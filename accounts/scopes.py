"""Whose work is meant: one's own, the team's, everybody's, or nobody's yet."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Team
from accounts.models.account import AccountQuerySet
from accounts.models.task import TaskQuerySet
from accounts.roles import Role

LABELS = {"own": _("Mine"), "team": _("My team"), "all": _("Everybody"), "nobody": _("Nobody yet")}
# By whom an account is somebody's own; for all other roles it is the CSM.
HOLDERS = {Role.SALES: "ae", Role.DELIVERY: "delivery"}


@dataclass(frozen=True)
class Scope:
    """`people` are the ids that it stands for; None is everybody. They hold accounts as `holder`."""

    code: str
    people: Collection[int] | None
    holder: str

    @property
    def choices(self) -> list[tuple[str, Any, bool]]:
        return [(code, label, code == self.code) for code, label in LABELS.items()]

    def accounts(self, accounts: AccountQuerySet) -> AccountQuerySet:
        """Those that these people hold in their role; a sales rep holds those that they sell."""
        return accounts if self.people is None else accounts.filter(**{f"{self.holder}_id__in": self.people})

    def tasks(self, tasks: TaskQuerySet) -> TaskQuerySet:
        if self.code == "nobody":
            return tasks.filter(assignee=None)
        return tasks if self.people is None else tasks.filter(assignee__in=self.people)


def scope_for(code: str, member: Membership) -> Scope:
    """What isn't a scope is one's own."""
    holder = HOLDERS.get(Role(member.role), "csm")
    if code == "team":
        return Scope(code, Team.objects.colleagues_of(member.user_id), holder)  # type: ignore[attr-defined]
    return Scope(code, None, holder) if code in ("all", "nobody") else Scope("own", [member.user_id], holder)
