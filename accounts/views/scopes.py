"""What a page may show of accounts and tasks, and whose of them it was asked for."""

from __future__ import annotations

from django.db.models import Q

from accounts.access import MemberRequest, visible_accounts
from accounts.models import Account, Task
from accounts.models.account import AccountQuerySet
from accounts.models.task import TaskQuerySet
from accounts.roles import Reach
from accounts.scopes import Scope, scope_for


def scope_of(request: MemberRequest) -> Scope:
    """From ?scope=."""
    return scope_for(request.GET.get("scope", "own"), request.membership)


def accounts_in(request: MemberRequest, scope: Scope) -> AccountQuerySet:
    return scope.accounts(visible_accounts(request))


def visible_tasks(request: MemberRequest) -> TaskQuerySet:
    """Every page that names a task by id looks it up in here: one's own, and those of accounts that one may see."""
    tasks: TaskQuerySet = Task.objects.all()  # type: ignore[assignment]
    if request.membership.reach is Reach.ALL:
        return tasks
    mine = Account.objects.visible_to(request.membership)
    return tasks.filter(Q(assignee=request.membership.user_id) | Q(account__in=mine.values("pk")))
