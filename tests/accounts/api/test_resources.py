"""Accounts, contacts, products, contracts, events and tasks, as another system works with them."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actions import accounts, contracts, tasks
from accounts.api.products import ProductResource
from accounts.models import Contact, CustomField, Event, Product, RevenueMovement
from accounts.roles import Permission, Role, allows
from accounts.tenancy.context import tenant_context

PRODUCT_FORM = "/settings/products/new/"
TERM = {"name": "Platform 2026", "signed_on": "2026-01-15", "start_on": "2026-02-01", "end_on": "2027-02-01"}


def usd(amount):
    return {"amount": amount, "currency": "USD"}


def kinds(tenant, **lookup):
    with tenant_context(tenant):
        return [event.kind for event in Event.objects.filter(**lookup).order_by("id")]


@pytest.fixture
def account(api):
    return api.post("/accounts", {"name": "Northwind", "external_id": "nw", "domain": "northwind.test"}).json()


@pytest.fixture
def product(api):
    return api.post("/products", {"name": "Platform"}).json()


class TestAccounts:
    def test_one_is_opened_with_all_that_is_said(self, api, acme_cast):
        with tenant_context(acme_cast.tenant):
            CustomField.objects.create(key="tier", label="Tier", type="choice", choices=["gold", "silver"])
        said = {
            "name": "Northwind", "domain": "northwind.test", "external_id": "nw", "segment": "Mid",
            "touch_model": "low",
            "csm": "cass@acme.test", "ae": acme_cast.sal.pk, "custom": {"tier": "gold"}, "currency": "EUR",
        }  # fmt: skip
        answer = api.post("/accounts", said)
        assert answer.status_code == 201
        body = answer.json()
        assert body["csm"] == {"id": acme_cast.cass.pk, "name": "Cass of Acme", "email": "cass@acme.test"}
        assert body["ae"]["id"] == acme_cast.sal.pk
        assert (body["phase"], body["arr"], body["custom"]) == (
            "commit",
            {"amount": "0.00", "currency": "EUR"},
            {"tier": "gold"},
        )
        assert body == api.get(f"/accounts/{body['id']}").json()
        with tenant_context(acme_cast.tenant):
            event = Event.objects.get(kind="account.created")
            assert (event.actor, event.account_id) == (acme_cast.ada, body["id"])

    def test_custom_values_are_laid_over_and_null_removes(self, api, acme_cast, account):
        with tenant_context(acme_cast.tenant):
            for key in ("seats", "note"):
                CustomField.objects.create(key=key, label=key, type="number" if key == "seats" else "text")
        path = f"/accounts/{account['id']}"
        api.patch(path, {"custom": {"seats": 4, "note": "a"}})
        assert api.patch(path, {"custom": {"note": None}}).json()["custom"] == {"seats": 4}
        wrong = api.patch(path, {"custom": {"seats": "many", "tier": 1}})
        assert wrong.status_code == 400
        assert wrong.json()["errors"] == {
            "custom": {"seats": ["This must be a number."], "tier": ["There is no field of this key."]}
        }

    def test_by_external_id_creates_then_changes(self, api, acme_cast):
        created = api.put("/accounts/by-external-id/sf%2F1", {"name": "Northwind"})
        assert created.status_code == 201
        changed = api.put("/accounts/by-external-id/sf%2F1", {"region": "EMEA"})
        assert changed.status_code == 200
        assert changed.json()["id"] == created.json()["id"]
        assert (changed.json()["name"], changed.json()["region"]) == ("Northwind", "EMEA")
        assert api.get("/accounts/by-external-id/sf%2F1").json() == changed.json()
        assert api.get("/accounts?external_id=sf/1").json()["results"] == [changed.json()]

    def test_by_external_id_refuses_what_it_can_not_create(self, api):
        nameless = api.put("/accounts/by-external-id/x", {"region": "EMEA"})
        assert (nameless.status_code, list(nameless.json()["errors"])) == (400, ["name"])
        assert api.put("/accounts/by-external-id/" + "x" * 121, {"name": "X"}).status_code == 400
        assert api.put("/accounts/by-external-id/a%00b", {"name": "X"}).status_code == 400
        assert api.get("/accounts/by-external-id/x").status_code == 404
        assert api.put("/accounts/by-external-id/a%0Ab", {"name": "X"}).json()["external_id"] == "a\nb"

    def test_an_external_id_is_one_accounts(self, api, account):
        refused = api.post("/accounts", {"name": "Other", "external_id": "nw"})
        assert (refused.status_code, refused.json()["errors"]) == (
            400, {"external_id": ["Another account has this external id."]},
        )  # fmt: skip

    def test_archiving_takes_it_out_of_lists_and_restoring_brings_it_back(self, api, account):
        path = f"/accounts/{account['id']}"
        gone = api.delete(path)
        assert (gone.status_code, gone.content) == (204, b"")
        assert api.get("/accounts").json()["results"] == []
        assert api.get("/accounts?archived=true").json()["results"][0]["id"] == account["id"]
        assert len(api.get("/accounts?archived=any").json()["results"]) == 1
        assert api.get(path).json()["archived_at"] is not None
        assert api.post(f"{path}/restore").json()["archived_at"] is None
        assert len(api.get("/accounts").json()["results"]) == 1

    def test_a_phase_is_changed_with_its_instant(self, api, account, acme_cast):
        moved = api.post(f"/accounts/{account['id']}/change-phase", {"phase": "onboarding"}).json()
        assert moved["phase"] == "onboarding"
        assert moved["phase_since"] > account["phase_since"]
        stale = {"phase": "adoption", "version": account["version"]}
        assert api.post(f"/accounts/{account['id']}/change-phase", stale).status_code == 409
        assert "phase.changed" in kinds(acme_cast.tenant)

    def test_filters_narrow_the_list(self, api, account, acme_cast):
        other = api.post("/accounts", {"name": "Contoso", "csm": "cass@acme.test", "parent": account["id"]}).json()

        def names(query):
            return [row["name"] for row in api.get(f"/accounts?{query}").json()["results"]]

        assert names("q=north") == names("domain=northwind.test") == ["Northwind"]
        assert names(f"csm={acme_cast.cass.pk}") == names(f"parent={account['id']}") == ["Contoso"]
        assert names("phase=commit&phase=adoption") == ["Northwind", "Contoso"]
        assert names("phase=adoption") == names("q=%25") == names("renewal_before=2030-01-01") == []
        assert other["parent"] == account["id"]


class TestContacts:
    def test_one_is_added_by_the_callers_own_account_id(self, api, account):
        said = {
            "account_external_id": "nw",
            "name": "Ines",
            "email": "INES@nw.test",
            "buying_role": "champion",
            "influence": 3,
        }
        body = api.post("/contacts", said).json()
        assert (body["account"], body["account_external_id"], body["email"]) == (account["id"], "nw", "ines@nw.test")
        assert api.get(f"/contacts?account={account['id']}&buying_role=champion").json()["results"] == [body]

    def test_a_departure_names_where_they_went_and_who_follows(self, api, account, acme_cast):
        ines, otto = (api.post("/contacts", {"account": account["id"], "name": n}).json() for n in ("Ines", "Otto"))
        said = {"on": "2026-10-31", "moved_to": "Contoso", "successor": otto["id"]}
        left = api.post(f"/contacts/{ines['id']}/depart", said).json()
        assert (left["departed_on"], left["moved_to"], left["successor"]) == ("2026-10-31", "Contoso", otto["id"])
        assert api.post(f"/contacts/{ines['id']}/depart", said).status_code == 400
        assert kinds(acme_cast.tenant, kind="contact.departed") == ["contact.departed"]
        assert [c["name"] for c in api.get("/contacts?departed=false").json()["results"]] == ["Otto"]
        assert [c["name"] for c in api.get("/contacts?departed=true").json()["results"]] == ["Ines"]

    def test_by_external_id_creates_then_changes(self, api, account):
        path = "/contacts/by-external-id/c-1"
        assert set(api.put(path, {"title": "Head"}).json()["errors"]) == {"account", "name"}
        assert api.put(path, {"account_external_id": "nw", "name": "Ines"}).status_code == 201
        changed = api.put(path, {"title": "Head"})
        assert (changed.status_code, changed.json()["title"], changed.json()["name"]) == (200, "Head", "Ines")

    def test_a_contact_needs_an_account_that_is_there(self, api):
        assert api.post("/contacts", {"name": "X"}).json()["errors"].keys() == {"account"}
        unknown = api.post("/contacts", {"name": "X", "account": 99}).json()
        assert unknown["errors"] == {"account": ["No account in this workspace has this id."]}


class TestContracts:
    def sign(self, api, product, **more):
        lines = [{"product": product["code"], "quantity": 10, "amount": usd("48000.50")}]
        return api.post("/contracts", TERM | {"account_external_id": "nw", "lines": lines} | more)

    def test_one_is_signed_and_moves_the_ledger(self, api, account, product, acme_cast):
        answer = self.sign(api, product)
        assert answer.status_code == 201, answer.json()
        body = answer.json()
        assert (body["arr"], body["currency"], body["account"]) == (usd("48000.50"), "USD", account["id"])
        assert body["lines"] == [
            {
                "product": {"id": product["id"], "code": "platform", "name": "Platform"}, "quantity": 10,
                "amount": usd("48000.50"), "recurring": True, "start_on": "2026-02-01", "end_on": "2027-02-01",
            }
        ]  # fmt: skip
        with tenant_context(acme_cast.tenant):
            assert [m.amount_minor for m in RevenueMovement.objects.all()] == [4_800_050]
        assert api.get(f"/accounts/{account['id']}").json()["arr"] == usd("48000.50")

    def test_it_is_amended_renewed_and_ended(self, api, account, product):
        path = f"/contracts/{self.sign(api, product).json()['id']}"
        more = [{"product": product["id"], "quantity": 12, "amount": usd("60000")}]
        amended = api.post(f"{path}/amend", {"on": "2026-08-01", "lines": more})
        assert (amended.status_code, amended.json()["arr"]) == (200, usd("60000.00"))
        term = {"signed_on": "2027-01-10", "end_on": "2028-02-01", "lines": more, "external_id": "k-2"}
        renewed = api.post(f"{path}/renew", term)
        assert renewed.status_code == 201, renewed.json()
        body = renewed.json()
        assert (body["renews"], body["start_on"], body["name"]) == (amended.json()["id"], "2027-02-01", "Platform 2026")
        ended = api.post(f"/contracts/{body['id']}/end", {"on": "2028-02-01", "reason": "Built their own"})
        assert (ended.json()["ended_on"], ended.json()["end_reason"]) == ("2028-02-01", "Built their own")
        assert [c["id"] for c in api.get("/contracts?running=false").json()["results"]] == [body["id"]]

    def test_every_wrong_line_is_named_by_its_place(self, api, account, product):
        lines = [
            {"product": product["id"], "amount": usd("1")}, {"product": "nothing", "amount": usd("1")},
            {"product": 77, "amount": {"amount": "1", "currency": "EUR"}},
        ]  # fmt: skip
        errors = self.sign(api, product, lines=lines).json()["errors"]
        assert set(errors["lines"]) == {"1", "2"}
        errors = self.sign(api, product, lines=[lines[0], {"product": product["id"], "amount": usd("-1")}]).json()[
            "errors"
        ]
        assert set(errors["lines"]["1"]) == {"amount", "product"}
        errors = self.sign(api, product, lines=[lines[0], lines[0]]).json()["errors"]
        assert errors["lines"]["1"] == {"product": ["This product is on the contract already."]}
        euros = [{"product": product["id"], "amount": {"amount": "1", "currency": "EUR"}}]
        errors = self.sign(api, product, lines=euros).json()["errors"]
        assert errors == {"lines": {"0": {"amount": {"currency": ["The contract is in USD."]}}}}
        assert set(self.sign(api, product, lines=[]).json()["errors"]) == {"lines"}
        assert api.get("/contracts").json()["results"] == []

    def test_amounts_keep_their_currencys_places(self, api, product):
        api.post("/accounts", {"name": "Tokyo", "external_id": "jp", "currency": "JPY"})
        lines = [{"product": "platform", "amount": {"amount": "1200.50", "currency": "JPY"}}]
        said = TERM | {"account_external_id": "jp", "lines": lines}
        assert api.post("/contracts", said).json()["errors"]["lines"]["0"]["amount"]["amount"] == [
            "JPY has 0 decimal places."
        ]
        lines[0]["amount"]["amount"] = "1200"
        assert api.post("/contracts", said).json()["arr"] == {"amount": "1200", "currency": "JPY"}

    def test_by_external_id_signs_then_amends(self, api, account, product):
        path = "/contracts/by-external-id/k-1"
        said = TERM | {"account_external_id": "nw", "lines": [{"product": "platform", "amount": usd("100")}]}
        assert api.put(path, said).status_code == 201
        again = api.put(path, said | {"name": "Renamed", "lines": [{"product": "platform", "amount": usd("200")}]})
        assert again.status_code == 200, again.json()
        assert (again.json()["name"], again.json()["arr"]) == ("Renamed", usd("200.00"))
        moved = api.put(path, said | {"start_on": "2026-03-01"})
        assert (moved.status_code, list(moved.json()["errors"])) == (400, ["start_on"])


class TestProductsEventsTasks:
    def test_products_are_kept_by_keys_and_by_whoever_keeps_the_settings(self, api, acme_cast, page):
        assert ProductResource.permissions["create"] == ProductResource.permissions["partial_update"] == "product.edit"
        assert {role for role in Role if allows(role, Permission.PRODUCT_EDIT)} == {"admin", "ops", "integration"}
        assert "product.edit" in api.get("/me").json()["permissions"]
        for person, status in (("olly", 200), ("cass", 403), ("lee", 403)):
            assert page(getattr(acme_cast, person), acme_cast.tenant).get(PRODUCT_FORM).status_code == status

    def test_a_product_is_added_and_changed(self, api, product):
        assert (product["code"], product["unit"], product["version"]) == ("platform", "seat", 1)
        changed = api.patch(f"/products/{product['id']}", {"active": False, "version": 1}).json()
        assert (changed["active"], changed["version"]) == (False, 2)
        assert api.post("/products", {"name": "Platform"}).json()["errors"] == {
            "code": ["Another product has this code."]
        }
        assert api.get("/products?active=true").json()["results"] == []

    def test_a_call_is_logged_and_touches_the_account(self, api, account, acme_cast):
        said = {
            "account": account["id"],
            "kind": "call",
            "body": "A second site in May.",
            "occurred_at": "2026-05-02T10:00:00Z",
        }
        event = api.post("/events", said).json()
        assert (event["kind"], event["summary"], event["occurred_at"]) == (
            "call.logged", "A second site in May.", "2026-05-02T10:00:00Z",
        )  # fmt: skip
        assert event["actor"]["id"] == acme_cast.ada.pk
        assert api.get(f"/accounts/{account['id']}").json()["last_touch_at"] == "2026-05-02T10:00:00Z"
        assert api.get("/events?kind=call.logged").json()["results"] == [event]
        latest = api.get(f"/events?account={account['id']}").json()["results"]
        assert [row["kind"] for row in latest] == ["account.created", "call.logged"]

    def test_a_task_goes_its_way(self, api, account, acme_cast):
        said = {
            "account": account["id"],
            "title": "Book the kickoff",
            "assignee": "cass@acme.test",
            "due_on": "2026-12-01",
        }
        task = api.post("/tasks", said).json()
        assert (task["source"], task["status"], task["assignee"]["name"]) == ("api", "open", "Cass of Acme")
        path = f"/tasks/{task['id']}"
        later = (dt.date.today() + dt.timedelta(days=30)).isoformat()
        assert api.post(f"{path}/snooze", {"until": later, "reason": "On leave"}).json()["snoozed_until"] == later
        assert api.post(f"{path}/complete", {"outcome": "maybe"}).json()["errors"].keys() == {"outcome"}
        done = api.post(f"{path}/complete", {"outcome": "achieved", "note": "Tuesday"}).json()
        assert (done["status"], done["outcome"], done["closed_by"]["id"]) == ("done", "achieved", acme_cast.ada.pk)
        again = api.post(f"{path}/complete", {"outcome": "achieved"})
        assert (again.status_code, again.json()["detail"]) == (400, "This task is closed already.")
        assert api.post(f"{path}/reopen").json()["status"] == "open"
        assert api.post(f"{path}/drop", {"reason": "No longer"}).json()["status"] == "dropped"
        assert api.patch(path, {"title": "Plan the kickoff"}).json()["title"] == "Plan the kickoff"
        assert [row["id"] for row in api.get("/tasks?status=dropped&due_before=2027-01-01").json()["results"]] == [
            task["id"]
        ]

    def test_a_task_needs_no_account(self, api):
        task = api.post("/tasks", {"title": "Read the handbook", "due_on": "2026-12-01"}).json()
        assert (task["account"], task["assignee"]) == (None, None)


@pytest.fixture
def theirs(rivals):
    """One of everything, Rival's."""
    account = rivals.post("/accounts", {"name": "Canary", "external_id": "canary"}).json()
    product = rivals.post("/products", {"name": "Canary"}).json()
    lines = [{"product": product["id"], "amount": usd("1")}]
    contact = rivals.post("/contacts", {"name": "Canary", "account": account["id"], "external_id": "canary"}).json()
    contract = rivals.post(
        "/contracts", TERM | {"account": account["id"], "lines": lines, "external_id": "canary"}
    ).json()
    task = rivals.post("/tasks", {"title": "Canary", "due_on": "2026-12-01", "account": account["id"]}).json()
    event = rivals.post("/events", {"account": account["id"], "kind": "note", "body": "Canary"}).json()
    return {
        "accounts": account,
        "products": product,
        "contacts": contact,
        "contracts": contract,
        "tasks": task,
        "events": event,
    }


RESOURCES = ("accounts", "products", "contacts", "contracts", "tasks", "events")
VERBS = {
    "accounts": ("restore", "change-phase"), "contacts": ("depart",), "contracts": ("amend", "renew", "end"),
    "tasks": ("complete", "drop", "reopen", "snooze"),
}  # fmt: skip


@pytest.mark.parametrize("name", RESOURCES)
def test_another_tenants_row_is_as_unknown_as_no_row_at_all(name, api, theirs):
    pk, nowhere = theirs[name]["id"], 987_654
    asked = [("GET", ""), ("PATCH", ""), ("DELETE", ""), *(("POST", f"/{verb}") for verb in VERBS.get(name, ()))]
    bodies = {"change-phase": {"phase": "adoption"}, "depart": {"on": "2026-01-01"},
              "end": {"on": "2026-06-01", "reason": "x"},
              "complete": {"outcome": "achieved"}, "snooze": {"until": "2199-01-01", "reason": "x"}}  # fmt: skip
    for method, rest in asked:
        body = bodies.get(rest.strip("/"), {}) if method in ("POST", "PATCH") else None
        foreign = api(method, f"/{name}/{pk}{rest}", body)
        unknown = api(method, f"/{name}/{nowhere}{rest}", body)
        assert foreign.status_code == unknown.status_code
        assert foreign.status_code in (404, 405, 400)
        assert foreign.content == unknown.content
        assert b"Canary" not in foreign.content
    assert api.get(f"/{name}").json()["results"] in ([], None) or name == "events"
    assert b"Canary" not in api.get(f"/{name}").content


def test_another_tenants_ids_in_bodies_and_questions_find_nothing(api, theirs, account, product):
    pk = {name: row["id"] for name, row in theirs.items()}
    lines = [{"product": pk["products"], "amount": usd("1")}]
    refused = [
        api.post("/accounts", {"name": "X", "parent": pk["accounts"]}),
        api.post("/accounts", {"name": "X", "csm": "rita@rival.test"}),
        api.post("/contacts", {"name": "X", "account": pk["accounts"]}),
        api.post("/contacts", {"name": "X", "account_external_id": "canary"}),
        api.post("/contacts", {"name": "X", "account": account["id"], "reports_to": pk["contacts"]}),
        api.post("/contracts", TERM | {"account": account["id"], "lines": lines}),
        api.post("/tasks", {"title": "X", "due_on": "2026-12-01", "account": pk["accounts"]}),
        api.post("/events", {"account": pk["accounts"], "kind": "note", "body": "X"}),
    ]
    assert {answer.status_code for answer in refused} == {400}
    for name in ("contacts", "contracts", "tasks", "events"):
        assert api.get(f"/{name}?account={pk['accounts']}").json()["results"] == []
    assert api.put("/accounts/by-external-id/canary", {"name": "Ours"}).status_code == 201


@pytest.mark.parametrize("name", RESOURCES)
def test_a_page_costs_the_same_whatever_its_size(name, api, acme_cast):
    with tenant_context(acme_cast.tenant):
        product = Product.objects.create(name="Platform", code="platform")
        for n in range(12):
            account = accounts.open({"name": f"A {n}", "csm": acme_cast.cass}, by=acme_cast.ada)
            Contact.objects.create(account=account, name=f"C {n}")
            Product.objects.create(name=f"P {n}", code=f"p-{n}")
            tasks.add(
                {"account": account, "title": "T", "due_on": dt.date(2026, 12, 1), "assignee": acme_cast.cass},
                by=acme_cast.ada,
            )
            term = {
                name: dt.date.fromisoformat(value) if name.endswith("_on") else value for name, value in TERM.items()
            }
            lines = [{"product": product, "amount_minor": 100}]
            contracts.sign(account, term, lines, by=acme_cast.ada, today=dt.date(2026, 11, 20))
    api.get("/me")
    costs = []
    for limit in (2, 12):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert len(api.get(f"/{name}?limit={limit}").json()["results"]) == limit
        costs.append([q["sql"] for q in queries])
    assert len(costs[0]) == len(costs[1])
    # The key, the tenant's context with its transaction, the page; its people, or the lines of contracts.
    statements = [sql for sql in costs[1] if sql.lstrip().startswith("SELECT") and "set_config" not in sql]
    assert len(statements) == (2 if name in ("products", "contacts") else 3)
