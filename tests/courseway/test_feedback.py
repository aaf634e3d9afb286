"""Feedback on the whole way: made, outdated, rebuilt, released; and nothing in it that is not its learner's.

Canaries lie in hidden tests, solutions, notes, reveals that were not earned, other people's answers and comments,
what graders note for themselves, outputs and tracebacks. A learner then asks every address with every name, and
reads all that lies in their home.
"""

from __future__ import annotations

import itertools
import json
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from support.commands import run_at

Look = Callable[[bytes | str], set[str]]

OWN = {"CANARY-my-words", "CANARY-comment-for-quinn", "CANARY-my-estimate"}
EARNED = {
    "CANARY-reveal-text",
    "CANARY-reveal-output",
    "CANARY-sealed-file",
    "CANARY-source-of-what-is-sealed",
    "CANARY-second-reveal",
    # By what stood in a cell of hers that called itself p3.
    "CANARY-third-reveal",
}
NEVER = {
    "CANARY-hidden-test",
    "CANARY-solution",
    "CANARY-model-answer",
    "CANARY-faculty-note",
    "CANARY-faculty-code",
    "CANARY-second-faculty-note",
    "CANARY-bill",
    "CANARY-printed-by-quinn",
    "CANARY-words-of-rita",
    "CANARY-comment-for-rita",
    "CANARY-remark-of-a-machine",
    "CANARY-note-in-the-folder",
}
HOSTILE = (
    "<script>alert(1)</script><img src=x onerror=alert(2)></style><b onclick=alert(3)>"
    "[go](javascript:alert(4)) \u202eturned \x1b[31mred \x00nothing CANARY-my-words "
)


class Desk:
    """A grader with a course folder of their own."""

    def __init__(self, person: Any) -> None:
        self.person, self.home = person, Path(person.home)

    def run(self, *command: str, fails: bool = False) -> str:
        said: str = self.person.run(*command, fails=fails)
        assert "Traceback" not in said
        return said

    def sql(self, statement: str, *values: Any) -> None:
        with sqlite3.connect(self.home / "gradebook.db") as db:
            assert db.execute(statement, values).rowcount > 0

    def mark(self, learner: str, cell: str, points: float) -> None:
        self.sql(
            f"UPDATE grade SET manual_score = ?, needs_manual_grade = 0 WHERE id IN ({self._rows('grade')})",
            points,
            learner,
            cell,
        )

    def comment(self, learner: str, cell: str, words: str) -> None:
        self.sql(
            f"UPDATE comment SET manual_comment = ? WHERE id IN ({self._rows('comment')})",
            words,
            learner,
            cell,
        )

    def _rows(self, table: str) -> str:
        return (
            f"SELECT x.id FROM {table} x JOIN base_cell c ON c.id = x.cell_id "
            "JOIN submitted_notebook n ON n.id = x.notebook_id "
            "JOIN submitted_assignment s ON s.id = n.assignment_id WHERE s.student_id = ? AND c.name = ?"
        )

    def feedback(self, *options: str, fails: bool = False) -> dict[str, dict[str, Any]]:
        """`coursekit feedback first --json`, by learner."""
        said = self.run("coursekit", "feedback", "first", "--json", *options, fails=fails)
        return {row["learner"]: row for row in json.loads(said.splitlines()[0])["learners"]}

    def judged(self, learner: str, prompt: str, answer: str) -> None:
        """Let another answer stand in the graded work."""
        path = self.home / "autograded" / learner / "first" / "first.ipynb"
        path.chmod(0o644)
        notebook = json.loads(path.read_text())
        cell = next(c for c in notebook["cells"] if grade_id(c) == prompt)
        cell["source"] = answer
        path.write_text(json.dumps(notebook))

    def page(self, learner: str) -> str:
        return (self.home / "feedback" / learner / "first" / "feedback.html").read_text()

    def item(self, learner: str, prompt: str) -> dict[str, Any]:
        data = json.loads((self.home / "feedback" / learner / "first" / "feedback.json").read_text())
        found: dict[str, Any] = next(i for i in data["items"] if i["prompt"] == prompt)
        return found


def grade_id(cell: dict[str, Any]) -> str | None:
    name: str | None = cell["metadata"].get("nbgrader", {}).get("grade_id")
    return name


@pytest.fixture(scope="module")
def quinn(classroom: Any) -> Any:
    """Hostile, and out for the hidden tests: the test cell says that it is the answer to p3."""
    person = classroom.person("quinn")
    person.run("nbgrader", "fetch_assignment", "first", "--course", "tiny")
    person.answer("first", "p1", {"value": 7, "reason": "CANARY-my-estimate </div><script>alert(5)</script>"})
    person.write("first", "p2", HOSTILE + "and enough words to be an answer.")
    path = person.home / "first" / "first.ipynb"
    notebook = json.loads(path.read_text())
    tests = next(c for c in notebook["cells"] if grade_id(c) == "p3-tests")
    tests["metadata"]["coursekit"] = {"prompt": {"id": "p3", "kind": "analysis", "title": "The sum"}}
    notebook["cells"].append(
        {
            "cell_type": "code",
            "id": "mine",
            "metadata": {},
            "source": "print('CANARY-printed-' + 'by-quinn')\nraise ValueError('CANARY-' + 'printed-by-quinn')",
            "outputs": [],
            "execution_count": None,
        }
    )
    path.write_text(json.dumps(notebook))
    person.run("nbgrader", "submit", "first", "--course", "tiny")
    return person


@pytest.fixture(scope="module")
def rita(classroom: Any) -> Any:
    """Whose words quinn must never see."""
    words = "CANARY-words-of-rita and four more words."
    # Wrong in the way that only the hidden test sees: its words are in the traceback.
    return _handed_in(classroom, "rita", 8, words, "total = 7")


@pytest.fixture(scope="module")
def sven(classroom: Any) -> Any:
    return _handed_in(classroom, "sven", 9, "Sven has five good words here.")


def _handed_in(classroom: Any, name: str, guess: int, words: str, code: str | None = None) -> Any:
    """Somebody new, who has answered and submitted."""
    person = classroom.person(name)
    person.run("nbgrader", "fetch_assignment", "first", "--course", "tiny")
    person.answer("first", "p1", {"value": guess})
    person.write("first", "p2", words)
    if code is not None:
        person.write("first", "p3", code)
    person.run("nbgrader", "submit", "first", "--course", "tiny")
    return person


@pytest.fixture(scope="module")
def desk(classroom: Any, quinn: Any, rita: Any, sven: Any) -> Desk:
    """Collected and graded; quinn's answer is marked, rita's is not."""
    person = classroom.person("greta", "instructor")
    shutil.copytree(classroom.faculty.home / "modules", person.home / "modules")
    shutil.copytree(classroom.faculty.home / "cases", person.home / "cases")
    desk = Desk(person)
    master = desk.home / "modules" / "first" / "first.ipynb"
    notebook = json.loads(master.read_text())
    tests = next(c for c in notebook["cells"] if grade_id(c) == "p3-tests")
    tests["metadata"]["coursekit"] = {"check": {"label": "The sum of three rooms"}}
    master.write_text(json.dumps(notebook))
    desk.run("nbgrader", "generate_assignment", "first")
    desk.run("nbgrader", "collect", "first")
    desk.run("nbgrader", "autograde", "first")
    desk.mark("quinn", "p2", 1.5)
    desk.comment(
        "quinn", "p2", "CANARY-comment-for-quinn <i>Say</i> **whose** hours: https://example.org/hours."
    )
    desk.comment("rita", "p2", "CANARY-comment-for-rita")
    desk.sql("UPDATE comment SET auto_comment = 'CANARY-remark-of-a-machine'")
    (desk.home / "autograded" / "quinn" / "first" / "notes.txt").write_text("CANARY-note-in-the-folder")
    return desk


def test_the_canaries_are_there_to_be_found(desk: Desk, canaries_in: Look) -> None:
    """nbgrader's own page shows them, so that the searches below could fail."""
    desk.run("nbgrader", "generate_feedback", "first", "--student", "quinn")
    desk.run("nbgrader", "generate_feedback", "first", "--student", "rita")
    folder = desk.home / "feedback"
    theirs = {
        who: canaries_in((folder / who / "first" / "first.html").read_bytes()) for who in ("quinn", "rita")
    }
    assert {"CANARY-hidden-test", "CANARY-printed-by-quinn", "CANARY-remark-of-a-machine"} <= theirs["quinn"]
    assert {"CANARY-hidden-test", "CANARY-words-of-rita", "CANARY-comment-for-rita"} <= theirs["rita"]
    assert "CANARY-note-in-the-folder" in canaries_in((folder / "quinn" / "first" / "notes.txt").read_bytes())


@pytest.fixture(scope="module")
def odd(desk: Desk) -> Desk:
    """What our own way of handing in takes from nobody, and nbgrader's feedback stumbles over."""
    desk.judged("rita", "p2", "CANARY-words-of-rita half an emoji \ud83d " + "and very long " * 75_000)
    return desk


def test_feedback_takes_the_place_of_nbgraders_and_holds_the_learners_own(
    odd: Desk, canaries_in: Look
) -> None:
    desk, made = odd, odd.feedback()
    assert {"quinn", "rita", "sven"} <= set(made)
    assert {made[who]["done"] for who in ("quinn", "rita", "sven")} == {"made"}
    assert (made["quinn"]["waiting"], made["rita"]["waiting"]) == (0, 1)
    for who, own in (("quinn", OWN), ("rita", {"CANARY-words-of-rita", "CANARY-comment-for-rita"})):
        folder = desk.home / "feedback" / who / "first"
        assert {p.name for p in folder.iterdir()} == {"feedback.html", "feedback.json", "timestamp.txt"}
        for path in folder.iterdir():
            assert canaries_in(path.read_bytes()) in (own, set())
    assert desk.item("quinn", "p3")["answer"] == ""
    assert desk.item("rita", "p3")["answer"] == "total = 7"
    assert desk.item("rita", "p3")["parts"] == [
        {"label": "The sum of three rooms", "score": 0, "max_score": 2, "waiting": False}
    ]


def test_hostile_words_are_only_words(desk: Desk) -> None:
    page = desk.page("quinn")
    body = page[page.index("<body>") :]
    assert not re.search(r"<(script|img|b|i|style)\b", body)
    assert re.findall(r'href="([^"]*)"', body) == ["https://example.org/hours"]
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in body
    assert "�turned ␛[31mred ␀nothing" in body
    assert "<strong>whose</strong>" in body
    long = desk.item("rita", "p2")
    assert len(long["answer"]) < 30_000 < long["left_out"]
    assert "half an emoji �" in long["answer"]
    assert "more characters, which are not repeated here" in desk.page("rita")


def test_what_waits_for_a_person_is_said(desk: Desk) -> None:
    assert "One answer waits for a reader." in desk.page("rita")
    assert "wait" not in desk.page("quinn").split("<body>")[1]
    said = desk.run("coursekit", "feedback", "first")
    assert re.search(r"\d answers? waits? for a reader, of \d learners?; their pages say so\.", said)


def test_what_is_fresh_is_left_and_what_changes_is_rebuilt_for_whom_it_changes(desk: Desk) -> None:
    where = desk.home / "feedback" / "quinn" / "first" / "feedback.html"
    before = where.stat().st_ino
    assert {row["done"] for row in desk.feedback().values()} == {"fresh"}
    assert where.stat().st_ino == before
    desk.comment("quinn", "p2", "CANARY-comment-for-quinn Better.")
    again = desk.feedback()
    assert (again["quinn"]["done"], again["quinn"]["changed"]) == ("rebuilt", ["comment"])
    assert {row["done"] for who, row in again.items() if who != "quinn"} == {"fresh"}
    assert "Better." in desk.page("quinn")
    desk.mark("quinn", "p2", 2.5)
    again = desk.feedback("--learner", "quinn", "--learner", "rita")
    assert {who: row["changed"] for who, row in again.items()} == {"quinn": ["points"], "rita": []}
    assert "2.5 of 3 points" in desk.page("quinn")


def test_an_answer_that_was_judged_anew_makes_it_outdated(desk: Desk) -> None:
    desk.judged("sven", "p2", "Sven has other words now.")
    assert desk.feedback()["sven"]["changed"] == ["answer"]
    assert "Sven has other words now." in desk.page("sven")


def test_a_notebook_that_cannot_be_read_stops_nobody(desk: Desk) -> None:
    path = desk.home / "autograded" / "sven" / "first" / "first.ipynb"
    whole = path.read_bytes()
    path.write_bytes(whole[:-20])
    made = desk.feedback("--force")
    assert not any(row["problem"] for row in made.values())
    page = desk.page("sven")
    assert page.count("It cannot be shown here. The notebook that was handed in cannot be read.") == 2
    assert "Your answer" in page
    assert "9 hours" in page
    path.write_bytes(whole)


def test_released_is_what_lies_in_the_folder_and_once_is_enough(desk: Desk, quinn: Any) -> None:
    assert {row["released"] for row in desk.feedback().values()} == {"no"}
    assert "To release: coursekit feedback first --release" in desk.run("coursekit", "feedback", "first")
    sent = desk.feedback("--release")
    assert all(row["sent"] and row["released"] == "same" for row in sent.values())
    given = quinn.ask("GET", "/courses/tiny/modules/first/feedback/mine").json()
    assert len(given) == 1
    assert (given[0]["score"], given[0]["max_score"]) == (2.5, 5)
    again = desk.feedback("--release")
    assert not any(row["sent"] for row in again.values())
    said = desk.run("nbgrader", "release_feedback", "first")
    assert "Released already: quinn first" in said
    assert len(quinn.ask("GET", "/courses/tiny/modules/first/feedback/mine").json()) == 1


def test_what_the_learner_takes_home_is_byte_for_byte_what_was_made(desk: Desk, quinn: Any) -> None:
    quinn.run("nbgrader", "fetch_feedback", "first", "--course", "tiny")
    (folder,) = (quinn.home / "first" / "feedback").iterdir()
    for name in ("feedback.html", "feedback.json"):
        assert (folder / name).read_bytes() == (
            desk.home / "feedback" / "quinn" / "first" / name
        ).read_bytes()


def test_released_feedback_that_is_outdated_is_named_and_sent_again_by_nbgrader(
    desk: Desk, quinn: Any, rita: Any
) -> None:
    desk.mark("rita", "p2", 3)
    assert {who for who, row in desk.feedback().items() if row["released"] == "outdated"} == {"rita"}
    said = desk.run("coursekit", "feedback", "first")
    assert "What was released is outdated for 1:\n  rita\n" in said
    # nbgrader's own page takes ours away; what is sent is ours all the same, and as it is now.
    desk.mark("quinn", "p2", 3)
    desk.run("nbgrader", "generate_feedback", "first", "--student", "quinn", "--force")
    assert not (desk.home / "feedback" / "quinn" / "first" / "feedback.html").exists()
    said = desk.run("nbgrader", "release_feedback", "first")
    assert "Released feedback: quinn first" in said
    assert "Released feedback: rita first" in said
    assert "Released already: sven first" in said
    assert quinn.ask("GET", "/courses/tiny/modules/first/feedback/mine").json()[-1]["score"] == 3
    assert {row["released"] for row in desk.feedback().values()} == {"same"}


def test_without_an_exchange_feedback_is_made_all_the_same(desk: Desk) -> None:
    for url, token, why in [
        ("http://127.0.0.1:9", "x", "The exchange at http://127.0.0.1:9 does not answer."),
        ("", "", "you are not signed in to an exchange."),
    ]:
        said = run_at(desk.home, url, token, "coursekit", "feedback", "first")
        assert f"Not compared with what is released: {why}" in said
    said = run_at(desk.home, "", "", "coursekit", "feedback", "first", "--release", fails=True)
    assert "You are not signed in to the exchange" in said


@pytest.mark.parametrize(
    ("arguments", "sentence", "step"),
    [
        (("ninth",), "There is no module ninth in modules.", "Its modules are: first"),
        (("second",), "No work on second is graded yet.", "Run `coursekit grade second`"),
        (
            ("first", "--learner", "nobody"),
            "No graded work on first is there of nobody.",
            "coursekit grade first",
        ),
    ],
)
def test_no_is_one_sentence_and_a_next_step(
    desk: Desk, arguments: tuple[str, ...], sentence: str, step: str
) -> None:
    said = desk.run("coursekit", "feedback", *arguments, fails=True)
    assert sentence in said
    assert step in said.split("→")[1]


def test_a_learner_the_gradebook_does_not_know_is_named_and_the_others_get_theirs(desk: Desk) -> None:
    shutil.copytree(desk.home / "autograded" / "sven", desk.home / "autograded" / "ghost")
    try:
        made = desk.feedback(fails=True)
        assert made["ghost"]["done"] == "failed"
        assert "The gradebook has no marks of ghost on first." in made["ghost"]["problem"]
        assert made["sven"]["done"] == "fresh"
        assert "  ghost: The gradebook has no marks" in desk.run("coursekit", "feedback", "first", fails=True)
    finally:
        shutil.rmtree(desk.home / "autograded" / "ghost")


def _questions(desk: Desk, quinn: Any) -> Iterator[tuple[str, str]]:
    """Every address of the service's own document, with every name there is in each of its places."""
    rows = desk.person.ask("GET", "/courses/tiny/modules/first/submissions").json()["rows"]
    names = {
        "course": ["tiny"],
        "module": ["first", "second"],
        "prompt": ["p1", "p2", "p3"],
        "learner": ["quinn", "rita", "greta"],
        "submission": [row["submission"] for row in rows],
    }
    for whole, methods in quinn.ask("GET", "/openapi.json").json()["paths"].items():
        template = whole.removeprefix("/api/v1")
        places = [name for name in names if "{" + name + "}" in template]
        for chosen in itertools.product(*(names[place] for place in places)):
            path = template.format(**dict(zip(places, chosen, strict=True)))
            for method in methods:
                yield method.upper(), path


def test_whatever_a_learner_asks_nothing_comes_that_is_not_theirs(
    desk: Desk, quinn: Any, canaries_in: Look
) -> None:
    found: set[str] = set()
    asked = answered = 0
    for method, path in _questions(desk, quinn):
        answer = quinn.ask(method, path, json={}) if method != "GET" else quinn.ask(method, path)
        assert answer.status_code < 500, (method, path)
        found |= canaries_in(answer.content)
        asked += 1
        answered += answer.is_success
    quinn.run("nbgrader", "fetch_feedback", "first", "--course", "tiny")
    for path in Path(quinn.home).rglob("*"):
        if path.is_file():
            found |= canaries_in(path.read_bytes())
    assert asked > 60
    assert answered > 15
    assert found & NEVER == set()
    assert found - (OWN | EARNED | {"CANARY-printed-"}) == set()
    # What is theirs did come.
    assert found >= OWN
