"""The page reads as a person would say it, and every word in it is only a word."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from typing import Any

import pytest

from coursekit.model.feedback import Check, Found, Item, Page, Part, Row
from coursekit.policy.feedback_page import to_html

ITEM = Item("p2", "Your view", "**Why?**", "Nine hours.", False, 1.5, 3, False, "Good.")
PAGE = Page("The lamp", "maria", "", "2027-01-24 23:00 UTC", "abc123def456789", 2.25, 9, 0, 0, (ITEM,))

HOSTILE = [
    "<script>alert(1)</script>",
    "</style><script>alert(1)</script>",
    "</title></head><body onload=alert(1)>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "<svg/onload=alert(1)>",
    "<a href=javascript:alert(1)>x</a>",
    "[x](javascript:alert(1))",
    "<!--", "-->", "<![CDATA[", "]]>", "&lt;script&gt;", "&#60;script&#62;", "&",
    '<meta http-equiv="refresh" content="0;url=https://evil.example">',
    '<base href="https://evil.example/">',
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "<style>*{background:url(https://evil.example)}</style>",
    "<form action=https://evil.example><input name=token>",
    "**<b onclick=alert(1)>**", "`<i>`", "```\n<u>\n```", "- <li>",
    "https://a.b/\"onclick=\"alert(1)", "https://a.b/<script>", "{{7*7}} ${7*7} {0}",
]  # fmt: skip

TAGS = (
    "html|head|meta|title|style|body|header|h1|h2|h3|p|time|strong|em|svg|rect|nav|ol|ul|li|a|span|main|section|div|"
    "details|summary|pre|code|dl|dt|dd|mark|q|br|footer"
)
ATTRIBUTES = (
    "lang|dir|class|id|charset|name|content|http-equiv|href|rel|role|aria-label|aria-hidden|viewbox|"
    "preserveaspectratio|width|height"
)


class Reader(HTMLParser):
    """Takes the page apart as a browser would, and counts what it meets."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.headings: list[int] = []
        self.links: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert re.fullmatch(TAGS, tag), tag
        assert all(re.fullmatch(ATTRIBUTES, name) for name, _ in attrs), (tag, attrs)
        self.links += [value or "" for name, value in attrs if name == "href"]
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.text.append(data)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)


def read(page: Page) -> Reader:
    reader = Reader()
    reader.feed(to_html(page).decode())
    reader.close()
    assert not reader.open
    return reader


def text(page: Page) -> str:
    return " ".join("".join(read(page).text).split())


def everywhere(words: str) -> Page:
    """A page with these words in every place that holds any."""
    item = Item(
        words,
        words,
        words,
        words,
        False,
        1,
        2,
        False,
        words,
        (Row(words, words), Row(words, words)),
        0,
        "",
        (Part(words, 1, 1, False), Part(words, 0, 1, True)),
        (Check(words, Found.FOUND, words, 0, len(words)), Check(words, Found.MAYBE, words)),
    )
    items = (
        item,
        replace(item, rows=()),
        replace(item, rows=(), is_code=True, left_out=3),
        replace(item, problem=words, waiting=True),
    )
    return Page(words, words, words, words, words, 3, 8, 1, 1, items)


@pytest.mark.parametrize("words", HOSTILE)
def test_no_text_becomes_anything_but_text(words: str) -> None:
    page = everywhere(words)
    # The reader refuses every tag and attribute that is not ours, and counts them off.
    seen, plain = read(page), read(everywhere("x"))
    assert seen.headings == plain.headings
    assert all(re.match(r"https?://|#task-\d+$", link) for link in seen.links)
    shown = "".join(seen.text)
    # In the title twice, in the answer however it is shown; where text has paragraphs, its marks are gone.
    assert shown.count(words) >= 10 or "```" in words or words.startswith(("**", "`", "- "))


def test_nothing_may_run_or_be_loaded_but_this_one_style_sheet() -> None:
    html = to_html(PAGE).decode()
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', html)
    (style,) = re.findall(r"<style>(.*?)</style>", html, re.S)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert html.index("Content-Security-Policy") < html.index("<title>") < html.index("<style>")
    assert "url(" not in style
    assert "@import" not in style


def test_it_reads_as_a_person_would_say_it() -> None:
    said = text(PAGE)
    assert "Feedback for maria on the work handed in at 2027-01-24 23:00 UTC." in said
    assert "2.25 of 9 points" in said
    assert "1.5 of 3 points" in said
    assert "It judges your submission abc123def456." in said
    assert "<strong>Why?</strong>" in to_html(PAGE).decode()
    assert "wait" not in said
    assert "so far" not in said


def test_what_waits_for_a_reader_is_said_at_the_top_and_in_its_place() -> None:
    one = text(replace(PAGE, waiting=1, items=(replace(ITEM, waiting=True, score=0),)))
    assert "2.25 of 9 points so far" in one
    assert "One answer waits for a reader. It is marked below; your points may still change." in one
    assert "waits for a reader" in one
    assert "0 of 3 points" not in one
    several = text(replace(PAGE, waiting=2))
    assert "2 answers wait for a reader. They are marked below" in several


def test_what_lateness_cost_is_said() -> None:
    assert "2.25 of 9 points; 1.25 taken off because it came late" in text(replace(PAGE, penalty=1.25))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"answer": " \n"}, "No answer."),
        (
            {"problem": "The notebook that was handed in cannot be read."},
            "It cannot be shown here. The notebook that was handed in cannot be read.",
        ),
        ({"left_out": 1234}, "… and 1,234 more characters, which are not repeated here."),
        ({"parts": (Part("Rooms", 2, 2, False),)}, "Rooms 2 of 2"),
        ({"parts": (Part("Rooms", 0, 2, True),)}, "Rooms waits for a reader"),
        ({"checks": (Check("Names a count", Found.NOT_FOUND),)}, "Names a count – not found"),
        ({"rows": (Row("Your choice", "Go"), Row("Your reason", "So"))}, "Your choiceGoYour reasonSo"),
    ],
)
def test_each_part_of_an_item(change: dict[str, Any], said: str) -> None:
    assert said in text(replace(PAGE, items=(replace(ITEM, **change),)))


def test_quotes_are_marked_where_they_stand_and_nowhere_else() -> None:
    def marked(*checks: Check) -> list[str]:
        html = to_html(replace(PAGE, items=(replace(ITEM, answer="a < b & c < d", checks=checks),))).decode()
        answer = html[html.index('<div class="answer"') :]
        answer = answer[: answer.index("</div>")]
        assert unescape(re.sub("<.*?>", "", answer)) == "a < b & c < d"
        return [unescape(m) for m in re.findall("<mark>(.*?)</mark>", answer)]

    assert marked(Check("l", Found.FOUND, "b & c", 4, 9)) == ["b & c"]
    assert marked(Check("l", Found.FOUND, "c", 8, 9), Check("l", Found.MAYBE, "a", 0, 1)) == ["a", "c"]
    # Elsewhere, beyond the end, within each other, without a place.
    assert marked(Check("l", Found.FOUND, "b", 0, 1)) == []
    assert marked(Check("l", Found.FOUND, "d", 900, 901)) == []
    assert marked(Check("l", Found.FOUND, "a < b", 0, 5), Check("l", Found.FOUND, "< b", 2, 5)) == ["a < b"]
    assert marked(Check("l", Found.FOUND, "a")) == []


def test_code_keeps_its_first_empty_line() -> None:
    html = to_html(replace(PAGE, items=(replace(ITEM, is_code=True, answer="\nx = 1"),))).decode()
    # A browser drops one newline after the tag.
    assert '<pre class="answer">\n\nx = 1</pre>' in html


def test_headings_go_down_step_by_step_and_many_tasks_have_a_list() -> None:
    few, many = read(replace(PAGE, items=(ITEM,) * 3)), read(replace(PAGE, items=(ITEM,) * 4))
    assert few.headings[0] == 1
    assert all(after - before <= 1 for before, after in zip(many.headings, many.headings[1:], strict=False))
    assert few.links == []
    assert many.links == ["#task-1", "#task-2", "#task-3", "#task-4"]


def test_each_language_is_named() -> None:
    html = to_html(replace(PAGE, language="de")).decode()
    assert '<html lang="en">' in html
    assert '<h1 dir="auto" lang="de">The lamp</h1>' in html
    assert '<div class="answer" dir="auto" lang="de">Nine hours.</div>' in html
    assert "lang=" not in to_html(PAGE).decode().split("<body>")[1].replace('<summary lang="en">', "")


def _luminance(colour: str) -> float:
    """WCAG 2.2, relative luminance."""
    digits = colour[1:] if len(colour) == 7 else "".join(2 * d for d in colour[1:])
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_every_text_stands_out_from_its_ground(scheme: int) -> None:
    style = to_html(PAGE).decode().split("<style>")[1]
    colours = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]+)", style.split(":root")[scheme + 1].split("}")[0]))
    grounds = {
        "ink": ["paper", "card", "said", "mark"],
        "soft": ["paper", "card"],
        "link": ["paper", "said"],
        "wait": ["wait-paper"],
        "good": ["card"],
    }
    for text_, all_ in grounds.items():
        for ground in all_:
            light, dark = sorted((_luminance(colours[name]) for name in (text_, ground)), reverse=True)
            assert (light + 0.05) / (dark + 0.05) >= 4.5, (text_, ground)


def test_checks_end_with_one_next_step_and_what_they_cannot_do() -> None:
    check = Check("Names a count", Found.NOT_FOUND)
    item = replace(
        ITEM, checks=(check,), next_step="Point to <one> number.", checks_note="It can miss things."
    )
    html = to_html(replace(PAGE, items=(item,))).decode()
    assert (
        '<p class="step"><strong>A next step</strong> <span dir="auto">Point to &lt;one&gt; number.' in html
    )
    assert '<p class="note">It can miss things.</p>' in html
    alone = to_html(replace(PAGE, items=(replace(item, checks=(), next_step=""),))).decode()
    assert '<p class="note">It can miss things.</p>' in alone
    assert 'class="step"' not in alone
    assert 'class="note"' not in to_html(PAGE).decode()
