"""Whose work is meant, for accounts and for tasks alike."""

import pytest

from accounts.models import Account, Membership, Task
from accounts.scopes import scope_for
from tests.factories.accounts import AccountFactory, TaskFactory


@pytest.fixture
def work(acme):
    for person, holder in ((acme.cass, "csm"), (acme.lee, "csm"), (acme.sal, "ae"), (acme.dee, "delivery")):
        TaskFactory(account=AccountFactory(name=person.name, **{holder: person}), assignee=person, title=person.name)
    TaskFactory(assignee=None, title="Anybody", account=AccountFactory(name="Nobody"))


def asked(acme, name, code):
    scope = scope_for(code, Membership.objects.get(user=getattr(acme, name)))
    accounts = {account.name.split()[0] for account in scope.accounts(Account.objects.all())}
    return accounts, {task.title.split()[0] for task in scope.tasks(Task.objects.all())}


@pytest.mark.parametrize(("name", "own"), [("cass", "Cass"), ("sal", "Sal"), ("dee", "Dee")])
def test_ones_own_is_what_one_holds_in_ones_role(acme, work, name, own):
    assert asked(acme, name, "own") == asked(acme, name, "what is this") == ({own}, {own})


def test_everybody_and_nobody(acme, work):
    everybody = {"Cass", "Lee", "Sal", "Dee"}
    assert asked(acme, "cass", "all") == (everybody | {"Nobody"}, everybody | {"Anybody"})
    assert asked(acme, "cass", "nobody")[1] == {"Anybody"}
