"""Teams, their managers and who is in them: the ladder along which «own, team, all» is read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from accounts import timeline
from accounts.actions.errors import named_refusals, refuse
from accounts.actions.seen import locked
from accounts.actions.validity import check, check_change, only
from accounts.models import Team, TeamMember, User

FIELDS = ("name", "manager", "parent")


@transaction.atomic
def add(values: Mapping[str, Any], *, by: User | None) -> Team:
    """values: name, manager (User or None), parent (Team or None)."""
    team = Team(**only(values, FIELDS))
    check(team)
    with named_refusals(Team):
        team.save()
    timeline.record("team.added", by=by, team_id=team.pk, name=team.name)
    return team


@transaction.atomic
def edit(team: Team, values: Mapping[str, Any], *, by: User, seen: str | None = None) -> Team:
    row = locked(team, FIELDS, seen)
    changed = [field for field in FIELDS if field in values and getattr(row, field) != values[field]]
    if not changed:
        return row
    check_change(row, {field: values[field] for field in changed})
    if values.get("parent") is not None and values["parent"].pk in _branch(row):
        raise refuse("parent", "A team can't be below itself.")
    for field in changed:
        setattr(row, field, values[field])
    with named_refusals(Team):
        row.save(update_fields=changed)
    timeline.record("team.edited", by=by, team_id=row.pk, name=row.name, changed=", ".join(changed))
    return row


@transaction.atomic
def place(team: Team, person: User, *, by: User | None) -> TeamMember:
    """A person is in one team; placing them here takes them out of the other."""
    seat, _ = TeamMember.objects.update_or_create(member=person, defaults={"team": team})
    timeline.record("team.joined", by=by, team_id=team.pk, team=team.name, user_id=person.pk, name=str(person))
    return seat


@transaction.atomic
def release(seat: TeamMember, *, by: User) -> None:
    timeline.record(
        "team.left", by=by, team_id=seat.team_id, team=seat.team.name, user_id=seat.member_id, name=str(seat.member)
    )
    seat.delete()


@transaction.atomic
def disband(team: Team, *, by: User) -> None:
    """Its people are in no team afterwards; the teams below move up to its parent."""
    Team.objects.filter(parent=team).update(parent=team.parent_id)
    timeline.record("team.removed", by=by, team_id=team.pk, name=team.name)
    team.delete()


def _branch(team: Team) -> set[int]:
    """The team and every team below it; a workspace has dozens, so one read of the ladder is enough."""
    below: dict[int | None, list[int]] = {}
    for pk, parent in Team.objects.values_list("pk", "parent_id"):
        below.setdefault(parent, []).append(pk)
    branch, edge = {team.pk}, [team.pk]
    while edge:
        edge = [child for pk in edge for child in below.get(pk, []) if child not in branch]
        branch.update(edge)
    return branch
