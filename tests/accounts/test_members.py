"""Roles that change, people who leave, and the admin who must stay."""

from __future__ import annotations

import threading

import pytest
from django.db import connection

from accounts.actions import members, teams
from accounts.actions.errors import Conflict, Refused
from accounts.models import Account, Event, Invitation, Membership, Task, Team, TeamMember
from accounts.tenancy.context import tenant_context
from tests.factories.accounts import AccountFactory, TaskFactory

pytestmark = pytest.mark.django_db


def member_of(cast, person) -> Membership:
    return Membership.objects.get(tenant=cast.tenant, user=person)


def test_a_role_is_changed_and_told(acme):
    members.change_role(member_of(acme, acme.cass), "leader", by=acme.ada)
    assert member_of(acme, acme.cass).role == "leader"
    event = Event.objects.get()
    assert (event.kind, event.facts["before"], event.facts["after"]) == ("member.role_changed", "CSM", "Leader")


def test_a_role_that_changed_meanwhile_is_a_conflict(acme):
    members.change_role(member_of(acme, acme.cass), "leader", by=acme.ada)
    with pytest.raises(Conflict):
        members.change_role(member_of(acme, acme.cass), "viewer", by=acme.ada, seen="csm")
    assert member_of(acme, acme.cass).role == "leader"


def test_the_last_admin_can_neither_leave_nor_become_something_else(acme):
    last = member_of(acme, acme.ada)
    with pytest.raises(Refused):
        members.change_role(last, "csm", by=acme.ada)
    with pytest.raises(Refused):
        members.end(last, by=acme.ada)
    last.refresh_from_db()
    assert (last.role, last.ended_at) == ("admin", None)
    assert not Event.objects.exists()


def test_who_leaves_hands_over_accounts_and_open_tasks_and_their_seat(acme):
    team = teams.add({"name": "East", "manager": acme.cass}, by=acme.ada)
    teams.place(team, acme.cass, by=acme.ada)
    account = AccountFactory(csm=acme.cass, ae=acme.sal)
    task = TaskFactory(account=account, assignee=acme.cass)
    members.end(member_of(acme, acme.cass), by=acme.ada, successor=acme.dee)
    assert Account.objects.get().csm == acme.dee
    assert Account.objects.get().ae == acme.sal
    assert Task.objects.get(pk=task.pk).assignee == acme.dee
    assert not TeamMember.objects.exists()
    assert Team.objects.get().manager is None
    kinds = set(Event.objects.values_list("kind", flat=True))
    assert {"account.owner_changed", "task.reassigned", "member.ended"} <= kinds


def test_nobody_succeeds_themselves(acme):
    with pytest.raises(Refused):
        members.end(member_of(acme, acme.cass), by=acme.ada, successor=acme.cass)
    assert member_of(acme, acme.cass).ended_at is None


def test_who_left_finds_nothing_any_more_and_comes_back_by_invitation(acme_cast, page):
    cass = page(acme_cast.cass, acme_cast.tenant)
    assert cass.get("/tasks/").status_code == 200
    with tenant_context(acme_cast.tenant):
        members.end(member_of(acme_cast, acme_cast.cass), by=acme_cast.ada)
    assert cass.get("/tasks/").status_code == 404
    with tenant_context(acme_cast.tenant):
        invitation = members.invite("cass@acme.test", "viewer", by=acme_cast.ada)
    members.accept(invitation, acme_cast.cass)
    back = member_of(acme_cast, acme_cast.cass)
    assert (back.role, back.ended_at) == ("viewer", None)
    assert cass.get("/tasks/").status_code == 200


def test_the_pages_change_a_role_and_end_a_membership(acme_cast, page):
    ada = page(acme_cast.ada, acme_cast.tenant)
    cass, last = member_of(acme_cast, acme_cast.cass), member_of(acme_cast, acme_cast.ada)
    assert ada.post(f"/settings/people/{cass.pk}/role/", {"role": "leader", "seen": "csm"}).status_code == 302
    assert ada.post(f"/settings/people/{cass.pk}/role/", {"role": "viewer", "seen": "csm"}).status_code == 409
    refused = ada.post(f"/settings/people/{last.pk}/role/", {"role": "csm", "seen": "admin"})
    assert (refused.status_code, "needs an admin" in refused.content.decode()) == (422, True)
    assert ada.post(f"/settings/people/{cass.pk}/end/", {"successor": acme_cast.dee.pk}).status_code == 302
    assert ada.post(f"/settings/people/{last.pk}/end/", {}).status_code == 422
    cass.refresh_from_db()
    assert (cass.role, cass.ended_at is not None) == ("leader", True)
    assert "Cass of Acme" not in ada.get("/settings/people/").content.decode()


def test_only_an_admin_changes_people(acme_cast, page):
    cass = member_of(acme_cast, acme_cast.cass)
    for person in (acme_cast.olly, acme_cast.lee, acme_cast.cass):
        client = page(person, acme_cast.tenant)
        assert client.post(f"/settings/people/{cass.pk}/role/", {"role": "admin"}).status_code == 403
        assert client.post(f"/settings/people/{cass.pk}/end/", {}).status_code == 403
    cass.refresh_from_db()
    assert (cass.role, cass.ended_at) == ("csm", None)


def test_a_membership_of_another_workspace_is_unknown(acme_cast, rival, page):
    rita = page(rival.rita, rival.tenant)
    assert rita.post(f"/settings/people/{member_of(acme_cast, acme_cast.cass).pk}/end/", {}).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_two_admins_who_demote_each_other_at_once_leave_one(acme_cast):
    ada, lee = member_of(acme_cast, acme_cast.ada), member_of(acme_cast, acme_cast.lee)
    with tenant_context(acme_cast.tenant):
        members.change_role(lee, "admin", by=acme_cast.ada)
    ready, answers = threading.Barrier(2), []

    def demote(member, by):
        try:
            ready.wait()
            with tenant_context(acme_cast.tenant):
                members.change_role(member, "viewer", by=by)
            answers.append("changed")
        except Refused:
            answers.append("refused")
        finally:
            connection.close()

    both = [threading.Thread(target=demote, args=pair) for pair in ((ada, acme_cast.lee), (lee, acme_cast.ada))]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    assert sorted(answers) == ["changed", "refused"]
    assert Membership.objects.filter(tenant=acme_cast.tenant, role="admin").count() == 1


def test_who_leaves_leaves_no_invitation_behind(acme):
    sent = members.invite("friend@example.test", "admin", by=acme.lee)
    back = members.invite("new@example.test", "csm", by=acme.ada)
    Invitation.objects.filter(pk=back.pk).update(email=acme.lee.email)
    other = members.invite("else@example.test", "csm", by=acme.ada)
    members.end(member_of(acme, acme.lee), by=acme.ada)
    assert set(Invitation.objects.filter(revoked_at=None)) == {other}
    told = Event.objects.filter(kind="invitation.revoked").order_by("id")
    assert [event.facts["email"] for event in told] == [sent.email, acme.lee.email]
