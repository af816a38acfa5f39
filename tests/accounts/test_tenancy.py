"""The three layers, each holding alone."""

import json

import pytest
from django.db import ProgrammingError, connection

from accounts.actions.errors import Refused, named_refusals
from accounts.models import Account, Contact, Event, Task
from accounts.tenancy.context import NoTenant, TenantSwitch, tenant_context
from tests.factories.accounts import AccountFactory


def ids_by_bare_sql() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM accounts_account ORDER BY id")
        return [row[0] for row in cursor.fetchall()]


def test_bare_sql_sees_only_the_open_tenant(acme_cast, rival):
    with tenant_context(acme_cast.tenant):
        ours = AccountFactory()
    with tenant_context(rival.tenant):
        theirs = AccountFactory()
        assert ids_by_bare_sql() == [theirs.pk]
    with tenant_context(acme_cast.tenant):
        assert ids_by_bare_sql() == [ours.pk]


def test_outside_a_tenant_both_layers_are_loud(acme_cast):
    with tenant_context(acme_cast.tenant):
        AccountFactory()  # of a table without any row the database may not ask whose they are
    with pytest.raises(NoTenant):
        Account.objects.count()
    with pytest.raises(Exception, match=r"app\.tenant_id|invalid input syntax for type bigint"):
        ids_by_bare_sql()


def test_a_second_tenant_can_not_be_entered(acme, rival):
    with pytest.raises(TenantSwitch), tenant_context(rival.tenant):
        pass
    assert Account.objects.count() == 0


def test_the_context_ends_with_its_block_even_inside_a_transaction(acme_cast, rival):
    with tenant_context(acme_cast.tenant):
        AccountFactory()
    with tenant_context(rival.tenant):
        assert Account.objects.count() == 0


def test_a_row_can_not_point_into_another_tenant(acme_cast, rival):
    with tenant_context(acme_cast.tenant):
        ours = AccountFactory()
    with tenant_context(rival.tenant):
        with pytest.raises(Refused) as refused, named_refusals(Contact):
            Contact.objects.create(account_id=ours.pk, name="Mole")
        assert refused.value.errors == {"account": ["Nothing in this workspace has this id."]}
        assert Contact.objects.count() == 0


def test_an_owner_must_be_a_member(acme, rival):
    with pytest.raises(Refused) as refused, named_refusals(Account):
        Account.objects.create(name="X", csm=rival.rita)
    assert list(refused.value.errors) == ["csm"]


def test_what_was_said_can_not_be_unsaid(acme):
    account = AccountFactory()
    event = Event.objects.create(kind="note.added", account=account)
    with pytest.raises(ProgrammingError, match="permission denied"):
        Event.objects.filter(pk=event.pk).update(kind="other.said")


@pytest.mark.parametrize(
    ("rows", "table"),
    [
        (Task.objects.filter(status="open").values("title", "account__name"), "accounts_account"),
        (Account.objects.filter(tasks__status="open").values("name"), "accounts_task"),
    ],
    ids=["forward", "backward"],
)
def test_a_joined_table_is_searched_by_the_tenants_literal(acme, rows, table):
    """Without it the planner guesses the tenant's size from the average, and reads all of it for fifty rows."""
    literal = f"(tenant_id = {acme.tenant.pk})"
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        plan = rows.explain(format="json", verbose=False)
    scans = [scan for scan in _scans(json.loads(plan)[0]["Plan"]) if scan.get("Relation Name") == table]
    assert any(literal in json.dumps(scan) for scan in scans), plan


def _scans(plan):
    return [plan, *(scan for part in plan.get("Plans", []) for scan in _scans(part))]
