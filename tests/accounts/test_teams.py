"""Teams: one seat for each person, no circles, and what «my team» means."""

from __future__ import annotations

import pytest

from accounts.actions import teams
from accounts.actions.errors import Conflict, Refused
from accounts.actions.seen import fingerprint
from accounts.models import Event, Team, TeamMember
from accounts.tenancy.context import tenant_context

pytestmark = pytest.mark.django_db


def test_a_person_sits_in_one_team_and_moves_when_placed_in_another(acme):
    east, west = (teams.add({"name": name}, by=acme.ada) for name in ("East", "West"))
    teams.place(east, acme.cass, by=acme.ada)
    teams.place(west, acme.cass, by=acme.ada)
    assert [(seat.team, seat.member) for seat in TeamMember.objects.all()] == [(west, acme.cass)]


def test_a_team_is_never_below_itself(acme):
    top = teams.add({"name": "Top"}, by=acme.ada)
    middle = teams.add({"name": "Middle", "parent": top}, by=acme.ada)
    low = teams.add({"name": "Low", "parent": middle}, by=acme.ada)
    for below in (top, middle, low):
        with pytest.raises(Refused, match="below itself"):
            teams.edit(top, {"parent": below}, by=acme.ada)
    assert Team.objects.get(pk=top.pk).parent is None


def test_a_name_is_taken_once(acme):
    teams.add({"name": "East"}, by=acme.ada)
    with pytest.raises(Refused, match="of this name already"):
        teams.add({"name": "East"}, by=acme.ada)
    assert Team.objects.count() == 1


def test_the_later_of_two_editors_is_told(acme):
    team = teams.add({"name": "East"}, by=acme.ada)
    seen = fingerprint(team, teams.FIELDS)
    teams.edit(team, {"name": "East Coast"}, by=acme.ada, seen=seen)
    with pytest.raises(Conflict):
        teams.edit(team, {"name": "Orient"}, by=acme.lee, seen=seen)
    assert Team.objects.get().name == "East Coast"


def test_a_disbanded_team_lets_its_people_go_and_its_teams_move_up(acme):
    top = teams.add({"name": "Top"}, by=acme.ada)
    middle = teams.add({"name": "Middle", "parent": top}, by=acme.ada)
    low = teams.add({"name": "Low", "parent": middle}, by=acme.ada)
    teams.place(middle, acme.cass, by=acme.ada)
    teams.disband(middle, by=acme.ada)
    assert Team.objects.get(pk=low.pk).parent == top
    assert not TeamMember.objects.exists()
    assert Event.objects.filter(kind="team.removed").exists()


def test_a_director_sees_the_people_of_the_teams_below(acme):
    top = teams.add({"name": "Top", "manager": acme.lee}, by=acme.ada)
    low = teams.add({"name": "Low", "parent": top, "manager": acme.dee}, by=acme.ada)
    teams.place(low, acme.cass, by=acme.ada)
    assert set(Team.objects.colleagues_of(acme.lee.pk)) == {acme.lee.pk, acme.dee.pk, acme.cass.pk}
    assert set(Team.objects.colleagues_of(acme.sal.pk)) == {acme.sal.pk}


def test_the_pages_add_edit_place_release_and_disband(acme_cast, page):
    olly = page(acme_cast.olly, acme_cast.tenant)
    olly.post("/settings/teams/new/", {"name": "East", "manager": acme_cast.lee.pk})
    with tenant_context(acme_cast.tenant):
        team = Team.objects.get()
    olly.post(f"/settings/teams/{team.pk}/", {"name": "East Coast", "manager": acme_cast.lee.pk})
    olly.post(f"/settings/teams/{team.pk}/people/", {"member": acme_cast.cass.pk})
    page_of_teams = olly.get("/settings/teams/").content.decode()
    assert "East Coast" in page_of_teams
    assert "Cass of Acme" in page_of_teams
    with tenant_context(acme_cast.tenant):
        seat = TeamMember.objects.get()
        assert (Team.objects.get().name, Team.objects.get().manager) == ("East Coast", acme_cast.lee)
    olly.post(f"/settings/seats/{seat.pk}/release/")
    olly.post(f"/settings/teams/{team.pk}/remove/")
    with tenant_context(acme_cast.tenant):
        assert not Team.objects.exists()


def test_somebody_outside_can_neither_lead_nor_sit_in_a_team(acme_cast, rival, page):
    olly = page(acme_cast.olly, acme_cast.tenant)
    answer = olly.post("/settings/teams/new/", {"name": "East", "manager": rival.rita.pk})
    assert answer.status_code == 422
    assert "This person isn’t in the workspace." in answer.content.decode().replace("&#x27;", "’")
    with tenant_context(acme_cast.tenant):
        assert not Team.objects.exists()
