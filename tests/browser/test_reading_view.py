"""The module as a page: long notebooks in each way of drawing them; copies of answers; two tabs; the view off."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect
from support.before_the_learner import TWO, Course, command
from support.labserver import TOKEN
from support.learner_rooms import browser, course, house, lab

__all__ = ["browser", "course", "house", "lab"]

ANSWER = "Three lamps in a row, and one of them is out."


def setting(course: Course, plugin: str, value: dict[str, Any]) -> None:
    course.lab.line.put(
        f"{course.lab.url}/lab/api/settings/{plugin}",
        json={"raw": json.dumps(value)},
        headers={"Authorization": f"token {TOKEN}"},
    ).raise_for_status()


def block(page: Page, name: str) -> Locator:
    return page.locator(f".ck-beneath [data-prompt={name}]")


def scroll(page: Page, to: str, until: Locator) -> None:
    """By the wheel, as far as it takes."""
    page.locator(".jp-Notebook").first.hover()
    end = time.monotonic() + 120
    while time.monotonic() < end:
        if until.count() and until.first.is_visible() and until.first.bounding_box() is not None:
            until.first.scroll_into_view_if_needed()
            return
        page.mouse.wheel(0, 1500 if to == "end" else -1500)
        # Cells far away are drawn when the page has nothing else to do.
        page.wait_for_timeout(100)
    raise AssertionError(f"nothing at the {to}")


def commit(page: Page, name: str) -> None:
    block(page, name).get_by_role("button", name="Commit", exact=True).click()
    block(page, name).get_by_role("button", name="Yes, commit").click()
    expect(block(page, name)).to_contain_text(f"Opened by {name}", timeout=20_000)


@pytest.mark.parametrize("mode", ["full", "defer", "none", "contentVisibility"])
def test_300_cells_with_prompts_at_both_ends(course: Course, mode: str) -> None:
    course.release("first", TWO, pages=300)
    setting(course, "@jupyterlab/notebook-extension:tracker", {"windowingMode": mode})
    with course.page() as page:
        expect(block(page, "p1")).to_be_visible(timeout=30_000)
        page.locator(".ck-answer-cell .cm-content").first.click()
        page.keyboard.type(ANSWER)
        commit(page, "p1")
        scroll(page, "end", block(page, "p2"))
        block(page, "p2").get_by_label("Go and look").check()
        block(page, "p2").get_by_label("Your reason").fill("To see it.")
        expect(block(page, "p2")).to_contain_text("Saved")
        commit(page, "p2")
        scroll(page, "start", block(page, "p1"))
        expect(block(page, "p1")).to_contain_text("Opened by p1")
        expect(page.locator(".ck-answer-cell").first).to_contain_text(ANSWER)
        expect(page.locator(".ck-reading-bar")).to_contain_text("2 of 2 committed")
    setting(course, "@jupyterlab/notebook-extension:tracker", {})


def named(course: Course) -> list[tuple[str, str]]:
    """Cells of the saved file that answer p1, and what they say."""
    notebook = json.loads((course.lab.folder(course.name, "first") / "first.ipynb").read_text())
    return [
        (cell["id"], "".join(cell["source"]))
        for cell in notebook["cells"]
        if cell["metadata"].get("coursekit", {}).get("prompt", {}).get("id") == "p1"
    ]


def test_a_pasted_copy_of_an_answer_is_no_second_answer(course: Course) -> None:
    course.release("first")
    with course.page() as page:
        expect(block(page, "p1")).to_be_visible(timeout=30_000)
        page.locator(".ck-answer-cell .cm-content").first.click()
        page.keyboard.type(ANSWER)
        page.keyboard.press("Escape")
        command(page, "Copy Cell")
        command(page, "Paste Cell Below")
        expect(page.locator(".jp-Notebook .jp-Cell", has_text=ANSWER)).to_have_count(2)
        expect(block(page, "p1")).to_have_count(1)
        page.keyboard.press("Control+s")
        expect(page.locator(".jp-mod-dirty")).to_have_count(0)
        page.wait_for_timeout(500)
        assert named(course) == [("p1", ANSWER)]
        commit(page, "p1")


def test_an_answer_that_is_split_stays_one(course: Course) -> None:
    course.release("first")
    with course.page() as page:
        expect(block(page, "p1")).to_be_visible(timeout=30_000)
        page.locator(".ck-answer-cell .cm-content").first.click()
        page.keyboard.type("Three lamps.\n\nOne is out.")
        page.keyboard.press("Control+Home")
        page.keyboard.press("End")
        page.keyboard.press("Control+Shift+Minus")
        expect(block(page, "p1")).to_have_count(1)
        page.keyboard.press("Control+s")
        page.wait_for_timeout(1500)
        assert len(named(course)) == 1


def test_two_tabs_show_one_commitment(course: Course) -> None:
    course.release("first")
    with course.page() as page, course.context() as context:
        other = context.new_page()
        course.open(other)
        expect(block(other, "p2")).to_be_visible(timeout=30_000)
        block(page, "p2").get_by_label("Go and look").check()
        block(page, "p2").get_by_label("Your reason").fill("To see it.")
        expect(block(page, "p2")).to_contain_text("Saved")
        commit(page, "p2")
        expect(block(other, "p2")).to_contain_text("Opened by p2", timeout=15_000)


def test_the_view_can_be_switched_off_and_on(course: Course) -> None:
    course.release("first")
    with course.page() as page:
        expect(block(page, "p1")).to_be_visible(timeout=30_000)
        command(page, "Show this module as a page")
        expect(page.locator(".ck-beneath")).to_have_count(0)
        expect(page.locator(".jp-Notebook")).to_contain_text("ck.decision")
        command(page, "Show this module as a page")
        expect(block(page, "p1")).to_be_visible()
        expect(block(page, "p1")).to_have_count(1)


def test_a_form_is_there_without_any_kernel(course: Course) -> None:
    course.release("first")
    with course.context() as context:
        # The server is asked for a kernel, and never answers.
        context.route("**/api/sessions**", lambda route: route.request.method == "POST" or route.continue_())
        page = context.new_page()
        course.open(page)
        expect(block(page, "p2")).to_be_visible(timeout=30_000)
        block(page, "p2").get_by_label("Wait until the morning").check()
        block(page, "p2").get_by_label("Your reason").fill("It is dark.")
        expect(block(page, "p2")).to_contain_text("Saved")
        commit(page, "p2")
