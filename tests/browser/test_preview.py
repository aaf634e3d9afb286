"""`coursekit preview` with a real exchange, a real lab and a browser, while its author writes on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from support.learner_rooms import browser
from support.preview import Previewed

__all__ = ["browser"]

VIEW = "I would not look for anybody, it was one lamp."


@pytest.fixture(scope="module")
def preview(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Previewed]:
    begun = Previewed(tmp_path_factory.mktemp("preview")).begin()
    yield begun
    begun.stop()


@pytest.fixture(scope="module")
def read_through(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Previewed]:
    """Another one, that starts while the first is looked at."""
    begun = Previewed(tmp_path_factory.mktemp("read"), ("--as-committed",)).begin()
    yield begun
    begun.stop()


@pytest.fixture(scope="module")
def page(preview: Previewed, browser: Browser) -> Iterator[Page]:
    """The author's browser, at the one address that they were told."""
    with browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB") as context:
        page = context.new_page()
        page.goto(preview.url)
        expect(page.locator("#jupyterlab-splash")).to_have_count(0, timeout=60_000)
        expect(block(page, "p1")).to_be_visible(timeout=30_000)
        yield page


def block(page: Page, name: str) -> Locator:
    return page.locator(f".ck-beneath [data-prompt={name}]")


def bar(page: Page) -> Locator:
    return page.get_by_role("region", name="Preview")


def answer(page: Page) -> Locator:
    return page.locator(".ck-answer-cell .cm-content").first


def belonging(preview: Previewed) -> list[int]:
    """Processes that know the preview's own folder, itself left out."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get("COURSEKIT_PREVIEW", "").startswith(str(preview.home)):
                found.append(process.pid)
        except psutil.Error:
            continue
    return found


def test_it_is_what_learners_see(preview: Previewed, page: Page) -> None:
    assert belonging(preview)
    assert preview.text.count("http://") == 1
    expect(bar(page)).to_contain_text("As learners will see it. Nothing here counts.")
    expect(page.locator(".jp-Notebook")).to_contain_text("A lamp burned all night.")
    assert "CANARY" not in page.content()
    folder = next((preview.home / "tmp").glob("coursekit-preview-*"))
    assert not [p for p in (folder / "work").rglob("*") if p.is_file() and b"CANARY" in p.read_bytes()]


def test_a_reveal_opens_on_commit(page: Page) -> None:
    block(page, "p1").get_by_label("Your estimate").fill("9")
    expect(block(page, "p1")).to_contain_text("Saved", timeout=10_000)
    block(page, "p1").get_by_role("button", name="Commit", exact=True).click()
    block(page, "p1").get_by_role("button", name="Yes, commit").click()
    expect(block(page, "p1")).to_contain_text("CANARY-reveal-text: it burned", timeout=20_000)
    expect(block(page, "p1")).to_contain_text("CANARY-reveal-output 3 3")


def test_the_page_follows_what_is_saved_and_keeps_what_was_typed(preview: Previewed, page: Page) -> None:
    answer(page).click()
    page.keyboard.type(VIEW)
    before = len(preview.text)
    # It names the exhibit as before: another exhibit beside the code would be another run.
    preview.write(
        "story", "Two lamps burned all night. The hours of the other rooms are in `exhibits/rooms.csv`."
    )
    expect(page.locator(".jp-Notebook")).to_contain_text("Two lamps burned all night.", timeout=30_000)
    seconds = float(preview.wait(r"on the page ([\d.]+) s after you saved", before)[1])
    print(f"from save to shown: {seconds} s")
    assert seconds < 15
    # No kernel was started for a sentence.
    assert "run " not in preview.text[before:]
    expect(answer(page)).to_have_text(VIEW)
    expect(block(page, "p1")).to_contain_text("CANARY-reveal-text: it burned", timeout=20_000)
    expect(bar(page)).to_contain_text("As learners will see it.")


def test_a_new_prompt_s_field_is_shown(preview: Previewed, page: Page) -> None:
    def rename(cell: dict[str, Any]) -> None:
        cell["metadata"]["coursekit"]["prompt"]["title"] = "Hours of both"

    preview.edit("p1", rename)
    expect(block(page, "p1")).to_contain_text("Hours of both", timeout=30_000)


def test_mistakes_are_shown_and_it_goes_on(preview: Previewed, page: Page) -> None:
    before = len(preview.text)

    def misspell(cell: dict[str, Any]) -> None:
        cell["metadata"]["coursekit"]["prompt"]["rubric"] = "veiw"

    def mend(cell: dict[str, Any]) -> None:
        cell["metadata"]["coursekit"]["prompt"]["rubric"] = "view"
        cell["source"] = "A better answer."

    preview.edit("p2", misspell)
    found = preview.wait(r"modules/first/first\.ipynb:cell 9 \(p2\)  CK\d+ error  .*veiw.*\n    \S.*", before)
    preview.wait("The page stays as it was: mend this and save.", found.end())
    expect(bar(page).get_by_role("alert")).to_contain_text(
        "first.ipynb, cell 9: The prompt p2", timeout=10_000
    )
    expect(bar(page).get_by_role("alert")).to_contain_text("veiw")
    expect(page.locator(".jp-Notebook")).to_contain_text("Two lamps burned all night.")
    preview.edit("p2", mend)
    expect(bar(page).get_by_role("alert")).to_have_count(0, timeout=30_000)
    before = len(preview.text)
    preview.write("p1-reveal-table", "1 / 0")
    preview.wait(r"cell 7 \(p1-reveal-table\) failed: ZeroDivisionError", before)
    expect(bar(page).get_by_role("alert")).to_contain_text("ZeroDivisionError", timeout=10_000)
    preview.write("p1-reveal-table", "print(rooms)")
    expect(bar(page).get_by_role("alert")).to_have_count(0, timeout=30_000)


def test_start_over(page: Page, read_through: Previewed) -> None:
    assert read_through.process is not None
    bar(page).get_by_role("button", name="Start over").click()
    expect(answer(page)).not_to_contain_text(VIEW, timeout=30_000)
    expect(block(page, "p1").get_by_role("button", name="Commit", exact=True)).to_be_visible(timeout=20_000)
    assert "CANARY" not in page.locator(".jp-Notebook").inner_text()
    expect(page.locator(".ck-reading-bar")).to_contain_text("0 of 2 committed")


def test_ctrl_c_leaves_nothing(preview: Previewed, page: Page) -> None:
    page.context.close()
    assert preview.stop() == 0
    assert preview.text.endswith("\nThe preview has ended.\n")
    assert not belonging(preview)
    assert not list((preview.home / "tmp").iterdir())
    made = {p.relative_to(preview.home / "course").as_posix() for p in (preview.home / "course").rglob("*")}
    original = Path(__file__).parents[1] / "courses" / "tiny"
    assert made == {p.relative_to(original).as_posix() for p in original.rglob("*")}


def test_all_reveals_at_once(read_through: Previewed, browser: Browser) -> None:
    with browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB") as context:
        page = context.new_page()
        page.goto(read_through.url)
        notebook = page.locator(".jp-Notebook")
        for words in ("CANARY-reveal-text", "CANARY-second-reveal", "CANARY-third-reveal"):
            expect(notebook).to_contain_text(words, timeout=60_000)
        assert "faculty" not in notebook.inner_text()
        read_through.write("p2-reveal", "It took a week.")
        expect(notebook).to_contain_text("It took a week.", timeout=30_000)
        read_through.wait(r"on the page [\d.]+ s after you saved")
