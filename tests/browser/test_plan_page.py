"""The plan's page in a real browser: on a screen, on a telephone, on paper; and nothing that axe complains of."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from click.testing import CliRunner
from playwright.sync_api import Page, sync_playwright
from support.browser import opened
from support.people import PICTURES
from support.reference import ROOT

from coursekit.cli.planning import plan


@pytest.fixture(scope="module", params=["spike-at-65", "small-classes"])
def page(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """A rehearsal's page, opened as a file."""
    out = tmp_path_factory.mktemp("plan") / "plan.html"
    done = CliRunner().invoke(plan, [request.param, "--exemplars", "--root", str(ROOT), "--out", str(out)])
    assert done.exit_code == 0, done.output
    with sync_playwright() as playwright:
        browser = opened(playwright)
        page = browser.new_page(viewport={"width": 900, "height": 1200})
        told: list[str] = []
        page.on("console", lambda message: told.append(message.text))
        page.on("request", lambda asked: told.append(asked.url) if "file://" not in asked.url else None)
        page.goto(out.as_uri())
        yield page
        browser.close()
        assert told == []


def test_nothing_is_wrong_by_axe(page: Page) -> None:
    found = Axe().run(page).response["violations"]
    assert [each["id"] for each in found] == []


@pytest.mark.parametrize("width", [360, 900])
def test_nothing_is_cut_off(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    # Each text of a chart lies within its chart.
    outside = page.evaluate(
        """() => [...document.querySelectorAll('svg')].flatMap(svg => {
             const box = svg.getBoundingClientRect();
             return [...svg.querySelectorAll('text')].filter(text => {
               const it = text.getBoundingClientRect();
               return it.left < box.left - 1 || it.right > box.right + 1 || it.bottom > box.bottom + 1;
             }).map(text => text.textContent);
           })"""
    )
    assert outside == []
    PICTURES.mkdir(exist_ok=True)
    page.screenshot(path=PICTURES / f"plan-{width}.png", full_page=True)


def test_on_paper_it_is_a4_and_has_few_pages(page: Page, tmp_path: Path) -> None:
    page.pdf(path=tmp_path / "plan.pdf", prefer_css_page_size=True)
    pdf = (tmp_path / "plan.pdf").read_bytes()
    boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pdf)
    # The session and the board; the tasks.
    assert len(boxes) == 2
    # A4 in points.
    assert all(abs(float(w) - 595) < 2 and abs(float(h) - 842) < 2 for w, h in boxes)
