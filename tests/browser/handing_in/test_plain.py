"""The simple page: a whole module from top to bottom, by touch on a small screen and by keyboard alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect
from support.before_the_learner import EACH_KIND, MARKUP, Course, command, expect_step

PHONE: dict[str, Any] = {"width": 360, "height": 740, "has_touch": True}
ACTIVE = "document.activeElement"


def block(page: Page, prompt: str) -> Locator:
    return page.locator(f".ck-page [data-prompt={prompt}]")


@contextmanager
def plain(course: Course, **more: Any) -> Iterator[Page]:
    """The first module as a simple page."""
    with course.page(**more) as page:
        page.locator(".ck-reading-bar").wait_for(timeout=30_000)
        page.get_by_role("button", name="Simple page").press("Enter")
        page.locator(".ck-page").wait_for()
        yield page


def serious(page: Page) -> list[Any]:
    found = Axe().run(page, context=".ck-layer:not([inert])").response["violations"]
    return [(v["id"], v["nodes"][0]["html"][:200]) for v in found if v["impact"] in ("serious", "critical")]


def overflow(page: Page) -> list[str]:
    """What of ours is wider than the screen, apart from what scrolls by itself."""
    found: list[str] = page.evaluate(
        """() => [document.querySelector('.ck-layer:not([inert])'), document.documentElement]
            .filter(node => node.scrollWidth > innerWidth).map(node => `${node.className} ${node.scrollWidth}`)"""
    )
    return found


def commit(page: Page, prompt: str) -> None:
    here = block(page, prompt)
    here.get_by_role("button", name="Commit").click()
    here.get_by_role("button", name="Yes, commit").click()
    expect(here.locator(".ck-reveal")).to_contain_text(f"Opened by {prompt}.")


# ---------------------------------------------------------------------------------------------- on a small screen


def test_a_small_screen_is_offered_the_simple_page_once(course: Course) -> None:
    with course.page(**PHONE) as page:
        offer = page.get_by_role("region", name="Simple page")
        offer.get_by_role("button", name="Stay here").tap(timeout=30_000)
        expect(offer).to_have_count(0)
        page.reload()
        page.locator(".ck-reading-bar").wait_for(timeout=60_000)
        page.wait_for_timeout(1000)
        expect(offer).to_have_count(0)


def test_a_module_by_touch_on_a_phone(course: Course) -> None:
    course.release("first", EACH_KIND)
    with course.page(**PHONE) as page:
        page.get_by_role("button", name="Show the simple page").tap(timeout=30_000)
        expect(page.locator(".ck-page h1")).to_contain_text("First")
        expect(page.locator(".ck-page img[alt='A chart, without a description.']")).to_be_visible(
            timeout=20_000
        )
        assert overflow(page) == []
        assert serious(page) == []
        for control in page.locator(".ck-page :is(.ck-button, .ck-choices label, .ck-field input)").all():
            box = control.bounding_box()
            assert box is not None
            assert box["height"] >= 38, control.inner_text()

        number = block(page, "e1").get_by_label("Your estimate (hours)")
        assert number.get_attribute("inputmode") == "decimal"
        number.tap()
        page.keyboard.type("8,451")
        expect(block(page, "e1")).to_contain_text("Read as 8451 hours.")
        expect(number).to_have_value("8,451")
        commit(page, "e1")
        expect(block(page, "e1").locator(".ck-answer")).to_contain_text("8451 hours")

        block(page, "p1").get_by_label("Your answer").tap()
        page.keyboard.type(f"Two words. {MARKUP}")
        expect(block(page, "p1").locator(".ck-count")).to_contain_text("at least 3 asked for")
        commit(page, "p1")
        expect(block(page, "p1").locator(".ck-answer")).to_contain_text(MARKUP)

        block(page, "p2").get_by_text("Wait until the morning").tap()
        block(page, "p2").get_by_label("Your reason").fill("It is late.")
        commit(page, "p2")
        block(page, "c1").get_by_text("a little").tap()
        commit(page, "c1")
        skills = block(page, "s1")
        skills.get_by_role("group", name="Listening").get_by_text("much").tap()
        skills.get_by_role("button", name="Commit").tap()
        expect(skills.get_by_role("alert")).to_contain_text("“Counting” is not rated yet.")
        skills.get_by_role("group", name="Counting").get_by_text("not at all").tap()
        expect(skills.get_by_role("alert")).to_have_count(0)
        commit(page, "s1")
        expect(skills.locator(".ck-answer")).to_contain_text("much (3 of 3)")
        block(page, "l1").get_by_label("What first?").fill("Count them again")
        block(page, "l1").get_by_label("Until when?").fill("Friday")
        commit(page, "l1")
        expect(page.locator(".ck-page-bar")).to_contain_text("6 of 6 committed")
        assert overflow(page) == []
        assert serious(page) == []

        page.locator(".ck-page-end button").tap()
        asked = expect_step(page, "asking")
        assert overflow(page) == []
        asked.get_by_role("button", name="Hand in").tap()
        done = expect_step(page, "done")
        assert serious(page) == []
        done.get_by_role("button", name="Open “Second”").tap()
        # The next module comes the same way.
        expect(page.locator(".ck-page h1")).to_contain_text("Second", timeout=30_000)
    assert course.collected_answer("e1")["value"] == 8451
    assert course.collected_answer("s1") == {"levels": {"listen": 3, "count": 1}}
    assert course.collected_cell("p1") == f"Two words. {MARKUP}"
    assert [row.counts for row in course.rows()] == [True]


# ------------------------------------------------------------------------------------------------ by keyboard alone


def tab_to(page: Page, wanted: str, backwards: bool = False) -> None:
    """Press Tab until the keyboard is on something with that name."""
    name = f"""(() => {{
        const node = {ACTIVE};
        const label = node.labels?.[0]?.textContent ?? node.textContent;
        const group = node.type === 'radio' && node.closest('.ck-choices').querySelector('legend').textContent;
        return group || label;
    }})()"""
    for _ in range(60):
        page.keyboard.press("Shift+Tab" if backwards else "Tab")
        if page.evaluate(name).strip() == wanted:
            return
    raise AssertionError(f"{wanted} cannot be reached by Tab")


def commit_by_keyboard(page: Page, prompt: str) -> None:
    tab_to(page, "Commit")
    page.keyboard.press("Enter")
    expect(block(page, prompt)).to_have_attribute("data-phase", "asking")
    # A second press of Enter is no commitment.
    assert page.evaluate(f"{ACTIVE}.textContent") == "Not yet"
    page.keyboard.press("Enter")
    expect(block(page, prompt)).to_have_attribute("data-phase", "editing")
    assert page.evaluate(f"{ACTIVE}.textContent") == "Commit"
    page.keyboard.press("Enter")
    expect(block(page, prompt)).to_have_attribute("data-phase", "asking")
    page.keyboard.press("Escape")
    expect(block(page, prompt)).to_have_attribute("data-phase", "editing")
    page.keyboard.press("Enter")
    expect(block(page, prompt)).to_have_attribute("data-phase", "asking")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(block(page, prompt)).to_have_attribute("data-phase", "sealed", timeout=15_000)
    # What it opened is read next.
    expect(block(page, prompt).get_by_role("heading", name="What this opens")).to_be_focused()


def test_a_module_by_keyboard_alone(course: Course) -> None:
    course.release("first", EACH_KIND)
    with plain(course) as page:
        assert page.evaluate(f"{ACTIVE}.textContent") == "Close"
        tab_to(page, "Your estimate (hours)")
        page.keyboard.type("12")
        commit_by_keyboard(page, "e1")
        tab_to(page, "Your answer")
        page.keyboard.type("Three lamps burn.")
        commit_by_keyboard(page, "p1")
        tab_to(page, "Your code")
        page.keyboard.press("Control+A")
        page.keyboard.type("lamps = 3\nprint(lamps)")
        commit_by_keyboard(page, "a1")
        tab_to(page, "Your choice")
        # Letters and arrows are for the form, not for the notebook below it.
        page.keyboard.press("Space")
        page.keyboard.press("ArrowDown")
        tab_to(page, "Your reason")
        page.keyboard.type("dd aa: to see it.")
        commit_by_keyboard(page, "p2")
        tab_to(page, "Your answer")
        page.keyboard.press("ArrowDown")
        commit_by_keyboard(page, "c1")
        tab_to(page, "Listening")
        page.keyboard.press("Space")
        tab_to(page, "Counting")
        page.keyboard.press("ArrowUp")
        commit_by_keyboard(page, "s1")
        tab_to(page, "What first?")
        page.keyboard.type("Count them again")
        tab_to(page, "Until when?")
        page.keyboard.type("Friday")
        commit_by_keyboard(page, "l1")
        tab_to(page, "Hand in “First”")
        page.keyboard.press("Enter")
        expect_step(page, "asking")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect_step(page, "done")
        tab_to(page, "Close")
        page.keyboard.press("Enter")
        expect(page.locator(".ck-dialog")).to_have_count(0)
        # Back on the button that was pressed; and out.
        assert page.evaluate(f"{ACTIVE}.textContent") == "Hand in “First”"
        page.keyboard.press("Escape")
        expect(page.locator(".ck-page")).to_have_count(0)
    assert course.collected_answer("p2") == {"choice": "go", "reason": "dd aa: to see it."}
    assert course.collected_cell("a1") == "lamps = 3\nprint(lamps)"
    cells = course.lab.notebook(course.name, "first")["cells"]
    assert len(cells) == 3 + 3 + 3 + 5, "no key of a form was a command to the notebook"


# ------------------------------------------------------------------------------------ one module, shown in two ways


def test_page_and_notebook_are_one_document(course: Course) -> None:
    with plain(course) as page:
        block(page, "p1").get_by_label("Your answer").press_sequentially("Three lamps", delay=20)
        block(page, "p2").get_by_text("Go and look").click()
        expect(block(page, "p1").locator(".ck-state")).to_have_text(
            "Saved, not committed yet.", timeout=15_000
        )
        expect(block(page, "p2").locator(".ck-state")).to_have_text("Saved, not committed yet.")
        assert "Three lamps" in str(course.lab.notebook(course.name, "first"))
        page.get_by_role("button", name="Close").click()
        cell = page.locator(".jp-Notebook .jp-Cell").nth(4)
        expect(cell.locator(".cm-content")).to_have_text("Three lamps")
        expect(page.locator(".jp-Notebook [data-prompt=p2]").get_by_label("Go and look")).to_be_checked()
        cell.locator(".cm-content").click()
        page.keyboard.press("End")
        page.keyboard.insert_text(" in a row")
        command(page, "Simple page")
        expect(block(page, "p1").get_by_label("Your answer")).to_have_value("Three lamps in a row")
        expect(block(page, "p2").get_by_label("Go and look")).to_be_checked()


def test_what_was_typed_a_moment_before_is_handed_in(course: Course) -> None:
    with plain(course) as page:
        block(page, "p2").get_by_text("Go and look").click()
        block(page, "p2").get_by_label("Your reason").fill("To see")
        block(page, "p1").get_by_label("Your answer").fill("Three lamps in a ro")
        page.evaluate(
            """() => {
                const type = (field, letters) => {
                    document.querySelector(field).focus();
                    document.execCommand('insertText', false, letters);
                };
                type('.ck-page [data-prompt=p2] textarea', ' it');
                type('.ck-page [data-prompt=p1] textarea', 'w');
                document.querySelector('.ck-page-end button').click();
            }"""
        )
        expect_step(page, "asking").get_by_role("button", name="Hand in").click()
        expect_step(page, "done")
    assert course.collected_cell("p1") == "Three lamps in a row"
    assert course.collected_answer("p2") == {"choice": "go", "reason": "To see it"}


def test_an_empty_prompt_is_gone_to_on_the_page(course: Course) -> None:
    with plain(course) as page:
        block(page, "p1").get_by_label("Your answer").fill("Three lamps in a row")
        page.locator(".ck-page-end button").click()
        missing = expect_step(page, "missing")
        missing.get_by_role("button", name="Go to it").click()
        expect(block(page, "p2").get_by_label("Wait until the morning")).to_be_focused()
        expect(block(page, "p2")).to_be_in_viewport()


def test_a_revision_stands_beside_what_is_sealed(course: Course) -> None:
    course.answer_all()
    with plain(course) as page:
        here = block(page, "p1")
        commit(page, "p1")
        expect(here.locator(".ck-receipt")).to_have_text(
            re.compile(r"^Committed \d+ \w+ 20\d\d, \d\d:\d\d CES?T, receipt [0-9a-f]{12}\.$")
        )
        here.get_by_role("button", name="Add a revision").click()
        field = here.get_by_label("Your answer")
        expect(field).to_be_focused()
        expect(field).to_have_value("Three lamps in a row.")
        here.get_by_role("button", name="Commit revision").click()
        expect(here.get_by_role("alert")).to_contain_text("Change it first")
        field.fill("Four lamps, one of them dark.")
        here.get_by_role("button", name="Commit revision").click()
        here.get_by_role("button", name="Yes, commit").click()
        expect(here.locator(".ck-later")).to_contain_text("Four lamps, one of them dark.", timeout=15_000)
        expect(here.locator(".ck-later .ck-receipt")).to_contain_text("Kept beside your answer")
        expect(here.locator(".ck-answer").first).to_contain_text("Three lamps in a row.")
        expect(here.get_by_role("button", name="Add a revision")).to_be_focused()
        assert serious(page) == []


def test_only_the_crossing_of_the_floor_is_said(course: Course) -> None:
    with plain(course) as page:
        here = block(page, "p1")
        said = here.locator(".ck-field [role=status]")
        field = here.get_by_label("Your answer")
        field.fill("One two")
        expect(here.locator(".ck-count")).to_have_text("2 words, at least 3 asked for")
        expect(said).to_have_text("")
        field.fill("One two three")
        expect(said).to_have_text("3 words: that is as many as asked for.")
        field.fill("One two three four")
        expect(here.locator(".ck-count")).to_have_text("4 words, at least 3 asked for")
        expect(said).to_have_text("3 words: that is as many as asked for.")
        field.fill("One")
        expect(said).to_have_text("Fewer than the 3 words asked for.")
