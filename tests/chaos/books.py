"""Books of the chaos run: files to bring in, what stands there before, and what a tenant's tables say afterwards."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.db.models import Model, QuerySet

from accounts.actions import states
from accounts.imports.actions import imports, working
from accounts.imports.models import Import
from accounts.models import (
    Account,
    AccountState,
    Contact,
    Contract,
    ContractLine,
    PhaseChange,
    Product,
    RevenueMovement,
)
from accounts.tenancy.context import tenant_context
from tests.factories.accounts import AccountFactory, ContactFactory

TABLES = (Account, AccountState, Contact, Contract, ContractLine, PhaseChange, Product, RevenueMovement)
# They tell that something happened to a row, not what it says.
COUNTED = {"version", "updated_at"}
HEAD = "Account Name,Website,Industry,Contact name,Email,Contract ID,Product,ARR,Currency,Start Date,End Date\n"
YEARS = (2023, 2024, 2025, 2026)


def names_alone(rows: int) -> bytes:
    """All different: nothing but the import itself keeps a row from arriving twice."""
    return ("Account name\n" + "".join(f"Account {n}\n" for n in range(rows))).encode()


def terms_of(accounts: Iterable[int]) -> bytes:
    """Four terms each, one above the other, and a person: what comes of it is new ARR, expansions and contractions."""
    return (HEAD + "".join(_term(n, year) for n in accounts for year in YEARS)).encode()


def _term(n: int, year: int) -> str:
    arr = 1_000 + n + (year - 2023) * (250 if n % 3 else -100)
    whose = f"Firm {n},firm{n}.example,Industry {n % 7},Person {n},person{n}@firm{n}.example"
    return f"{whose},C-{n}-{year},Suite,{arr},EUR,{year}-03-01,{year + 1}-03-01\n"


def stock(cast: Any, accounts: Iterable[int]) -> None:
    """Some of the file's accounts are there and will be changed, and one is that it doesn't speak of."""
    with tenant_context(cast.tenant):
        for n in accounts:
            account = AccountFactory(name=f"Firm {n}", domain=f"firm{n}.example", industry="As before")
            ContactFactory(account=account, name="Somebody else", email=f"else{n}@firm{n}.example")
        AccountFactory(name="Nobody's business", domain="none.example")
        states.refresh(None, today=cast.tenant.created_at.date())


def brought(cast: Any, noun: str, file: bytes, **options: Any) -> Import:
    """On its way: whoever works at this tenant's imports finds it."""
    with tenant_context(cast.tenant):
        job = imports.open("book.csv", [file], noun=noun, by=None)
        imports.map_columns(job, job.columns, by=None, options=options)
        return imports.check(job, by=None)


def undisturbed(cast: Any, *files: bytes) -> None:
    """Nobody is killed: what a book with these files has to look like."""
    for file in files:
        brought(cast, "contract", file, missing_accounts="create", follow="anyway")
        working.go_on(cast.tenant.pk, seconds=120)


def rows_of(cast: Any) -> Counter[tuple[Any, ...]]:
    """Every row of the book as it stands, by its ids."""
    with tenant_context(cast.tenant):
        return Counter((table.__name__, *map(str, row)) for table in TABLES for row in _columns_of(table))


def _columns_of(table: type[Model]) -> QuerySet[Any, tuple[Any, ...]]:
    names = [field.attname for field in table._meta.concrete_fields if field.attname not in COUNTED]
    return table._default_manager.order_by().values_list(*names)


def sayings_of(cast: Any) -> Counter[tuple[Any, ...]]:
    """What the book says, by names: the same in another tenant that was told the same."""
    with tenant_context(cast.tenant):
        said = {
            "account": Account.objects.values_list("name", "domain", "industry", "phase"),
            "state": AccountState.objects.values_list("account__name", "arr_minor", "renewal_on"),
            "contact": Contact.objects.values_list("account__name", "name", "email"),
            "contract": Contract.objects.values_list(
                "account__name", "external_id", "start_on", "end_on", "renews__external_id", "lines__amount_minor"
            ),
            "movement": RevenueMovement.objects.values_list(
                "account__name", "contract__external_id", "product__name", "kind", "amount_minor", "currency",
                "effective_on",
            ),
        }  # fmt: skip
        return Counter((noun, *row) for noun, rows in said.items() for row in rows.order_by())
