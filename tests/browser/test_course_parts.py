"""The reference course's eight modules in the panel, in three parts."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect
from support.before_the_learner import House
from support.labserver import TOKEN, Lab
from support.learner_rooms import browser, house, lab
from support.panel_course import Course, card

from coursekit.model.ids import CourseId
from coursekit.store.authored import read_course
from coursekit.wire.course import course_to_shape

__all__ = ["browser", "house", "lab"]

ROOT = Path(__file__).parents[2]
NAME = "in-parts"
# As every course of `Course.page` is called.
OWN = replace(read_course(ROOT), id=CourseId(NAME), title="Lamps")
FIRST, SECOND, THIRD = OWN.parts


@pytest.fixture(scope="module")
def course(house: House, lab: Lab, browser: Browser) -> Iterator[Course]:
    """Nothing of it is handed in before a test does it."""
    house.enrol(NAME, maria="learner", chen="instructor")
    with house.client("chen") as chen:
        chen.put_course(course_to_shape(OWN))
        found = Course(NAME, house, lab, chen, browser, datetime.now(UTC))
        for module in OWN.modules:
            found.release(module.id)
        yield found


def modules_of(page: Page, part: str) -> Locator:
    """The list that bears the part's title."""
    return page.get_by_role("list", name=part, exact=True)


def test_modules_stand_under_their_parts_title_with_how_far_one_is(course: Course) -> None:
    with course.page() as page:
        panel = page.locator("#coursekit-course")
        for part in OWN.parts:
            expect(panel.get_by_role("heading", name=part.title, exact=True, level=3)).to_be_visible()
            expect(panel.get_by_text(part.summary)).to_be_visible()
            own = [m.title for m in OWN.modules if m.part == part.id]
            found = modules_of(page, part.title)
            expect(found).to_have_accessible_description(f"0 of {len(own)} handed in")
            assert [
                " ".join(title.split()[1:])
                for title in found.get_by_role("heading", level=4).all_inner_texts()
            ] == own
        # Numbers go on from one part to the next.
        assert modules_of(page, SECOND.title).locator(".ck-number").all_inner_texts() == ["4", "5"]
        for done, module in enumerate(("spike-at-65", "small-classes", "from-tennessee-to-california"), 1):
            course.hand_in(module)
            expect(modules_of(page, FIRST.title)).to_have_accessible_description(f"{done} of 3 handed in")
        # What is done needs no more words than that.
        expect(panel.get_by_text("✓ 3 of 3 handed in")).to_be_visible()
        expect(panel.get_by_text(FIRST.summary)).to_have_count(0)
        expect(modules_of(page, SECOND.title)).to_have_accessible_description("0 of 2 handed in")


def test_the_terminal_says_the_same(course: Course) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "coursekit", "path", NAME],
        env={**course.lab.environment, "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=True,
    )
    cells = [[cell.strip() for cell in line.split("│")[1:3]] for line in done.stdout.splitlines()]
    assert [row for row in cells if len(row) == 2 and row[1].endswith("handed in")] == [
        [FIRST.title, "3 of 3 handed in"],
        [SECOND.title, "0 of 2 handed in"],
        [THIRD.title, "0 of 3 handed in"],
    ]


def test_continue_stays_in_sight_and_covers_nothing_that_has_the_focus(course: Course) -> None:
    with course.page() as page:
        go_on = page.locator(".ck-continue")
        page.get_by_role("button", name="Change time zone").scroll_into_view_if_needed()
        expect(page.locator(".ck-course h2")).not_to_be_in_viewport()
        expect(go_on).to_be_in_viewport(ratio=1)
        go_on.focus()
        overlaps = (
            "(() => { const go = document.querySelector('.ck-go').getBoundingClientRect();"
            " return document.activeElement.getBoundingClientRect().top < go.bottom })()"
        )
        reached: dict[str, list[str]] = {"Tab": [], "Shift+Tab": []}
        for key, names in reached.items():
            page.keyboard.press(key)
            while page.evaluate("!!document.activeElement.closest('.ck-cards')"):
                names.append(page.evaluate("document.activeElement.getAttribute('aria-label')"))
                assert not page.evaluate(overlaps), (key, names[-1])
                page.keyboard.press(key)
        # Module by module, and the same way back.
        titles = [m.title for m in OWN.modules]
        order = [next(t for t in titles if f"“{t}”" in name) for name in reached["Tab"]]
        assert order == sorted(order, key=titles.index)
        assert reached["Shift+Tab"] == reached["Tab"][::-1]
        assert set(order) == set(titles[:4])
        # With little height it scrolls away like everything else.
        page.set_viewport_size({"width": 800, "height": 400})
        page.get_by_role("button", name="Change time zone").scroll_into_view_if_needed()
        expect(go_on).not_to_be_in_viewport()


def test_a_narrow_panel_cuts_nothing_off(course: Course) -> None:
    with course.page() as page:
        page.evaluate("document.querySelector('#coursekit-course').style.width = '230px'")
        page.wait_for_timeout(300)
        wide = (
            "[...document.querySelectorAll('.ck-course-scroll, .ck-course-scroll *:not(.ck-unseen)')]"
            ".filter(one => one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 0)"
            ".map(one => one.className || one.tagName)"
        )
        assert page.evaluate(wide) == []


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_axe_finds_nothing(course: Course, theme: str) -> None:
    where = "/lab/api/settings/@jupyterlab/apputils-extension:themes"
    headers = {"Authorization": f"token {TOKEN}"}
    chosen = {"raw": json.dumps({"theme": theme})}
    course.lab.line.put(f"{course.lab.url}{where}", json=chosen, headers=headers).raise_for_status()
    with course.page() as page:
        light = "true" if "Light" in theme else "false"
        page.wait_for_selector(f"body[data-jp-theme-light={light}]", state="attached")
        page.get_by_role("button", name=f"Receipts and submissions of “{OWN.modules[0].title}”").click()
        expect(card(page, OWN.modules[0].title).get_by_role("heading", level=5)).to_have_count(2)
        found = Axe().run(page, context={"include": [["#coursekit-course"]]}).response["violations"]
        assert [f"{v['id']}: {[n['html'] for n in v['nodes']]}" for v in found] == []


def test_the_simple_page_says_in_which_part_one_is(course: Course) -> None:
    course.lab.post(f"courses/{NAME}/modules/which-school-is-better/open")
    with course.page() as page:
        page.get_by_role("button", name="Continue “Which school is better?”").click()
        page.get_by_role("button", name="Simple page").press("Enter", timeout=30_000)
        dialog = page.get_by_role("dialog")
        expect(dialog.locator(".ck-page-part")).to_have_text(SECOND.title, timeout=30_000)
        page.set_viewport_size({"width": 390, "height": 844})
        expect(dialog.locator(".ck-page-part")).to_be_in_viewport(ratio=1)
