"""What the page about the reference course says is what lies in modules/ and cases/."""

from __future__ import annotations

import re
from pathlib import Path

from coursekit.model.prompt import PromptKind
from coursekit.store.authored import read_course, read_exemplars
from coursekit.store.notebookfiles import read_notebook

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "course.md").read_text(encoding="utf-8")
COURSE = read_course(ROOT)
PROMPTS = {
    m.id: [p for _, p in read_notebook(ROOT / "modules" / m.id / f"{m.id}.ipynb").prompts()]
    for m in COURSE.modules
}


def test_modules_stand_in_their_order_with_their_minutes() -> None:
    rows = re.findall(r"^\| (\d) \| ([^|]+) \|.*\| (\d+) \|$", PAGE, re.M)
    assert rows == [(str(n), m.title, str(m.minutes)) for n, m in enumerate(COURSE.modules, 1)]
    assert re.findall(r"^\| \| \*\*(.+?)\*\* \|", PAGE, re.M) == [p.title for p in COURSE.parts]


def test_the_course_is_as_large_as_it_says() -> None:
    assert len(COURSE.modules) == 8
    assert len({m.case for m in COURSE.modules}) == len(list((ROOT / "cases").iterdir())) == 6
    assert f"There are {sum(map(len, PROMPTS.values()))} tasks." in PAGE
    samples = [e for m in COURSE.modules for e in read_exemplars(ROOT / "modules" / m.id)]
    assert f"**{len(samples)} sample answers**" in PAGE


def test_written_tasks_have_as_many_sample_answers_as_it_says() -> None:
    counts = [
        sum(e.prompt == prompt.id for e in read_exemplars(ROOT / "modules" / module))
        for module, prompts in PROMPTS.items()
        for prompt in prompts
        if prompt.kind is PromptKind.REFLECTION
    ]
    assert min(counts) == 11
    assert "at least eleven for each written task" in PAGE


def test_competencies_are_practised_in_as_many_modules_as_it_says() -> None:
    said = re.findall(r"^\| (?:\*\w+:\* )?([A-Z][^|]+) \| (\d) \|$", PAGE, re.M)
    found = [
        (c.title, str(sum(any(c.id in p.competencies for p in prompts) for prompts in PROMPTS.values())))
        for c in COURSE.competencies
    ]
    assert said == found
