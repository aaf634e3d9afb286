"""A canary in every reveal, note, solution and hidden test is nowhere a learner can look until it is earned."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

_OPENED_BY = {
    "p1": {
        "CANARY-reveal-text",
        "CANARY-reveal-output",
        "CANARY-sealed-file",
        "CANARY-source-of-what-is-sealed",
    },
    "p2": {"CANARY-second-reveal"},
    "p3": {"CANARY-third-reveal"},
}
_NEVER = {
    "CANARY-reveal-code",
    "CANARY-model-answer",
    "CANARY-faculty-note",
    "CANARY-faculty-code",
    "CANARY-faculty-output",
    "CANARY-solution",
    "CANARY-hidden-test",
    "CANARY-exemplars",
    "CANARY-teaching-note",
    "CANARY-second-faculty-note",
    "9.0417",
}

Look = Callable[[bytes | str], set[str]]


def _everything(learner: Any, look: Look) -> set[str]:
    """Canaries in all that this learner's token can get, and in all that lies in their home."""
    base = "/courses/tiny"
    answers = [learner.ask("GET", p) for p in ("/courses", f"{base}/path", "/keys", "/openapi.json")]
    for module in ("first", "second"):
        there = f"{base}/modules/{module}"
        for path in ("files", "submissions/mine", "submissions", "feedback/mine", "releases", "members"):
            answers.append(learner.ask("GET", f"{there}/{path}"))
        for prompt in ("p1", "p2", "p3"):
            answers.append(learner.ask("GET", f"{there}/reveals/{prompt}"))
        for row in learner.ask("GET", f"{there}/submissions/mine").json():
            answers.append(learner.ask("GET", f"{base}/submissions/{row['submission']}"))
    found = set()
    for answer in answers:
        found |= look(answer.content)
    for path in Path(learner.home).rglob("*"):
        if path.is_file():
            found |= look(path.read_bytes())
    return found


@pytest.fixture(scope="module")
def wanda(classroom: Any) -> Any:
    person = classroom.person("wanda")
    person.run("coursekit", "fetch", "tiny", "first")
    return person


def test_the_author_has_them_all_where_they_belong(classroom: Any, canaries_in: Look) -> None:
    found = set()
    for path in (classroom.faculty.home / "modules").rglob("*"):
        if path.is_file():
            found |= canaries_in(path.read_bytes())
    # Without this the tests below would pass on an empty course.
    assert set().union(*_OPENED_BY.values()) <= found
    assert _NEVER - {"CANARY-teaching-note"} <= found


def test_a_locked_module_gives_no_byte(classroom: Any, wanda: Any, canaries_in: Look) -> None:
    answer = wanda.ask("GET", "/courses/tiny/modules/second/files")
    assert answer.status_code == 423
    assert set(answer.json()) == {"type", "title", "status", "code", "detail", "next_step", "request_id"}
    assert answer.json()["detail"] == "“The lamp” is not handed in yet."
    assert answer.json()["next_step"] == "Hand in “The lamp”, then open this one."
    assert b"bill was" not in answer.content
    assert not canaries_in(answer.content)


def test_nothing_is_seen_before_the_first_commit(wanda: Any, canaries_in: Look) -> None:
    assert _everything(wanda, canaries_in) == set()


def test_each_commit_opens_exactly_its_own(wanda: Any, canaries_in: Look) -> None:
    earned: set[str] = set()
    wanda.answer("first", "p1", {"value": 5, "reason": "a guess"})
    wanda.write("first", "p2", "Nine words are enough to say what I think here.")
    wanda.write("first", "p3", "hours = [2, 3, 1]\ntotal = sum(hours)")
    for prompt, opened in _OPENED_BY.items():
        said = wanda.run("coursekit", "commit", prompt, "--in", "first")
        # The command prints text; tables and files arrive in the folder.
        assert canaries_in(said) <= opened
        earned |= opened
        assert _everything(wanda, canaries_in) == earned
    exhibits = wanda.home / "first" / "exhibits"
    assert (exhibits / "night.csv").is_file()
    assert (exhibits / "SOURCES-after-p1.md").read_text() == (
        "# Sources\n\n- `night.csv`: made up as well, CANARY-source-of-what-is-sealed.\n"
    )


def test_an_outsider_of_the_course_sees_nothing_of_it(classroom: Any, wanda: Any, canaries_in: Look) -> None:
    other = classroom.person("vera")
    assert _everything(other, canaries_in) == set()


def test_what_others_opened_stays_closed_for_me(classroom: Any, wanda: Any) -> None:
    other = classroom.person("ulla")
    answer = other.ask("GET", "/courses/tiny/modules/first/reveals/p1")
    assert (answer.status_code, answer.json()["code"]) == (423, "not-committed")


def test_solutions_and_notes_never_come(wanda: Any, canaries_in: Look) -> None:
    wanda.run("coursekit", "submit", "first")
    wanda.run("coursekit", "fetch", "tiny", "second")
    wanda.answer("second", "p1", {"choice": "nobody", "reason": "we all sat in its light"})
    wanda.run("coursekit", "commit", "p1", "--in", "second")
    wanda.run("coursekit", "submit", "second")
    assert _everything(wanda, canaries_in) == {*set().union(*_OPENED_BY.values()), "CANARY-bill"}
