"""Late work with nbgrader's own commands: what is collected, what its gradebook knows, and what lateness costs."""

from __future__ import annotations

import contextlib
import io
import json
import logging
import re
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from coursekit.client import ExchangeClient
from coursekit.model.ids import CourseId, UserId
from coursekit.services import enrol
from coursekit.wire.api import FileShape, MemberShape, SubmitRequest, Submitted
from coursekit.wiring.exchange import OPERATOR, open_embedded

COURSE = "late"
DAY = timedelta(days=1)
# Real parts have a real clock, so the dates are told from it; to the minute, as course.yml has them.
NOW = datetime.now(UTC).replace(second=0, microsecond=0)
DUE, CLOSES = NOW - 3 * DAY, NOW - DAY
"""Due three days ago, closed since yesterday: what comes now is after the closing, and late by four days begun."""
LEARNERS = ("ada", "eva", "kim", "olu", "tom")


def _config(home: Path) -> None:
    (home / "nbgrader_config.py").write_text(
        "from coursekit.nbgrader_exchange import configure; configure(get_config())\n"
        f'get_config().CourseDirectory.course_id = "{COURSE}"\n'
    )


class Late:
    """The course: ada has an extension, olu and kim were let in after the closing; eva was not; tom withdrew."""

    def __init__(self, room: Any, tiny: Path, tmp: Path) -> None:
        self.home = tmp / "faculty"
        shutil.copytree(tiny, self.home)
        written = self.home / "modules" / "course.yml"
        text = written.read_text().replace("course: tiny", f"course: {COURSE}")
        text = text.replace("modules:\n", "late: {grace_minutes: 15, penalty_per_day: 0.1}\nmodules:\n")
        times = f"    due: {DUE:%Y-%m-%dT%H:%MZ}\n    closes: {CLOSES:%Y-%m-%dT%H:%MZ}\n"
        written.write_text(text.replace("  - id: first\n", f"  - id: first\n{times}"))
        _config(self.home)
        exchange = open_embedded(room.data)
        people = [MemberShape(user=name) for name in LEARNERS]
        teacher = MemberShape(user="ines", role="instructor")
        enrol.put_members(exchange.exchange, OPERATOR, CourseId(COURSE), [*people, teacher])
        tokens = {n: exchange.issue_token(UserId(n), timedelta(hours=2)) for n in (*LEARNERS, "ines")}
        exchange.ledger.close()
        self.faculty = type(room.faculty)("ines", self.home, room.url, tokens["ines"])
        self.clients = {name: ExchangeClient(room.url, token) for name, token in tokens.items()}

    def submit(self, name: str, words: str, **more: Any) -> Submitted:
        """Answer well, but for the prose, and hand in."""
        client = self.clients[name]
        files = {f.path: f for f in client.fetch(COURSE, "first").files}
        notebook = json.loads(files["first.ipynb"].content)
        for cell in notebook["cells"]:
            if cell["id"] == "p2":
                cell["source"] = words
            if cell["id"] == "p3":
                cell["source"] = "hours = [2, 3, 1]\ntotal = sum(hours)"
        files["first.ipynb"] = FileShape.of("first.ipynb", json.dumps(notebook).encode())
        request = SubmitRequest(files=list(files.values()), responses={"p1": {"value": 7}}, **more)
        return client.submit(COURSE, "first", request)

    def staff(self, *command: str) -> str:
        """nbgrader or coursekit, in the faculty's folder."""
        said: str = self.faculty.run(*command)
        return said

    def collect(self, *flags: str) -> str:
        """`nbgrader collect first`."""
        from nbgrader.apps import CollectApp

        return self._in_this_process(CollectApp, "first", *flags)

    def list(self, *flags: str) -> str:
        """`nbgrader list first`."""
        from nbgrader.apps import ListApp

        return self._in_this_process(ListApp, "first", *flags)

    def _in_this_process(self, kind: Any, *arguments: str) -> str:
        """One of nbgrader's commands, here for time's sake; what it logged."""
        said = io.StringIO()
        environment = {"COURSEKIT_URL": self.faculty.url, "COURSEKIT_TOKEN": self.faculty.token}
        with contextlib.chdir(self.home), pytest.MonkeyPatch.context() as patch:
            for name, value in environment.items():
                patch.setenv(name, value)
            app = kind()
            app.log.addHandler(logging.StreamHandler(said))
            app.initialize(list(arguments))
            app.start()
        return said.getvalue()

    def collected(self) -> dict[str, str]:
        """Learner → the submission that stands in submitted/."""
        tickets = self.home.glob("submitted/*/first/coursekit.json")
        return {p.parts[-3]: json.loads(p.read_bytes())["submission"] for p in tickets}

    def gradebook(self) -> Any:
        from nbgrader.api import Gradebook

        return Gradebook(f"sqlite:///{self.home}/gradebook.db", COURSE)

    def marks(self) -> dict[str, list[tuple[str, float | None, float | None, bool]]]:
        """Every mark in the gradebook."""
        with self.gradebook() as gradebook:
            return {
                s.student.id: sorted(
                    (g.name, g.auto_score, g.manual_score, bool(g.needs_manual_grade))
                    for n in s.notebooks
                    for g in n.grades
                )
                for s in gradebook.find_assignment("first").submissions
            }


@pytest.fixture(scope="module")
def late(unreleased: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    tiny = Path(__file__).parent.parent / "courses" / "tiny"
    course = Late(unreleased, tiny, tmp_path_factory.mktemp("late"))
    course.staff("nbgrader", "generate_assignment", "first")
    course.staff("nbgrader", "release_assignment", "first")
    # Granted before anything was handed in, which nbgrader cannot note.
    ines = course.clients["ines"]
    ines.extend(COURSE, "first", "ada", NOW + DAY, "was ill")
    for name in ("olu", "kim"):
        ines.reopen(COURSE, "first", name, None, "no network")
    course.done = {
        name: course.submit(name, f"the words of {name}, quite a few of them") for name in LEARNERS
    }
    ines.withdraw(COURSE, course.done["tom"].submission, "not his own work")
    course.said = course.staff("nbgrader", "collect", "first")
    yield course
    for client in course.clients.values():
        client.close()


def test_what_counts_is_collected_and_whose_work_is_missing_is_said(late: Any) -> None:
    assert late.collected() == {name: late.done[name].submission for name in ("ada", "kim", "olu")}
    assert "Collected 3 of 3 submissions" in late.said
    assert "Handed in after the closing only, so not collected: eva." in late.said
    assert f"coursekit reopen {COURSE} first LEARNER --reason WHY" in late.said
    assert "tom" not in late.said
    assert "Warning" not in late.said


def test_the_gradebook_knows_due_date_and_extension_before_anything_is_graded(late: Any) -> None:
    with late.gradebook() as gradebook:
        assignment = gradebook.find_assignment("first")
        assert assignment.duedate == DUE.replace(tzinfo=None)
        assert {s.student.id: s.extension for s in assignment.submissions} == {"ada": 4 * DAY}
    # formgrader still sees work to be graded, not a graded nought.
    listed = late.list("--inbound")
    assert sorted(re.findall(r"late (\w+) first", listed)) == ["ada", "eva", "kim", "olu"]
    script = (
        "from nbgrader.apps import NbGraderAPI; from nbgrader.apps.nbgraderapp import NbGraderApp\n"
        "from traitlets.config import Config\n"
        "app = NbGraderApp(); app.load_config_file(); api = NbGraderAPI(config=app.config)\n"
        "print({s['student']: s['autograded'] for s in api.get_submissions('first')})\n"
    )
    (late.home / "look.py").write_text(script)
    assert "{'ada': False, 'kim': False, 'olu': False}" in late.staff("look")


@pytest.fixture(scope="module")
def graded(late: Any) -> Any:
    late.staff("nbgrader", "autograde", "first")
    return late


def test_lateness_costs_what_the_course_says_and_an_extension_nothing(graded: Any) -> None:
    with graded.gradebook() as gradebook:
        for name, due, share in (("ada", NOW + DAY, 0), ("olu", DUE, 0.4), ("kim", DUE, 0.4)):
            submission = gradebook.find_submission("first", name)
            late = (submission.timestamp - due.replace(tzinfo=None)).total_seconds()
            assert submission.total_seconds_late == max(late, 0), name
            assert submission.score == 2
            assert submission.late_submission_penalty == pytest.approx(share * 2), name


def test_an_extension_granted_after_grading_reaches_the_gradebook_and_no_mark(graded: Any) -> None:
    with graded.gradebook() as gradebook:
        for name in ("olu", "kim"):
            grade = gradebook.find_grade("p2", "first", "first", name)
            grade.manual_score, grade.needs_manual_grade = 1.5, False
        gradebook.db.commit()
    before = graded.marks()
    graded.clients["ines"].extend(COURSE, "first", "olu", NOW + DAY, "was ill too")
    assert "Collected 0 of 3" in graded.collect("--update")
    with graded.gradebook() as gradebook:
        assert gradebook.find_submission("first", "olu").total_seconds_late == 0
        assert gradebook.find_submission("first", "kim").extension is None
    assert graded.marks() == before


def test_feedback_says_what_lateness_cost_of_all_points(graded: Any) -> None:
    """Prose is marked by people after nbgrader reckoned the penalty; it is reckoned anew."""
    graded.staff("nbgrader", "generate_feedback", "first")
    graded.staff("nbgrader", "release_feedback", "first")
    given = {name: graded.clients[name].my_feedback(COURSE, "first")[-1] for name in ("ada", "kim", "olu")}
    assert {name: f.score for name, f in given.items()} == {
        "ada": 2,
        # 3.5 points, four days begun at a tenth each.
        "kim": pytest.approx(2.1),
        "olu": 3.5,
    }
    pages = {name: next(f for f in g.files if f.path == "feedback.html").content for name, g in given.items()}
    assert b"1.4 taken off because it came late" in pages["kim"]
    assert b"came late" not in pages["olu"]
    with graded.gradebook() as gradebook:
        assert gradebook.find_submission("first", "olu").late_submission_penalty == 0
        assert gradebook.find_submission("first", "kim").late_submission_penalty == pytest.approx(1.4)


def test_a_later_choice_or_withdrawal_changes_what_is_collected_also_back(graded: Any) -> None:
    first = graded.done["ada"].submission
    second = graded.submit("ada", "second thoughts, which are the better ones").submission
    assert "Collected 0 of" in graded.collect()
    assert "Collected 1 of 3" in graded.collect("--update")
    assert graded.collected()["ada"] == second
    graded.clients["ada"].choose(COURSE, first)
    assert "Collected 1 of 3" in graded.collect("--update")
    assert graded.collected()["ada"] == first
    # By time alone, as --before-duedate always went.
    assert "Collected 1 of 3" in graded.collect("--before-duedate")
    assert graded.collected()["ada"] == second
    graded.clients["ines"].withdraw(COURSE, second, "a mistake")
    assert "Collected 1 of 3" in graded.collect("--update")
    assert graded.collected()["ada"] == first
    graded.clients["ines"].withdraw(COURSE, first, "another mistake")
    said = graded.collect("--update")
    assert "Collected 0 of 2" in said
    assert re.search(
        r"submitted/ada/first does not count any more. Delete that folder before you grade", said
    )


def test_what_a_grader_entered_in_the_gradebook_stays(graded: Any) -> None:
    theirs = (DUE + 2 * DAY).replace(tzinfo=None)
    with graded.gradebook() as gradebook:
        gradebook.find_assignment("first").duedate = theirs
        gradebook.find_submission("first", "kim").extension = 9 * DAY
        gradebook.db.commit()
    graded.collect("--update")
    with graded.gradebook() as gradebook:
        assert gradebook.find_assignment("first").duedate == theirs
        assert gradebook.find_submission("first", "kim").extension == 9 * DAY
        # olu's own due date is the same moment, told from the grader's.
        assert gradebook.find_submission("first", "olu").extension == 2 * DAY
