"""`coursekit plan` without an exchange: a rehearsal with sample answers, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from click.testing import CliRunner
from support.reference import copy_course

from coursekit.cli.planning import plan
from coursekit.model.errors import BadInput, CoursekitError, NotFound
from coursekit.store.notebookfiles import read_notebook
from coursekit.store.plans import PlanFolder
from coursekit.wire.authoring import read_role
from coursekit.wire.misread import Misread

MODULE = "spike-at-65"


@pytest.fixture
def course(tmp_path: Path) -> Path:
    root = tmp_path / "course"
    root.mkdir()
    copy_course(root)
    return root


@pytest.fixture
def run(course: Path) -> Callable[..., str]:
    def run(*words: object, module: str = MODULE) -> str:
        command = [module, "--exemplars", "--root", str(course), *(str(w) for w in words)]
        done = CliRunner().invoke(plan, command)
        if isinstance(done.exception, CoursekitError):
            raise done.exception
        assert done.exit_code == 0, done.output
        return done.output

    return run


def test_a_rehearsal(course: Path, run: Any) -> None:
    said = run()
    page = course / ".coursekit" / "plans" / f"{MODULE}-rehearsal.html"
    assert said.startswith(
        "The spike at 65: 75 minutes in 12 parts.\n"
        "A rehearsal: made of sample answers. No learner is in it, and no number says anything.\n"
    )
    assert f"Page: {page}\n" in said
    assert "A rehearsal: made of sample answers." in page.read_text()
    # A rehearsal calls nobody, and is remembered by nobody.
    assert sorted(p.name for p in page.parent.iterdir()) == [".gitignore", page.name]


def test_every_module_of_the_reference_course_has_one(course: Path, run: Any) -> None:
    out = course / "out.html"
    said = run("--out", out, "--minutes", 50, module="small-classes")
    assert "50 minutes in 7 parts." in said
    assert '<td class="when">45–50<' in out.read_text()
    assert "The reveal says 9:" in out.read_text()


def test_an_answer_of_ones_own_wins(course: Path, run: Any) -> None:
    out = course / "out.html"
    run("--out", out)
    assert "The reveal says 4260:" in out.read_text()
    run("--out", out, "--answer", "p1=99.5")
    assert "The reveal says 99.5:" in out.read_text()


def test_a_notebook_beside_it_with_its_charts(course: Path, run: Any) -> None:
    said = run("--notebook", "--out", course / "mine.html")
    assert f"Notebook: {course / 'mine.ipynb'}" in said
    notebook = json.loads((course / "mine.ipynb").read_text())
    nbformat.validate(notebook)
    pictures = [
        o for c in notebook["cells"] for o in c.get("outputs", []) if "image/png" in o.get("data", {})
    ]
    assert len(pictures) == 3
    assert not [o for c in notebook["cells"] for o in c.get("outputs", []) if o["output_type"] == "error"]


@pytest.mark.parametrize(
    ("words", "said", "step"),
    [
        (["--answer", "p1"], "“p1” gives no number.", "Write it as --answer p1=4260."),
        (["--answer", "p1=nan"], "“p1=nan” gives no number.", "Write it as --answer p1=4260."),
        (["--answer", "p5=3"], f"p5 is no estimate of {MODULE}.", "Its estimates are: p1."),
        (
            ["--minutes", "11"],
            "The session has 12 parts and 11 minutes.",
            "Give it 12 minutes or more, or merge rows in teaching-note.md.",
        ),
        (
            ["--notebook", "--out", "here.ipynb"],
            "here.ipynb would be the page and the notebook at once.",
            "Name the page with --out FILE.html; the notebook goes beside it.",
        ),
        (["--group", "a"], "A group needs its name and its file.", "Give --group and --group-by."),
    ],
)
def test_what_is_refused(course: Path, run: Any, words: list[str], said: str, step: str) -> None:
    with pytest.raises(BadInput) as refused:
        run(*words)
    assert (refused.value.detail, refused.value.next_step) == (said, step)
    assert not (course / ".coursekit").exists()


def test_no_such_module_and_no_exemplars(course: Path, run: Any) -> None:
    with pytest.raises(NotFound, match="no module ninth"):
        run(module="ninth")
    (course / "modules" / MODULE / "exemplars.yml").unlink()
    with pytest.raises(BadInput, match=r"has no exemplars\.yml to rehearse with"):
        run()


def test_a_case_without_a_teaching_note_goes_by_the_tasks_minutes(course: Path, run: Any) -> None:
    (course / "cases" / "regents-2010" / "teaching-note.md").unlink()
    # Seven required tasks, the opening and the closing.
    assert "75 minutes in 9 parts." in run()


def test_calls_add_up_over_plans_and_a_plan_made_again_counts_once(tmp_path: Path) -> None:
    folder = PlanFolder(tmp_path)
    folder.keep("first", ["ada", "olu"])  # type: ignore[list-item]
    folder.keep("second", ["ada"])  # type: ignore[list-item]
    folder.keep("second", ["ada"])  # type: ignore[list-item]
    assert folder.heard("third") == {"ada": 2, "olu": 1}
    assert folder.heard("first") == {"ada": 1}
    for broken in ("{", "[]", '{"plans": []}', '{"plans": {"first": 3}}'):
        (folder.path / "called.json").write_text(broken)
        with pytest.raises(BadInput, match="The record of who was called"):
            folder.heard("third")


def test_a_place_that_cannot_be_written_to(course: Path, run: Any) -> None:
    with pytest.raises(BadInput, match="could not be written"):
        run("--out", course / "modules" / "course.yml" / "page.html")


def test_a_reveal_tells_the_number_of_its_estimate(course: Path) -> None:
    notebook = read_notebook(course / "modules" / MODULE / f"{MODULE}.ipynb")
    assert [(r.after, r.answer) for _, r in notebook.reveals() if r.answer is not None] == [("p1", 4260)]
    for wrong in ("many", float("nan"), [1]):
        with pytest.raises(Misread):
            read_role({"reveal": {"after": "p1", "answer": wrong}}, "x.ipynb", 1, "c")
