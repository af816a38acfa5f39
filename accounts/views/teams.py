"""Teams: who leads them, who is in them, which one is part of which."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import MemberRequest, requires
from accounts.actions import teams
from accounts.forms.people import SeatForm, TeamForm
from accounts.models import Team, TeamMember
from accounts.roles import Permission
from accounts.views.saving import Saving, save, show


@require_GET
@requires(Permission.SETTINGS_VIEW)
def team_list(request: MemberRequest) -> HttpResponse:
    """Two queries: the teams with manager and parent, and everybody's seat."""
    seats: dict[int, list[TeamMember]] = {}
    for seat in TeamMember.objects.select_related("member").order_by("member__name"):
        seats.setdefault(seat.team_id, []).append(seat)
    found = Team.objects.select_related("manager", "parent")
    rows = [{"team": team, "seats": seats.get(team.pk, [])} for team in found]
    return show(request, "teams.html", {"rows": rows, "form": SeatForm(auto_id=False)})


@require_http_methods(["GET", "POST"])
@requires(Permission.SETTINGS_EDIT)
def team_add(request: MemberRequest) -> HttpResponse:
    form = TeamForm(request.POST or None)
    saving = Saving(_("New team"), reverse("accounts:team-list"), _("Team added."), _("Add team"))
    return save(request, form, lambda: teams.add(form.values, by=request.user), saving)


@require_http_methods(["GET", "POST"])
@requires(Permission.SETTINGS_EDIT)
def team_edit(request: MemberRequest, pk: int) -> HttpResponse:
    team = get_object_or_404(Team.objects.select_related("manager", "parent"), pk=pk)
    form = TeamForm(request.POST or None, row=team)

    def act() -> Team:
        return teams.edit(team, form.values, by=request.user, seen=form.cleaned_data["seen"] or None)

    return save(request, form, act, Saving(team.name, reverse("accounts:team-list"), _("Team saved.")))


@require_http_methods(["GET", "POST"])
@requires(Permission.SETTINGS_EDIT)
def team_place(request: MemberRequest, pk: int) -> HttpResponse:
    team = get_object_or_404(Team.objects.all(), pk=pk)
    form = SeatForm(request.POST or None)
    back = reverse("accounts:team-list")
    saving = Saving(_("Add somebody to {team}").format(team=team.name), back, _("Added to the team."), _("Add"))
    return save(request, form, lambda: teams.place(team, form.cleaned_data["member"], by=request.user), saving)


@require_POST
@requires(Permission.SETTINGS_EDIT)
def team_release(request: MemberRequest, pk: int) -> HttpResponse:
    seat = get_object_or_404(TeamMember.objects.select_related("team", "member"), pk=pk)
    teams.release(seat, by=request.user)
    messages.success(request, _("{name} is in no team now.").format(name=seat.member))
    return redirect("accounts:team-list")


@require_POST
@requires(Permission.SETTINGS_EDIT)
def team_remove(request: MemberRequest, pk: int) -> HttpResponse:
    team = get_object_or_404(Team.objects.all(), pk=pk)
    teams.disband(team, by=request.user)
    messages.success(request, _("The team “{name}” is gone; its people stay.").format(name=team.name))
    return redirect("accounts:team-list")
