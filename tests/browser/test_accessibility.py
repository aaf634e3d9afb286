"""The module as a page is for everybody: axe on each prompt in each state, light and dark; focus, names, motion."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, Route, expect
from support.before_the_learner import EACH_KIND, Course
from support.labserver import TOKEN
from support.learner_rooms import browser, course, house, lab

__all__ = ["browser", "course", "house", "lab"]

THEMES = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}
OURS = ".ck-reading .ck-reading-head, .ck-reading .ck-beneath"


def faults(page: Page, inside: str) -> list[str]:
    """What axe finds there, of whatever weight."""
    # Which headings stand above a prompt is the author's; ours fit below “## Part” (as a test below says).
    options = {"rules": {"heading-order": {"enabled": False}}}
    found = Axe().run(
        page, context={"include": [[one.strip()] for one in inside.split(",")]}, options=options
    )
    return [
        f"{fault['id']} ({fault['impact']}): {node['html'][:200]} {node['failureSummary']}"
        for fault in found.response["violations"]
        for node in fault["nodes"]
    ]


@contextmanager
def themed(course: Course, theme: str, answers: Mapping[str, Any] | None = None) -> Iterator[Page]:
    """The module before a learner who likes it light, or dark. `answers`: what the server says at its ends."""
    course.lab.line.put(
        f"{course.lab.url}/lab/api/settings/@jupyterlab/apputils-extension:themes",
        json={"raw": f'{{"theme": "{THEMES[theme]}"}}'},
        headers={"Authorization": f"token {TOKEN}"},
    ).raise_for_status()
    with course.context() as context:
        for address, answer in (answers or {}).items():
            context.route(re.compile(rf"/coursekit/api/.*/{address}(\?|$)"), partial(_fulfil, answer))
        page = context.new_page()
        course.open(page)
        light = str(theme == "light").lower()
        page.wait_for_selector(f"body[data-jp-theme-light={light}]", state="attached")
        page.locator(".ck-beneath").last.wait_for(timeout=30_000, state="attached")
        yield page


def _fulfil(answer: Any, route: Route) -> None:
    route.fulfill(json=answer)


def prompt(page: Page, name: str) -> Locator:
    found = page.locator(f".ck-beneath [data-prompt={name}]")
    found.scroll_into_view_if_needed()
    return found


def fill(page: Page) -> None:
    """An answer to everything, typed and chosen."""
    prompt(page, "e1").get_by_label("Your estimate (hours)").fill("8")
    decision = prompt(page, "p2")
    decision.get_by_label("Go and look").check()
    decision.get_by_label("Your reason").fill("To see it.")
    prompt(page, "c1").get_by_label("a little").check()
    skills = prompt(page, "s1")
    for skill in ("Listening", "Counting"):
        skills.get_by_role("group", name=skill).get_by_label("much").check()
    plan = prompt(page, "l1")
    plan.get_by_label("What first?").fill("Look for it.")
    plan.get_by_label("Until when?").fill("Tomorrow.")
    editor = page.get_by_label("Your answer: What do you see?")
    editor.scroll_into_view_if_needed()
    editor.click()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text("Three lamps in a row.")


def press(block: Locator, name: str) -> None:
    block.get_by_role("button", name=name, exact=True).click()


@pytest.mark.parametrize("theme", THEMES)
def test_axe_finds_nothing_in_any_prompt_in_any_state(course: Course, theme: str) -> None:
    course.release("first", EACH_KIND)
    with themed(course, theme) as page:
        assert faults(page, OURS) == []
        # Refused, with a sentence.
        for kind in EACH_KIND:
            if kind["id"] not in ("a1", "p1"):
                block = prompt(page, kind["id"])
                press(block, "Commit")
                expect(block.get_by_role("alert")).to_be_visible(timeout=15_000)
        assert faults(page, OURS) == []
        # Asked whether it is meant.
        fill(page)
        for kind in EACH_KIND:
            block = prompt(page, kind["id"])
            if kind["id"] != "a1":
                press(block, "Commit")
                expect(block.get_by_role("button", name="Yes, commit")).to_be_visible(timeout=15_000)
        assert faults(page, OURS) == []
        # Sealed, with what it opens.
        for kind in EACH_KIND:
            if kind["id"] != "a1":
                block = prompt(page, kind["id"])
                press(block, "Yes, commit")
                expect(block.get_by_role("heading", name="What this opens")).to_be_visible(timeout=30_000)
        assert faults(page, OURS) == []
        # Revised, in a form and in the text.
        for name in ("p2", "p1"):
            press(prompt(page, name), "Add a revision")
            expect(prompt(page, name).get_by_role("heading", name="Your revision")).to_be_visible()
        assert faults(page, OURS) == []


@pytest.mark.parametrize("theme", THEMES)
def test_axe_finds_nothing_in_what_came_back_on_the_answers(course: Course, theme: str) -> None:
    """Feedback beside each answer, and what the checks saw of a newer submission."""
    course.release("first", EACH_KIND)
    check = {"label": "Says *how many*", "state": "found", "quote": "Three", "start": 0, "end": 5}
    item = {
        **{
            "title": "",
            "question": "",
            "answer": "Three lamps.",
            "is_code": False,
            "score": 1,
            "max_score": 2,
        },
        **{"waiting": False, "comment": "See **this**: https://example.org.", "rows": [], "left_out": 0},
        **{"problem": "", "parts": [{"label": "The sum", "score": 1, "max_score": 2, "waiting": True}]},
        **{"checks": [check, {**check, "state": "maybe"}, {**check, "state": "not-found", "quote": ""}]},
        **{"next_step": "Say where they stand.", "checks_note": "A person reads your answer."},
    }
    feedback = {
        **{"submission": "s" * 32, "submitted_at": "2027-01-01T08:00:00+00:00", "score": 2, "max_score": 4},
        **{"given_at": "2027-01-02T08:00:00+00:00", "penalty": 0, "waiting": 1},
        "items": [{**item, "prompt": "p1"}, {**item, "prompt": "p2", "waiting": True}],
    }
    pointer = {"ask": "Says how many", "text": "It does.", "quote": "Three", "start": 0, "end": 5}
    pointers = {
        **{"module": "first", "state": "checked", "submission": "t" * 32, "submitted_at": None},
        "prompts": [
            {
                **{"prompt": name, "title": name, "next_step": "Say where.", "appealed": appealed},
                **{"footer": "A person decides.", "pointers": [{**pointer, "state": "found"}]},
            }
            for name, appealed in (("p1", False), ("p2", True))
        ],
    }
    with themed(course, theme, {"feedback": [feedback], "pointers": pointers}) as page:
        for name in ("p1", "p2"):
            for heading in ("Feedback", "What the checks saw"):
                expect(prompt(page, name).get_by_role("group", name=heading)).to_be_visible()
        assert faults(page, OURS) == []
        first = prompt(page, "p1")
        first.get_by_role("button", name="A person should read this").click()
        expect(first.get_by_role("textbox")).to_be_focused()
        assert faults(page, OURS) == []


def test_focus_is_seen_on_everything_that_can_have_it(course: Course) -> None:
    course.release("first", EACH_KIND)
    with themed(course, "light") as page:
        page.get_by_role("region", name="This module").get_by_role("button", name="Hand in").focus()
        seen: list[str] = []
        for _ in range(60):
            # In code, Tab is a key like others, and it is said how to go on.
            if "Press Escape" in page.evaluate(
                "document.activeElement.getAttribute('aria-description') ?? ''"
            ):
                page.keyboard.press("Escape")
            page.keyboard.press("Tab")
            here = page.evaluate(
                """() => {
                    const at = document.activeElement, inside = at.closest('.ck-beneath');
                    if (!inside) return null;
                    const style = getComputedStyle(at), box = at.closest('label') ?? at;
                    const ring = [style, getComputedStyle(box)].some(s =>
                        (s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2) || s.boxShadow !== 'none');
                    const block = inside.querySelector('[data-prompt]');
                    return [block.dataset.prompt + ' ' + at.tagName.toLowerCase(), ring];
                }"""
            )
            if here:
                what, ring = here
                assert ring, what
                seen.append(what)
        for wanted in (
            "e1 input",
            "e1 textarea",
            "e1 button",
            "p1 button",
            "p2 input",
            "s1 input",
            "l1 textarea",
        ):
            assert wanted in seen, (wanted, seen)


def test_every_field_and_button_can_be_told_from_the_others(course: Course) -> None:
    """By ear: each prompt is a region with its title, and what stands in it has a name."""
    course.release("first", EACH_KIND)
    with themed(course, "light") as page:
        for kind in EACH_KIND:
            region = page.get_by_role("region", name=str(kind["title"]), exact=True)
            expect(region).to_have_count(1)
            expect(region.get_by_role("button", name="Commit", exact=True)).to_have_count(1)
        named = page.locator(".ck-beneath :is(input, textarea, button, select)").evaluate_all(
            """nodes => nodes.filter(node => !(node.labels?.length || node.getAttribute('aria-label')
                || node.getAttribute('aria-labelledby') || node.textContent)).map(node => node.outerHTML)"""
        )
        assert named == []
        # A section of the module is “##”, and a prompt that stands in the text “###”: so are the others.
        levels = page.locator(".ck-beneath :is(h1, h2, h3, h4)").evaluate_all(
            "nodes => nodes.map(n => n.tagName)"
        )
        assert set(levels) == {"H3"}


def test_nothing_moves_for_who_asked_for_that(course: Course) -> None:
    course.release("first", EACH_KIND)
    for wish, moves in (("no-preference", True), ("reduce", False)):
        with course.context(reduced_motion=wish) as context:
            page = context.new_page()
            course.open(page)
            name = "c1" if moves else "s1"
            block = prompt(page, name)
            block.wait_for(timeout=30_000)
            for group in ("Your answer",) if moves else ("Listening", "Counting"):
                block.get_by_role("group", name=group).get_by_label("a little").check()
            press(block, "Commit")
            press(block, "Yes, commit")
            # Counted in the moment in which it comes.
            page.evaluate(
                """name => new Promise(done => {
                    const inside = document.querySelector(`.ck-beneath [data-prompt=${name}]`);
                    const look = () => {
                        const found = inside.querySelector('.ck-reveal');
                        if (found) { window.moved = found.getAnimations({subtree: true}).length; done(); }
                        else requestAnimationFrame(look);
                    };
                    look();
                })""",
                name,
            )
            assert (page.evaluate("window.moved") > 0) is moves


def test_at_twice_the_size_nothing_is_cut_off(course: Course) -> None:
    """WCAG 1.4.10: what is 1280 wide at its own size is 640 wide at twice the size."""
    course.release("first", EACH_KIND)
    with course.page(width=640) as page:
        page.locator(".ck-beneath").first.wait_for(timeout=30_000, state="attached")
        later = page.get_by_role("button", name="Stay here")
        if later.is_visible():
            later.click()
        cut = page.locator(".ck-beneath *").evaluate_all(
            """nodes => nodes.filter(node => node.scrollWidth > node.clientWidth + 1 && node.clientWidth > 0
                && getComputedStyle(node).overflowX === 'hidden').map(node => node.outerHTML.slice(0, 120))"""
        )
        assert cut == []
