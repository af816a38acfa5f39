"""A row about somebody at an account that isn't there: refused with the closest name, unless accounts may be added."""

from __future__ import annotations

import pytest

from accounts.imports.actions import imports, refusals, working
from accounts.imports.actions.matching import accounts as rules
from accounts.imports.models import Noun, Stage
from accounts.models import Account, Contact
from tests.factories.accounts import AccountFactory

pytestmark = pytest.mark.django_db
PEOPLE = b"""Account name,Account domain,Contact name,E-mail
Aldr GmbH,,Nora,nora@alder.example
alder gmbh,,Sam,sam@alder.example
Zzyzx,,Ines,ines@zzyzx.example
,nowhere.example,Eva,eva@nowhere.example
"""


def brought(acme, body=PEOPLE, noun=Noun.CONTACT, **options):
    job = imports.open("people.csv", [body], noun=noun, by=acme.olly)
    imports.map_columns(job, job.columns, by=acme.olly, options={"follow": "anyway", **options})
    imports.check(job, by=acme.olly)
    working.go_on(acme.tenant.pk)
    job.refresh_from_db()
    assert job.stage == Stage.DONE
    return dict(refusals.reasons(job))


def test_a_misspelt_name_makes_no_account_and_is_told_the_closest(acme):
    AccountFactory(name="Alder GmbH")
    AccountFactory(name="Alder & Finch")
    AccountFactory(name="Aldr GmbH 2", archived_at="2026-01-01T00:00:00Z")
    assert brought(acme) == {
        2: "Account name: No account is called “Aldr GmbH”. Closest: “Alder GmbH”.",
        4: "Account name: No account is called “Zzyzx”.",
        5: "Account name: There is no account “nowhere.example”.",
    }
    assert list(Contact.objects.values_list("name", flat=True)) == ["Sam"]
    assert Account.objects.present().count() == 2


def test_a_row_that_names_no_account_says_so(acme):
    body = b"Account name,Region,Contact name\n,EMEA,Nora\n"
    assert brought(acme, body) == {2: "Account name: No account is named here."}


def test_accounts_are_added_where_that_is_asked_for(acme):
    AccountFactory(name="Alder GmbH")
    refused = brought(acme, missing_accounts="create")
    assert set(refused) == {5}, "a new account needs a name"
    assert set(Account.objects.values_list("name", flat=True)) == {"Alder GmbH", "Aldr GmbH", "Zzyzx"}


@pytest.mark.parametrize("noun", [Noun.CONTACT, Noun.CONTRACT, Noun.NOTE])
def test_refusing_is_what_happens_unless_somebody_says_otherwise(acme, noun):
    job = imports.open("file.csv", [PEOPLE], noun=noun, by=acme.olly)
    assert job.options["missing_accounts"] == "refuse"


def test_new_accounts_come_in_by_a_file_of_accounts(acme):
    assert brought(acme, b"Account name\nAlder\nBasalt\n", noun=Noun.ACCOUNT) == {}
    assert Account.objects.count() == 2


def test_of_very_many_names_the_first_are_looked_into(acme, monkeypatch):
    for n in range(3):
        AccountFactory(name=f"Alder {n}")
    few = rules.MISSING.replace("greatest(20, 1000000 /", "greatest(1, 4 /")
    assert few != rules.MISSING
    monkeypatch.setattr(rules, "MISSING", few)
    body = b"Account name,Contact name\nAlder 7,Nora\nAlder 8,Ines\nAlder 7,Sam\n"
    assert brought(acme, body) == {
        2: "Account name: No account is called “Alder 7”. Closest: “Alder 0”.",
        3: "Account name: No account is called “Alder 8”.",
        4: "Account name: No account is called “Alder 7”. Closest: “Alder 0”.",
    }
