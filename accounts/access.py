"""May this person do that? One decorator for pages; its mark is what the guard tests look for."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase

from accounts.models import Account, Membership, Tenant, User
from accounts.models.account import AccountQuerySet
from accounts.roles import Permission

ENFORCES = "enforces_permission"
P = ParamSpec("P")


class MemberRequest(HttpRequest):
    """A request that has passed the gate: signed in, a member, inside the tenant."""

    user: User  # type: ignore[assignment]
    tenant: Tenant
    membership: Membership
    htmx: bool


Page = Callable[Concatenate[MemberRequest, P], HttpResponseBase]


def requires(permission: Permission) -> Callable[[Page[P]], Callable[Concatenate[HttpRequest, P], HttpResponseBase]]:
    """403 for members whose role lacks the permission; strangers never get this far (404 in the middleware)."""

    def gate(view: Page[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            require(request, permission)
            return view(request, *args, **kwargs)  # type: ignore[arg-type]

        setattr(guarded, ENFORCES, permission)
        return cast(Callable[Concatenate[HttpRequest, P], HttpResponseBase], guarded)

    return gate


def require(request: HttpRequest, permission: Permission) -> None:
    member: Membership | None = getattr(request, "membership", None)
    if member is None:
        raise Http404("Not inside a workspace")
    if not member.may(permission):
        raise PermissionDenied(f"The role {member.role_label} doesn't include “{permission}”.")


def visible_accounts(request: MemberRequest) -> AccountQuerySet:
    """Every page that names an account by id looks it up in here."""
    return Account.objects.present().visible_to(request.membership)


def account_or_404(request: MemberRequest, pk: int) -> Account:
    """Looked up once a request: the panels of a page ask for the same account one after another."""
    known: dict[int, Account] = request.__dict__.setdefault("known_accounts", {})
    if pk not in known:
        account = visible_accounts(request).select_related("csm", "ae", "delivery", "parent").filter(pk=pk).first()
        if account is None:
            raise Http404("No such account")
        known[pk] = account
    return known[pk]
