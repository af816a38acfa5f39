"""Taking lists out in a real browser: from the settings everything as one file, from the portfolio what one sees."""

from __future__ import annotations

import zipfile

import pytest

from accounts.tenancy.context import tenant_context
from tests.browser.harness import window
from tests.factories.accounts import PASSWORD, AccountFactory

pytestmark = pytest.mark.browser


@pytest.fixture
def keeper(transactional_db, acme_cast):
    acme_cast.ada.set_password(PASSWORD)
    acme_cast.ada.save()
    with tenant_context(acme_cast.tenant):
        AccountFactory(name="=Northwind")
    return acme_cast


def test_the_page_is_readable_by_everyone(browser, live_server, keeper):
    with window(browser, live_server.url) as seen:
        seen.sign_in("ada@acme.test", PASSWORD)
        for path in ("", "?archived=1"):
            seen.goto(f"/w/acme/settings/export/{path}")
            seen.checked(f"export{path[:2].strip('?')}")


def test_everything_and_what_i_see_are_downloaded(browser, live_server, keeper, tmp_path):
    with window(browser, live_server.url) as seen:
        seen.sign_in("ada@acme.test", PASSWORD)
        page = seen.goto("/w/acme/settings/export/")
        with page.expect_download() as everything:
            page.get_by_role("link", name="Everything as CSV").click()
        everything.value.save_as(tmp_path / "everything.zip")
        with zipfile.ZipFile(tmp_path / "everything.zip") as archive:
            assert "'=Northwind" in archive.read("accounts.csv").decode()
        page = seen.goto("/w/acme/accounts/?scope=all")
        page.locator("summary", has_text="Export").click()
        seen.picture("portfolio-export-menu")
        with page.expect_download() as seen_list:
            page.get_by_role("link", name="Excel workbook").click()
        assert seen_list.value.suggested_filename.endswith(".xlsx")
