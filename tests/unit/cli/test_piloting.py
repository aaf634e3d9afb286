"""The pilot's commands as a person types them, one process each; and what they say to bad input."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from support.commands import environment
from support.pilots import fill

from coursekit.cli.piloting import pilot
from coursekit.store.authored import read_exemplars
from coursekit.wiring import author

PROMPTS = [
    {"id": "p1", "kind": "estimate", "title": "A guess", "question": "How many?", "min": 0, "max": 9},
    {"id": "p3", "kind": "reflection", "title": "Who loses", "question": "Who loses?", "rubric": "who-loses"},
]


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> Path:
    """A new course with six submissions, of which one is empty and one no notebook."""
    root = tmp_path_factory.mktemp("pilot") / "course"
    author.new_course(root, None, None, "UTC")
    module = root / "modules" / "first-module"
    (module / "prompts.json").write_text(
        json.dumps({"title": "One", "notebook": "first-module", "prompts": PROMPTS})
    )
    master = json.loads((module / "first-module.ipynb").read_text())
    for number in range(6):
        for cell in master["cells"]:
            if cell["id"] == "p3":
                cell["source"] = ["", "Half \ud83d and \u202e <b>", *"abcd"][number]
        folder = root / "submitted" / f"learner{number}" / "first-module"
        folder.mkdir(parents=True)
        (folder / "first-module.ipynb").write_text("no" if number == 5 else json.dumps(master))
    return root


def run(course: Path, *words: str, fails: bool = False) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "coursekit", "reflect", "pilot", *words],
        cwd=course,
        env=environment(course),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == (1 if fails else 0), done.stdout + done.stderr
    return done.stdout + done.stderr


def test_the_whole_way_in_processes_of_their_own(course):
    said = run(course, "start", "first-module", "--graders", "anna,ben", "--seed", "1")
    folder = course / ".coursekit" / "pilot" / "first-module"
    assert said == (
        "4 answers drawn (p3 4), seed 1.\n"
        "Left out: empty answers (1).\n"
        "Left out: answers that cannot be read (1).\n"
        "  .coursekit/pilot/first-module/anna.csv, and .html to read or print\n"
        "  .coursekit/pilot/first-module/ben.csv, and .html to read or print\n"
        "Give each grader the two files with their name, and never key.json, which says who wrote what.\n"
        "Next: coursekit reflect pilot status first-module\n"
    )
    assert "There is a pilot first-module already." in run(
        course, "start", "first-module", "--graders", "anna,ben", fails=True
    )
    said = run(course, "collect", "first-module", fails=True)
    assert "anna.csv: 4 answers are not marked in full" in said
    assert "→ Have it filled in; or compare what there is with --so-far." in said
    for grader, level in (("anna", "1"), ("ben", "0")):
        form = folder / f"{grader}.csv"
        marks = {"evidence": "1", "perspective": "1", "next_step": level, "adequate": "yes"}
        form.write_bytes(fill(form.read_bytes(), lambda *_, marks=marks: marks))
    said = run(course, "status", "first-module")
    assert "  ben: 4 of 4 marked in full\nNext: coursekit reflect pilot collect first-module\n" in said
    said = run(course, "collect", "first-module")
    assert "p3 evidence: anna, ben: n 4, exact 1.00, kappa –, alpha –" in said
    assert "p3 next_step: anna, ben: n 4, exact 0.00, kappa 0.00, alpha -0.75" in said
    assert "They differ on 4; a third reader decides in .coursekit/pilot/first-module/resolve.csv." in said
    form = folder / "resolve.csv"
    form.write_bytes(fill(form.read_bytes(), lambda *_: {"next_step": "1"}))
    assert "4 exemplars in .coursekit/pilot/first-module/exemplars.yml; 0 answers" in run(
        course, "export", "first-module"
    )
    exemplars = read_exemplars(folder)
    assert {e.marks["next_step"] for e in exemplars} == {1}
    assert any("Half � and � <b>" in e.response["text"] or "\u202e" in e.response["text"] for e in exemplars)


def invoke(course: Path, *words: str):
    return CliRunner().invoke(pilot, [*words, "--root", str(course)])


def test_the_same_seed_draws_the_same(course):
    folder = course / ".coursekit" / "pilot"
    for name in ("first", "second"):
        invoke(
            course,
            "start",
            "first-module",
            "--graders",
            "a,b",
            "--sample",
            "2",
            "--seed",
            "5",
            "--name",
            name,
        )
    assert (folder / "first" / "a.csv").read_bytes() == (folder / "second" / "a.csv").read_bytes()


@pytest.mark.parametrize(
    ("lines", "drawn"),
    [
        ("learner2\nlearner3\nnobody\n", {"learner2", "learner3"}),
        ("learner,consent\nlearner2,yes\nlearner3,no\n", {"learner2"}),
    ],
)
def test_only_who_consented_is_drawn(course, tmp_path, lines, drawn):
    consent = tmp_path / "consent.csv"
    consent.write_text(lines)
    name = f"consented-{len(drawn)}"
    words = ["start", "first-module", "--graders", "a,b", "--consent", str(consent), "--name", name]
    result = invoke(course, *words)
    assert result.exit_code == 0, result.output
    assert f"Left out: answers of people who did not consent ({6 - len(drawn)})." in result.output
    key = json.loads((course / ".coursekit" / "pilot" / name / "key.json").read_text())
    assert {a["learner"] for a in key["answers"].values()} == drawn


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["start", "nothing", "--graders", "a,b"], "no-such-module"),
        (["start", "first-module", "--graders", "a,b", "--prompt", "p1"], "no-such-prompt"),
        (["start", "first-module", "--graders", "a"], "one-grader"),
        (["start", "first-module", "--graders", "a,b", "--name", "../x"], "bad-name"),
        (["start", "first-module", "--graders", "a,b", "--sample", "0", "--name", "zero"], "bad-sample"),
        (["status", "nothing"], "no-such-pilot"),
        (["collect", "nothing"], "no-such-pilot"),
        (["export", "nothing"], "no-such-pilot"),
    ],
)
def test_bad_input_has_a_code_and_a_next_step(course, words, code):
    error = invoke(course, *words).exception
    assert getattr(error, "code", None) == code
    assert error.next_step


def test_a_list_in_which_nobody_consents_is_refused(course, tmp_path):
    consent = tmp_path / "consent.csv"
    consent.write_bytes(b"learner\nlearner1,no\n")
    error = invoke(course, "start", "first-module", "--graders", "a,b", "--consent", str(consent)).exception
    assert error.code == "nobody-consented"
    consent.write_bytes(b"\xff\xfe\x00")
    error = invoke(course, "start", "first-module", "--graders", "a,b", "--consent", str(consent)).exception
    assert error.code in ("unreadable-consent", "nobody-consented")
