"""A book that leaves one workspace comes into an empty one as it was, without mapping anything by hand."""

from __future__ import annotations

import datetime as dt
import itertools
import os
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from accounts import exports
from accounts.actions import accounts, contacts, contracts, custom_fields, notes, products
from accounts.extracts import EXTRACTS, sheet, written
from accounts.imports.actions import imports, refusals, working
from accounts.imports.fields import FIELDS
from accounts.imports.models import Import, Record, Stage, Verdict
from accounts.imports.values.words import BROKEN
from accounts.models import (
    BuyingRole,
    CustomField,
    Influence,
    Membership,
    Product,
    RevenueMovement,
    Stance,
    Tenant,
    Touch,
    User,
)
from accounts.models import Phase as AccountPhase
from accounts.tenancy.context import tenant_context
from accounts.views.columns import COLUMNS
from tests.factories.accounts import TODAY, AccountFactory, ContractFactory, TenantFactory

pytestmark = pytest.mark.django_db(transaction=True)
COMING_BACK = ("products", "accounts", "contacts", "contracts", "notes")
NASTY = (
    "=1+1", '=HYPERLINK("http://x")', "+49 170", "-2+3", "-12", "@SUM(A1)", "'=x", "''=x", "'plain", "''", "'-5",
    'say "so"', "a;b,c\td", "two\nlines", "two\r\nlines", "two\rlines", "_x000D_", "_x0041_ <&>]]>", "Ünï ☃ 🎉", "－x",
    "＝y", "0012", "1e5", "TRUE", "2026-01-01", "NULL", "n/a", "x\u200by", "bell\x07", "a\u2028b", "a\x85b", "a\x0bb",
    '{"a": 1}', "%d {0}", "\\N", "\\", "back\\slash\n", "#N/A?", "\ufeffmark", "a\ufffeb", "1,5", "1.234,50 €",
)  # fmt: skip
LETTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
OWN_FIELDS = (
    {"label": "Tier", "key": "tier", "type": "text"},
    {"label": "Sites", "key": "sites", "type": "number"},
    {"label": "Reference", "key": "reference", "type": "boolean"},
    {"label": "Audited on", "key": "audited-on", "type": "date"},
    {"label": "Plan level", "key": "plan-level", "type": "choice", "choices": ["Gold", "Silver; blue", "=Bronze"]},
)
PEOPLE = ("csm@owners.test", "ae@owners.test")
numbers = itertools.count()


def texts(longest: int, *, least: int = 0) -> st.SearchStrategy[str]:
    """As every door of the product takes them: without spaces around, and none that says a spreadsheet's error."""
    plain = st.one_of(st.sampled_from(NASTY), st.text(LETTERS, max_size=12))
    tidy = plain.map(lambda text: text[:longest].strip())
    return tidy.filter(lambda text: len(text) >= least and text not in BROKEN)


DAYS = st.dates(dt.date(2019, 1, 1), TODAY)
CUSTOM = st.fixed_dictionaries(
    {},
    optional={
        "tier": texts(80, least=1),
        "sites": st.integers(0, 10**6) | st.sampled_from([0.5, 1.125]),
        "reference": st.booleans(),
        "audited-on": DAYS.map(str),
        "plan-level": st.sampled_from(OWN_FIELDS[4]["choices"]),
    },
)
PRODUCT = st.fixed_dictionaries(
    {
        "name": texts(100), "unit": texts(40, least=1), "description": texts(300), "recurring": st.booleans(),
    }
)  # fmt: skip
CONTACT = st.fixed_dictionaries(
    {
        "name": texts(150), "phone": texts(40), "title": texts(120), "persona": texts(80), "address": st.booleans(),
        "buying_role": st.sampled_from(["", *BuyingRole.values]), "stance": st.sampled_from(["", *Stance.values]),
        "influence": st.sampled_from(Influence.values), "external_id": st.none() | texts(100),
        "left": st.none() | DAYS, "moved_to": texts(200),
    }
)  # fmt: skip
# Which of the products, what each comes to.
AMOUNTS = st.dictionaries(st.integers(0, 2), st.integers(0, 10**11), min_size=1, max_size=3)
# So much of the way through the term, or ahead of it.
CHANGE = st.tuples(st.integers(0, 100), AMOUNTS, texts(200))
TERM = st.fixed_dictionaries(
    {
        "name": texts(150), "months": st.integers(1, 36), "signed": DAYS, "auto_renew": st.booleans(),
        "notice_days": st.integers(0, 365), "external_id": st.none() | texts(100),
        "amounts": AMOUNTS, "quantity": st.integers(1, 9999), "changes": st.lists(CHANGE, max_size=3),
    }
)  # fmt: skip
NOTE = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["note", "call", "email", "meeting"]), "body": texts(2000, least=1),
        "at": st.datetimes(dt.datetime(2019, 1, 1), dt.datetime(2026, 11, 1)), "known": st.booleans(),
    }
)  # fmt: skip
ACCOUNT = st.fixed_dictionaries(
    {
        "name": texts(190), "external_id": st.none() | texts(100), "domain": st.booleans(), "industry": texts(80),
        "region": texts(80), "segment": texts(80), "touch_model": st.sampled_from(Touch.values),
        "currency": st.sampled_from(["USD", "EUR", "JPY", "KWD"]), "phase": st.sampled_from(AccountPhase.values),
        "csm": st.none() | st.sampled_from(PEOPLE), "ae": st.none() | st.sampled_from(PEOPLE), "below": st.booleans(),
        "custom": CUSTOM, "contacts": st.lists(CONTACT, max_size=3), "notes": st.lists(NOTE, max_size=3),
        "start": DAYS, "terms": st.lists(TERM, max_size=3), "ended": st.none() | texts(200, least=1),
    }
)  # fmt: skip
BOOK = st.tuples(st.lists(PRODUCT, min_size=3, max_size=3), st.lists(ACCOUNT, min_size=1, max_size=4))


def own(text: str, number: int) -> str:
    """A text that nobody else has, whatever case it is read in."""
    return f"{text} {number}".strip()


def workspace() -> Tenant:
    """An empty one, with the people and own fields that every one of these has."""
    tenant = TenantFactory()
    for email in PEOPLE:
        user, _new = User.objects.get_or_create(email=email, defaults={"name": "Same Name"})
        Membership.objects.create(tenant=tenant, user=user, role="ops")
    with tenant_context(tenant):
        for field in OWN_FIELDS:
            custom_fields.add(field, by=None)
    return tenant


def fill(tenant: Tenant, book: Any) -> None:
    said_products, said_accounts = book
    people = {user.email: user for user in User.objects.filter(email__in=PEOPLE)}
    with tenant_context(tenant):
        sold = [
            products.add(said | {"name": own(said["name"], n), "code": f"code-{n}"}, by=None)
            for n, said in enumerate(said_products)
        ]
        above = None
        for n, said in enumerate(said_accounts):
            values = {
                name: said[name] for name in ("industry", "region", "segment", "touch_model", "currency", "custom")
            }
            values |= {"name": own(said["name"], n), "domain": f"a{n}.test" if said["domain"] else ""}
            values |= {role: people.get(said[role]) for role in ("csm", "ae")}
            values["external_id"] = own(said["external_id"], n) if said["external_id"] is not None else None
            values["parent"] = above if said["below"] else None
            account = accounts.open(values, by=None)
            accounts.change_phase(account, AccountPhase(said["phase"]), by=None)
            above = account
            for who in said["contacts"]:
                _meet(account, who)
            for each in said["notes"]:
                at = each["at"].replace(tzinfo=dt.UTC)
                by = people[PEOPLE[0]] if each["known"] else None
                notes.add(account, kind=each["kind"], body=each["body"], occurred_at=at, by=by)
            _agree(account, said, sold)


def _meet(account, who: dict[str, Any]) -> None:
    n = next(numbers)
    values = {name: who[name] for name in ("phone", "title", "persona", "buying_role", "stance", "influence")}
    values |= {"name": own(who["name"], n), "email": f"p{n}@people.test" if who["address"] else ""}
    values["external_id"] = own(who["external_id"], n) if who["external_id"] is not None else None
    contact = contacts.add(account, values, by=None)
    if who["left"]:
        contacts.depart(contact, on=who["left"], moved_to=who["moved_to"], by=None)


def _agree(account, said: dict[str, Any], sold: list[Product]) -> None:
    """One agreement, renewed term after term, and perhaps ended."""
    start, before = said["start"], None
    for term in said["terms"]:
        n = next(numbers)
        end = start + dt.timedelta(days=30 * term["months"])
        values = {name: term[name] for name in ("auto_renew", "notice_days")}
        values |= {"name": own(term["name"], n), "signed_on": term["signed"], "start_on": start, "end_on": end}
        values["external_id"] = own(term["external_id"], n) if term["external_id"] is not None else None
        lines = _lines(term, term["amounts"], sold)
        if before is None:
            before = contracts.sign(account, values, lines, by=None, today=TODAY)
        else:
            before = contracts.renew(before, values, lines, by=None, today=TODAY)
        for way, amounts, reason in term["changes"]:
            on = start + (end - start - dt.timedelta(days=1)) * way / 100
            lines = _lines(term, amounts, sold)
            contracts.amend(before, lines, on=on, by=None, today=TODAY, reason=reason)
        start = end
    if before is not None and said["ended"]:
        contracts.end(before, on=before.end_on, reason=said["ended"], by=None, today=TODAY)


def _lines(term: dict[str, Any], amounts: dict[int, int], sold: list[Product]) -> list[dict[str, Any]]:
    return [
        {"product": sold[place], "quantity": term["quantity"], "amount_minor": amount}
        for place, amount in amounts.items()
    ]


def ledger(tenant: Tenant) -> list[tuple[Any, ...]]:
    """Every movement, without who recorded it when."""
    with tenant_context(tenant):
        return sorted(
            RevenueMovement.objects.values_list(
                "account__name", "contract__name", "contract__start_on", "effective_on", "product__code", "kind",
                "amount_minor", "currency", "reason",
            )
        )  # fmt: skip


def rows(tenant: Tenant, noun: str) -> list[str]:
    head, found = sheet(tenant, EXTRACTS[noun])
    return [str(head), *sorted(repr(row) for row in found)]


def bring(tenant: Tenant, noun: str, file: list[bytes], kind: exports.Kind, **options: str) -> set[str]:
    """As somebody does who changes nothing of what is suggested; the verdicts that there were."""
    if file == [b"[]\n"]:
        return set()  # a list without rows has no headings in JSON
    with tenant_context(tenant):
        job = imports.open(f"{noun}.{kind.code}", file, noun=noun.removesuffix("s"), by=None)
        if not job.headings or not job.sample:
            return set()
        imports.map_columns(job, job.columns, by=None, options={"follow": True, **options})
        imports.check(job, by=None)
    working.go_on(tenant.pk)
    with tenant_context(tenant):
        job.refresh_from_db()
        refused = list(refusals.reasons(job))
        verdicts = set(Record.objects.filter(job=job).values_list("verdict", flat=True))
    assert (job.stage, refused, job.message) == (Stage.DONE, [], "")
    return verdicts


@pytest.mark.parametrize("kind", exports.KINDS.values(), ids=lambda kind: kind.code)
@settings(
    max_examples=int(os.environ.get("ROUND_TRIPS", "6")),
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(book=BOOK)
def test_what_leaves_comes_back(kind, book):
    here, there = workspace(), workspace()
    fill(here, book)
    for noun in COMING_BACK:
        bring(there, noun, list(written(here, EXTRACTS[noun], kind)), kind)
    for noun in COMING_BACK:
        assert rows(there, noun) == rows(here, noun), noun
    assert ledger(there) == ledger(here)
    for noun in COMING_BACK:
        again = bring(there, noun, list(written(there, EXTRACTS[noun], kind)), kind, duplicates="match")
        assert again <= {Verdict.SAME}, noun
        assert rows(there, noun) == rows(here, noun), noun
    assert ledger(there) == ledger(here)


@pytest.mark.parametrize("kind", exports.KINDS.values(), ids=lambda kind: kind.code)
def test_fields_that_a_workspace_lacks_come_with_the_accounts(kind):
    here, there = workspace(), TenantFactory()
    says: list[dict[str, Any]] = [
        {"tier": "007", "sites": 1.125, "reference": True, "audited-on": "2024-02-29", "plan-level": "Gold"},
        {"tier": "2.10", "sites": 12, "reference": False, "plan-level": "=Bronze"},
        {},
    ]
    with tenant_context(here):
        for n, custom in enumerate(says):
            accounts.open({"name": f"Firm {n}", "external_id": f"F-{n}", "custom": custom}, by=None)
    bring(there, "accounts", list(written(here, EXTRACTS["accounts"], kind)), kind)
    assert rows(there, "accounts") == rows(here, "accounts")
    with tenant_context(there):
        types = dict(CustomField.objects.values_list("label", "type"))
    assert types == {
        "Tier": "text",
        "Plan level": "text",
        "Sites": "number",
        "Reference": "boolean",
        "Audited on": "date",
    }
    assert bring(there, "accounts", list(written(here, EXTRACTS["accounts"], kind)), kind) <= {Verdict.SAME}


@pytest.mark.parametrize("noun", COMING_BACK)
def test_imports_know_the_headings_of_exports(noun):
    """All but those that say what nobody can bring."""
    unknown = {
        "products": {"Active"},
        "accounts": {"Archived at"},
        "contacts": {"Reports to", "Successor"},
        "contracts": set(),
        "notes": set(),
    }
    tenant = workspace()
    with tenant_context(tenant):
        head = [column.heading for column in EXTRACTS[noun].columns]
        line = ",".join(f'"{heading}"' for heading in head)
        cells = ",".join("x" for _heading in head)
        job = imports.open("list.csv", [f"{line}\n{cells}\n".encode()], noun=noun.removesuffix("s"), by=None)
    mapped = {job.headings[int(number)] for number in job.columns}
    assert set(head) - mapped == unknown[noun]
    assert set(job.columns.values()) <= set(FIELDS)


def test_a_portfolio_brings_back_no_contract(acme_cast, page):
    """What is worked out in it isn't taken for what was agreed."""
    with tenant_context(acme_cast.tenant):
        for n in range(3):
            account = AccountFactory(name=f"One {n}", external_id=f"one-{n}")
            ContractFactory(account=account, arr_minor=1234_50 + n)
    codes = "&".join(f"cols={column.code}" for column in COLUMNS)
    answer = page(acme_cast.ada, acme_cast.tenant).get(f"/accounts/export/?{codes}")
    assert bring(acme_cast.tenant, "accounts", list(answer.streaming_content), exports.CSV) == {Verdict.SAME}
    with tenant_context(acme_cast.tenant):
        assert set(Import.objects.get().columns.values()) == {
            "account.name", "account.phase", "account.segment", "account.csm", "account.ae", "account.touch_model",
            "account.region", "account.industry", "account.domain", "account.external_id", "account.currency",
        }  # fmt: skip
