"""Which Chromium the tests open: the system's, or else the one that Playwright has installed.

python tests/support/browser.py --is-there     whether there is one; says nothing
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
QUIET = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
]
"""Nothing but the pages under test goes over the network, and a container is no reason not to start."""


def find_system() -> str | None:
    """The system's Chromium."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def opened(playwright: Playwright) -> Browser:
    """A Chromium without windows; its owner closes it."""
    return playwright.chromium.launch(executable_path=find_system(), args=QUIET)


def is_there() -> bool:
    """Whether `opened` has something to open."""
    if find_system():
        return True
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        return Path(playwright.chromium.executable_path).exists()


if __name__ == "__main__":
    sys.exit(0 if is_there() else 1)
