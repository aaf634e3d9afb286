"""Fixtures of the tests that look at all that a learner sees: an exchange, her lab, a browser, one course.

A file of tests imports the ones it uses; each has its own exchange and lab. `LANGUAGE` of that file is the lab's.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from coursekit.wiring.exchange import open_exchange
from coursekit.wiring.settings import Storage
from support.before_the_learner import Course, House
from support.browser import opened
from support.labserver import Lab, Line, environment, running_exchange

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        found = opened(playwright)
        yield found
        found.close()


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
def lab(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, house: House
) -> Iterator[Lab]:
    """Maria's JupyterLab, with the extension as it was built last."""
    home = tmp_path_factory.mktemp("maria")
    there = home / "share/labextensions/@coursekit"
    there.mkdir(parents=True)
    (there / "lab").symlink_to(ROOT / "coursekit" / "labextension")
    mine = environment(
        home,
        COURSEKIT_URL=house.line.url,
        COURSEKIT_TOKEN=house.token("maria"),
        JUPYTER_PATH=str(home / "share"),
        JUPYTER_CONFIG_DIR=str(home / "config"),
        # Before what is installed has its word.
        JUPYTER_CONFIG_PATH=str(home / "off"),
    )
    set_up(home, "translation-extension", "plugin", {"locale": getattr(request.module, "LANGUAGE", "en")})
    # The tests' environment is an author's as well; a learner's lab has nothing that writes over open notebooks.
    leave_out(home, "jupyterlab_jupytext", "jupyterlab-jupytext")
    # Nobody is asked about news of Jupyter's.
    set_up(home, "apputils-extension", "notification", {"fetchNews": "false"})
    lab = Lab(home, mine, ("--LabServer.poll_seconds=1", "--LabApp.news_url=None"), bare=False)
    yield lab.begin().started()
    lab.stop()
    lab.line.close()


def set_up(home: Path, extension: str, plugin: str, settings: dict[str, object]) -> None:
    """As if she had said so in the lab's settings."""
    folder = home / "config/lab/user-settings/@jupyterlab" / extension
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{plugin}.jupyterlab-settings").write_text(json.dumps(settings))


def leave_out(home: Path, server_extension: str, lab_extension: str) -> None:
    """As a learner's environment that does not have it."""
    (home / "off/labconfig").mkdir(parents=True, exist_ok=True)
    off = {"ServerApp": {"jpserver_extensions": {server_extension: False}}}
    (home / "off/jupyter_server_config.json").write_text(json.dumps(off))
    (home / "off/labconfig/page_config.json").write_text(
        json.dumps({"disabledExtensions": {lab_extension: True}})
    )


_numbers = itertools.count(1)


@pytest.fixture
def course(house: House, lab: Lab, browser: Browser) -> Iterator[Course]:
    """A course of two modules; nothing is released yet."""
    name = f"lamps-{next(_numbers)}"
    house.enrol(name, maria="learner", chen="instructor")
    with house.client("chen") as chen:
        found = Course(name, house, lab, chen, browser)
        found.put()
        yield found
    house.line.is_cut, house.line.token = False, ""
