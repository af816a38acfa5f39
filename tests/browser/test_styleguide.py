"""Every component, drawn: no error, no barrier, no sideways scroll, in both themes, wide and narrow."""

import pytest

from tests.browser.harness import window

FIRST_VISIT = 100 * 1024


@pytest.mark.parametrize("path", ["/styleguide/", "/accounts/login/", "/accounts/password/reset/"])
def test_a_page_has_no_barrier_and_no_sideways_scroll(browser, live_server, settings, path):
    settings.DEBUG = True
    with window(browser, live_server.url) as seen:
        seen.goto(path)
        seen.checked(path.strip("/").replace("/", "-"))


def test_a_first_visit_weighs_little(browser, live_server):
    with window(browser, live_server.url) as seen:
        seen.goto("/accounts/login/")
        sizes = seen.page.evaluate(
            "performance.getEntries().map(e => e.encodedBodySize || 0).reduce((a, b) => a + b, 0)"
        )
        # Uncompressed here; production serves the same files as brotli, at a third.
        assert sizes < 2.5 * FIRST_VISIT


def test_a_dialog_opens_from_its_button_and_closes_by_escape(browser, live_server, settings):
    settings.DEBUG = True
    with window(browser, live_server.url) as seen:
        page = seen.goto("/styleguide/")
        page.click("[data-open=sample-dialog]")
        assert page.locator("#sample-dialog").is_visible()
        assert seen.barriers() == []
        page.keyboard.press("Escape")
        assert not page.locator("#sample-dialog").is_visible()


def test_escape_keeps_a_dialog_with_unsaved_text_until_it_is_meant(browser, live_server, settings):
    settings.DEBUG = True
    with window(browser, live_server.url) as seen:
        page = seen.goto("/styleguide/")
        page.click("[data-open=sample-dialog]")
        page.fill("#sample-what", "Ask for the champion")
        page.keyboard.press("Escape")
        assert page.locator("#sample-dialog").is_visible()


def test_a_list_is_walked_and_selected_by_keyboard(browser, live_server, settings):
    settings.DEBUG = True
    with window(browser, live_server.url) as seen:
        page = seen.goto("/styleguide/")
        page.locator("main").focus()
        page.keyboard.press("j")
        page.keyboard.press("j")
        assert page.evaluate("document.activeElement.textContent") == "Kestrel Analytics"
        page.keyboard.press("x")
        assert page.locator("input[name=ids]:checked").get_attribute("value") == "2"
        assert page.locator("[data-bulk]").inner_text().startswith("1 selected")
        page.keyboard.press("k")
        page.keyboard.press("Shift+X")
        assert page.locator("input[name=ids]:checked").count() == 2


def test_a_menu_opens_and_escape_returns_to_its_button(browser, live_server, settings):
    settings.DEBUG = True
    with window(browser, live_server.url) as seen:
        page = seen.goto("/styleguide/")
        page.click("summary[aria-label=More]")
        page.keyboard.press("ArrowDown")
        assert page.evaluate("document.activeElement.textContent.trim()") == "Export"
        page.keyboard.press("Escape")
        assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "More"


def test_a_refused_form_names_each_field_and_takes_the_reader_to_the_first(browser, live_server, settings):
    settings.DEBUG = True
    with window(browser, live_server.url) as seen:
        page = seen.goto("/styleguide/")
        assert page.evaluate("document.activeElement.id") == "id_name"
        described = page.locator("#id_name").get_attribute("aria-describedby")
        assert described == "id_name_helptext id_name_error"
        assert page.locator("#id_name_error").inner_text() == "This field is required."


def test_the_theme_turns_at_once(browser, live_server, settings):
    settings.DEBUG = True
    with window(browser, live_server.url) as seen:
        page = seen.goto("/styleguide/")
        before = page.evaluate("getComputedStyle(document.body).backgroundColor")
        page.click("[data-theme-toggle]")
        assert page.evaluate("document.documentElement.dataset.theme") == "dark"
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") != before


def test_a_toast_says_what_happened_and_can_be_taken_back(browser, live_server, settings):
    settings.DEBUG = True
    with window(browser, live_server.url) as seen:
        page = seen.goto("/styleguide/")
        page.evaluate("document.dispatchEvent(new CustomEvent('toast', {detail: {text: 'Touch logged.', undo: '/x'}}))")
        assert page.locator("#toasts .toast").inner_text().startswith("Touch logged.")
        assert page.locator("#toasts button").inner_text() == "Undo"
