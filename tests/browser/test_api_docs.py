"""The API's pages can be read in a browser, without another origin and under the strict policy."""

import pytest
import yaml

from csom.api import METHODS, SCHEMA
from tests.browser.harness import PHONE, WIDE, window


def described() -> set[str]:
    """Every resource that the description names."""
    paths = yaml.safe_load(SCHEMA.read_text())["paths"].values()
    return {tag for path in paths for method in METHODS if method in path for tag in path[method]["tags"]}


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_every_resource_can_be_read_and_unfolded(browser, live_server, size):
    with window(browser, live_server.url, size=size) as seen:
        asked = []
        seen.page.on("request", lambda request: asked.append(request.url))
        page = seen.goto("/api/v1/docs")
        page.wait_for_selector(".opblock-tag")
        shown = page.locator(".opblock-tag").evaluate_all("all => all.map(one => one.dataset.tag)")
        assert set(shown) == described()
        page.click('.opblock-tag[data-tag="accounts"]')
        page.click("#operations-accounts-accounts_create .opblock-summary-control")
        page.wait_for_selector("text=Northwind Foods")
        seen.picture(f"api-docs-{size[0]}")
        assert all(url.startswith((live_server.url, "data:", "blob:")) for url in asked)
