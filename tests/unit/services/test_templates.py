"""Each template is a module that one could teach with tomorrow: it passes `check` without a finding, and it runs.

Every build runs a notebook, so all that is slow about templates is in this file.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from coursekit.model.words import count_words
from coursekit.store.authored import read_course, read_exemplars, read_rubrics
from coursekit.wiring import author

ROOT = Path(__file__).parents[3]
ROLE = "the head of a village school"
MODULES = ["case", "ab-a", "ab-b", "cycle", "evidence"]


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    root = tmp_path_factory.mktemp("templates") / "course"
    author.new_course(root)
    for template in author.templates():
        if template != "first":
            author.new_module(
                root, template, "A title of one's own", template=template, role=ROLE, minutes=33
            )
    return root


def notebook(course, module):
    return json.loads((course / "modules" / module / f"{module}.ipynb").read_text())


def cells_with(course, module, key):
    found = [(c, c["metadata"].get("coursekit", {}).get(key)) for c in notebook(course, module)["cells"]]
    return [(cell, ours) for cell, ours in found if ours]


def test_nothing_is_wrong_with_any_of_them(course):
    assert author.check(course) == []
    assert [m.id for m in read_course(course).modules] == ["first-module", *sorted(MODULES)]


@pytest.mark.parametrize("module", MODULES)
def test_each_runs_at_once_and_its_chart_is_drawn(course, module, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    built = author.build(course, module)
    assert built.executed
    folder = course / "modules" / module
    executed = json.loads((folder / ".coursekit" / "built.ipynb").read_text())
    drawn = [
        cell["id"]
        for cell in executed["cells"]
        if any("image/png" in output.get("data", {}) for output in cell.get("outputs", []))
        and "reveal" in cell["metadata"].get("coursekit", {})
    ]
    assert len(drawn) == 1
    assert not [c for c in executed["cells"] for o in c.get("outputs", []) if o["output_type"] == "error"]


@pytest.mark.parametrize("module", MODULES)
def test_each_asks_in_several_ways_and_reveals_after_every_question(course, module):
    prompts = [ours for _, ours in cells_with(course, module, "prompt")]
    reveals = {ours["after"] for _, ours in cells_with(course, module, "reveal")}
    assert 4 <= len(prompts) <= 6
    assert len({p["kind"] for p in prompts}) >= 4
    assert {p["id"] for p in prompts} == reveals
    named = [name for p in prompts for name in p["competencies"]]
    assert len(named) == len(prompts)
    assert set(named) == {"reason-from-evidence", "see-other-interests"}
    assert cells_with(course, module, "faculty")


@pytest.mark.parametrize("module", MODULES)
def test_each_written_answer_has_eight_exemplars_short_and_long_ones(course, module):
    folder = course / "modules" / module
    (rubric,) = read_rubrics(folder).values()
    exemplars = read_exemplars(folder)
    assert len(exemplars) == 8
    for criterion in rubric.criteria:
        assert {e.marks[criterion.id] for e in exemplars} == set(criterion.levels)
    assert {e.adequate for e in exemplars} == {True, False}
    # Length must be no sign of it.
    by_length = sorted(exemplars, key=lambda e: count_words(e.response["text"]))
    assert any(e.adequate for e in by_length[:2])
    assert not all(e.adequate for e in by_length[-2:])
    # The simulated class hands them in.
    asked = {p["id"]: p for _, p in cells_with(course, module, "prompt")}
    assert count_words(by_length[0].response["text"]) >= asked[exemplars[0].prompt]["min_words"]


@pytest.mark.parametrize("module", MODULES)
def test_each_is_filled_in_and_says_that_its_numbers_are_invented(course, module):
    folder, case = course / "modules" / module, course / "cases" / module
    texts = {
        p: p.read_text()
        for folder in (folder, case)
        for p in folder.iterdir()
        if p.suffix in (".ipynb", ".yml", ".md")
    }
    assert {p.name for p in texts} == {
        *(f"{module}.ipynb", "rubrics.yml", "exemplars.yml", "case.md", "teaching-note.md", "SOURCES.md")
    }
    assert not [p for p, text in texts.items() if re.search(r"\{\{\w+\}\}", text)]
    master = texts[folder / f"{module}.ipynb"]
    for said in ("# A title of one's own", ROLE, "**33 minutes**", "**invented placeholders**"):
        assert said in master
    assert "invented placeholder numbers" in master
    (exhibit,) = (case / "exhibits").iterdir()
    assert exhibit.name.startswith("placeholder_")
    assert f"`{exhibit.name}`" in texts[case / "SOURCES.md"]
    assert texts[case / "teaching-note.md"].count("?") >= 5


def test_part_b_waits_for_part_a_and_nothing_of_it_is_there_before(course):
    modules = {m.id: m for m in read_course(course).modules}
    assert modules["ab-b"].after == ("ab-a",)
    assert (modules["ab-a"].title, modules["ab-b"].title) == (
        "A title of one's own · A",
        "A title of one's own · B",
    )
    part_a = " ".join(
        p.read_text()
        for folder in ("modules/ab-a", "cases/ab-a")
        for p in (course / folder).rglob("*.*")
        if p.is_file()
    )
    assert "The list is full" in json.dumps(notebook(course, "ab-b"))
    for told in ("The list is full", "placeholder_visits_b"):
        assert told not in part_a


def test_every_template_has_a_text_form_that_needs_no_trick(course):
    author.write_texts(course)
    assert not any(author.compare_texts(course).values())
    for module in MODULES:
        text = (course / "modules" / module / f"{module}.md").read_text()
        assert not any(trick in text for trick in ("cell-text", "cell-metadata", "cell-json"))
