"""The API's pages can be read in a browser, without another origin and under the strict policy."""

import pytest

from tests.browser.harness import PHONE, WIDE, chromium, window


@pytest.fixture(scope="module")
def browser():
    with chromium() as running:
        yield running


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_every_resource_can_be_read_and_unfolded(browser, live_server, size):
    with window(browser, live_server.url, size=size) as seen:
        asked = []
        seen.page.on("request", lambda request: asked.append(request.url))
        page = seen.goto("/api/v1/docs")
        for tag in ("accounts", "contacts", "contracts", "handoffs", "spiced", "runs", "me"):
            page.wait_for_selector(f'.opblock-tag[data-tag="{tag}"]')  # the reader draws one after another
        page.click("#operations-accounts-accounts_create .opblock-summary-control")
        page.wait_for_selector("text=Northwind Foods")
        seen.picture(f"api-docs-{size[0]}")
        assert all(url.startswith((live_server.url, "data:", "blob:")) for url in asked)
