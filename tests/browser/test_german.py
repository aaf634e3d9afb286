"""The lab in German: the panel, the module as a page, forms, a commitment, the hand-in; dates in German form."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from playwright.sync_api import Locator, Page, expect
from support.before_the_learner import EACH_KIND, TWO, Course, dialog, expect_step
from support.labserver import TOKEN
from support.learner_rooms import browser, course, house, lab

__all__ = ["browser", "course", "house", "lab"]

LANGUAGE = "de_DE"
DAYS = ("Mo", "Di", "Mi", "Do", "Fr", "Sa", "So")
MONTHS = ("Jan", "Feb", "März", "Apr", "Mai", "Juni", "Juli", "Aug", "Sept", "Okt", "Nov", "Dez")


def in_english(page: Page, inside: str) -> str:
    """What of the lab's own words is still in English; texts of the course's are left out by their language."""
    words = r"\b(the|your|and|of|is|not|this|to|submit\w*|answers?|commit\w*|prompts?|hand(ed)? in)\b"
    texts = page.locator(inside).evaluate_all(
        """nodes => nodes.flatMap(node => {
            const copy = node.cloneNode(true);
            copy.querySelectorAll('[lang=en], .jp-Cell-inputWrapper, textarea, select')
                .forEach(one => one.remove());
            const named = [...copy.querySelectorAll('[aria-label], [title], [placeholder]')].flatMap(one =>
                ['aria-label', 'title', 'placeholder'].map(name => one.getAttribute(name) ?? ''));
            return [copy.textContent, ...named];
        })"""
    )
    assert texts
    return " · ".join(text for text in texts if re.search(words, text, re.IGNORECASE))


def german(moment: datetime) -> str:
    """As the panel writes a moment that is not near; with the year if it is another one."""
    berlin = ZoneInfo("Europe/Berlin")
    at, now = moment.astimezone(berlin), datetime.now(berlin)
    month = MONTHS[at.month - 1]
    dotted = month if month in ("März", "Mai", "Juni", "Juli") else month + "."
    zone = "MESZ" if at.dst() else "MEZ"
    year = "" if at.year == now.year else f" {at.year}"
    return f"{DAYS[at.weekday()]}., {at.day}. {dotted}{year}, {at:%H:%M} {zone}"


def block(page: Page, title: str) -> Locator:
    """A prompt in its place."""
    return page.locator(".ck-beneath").filter(has=page.get_by_role("heading", name=title, exact=True))


def test_the_course_panel(course: Course) -> None:
    due = datetime.now(UTC).replace(second=0, microsecond=0) + timedelta(days=5)
    course.put(due=due, minutes=20)
    for module in ("first", "second"):
        course.release(module)
    with course.context(locale="de-DE") as context:
        page = context.new_page()
        page.goto(f"{course.lab.url}/lab?reset&token={TOKEN}")
        panel = page.locator("#coursekit-course")
        expect(panel.get_by_role("heading", name="Lamps")).to_be_visible(timeout=60_000)
        expect(page.get_by_role("tab", name="Kurs")).to_be_visible()
        expect(panel.get_by_text("0 von 2 Modulen abgegeben")).to_be_visible()
        expect(panel.get_by_role("button", name="Weiter „First“ beginnen")).to_be_visible()
        first, second = (panel.get_by_role("list", name="Module").locator("> li").nth(n) for n in (0, 1))
        expect(first).to_contain_text("Offen")
        expect(first).to_contain_text("Etwa 20 Minuten")
        expect(first).to_contain_text(f"Abgabe bis {german(due)}")
        expect(second).to_contain_text("Gesperrt")
        # The server's own sentence, with a name in it.
        expect(second).to_contain_text(
            "„First“ ist noch nicht abgegeben. Geben Sie „First“ ab, dann öffnen Sie dieses Modul."
        )
        expect(panel.get_by_role("button", name="Zeitzone ändern")).to_be_visible()
        assert in_english(page, "#coursekit-course") == ""


def test_who_reads_aloud_knows_which_language_stands_where(course: Course) -> None:
    course.release("first", EACH_KIND)
    with course.page(locale="de-DE") as page:
        decision = block(page, "What do you do?")
        decision.wait_for(timeout=30_000)
        assert page.evaluate("document.documentElement.lang").startswith("de")
        spoken = "node => node.closest('[lang]').lang"
        # The course's own words, also in the notebook itself.
        for text in ("A lamp burned.", "Choose one", "Wait until the morning"):
            assert page.get_by_text(text).first.evaluate(spoken) == "en", text
        # The lab's, also where they stand in the notebook.
        for words in ("Antwort festlegen", "Ihr Grund"):
            assert decision.get_by_text(words).first.evaluate(spoken).startswith("de"), words
        expect(page.locator("#coursekit-course h2")).to_have_attribute("lang", "en")


def test_a_module_from_the_first_answer_to_the_receipt(course: Course) -> None:
    course.release("first", TWO)
    course.lab.post(f"courses/{course.name}/modules/first/open")
    course.lab.write(course.name, "first", "p1", "Three lamps in a row.")
    with course.page(locale="de-DE") as page:
        bar = page.get_by_role("region", name="Dieses Modul")
        expect(bar).to_contain_text("First")
        decision = block(page, "What do you do?")
        decision.wait_for(timeout=30_000)
        # What is not answered yet is refused by the server, in German.
        decision.get_by_role("radio", name="Go and look").check()
        expect(decision.get_by_text("Gespeichert, noch nicht festgelegt.")).to_be_visible(timeout=10_000)
        decision.get_by_role("button", name="Antwort festlegen").click()
        expect(decision.get_by_role("alert")).to_contain_text("Ihr Grund zu „What do you do?“ ist noch leer.")
        decision.get_by_role("textbox").fill("To see it.")
        decision.get_by_role("button", name="Antwort festlegen").click()
        expect(decision).to_contain_text("Damit legen Sie diese Antwort fest.")
        assert in_english(page, ".ck-beneath") == ""
        decision.get_by_role("button", name="Ja, festlegen").click()
        expect(decision).to_contain_text(re.compile(r"Festgelegt .*, Beleg \w+"), timeout=15_000)
        expect(decision.get_by_text("Opened by p2.")).to_be_visible()
        bar.get_by_role("button", name="Abgeben").click()
        asking = expect_step(page, "asking")
        expect(asking).to_contain_text("1 Antwort ist noch nicht festgelegt; mit der Abgabe wird sie es.")
        assert in_english(page, ".ck-dialog") == ""
        asking.get_by_role("button", name="Abgeben").click()
        done = expect_step(page, "done")
        expect(done).to_contain_text(re.compile(r"Abgegeben .*, Beleg \w+\."))
        expect(done).to_contain_text("Weiter: „Second“ ist offen.")
        assert in_english(page, ".ck-dialog") == ""
        dialog(page).get_by_role("button", name="Schließen").click()
        assert in_english(page, "#coursekit-course") == ""
    assert [row.missing for row in course.rows()] == [[]]


def test_settings_have_german_titles(course: Course) -> None:
    answer = course.lab.line.get(
        f"{course.lab.url}/lab/api/settings/@coursekit/lab:course",
        headers={"Authorization": f"token {TOKEN}"},
    )
    schema = answer.json()["schema"]
    assert (schema["title"], schema["properties"]["openAtStart"]["title"]) == (
        "Kurs",
        "Mit dem Kurs beginnen",
    )
