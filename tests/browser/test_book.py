"""The book in a real browser: find an account, keep a view, hand accounts over, log a call, see who left."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from accounts import calendar
from accounts.actions import contacts, notes
from accounts.models import Account, AccountState, Contact, Event, Product, SavedView, TouchModel
from accounts.tenancy.context import tenant_context
from tests.browser.harness import window
from tests.factories.accounts import (
    PASSWORD,
    AccountFactory,
    ContactFactory,
    ContractFactory,
    ProductFactory,
    TaskFactory,
)

pytestmark = pytest.mark.browser

COMPANIES = (
    "Brightwave Health", "Verity Labs", "Juniper & Co", "Kestrel Analytics", "Polar Freight", "Lumen Schools",
    "Sable Hotels", "Fernhill Bank", "Quill Publishing", "Halden Energy", "Pinecrest Clinics", "Mondrian Insurance",
)  # fmt: skip


@pytest.fixture
def book(transactional_db, acme_cast):
    """Twelve accounts of Cass; the first one with people, contracts, tasks and a story."""
    for person in (acme_cast.cass, acme_cast.vera):
        person.set_password(PASSWORD)
        person.save()
    with tenant_context(acme_cast.tenant):
        today = calendar.local_today(acme_cast.tenant)
        TouchModel.objects.create(code="high", touch_every_days=14)
        accounts = [_account(acme_cast, name, n, today) for n, name in enumerate(COMPANIES)]
        AccountFactory(name="Nobody's Own", segment="Small")
        _fill(acme_cast, accounts[0], today)
    return accounts


def _account(cast, name, n, today):
    account = AccountFactory(
        name=name, csm=cast.cass, ae=cast.sal, industry="Healthcare", segment=["Enterprise", "Mid-market"][n % 2],
        region="Americas",
    )  # fmt: skip
    Account.objects.filter(pk=account.pk).update(phase=["adoption", "onboarding", "expansion"][n % 3])
    AccountState.objects.filter(account=account).update(
        arr_minor=(n + 1) * 37_500_00,
        renewal_on=today + dt.timedelta(days=40 + 25 * n) if n % 5 else None,
        last_touch_at=timezone.now() - dt.timedelta(days=5 * n),
    )
    return account


def _fill(cast, account, today):
    seats, setup = ProductFactory(name="Platform"), ProductFactory(name="Setup", recurring=False, unit="day")
    lines = [
        {"product": seats, "quantity": 120, "amount_minor": 412_500_00},
        {"product": setup, "quantity": 5, "amount_minor": 9_000_00},
    ]
    year = dt.timedelta(days=365)
    ContractFactory(
        account=account, name="Platform 2026", start_on=today - year + dt.timedelta(days=61),
        end_on=today + dt.timedelta(days=61), lines=lines, today=today,
    )  # fmt: skip
    dana = ContactFactory(account=account, name="Dana Ruiz", title="VP Operations", buying_role="champion")
    ContactFactory(
        account=account, name="Helen Osei", title="COO", buying_role="decider", stance="neutral", influence=3
    )
    ContactFactory(account=account, name="Ravi Shah", title="Nurse manager", buying_role="user", stance="advocate")
    contacts.depart(dana, on=today - dt.timedelta(days=18), moved_to="Orbit Clinics", by=cast.cass)
    TaskFactory(
        account=account,
        title="Map a new champion with Helen Osei",
        due_on=today - dt.timedelta(days=2),
        assignee=cast.cass,
    )
    TaskFactory(account=account, title="Send the staffing figures", due_on=today, assignee=cast.cass)
    notes.add(
        account, kind="call", body="Night shift stopped charting on phones.\nTwo-factor prompts time out.", by=cast.cass
    )


def sign_in(seen, email="cass@acme.test"):
    seen.sign_in(email, PASSWORD)


def test_every_page_of_the_book_is_readable_by_everyone(browser, live_server, book):
    account = book[0]
    with tenant_context(account.tenant_id):
        person = Contact.objects.get(name="Helen Osei")
        contract = account.contracts.get()
    pages = {
        "portfolio": "accounts/", "portfolio-empty": "accounts/?q=zzz", "account": f"accounts/{account.pk}/",
        "account-edit": f"accounts/{account.pk}/edit/", "account-new": "accounts/new/",
        "account-people": f"accounts/{account.pk}/people/", "contact-edit": f"people/{person.pk}/edit/",
        "contact-depart": f"people/{person.pk}/depart/", "account-contracts": f"accounts/{account.pk}/contracts/",
        "contract-renew": f"contracts/{contract.pk}/renew/", "contract-end": f"contracts/{contract.pk}/end/",
        "account-tasks": f"accounts/{account.pk}/tasks/", "account-timeline": f"accounts/{account.pk}/timeline/",
    }  # fmt: skip
    with window(browser, live_server.url) as seen:
        sign_in(seen)
        for name, path in pages.items():
            seen.goto(f"/w/acme/{path}")
            seen.checked(name)


def test_a_csm_finds_filters_sorts_and_keeps_a_view(browser, live_server, book):
    with window(browser, live_server.url) as seen:
        sign_in(seen)
        page = seen.goto("/w/acme/accounts/")
        assert page.locator("tbody tr").count() == 12
        page.keyboard.press("/")
        page.keyboard.type("frei")
        page.wait_for_url("**q=frei**")
        assert page.locator("a.row-link").all_inner_texts() == ["Polar Freight"]
        assert page.locator("#filter").evaluate("e => e === document.activeElement")
        page.get_by_role("link", name="Clear").click()
        page.get_by_text("12 accounts").wait_for()
        page.get_by_text("Phase", exact=True).first.click()
        page.get_by_label("Expansion").check()
        page.locator("details[open]").get_by_role("button", name="Apply").click()
        page.wait_for_url("**phase=expansion**")
        page.get_by_role("link", name="ARR").click()
        page.wait_for_url("**sort=arr**")
        assert page.locator("th[aria-sort=ascending]").inner_text() == "ARR"
        page.locator("summary", has_text="Save view").click()
        seen.picture("portfolio-save-view")
        page.get_by_label("Name of the new view").fill("Growing")
        page.get_by_label("Everybody here can use it").check()
        page.locator("details[open]").get_by_role("button", name="Save view").click()
        page.wait_for_load_state("networkidle")
        assert page.locator(".tab[aria-current]").inner_text().strip() == "Growing"
        assert page.get_by_text("View “Growing” saved.").is_visible()
    with tenant_context(book[0].tenant_id):
        view = SavedView.objects.get()
    assert (view.query, view.shared) == ("scope=own&phase=expansion&sort=arr", True)


def test_selected_accounts_are_handed_to_a_person_that_the_box_finds(browser, live_server, book, acme_cast):
    with window(browser, live_server.url) as seen:
        sign_in(seen)
        page = seen.goto("/w/acme/accounts/")
        page.keyboard.press("j")
        page.keyboard.press("x")
        page.keyboard.press("j")
        page.keyboard.press("x")
        bar = page.locator("[data-bulk]")
        assert "2 selected" in bar.inner_text()
        bar.get_by_role("combobox", name="Person").fill("lee")
        page.get_by_role("option", name="Lee of Acme").click()
        seen.picture("portfolio-bulk")
        bar.get_by_role("button", name="Assign").click()
        page.wait_for_load_state("networkidle")
        assert page.get_by_text("2 accounts assigned to Lee of Acme.").is_visible()
    with tenant_context(acme_cast.tenant):
        assert set(Account.objects.filter(csm=acme_cast.lee).values_list("name", flat=True)) == {
            "Brightwave Health", "Fernhill Bank",
        }  # fmt: skip


def test_a_call_is_logged_a_person_leaves_and_a_contract_is_renewed(browser, live_server, book, acme_cast):
    account = book[0]
    with window(browser, live_server.url) as seen:
        sign_in(seen)
        page = seen.goto("/w/acme/accounts/")
        page.get_by_role("link", name="Brightwave Health").click()
        page.get_by_label("What did you learn?").fill("The board wants staffing hours before March.")
        page.get_by_text("Meeting", exact=True).click()
        page.get_by_role("button", name="Log it").click()
        page.wait_for_load_state("networkidle")
        assert page.get_by_text("The board wants staffing hours before March.").is_visible()

        page.get_by_role("navigation", name="Account sections").get_by_role("link", name="People").click()
        page.get_by_role("link", name="Helen Osei left").click()
        page.get_by_label("Now at").fill("Orbit Clinics")
        page.get_by_label("Or a new person").fill("Marc Tran")
        page.get_by_role("button", name="Record the departure").click()
        page.wait_for_load_state("networkidle")
        assert "followed by Marc Tran" in page.locator("#gone").inner_text()

        page.get_by_role("navigation", name="Account sections").get_by_role("link", name="Contracts").click()
        page.get_by_role("link", name="Renew Platform 2026").click()
        page.get_by_label("Amount").first.fill("lots")
        page.get_by_role("button", name="Renew").click()
        page.wait_for_load_state("networkidle")
        assert page.get_by_text("Enter a number.").is_visible()
        page.get_by_label("Amount").first.fill("450,000")
        page.get_by_role("button", name="Renew").click()
        page.wait_for_load_state("networkidle")
        ledger = page.locator("#ledger").inner_text()
        assert "+$37,500" in ledger
        assert "$450,000" in ledger
        seen.picture("account-contracts-renewed")
    with tenant_context(acme_cast.tenant):
        assert Event.objects.filter(account=account, kind="contract.renewed").count() == 1
        assert Product.objects.count() == 2
