"""`coursekit review`, `reflect switch` and `reflect replay`, on a real course with a real gradebook."""

from __future__ import annotations

import io
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from rich.console import Console
from support.marked import MODULE
from support.prose_course import TEXTS, make_prose_course
from support.small_course import Course

from coursekit.cli.replaying import replay
from coursekit.cli.review_desk import ReviewSession
from coursekit.cli.reviewing import review, switch
from coursekit.model.errors import CoursekitError
from coursekit.wiring import prose, reflections

LEVELS = "evidence=2,position=2,test=1"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six learners; the last two handed in the same."""
    root = tmp_path_factory.mktemp("made") / "course"
    texts = {f"learner-{n}": TEXTS[n] for n in range(5)}
    make_prose_course(root, texts | {"twin": TEXTS[4]})
    report = reflections.check(prose.find_place(root, MODULE), drafts=True)
    assert report is not None
    assert (report.checked, report.events) == (6, ())
    return root


@pytest.fixture
def course(made: Path, tmp_path: Path) -> Course:
    root = tmp_path / "course"
    shutil.copytree(made, root)
    config = root / "nbgrader_config.py"
    config.write_text(config.read_text().replace(str(made), str(root)))
    return Course(root)


def run(course: Course, *arguments: str, code: int = 0, command: Any = review) -> Result:
    result = CliRunner().invoke(command, [MODULE, *arguments, "--root", str(course.root)])
    if code:
        assert isinstance(result.exception, CoursekitError | SystemExit), result.output
    else:
        assert result.exit_code == 0, result.output + repr(result.exception)
    return result


def queue(course: Course, *arguments: str) -> list[dict[str, Any]]:
    value = json.loads(run(course, "--json", *arguments).output)
    assert value["schema"] == "coursekit.review/1"
    found: list[dict[str, Any]] = value["queue"]
    return found


def refusal(result: Result) -> str:
    assert isinstance(result.exception, CoursekitError)
    return result.exception.code


# one answer at a time, for programs


def test_the_queue_as_a_table_and_for_programs(course: Course) -> None:
    table = run(course, "--queue").output
    assert "6 answers: 6 wait" in table
    assert "copied peer?" in table
    items = queue(course)
    assert len(items) == 6
    # The twins come first, and neither names nor suggestions are told.
    assert [i["flags"][0]["reason"] for i in items[:2]] == ["copied_peer"] * 2
    assert "learner" not in table
    assert not any({"learner", "suggestion"} & i.keys() for i in items)
    assert {i["learner"] for i in queue(course, "--learner-names")} >= {"twin", "learner-0"}


def test_one_answer_with_evidence_marked_by_brackets(course: Course) -> None:
    item = next(i for i in queue(course) if any(e["span"] for e in i["evidence"]))
    number, found = next((n, e) for n, e in enumerate(item["evidence"], 1) if e["span"])
    quote = item["text"][found["span"]["start"] : found["span"]["end"]]
    shown = " ".join(run(course, "--item", item["id"]).output.split())
    assert f"[{number} " in shown or f"{number}," in shown
    assert quote.split()[0] in shown
    assert "a person alone reads" not in shown


def test_marking_by_command(course: Course) -> None:
    item = queue(course, "--learner-names")[0]
    said = run(course, "--item", item["id"], "--levels", LEVELS, "--comment", "Clear.").output
    assert "5 of 5 points" in said
    row = course.rows()[item["learner"]]["notebooks"]["main"]
    assert row["grades"]["essay"] == (None, 5.0, None, False)
    assert row["comments"]["essay"] == (None, "Clear.")
    assert len(queue(course)) == 5


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--levels", LEVELS], "no-item"),
        (["--item", "zzz"], "no-such-item"),
        (["--prompt", "p9"], "no-such-prompt"),
        (["--item", "ITEM", "--levels", "evidence"], "bad-levels"),
        (["--item", "ITEM", "--levels", "evidence=2"], "bad-levels"),
        (["--item", "ITEM", "--levels", f"{LEVELS},evidence=1"], "bad-levels"),
        (["--item", "ITEM", "--suggestion"], "no-suggestion"),
    ],
)
def test_what_it_says_no_to(course: Course, arguments: list[str], code: str) -> None:
    item = next(i["id"] for i in queue(course) if not i["blind"])
    result = run(course, *(item if a == "ITEM" else a for a in arguments), code=1)
    assert refusal(result) == code


def test_before_a_build_and_before_a_grading(course: Course) -> None:
    record = course.root / ".coursekit" / "reflections" / f"{MODULE}.jsonl"
    record.unlink()
    shutil.rmtree(course.root / "autograded")
    assert refusal(run(course, "--queue", code=1)) == "nothing-graded"
    (course.root / "source" / MODULE / ".coursekit" / "checks.json").unlink()
    assert refusal(run(course, "--queue", code=1)) == "not-built"


# at the terminal


class Typist:
    """Presses keys, and writes lines."""

    def __init__(self, course: Course, keys: str, *lines: str) -> None:
        self.keys, self.lines = list(keys), list(lines)
        self.screen = Console(file=io.StringIO(), width=100, highlight=False)
        with reflections.open_desk(prose.find_place(course.root, MODULE)) as desk:
            session = ReviewSession(
                desk,
                list(desk.queue()),
                self.screen,
                lambda: self.keys.pop(0) if self.keys else "q",
                lambda _prompt: self.lines.pop(0),
            )
            self.marked = session.run()

    @property
    def saw(self) -> str:
        file = self.screen.file
        assert isinstance(file, io.StringIO)
        return file.getvalue()


def marks(course: Course) -> list[float]:
    given = (rows["notebooks"]["main"]["grades"]["essay"][1] for rows in course.rows().values())
    return sorted(points for points in given if points is not None)


def test_a_digit_a_criterion_and_enter(course: Course) -> None:
    typist = Typist(course, "221\r100\r")
    assert typist.marked == 2
    assert marks(course) == [1.0, 5.0]
    assert "1 of 6 · flags 2" in typist.saw
    assert "3 of 6" in typist.saw
    assert "an adequate attempt" in typist.saw
    assert "no adequate attempt yet" in typist.saw
    assert "learner-" not in typist.saw


def test_a_comment_next_back_and_undo(course: Course) -> None:
    typist = Typist(course, "nbc2u221\ru221\r", "Go on.")
    assert typist.marked == 1
    assert marks(course) == [5.0]
    said = [r["notebooks"]["main"]["comments"]["essay"][1] for r in course.rows().values()]
    assert [words for words in said if words] == ["Go on."]
    assert "taken back" in typist.saw


def test_wrong_keys_are_explained_and_harm_nothing(course: Course) -> None:
    typist = Typist(course, "9x\rsu")
    assert typist.marked == 0
    assert marks(course) == []
    assert "Its levels are 0 to 2." in typist.saw
    assert "Not every criterion has a level yet." in typist.saw
    assert "There is nothing to take back." in typist.saw


def test_somebody_elses_mark_is_shown_before_it_is_replaced(course: Course) -> None:
    first = queue(course, "--learner-names")[0]["learner"]
    typist = Typist.__new__(Typist)
    keys = list("221\r\r")

    def key() -> str:
        pressed = keys.pop(0) if keys else "q"
        if pressed == "\r" and len(keys) == 1:
            course.mark(first, "essay", 1.0)
        return pressed

    typist.screen = Console(file=io.StringIO(), width=100)
    with reflections.open_desk(prose.find_place(course.root, MODULE)) as desk:
        session = ReviewSession(desk, list(desk.queue()), typist.screen, key, lambda _: "")
        assert session.run() == 1
    assert "Somebody else has marked this answer" in typist.saw
    assert "It has 1 points by a person." in typist.saw
    assert marks(course) == [5.0]


# without the checks


def test_what_no_check_has_looked_at_is_read_by_a_person_all_the_same(course: Course) -> None:
    (course.root / ".coursekit" / "reflections" / f"{MODULE}.jsonl").unlink()
    assert "to be read 6" in run(course, "--queue").output
    assert Typist(course, "221\r").marked == 1
    assert marks(course) == [5.0]
    assert {i["group"] for i in queue(course)} == {"unread"}
    # The checks learn from it when they come.
    report = reflections.check(prose.find_place(course.root, MODULE), drafts=False)
    assert report is not None
    assert (report.checked, report.waiting) == (6, 5)
    assert len(reflections.marked_of(course.root, MODULE, "essay")) == 1


def test_without_a_rubric_points_are_given_in_one(course: Course) -> None:
    (course.root / ".coursekit" / "reflections" / f"{MODULE}.jsonl").unlink()
    checks = course.root / "source" / MODULE / ".coursekit" / "checks.json"
    value = json.loads(checks.read_bytes())
    value["prompts"][0].pop("rubric")
    checks.write_text(json.dumps(value))
    item = queue(course)[0]
    assert (item["criteria"], item["reasons"]) == ({}, ["no_rubric", "not_checked"])
    for wrong in (["--points", "4.5"], ["--points", "nan"], ["--levels", "evidence=1"]):
        assert refusal(run(course, "--item", item["id"], *wrong, code=1)) in ("bad-points", "bad-levels")
    assert "2.5 of 4 points" in run(course, "--item", item["id"], "--points", "2.5").output
    typist = Typist(course, "7x\r3up\r", "3,5")
    assert typist.marked == 1
    assert "Points are 0 to 4." in typist.saw
    assert "It has no points yet." in typist.saw
    assert "3.5 of 4 points" in typist.saw
    assert marks(course) == [2.5, 3.5]


# switch and replay


def test_switching_by_command(course: Course) -> None:
    said = run(course, "off", "--reason", "The case was changed.", command=switch).output
    assert "switched off" in said
    assert refusal(run(course, "off", "--reason", "Again.", code=1, command=switch)) == "already-off"
    assert refusal(run(course, "on", "--reason", " ", code=1, command=switch)) == "no-reason"
    assert "switched on" in run(course, "on", "--reason", "All is well.", command=switch).output


def test_replay_by_command(course: Course, tmp_path: Path) -> None:
    record = course.root / ".coursekit" / "reflections" / f"{MODULE}.jsonl"
    result = CliRunner().invoke(replay, [str(record)])
    assert result.exit_code == 0, result.output
    assert "6 of 6 checks come out the same" in result.output
    lines = record.read_bytes().splitlines(keepends=True)
    record.write_bytes(b"".join([lines[0].replace(b'"seed":0', b'"seed":1'), *lines[1:]]))
    result = CliRunner().invoke(replay, [str(record), "--json"])
    assert result.exit_code == 1
    value = json.loads(result.output)
    assert (value["schema"], value["same"]) == ("coursekit.replay/1", 5)
    assert {d["code"] for d in value["differences"]} == {"chain", "result"}
    missing = CliRunner().invoke(replay, [str(tmp_path / "none.jsonl")])
    assert refusal(missing) == "no-such-record"
