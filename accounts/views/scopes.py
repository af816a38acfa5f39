"""Whose work a page shows: one's own, the team's, everybody's, or nobody's yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.access import MemberRequest, visible_accounts
from accounts.filters import OWNERS
from accounts.models import Account, Task, Team
from accounts.models.account import AccountQuerySet
from accounts.models.task import TaskQuerySet
from accounts.roles import Reach, Role

LABELS = {"own": _("Mine"), "team": _("My team"), "all": _("Everybody"), "nobody": _("Nobody yet")}


@dataclass(frozen=True)
class Scope:
    """`people` are the ids that it stands for; None is everybody."""

    code: str
    people: list[int] | None

    @property
    def choices(self) -> list[tuple[str, Any, bool]]:
        return [(code, label, code == self.code) for code, label in LABELS.items()]

    def tasks(self, tasks: TaskQuerySet) -> TaskQuerySet:
        if self.code == "nobody":
            return tasks.filter(assignee=None)
        return tasks if self.people is None else tasks.filter(assignee__in=self.people)


def scope_of(request: MemberRequest) -> Scope:
    """From ?scope=; what isn't a scope is one's own."""
    code = request.GET.get("scope", "own")
    me = request.membership.user_id
    if code == "team":
        return Scope(code, Team.objects.colleagues_of(me))  # type: ignore[attr-defined]
    return Scope(code, None) if code in ("all", "nobody") else Scope("own", [me])


def accounts_in(request: MemberRequest, scope: Scope) -> AccountQuerySet:
    """The accounts that these people hold in their role; a sales rep holds those that they sell."""
    accounts = visible_accounts(request)
    if scope.people is None:
        return accounts
    holder = OWNERS.get(Role(request.membership.role), "csm")
    return accounts.filter(**{f"{holder}_id__in": scope.people})


def visible_tasks(request: MemberRequest) -> TaskQuerySet:
    """Every page that names a task by id looks it up in here: one's own, and those of accounts that one may see."""
    tasks: TaskQuerySet = Task.objects.all()  # type: ignore[assignment]
    if request.membership.reach is Reach.ALL:
        return tasks
    mine = Account.objects.visible_to(request.membership)
    return tasks.filter(Q(assignee=request.membership.user_id) | Q(account__in=mine.values("pk")))
