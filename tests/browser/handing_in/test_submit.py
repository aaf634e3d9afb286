"""Handing in, in a real browser: never a stale byte, and a plain sentence for whatever is in the way."""

from __future__ import annotations

import re
import signal
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, Route, expect
from support.before_the_learner import Course, command, dialog, expect_step

SUBMIT = "Hand in this module"
FIVE = "one two three four five "


def answer_cell(page: Page) -> Locator:
    """The editor of the prose answer, which is ready to be typed in."""
    cell = page.locator(".jp-Notebook .jp-Cell").nth(4)
    cell.scroll_into_view_if_needed()
    editor = cell.locator(".cm-content")
    editor.click()
    return editor


def write(page: Page, text: str) -> None:
    answer_cell(page)
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(text)


def hand_in(page: Page) -> None:
    """Press “Hand in”, as a button does: at once."""
    page.evaluate("document.querySelector('[data-test-hand-in]').click()")


def prepare_button(page: Page) -> None:
    """The module's own button, marked."""
    button = page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .ck-reading-bar").get_by_role(
        "button", name="Hand in"
    )
    button.wait_for(timeout=20_000)
    button.evaluate("node => node.setAttribute('data-test-hand-in', '')")


def say_yes(page: Page) -> Locator:
    """Through the question, to the receipt."""
    expect_step(page, "asking").get_by_role("button", name="Hand in").click()
    return expect_step(page, "done")


def close(page: Page) -> None:
    dialog(page).get_by_role("button", name="Close").click()
    expect(dialog(page)).to_have_count(0)


# ----------------------------------------------------------------------------------------------- never a stale byte


def test_what_was_typed_a_moment_before_is_in_what_is_collected(course: Course) -> None:
    course.answer_all()
    with course.page() as page:
        prepare_button(page)
        write(page, "Three lamps, ")
        page.keyboard.type("and a fourth")
        # No machine is so slow that this takes 100 ms: one letter and the press, in one breath.
        page.evaluate(
            "document.execCommand('insertText', false, '!');"
            "document.querySelector('[data-test-hand-in]').click()"
        )
        expect_step(page, "asking", timeout=30_000)
        say_yes(page)
        assert course.collected_cell("p1") == "Three lamps, and a fourth!"


def test_what_is_typed_while_it_is_being_saved_is_in_it_too(course: Course) -> None:
    course.answer_all()
    with course.page() as page:
        prepare_button(page)
        slow: list[str] = []

        def slowly(route: Route) -> None:
            # A save on its way takes with it the lab's memory that something is not saved.
            if route.request.method == "PUT":
                slow.append(route.request.url)
                time.sleep(0.7)
            route.continue_()

        page.route("**/api/contents/**", slowly)
        write(page, "Three lamps")
        page.keyboard.press("Control+S")
        page.keyboard.type(" and two more")
        hand_in(page)
        expect_step(page, "asking", timeout=30_000)
        say_yes(page)
        assert slow
        assert course.collected_cell("p1") == "Three lamps and two more"


def test_open_text_files_of_the_folder_are_saved_with_it(course: Course) -> None:
    course.answer_all()
    with course.page() as page:
        page.get_by_role("tab", name=re.compile("File Browser")).click()
        page.locator(".jp-DirListing-item", has_text="notes.txt").dblclick()
        editor = page.locator(".jp-FileEditor .cm-content")
        editor.click()
        page.keyboard.press("Control+A")
        page.keyboard.insert_text("What I saw on the way.")
        card = page.get_by_role("listitem").filter(has=page.get_by_role("heading", name="First", exact=True))
        page.get_by_role("tab", name="Course", exact=True).first.click()
        card.get_by_role("button", name=re.compile("^(Submit|Hand in)")).click()
        say_yes(page)
        assert course.collected("notes.txt") == b"What I saw on the way."


# --------------------------------------------------------------------------------------------- what comes of it


def test_the_receipt_says_when_and_what_opened(course: Course) -> None:
    course.put(due=datetime.now(UTC) + timedelta(days=3))
    course.answer_all()
    with course.page() as page:
        prepare_button(page)
        hand_in(page)
        asked = expect_step(page, "asking")
        expect(asked).to_contain_text("Hand in “First”?")
        expect(asked).to_contain_text("All 2 required prompts are answered.")
        expect(asked).to_contain_text("2 answers are not committed yet; handing in seals them.")
        expect(asked).to_contain_text(re.compile(r"Due .*: 3 days left\."))
        assert page.evaluate("document.activeElement.tagName") == "H2"
        assert not serious(page)
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        done = expect_step(page, "done")
        (row,) = course.rows()
        expect(done).to_contain_text("“First” is handed in")
        expect(done.locator(".ck-receipt")).to_have_text(
            re.compile(r"^Handed in \d+ \w+ 20\d\d, \d\d:\d\d CES?T, receipt [0-9a-f]{12}\.$")
        )
        expect(done).to_contain_text("Next: “Second” is open.")
        expect(done.locator("code")).to_have_text(
            f"{course.name}/first/.coursekit/submissions/{row.submission}.json"
        )
        assert not serious(page)
        done.get_by_role("button", name="Open “Second”").click()
        expect(dialog(page)).to_have_count(0)
        expect(page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) h1").first).to_have_text(
            re.compile("Second"), timeout=30_000
        )


def test_thinking_better_of_it_hands_nothing_in(course: Course) -> None:
    course.answer_all()
    with course.page() as page:
        prepare_button(page)
        answer_cell(page)
        hand_in(page)
        expect_step(page, "asking")
        page.keyboard.press("Escape")
        expect(dialog(page)).to_have_count(0)
        # Nothing below stays out of reach, and the keyboard is where it was.
        assert page.evaluate(
            "[document.querySelector('#main').inert, document.activeElement !== document.body]"
        ) == [
            False,
            True,
        ]
        assert course.rows() == []


def test_a_late_one_does_not_count_until_its_learner_says_so(course: Course) -> None:
    due = datetime.now(UTC) + timedelta(seconds=15)
    course.put(due=due)
    course.answer_all()
    with course.page() as page:
        prepare_button(page)
        hand_in(page)
        say_yes(page)
        close(page)
        # What is handed in is sealed; what is written now stands beside it.
        page.locator("[data-prompt=p1]").get_by_role("button", name="Add a revision").click()
        write(page, "Three lamps, no: four of them.")
        time.sleep(max(0.0, (due - datetime.now(UTC)).total_seconds()) + 1)
        prepare_button(page)
        hand_in(page)
        expect(expect_step(page, "asking")).to_contain_text("So this is late.")
        done = say_yes(page)
        expect(done).to_contain_text("An earlier one was in time, and that one counts.")
        assert [row.counts for row in course.rows()] == [True, False]
        done.get_by_role("button", name="Let this one count").click()
        expect(done.get_by_role("button", name="Let this one count")).to_have_count(0)
        expect(expect_step(page, "done")).not_to_contain_text("that one counts")
        assert [row.counts for row in course.rows()] == [False, True]


# ----------------------------------------------------------------------------------------------- what is in the way


def test_an_empty_prompt_is_named_with_the_way_to_it(course: Course) -> None:
    with course.page() as page:
        prepare_button(page)
        hand_in(page)
        missing = expect_step(page, "missing")
        expect(missing.get_by_role("button", name="What do you see?")).to_be_visible()
        expect(missing.get_by_role("button", name="What do you do?")).to_be_visible()
        expect(missing).to_contain_text("the next module stays closed")
        assert not serious(page)
        # The default is to go there.
        page.keyboard.press("Tab")
        page.keyboard.press("Tab")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "Go to it"
        page.keyboard.press("Enter")
        expect(dialog(page)).to_have_count(0)
        cell = page.locator(".jp-Notebook .jp-Cell").nth(4)
        expect(cell).to_have_class(re.compile("jp-mod-active"))
        assert cell.evaluate("node => node.contains(document.activeElement)")
        page.keyboard.insert_text(FIVE)

        prepare_button(page)
        hand_in(page)
        missing = expect_step(page, "missing")
        expect(missing.get_by_role("button", name="What do you see?")).to_have_count(0)
        missing.get_by_role("button", name="Hand in as it is").click()
        done = expect_step(page, "done")
        expect(done).to_contain_text(
            "Some required prompts are not answered, so the next module stays closed."
        )
        expect(done.get_by_role("button", name=re.compile("^Open"))).to_have_count(0)
        assert len(course.rows()) == 1
        assert "five" in course.collected_cell("p1")


def test_an_ended_session_hands_nothing_in_and_loses_nothing(course: Course) -> None:
    course.answer_all()
    with course.page() as page:
        prepare_button(page)
        write(page, FIVE)
        course.house.line.token = "not-a-token"
        hand_in(page)
        expect_step(page, "asking").get_by_role("button", name="Hand in").click()
        trouble = expect_step(page, "trouble")
        expect(trouble).to_contain_text("Nothing was handed in")
        expect(trouble).to_contain_text("Your sign-in to the course is over.")
        expect(trouble).to_contain_text("Your work is kept here.")
        assert FIVE.strip() in str(course.lab.notebook(course.name, "first"))
        course.house.line.token = ""
        trouble.get_by_role("button", name="Try again").click()
        expect_step(page, "done")
        assert len(course.rows()) == 1


def test_an_exchange_that_is_away_is_said_and_tried_again(course: Course) -> None:
    course.answer_all()
    with course.page() as page:
        prepare_button(page)
        hand_in(page)
        asked = expect_step(page, "asking")
        course.house.line.is_cut = True
        asked.get_by_role("button", name="Hand in").click()
        trouble = expect_step(page, "trouble", timeout=60_000)
        expect(trouble.get_by_role("alert")).to_contain_text("Your work is safe where it is.")
        assert not serious(page)
        course.house.line.is_cut = False
        assert course.rows() == []
        trouble.get_by_role("button", name="Try again").click()
        expect_step(page, "done")
        assert len(course.rows()) == 1


def test_a_save_that_fails_is_said_plainly(course: Course) -> None:
    course.answer_all()
    with course.page() as page:
        prepare_button(page)

        def refuse(route: Route) -> None:
            if route.request.method == "PUT":
                route.fulfill(
                    status=400, content_type="application/json", body='{"message": "No space left"}'
                )
            else:
                route.continue_()

        write(page, FIVE)
        page.route("**/api/contents/**", refuse)
        hand_in(page)
        trouble = expect_step(page, "trouble", timeout=30_000)
        expect(trouble).to_contain_text("“first.ipynb” could not be saved as you see it.")
        # The lab's own word on it comes before ours.
        page.locator(".jp-Dialog button").first.click()
        page.unroute("**/api/contents/**")
        assert course.rows() == []
        trouble.get_by_role("button", name="Try again").click()
        say_yes(page)
        assert course.collected_cell("p1").strip() == FIVE.strip()


def test_a_server_that_is_killed_in_the_middle_of_it_hands_in_once(course: Course) -> None:
    course.answer_all()
    line = course.house.line
    # The lab itself has much to say about a server that is gone.
    with course.context() as context:
        page = context.new_page()
        course.open(page)
        prepare_button(page)
        line.held.clear()
        line.hold = lambda method, path: method == "POST" and path.endswith("/submissions")
        hand_in(page)
        expect_step(page, "asking").get_by_role("button", name="Hand in").click()
        assert line.held.wait(30)
        # The exchange has it; who asked for it dies before the answer.
        course.lab.stop(signal.SIGKILL)
        line.hold = lambda method, path: False
        busy = expect_step(page, "busy")
        expect(busy).to_contain_text(
            "Your server does not answer just now. It is tried again until it does", timeout=20_000
        )
        assert busy.get_by_role("button", name="Stop trying").is_visible()
        course.lab.begin().started()
        done = expect_step(page, "done", timeout=60_000)
        expect(done).to_contain_text("Next: “Second” is open.", timeout=30_000)
        assert len(course.rows()) == 1


def test_who_stops_trying_is_where_they_were(course: Course) -> None:
    course.answer_all()
    with course.page() as page:
        prepare_button(page)
        page.route("**/submissions?*", lambda route: route.abort())
        hand_in(page)
        expect_step(page, "asking").get_by_role("button", name="Hand in").click()
        expect(expect_step(page, "busy")).to_contain_text("does not answer just now")
        dialog(page).get_by_role("button", name="Stop trying").click()
        expect(dialog(page)).to_have_count(0)
        page.unroute("**/submissions?*")
        hand_in(page)
        say_yes(page)
        assert len(course.rows()) == 1


def test_a_file_that_changed_behind_the_screen_is_saved_once_more(course: Course) -> None:
    course.answer_all()
    with course.page() as page:
        prepare_button(page)
        hand_in(page)
        asked = expect_step(page, "asking")
        refused: list[Any] = []

        def once(route: Route) -> None:
            if not refused:
                refused.append(route.request.post_data_json)
                problem = (
                    '{"code": "not-as-shown", "status": 409, "detail": "It is not.", "next_step": "Save."}'
                )
                route.fulfill(status=409, content_type="application/problem+json", body=problem)
            else:
                route.continue_()

        page.route("**/submissions?*", once)
        asked.get_by_role("button", name="Hand in").click()
        expect_step(page, "done")
        assert [c["cell_id"] for c in refused[0]["shown"]][:2] == ["setup", "story"]
        assert len(course.rows()) == 1


def test_two_tabs_hand_in_one_work(course: Course) -> None:
    course.answer_all()
    with course.context() as context:
        first, second = context.new_page(), context.new_page()
        for page in (first, second):
            course.open(page)
            prepare_button(page)
        for page in (first, second):
            hand_in(page)
        for page in (first, second):
            expect_step(page, "asking")
        for page in (first, second):
            dialog(page).get_by_role("button", name="Hand in").click()
        for page in (first, second):
            expect_step(page, "done")
        assert len(course.rows()) == 1


def test_a_tab_that_is_behind_does_not_write_over_the_other(course: Course) -> None:
    course.answer_all()
    with course.context() as context:
        behind, ahead = context.new_page(), context.new_page()
        for page in (behind, ahead):
            course.open(page)
        ahead.bring_to_front()
        write(ahead, "What the other tab says.")
        ahead.keyboard.press("Control+S")
        expect(ahead.locator(".ck-answer-cell .ck-state").first).to_have_text("Saved, not committed yet.")
        behind.bring_to_front()
        prepare_button(behind)
        hand_in(behind)
        # Which one is meant is for the learner to say: the lab asks.
        behind.locator(".jp-Dialog").get_by_role("button", name="Revert").click(timeout=20_000)
        say_yes(behind)
        assert course.collected_cell("p1") == "What the other tab says."


def test_the_command_does_the_same(course: Course) -> None:
    course.answer_all()
    with course.page() as page:
        prepare_button(page)
        answer_cell(page)
        command(page, SUBMIT)
        say_yes(page)
        assert len(course.rows()) == 1


def serious(page: Page) -> list[Any]:
    """What axe finds wrong in our dialog."""
    found = Axe().run(page, context=".ck-layer:not([inert])").response["violations"]
    return [v["id"] for v in found if v["impact"] in ("serious", "critical")]
