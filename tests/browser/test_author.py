"""The author panel in a real browser: marking cells, findings as one types, the files beside the notebook."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect
from support.author_lab import ROOT, address, author_lab, cells
from support.before_the_learner import KERNEL
from support.labserver import Lab
from support.learner_rooms import browser

from coursekit.policy.up import nbgrader_settings
from coursekit.wiring import author

__all__ = ["browser"]

TINY = ROOT / "tests" / "courses" / "tiny"
FLAGS = {"grade": False, "locked": False, "schema_version": 3, "solution": False, "task": False}


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with author_lab(tmp_path_factory.mktemp("author"), TINY) as lab:
        yield lab


@pytest.fixture(scope="module")
def page(lab: Lab, browser: Browser) -> Iterator[Page]:
    with browser.new_context(viewport={"width": 1400, "height": 1000}, locale="en-GB") as context:
        page = context.new_page()
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(address(lab))
        expect(panel(page)).to_contain_text("The lamp", timeout=60_000)
        yield page
        assert not errors, errors


def panel(page: Page) -> Locator:
    return page.locator(".ck-author")


def button(page: Page, name: str) -> Locator:
    return panel(page).get_by_role("button", name=name, exact=True)


def choose(page: Page, words: str) -> Locator:
    """The cell with these words, made the active one."""
    cell = page.locator(".jp-Notebook .jp-Cell", has_text=words).first
    cell.scroll_into_view_if_needed()
    cell.locator(".jp-RenderedMarkdown:visible, .jp-InputArea-editor:visible").first.click()
    page.keyboard.press("Escape")
    return cell


def saved(page: Page, lab: Lab) -> dict[str, dict[str, Any]]:
    page.evaluate("jupyterapp.commands.execute('docmanager:save')")
    expect(page.locator(".jp-mod-dirty")).to_have_count(0)
    return {cell["id"]: cell for cell in cells(lab)}


def test_a_text_becomes_each_of_them_and_undo_takes_it_back(page: Page, lab: Lab) -> None:
    choose(page, "A lamp burned all night")
    expect(panel(page)).to_contain_text("Cell 4")
    expect(button(page, "Text")).to_have_attribute("aria-pressed", "true")
    # There is no prompt above it, and it is no code.
    expect(button(page, "Reveal")).to_have_attribute("aria-disabled", "true")
    expect(button(page, "Exhibit")).to_have_attribute("aria-disabled", "true")
    button(page, "Prompt").click()
    panel(page).get_by_label("Kind").select_option(label="Decision")
    panel(page).get_by_label("Title").fill("Your call")
    panel(page).get_by_label("Options: 1").fill("Look for them")
    panel(page).get_by_role("button", name="Remove “No”").click()
    panel(page).get_by_role("button", name="Add one").click()
    panel(page).get_by_label("Options: 2").fill("Let it be")
    panel(page).get_by_label("Fewest words").fill("5")
    panel(page).get_by_label("Minutes").click()
    now = saved(page, lab)
    story = now["story"]
    assert (story["cell_type"], "".join(story["source"])) == ("code", 'ck.decision("p4")')
    assert story["metadata"] == {
        "coursekit": {
            "prompt": {
                **{"id": "p4", "kind": "decision", "title": "Your call", "minutes": 5, "min_words": 5},
                "question": story["metadata"]["coursekit"]["prompt"]["question"],
                "options": [{"id": "yes", "label": "Look for them"}, {"id": "new", "label": "Let it be"}],
            }
        },
        "nbgrader": {**FLAGS, "grade_id": "p4", "locked": True},
    }
    # What coursekit check says of what is saved is what the panel says: nothing is revealed after it.
    found = [f for f in author.check(lab.root) if f.cell_id == "story"]
    assert [f.is_error for f in found] == [False]
    expect(panel(page)).to_contain_text(found[0].message)
    for _ in range(12):
        button(page, "Undo the last change of cells").click()
    original = {c["id"]: c for c in json.loads((TINY / "modules/first/first.ipynb").read_text())["cells"]}
    now = saved(page, lab)
    assert {k: c["metadata"] for k, c in now.items()} == {k: c["metadata"] for k, c in original.items()}
    assert "".join(now["story"]["source"]) == "".join(original["story"]["source"])


def test_a_reveal_a_note_and_an_exhibit(page: Page, lab: Lab) -> None:
    choose(page, "That was all")
    button(page, "Reveal").click()
    panel(page).get_by_label("Opens after").select_option("p2")
    assert saved(page, lab)["end"]["metadata"] == {"coursekit": {"reveal": {"after": "p2"}}}
    button(page, "Faculty note").click()
    assert saved(page, lab)["end"]["metadata"] == {"coursekit": {"faculty": True}}
    button(page, "Text").click()
    assert saved(page, lab)["end"]["metadata"] == {}
    choose(page, "CANARY-faculty-code")
    button(page, "Exhibit").click()
    assert saved(page, lab)["faculty-code"]["metadata"] == {
        "nbgrader": {**FLAGS, "grade_id": "faculty-code", "locked": True}
    }
    button(page, "Faculty note").click()
    assert saved(page, lab)["faculty-code"]["metadata"] == {"coursekit": {"faculty": True}}


def test_a_reveal_after_an_estimate_may_say_the_number(page: Page, lab: Lab) -> None:
    choose(page, "it burned for nine hours")
    panel(page).get_by_label("The number that it tells").fill("9,5")
    # Enter takes what was typed, as leaving the field does.
    panel(page).get_by_label("The number that it tells").press("Enter")
    held = {"after": "p1", "files": ["exhibits/night.csv"]}
    assert saved(page, lab)["p1-reveal"]["metadata"] == {"coursekit": {"reveal": {**held, "answer": 9.5}}}
    page.locator(".jp-Notebook .jp-Cell", has_text="CANARY-reveal-code").locator(
        ".jp-Cell-inputCollapser"
    ).click()
    expect(panel(page)).to_contain_text("Another cell after p1 says it already: 9.5.")
    choose(page, "it burned for nine hours")
    panel(page).get_by_label("The number that it tells").fill("")
    panel(page).get_by_label("Opens after").focus()
    assert saved(page, lab)["p1-reveal"]["metadata"] == {"coursekit": {"reveal": held}}
    panel(page).get_by_label("The number that it tells").fill("9.0417")
    panel(page).get_by_label("The number that it tells").press("Enter")
    assert saved(page, lab)["p1-reveal"]["metadata"] == {"coursekit": {"reveal": {**held, "answer": 9.0417}}}
    choose(page, "asking around took a whole morning")
    expect(panel(page).get_by_label("The number that it tells")).to_have_count(0)


def test_findings_come_as_one_types(page: Page) -> None:
    cell = choose(page, "You will answer three questions")
    page.keyboard.press("Enter")
    page.keyboard.press("Control+End")
    page.keyboard.type("\n\n![](exhibits/lamp.png)")
    finding = panel(page).locator(".ck-finding", has_text="exhibits/lamp.png")
    expect(finding).to_contain_text("Error", timeout=10_000)
    expect(cell).to_have_class(re.compile("ck-finding-error"))
    choose(page, "CANARY-third-reveal")
    finding.get_by_role("button", name="Cell 1").click()
    expect(page.locator(".jp-Cell.jp-mod-active")).to_contain_text("You will answer three questions")
    expect(panel(page)).to_contain_text("Mend the errors first.")
    page.keyboard.press("Enter")
    for _ in range(len("\n\n![](exhibits/lamp.png)")):
        page.keyboard.press("Backspace")
    expect(panel(page)).to_contain_text("Nothing is wrong.", timeout=10_000)
    expect(cell).not_to_have_class(re.compile("ck-finding"))


def test_a_rubric_is_written_and_a_conflict_is_said(page: Page, lab: Lab) -> None:
    file = lab.root / "modules/first/rubrics.yml"
    file.write_text("# Written by hand.\n" + file.read_text())
    part = panel(page).locator("details", has=page.get_by_text("Rubrics", exact=True))
    part.locator("summary").click()
    part.get_by_label("Title").fill("A view, with a fact or two")
    part.get_by_label("Levels: 2").first.fill("Uses the lamp, or its hours.")
    part.get_by_label("Title").click()
    expect(part).to_contain_text("Not saved yet.")
    part.get_by_role("button", name="Save").click()
    expect(part.get_by_role("status")).to_have_text("")
    text = file.read_text()
    assert text.startswith("# Written by hand.\n")
    assert "title: A view, with a fact or two\n" in text
    assert "2: Uses the lamp, or its hours.\n" in text
    file.write_text(text + "# Somebody else.\n")
    part.get_by_label("Title").fill("Lost?")
    part.get_by_label("Levels: 2").first.click()
    part.get_by_role("button", name="Save").click()
    expect(part.get_by_role("alert")).to_contain_text("changed by somebody else")
    assert "Lost?" not in file.read_text()
    part.get_by_role("button", name="Throw my changes away").click()
    expect(part.get_by_label("Title")).to_have_value("A view, with a fact or two")
    part.locator("summary").click()


def test_a_sample_answer_is_added(page: Page, lab: Lab) -> None:
    part = panel(page).locator("details", has=page.get_by_text("Sample answers", exact=True))
    part.locator("summary").click()
    part.get_by_label("To which prompt").select_option("p2")
    part.get_by_role("button", name="Add a sample answer").click()
    last = part.locator("fieldset", has=page.get_by_text("p2-1", exact=True))
    last.get_by_label("Answer").fill("The lamp burned for nine hours. I would ask.")
    last.get_by_label("Cites a fact").select_option("2")
    last.get_by_label("An honest attempt").check()
    part.get_by_role("button", name="Save").click()
    expect(part.get_by_role("status")).to_have_text("")
    text = (lab.root / "modules/first/exemplars.yml").read_text()
    assert "text: The lamp burned for nine hours. I would ask." in text
    assert not [f for f in author.check(lab.root) if f.is_error]


def test_it_is_accessible(page: Page) -> None:
    choose(page, "Would you look for whoever")
    page.locator(".jp-Notebook .jp-Cell", has_text="ck.estimate").first.click()
    found = Axe().run(page, context=".ck-author-widget").response["violations"]
    assert not [(v["id"], [n["html"] for n in v["nodes"]][:3]) for v in found]
    # By keyboard alone: from one mark to the next, and back into the notebook.
    button(page, "Text").focus()
    page.keyboard.press("Tab")
    expect(button(page, "Prompt")).to_be_focused()


def test_who_only_learns_has_none(lab: Lab, browser: Browser) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        row = {"course": "tiny", "title": "Tiny", "role": "learner"}
        page.route("**/coursekit/api/courses?*", lambda route: route.fulfill(json=[row]))
        with page.expect_response("**/coursekit/api/courses?*"):
            page.goto(address(lab))
        page.locator(".jp-Notebook").wait_for(timeout=60_000)
        page.wait_for_timeout(1500)
        expect(panel(page)).to_have_count(0)
        assert not [url for url in asked if "/author." in url]


def test_a_notebook_that_is_no_master_has_none(lab: Lab, page: Page) -> None:
    Path(lab.root / "other.ipynb").write_text(
        json.dumps({"cells": [], "metadata": KERNEL, "nbformat": 4, "nbformat_minor": 5})
    )
    page.evaluate("jupyterapp.commands.execute('docmanager:open', {path: 'other.ipynb'}).then(() => null)")
    expect(panel(page)).to_contain_text("Open a module’s notebook to write in it.", timeout=20_000)


def test_a_preview_and_what_a_release_would_change(lab: Lab, page: Page) -> None:
    (lab.root / "nbgrader_config.py").write_text(nbgrader_settings("tiny", None))
    page.evaluate(
        "jupyterapp.commands.execute('docmanager:open', {path: 'modules/first/first.ipynb'}).then(() => null)"
    )
    expect(panel(page)).to_contain_text("The lamp", timeout=20_000)
    part = panel(page).locator("details", has=page.get_by_text("Preview and release", exact=True))
    part.locator("summary").click()
    part.get_by_role("button", name="Preview as learners will see it").click()
    found = part.get_by_role("link", name="Open the preview")
    expect(found).to_have_attribute(
        "href", re.compile(r"^http://127\.0\.0\.1:\d+/lab/tree/first/"), timeout=60_000
    )
    part.get_by_role("button", name="See what a release would change").click()
    changes = part.get_by_role("region", name="What would change")
    expect(changes).to_contain_text("Nothing was released from here yet: all of it is new.", timeout=180_000)
    for words in ("Prompts, new: p1, p2, p3", "Reveals after, new: p1, p2, p3", "exhibits/rooms.csv"):
        expect(changes).to_contain_text(words)
    changes.get_by_role("button", name="Release it to learners").click()
    # Nobody has signed in to an exchange here.
    expect(part.get_by_role("alert")).to_contain_text("coursekit login")
