"""With jupyter-collaboration the server saves, and later: what is committed and handed in is what is shown."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect
from support.before_the_learner import Course, House, expect_step
from support.labserver import Lab, environment
from support.learner_rooms import browser, course, house

__all__ = ["browser", "course", "house"]

ENVIRONMENTS = Path(__file__).parents[1] / "lab" / "environments.py"
ANSWER = "Three lamps in a row, and one of them is out"


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory, house: House) -> Iterator[Lab]:
    """Maria's JupyterLab, with jupyter-collaboration beside us."""
    made = subprocess.run(
        [sys.executable, ENVIRONMENTS, "collab"], stdout=subprocess.PIPE, text=True, check=True
    )
    python = str(Path(made.stdout.strip()) / "bin" / "python")
    home = tmp_path_factory.mktemp("maria")
    mine = environment(home, COURSEKIT_URL=house.line.url, COURSEKIT_TOKEN=house.token("maria"))
    begun = Lab(home, mine, ("--LabApp.news_url=None",), bare=False, python=python, names_us=False).begin()
    yield begun.started()
    begun.stop()
    begun.line.close()


def test_what_is_typed_is_committed_and_handed_in(course: Course) -> None:
    course.release("first")
    with course.page() as page:
        assert page.evaluate("document.querySelector('#jupyter-config-data').textContent").count("collab")
        first = page.locator(".ck-beneath [data-prompt=p1]")
        second = page.locator(".ck-beneath [data-prompt=p2]")
        expect(first).to_be_visible(timeout=30_000)
        page.locator(".ck-answer-cell .cm-content").first.click()
        page.keyboard.type(ANSWER)
        first.get_by_role("button", name="Commit", exact=True).click()
        first.get_by_role("button", name="Yes, commit").click()
        expect(first).to_contain_text("Opened by p1", timeout=25_000)
        second.get_by_label("Go and look").check()
        second.get_by_label("Your reason").fill("To see it.")
        first.get_by_role("button", name="Add a revision").click()
        page.locator(".ck-answer-cell .cm-content").first.click()
        page.keyboard.press("Control+End")
        page.keyboard.type(", I think.")
        page.locator(".ck-reading-bar").get_by_role("button", name="Hand in").click()
        expect_step(page, "asking", timeout=30_000).get_by_role("button", name="Hand in").click()
        expect_step(page, "done", timeout=30_000)
    assert course.collected_cell("p1") == f"{ANSWER}, I think."
    assert course.collected_answer("p2") == {"choice": "go", "reason": "To see it."}
