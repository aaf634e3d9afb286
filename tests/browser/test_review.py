"""The review panel, in a real browser: by keyboard alone, by mouse, two graders at once."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, expect, sync_playwright
from support.browser import opened
from support.labserver import TOKEN
from support.marked import MODULE
from support.prose_course import TEXTS, make_prose_course
from support.review_server import Grader, running_graders
from support.small_course import Course

from coursekit.wiring import prose, reflections

ROOT = Path(__file__).parents[2]
PEOPLE = {"gail": "grader", "gil": "instructor", "ada": "learner"}
MARKUP = "<img src=x onerror=\"document.title='caught'\"> <b>bold</b> \u202eevil 🎈\n\n"
LEVELS = {"evidence": 2, "position": 2, "test": 1}


@dataclass
class Class:
    """Six answers of which nothing is marked, and whoever comes to read them."""

    course: Course
    people: dict[str, Grader]
    browser: Browser

    @contextmanager
    def page(self, who: str = "gail", width: int = 1280) -> Iterator[Page]:
        """Somebody's browser, with the lab loaded."""
        context = self.browser.new_context(viewport={"width": width, "height": 900})
        page = context.new_page()
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(f"{self.people[who].lab.url}/lab?reset&token={TOKEN}")
        page.locator(".jp-Launcher").wait_for(timeout=60_000)
        yield page
        context.close()
        assert not errors, errors

    def marks(self) -> dict[str, tuple[float | None, str | None]]:
        """Learner → points and comment, of those that a person has marked."""
        found = {}
        for name, row in self.course.rows().items():
            one = row["notebooks"]["main"]
            if one["grades"]["essay"][1] is not None:
                found[name] = (one["grades"]["essay"][1], one["comments"]["essay"][1])
        return found

    def queue(self, order: str = "doubt") -> list[str]:
        items = self.people["gail"].get(f"{MODULE}/queue?prompt=essay&order={order}")["items"]
        return [item["id"] for item in items]

    def name(self, item: str) -> str:
        return str(self.people["gil"].get(f"{MODULE}/items/{item}/name")["name"])

    def decide(self, who: str, item: str, levels: dict[str, int]) -> None:
        seen = self.people[who].get(f"{MODULE}/items/{item}")
        body = {"levels": levels, "expected": seen["expected"]}
        assert self.people[who].ask("POST", f"{MODULE}/items/{item}/decision", body).is_success


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("made") / "course"
    texts = {f"learner-{n}": TEXTS[n] for n in range(4)} | {"twin-1": TEXTS[4], "twin-2": TEXTS[4]}
    make_prose_course(root, texts | {"learner-0": MARKUP + TEXTS[0]})
    report = reflections.check(prose.find_place(root, MODULE), drafts=True)
    assert report is not None
    assert report.checked == 6
    return root


@pytest.fixture(scope="module")
def running(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Class]:
    tmp = tmp_path_factory.mktemp("running")
    root = tmp / "course"
    shutil.copytree(made, root)
    config = root / "nbgrader_config.py"
    config.write_text(config.read_text().replace(str(made), str(root)))
    with (
        running_graders(tmp, root, "kit", PEOPLE, ROOT / "coursekit" / "labextension") as people,
        sync_playwright() as playwright,
    ):
        browser = opened(playwright)
        yield Class(Course(root), people, browser)
        browser.close()


@pytest.fixture
def class_(running: Class, made: Path) -> Class:
    """As it was before anybody marked anything."""
    shutil.copy2(made / "gradebook.db", running.course.root)
    shutil.rmtree(running.course.root / ".coursekit")
    shutil.copytree(made / ".coursekit", running.course.root / ".coursekit")
    return running


def command(page: Page, label: str) -> None:
    """By the command palette."""
    page.keyboard.press("Control+Shift+c")
    page.locator("#modal-command-palette input").wait_for()
    page.keyboard.type(label)
    page.locator("#modal-command-palette .lm-CommandPalette-item").first.wait_for()
    page.keyboard.press("Enter")


def open_queue(page: Page, button: str = "Why?, the doubtful first") -> None:
    command(page, "Review written answers")
    page.get_by_role("button", name=button).press("Enter")
    page.locator(".ck-review-answer").wait_for()


def progress(page: Page, text: str) -> None:
    expect(page.locator(".ck-review-progress")).to_have_text(text)


def position(page: Page) -> int:
    """Which one is shown, from 1."""
    shown = page.locator(".ck-review-item[aria-current]").inner_text()
    return int(re.findall(r"\d+", shown)[0])


def no_serious(page: Page) -> None:
    """Nothing that keeps somebody out."""
    found = Axe().run(page, context=".ck-review-widget").response["violations"]
    serious = [v for v in found if v["impact"] in ("serious", "critical")]
    assert not serious, [(v["id"], [n["html"] for n in v["nodes"]]) for v in serious]


def test_the_whole_way_by_keyboard_alone(class_: Class) -> None:
    queue = class_.queue()
    with class_.page() as page:
        command(page, "Review written answers")
        # What waits is asked for first: until it is there, there is nothing to come to.
        expect(page.get_by_role("button", name="Read what waits")).to_be_visible()
        # Tab by Tab to what waits.
        for _ in range(20):
            page.keyboard.press("Tab")
            if page.locator("button:focus").filter(has_text="Read what waits").count():
                break
        page.keyboard.press("Enter")
        expect(page.locator("#ck-review-title")).to_be_focused()
        progress(page, "0 of 6, 3 flagged")
        page.keyboard.type("22")
        expect(page.locator(".ck-review-bar").get_by_role("status")).to_have_text("4 of 5 points.")
        page.keyboard.type("1")
        page.keyboard.press("c")
        expect(page.get_by_label("Comment to the learner")).to_be_focused()
        # No key but a letter here.
        page.keyboard.type("Josué: n, j, u, s and 0?")
        page.keyboard.press("Escape")
        expect(page.locator("#ck-review-title")).to_be_focused()
        page.keyboard.press("Enter")
        progress(page, "1 of 6, 2 flagged")
        expect(page.locator(".ck-review-bar").get_by_role("status")).to_contain_text(
            "5 of 5 points are entered."
        )
        assert class_.marks() == {class_.name(queue[0]): (5.0, "Josué: n, j, u, s and 0?")}
        # On, back, and on again without saving.
        page.keyboard.press("n")
        page.keyboard.press("j")
        page.keyboard.press("k")
        page.keyboard.press("p")
        page.keyboard.press("p")
        expect(page.locator(".ck-review-item").first).to_have_attribute("aria-current", "true")
        page.keyboard.press("u")
        progress(page, "0 of 6, 3 flagged")
        assert class_.marks() == {}
        page.keyboard.press("?")
        expect(page.get_by_role("region", name="Keys")).to_be_visible()


def test_what_is_typed_ahead_goes_to_the_answer_that_it_was_meant_for(class_: Class) -> None:
    queue = class_.queue()
    with class_.page() as page:
        open_queue(page)
        for keys in ("221", "000", "111", "210"):
            page.keyboard.type(keys)
            page.keyboard.press("Enter")
        progress(page, "4 of 6")
        given = [class_.marks()[class_.name(item)][0] for item in queue[:4]]
        assert given == [5, 0, 3, 3]


def test_by_mouse_with_a_comment_out_of_the_bank(class_: Class) -> None:
    with class_.page() as page:
        open_queue(page)
        marks = page.get_by_role("form", name="Marks")
        for group, level in enumerate((1, 2, 0)):
            marks.locator("fieldset").nth(group).get_by_role("radio").nth(level).click()
        marks.get_by_label("Comment to the learner").fill("Say where the number is from.")
        marks.locator("summary").click()
        marks.get_by_role("button", name="Save this comment").click()
        expect(marks.get_by_role("button", name="Say where the number is from.", exact=True)).to_be_visible()
        marks.get_by_role("button", name="Save and next").click()
        progress(page, "1 of 6, 2 flagged")
        marks.locator("summary").click()
        marks.get_by_role("button", name="Say where the number is from.", exact=True).click()
        expect(marks.get_by_label("Comment to the learner")).to_have_value("Say where the number is from.")
        page.locator(".ck-review-queue").get_by_role("button", name="Next").click()
        expect(page.locator(".ck-review-item").nth(2)).to_have_attribute("aria-current", "true")
        page.locator(".ck-review-item").first.click()
        # What was marked is there to be changed.
        expect(marks.get_by_text("It has 3 points by a person.")).to_be_visible()
        expect(marks.locator("fieldset").nth(1).get_by_role("radio").nth(2)).to_be_checked()
        marks.get_by_role("button", name="Undo").click()
        progress(page, "0 of 6, 3 flagged")


def test_evidence_is_marked_and_flashes_when_it_is_asked_for(class_: Class) -> None:
    with class_.page() as page:
        open_queue(page)
        found = page.get_by_role("button", name="Show the evidence for criterion 1")
        for _ in range(5):
            if found.count():
                break
            page.keyboard.press("n")
            page.wait_for_timeout(300)
        evidence = page.locator("mark.ck-review-evidence")
        expect(evidence.first).to_be_visible()
        assert "underline" in evidence.first.evaluate("node => getComputedStyle(node).textDecorationLine")
        found.click()
        expect(page.locator("mark.ck-review-flash")).not_to_have_count(0)


def test_names_are_hidden_until_somebody_asks(class_: Class) -> None:
    with class_.page() as page:
        sent: list[str] = []
        page.on("response", lambda r: sent.append(r.text()) if "/api/review/" in r.url else None)
        open_queue(page)
        assert not any(name in text for text in sent for name in class_.course.rows())
        page.get_by_role("button", name="Show the name").click()
        expect(page.locator(".ck-review-name")).to_have_text(class_.name(class_.queue()[0]))
        page.keyboard.press("n")
        # Of the next one, it is to be asked for again.
        expect(page.get_by_role("button", name="Show the name")).to_be_visible()


def test_learners_words_are_words(class_: Class) -> None:
    with class_.page() as page:
        open_queue(page)
        words = page.locator(".ck-review-words")
        for _ in range(6):
            if "onerror" in words.inner_text():
                break
            page.keyboard.press("n")
            page.wait_for_timeout(300)
        expect(words).to_contain_text(
            "<img src=x onerror=\"document.title='caught'\"> <b>bold</b> \ufffdevil 🎈"
        )
        assert words.locator("img, b").count() == 0
        assert page.title() != "caught"


def test_two_graders_on_one_answer(class_: Class) -> None:
    first, second = class_.queue()[:2]
    with class_.page() as page:
        open_queue(page)
        page.keyboard.type("221")
        class_.decide("gil", first, {"evidence": 0, "position": 1, "test": 0})
        page.keyboard.press("Enter")
        told = page.get_by_role("alert").filter(has_text="Somebody else has marked this answer")
        expect(told).to_contain_text("1 points now")
        # What is pressed without looking changes nothing.
        page.keyboard.type("000")
        expect(page.get_by_role("button", name="Leave it so, and go on")).to_be_focused()
        no_serious(page)
        page.keyboard.press("Enter")
        expect(told).to_have_count(0)
        assert class_.marks() == {class_.name(first): (1.0, None)}
        expect(page.locator(".ck-review-item").nth(1)).to_have_attribute("aria-current", "true")
        page.keyboard.type("111")
        class_.decide("gil", second, LEVELS)
        page.keyboard.press("Enter")
        page.get_by_role("button", name="Put my 3 points in its place").click()
        progress(page, "2 of 6, 1 flagged")
        assert class_.marks()[class_.name(second)][0] == 3


def test_one_question_across_all_learners(class_: Class) -> None:
    with class_.page() as page:
        open_queue(page, "Why?, across all learners")
        order = class_.queue("random")
        assert position(page) == 1
        page.keyboard.type("221")
        page.keyboard.press("Enter")
        expect(page.locator(".ck-review-progress")).to_contain_text("1 of 6")
        assert list(class_.marks()) == [class_.name(order[0])]


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
@pytest.mark.parametrize("width", [1280, 640])
def test_nobody_is_kept_out(class_: Class, theme: str, width: int) -> None:
    with class_.page(width=width) as page:
        command(page, f"Use Theme: {theme}")
        dark = "false" if "Dark" in theme else "true"
        page.locator(f"body[data-jp-theme-light={dark}]").wait_for(state="attached")
        command(page, "Review written answers")
        page.locator(".ck-review-module").wait_for()
        no_serious(page)
        page.get_by_role("button", name="Why?, the doubtful first").press("Enter")
        page.locator(".ck-review-answer").wait_for()
        page.keyboard.type("2")
        page.keyboard.press("?")
        no_serious(page)
        # Nothing is wider than the page.
        wide = "node => node.scrollWidth - node.clientWidth"
        assert page.locator(".ck-review-widget").evaluate(wide) <= 1


def test_keys_can_be_switched_off(class_: Class) -> None:
    with class_.page() as page:
        open_queue(page)
        page.keyboard.press("?")
        page.get_by_label("Use these keys").uncheck()
        page.locator("#ck-review-title").focus()
        page.keyboard.type("221n")
        page.keyboard.press("Enter")
        expect(page.get_by_text("0 of 5 points")).to_be_visible()
        assert position(page) == 1
        assert class_.marks() == {}


def test_a_learner_does_not_even_see_it(class_: Class) -> None:
    with class_.page("ada") as page:
        page.locator(".ck-course").wait_for()
        page.keyboard.press("Control+Shift+c")
        page.locator("#modal-command-palette input").wait_for()
        page.keyboard.type("Review written")
        expect(page.locator("#modal-command-palette .lm-CommandPalette-item")).to_have_count(0)


def test_the_exchange_says_no_and_the_panel_says_why(class_: Class) -> None:
    with class_.page() as page:
        open_queue(page)
        problem = {
            "code": "not-a-grader",
            "detail": "You are no grader any more.",
            "next_step": "Ask the staff.",
        }

        def answer(route: Route) -> None:
            route.fulfill(status=403, content_type="application/problem+json", json=problem)

        page.route(re.compile(r"/decision\b"), answer)
        page.keyboard.type("221")
        page.keyboard.press("Enter")
        expect(page.locator(".ck-review-trouble")).to_have_text("You are no grader any more. Ask the staff.")
        # What was said is not lost by it.
        expect(page.get_by_text("5 of 5 points", exact=True)).to_be_visible()
        page.unroute_all()
        page.keyboard.press("Enter")
        progress(page, "1 of 6, 2 flagged")
        expect(page.locator(".ck-review-trouble")).to_have_count(0)
