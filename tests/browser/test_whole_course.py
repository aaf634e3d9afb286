"""The whole course on a real JupyterHub, as `coursekit up` begins it: learners, author, grader, each in a browser.

The course is tests/courses/tiny. Every word in it that begins with CANARY is its author's, and is nowhere on a
learner's machine before the answer that opens it.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect, sync_playwright
from support.browser import opened
from support.people import Person, person
from support.up import Up, environment

PROSE = "I would not look for anybody: one lamp cost little."


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    house = Up(tmp_path_factory.mktemp("up"))
    try:
        yield house.start()
    finally:
        house.kill()
        for process in house.processes():
            process.kill()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = opened(playwright)
        yield chromium
        chromium.close()


def test_by_mouse_in_four_roles(up: Up, browser: Browser) -> None:
    with person(browser, up, "maria", up.add("maria")) as learner:
        _looks_around(learner)
        _answers_the_first_module(learner)
        with person(browser, up, "olu", up.add("olu")) as other:
            expect(other.card("The bill")).to_contain_text("Locked")
            _hands_in_the_first_module(learner)
            # What one of them did changes nothing for the other.
            other.page.wait_for_timeout(2500)
            expect(other.card("The bill")).to_contain_text("Locked")
            expect(other.card("The lamp")).to_contain_text("Open")
            assert not other.has_on_disk("CANARY")
        _walks_through_the_second_module(learner)
        _author_sees_the_course(up, browser)
        _grader_marks(up, browser)
        _reads_feedback(learner)
    with up.exchange("maria") as exchange:
        assert [step.state for step in exchange.path("tiny").steps] == ["feedback ready", "submitted"]


def test_by_keyboard_alone(up: Up, browser: Browser) -> None:
    """From the sign-in to the last receipt, with Tab, arrows, Space, Enter and Escape."""
    with person(browser, up, "zoe", up.add("zoe")) as zoe:
        page, keys = zoe.page, zoe.page.keyboard
        zoe.tabs_to(page.get_by_role("button", name="Continue Begin “The lamp”"))
        keys.press("Enter")
        hours = zoe.prompt("p1")
        expect(hours.get_by_role("heading", name="Hours")).to_be_visible(timeout=60_000)
        zoe.tabs_to(hours.get_by_label("Your estimate (hours)"))
        keys.type("8")
        keys.press("Tab")
        keys.type("It was dark for so long.")
        zoe.tabs_to(hours.get_by_role("button", name="Commit", exact=True))
        keys.press("Space")
        # The keyboard is on the answer that changes nothing.
        expect(hours.get_by_role("button", name="Not yet")).to_be_focused()
        keys.press("Enter")
        expect(hours.get_by_role("button", name="Commit", exact=True)).to_be_focused()
        keys.press("Enter")
        expect(hours.get_by_role("button", name="Not yet")).to_be_focused()
        zoe.tabs_to(hours.get_by_role("button", name="Yes, commit"))
        keys.press("Enter")
        # And then on what it opened.
        expect(hours.get_by_role("heading", name="What this opens")).to_be_focused(timeout=30_000)
        expect(hours).to_contain_text("CANARY-reveal-text")

        zoe.tabs_to(page.get_by_label("Your answer: Your view"))
        keys.type(PROSE)
        keys.press("Escape")
        view = zoe.prompt("p2")
        zoe.tabs_to(view.get_by_role("button", name="Commit", exact=True))
        keys.press("Enter")
        zoe.tabs_to(view.get_by_role("button", name="Yes, commit"))
        keys.press("Enter")
        expect(view).to_contain_text("CANARY-second-reveal", timeout=30_000)

        zoe.tabs_to(page.get_by_label("This module").get_by_role("button", name="Hand in"))
        keys.press("Enter")
        dialog = page.get_by_role("dialog")
        expect(dialog.get_by_role("heading", name="Hand in “The lamp”?")).to_be_focused(timeout=30_000)
        zoe.tabs_to(dialog.get_by_role("button", name="Hand in"))
        keys.press("Enter")
        expect(dialog.get_by_role("heading", name="“The lamp” is handed in")).to_be_focused(timeout=30_000)
        zoe.tabs_to(dialog.get_by_role("button", name="Open “The bill”"))
        keys.press("Enter")
        bill = page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)").locator("[data-prompt=p1]")
        expect(bill.get_by_role("heading", name="Who pays")).to_be_visible(timeout=60_000)
        zoe.tabs_to(bill.get_by_role("radio").first)
        keys.press("ArrowDown")
        expect(bill.get_by_label("Nobody: let it be")).to_be_checked()
        zoe.see("11-by-keyboard")
        zoe.tabs_to(bill.get_by_label("Your reason"))
        keys.type("It was a few cents.")
        zoe.tabs_to(bill.get_by_role("button", name="Commit", exact=True))
        keys.press("Enter")
        zoe.tabs_to(bill.get_by_role("button", name="Yes, commit"))
        keys.press("Enter")
        expect(bill).to_contain_text("CANARY-bill", timeout=30_000)
        bar = page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)").get_by_label("This module")
        zoe.tabs_to(bar.get_by_role("button", name="Hand in"))
        keys.press("Enter")
        expect(dialog.get_by_role("heading", name="Hand in “The bill”?")).to_be_focused(timeout=30_000)
        zoe.tabs_to(dialog.get_by_role("button", name="Hand in"))
        keys.press("Enter")
        expect(dialog.get_by_role("heading", name="“The bill” is handed in")).to_be_focused(timeout=30_000)
        keys.press("Escape")
        expect(page.get_by_text("2 of 2 modules submitted")).to_be_visible()
    with up.exchange("zoe") as exchange:
        assert [step.state for step in exchange.path("tiny").steps] == ["submitted", "submitted"]


def _looks_around(learner: Person) -> None:
    page = learner.page
    expect(page.get_by_role("heading", name="A tiny course")).to_be_visible()
    expect(page.get_by_text("0 of 2 modules submitted")).to_be_visible()
    locked = learner.card("The bill")
    expect(locked).to_contain_text("Locked")
    expect(locked).to_contain_text("“The lamp” is not handed in yet. Hand in “The lamp”, then open this one.")
    expect(locked.get_by_role("button")).to_have_count(0)
    # Nobody who learns is shown a place where files of others could be.
    expect(page.get_by_text("Terminal", exact=True)).to_have_count(0)
    learner.check_accessibility("#coursekit-course")
    learner.see("1-course-panel")


def _answers_the_first_module(learner: Person) -> None:
    page = learner.page
    page.get_by_role("button", name="Continue Begin “The lamp”").click()
    expect(page.get_by_role("heading", name="The lamp").last).to_be_visible(timeout=60_000)
    hours = learner.prompt("p1")
    expect(hours.get_by_role("heading", name="Hours")).to_be_visible(timeout=60_000)
    # Code is not what one sees.
    expect(page.get_by_text("import coursekit.prompts")).to_be_hidden()
    expect(page.get_by_text("ck.estimate(")).to_be_hidden()
    assert not learner.has_on_disk("CANARY")
    learner.see("2-module")

    hours.get_by_label("Your estimate (hours)").fill("nine")
    hours.get_by_label("Your reason, in a sentence").fill("A night has about as many.")
    hours.get_by_role("button", name="Commit", exact=True).click()
    expect(hours.get_by_role("alert").first).to_be_visible()
    hours.get_by_label("Your estimate (hours)").fill("9")
    hours.get_by_role("button", name="Commit", exact=True).click()
    expect(hours).to_contain_text("You can add a revision later, but not change it.")
    hours.get_by_role("button", name="Not yet").click()
    expect(hours).not_to_contain_text("CANARY")
    learner.commits("p1")
    expect(hours).to_contain_text("CANARY-reveal-text: it burned for nine hours.")
    expect(hours).to_contain_text("CANARY-reveal-output")
    expect(page.get_by_text("CANARY-second-reveal")).to_have_count(0)
    assert not learner.has_on_disk("CANARY-second-reveal")
    hours.scroll_into_view_if_needed()
    learner.see("3-reveal")

    learner.writes("Your view", PROSE)
    view = learner.prompt("p2")
    expect(view).to_contain_text("10 words")
    view.get_by_text("How answers are read").click()
    view.scroll_into_view_if_needed()
    learner.see("4-prose")
    learner.check_accessibility("[data-prompt=p2]")
    learner.commits("p2")
    expect(view).to_contain_text("CANARY-second-reveal: asking around took a whole morning.")
    expect(page.get_by_label("This module")).to_contain_text("2 of 2 committed")
    assert not learner.has_on_disk("CANARY-model-answer")
    assert not learner.has_on_disk("CANARY-faculty-note")
    assert not learner.has_on_disk("CANARY-hidden-test")


def _hands_in_the_first_module(learner: Person) -> None:
    page = learner.page
    page.get_by_label("This module").get_by_role("button", name="Hand in").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("heading", name="Hand in “The lamp”?")).to_be_visible(timeout=30_000)
    learner.see("5-hand-in")
    started = time.monotonic()
    dialog.get_by_role("button", name="Hand in").click()
    expect(dialog.get_by_role("heading", name="“The lamp” is handed in")).to_be_visible(timeout=30_000)
    arrived = time.monotonic()
    expect(learner.card("The bill")).to_contain_text("Open", timeout=2000)
    print(f"receipt after {arrived - started:.2f} s, the door {time.monotonic() - arrived:.2f} s later")
    expect(dialog).to_contain_text("Next: “The bill” is open.")
    learner.check_accessibility("[role=dialog]")
    learner.see("6-receipt")
    # What was handed in is what was written, to the letter.
    with learner.up.exchange("author") as author:
        row = author.submissions("tiny", "first")[-1]
        (content,) = author.contents("tiny", "first", [row.submission])
    notebook = next(bytes(f.content) for f in content.files if f.path == "first.ipynb")
    assert PROSE in notebook.decode()
    dialog.get_by_role("button", name="Open “The bill”").click()


def _walks_through_the_second_module(learner: Person) -> None:
    page = learner.page
    bill = page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)").locator("[data-prompt=p1]")
    expect(bill.get_by_role("heading", name="Who pays")).to_be_visible(timeout=60_000)
    assert not learner.has_on_disk("CANARY-bill")
    bill.get_by_label("Nobody: let it be").check()
    bill.get_by_label("Your reason").fill("It was a few cents.")
    bill.get_by_role("button", name="Commit", exact=True).click()
    bill.get_by_role("button", name="Yes, commit").click()
    expect(bill).to_contain_text("CANARY-bill: it was 40 cents.", timeout=30_000)
    learner.card("The bill").get_by_role("button", name="Hand in “The bill”").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Hand in").click(timeout=30_000)
    expect(dialog.get_by_role("heading", name="“The bill” is handed in")).to_be_visible(timeout=30_000)
    dialog.get_by_role("button", name="Close").click()
    expect(page.get_by_text("2 of 2 modules submitted")).to_be_visible()
    learner.see("7-through")


def _author_sees_the_course(up: Up, browser: Browser) -> None:
    with person(browser, up, "author", up.password) as author:
        # Who teaches begins with the course's folder.
        for name in ("modules", "cases", "release"):
            expect(author.page.locator(".jp-DirListing-item").get_by_text(name, exact=True)).to_be_visible()
        author.page.get_by_role("tab", name="Course").click()
        expect(author.page.get_by_role("button", name="Review answers")).to_be_visible()
        author.see("8-author")


def _grader_marks(up: Up, browser: Browser) -> None:
    """Collect and grade as in a terminal, mark the written answer in the review panel, give feedback."""
    _as_grader(up, "nbgrader", "collect", "first")
    _as_grader(up, "coursekit", "grade", "first")
    with person(browser, up, "grader", up.password) as grader:
        page = grader.page
        page.get_by_role("tab", name="Course").click()
        page.get_by_role("button", name="Review answers").click()
        page.get_by_role("button", name="Your view, across all learners").click(timeout=60_000)
        expect(page.get_by_label("The answer")).to_contain_text("I would not look for anybody")
        # Whose it is, nobody is told who did not ask.
        expect(page.get_by_role("region", name="Review")).not_to_contain_text("maria")
        marks = page.get_by_role("form", name="Marks")
        for group in marks.locator("fieldset").all():
            group.get_by_role("radio").nth(1).click()
        marks.get_by_label("Comment to the learner").fill("Say what asking around costs.")
        grader.check_accessibility(".ck-review")
        grader.see("9-review")
        marks.get_by_role("button", name="Save and next").click()
        expect(page.get_by_text("Nothing waits here any more.").first).to_be_visible(timeout=30_000)
    _as_grader(up, "coursekit", "feedback", "first", "--release")


def _reads_feedback(learner: Person) -> None:
    page = learner.page
    # Written elsewhere, and found within one look at the exchange.
    button = learner.card("The lamp").get_by_role("button", name="Read feedback on “The lamp”")
    button.click(timeout=30_000)
    view = page.locator(".ck-feedback")
    expect(view.get_by_role("heading", name="Feedback on “The lamp”")).to_be_visible()
    own = view.get_by_role("region", name="Your view")
    expect(own).to_contain_text(PROSE)
    expect(own).to_contain_text("Say what asking around costs.")
    learner.check_accessibility(".ck-feedback")
    learner.see("10-feedback")


def _as_grader(up: Up, *command: str) -> None:
    token = up.token("grader")
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=up.data / "course",
        env={**environment(), "COURSEKIT_URL": up.url + "/services/coursekit", "COURSEKIT_TOKEN": token},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
