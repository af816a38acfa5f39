"""People of a workspace: invited, joined, given another role, gone."""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from accounts import timeline
from accounts.actions import handing_on, ownership
from accounts.actions.errors import Conflict, named_refusals, refuse
from accounts.actions.validity import check
from accounts.models import Account, Invitation, Membership, Task, Team, TeamMember, User
from accounts.roles import SPECS, Role
from accounts.tenancy.context import current_tenant_id, tenant_context

LINK_LIVES = dt.timedelta(days=7)


def invite(email: str, role: str, *, by: User) -> Invitation:
    """The row is the mail's place in the queue: the next sweep sends it."""
    email = email.strip().lower()
    check(Invitation(email=email, role=role, expires_at=timezone.now()))
    if Membership.objects.here().active().filter(user__email=email).exists():
        raise refuse("email", "This person is a member already.")
    _clear_expired(email)
    with named_refusals(Invitation):
        invitation = Invitation.objects.create(
            tenant_id=current_tenant_id(), email=email, role=role, invited_by=by,
            expires_at=timezone.now() + LINK_LIVES,
        )  # fmt: skip
    timeline.record("member.invited", by=by, email=email, role=SPECS[Role(role)].label)
    return invitation


def revoke(invitation: Invitation, *, by: User) -> None:
    """The link stops working. One that was used or revoked stays as it is."""
    still_open = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, revoked_at=None)
    if still_open.update(revoked_at=Now()):
        timeline.record("invitation.revoked", by=by, email=invitation.email)


@transaction.atomic
def register(invitation: Invitation, *, name: str, password: str) -> User:
    """Somebody new follows the link: the person and the membership at once. The link proves the address."""
    try:
        with transaction.atomic():
            user = User.objects.create_user(invitation.email, password, name=name.strip())
    except IntegrityError as error:
        raise refuse("", "This address has a sign-in already. Sign in and open the link again.") from error
    accept(invitation, user)
    return user


@transaction.atomic
def accept(invitation: Invitation, user: User) -> Membership:
    """The person becomes a member; works once, in time, and for the invited address alone."""
    row = Invitation.objects.select_for_update().select_related("tenant").get(pk=invitation.pk)
    if row.accepted_at or row.revoked_at or row.expires_at <= timezone.now():
        raise refuse("", "This invitation has been used, withdrawn or is too old.")
    if user.email.lower() != row.email.lower():
        raise refuse("", "This invitation is for another address.")
    row.accepted_at = timezone.now()
    row.save(update_fields=["accepted_at"])
    with tenant_context(row.tenant):
        return add(user, row.role, by=user)


def add(user: User, role: str, *, by: User | None) -> Membership:
    """A member from now on; somebody who was one before comes back to the same row, since rows name people."""
    member, fresh = Membership.objects.get_or_create(tenant_id=current_tenant_id(), user=user, defaults={"role": role})
    if not fresh and member.ended_at is None:
        return member
    if not fresh:
        member.role, member.ended_at = role, None
        member.save(update_fields=["role", "ended_at"])
    timeline.record("member.joined", by=by, user_id=user.pk, name=str(user), role=member.role_label)
    return member


@transaction.atomic
def change_role(member: Membership, role: str, *, by: User, seen: str | None = None) -> Membership:
    """Another role; `seen` is the role that the page showed. The last admin stays one."""
    admins = _hold_admins()
    row = Membership.objects.here().select_for_update(of=("self",)).select_related("user").get(pk=member.pk)
    if seen is not None and row.role != seen:
        raise Conflict(row)
    if row.role == role:
        return row
    if admins == [row.pk]:
        raise refuse("role", "A workspace needs an admin. Make somebody else an admin first.")
    before, row.role = row.role_label, role
    row.save(update_fields=["role"])
    timeline.record(
        "member.role_changed", by=by, user_id=row.user_id, name=str(row.user), before=before, after=row.role_label
    )
    return row


@transaction.atomic
def end(member: Membership, *, by: User, successor: User | None = None) -> Membership:
    """The person may no longer enter, nor their keys and invitations. What they wrote keeps their name.

    A successor gets accounts and open tasks.
    """
    admins = _hold_admins()
    row = Membership.objects.here().select_for_update(of=("self",)).select_related("user").get(pk=member.pk)
    if row.ended_at is not None:
        return row
    if admins == [row.pk]:
        raise refuse("", "A workspace needs an admin. Make somebody else an admin first.")
    if successor is not None:
        _hand_over(row.user, successor, by)
    row.ended_at = timezone.now()
    row.save(update_fields=["ended_at"])
    TeamMember.objects.filter(member_id=row.user_id).delete()
    Team.objects.filter(manager_id=row.user_id).update(manager=None)
    _withdraw_invitations(row.user, by)
    timeline.record("member.ended", by=by, user_id=row.user_id, name=str(row.user), role=row.role_label)
    return row


def _hand_over(leaving: User, successor: User, by: User) -> None:
    if successor.pk == leaving.pk:
        raise refuse("successor", "Choose somebody who stays.")
    for role in ownership.ROLES:
        held = Account.objects.present().filter(**{role: leaving}).values_list("pk", flat=True)
        ownership.assign(held, {role: successor}, by=by)
    waiting = Task.objects.open().filter(assignee=leaving).values_list("pk", flat=True)  # type: ignore[attr-defined]
    handing_on.reassign(waiting, assignee=successor, by=by)


def _withdraw_invitations(leaving: User, by: User) -> None:
    """Those they sent, and those that would let them in again."""
    waiting = Invitation.objects.filter(tenant_id=current_tenant_id(), accepted_at=None, revoked_at=None)
    for invitation in waiting.filter(Q(invited_by=leaving) | Q(email__iexact=leaving.email)).order_by("pk"):
        revoke(invitation, by=by)


def _hold_admins() -> list[int]:
    """The active admins' memberships, held: two admins who remove each other at once must not both succeed."""
    admins = Membership.objects.here().active().filter(role=Role.ADMIN).order_by("pk")
    return list(admins.select_for_update(of=("self",)).values_list("pk", flat=True))


def _clear_expired(email: str) -> None:
    """A link that ran out must not stand in the way of a new one."""
    stale = Invitation.objects.filter(
        tenant_id=current_tenant_id(), email=email, accepted_at=None, revoked_at=None, expires_at__lte=Now()
    )
    stale.update(revoked_at=Now())
