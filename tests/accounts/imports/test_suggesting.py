"""Columns find their fields: as before, by the names that CRM exports use, by what the cells look like."""

import pytest

from accounts.extracts import EXTRACTS
from accounts.imports.fields import FIELDS, plain
from accounts.imports.suggesting import suggest

KNOWN = {path: field.label for path, field in FIELDS.items()} | {"account.custom.plan": "Plan"}


def suggested(noun, columns, *, earlier=None, sample=()):
    """Heading to path, of those that have one."""
    headings = list(columns)
    found = suggest(noun, headings, sample, KNOWN, earlier or {})
    return {heading: found.get(place) for place, heading in enumerate(headings)}


EXPORTS = {
    "Salesforce accounts": ("account", {
        "Account ID": "account.external_id", "Account Name": "account.name", "Website": "account.domain",
        "Industry": "account.industry", "Billing Country": "account.region", "Account Owner": "account.csm",
        "Parent Account": "account.parent", "Annual Revenue": None, "Phone": None, "Type": None,
    }),
    "Salesforce by API names": ("account", {
        "Id": "account.external_id", "Name": "account.name", "ParentId": "account.parent",
        "BillingCountry": "account.region",
    }),
    "Salesforce contacts": ("contact", {
        "Contact ID": "contact.external_id", "First Name": "contact.first_name", "Last Name": "contact.last_name",
        "Title": "contact.title", "Email": "contact.email", "Phone": "contact.phone", "Account Name": "account.name",
        "Account ID": "account.external_id", "Contact Owner": None,
    }),
    "Salesforce opportunities": ("contract", {
        "Opportunity ID": "contract.external_id", "Opportunity Name": "contract.name", "Account Name": "account.name",
        "Stage": "contract.stage", "Close Date": "contract.signed_on", "Amount": "contract.total",
        "Amount Currency": "contract.currency", "Annual Contract Value": "contract.arr",
        "Contract Term (Months)": "contract.term_months", "Product Name": "contract.product",
        "Quantity": "contract.quantity",
    }),
    "Salesforce activities": ("note", {
        "Full Comments": "note.body", "Date": "note.occurred_at", "Assigned": "note.author",
        "Task Subtype": "note.kind",
        "Company / Account": "account.name",
    }),
    "HubSpot companies": ("account", {
        "Record ID": "account.external_id", "Company name": "account.name", "Company Domain Name": "account.domain",
        "Company owner": "account.csm", "Create Date": None, "Country/Region": "account.region",
        "Lifecycle Stage": "account.phase", "City": None,
    }),
    "HubSpot contacts": ("contact", {
        "Record ID": "contact.external_id", "First Name": "contact.first_name", "Last Name": "contact.last_name",
        "Email": "contact.email", "Phone Number": "contact.phone", "Associated Company": "account.name",
        "Associated Company IDs": "account.external_id", "Job Title": "contact.title",
        "Buying Role": "contact.buying_role",
    }),
    "HubSpot deals": ("contract", {
        "Record ID": "contract.external_id", "Deal Name": "contract.name", "Deal Stage": "contract.stage",
        "Close Date": "contract.signed_on", "Amount": "contract.total", "Associated Company": "account.name",
        "Contract Start Date": "contract.start_on", "Contract End Date": "contract.last_day",
    }),
    "HubSpot notes": ("note", {
        "Note body": "note.body", "Activity date": "note.occurred_at", "Activity assigned to": "note.author",
        "Associated Company": "account.name", "Create date": None,
    }),
    "somebody's sheet": ("account", {
        "Customer": "account.name", "CSM": "account.csm", "ARR": "contract.arr", "Renewal Date": "contract.end_on",
        "Tier": "account.segment", "E-Mail": "contact.email", "Plan": "account.custom.plan",
    }),
}  # fmt: skip


@pytest.mark.parametrize("which", EXPORTS)
def test_headings_are_known_by_name(which):
    noun, columns = EXPORTS[which]
    assert suggested(noun, columns) == columns


def test_what_was_chosen_before_goes_first():
    earlier = {"Name": "account.external_id", "Volume": "contract.arr", "Gone": "account.custom.gone"}
    found = suggested("account", ["Name", "VOLUME", "Company", "Gone"], earlier=earlier)
    assert found == {
        "Name": "account.external_id", "VOLUME": "contract.arr", "Company": "account.name", "Gone": None,
    }  # fmt: skip


def test_each_field_is_suggested_once_and_the_better_name_gets_it():
    assert suggested("account", ["Country", "Region", "Country/Region"]) == {
        "Country": None, "Region": "account.region", "Country/Region": None,
    }  # fmt: skip


def test_a_full_name_and_its_halves_are_not_both_taken():
    both = suggested("contact", ["Full Name", "First Name", "Last Name"])
    assert both == {"Full Name": None, "First Name": "contact.first_name", "Last Name": "contact.last_name"}
    assert suggested("contact", ["Full Name", "First Name"]) == {"Full Name": "contact.name", "First Name": None}


def test_columns_without_a_telling_name_are_known_by_their_cells():
    sample = [["ada@acme.com", "acme.com", "1.200,50 €", "2026-01-31", "7", "words"]] * 3
    columns = ["A", "B", "C", "D", "E", "F"]
    assert suggested("account", columns, sample=sample) == {
        "A": "contact.email", "B": "account.domain", "C": None, "D": None, "E": None, "F": None,
    }  # fmt: skip
    assert suggested("contract", columns, sample=sample)["C"] == "contract.arr"
    assert suggested("note", columns, sample=sample)["D"] == "note.occurred_at"


@pytest.mark.parametrize("noun", ["account", "contract"])
def test_the_size_of_a_customer_is_no_contract_of_ours(noun):
    names = ["Annual Revenue", "AnnualRevenue (2)", "Number of Employees"]
    assert not any(suggested(noun, names, sample=[["$1,000,000.00", "$2.00", "3.00 €"]] * 3).values())
    assert suggest("account", ["Annual Revenue"], [], {"account.custom.turnover": "Annual Revenue"}, {}) == {
        0: "account.custom.turnover"
    }


def test_cells_never_overrule_a_name():
    sample = [["ada@acme.com", "max@acme.com"]] * 3
    assert suggested("account", ["CSM", "x"], sample=sample) == {"CSM": "account.csm", "x": "contact.email"}


@pytest.mark.parametrize(
    ("noun", "code"),
    [
        ("account", "accounts"),
        ("contact", "contacts"),
        ("product", "products"),
        ("contract", "contracts"),
        ("note", "notes"),
    ],
)
def test_what_we_export_is_known_by_name(noun, code):
    left = {"Archived at", "Reports to", "Successor", "Active", "Line from", "Line until"}
    found = suggested(noun, [str(column.heading) for column in EXTRACTS[code].columns])
    assert {heading for heading, path in found.items() if path is None} <= left


@pytest.mark.parametrize(
    ("heading", "compared"),
    [
        ("Billing_Country", "billing country"),
        ("BillingCountry", "billing country"),
        ("E-Mail", "email"),
        ("Größe (m²)", "große m2"),
    ],
)
def test_headings_are_compared_without_their_dress(heading, compared):
    assert plain(heading) == plain(compared)


def test_no_name_stands_for_two_fields_of_one_kind_of_import():
    for noun in ("account", "contact", "product", "contract", "note"):
        taken = {}
        for field in FIELDS.values():
            for name in (*field.synonyms, *(field.own if field.noun == noun else ())):
                if field.noun == noun:
                    assert taken.setdefault(name, field.path) == field.path, name
                assert name == plain(name), name
