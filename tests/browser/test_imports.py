"""Imports in a real browser: from an empty workspace to a filled portfolio, at every size and in both themes."""

from __future__ import annotations

import pytest

from accounts.imports.actions import working
from accounts.imports.models import Import, Stage
from accounts.models import Account
from accounts.tenancy.context import tenant_context
from tests.browser.harness import window
from tests.factories.accounts import PASSWORD, AccountFactory

pytestmark = pytest.mark.browser

HEAD = "Account Name;Website;Industry;Customer Success Manager;ARR;Start Date;Renewal Date;Tier;Internal remark"
ROWS = (
    "Brightwave Health;brightwave.example;Health;cass@acme.test;1.200.000,50;01.02.2025;01.02.2027;Gold;Ring first",
    "Verity Labs;https://www.verity.example/;Science;Cass of Acme;84.000;15.03.2026;15.03.2027;Silver;",
    "Kestrel Analytics;kestrel.example;Software;nobody@acme.test;96.000;02.07.2026;02.07.2027;Silver;",
    "Polar Freight;polar.example;Logistics;cass@acme.test;a lot;04.04.2026;04.04.2027;Bronze;",
    "Lumen Schools;lumen.example;Education;;74.200;31.02.2026;31.03.2027;Bronze;",
    "Fernhill Bank;fernhill.example;Finance;cass@acme.test;780.000;28.02.2026;28.02.2027;Gold;",
    "Sable Hotels;;Hospitality;;294.000;28.05.2026;28.05.2027;Gold;",
)


@pytest.fixture
def shop(transactional_db, acme_cast):
    for person in (acme_cast.ada, acme_cast.olly):
        person.set_password(PASSWORD)
        person.save()
    return acme_cast


@pytest.fixture
def messy(tmp_path):
    path = tmp_path / "Customers 2026 (final).csv"
    path.write_bytes("\n".join((HEAD, *ROWS)).encode("cp1252"))
    return path


def stocked(cast):
    with tenant_context(cast.tenant):
        AccountFactory(name="Verity Labs", domain="verity.example", industry="Retail")
        AccountFactory(name="Sable Hotels", domain="sable.example", segment="Enterprise")


def checked(seen, name):
    seen.picture(name)
    assert seen.barriers() == [], name
    assert not seen.scrolls_sideways(), name


def test_every_page_of_an_import_is_readable_by_everyone(browser, live_server, shop, messy):
    with window(browser, live_server.url) as seen:
        seen.sign_in("ada@acme.test", PASSWORD)
        seen.goto("/w/acme/")
        seen.checked("import-home")
        seen.goto("/w/acme/accounts/?scope=all")
        seen.checked("import-portfolio")
        seen.goto("/w/acme/imports/")
        seen.checked("import-empty")
        stocked(shop)
        page = seen.goto("/w/acme/imports/new/")
        seen.checked("import-new")
        page.get_by_label("Your file").set_input_files(messy)
        page.get_by_role("button", name="Upload and map the columns").click()
        page.wait_for_url("**/mapping/")
        seen.checked("import-mapping")
        page.get_by_role("button", name="Try it").click()
        page.locator("progress").wait_for()
        seen.checked("import-checking")
        working.go_on(shop.tenant.pk)
        page.get_by_role("button", name="Run import").wait_for()
        seen.checked("import-checked")
        for tab in ("Possible duplicates", "Changed", "New"):
            page.locator("#rows .tab", has_text=tab).click()
            page.locator("#rows .tab[aria-current]", has_text=tab).wait_for()
            seen.checked(f"import-checked-{tab.split()[0].lower()}")
        page.get_by_role("button", name="Run import").click()
        page.locator("progress").wait_for()
        working.go_on(shop.tenant.pk)
        page.get_by_text("This is what was written.").wait_for()
        seen.checked("import-done")
        page.get_by_role("button", name="Take it back").click()
        page.locator("#undo-dialog[open]").wait_for()
        seen.checked("import-undo")
        page.locator("#undo-dialog").get_by_role("button", name="Take it back").click()
        page.locator("progress").wait_for()
        working.go_on(shop.tenant.pk)
        page.get_by_role("link", name="New import").wait_for()
        seen.checked("import-undone")
        seen.goto("/w/acme/imports/")
        seen.checked("import-list")


def test_a_wrong_file_is_named_at_the_field_and_the_choice_stays(browser, live_server, shop, tmp_path):
    wrong = tmp_path / "report.csv"
    wrong.write_bytes(b"%PDF-1.7 \x00\x01\x02")
    with window(browser, live_server.url) as seen:
        seen.sign_in("olly@acme.test", PASSWORD)
        page = seen.goto("/w/acme/imports/new/")
        page.get_by_role("radio", name="Contacts").check()
        page.get_by_label("Your file").set_input_files(wrong)
        page.get_by_role("button", name="Upload and map the columns").click()
        page.locator(".field-error").wait_for()
        assert page.evaluate("document.activeElement.name") == "file"
        assert page.get_by_role("radio", name="Contacts").is_checked()
        checked(seen, "import-wrong")


def test_what_is_changed_on_the_mapping_is_seen_at_once_and_kept_by_trying(browser, live_server, shop, messy):
    with window(browser, live_server.url) as seen:
        seen.sign_in("olly@acme.test", PASSWORD)
        page = seen.goto("/w/acme/imports/new/")
        page.get_by_label("Your file").set_input_files(messy)
        page.get_by_role("button", name="Upload and map the columns").click()
        page.wait_for_url("**/mapping/")
        page.get_by_text("84,000").wait_for()
        with page.expect_response("**/mapping/"):
            page.get_by_label("Numbers").select_option(".")
        page.get_by_text("84,000").wait_for(state="detached")
        with page.expect_response("**/mapping/"):
            page.get_by_label("Numbers").select_option(",")
        page.get_by_text("84,000").wait_for()
        select = page.get_by_label("Tier")
        with page.expect_response("**/mapping/"):
            select.select_option("account.name")
        page.get_by_text("is mapped to this field already.").wait_for()
        checked(seen, "import-twice")
        with page.expect_response("**/mapping/"):
            page.get_by_label("Tier").select_option("new.choice.Tier")
        page.get_by_text("is mapped to this field already.").wait_for(state="detached")
        page.get_by_role("button", name="Try it").click()
        page.locator("progress").wait_for()
    with tenant_context(shop.tenant):
        job = Import.objects.get()
        assert "new.choice.Tier" in job.columns.values()
        assert job.stage == Stage.CHECKING


def test_choices_outlive_a_reload_however_fast_they_are_made(browser, live_server, shop, messy):
    with window(browser, live_server.url) as seen:
        seen.sign_in("olly@acme.test", PASSWORD)
        page = seen.goto("/w/acme/imports/new/")
        page.get_by_label("Your file").set_input_files(messy)
        page.get_by_role("button", name="Upload and map the columns").click()
        page.wait_for_url("**/mapping/")
        page.get_by_label("Tier").select_option("new.choice.Tier")
        page.get_by_label("Industry").select_option("account.region")
        page.get_by_label("Take the row without them").check()
        page.locator("#map-saved[data-state=saved]").wait_for()
        page.wait_for_load_state("networkidle")
        page.reload()
        assert page.get_by_label("Tier").input_value() == "new.choice.Tier"
        assert page.get_by_label("Industry").input_value() == "account.region"
        assert page.get_by_label("Take the row without them").is_checked()
        page.get_by_label("Tier").select_option("account.name")
        page.locator("#map-saved[data-state=failed]").wait_for()
        assert page.get_by_label("Tier").get_attribute("aria-invalid") == "true"
        checked(seen, "import-not-kept")
        page.get_by_label("Tier").select_option("account.segment")
        page.locator("#map-saved[data-state=saved]").wait_for()
        assert page.get_by_label("Tier").get_attribute("aria-invalid") == "false"
        # Tried at once: the choice on its way and the form that follows it are the same person's.
        page.get_by_label("Industry").select_option("account.industry")
        page.get_by_role("button", name="Try it").click()
        page.locator("progress").wait_for()
    with tenant_context(shop.tenant):
        job = Import.objects.get()
    assert (job.columns["2"], job.columns["7"], job.stage) == ("account.industry", "account.segment", Stage.CHECKING)


def test_a_mapping_of_the_same_name_is_asked_about(browser, live_server, shop, messy):
    with window(browser, live_server.url) as seen:
        seen.sign_in("olly@acme.test", PASSWORD)
        page = seen.goto("/w/acme/imports/new/")
        page.get_by_label("Your file").set_input_files(messy)
        page.get_by_role("button", name="Upload and map the columns").click()
        page.wait_for_url("**/mapping/")
        for _ in range(2):
            page.get_by_text("Save this mapping as").click()
            page.get_by_label("Name of the mapping").fill("Weekly")
            page.get_by_role("button", name="Save mapping").click()
            page.wait_for_load_state("networkidle")
        page.get_by_text("“Weekly” is there already").wait_for()
        checked(seen, "import-replace")
        page.get_by_role("button", name="Replace it").click()
        page.get_by_text("Saved as “Weekly”").wait_for()


def test_sample_data_is_loaded_looked_at_and_taken_back(browser, live_server, shop):
    with window(browser, live_server.url) as seen:
        seen.sign_in("ada@acme.test", PASSWORD)
        page = seen.goto("/w/acme/")
        page.get_by_role("button", name="Look around with sample data").click()
        page.locator("progress").wait_for()
        working.go_on(shop.tenant.pk)
        page.get_by_role("link", name="Open the portfolio").click()
        page.get_by_role("link", name="Coral Health").wait_for()
        seen.picture("import-sample-portfolio")
        page = seen.goto("/w/acme/")
        checked(seen, "import-sample-home")
        page.get_by_role("link", name="See it, or take it back").click()
        page.get_by_role("button", name="Take it back").click()
        page.locator("#undo-dialog").get_by_role("button", name="Take it back").click()
        page.locator("progress").wait_for()
        working.go_on(shop.tenant.pk)
        page.get_by_text("Taken back").first.wait_for()
    with tenant_context(shop.tenant):
        assert not Account.objects.present().exists()
