"""The extension as a wheel brings it, in the oldest JupyterLab and Notebook; as `make` links it, in the newest."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Route, expect
from support.before_the_learner import Course, House
from support.labserver import TOKEN, Lab, environment
from support.learner_rooms import browser, house

__all__ = ["browser", "house"]

# Chromium shows them; for us they are read in its console.
_EXPOSED = ("--LabApp.expose_app_in_browser=True", "--JupyterNotebookApp.expose_app_in_browser=True")
_STATE = """() => Object.fromEntries(
    jupyterapp.listPlugins().filter(id => id.startsWith('@coursekit/lab:'))
        .map(id => [id, jupyterapp.isPluginActivated(id)])
)"""
VERSIONS = {
    **{("oldest", "lab"): "4.2.", ("oldest", "tree"): "7.2."},
    **{
        ("newest", page): metadata.version(name)
        for page, name in (("lab", "jupyterlab"), ("tree", "notebook"))
    },
}
PLUGINS = {
    f"@coursekit/lab:{name}"
    for name in (
        "api",
        "model",
        "course",
        "modules",
        "feedback",
        "reading",
        "review",
        "submit",
        "plain",
        "author",
        "preview",
    )
}


@pytest.fixture(scope="module")
def oldest() -> str:
    """The Python of the environment with the oldest of both."""
    script = Path(__file__).with_name("environments.py")
    made = subprocess.run([sys.executable, script, "lab42"], stdout=subprocess.PIPE, text=True, check=True)
    return str(Path(made.stdout.strip()) / "bin" / "python")


@pytest.fixture(scope="module")
def labs(house: House, oldest: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Lab]]:
    """Maria's server, in both; nothing but what is installed says that we are there."""
    labs = {}
    for name, python in (("oldest", oldest), ("newest", sys.executable)):
        home = tmp_path_factory.mktemp(name)
        mine = environment(home, COURSEKIT_URL=house.line.url, COURSEKIT_TOKEN=house.token("maria"))
        options = (*_EXPOSED, "--LabApp.news_url=None")
        labs[name] = Lab(home, mine, options, bare=False, python=python, names_us=False).begin()
    yield {name: lab.started() for name, lab in labs.items()}
    for lab in labs.values():
        lab.stop()
        lab.line.close()


@pytest.fixture(scope="module")
def course(house: House, labs: dict[str, Lab], browser: Browser) -> Iterator[Course]:
    house.enrol("lamps", maria="learner", chen="instructor")
    with house.client("chen") as chen:
        made = Course("lamps", house, labs["newest"], chen, browser)
        made.put()
        made.release("first")
        yield made


def complaints_of(page: Page) -> list[str]:
    """What its console will show as errors."""
    heard: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type == "error":
            heard.append(message.text)

    page.on("console", hear)
    page.on("pageerror", lambda error: heard.append(error.stack or str(error)))
    return heard


def without_us(route: Route) -> None:
    """The same page, as it were if we were not installed."""
    answer = route.fetch()
    before, after = re.split(
        r"(?<=<script id=\"jupyter-config-data\" type=\"application/json\">)", answer.text()
    )
    config, rest = after.split("</script>", 1)
    shown = json.loads(config)
    others = [e for e in shown["federated_extensions"] if e["name"] != "@coursekit/lab"]
    assert len(others) == len(shown["federated_extensions"]) - 1
    shown["federated_extensions"] = others
    route.fulfill(response=answer, body=f"{before}{json.dumps(shown)}</script>{rest}")


@pytest.mark.parametrize("page_of", ["lab", "tree"])
@pytest.mark.parametrize("age", ["oldest", "newest"])
def test_it_loads_and_shows_the_course(
    age: str, page_of: str, labs: dict[str, Lab], course: Course, browser: Browser
) -> None:
    url = f"{labs[age].url}/{page_of}?token={TOKEN}"
    with browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB") as context:
        page = context.new_page()
        complaints = complaints_of(page)
        page.goto(url)
        panel = page.locator("#coursekit-course")
        expect(panel.get_by_role("heading", name="Lamps")).to_be_visible(timeout=60_000)
        expect(panel.get_by_text("0 of 2 modules submitted")).to_be_visible()
        assert page.evaluate("jupyterapp.version").startswith(VERSIONS[age, page_of])
        assert page.evaluate(_STATE) == dict.fromkeys(PLUGINS, True)
        if complaints:
            # Old labs and new servers have errors of their own.
            page = context.new_page()
            known = complaints_of(page)
            page.route(url, without_us)
            page.goto(url)
            page.wait_for_function("window.jupyterapp?.restored")
            page.wait_for_timeout(1000)
            assert page.evaluate(_STATE) == {}
            assert set(complaints) <= set(known)


def test_in_the_oldest_lab_prose_is_committed(labs: dict[str, Lab], course: Course, browser: Browser) -> None:
    with browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB") as context:
        page = context.new_page()
        page.goto(f"{labs['oldest'].url}/lab?token={TOKEN}")
        begin(page).click(timeout=60_000)
        page.get_by_role("textbox", name="Your answer: What do you see?").click(timeout=60_000)
        page.keyboard.insert_text("Three lamps in a row.")
        commit(page, "What do you see?")
        expect(page.get_by_text("Opened by p1.")).to_be_visible(timeout=30_000)


def test_in_the_oldest_notebook_a_form_is_committed(
    labs: dict[str, Lab], course: Course, browser: Browser
) -> None:
    with browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB") as context:
        page = context.new_page()
        page.goto(f"{labs['oldest'].url}/tree?token={TOKEN}")
        # Notebook shows one document in one tab of the browser.
        with context.expect_page(timeout=60_000) as shown:
            begin(page).click(timeout=60_000)
        page = shown.value
        page.get_by_role("radio", name="Go and look").check(timeout=60_000)
        page.get_by_role("textbox", name="Your reason").fill("To see it.")
        commit(page, "What do you do?")
        expect(page.get_by_text("Opened by p2.")).to_be_visible(timeout=30_000)


def begin(page: Page) -> Locator:
    return page.locator("#coursekit-course").get_by_role("button", name="“First”").first


def commit(page: Page, prompt: str) -> None:
    page.get_by_role("region", name=prompt).get_by_role("button", name="Commit").click(timeout=30_000)
    page.get_by_role("button", name="Yes, commit").click()
