"""Lists in every order: pages that join without a gap or a repeat, and counts that stop."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import search
from accounts.models import Account, AccountState, Phase
from tests.factories.accounts import AccountFactory, ContactFactory

pytestmark = pytest.mark.django_db


def walk(sort: search.Sort, size: int) -> list[int]:
    """Ids of all pages; asserts that no page is longer than asked."""
    seen, after = [], ""
    while True:
        found = search.page(Account.objects.all(), sort, after, size)
        assert len(found.rows) <= size
        seen += [row["id"] for row in found.rows]
        after = found.next
        if not after:
            return seen


def book() -> list[Account]:
    """Twelve accounts with ties and blanks in every column."""
    phases, day = list(Phase), dt.date(2027, 1, 1)
    accounts = []
    for n in range(12):
        account = AccountFactory(name=f"Acme {n % 4}", segment=["", "Mid", "Enterprise"][n % 3])
        Account.objects.filter(pk=account.pk).update(phase=phases[n % 5])
        AccountState.objects.filter(account=account).update(
            arr_minor=(n % 4) * 1000,
            renewal_on=None if n % 3 == 0 else day + dt.timedelta(days=n % 2),
            last_touch_at=None if n % 4 == 0 else dt.datetime(2026, 11, 1 + n % 3, tzinfo=dt.UTC),
        )
        accounts.append(account)
    return accounts


@pytest.mark.parametrize("code", list(search.ORDERS))
@pytest.mark.parametrize("down", [False, True])
@pytest.mark.parametrize("size", [1, 2, 5, 12])
def test_pages_of_any_length_join_to_the_whole_list(acme, code, down, size):
    book()
    sort = search.Sort(code, down)
    whole = [row["id"] for row in search.page(Account.objects.all(), sort, size=100).rows]
    assert len(whole) == len(set(whole)) == 12
    assert walk(sort, size) == whole


def test_phases_come_in_the_order_of_the_bowtie(acme):
    book()
    rows = search.page(Account.objects.all(), search.Sort("phase")).rows
    assert [row["phase"] for row in rows] == sorted((row["phase"] for row in rows), key=search.WAY.index)
    assert [*dict.fromkeys(row["phase"] for row in rows)] == ["commit", "onboarding", "adoption", "expansion", "ended"]


@pytest.mark.parametrize("down", [False, True])
def test_accounts_without_a_renewal_come_last_either_way(acme, down):
    book()
    days = [row["renewal_on"] for row in search.page(Account.objects.all(), search.Sort("renewal", down)).rows]
    known = [day for day in days if day]
    assert days == [*sorted(known, reverse=down), *[None] * 4]


def test_a_page_deep_in_the_list_is_one_query_like_the_first(acme):
    book()
    for code in search.ORDERS:
        sort = search.Sort(code)
        first = search.page(Account.objects.all(), sort, size=3)
        with CaptureQueriesContext(connection) as queries:
            search.page(Account.objects.all(), sort, first.next, size=3)
        assert len(queries) == 1, code


@pytest.mark.parametrize("cursor", ["", "x", "%%%", "bm9uc2Vuc2U", "WyJhcnIiLCAxXQ", "WyJuYW1lIiwgMSwgMl0"])
def test_a_cursor_that_is_not_ours_starts_at_the_beginning(acme, cursor):
    AccountFactory(name="Only one")
    assert [row["name"] for row in search.page(Account.objects.all(), search.Sort("name"), cursor).rows] == ["Only one"]


def test_an_unknown_order_is_the_order_by_name():
    assert str(search.Sort.read("-arr")) == "-arr"
    assert str(search.Sort.read("secret")) == "name"
    assert str(search.Sort.read("-name; drop table")) == "name"


def test_totals_count_and_sum_by_currency(acme):
    for currency, arr in (("USD", 100), ("USD", 250), ("EUR", 70), ("USD", 0)):
        account = AccountFactory(currency=currency)
        AccountState.objects.filter(account=account).update(arr_minor=arr)
    assert search.totals(Account.objects.all()) == search.Totals(4, arr={"USD": 350, "EUR": 70})


def test_totals_stop_counting_at_the_cap(acme, monkeypatch):
    monkeypatch.setattr(search, "CAP", 3)
    AccountFactory.create_batch(4)
    assert search.totals(Account.objects.all()) == search.Totals(3, more=True)


@pytest.mark.parametrize(
    ("words", "found"),
    [("north", ["Northwind"]), ("%", []), ("_", []),
     ("NORTH", ["Northwind"]), ("wind.te", ["Northwind"]), ("crm-7", ["Other"])],
)  # fmt: skip
def test_accounts_are_found_by_name_domain_and_external_id(acme, words, found):
    AccountFactory(name="Northwind", domain="wind.test")
    AccountFactory(name="Other", domain="other.test", external_id="crm-7")
    rows = search.accounts_named(Account.objects.all(), words)
    assert [account.name for account in rows] == found


def test_contacts_are_found_by_name_and_address(acme):
    contact = ContactFactory(name="Ravi Shah", email="ravi@clinic.test")
    contacts = type(contact).objects.all()
    assert list(search.contacts_named(contacts, "shah")) == [contact]
    assert list(search.contacts_named(contacts, "clinic")) == [contact]
    assert list(search.contacts_named(contacts, "nobody")) == []


def test_nul_bytes_find_nothing_and_break_nothing(acme):
    assert list(search.accounts_named(Account.objects.all(), "a\0b")) == []


@pytest.mark.parametrize(
    ("order", "index"),
    [
        ("name", "accounts_account_by_name"),
        ("-name", "accounts_account_by_name"),
        ("arr", "accounts_state_by_arr"),
        ("-arr", "accounts_state_by_arr"),
        ("renewal", "accounts_state_by_renewal"),
        ("-renewal", "accounts_state_renewal_desc"),
        ("touch", "accounts_state_by_touch"),
        ("-touch", "accounts_state_touch_desc"),
        ("segment", "accounts_account_by_segment"),
    ],
)
def test_an_order_is_read_from_its_index_under_row_level_security(order, index, acme):
    """As the application's role, without a sort of the whole tenant."""
    with CaptureQueriesContext(connection) as seen, connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off; SET LOCAL enable_bitmapscan = off")
        cursor.execute("SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off")
        search.page(Account.objects.all(), search.Sort.read(order))
    statement = seen.captured_queries[-1]["sql"]
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN " + statement.replace("%", "%%"))
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert index in plan
    assert "Sort Key" not in plan
