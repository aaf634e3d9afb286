"""People at a `coursekit up`, each in a browser of their own: signed in, with the lab before them.

with person(browser, up, "maria", password) as maria:
    maria.page …                    Playwright's page, the lab loaded and the course's panel known
    maria.see("panel")              a picture in browser-out/, kept as an artefact
    maria.check_accessibility(…)    nothing serious by axe, in that part of the page
# what the page's console complained about, beyond the known, fails the test here
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, expect

from support.up import ROOT, Up

PICTURES = ROOT / "browser-out"
SLOWLY = 120_000
"""Two cores may be shared with all the other tests."""
KNOWN = (
    # The proxy in Python takes no sub-protocol for a kernel's line; the lab comes again without one.
    r"Error during WebSocket handshake: Sent non-empty 'Sec-WebSocket-Protocol' header",
    r"Connection lost, reconnecting in \d+ seconds",
    # We turned them off.
    r"Disabling terminals plugin because they are not available",
    # The lab looks whether a kernel that is just being started is there.
    r"Kernel: \w+ \([-\w]+\)",
)
"""What the lab's console says that is nothing of ours, and why it is said."""

_WHERE = """() => {
  const on = document.activeElement;
  return on.tagName + '.' + on.className + ' ' + (on.getAttribute('aria-label') ?? on.innerText ?? '').slice(0, 30);
}"""
"""What has the keyboard."""


@dataclass
class Person:
    """Somebody before their lab."""

    name: str
    up: Up
    page: Page
    complaints: list[str] = field(default_factory=list)

    @property
    def home(self) -> Path:
        return self.up.data / "homes" / self.name

    def sign_in(self, password: str) -> None:
        """By the Hub's own page; their server starts, and the lab with it."""
        self.page.goto(self.up.url)
        self.page.get_by_label("Username").fill(self.name)
        self.page.get_by_label("Password").fill(password)
        self.page.get_by_role("button", name="Sign in").click()
        self.page.wait_for_url(re.compile(rf"/user/{self.name}/lab"), timeout=SLOWLY)
        self.wait_for_lab()

    def wait_for_lab(self) -> None:
        expect(self.page.locator("#jp-top-panel")).to_be_visible(timeout=SLOWLY)
        expect(self.page.locator("#jupyterlab-splash")).to_have_count(0, timeout=SLOWLY)
        expect(self.page.get_by_role("tab", name="Course")).to_be_visible(timeout=SLOWLY)

    def card(self, module: str) -> Locator:
        """A module in the panel, by its title."""
        heading = self.page.get_by_role("heading", name=module)
        return self.page.get_by_role("listitem").filter(has=heading)

    def prompt(self, name: str) -> Locator:
        """A prompt in its place, by its id."""
        return self.page.locator(f"[data-prompt={name}]")

    def writes(self, title: str, text: str) -> None:
        """Into a prose answer, by a click and the keyboard."""
        editor = self.page.get_by_label(f"Your answer: {title}")
        editor.click()
        self.page.keyboard.type(text)

    def commits(self, name: str) -> None:
        block = self.prompt(name)
        block.get_by_role("button", name="Commit", exact=True).click()
        expect(block.get_by_role("button", name="Not yet")).to_be_focused(timeout=15_000)
        block.get_by_role("button", name="Yes, commit").click()
        expect(block).to_have_attribute("data-phase", "sealed", timeout=30_000)

    def tabs_to(self, target: Locator, most: int = 150) -> None:
        """By the Tab key alone; fails where the keyboard does not come."""
        expect(target).to_be_visible()
        passed = []
        for _ in range(most):
            if target.evaluate("element => element === document.activeElement"):
                return
            # As a field of code says of itself.
            if (
                self.page.evaluate("document.activeElement.ariaDescription")
                == "Press Escape, then Tab, to go on."
            ):
                self.page.keyboard.press("Escape")
            self.page.keyboard.press("Tab")
            passed.append(self.page.evaluate(_WHERE))
        raise AssertionError(f"the keyboard does not come to {target}; it was on {passed[:40]}")

    def see(self, name: str) -> None:
        """Keep a picture."""
        PICTURES.mkdir(exist_ok=True)
        self.page.screenshot(path=PICTURES / f"{name}.png")

    def check_accessibility(self, selector: str) -> None:
        """Axe finds nothing serious in there."""
        results = Axe().run(self.page, context=selector)
        found = [
            (v["id"], v["help"], [node["target"] for node in v["nodes"]])
            for v in results.response["violations"]
            if v["impact"] in ("serious", "critical")
        ]
        assert not found, found

    def has_on_disk(self, text: str) -> list[str]:
        """Files of their home that hold it; hidden ones as well."""
        return [
            str(path.relative_to(self.home))
            for path in self.home.rglob("*")
            if path.is_file() and text.encode() in path.read_bytes()
        ]

    def _listen(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not any(re.search(known, message.text) for known in KNOWN):
            self.complaints.append(message.text)


@contextmanager
def person(browser: Browser, up: Up, name: str, password: str) -> Iterator[Person]:
    """A browser context of their own, signed in."""
    context = browser.new_context(
        viewport={"width": 1440, "height": 900}, locale="en-GB", timezone_id="Europe/Vienna"
    )
    context.set_default_timeout(30_000)
    page = context.new_page()
    somebody = Person(name, up, page)
    page.on("console", somebody._listen)
    page.on("pageerror", lambda error: somebody.complaints.append(str(error)))
    try:
        somebody.sign_in(password)
        yield somebody
    except BaseException:
        # Where it stood when it went wrong.
        somebody.see(f"failed-{name}")
        raise
    finally:
        context.close()
    assert not somebody.complaints, somebody.complaints
