"""One answer names everything that is wrong, whichever layer finds it."""

import pytest

from accounts.models import Account, Contact, Contract, CustomField, Task
from accounts.tenancy.context import tenant_context
from journeys.onboarding.models import Handoff

TERM = {"name": "Platform 2026", "signed_on": "2026-01-15", "start_on": "2026-02-01", "end_on": "2027-02-01"}
UNKNOWN = ["There is no such field here."]
NO_ACCOUNT = ["No account in this workspace has this id."]


def usd(amount):
    return {"amount": amount, "currency": "USD"}


def errors_of(answer):
    assert answer.status_code == 400, answer.content
    return answer.json()["errors"]


@pytest.fixture
def account(api):
    return api.post("/accounts", {"name": "Northwind", "external_id": "nw", "domain": "northwind.test"}).json()


@pytest.fixture
def product(api):
    return api.post("/products", {"name": "Platform"}).json()


@pytest.fixture
def tier(acme_cast):
    with tenant_context(acme_cast.tenant):
        return CustomField.objects.create(key="tier", label="Tier", type="number")


WRONG_ACCOUNT = {
    "nmae": 1, "touch_model": "warm", "csm": "nobody@x.test", "parent": 77, "domain": "not a domain",
    "currency": "ABC", "custom": {"tier": "gold", "other": 1},
}  # fmt: skip
SAID_OF_IT = {
    "nmae": UNKNOWN,
    "touch_model": ['"warm" is not a valid choice.'],
    "csm": ["Nobody in this workspace has this id or e-mail address."],
    "parent": NO_ACCOUNT,
    "domain": ["This must be a domain, such as acme.com."],
    "currency": ["This must be a currency of ISO 4217, such as USD."],
    "custom": {"tier": ["This must be a number."], "other": ["There is no field of this key."]},
}


class TestAccounts:
    def test_a_new_one(self, api, tier, acme_cast):
        assert errors_of(api.post("/accounts", WRONG_ACCOUNT)) == SAID_OF_IT | {"name": ["This field is required."]}
        with tenant_context(acme_cast.tenant):
            assert Account.objects.count() == 0

    def test_a_change(self, api, tier, account):
        said = WRONG_ACCOUNT | {"name": ""}
        wanted = SAID_OF_IT | {"name": ["This field may not be blank."]}
        assert errors_of(api.patch(f"/accounts/{account['id']}", said)) == wanted
        assert api.get(f"/accounts/{account['id']}").json() == account

    def test_by_the_callers_id(self, api, tier, account):
        nameless = SAID_OF_IT | {"name": ["A new account needs a name."]}
        assert errors_of(api.put("/accounts/by-external-id/new", WRONG_ACCOUNT)) == nameless
        assert errors_of(api.put("/accounts/by-external-id/nw", WRONG_ACCOUNT)) == SAID_OF_IT

    def test_what_only_the_action_finds_is_found_together(self, api, tier):
        said = {"name": "X", "domain": "x", "currency": "XYZ", "custom": {"tier": "many"}}
        assert set(errors_of(api.post("/accounts", said))) == {"domain", "currency", "custom"}

    def test_a_currency_of_contracts_and_a_circle(self, api, account, product):
        child = api.post("/accounts", {"name": "Child", "parent": account["id"]}).json()
        lines = [{"product": "platform", "amount": usd("1")}]
        assert api.post("/contracts", TERM | {"account": account["id"], "lines": lines}).status_code == 201
        said = {"parent": child["id"], "currency": "EUR", "domain": "http://x"}
        assert errors_of(api.patch(f"/accounts/{account['id']}", said)) == {
            "parent": ["An account can't be above itself."],
            "currency": ["The contracts of this account are in USD."],
            "domain": ["This must be a domain, such as acme.com."],
        }


class TestContacts:
    def test_a_new_one(self, api, account, acme_cast):
        said = {"nmae": 1, "email": "x", "account": 77, "reports_to": 78, "buying_role": "king"}
        errors = errors_of(api.post("/contacts", said))
        assert set(errors) == {"nmae", "name", "email", "account", "reports_to", "buying_role"}
        assert errors["account"] == NO_ACCOUNT
        assert set(errors_of(api.post("/contacts", {"nmae": 1, "email": "x"}))) == {"nmae", "name", "email", "account"}
        with tenant_context(acme_cast.tenant):
            assert Contact.objects.count() == 0

    def test_a_superior_elsewhere(self, api, account):
        other = api.post("/accounts", {"name": "Other"}).json()
        boss = api.post("/contacts", {"name": "Boss", "account": other["id"]}).json()
        elsewhere = ["This person is at another account."]
        said = {"account": account["id"], "email": "x", "reports_to": boss["id"]}
        errors = errors_of(api.post("/contacts", said))
        assert set(errors) == {"name", "email", "reports_to"}
        assert errors["reports_to"] == elsewhere
        here = api.post("/contacts", {"name": "Here", "account": account["id"]}).json()
        change = errors_of(api.patch(f"/contacts/{here['id']}", {"reports_to": boss["id"], "email": "x", "y": 1}))
        assert (set(change), change["reports_to"]) == ({"email", "reports_to", "y"}, elsewhere)

    def test_by_the_callers_id(self, api, account):
        errors = errors_of(api.put("/contacts/by-external-id/c", {"email": "x", "nmae": 1}))
        assert errors.keys() == {"name", "account", "email", "nmae"}
        assert errors["account"] == errors["name"] == ["A new contact needs this."]

    def test_two_names_for_two_accounts(self, api, account):
        other = api.post("/accounts", {"name": "Other", "external_id": "o"}).json()
        said = {"account": account["id"], "account_external_id": other["external_id"], "email": "x"}
        errors = errors_of(api.post("/contacts", said))
        assert set(errors) == {"name", "email", "account"}


class TestContracts:
    def test_lines_dates_and_the_account_together(self, api, account, product, acme_cast):
        lines = [
            {"product": "nothing", "amount": usd("1"), "quantity": 0},
            {
                "product": "platform",
                "amount": {"amount": "1", "currency": "EUR"},
                "start_on": "2026-03-01",
                "end_on": "2020-01-01",
            },
            {"product": "platform", "amount": usd("-1"), "colour": "red"},
        ]
        said = TERM | {"end_on": "2026-01-01", "lines": lines, "account_external_id": "nw", "colour": "red"}
        errors = errors_of(api.post("/contracts", said))
        assert errors.keys() == {"colour", "end_on", "lines"}
        assert errors["end_on"] == ["The term must end after it starts."]
        assert {n: set(wrong) for n, wrong in errors["lines"].items()} == {
            "0": {"product", "quantity"}, "1": {"amount", "end_on"}, "2": {"amount", "colour", "product"},
        }  # fmt: skip
        assert errors["lines"]["1"]["amount"] == {"currency": ["The contract is in USD."]}
        lost = errors_of(api.post("/contracts", said | {"account_external_id": "lost"}))
        assert lost.keys() == {"colour", "end_on", "lines", "account_external_id"}
        with tenant_context(acme_cast.tenant):
            assert Contract.objects.count() == 0

    def test_a_product_twice_is_named_beside_the_dates(self, api, account, product):
        line = {"product": "platform", "amount": usd("1")}
        said = TERM | {"end_on": "2026-01-01", "lines": [line, line], "account_external_id": "nw"}
        assert errors_of(api.post("/contracts", said)) == {
            "end_on": ["The term must end after it starts."],
            "lines": {"1": {"product": ["This product is on the contract already."]}},
        }

    def test_renewals_and_amendments(self, api, account, product):
        line = {"product": "platform", "amount": usd("100")}
        signed = api.post("/contracts", TERM | {"lines": [line], "account_external_id": "nw"}).json()
        euros = [{"product": "platform", "amount": {"amount": "1", "currency": "EUR"}, "quantity": 0}]
        renewal = {"start_on": "2026-01-01", "end_on": "2025-01-01", "signed_on": "soon", "lines": euros, "x": 1}
        errors = errors_of(api.post(f"/contracts/{signed['id']}/renew", renewal))
        assert errors.keys() == {"start_on", "end_on", "signed_on", "lines", "x"}
        assert errors["lines"]["0"].keys() == {"amount", "quantity"}
        amendment = {"on": "2028-01-01", "lines": [*euros, {"product": "no", "amount": usd("1")}], "x": 1}
        errors = errors_of(api.post(f"/contracts/{signed['id']}/amend", amendment))
        assert errors.keys() == {"on", "lines", "x"}
        assert errors["lines"].keys() == {"0", "1"}
        assert errors["lines"]["0"].keys() == {"amount", "quantity"}

    def test_all_of_one_line(self, api, account, product):
        line = {"product": "no", "quantity": 0, "amount": {"amount": "-1", "currency": "EUR"}, "end_on": "2030-01-01"}
        said = TERM | {"lines": [line, "x"], "account_external_id": "nw"}
        errors = errors_of(api.post("/contracts", said))["lines"]
        assert errors["0"].keys() == {"product", "quantity", "amount", "end_on"}
        assert errors["0"]["amount"].keys() == {"amount", "currency"}
        assert errors.keys() == {"0", "1"}

    @pytest.mark.parametrize("end", ["2026-08-01", "2026-05-01"])
    def test_a_line_that_ends_before_its_amendment_is_named(self, api, account, product, end):
        api.post("/products", {"name": "Extra"})
        line = {"product": "platform", "amount": usd("100")}
        signed = api.post("/contracts", TERM | {"lines": [line], "account_external_id": "nw"}).json()
        extra = {"product": "extra", "amount": usd("5"), "end_on": end}
        said = {"on": "2026-08-01", "lines": [line, extra]}
        errors = errors_of(api.post(f"/contracts/{signed['id']}/amend", said))
        assert errors == {
            "lines": {"1": {"end_on": ["The change begins on 2026-08-01: this must end after that day."]}}
        }
        assert api.get(f"/contracts/{signed['id']}").json() == signed

    def test_a_line_is_not_cut_before_the_amendment(self, api, account, product):
        line = {"product": "platform", "amount": usd("100")}
        signed = api.post("/contracts", TERM | {"lines": [line], "account_external_id": "nw"}).json()
        path = f"/contracts/{signed['id']}/amend"
        cut = {"on": "2026-08-01", "lines": [line | {"end_on": "2026-05-01"}]}
        assert set(errors_of(api.post(path, cut))) == {"lines"}
        cut["lines"][0]["end_on"] = "2026-08-01"
        assert api.post(path, cut).json()["lines"][0]["end_on"] == "2026-08-01"


class TestTasksProductsHandoffs:
    def test_a_task(self, api, acme_cast):
        said = {"x": 1, "account": 77, "assignee": "nobody@x.test", "due_on": "soon"}
        assert errors_of(api.post("/tasks", said)).keys() == {"x", "title", "account", "assignee", "due_on"}
        with tenant_context(acme_cast.tenant):
            assert Task.objects.count() == 0

    def test_a_product(self, api, product):
        errors = errors_of(api.post("/products", {"x": 1, "code": "a b", "recurring": "maybe"}))
        assert errors.keys() == {"x", "code", "name", "recurring"}
        errors = errors_of(api.patch(f"/products/{product['id']}", {"x": 1, "code": "a b", "version": 0}))
        assert errors.keys() == {"x", "code", "version"}

    def test_a_handoff(self, api, account, acme_cast):
        said = {
            "x": 1, "account": 77, "rep": "nobody@x.test", "kickoff_on": "soon",
            "answers": {"pain": {"text": 7, "y": 1, "not_known": "perhaps"}, "colour": {"text": "red"}},
        }  # fmt: skip
        errors = errors_of(api.post("/handoffs", said))
        assert errors.keys() == {"x", "account", "rep", "kickoff_on", "committed_on", "answers"}
        assert errors["answers"].keys() == {"pain", "colour"}
        assert errors["answers"]["pain"].keys() == {"y", "not_known"}
        with tenant_context(acme_cast.tenant):
            assert Handoff.objects.count() == 0

    def test_returning_one_names_questions_beside_their_reasons(self, api, account, acme_cast):
        said = {"account": account["id"], "rep": "sal@acme.test", "committed_on": "2026-11-02"}
        handoff = api.post("/handoffs", said).json()
        reasons = {"colour": "why?", "pain": {"not": "text"}}
        errors = errors_of(api.post(f"/handoffs/{handoff['id']}/return", {"reasons": reasons, "x": 1}))
        assert errors.keys() == {"reasons", "x"}
        assert errors["reasons"].keys() == {"colour", "pain"}
