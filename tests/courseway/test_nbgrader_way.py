"""The whole way with nbgrader's own commands: list, fetch, submit, collect, autograde, feedback.

Each verb is tried once in an interpreter of its own (`anew`); after that a fork of a warm one tells as much.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from support.commands import begin_at

_SCRIPT = "<script>alert(1)</script> I would ask nobody about nine hours."


@pytest.fixture(scope="module")
def rosa(classroom: Any) -> Any:
    """A learner who has gone through the first module by nbgrader's commands alone."""
    person = classroom.person("rosa")
    person.run("nbgrader", "fetch_assignment", "first", "--course", "tiny", anew=True)
    person.answer("first", "p1", {"value": 7})
    person.write("first", "p2", _SCRIPT)
    person.write("first", "p3", "hours = [2, 3, 1]\ntotal = sum(hours)")
    person.run("nbgrader", "submit", "first", "--course", "tiny", anew=True)
    return person


@pytest.fixture(scope="module", autouse=True)
def unreachable(rosa: Any, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], str]:
    """A copy of her submits where nobody answers, and tries for ten seconds; the last test reads what it said."""
    home = shutil.copytree(rosa.home, tmp_path_factory.mktemp("unreachable") / "rosa")
    command = ("nbgrader", "submit", "first", "--course", "tiny")
    return begin_at(home, "http://127.0.0.1:9", rosa.token, *command)


@pytest.fixture(scope="module")
def graded(classroom: Any, rosa: Any) -> Any:
    """Collected and autograded; one answer was changed after its commit."""
    rosa.write("first", "p2", "After what I read, I would rather mend the lamp.")
    rosa.run("nbgrader", "submit", "first", "--course", "tiny")
    classroom.faculty.run("nbgrader", "collect", "first", anew=True)
    classroom.faculty.run("nbgrader", "autograde", "first", anew=True)
    return classroom.faculty


def test_a_locked_module_fails_with_its_reason(classroom: Any) -> None:
    early = classroom.person("elsa")
    said = early.run("nbgrader", "fetch_assignment", "second", "--course", "tiny", fails=True)
    assert "“The lamp” is not handed in yet. Hand in “The lamp”, then open this one." in said
    assert not (early.home / "second").exists()
    listed = early.run("nbgrader", "list", "--course", "tiny")
    assert "tiny second (locked: “The lamp” is not handed in yet.)" in listed
    assert re.search(r"Released assignments:\n.*tiny first\n?$", listed)


def test_submitting_seals_answers_and_opens_the_next(rosa: Any) -> None:
    assert {p.name for p in (rosa.home / "first" / ".coursekit" / "commitments").iterdir()} >= {
        "p1.json",
        "p2.json",
        "p3.json",
    }
    rosa.run("nbgrader", "fetch_assignment", "second", "--course", "tiny")
    assert (rosa.home / "second" / "second.ipynb").is_file()


def test_fetching_again_never_touches_work(rosa: Any) -> None:
    before = (rosa.home / "first" / "first.ipynb").read_bytes()
    said = rosa.run("nbgrader", "fetch_assignment", "first", "--course", "tiny", fails=True)
    assert "You already have first." in said
    (rosa.home / "first" / "exhibits" / "rooms.csv").unlink()
    rosa.run("nbgrader", "fetch_assignment", "first", "--course", "tiny", "--replace")
    assert (rosa.home / "first" / "exhibits" / "rooms.csv").is_file()
    assert (rosa.home / "first" / "first.ipynb").read_bytes() == before


def test_collected_work_has_the_receipts_time_and_the_sealed_answer(rosa: Any, graded: Any) -> None:
    folder = graded.home / "submitted" / "rosa" / "first"
    stamp = (folder / "timestamp.txt").read_text()
    when = datetime.strptime(stamp, "%Y-%m-%d %H:%M:%S.%f UTC").replace(tzinfo=UTC)
    rows = rosa.ask("GET", "/courses/tiny/modules/first/submissions/mine").json()
    assert when == datetime.fromisoformat(rows[-1]["at"])
    cells = {c["id"]: c for c in json.loads((folder / "first.ipynb").read_text())["cells"]}
    text = "".join(cells["p2"]["source"])
    assert text.startswith(_SCRIPT)
    assert "*Changed after the commit:*\n\nAfter what I read" in text
    # What she handed in is still what she handed in.
    kept = rosa.ask("GET", f"/courses/tiny/submissions/{rows[-1]['submission']}").json()
    mine = (rosa.home / "first" / "first.ipynb").read_bytes()
    import hashlib

    assert {f["path"]: f["sha256"] for f in kept["files"]}["first.ipynb"] == hashlib.sha256(mine).hexdigest()


def test_the_author_s_text_is_neither_released_nor_where_answers_run(rosa: Any, graded: Any) -> None:
    assert "BEGIN HIDDEN TESTS" in (graded.home / "modules" / "first" / "first.md").read_text()
    for folder in (rosa.home, graded.home / "release", graded.home / "autograded"):
        there = {path.name for path in folder.rglob("*")}
        assert "first.ipynb" in there
        assert "first.md" not in there


def test_nbgrader_grades_what_was_collected(graded: Any) -> None:
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{graded.home}/gradebook.db", "tiny") as gradebook:
        test = gradebook.find_grade("p3-tests", "first", "first", "rosa")
        prose = gradebook.find_grade("p2", "first", "first", "rosa")
        assert (test.auto_score, test.needs_manual_grade) == (2, False)
        assert (prose.score, prose.needs_manual_grade) == (0, True)
        prose.manual_score = 1.5
        prose.needs_manual_grade = False
        gradebook.find_comment("p2", "first", "first", "rosa").manual_comment = "Say <b>whose</b> hours."
        gradebook.db.commit()


def test_feedback_is_the_learners_own_and_gives_nothing_away(rosa: Any, graded: Any) -> None:
    graded.run("nbgrader", "generate_feedback", "first", anew=True)
    graded.run("nbgrader", "release_feedback", "first", anew=True)
    rosa.run("nbgrader", "fetch_feedback", "first", "--course", "tiny", anew=True)
    folders = list((rosa.home / "first" / "feedback").iterdir())
    assert len(folders) == 1
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6} UTC", folders[0].name)
    page = (folders[0] / "feedback.html").read_text()
    assert "1.5 of" in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script" not in page
    assert "Say &lt;b&gt;whose&lt;/b&gt; hours." in page
    assert not re.search(r"CANARY-(hidden|solution|faculty|model)", page)
    data = json.loads((folders[0] / "feedback.json").read_text())
    assert {i["prompt"]: i["score"] for i in data["items"]} == {"p1": 0, "p2": 1.5, "p3": 2}
    assert data["submission"]


def test_lists_show_submissions_and_feedback(rosa: Any, graded: Any) -> None:
    assert "tiny rosa first" in rosa.run("nbgrader", "list", "--course", "tiny", "--cached", anew=True)
    assert "tiny rosa first" in graded.run("nbgrader", "list", "--course", "tiny", "--inbound")
    # A learner's --inbound is their own, whatever name they pass.
    other = rosa.run("nbgrader", "list", "--course", "tiny", "--inbound", "--student", "elsa")
    assert "elsa" not in other


def test_collect_again_gets_only_what_is_newer(classroom: Any, graded: Any, rosa: Any) -> None:
    said = graded.run("nbgrader", "collect", "first", "--update")
    assert "Collected 0 of" in said
    rosa.answer("first", "p1", {"value": 8})
    rosa.run("coursekit", "submit", "first")
    assert re.search(r"Collected 0 of \d", graded.run("nbgrader", "collect", "first"))
    assert re.search(r"Collected 1 of \d", graded.run("nbgrader", "collect", "first", "--update"))


def test_feedback_names_the_submission_that_was_judged_not_the_newest(rosa: Any, graded: Any) -> None:
    # Collected again by the test above, and not graded since.
    graded.run("nbgrader", "release_feedback", "first")
    rows = rosa.ask("GET", "/courses/tiny/modules/first/submissions/mine").json()
    given = rosa.ask("GET", "/courses/tiny/modules/first/feedback/mine").json()
    assert len(rows) >= 3
    assert given[-1]["submission"] == rows[-2]["submission"] == given[0]["submission"]


def test_receipts_verify_without_a_network(rosa: Any, tmp_path: Path) -> None:
    keys = tmp_path / "keys.json"
    keys.write_bytes(rosa.ask("GET", "/keys").content)
    receipts = sorted((rosa.home / "first" / ".coursekit").rglob("*.json"))
    receipts = [str(p) for p in receipts if p.name not in ("release.json", "keys.json")]
    offline = type(rosa)(rosa.name, rosa.home, "http://127.0.0.1:9", rosa.token)
    said = offline.run("coursekit", "verify", *receipts, "--keys", str(keys))
    assert said.count("genuine") == len(receipts) >= 5
    forged = json.loads(Path(receipts[0]).read_text())
    forged["receipt"]["at"] = "2020-01-01T00:00:00.000000Z"
    (tmp_path / "forged.json").write_text(json.dumps(forged))
    said = offline.run("coursekit", "verify", str(tmp_path / "forged.json"), "--keys", str(keys), fails=True)
    assert "✗ changed" in said


def test_an_unreachable_exchange_is_one_sentence(unreachable: Callable[[], str]) -> None:
    said = unreachable()
    assert "The exchange at http://127.0.0.1:9 does not answer. Your work is safe where it is." in said
    assert "Traceback" not in said
