"""The course panel and feedback, in a real browser, before a real JupyterLab and a real exchange."""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Dialog, Page, expect
from support.before_the_learner import House
from support.labserver import TOKEN, Lab
from support.learner_rooms import browser, house, lab
from support.panel_course import ANSWERS, MARKUP, Course, card, layout, until

from coursekit.model.ids import CourseId
from coursekit.services import enrol
from coursekit.wire.api import MemberShape
from coursekit.wire.course import CourseShape
from coursekit.wiring.exchange import OPERATOR

__all__ = ["browser", "house", "lab"]


@pytest.fixture(scope="module")
def numbers() -> Iterator[int]:
    return itertools.count(1)


@pytest.fixture
def course(house: House, lab: Lab, browser: Browser, numbers: Iterator[int]) -> Iterator[Course]:
    name = f"lamps-{next(numbers)}"
    people = [MemberShape(user="maria", role="learner"), MemberShape(user="chen", role="instructor")]
    enrol.put_members(house.embedded.exchange, OPERATOR, CourseId(name), people)
    now = datetime.now(UTC).replace(second=0, microsecond=0)
    due = now + timedelta(days=5)
    modules = [
        {"id": "first", "title": "first", "minutes": 20, "due": due, "closes": due + timedelta(days=7)},
        {"id": "second", "title": "second", "after": ["first"]},
        {"id": "third", "title": "third", "opens": now + timedelta(days=3)},
    ]
    shape = {"id": name, "title": "Lamps", "time_zone": "Europe/Berlin", "modules": modules}
    with house.client("chen") as chen:
        chen.put_course(CourseShape.model_validate(shape))
        begun = Course(name, house, lab, chen, browser, due)
        for module in ("first", "second", "third"):
            begun.release(module)
        yield begun
    house.line.is_cut, house.line.token = False, ""


# ----------------------------------------------------------------------------------------------- the first look


def test_the_course_is_what_a_learner_sees_first(course: Course) -> None:
    with course.page() as page:
        panel = page.locator("#coursekit-course")
        expect(panel).to_be_visible()
        expect(page.locator(".jp-SideBar.jp-mod-left .lm-TabBar-tab").first).to_have_attribute(
            "data-id", "coursekit-course"
        )
        expect(panel.get_by_text("0 of 3 modules submitted")).to_be_visible()
        expect(panel.get_by_text("0 of 6 required answers committed")).to_be_visible()
        expect(card(page, "first")).to_contain_text("Open")
        expect(card(page, "first")).to_contain_text("About 20 minutes")
        locked = card(page, "second")
        expect(locked).to_contain_text("Locked")
        expect(locked).to_contain_text("“first” is not handed in yet. Hand in “first”, then open this one.")
        expect(locked.get_by_role("button")).to_have_count(0)
        expect(card(page, "third")).to_contain_text("Nothing else is missing.")
        # Who learns need not be asked whether they want to review.
        expect(panel.get_by_role("button", name="Review answers")).to_have_count(0)
        page.get_by_role("button", name="Continue Begin “first”").click()
        expect(page.get_by_role("heading", name="A lamp burned.")).to_be_visible(timeout=30_000)
        expect(card(page, "first")).to_contain_text("In progress: 0 of 2 answered")


def test_who_teaches_begins_with_something_else(course: Course) -> None:
    people = [MemberShape(user="maria", role="instructor")]
    enrol.put_members(course.house.embedded.exchange, OPERATOR, CourseId(course.name), people)
    context = course.browser.new_context()
    context.add_init_script(f"localStorage['coursekit:course'] = {course.name!r}")
    page = context.new_page()
    page.goto(f"{course.lab.url}/lab?reset&token={TOKEN}")
    expect(page.locator(".ck-course h2")).to_have_text("Lamps", timeout=60_000)
    page.wait_for_timeout(1000)
    expect(page.locator("#coursekit-course")).to_be_hidden()
    page.get_by_role("tab", name="Course").click()
    expect(page.get_by_role("button", name="Review answers")).to_be_visible()
    context.close()


# ------------------------------------------------------------------------------------------------- what is news


def test_a_door_opens_within_two_seconds_and_says_so_once(course: Course) -> None:
    course.answer()
    with course.page() as page:
        button = page.get_by_role("button", name="Continue “first”")
        button.focus()
        second = card(page, "second")
        expect(second).to_contain_text("Locked")
        course.command("submit", str(course.lab.folder(course.name, "first")))
        before = time.monotonic()
        expect(second).not_to_contain_text("Locked", timeout=2000)
        assert time.monotonic() - before < 2
        expect(second.get_by_role("button", name="Open “second”")).to_be_visible()
        expect(card(page, "first")).to_contain_text("Submitted")
        expect(page.get_by_text("1 of 3 modules submitted")).to_be_visible()
        expect(page.get_by_text("2 of 6 required answers committed")).to_be_visible()
        said = page.locator("body > .ck-unseen[role=status]")
        expect(said).to_have_text("“first” is handed in. “second” is open now.")
        expect(second).to_have_class("ck-card ck-is-ahead ck-fresh")
        # The keyboard is where it was, on the same button with its new name.
        assert page.evaluate("document.activeElement.innerText") == "Open"
        # No news: nothing is said again.
        page.evaluate(
            "window.said = 0; new MutationObserver(() => window.said++)"
            ".observe(document.querySelector('body > .ck-unseen'), {childList: true, subtree: true})"
        )
        page.wait_for_timeout(2500)
        assert page.evaluate("window.said") == 0


def test_continue_leads_to_the_place_left_off(course: Course) -> None:
    course.lab.post(f"courses/{course.name}/modules/first/open")
    with course.page() as page:
        # No place yet: the first required prompt that is missing.
        page.get_by_role("button", name="Continue first: “What do you see?”").click()
        page.locator(".jp-Notebook").wait_for(timeout=30_000)
        active = "document.querySelector('.jp-Notebook .jp-mod-active')?.dataset.windowedListIndex"
        last = page.locator(".jp-Notebook .jp-Cell").nth(2)
        last.scroll_into_view_if_needed()
        last.click()
        page.get_by_role("button", name="Continue first: “What would you ask?”").wait_for(timeout=5000)
    kept = course.lab.get(f"courses/{course.name}")["place"]
    assert kept == {"module": "first", "cell_id": "p2", "prompt": "p2"}
    with course.page() as page:
        page.get_by_role("button", name="Continue first: “What would you ask?”").click()
        page.locator(".jp-Notebook").wait_for(timeout=30_000)
        page.wait_for_function(f"{active} === '2'")
        expect(page.locator(".jp-Notebook .jp-Cell").nth(2)).to_be_in_viewport()


# --------------------------------------------------------------------------------------------------------- dates


def test_dates_are_on_the_learners_clocks_with_the_extension_counted_in(course: Course) -> None:
    with course.page() as page:
        first = card(page, "first")
        expect(first).to_contain_text("5 days left")
        expect(first).not_to_contain_text("extended for you")
        expect(page.get_by_text("Times are on the clocks of Europe/Berlin.")).to_be_visible()
        longer = course.due + timedelta(days=2)
        course.chen.extend(course.name, "first", "maria", longer, "was ill")
        expect(first).to_contain_text("extended for you", timeout=5000)
        expect(first).to_contain_text("7 days left")
        expect(page.locator("body > .ck-unseen[role=status]")).to_have_text("You have more time for “first”.")
        page.get_by_role("button", name="Change time zone").click()
        page.get_by_label("Time zone", exact=True).select_option("Asia/Tokyo")
        page.get_by_role("button", name="Use these clocks").click()
        expect(page.get_by_text("Times are on the clocks of Asia/Tokyo.")).to_be_visible()
        there = longer + timedelta(hours=9)
        expect(first).to_contain_text(f"{there:%H:%M} GMT+9")
        # Where the change was made, and kept at the exchange.
        expect(page.get_by_role("button", name="Change time zone")).to_be_focused()
    assert course.lab.get(f"courses/{course.name}")["time_zone"] == "Asia/Tokyo"


# ------------------------------------------------------------------------------------------------------- trouble


def test_the_exchange_is_away_and_comes_back(course: Course) -> None:
    with course.page() as page:
        top = card(page, "first").bounding_box()
        course.house.line.is_cut = True
        banner = page.get_by_text("Your work goes on and is kept here; we try again.")
        expect(banner).to_be_visible(timeout=10_000)
        # What was known stays, and nothing has moved.
        expect(card(page, "second")).to_contain_text("Locked")
        assert card(page, "first").bounding_box() == top
        course.house.line.is_cut = False
        expect(banner).to_be_hidden(timeout=20_000)


def test_a_course_that_one_is_no_longer_signed_in_at(course: Course) -> None:
    with course.page() as page:
        course.house.line.token = "over"
        expect(page.get_by_text("Your sign-in to the course is over.")).to_be_visible(timeout=10_000)
        course.house.line.token = ""
        expect(page.get_by_text("Your sign-in to the course is over.")).to_be_hidden(timeout=20_000)


def test_a_lab_that_one_is_no_longer_signed_in_at(course: Course) -> None:
    with course.page() as page:
        # What Jupyter says to somebody whose cookie is gone.
        page.route(
            "**/coursekit/api/**", lambda route: route.fulfill(status=403, json={"message": "Forbidden"})
        )
        page.evaluate("window.dispatchEvent(new Event('online'))")
        link = page.get_by_role("link", name="Sign in again in a new tab")
        expect(link).to_be_visible(timeout=10_000)
        page.unroute("**/coursekit/api/**")
        # In the other tab they have signed in; here they come back.
        page.evaluate("window.dispatchEvent(new Event('focus'))")
        expect(link).to_be_hidden(timeout=5000)


# ------------------------------------------------------------------------------- receipts, updates and feedback


def test_receipts_and_what_was_handed_in(course: Course) -> None:
    course.hand_in()
    course.lab.write(course.name, "first", "p1", "Something else by now.")
    with course.page() as page:
        first = card(page, "first")
        opener = first.get_by_role("button", name="Receipts and submissions of “first”")
        expect(opener).to_have_attribute("aria-expanded", "false")
        opener.click()
        expect(opener).to_have_attribute("aria-expanded", "true")
        expect(first.get_by_text("this one counts")).to_be_visible()
        [handed_in] = course.lab.get(f"courses/{course.name}/modules/first/submissions")
        expect(first.get_by_text(handed_in["short"])).to_be_visible()
        for prompt in course.lab.get(f"courses/{course.name}/modules/first")["prompts"]:
            expect(first.get_by_text(prompt["receipt"]["short"])).to_be_visible()
        first.get_by_role("button", name="Open as handed in").click()
        shown = page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)")
        expect(shown.get_by_role("paragraph").filter(has_text=ANSWERS["p1"])).to_be_visible(timeout=30_000)
        expect(shown.get_by_text("Something else by now.")).to_have_count(0)


def test_an_update_saves_what_is_open_and_brings_it_back(course: Course) -> None:
    course.lab.post(f"courses/{course.name}/modules/first/open")
    with course.page() as page:
        page.get_by_role("button", name="Continue “first”").click()
        answer = page.locator(".jp-Notebook .jp-Cell").nth(1)
        answer.scroll_into_view_if_needed(timeout=30_000)
        answer.dblclick()
        answer.locator(".cm-content").press("Control+a")
        page.keyboard.type("Typed and not saved.")
        course.release("first", "Two lamps burned.")
        update = page.get_by_role("button", name="Update “first”")
        expect(update).to_be_visible(timeout=10_000)
        update.click()
        expect(page.get_by_text("Updated from release 1 to 2.")).to_be_visible(timeout=20_000)
        expect(page.get_by_role("heading", name="Two lamps burned.")).to_be_attached(timeout=20_000)
        assert course.lab.notebook(course.name, "first")["cells"][1]["source"] == ["Typed and not saved."]
        assert page.get_by_role("dialog").count() == 0


def test_feedback_stands_beside_the_learners_own_words(course: Course) -> None:
    submission = course.hand_in()
    course.give_feedback(submission, score=2)
    course.give_feedback(submission)
    with course.page() as page:
        dialogs: list[Dialog] = []
        page.on("dialog", lambda dialog: dialogs.append(dialog))
        page.get_by_role("button", name="Read feedback on “first”").click()
        view = page.locator(".ck-feedback")
        expect(view.get_by_role("heading", name="Feedback on “first”")).to_be_visible(timeout=20_000)
        [handed_in] = course.lab.get(f"courses/{course.name}/modules/first/submissions")
        expect(view.get_by_text(f"(receipt {handed_in['short']})")).to_be_visible()
        expect(view.get_by_text("3 of 8 points so far")).to_be_visible()
        expect(view.get_by_text("0.5 were taken off because it came late.")).to_be_visible()
        expect(view.get_by_text("One answer waits for a reader.")).to_be_visible()
        # Counted in characters, though there is an emoji before it.
        mark = view.get_by_role("region", name="What do you see?").locator("mark")
        assert mark.evaluate("node => node.firstChild.data") == "I see three lamps."
        # Whatever the words look like, they are words.
        own = view.locator(".ck-own").first
        expect(own).to_contain_text(MARKUP)
        assert own.locator("img").count() == 0
        assert not dialogs
        expect(view.get_by_text("✓ found")).to_be_visible()
        expect(view.get_by_text("– not found by the tool")).to_be_visible()
        columns = (
            "getComputedStyle(document.querySelector('.ck-columns')).gridTemplateColumns.split(' ').length"
        )
        assert page.evaluate(columns) == 2
        earlier = view.get_by_label("Which feedback")
        earlier.select_option(index=1)
        expect(view.get_by_text("2 of 8 points so far")).to_be_visible()
        page.set_viewport_size({"width": 700, "height": 900})
        page.wait_for_function(f"{columns} === 1")
        # It is there again after the lab was loaded anew; a lab keeps its layout a moment after it changed.
        until(lambda: "coursekit-feedback:" in json.dumps(layout(course.lab)["main"]["dock"]))
        page.goto(f"{course.lab.url}/lab")
        expect(page.locator(".ck-feedback").get_by_text("3 of 8 points so far")).to_be_visible(timeout=60_000)


# ------------------------------------------------------------------------------------------------ for everybody


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_axe_finds_nothing_serious(course: Course, theme: str) -> None:
    course.give_feedback(course.hand_in())
    where = "/lab/api/settings/@jupyterlab/apputils-extension:themes"
    chosen = {"raw": json.dumps({"theme": theme})}
    headers = {"Authorization": f"token {TOKEN}"}
    course.lab.line.put(f"{course.lab.url}{where}", json=chosen, headers=headers).raise_for_status()
    with course.page() as page:
        light = "true" if "Light" in theme else "false"
        page.wait_for_selector(f"body[data-jp-theme-light={light}]", state="attached")
        page.get_by_role("button", name="Receipts and submissions of “first”").click()
        page.get_by_text("this one counts").wait_for()
        page.get_by_role("button", name="Change time zone").click()
        assert serious(page, "#coursekit-course") == []
        course.house.line.is_cut = True
        page.get_by_text("we try again").wait_for(timeout=10_000)
        assert serious(page, "#coursekit-course") == []
        course.house.line.is_cut = False
        page.get_by_role("button", name="Read feedback on “first”").click()
        page.locator(".ck-total").wait_for(timeout=20_000)
        assert serious(page, ".ck-feedback") == []


def serious(page: Page, what: str) -> list[str]:
    found = Axe().run(page, context={"include": [[what]]}).response["violations"]
    return [
        f"{v['id']}: {[n['html'] for n in v['nodes']]}"
        for v in found
        if v["impact"] in ("serious", "critical")
    ]


def test_by_keyboard_alone(course: Course) -> None:
    course.give_feedback(course.hand_in())
    with course.page() as page:
        page.keyboard.press("Control+Shift+C")
        page.locator(".jp-ModalCommandPalette:not(.lm-mod-hidden), #command-palette").first.wait_for()
        page.keyboard.type("Show the course")
        page.locator(".lm-CommandPalette-item.lm-mod-active").get_by_text("Show the course").wait_for()
        page.keyboard.press("Enter")
        expect(page.locator(".ck-course h2")).to_be_focused()
        names = []
        for _ in range(12):
            page.keyboard.press("Tab")
            here = page.evaluate(
                "(a => a.closest('#coursekit-course') ? a.getAttribute('aria-label') || a.innerText : '')"
                "(document.activeElement)"
            )
            names.append(" ".join(here.split()))
            outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert not here or outline != "none", here
            if names[-1] == "Read feedback on “first”":
                break
        assert "Continue Begin “second”" in names
        assert "Open “first”" in names
        page.keyboard.press("Enter")
        expect(page.locator(".ck-total")).to_be_visible(timeout=20_000)


def test_one_learner_in_two_courses_chooses(course: Course) -> None:
    other = f"{course.name}-too"
    people = [MemberShape(user="maria", role="learner"), MemberShape(user="chen", role="instructor")]
    enrol.put_members(course.house.embedded.exchange, OPERATOR, CourseId(other), people)
    shape = {"id": other, "title": "Ships", "time_zone": "UTC", "modules": [{"id": "sail", "title": "Sail"}]}
    course.chen.put_course(CourseShape.model_validate(shape))
    with course.page() as page:
        page.get_by_role("combobox", name="Course").select_option(other)
        expect(page.locator(".ck-course h2")).to_have_text("Ships")
        expect(card(page, "Sail")).to_contain_text("Not there yet")
        expect(card(page, "first")).to_have_count(0)
        # This browser begins with it the next time.
        assert page.evaluate("localStorage['coursekit:course']") == other
