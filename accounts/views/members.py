"""People of the workspace: who is here, in which role; inviting, changing, ending."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import formats
from accounts.access import MemberRequest, requires
from accounts.actions import invitations
from accounts.actions import members as actions
from accounts.forms.answers import attempt
from accounts.forms.people import EndForm, InviteForm, RoleForm
from accounts.models import Invitation, Membership, TeamMember
from accounts.roles import PEOPLE_ROLES, SPECS, Permission
from accounts.views.role_table import TABLE
from accounts.views.saving import Saving, save, show

MOST = 500


@require_GET
@requires(Permission.SETTINGS_VIEW)
def member_list(request: MemberRequest) -> HttpResponse:
    teams = dict(TeamMember.objects.values_list("member_id", "team__name"))
    people = Membership.objects.here().active().select_related("user")[:MOST]
    zone = request.tenant.zone
    rows = [
        {"member": who, "team": teams.get(who.user_id, ""), "since": formats.date(who.created_at.astimezone(zone))}
        for who in people
    ]
    return show(request, "people.html", {"rows": rows, "invited": _invited(request), "me": request.membership})


@never_cache
@require_http_methods(["GET", "POST"])
@requires(Permission.MEMBER_MANAGE)
def member_invite(request: MemberRequest) -> HttpResponse:
    """The answer to a good form shows the link, this once; a mail with it follows within seconds."""
    form = InviteForm(request.POST or None)
    status = 200
    if request.method == "POST":
        made, status = attempt(form, lambda: _invite(request, form))
        if made:
            return show(request, "invited.html", {"invitation": made, "link": invitations.link_of(made)})
    saving = Saving(_("Invite somebody"), reverse("accounts:member-list"), "", _("Send invitation"))
    return show(request, "form.html", {"form": form, "saving": saving}, status)


@require_http_methods(["GET", "POST"])
@requires(Permission.MEMBER_MANAGE)
def member_role(request: MemberRequest, pk: int) -> HttpResponse:
    member = _member(pk)
    form = RoleForm(request.POST or None, initial={"role": member.role, "seen": member.role})

    def act() -> Membership:
        said = form.cleaned_data
        return actions.change_role(member, said["role"], by=request.user, seen=said["seen"] or None)

    title = _("Role of {name}").format(name=member.user)
    return save(request, form, act, Saving(title, reverse("accounts:member-list"), _("Role changed.")))


@require_http_methods(["GET", "POST"])
@requires(Permission.MEMBER_MANAGE)
def member_end(request: MemberRequest, pk: int) -> HttpResponse:
    member = _member(pk)
    form = EndForm(request.POST or None)

    def act() -> Membership:
        return actions.end(member, successor=form.cleaned_data["successor"], by=request.user)

    saving = Saving(
        _("End the membership of {name}").format(name=member.user), reverse("accounts:member-list"),
        _("{name} can’t enter any more.").format(name=member.user), _("End membership"),
        _("They lose access at once. What they wrote stays under their name, and they can be invited again."),
    )  # fmt: skip
    return save(request, form, act, saving)


@require_POST
@requires(Permission.MEMBER_MANAGE)
def invitation_revoke(request: MemberRequest, pk: int) -> HttpResponse:
    invitation = get_object_or_404(Invitation, tenant=request.tenant, pk=pk)
    actions.revoke(invitation, by=request.user)
    messages.success(request, _("The invitation of {email} no longer works.").format(email=invitation.email))
    return redirect("accounts:member-list")


@require_GET
@requires(Permission.SETTINGS_VIEW)
def role_list(request: MemberRequest) -> HttpResponse:
    """The permission table, as it stands in the code."""
    context = {"roles": [(role, SPECS[role]) for role in PEOPLE_ROLES], "table": TABLE}
    return show(request, "roles.html", context)


def _invite(request: MemberRequest, form: InviteForm) -> Invitation:
    return actions.invite(form.cleaned_data["email"], form.cleaned_data["role"], by=request.user)


def _member(pk: int) -> Membership:
    return get_object_or_404(Membership.objects.here().active().select_related("user"), pk=pk)


def _invited(request: MemberRequest) -> list[dict[str, Any]]:
    """Those who haven't come yet; a link that ran out is said so, since it can be sent anew."""
    waiting = Invitation.objects.filter(tenant=request.tenant, accepted_at=None, revoked_at=None)
    now = timezone.now()
    return [
        {
            "invitation": invitation,
            "by": str(invitation.invited_by),
            "until": formats.date(invitation.expires_at.astimezone(request.tenant.zone).date()),
            "late": invitation.expires_at <= now,
        }
        for invitation in waiting.select_related("invited_by")[:MOST]
    ]
