"""The builder under quick fingers: what is typed while the server lays out the rows anew."""

from __future__ import annotations

import threading

import pytest
from playwright.sync_api import expect

from blueprints.views import builder
from tests.browser.harness import window
from tests.factories.accounts import PASSWORD

pytestmark = pytest.mark.browser


@pytest.fixture
def shop(transactional_db, acme_cast):
    acme_cast.olly.set_password(PASSWORD)
    acme_cast.olly.save()
    return acme_cast


@pytest.fixture
def gate(monkeypatch):
    """The server's answer to a change of the rows waits until it is let through."""
    opened, real = threading.Event(), builder._changed

    def waiting(*given):
        opened.wait(20)
        return real(*given)

    monkeypatch.setattr(builder, "_changed", waiting)
    opened.set()
    yield opened
    opened.set()


def test_keys_pressed_while_rows_are_laid_out_anew_are_kept(browser, live_server, shop, gate):
    with window(browser, live_server.url) as seen:
        seen.sign_in("olly@acme.test", PASSWORD)
        page = seen.goto("/w/acme/plays/new/")
        page.get_by_role("combobox", name="Fact").first.fill("champion present")
        page.locator("[role=option]").first.wait_for()
        page.keyboard.press("Enter")
        page.get_by_label("Comparison").first.wait_for()
        seen.settle()
        gate.clear()
        page.get_by_role("button", name="Add step").click()
        page.get_by_label("What is to be done").fill("Call")
        gate.set()
        page.get_by_label("What is to be done").nth(1).wait_for()
        page.keyboard.type(" them")
        assert page.get_by_label("What is to be done").first.input_value() == "Call them"
        seen.settle()
        gate.clear()
        page.get_by_role("button", name="Move down").first.click()
        page.get_by_label("What is to be done").first.fill("Call again")
        page.get_by_label("By whom").first.select_option("ae")
        gate.set()
        expect(page.get_by_label("What is to be done").nth(1)).to_have_value("Call again")
        expect(page.get_by_label("By whom").nth(1)).to_have_value("ae")
        expect(page.get_by_label("What is to be done").first).to_have_value("")
        seen.settle()
        gate.clear()
        page.locator("#tree-if").get_by_role("button", name="Condition", exact=True).click()
        page.get_by_label("Value").first.select_option("yes")
        page.get_by_label("Comparison").first.select_option("known")
        gate.set()
        page.locator("#tree-if .rule").nth(1).wait_for()
        expect(page.get_by_label("Value")).to_have_count(0)
        expect(page.get_by_label("Comparison").first).to_have_value("known")
