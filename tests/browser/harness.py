"""A real Chromium for the stories: fails on any console error, policy violation or serious barrier, takes pictures."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from shutil import which

import axe_playwright_python
from django.conf import settings
from django.test import Client
from playwright.sync_api import (
    Browser,
    BrowserContext,
    CDPSession,
    ConsoleMessage,
    Page,
    Response,
    expect,
    sync_playwright,
)

# Without these a machine without a network sees Chromium ask for its maker's hosts at every start.
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
PLACES = (
    "chromium", "chromium-browser", "google-chrome",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)  # fmt: skip
AXE = Path(axe_playwright_python.__file__).parent / "axe.min.js"
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PATIENCE = 45  # seconds: only a story that fails waits so long, however busy the machine is
expect.set_options(timeout=PATIENCE * 1000)
COLORS = ["color-contrast", "link-in-text-block"]
WIDE, PHONE, NARROW = (1440, 900), (390, 844), (320, 640)
# Fonts are in, what was just swapped is drawn and listens, and nothing more is on its way.
SETTLED = """async () => {
  await document.fonts.ready;
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  return !document.querySelector(".htmx-request, .htmx-swapping, .htmx-settling");
}"""
# Playwright's own event loop runs in this thread, and Django would take it for ours.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
PICTURES = os.environ.get("CSOM_PICTURES", "")


def executable() -> str:
    for place in (os.environ.get("CHROMIUM", ""), *PLACES):
        if place and (found := which(place)):
            return found
    raise RuntimeError("No Chromium found: apt-get install chromium, or name one in CHROMIUM.")


@contextmanager
def chromium() -> Iterator[Browser]:
    """One browser for the whole run; a window per story."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=executable(), args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Window:
    """One person's browser: go, look, and at the end `clean()`."""

    context: BrowserContext
    page: Page
    base_url: str
    debugger: CDPSession
    trouble: list[str] = field(default_factory=list)
    asked: set[str] = field(default_factory=set)
    transferred: int = 0

    def goto(self, path: str) -> Page:
        self.asked.clear()  # what the page before was asking for went with it
        self.page.goto(self.base_url + path)
        self.settle()
        return self.page

    def settle(self) -> None:
        """Without the half second of silence that "networkidle" waits for, on each page anew."""
        deadline = time.monotonic() + PATIENCE
        while not self.page.evaluate(SETTLED) or self.asked:
            assert time.monotonic() < deadline, f"{self.page.url} doesn't come to rest: {self.asked}"
            self.page.wait_for_timeout(20)

    def sign_in(self, email: str, password: str) -> None:
        """Past the form, which `sign_in_by_form` fills: the same check of the password, and its session."""
        client = Client()
        assert client.login(email=email, password=password)
        cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
        self.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": self.base_url}])

    def sign_in_by_form(self, email: str, password: str) -> None:
        self.goto("/accounts/login/")
        self.page.fill("input[name=login]", email)
        self.page.fill("input[name=password]", password)
        self.page.click("main button[type=submit], main button:not([type])")
        self.page.wait_for_load_state("networkidle")

    def checked(self, name: str) -> None:
        """The page as it stands, for everybody: no barrier in either theme, no sideways scroll at any size.

        Rendered once and then resized and re-colored in place, which only style sheets answer. The second theme
        differs in colors alone, so only they are asked after again.
        """
        for size, themes in ((NARROW, ()), (PHONE, ("light", "dark")), (WIDE, ("dark", "light"))):
            self._resize(size)
            for n, theme in enumerate(themes):
                self.page.emulate_media(color_scheme=theme)
                self.settle()
                self.picture(f"{name}-{theme}-{size[0]}")
                assert self.barriers(COLORS if n else STANDARDS) == [], f"{name} {theme} {size[0]}"
            assert not self.scrolls_sideways(), f"{name} {size[0]}"

    def _resize(self, size: tuple[int, int]) -> None:
        """Fingers instead of a mouse where the window is a phone's."""
        self.page.set_viewport_size({"width": size[0], "height": size[1]})
        self.debugger.send("Emulation.setTouchEmulationEnabled", {"enabled": size != WIDE})

    def picture(self, name: str) -> None:
        """Kept where CSOM_PICTURES says; nowhere without it."""
        if PICTURES:
            Path(PICTURES).mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=f"{PICTURES}/{name}.png", full_page=True)

    def barriers(self, rules: list[str] = STANDARDS) -> list[str]:
        """What axe calls serious or worse. It comes through the debugger: the page's policy refuses foreign scripts."""
        if not self.page.evaluate("'axe' in window"):
            self.debugger.send("Runtime.evaluate", {"expression": AXE.read_text()})
        options = json.dumps({"runOnly": rules, "resultTypes": ["violations"]})
        answer = self.debugger.send(
            "Runtime.evaluate",
            {"expression": f"axe.run(document, {options})", "awaitPromise": True, "returnByValue": True},
        )
        return [
            f"{found['id']}: {node['html'][:160]} {node.get('failureSummary', '')[:200]}"
            for found in answer["result"]["value"]["violations"]
            if found["impact"] in ("serious", "critical")
            for node in found["nodes"]
        ]

    def scrolls_sideways(self) -> bool:
        return bool(self.page.evaluate("document.documentElement.scrollWidth > innerWidth"))

    def clean(self) -> None:
        assert self.trouble == []

    def hear(self, message: ConsoleMessage) -> None:
        # A refused form answers 422 or 409 on purpose, and Chromium reports each as an error of the network.
        if message.type == "error" and not (
            "status of 4" in message.text and any(c in message.text for c in ("409", "422"))
        ):
            self.trouble.append(f"{self.page.url} {message.text}")

    def weigh(self, response: Response) -> None:
        if response.status == 200 and response.request.resource_type != "other":
            self.transferred += int(response.headers.get("content-length", 0) or 0)
        if response.status >= 500:
            self.trouble.append(f"{response.status} {response.url}")


@contextmanager
def window(
    browser: Browser, base_url: str, *, size: tuple[int, int] = WIDE, theme: str = "light", touch: bool = False
) -> Iterator[Window]:
    """A fresh window whose trouble is asked after at its end, unless the story failed before."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, color_scheme=theme, has_touch=touch, reduced_motion="reduce"
    )
    page = context.new_page()
    page.set_default_timeout(PATIENCE * 1000)
    seen = Window(context, page, base_url, context.new_cdp_session(page))
    page.on("request", lambda request: seen.asked.add(request.url))
    for end in ("requestfinished", "requestfailed"):
        page.on(end, lambda request: seen.asked.discard(request.url))
    page.on("console", seen.hear)
    page.on("pageerror", lambda error: seen.trouble.append(f"{page.url} {error}"))
    page.on("response", seen.weigh)
    try:
        yield seen
        seen.clean()
    finally:
        context.close()
