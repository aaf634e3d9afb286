"""The page and the notebook: every text only a text, charts that say what they show, nothing from elsewhere."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from typing import Any

import pytest

from coursekit.model.plan import Camp, Note, Plan, Quote, Slot, Split, Spread, Sureness, View
from coursekit.policy.discussion import charts, words
from coursekit.policy.discussion.calls import call_order
from coursekit.policy.discussion.notebook import to_notebook
from coursekit.policy.discussion.page import to_html
from coursekit.wire.prompts import prompt_from_json

EVIL = '<script>alert("x")</script> `rm` $(rm) & [link](javascript:x)'
DECISION = prompt_from_json(
    {
        "id": "p1",
        "kind": "decision",
        "title": f"What now? {EVIL}",
        "question": "q",
        "options": [{"id": "a", "label": f"Stay {EVIL}"}, {"id": "b", "label": "Go."}],
    }
)
ESTIMATE = prompt_from_json(
    {"id": "p2", "kind": "estimate", "title": "Guess", "question": "q", "min": 0, "max": 9, "unit": EVIL}
)
CAMP = f"Stay {EVIL}"
SPLIT = Split("", (Camp(CAMP, 8), Camp("Go.", 2)), 36)


def plan(**changes: Any) -> Plan:
    camp_of = {f"l{n}": "Go." if n < 2 else CAMP for n in range(10)}
    decision = View(
        DECISION,
        10,
        3,
        (SPLIT,),
        quotes=(Quote("l5", f"I said {EVIL}", CAMP), Quote("l0", "We go now.", "Go.", True)),  # type: ignore[arg-type]
        camp_of=camp_of,  # type: ignore[arg-type]
    )
    estimate = View(ESTIMATE, 5, 0, spread=Spread((1, 2, 3, 4, 900), (2, 3, 4), EVIL, 5, 1))
    views = (decision, estimate)
    whole: dict[str, Any] = {
        "course": "c",
        "module": "m",
        "title": f"A title {EVIL}",
        "minutes": 60,
        "people": 13,
        "views": views,
        "calls": call_order(views, {}, "lot"),
        "slots": (Slot(0, 60, f"All {EVIL}", "**Bold** (p1)", ("p1",), ("p1",)),),  # type: ignore[arg-type]
        "note": Note(f"Left: {EVIL}", (f"Who? {EVIL}",), {"p1": f"Note {EVIL}"}),  # type: ignore[dict-item]
        "made_at": "today",
    }
    return Plan(**(whole | changes))


def test_nothing_on_the_page_acts() -> None:
    page = to_html(plan())
    assert "<script" not in page
    assert "http://" not in page.replace("http://www.w3.org/2000/svg", "")
    assert not re.search(r'\s(?:on\w+|style|src|href)="', page)
    assert "default-src 'none'; style-src 'sha256-" in page
    assert page.count("&lt;script&gt;") >= 10


def test_what_stands_on_it() -> None:
    page = to_html(plan())
    assert "10 answers; 3 more wait until there are five of them." in page
    assert "Of 100 pairs drawn by lot, 36 would disagree. The largest camp has 8 of 10." in page
    minority = (
        page.split("A minority&#x27;s view")[-1]
        if "A minority&#x27;s" in page
        else page.split("A minority's view")[1]
    )
    assert '<p class="small">B<span class="desk"> · Go.</span> (2 of 10)</p>' in minority
    assert '<span class="one">Person 1 (B)</span> · <span class="one">Person 2 (A)</span>' in page
    assert '<blockquote dir="auto">We go now.</blockquote>' in minority
    assert "The fewest chose “Go”. What did they see that the others may have missed?" in page
    assert "<strong>Person 1</strong>" in page
    assert "Not called so far; from the smallest camp: Go." in page
    assert "<strong>Bold</strong> (p1)" in page
    assert "l0" not in re.sub(r"<style>.*?</style>", "", page, flags=re.S)


def test_names_stand_there_when_asked_for() -> None:
    called = [c.learner for c in plan().calls]
    page = to_html(plan(names=dict.fromkeys(called, "") | {called[0]: "Ada & Co", "l5": "Olu"}))
    assert "<strong>Ada &amp; Co</strong>" in page
    assert f"<strong>{called[1]}</strong>" in page
    assert "Keep it to yourself." in page
    assert '<span class="why">Olu</span></blockquote>' in page


def test_a_rehearsal_says_so_first() -> None:
    page = to_html(plan(is_rehearsal=True))
    assert page.index('<p class="warn">A rehearsal: made of sample answers.') < page.index("<h2>")
    assert "<title>Rehearsal of a plan:" in page
    assert "Only those who agreed" not in page


def test_without_answers_it_says_so_first_and_the_timetable_stands() -> None:
    page = to_html(plan(views=(View(DECISION, 0, 0), View(ESTIMATE, 0, 0)), calls=(), people=0))
    assert '<p class="warn">Fewer than 5 people have answered any one task.' in page
    assert page.count("nothing of them is shown") == 2
    assert '<td class="when">0–60<div class="small">30 turns</div></td>' in page
    assert "<svg" not in page


def test_the_notebook_has_no_learner_and_its_code_is_only_numbers_and_labels() -> None:
    notebook = to_notebook(plan())
    text = "\n".join(c["source"] for c in notebook["cells"] if c["cell_type"] == "markdown")
    # The author's own notes are the author's; everybody else's words are escaped.
    assert "<script>" not in text.replace(f"Note {EVIL}", "").replace(f"Left: {EVIL}", "").replace(
        f"Who? {EVIL}", ""
    ).replace(f"All {EVIL}", "").replace(f"# A title {EVIL}", "")
    assert not re.search(r"\bl\d\b", text)
    ids = [c["id"] for c in notebook["cells"]]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", each) for each in ids)
    code = [c["source"] for c in notebook["cells"] if c["cell_type"] == "code"]
    assert len(code) == 3
    for source in code:
        compile(source, "cell", "exec")
    found: dict[str, Any] = {}
    exec(code[1].split("import textwrap")[0], found)
    assert (found["labels"], found["counts"]) == ([f"A · {CAMP}", "B · Go."], [8, 2])
    exec(code[2].split("wide =")[0], found)
    assert (found["estimates"], found["answer"]) == ([1, 2, 3, 4, 900], 5)


@pytest.mark.parametrize(
    "values",
    [
        (1, 2, 3, 4, 5),
        (0, 0, 0, 0, 0),
        (-5, 0, 2, 3, 1e6),
        (1, 10, 100, 1000, 1e5),
        (7, 7, 7, 7, 7),
        (0.01, 0.02, 0.5, 3, 4),
    ],
)
@pytest.mark.parametrize("answer", [None, 3, -8, 1e7])
def test_estimates_lie_within_the_picture(values: tuple[float, ...], answer: float | None) -> None:
    found = Spread(tuple(sorted(values)), (min(values), min(values), max(values)), "", answer)
    svg = ET.fromstring(charts.spread(found))
    name = "{http://www.w3.org/2000/svg}"
    width, height = map(float, svg.attrib["viewBox"].split()[2:])
    dots = list(svg.iter(f"{name}circle"))
    assert len(dots) == 5
    for dot in dots:
        assert 0 < float(dot.attrib["cx"]) < width
        assert 0 < float(dot.attrib["cy"]) < height
    for text in svg.iter(f"{name}text"):
        assert 0 <= float(text.attrib["x"]) <= width
    assert svg.attrib["role"] == "img"
    assert "5 estimates as dots." in svg.attrib["aria-label"]


def test_charts_say_in_words_what_they_show() -> None:
    sure = charts.sureness(Sureness("p1", ("no", "yes"), (1, 4), (5, 0)))  # type: ignore[arg-type]
    assert ET.fromstring(sure).attrib["aria-label"] == (
        "How sure people were. no: 1 nearer, 5 further off; yes: 4 nearer, 0 further off."
    )
    told = ET.fromstring(charts.camps(SPLIT)).attrib["aria-label"]
    assert told == f"Bars, one for each answer. {CAMP}: 8; Go.: 2."


@pytest.mark.parametrize(
    ("nearer", "further", "said"),
    [
        ((0, 5), (5, 0), "Those who came nearer were surer."),
        ((5, 0), (0, 5), "Those who were further off were surer: worth a question."),
        ((3, 2), (2, 3), "sureness told nothing about who was right."),
    ],
)
def test_sureness_in_words(nearer: Any, further: Any, said: str) -> None:
    assert said in words.sureness_words(Sureness("p1", ("no", "yes"), nearer, further))  # type: ignore[arg-type]


def test_all_of_one_mind() -> None:
    said = words.split_words(Split("", (Camp("A", 5), Camp("B", 0)), 0))
    assert said == "All 5 chose the same: nobody to set against anybody. Ask who nearly chose otherwise."
    three = words.split_words(Split("", (Camp("A", 4), Camp("B", 1), Camp("C", 0)), 40))
    assert three.endswith("The largest camp has 4 of 5. 1 option was chosen by nobody.")
