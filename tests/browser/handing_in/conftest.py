"""A learner in a real browser, before a real JupyterLab, whose line to a real exchange can be cut."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright
from support.before_the_learner import Course, House
from support.browser import opened as open_browser
from support.labserver import Lab, Line, environment, running_exchange

from coursekit.wiring.exchange import open_exchange
from coursekit.wiring.settings import Storage

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        made = open_browser(playwright)
        yield made
        made.close()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    data = tmp_path_factory.mktemp("exchange")
    with running_exchange(data) as url:
        embedded = open_exchange(Storage(data, None, "folder", data / "keys"))
        line = Line(url)
        yield House(embedded, url, line)
        line.close()
        embedded.ledger.close()


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory, house: House) -> Iterator[Lab]:
    """Maria's JupyterLab, with the extension as it was built last."""
    home = tmp_path_factory.mktemp("maria")
    there = home / "share/labextensions/@coursekit"
    there.mkdir(parents=True)
    (there / "lab").symlink_to(ROOT / "coursekit" / "labextension")
    # Whether somebody wants news about Jupyter is asked in a corner, where buttons of ours may be.
    quiet = home / "config/labconfig/default_setting_overrides.json"
    quiet.parent.mkdir(parents=True)
    quiet.write_text('{"@jupyterlab/apputils-extension:notification": {"fetchNews": "false"}}')
    mine = environment(
        home,
        COURSEKIT_URL=house.line.url,
        COURSEKIT_TOKEN=house.token("maria"),
        JUPYTER_PATH=str(home / "share"),
        JUPYTER_CONFIG_DIR=str(home / "config"),
    )
    opened = Lab(home, mine, ("--LabServer.poll_seconds=1",), bare=False)
    yield opened.begin().started()
    opened.stop()
    opened.line.close()


@pytest.fixture(scope="module")
def _names() -> Iterator[int]:
    return itertools.count(1)


@pytest.fixture
def course(house: House, lab: Lab, browser: Browser, _names: Iterator[int]) -> Iterator[Course]:
    name = f"lamps-{next(_names)}"
    house.enrol(name, maria="learner", chen="instructor")
    with house.client("chen") as chen:
        opened = Course(name, house, lab, chen, browser)
        opened.put()
        for module in ("first", "second"):
            opened.release(module)
        yield opened
    house.line.is_cut, house.line.token = False, ""
    house.line.hold = _nothing


def _nothing(method: str, path: str) -> bool:
    return False
