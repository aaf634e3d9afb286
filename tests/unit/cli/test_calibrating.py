"""What an author reads about the module's prompts: frank words, and a picture."""

from __future__ import annotations

import copy
import csv
import io
import json
from dataclasses import asdict, replace
from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner
from support.reference import COURSE, SETTINGS, copy_course
from support.reflections import corpus

from coursekit.cli.calibrating import _lines, calibrate
from coursekit.model.errors import BadInput, NotFound
from coursekit.model.ids import Digest, ModuleId, PromptId
from coursekit.model.pilot import Asked, Written
from coursekit.model.reflection import Certificate, Rung
from coursekit.policy.reflection.calibration import GroupMeasured, Measured
from coursekit.policy.reflection.certificate import Gap
from coursekit.policy.reflection.ladder import More
from coursekit.services import pilot
from coursekit.services.build import build
from coursekit.services.calibrate import Calibrated
from coursekit.store.authored import read_rubrics
from coursekit.store.coursefiles import CourseFolder
from coursekit.store.pilots import PilotFolder
from coursekit.wiring import textmodels

MODULE = "spike-at-65"
OPEN = cache(textmodels.shipped_models)


class Stage:
    """A runner that runs nothing."""

    def run(self, notebook, parameters, folder):
        return copy.deepcopy(dict(notebook))


@pytest.fixture(autouse=True)
def models(monkeypatch: pytest.MonkeyPatch) -> None:
    """Opened once, and without any that somebody has added to this machine."""
    monkeypatch.setattr(textmodels, "open_models", OPEN)


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> Path:
    root = tmp_path_factory.mktemp("calibrating")
    copy_course(root)
    settings = f'c = get_config()\n{SETTINGS}c.CourseDirectory.course_id = "{COURSE}"\n'
    (root / "nbgrader_config.py").write_text(settings)
    build(CourseFolder(root), ModuleId(MODULE), Stage(), "1")
    return root


def run(*words: object) -> str:
    done = CliRunner().invoke(calibrate, [str(w) for w in words])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done.output


def test_the_exemplars_of_a_module(course: Path) -> None:
    said = run(MODULE, "--root", course)
    assert [line for line in said.splitlines() if line.startswith("p")] == [
        "p2 · What made this pattern?",
        "p6 · Two sides of one point",
        "p7 · Where is your 65?",
    ]
    assert "You need about 17 more grades for a comparison with counting words." in said
    assert "Depth is read by a person" in said
    assert "is not known: see coursekit reflect pilot" in said
    picture = course / ".coursekit" / "reflections" / f"{MODULE}-reliability.png"
    assert f"Reliability: {picture}" in said
    assert picture.read_bytes().startswith(b"\x89PNG")
    # A module's record begins with its first check, not with a look at it.
    assert [p.name for p in picture.parent.iterdir()] == [picture.name]


def test_for_programs_and_the_same_every_time(course: Path, tmp_path: Path) -> None:
    words = (MODULE, "--root", course, "--json", "--plot", tmp_path / "a.png")
    once, picture = run(*words), (tmp_path / "a.png").read_bytes()
    told = json.loads(once)
    assert told["picture"] == str(tmp_path / "a.png")
    (p2, _, _) = told["prompts"]
    assert (p2["prompt"], p2["rung"], p2["certificate"]) == ("p2", "grader_only", None)
    assert p2["measured"]["per_level"]["position"].keys() == {"0", "1", "2"}
    assert (run(*words), (tmp_path / "a.png").read_bytes()) == (once, picture)


def test_what_was_not_built_says_how(course: Path, tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        run("no-such-module", "--root", course)
    with pytest.raises((BadInput, NotFound)) as refused:
        run("small-classes", "--root", course)
    assert refused.value.next_step


def test_groups_by_exemplar(course: Path, tmp_path: Path) -> None:
    exemplars = [f"p2-{letter}" for letter in "abcdef"]
    file = tmp_path / "groups.csv"
    rows = "".join(f"{name},{'home' if i % 2 else 'abroad'}\n" for i, name in enumerate(exemplars))
    file.write_text("id,group\n" + rows, encoding="utf-8-sig")
    said = run(MODULE, "--root", course, "--group-by", file)
    assert "Group abroad: 3 answers; below 50" in said


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n", b"id\nx\n", b"\xff\xfe\x00", b"group,who\nx,y\n"])
def test_groups_that_cannot_be_read(course: Path, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "groups.csv"
    file.write_bytes(content)
    with pytest.raises(BadInput) as refused:
        run(MODULE, "--root", course, "--group-by", file)
    assert refused.value.code == "bad-groups"


def test_a_pilot_is_the_ceiling(course: Path) -> None:
    rubric = read_rubrics(course / "modules" / MODULE)["explanation"]
    asked = Asked(PromptId("p2"), "Pattern", "What?", rubric)
    answers = [
        Written(f"learner{i}", asked.id, m.text, {"text": m.text})
        for i, m in enumerate(corpus.held_out(f"{MODULE}/p2", 6))
    ]
    place = PilotFolder(course, "trial")
    pilot.start(
        place, MODULE, "trial", ("anna", "ben"), (asked,), answers, 6, 1, "2027-01-01T00:00:00+00:00", {}
    )
    for grader in ("anna", "ben"):
        rows = list(
            csv.DictReader(io.StringIO((place.find(f"{grader}.csv") or b"").decode("utf-8-sig"), newline=""))
        )
        rows.sort(key=lambda row: row["id"])
        for number, row in enumerate(rows):
            level = str(number % 2)
            row |= {c.id: level for c in rubric.criteria} | {"adequate": "yes" if number % 2 else "no"}
        if grader == "ben":
            rows[0]["position"] = "1"
            # Not marked in full: it does not count.
            rows[5]["position"] = ""
        out = io.StringIO()
        writer = csv.DictWriter(out, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
        place.write(f"{grader}.csv", out.getvalue().encode())
    assert "Two people on the same 5 answers: 0.9" in run(MODULE, "--root", course)


# ------------------------------------------------------------------------------------- frank words

PLAIN = Calibrated(
    PromptId("p1"),
    "The lamps",
    Rung.SUGGESTION,
    Measured(60, {"position": {0: 20, 1: 40}}, 40, 20, qwk=0.7, length_qwk=0.6, auc=0.9, ece=0.05),
    More(198, "a certificate, drawn by lot and graded blind"),
    True,
    12,
)


def said(**changes: object) -> str:
    return "\n".join(_lines(replace(PLAIN, **changes)))  # type: ignore[arg-type]


def measured(**changes: object) -> Measured:
    return Measured(**{**asdict(PLAIN.measured), **changes})


def test_without_a_certificate_it_says_who_reads() -> None:
    assert "Nothing passes without a person; 12 audited decisions so far." in said()
    assert "You need about 198 more grades for a certificate, drawn by lot and graded blind." in said()
    assert "Nothing passes" not in said(may_pass=False, more=None)


def test_nine_answers_promise_nothing() -> None:
    few = said(rung=Rung.POINTERS, measured=Measured(9, {}, 6, 3), more=More(1, "a suggestion to graders"))
    assert "Learners get pointers, nothing else" in few
    assert "You need about 1 more grade for a suggestion to graders." in few
    assert "kappa" not in few


def test_a_rubric_that_measures_length_is_told_so() -> None:
    worse = measured(qwk=0.61)
    assert "This rubric currently measures length. No suggestion is shown." in said(
        rung=Rung.LENGTH, measured=worse
    )
    stuck = said(rung=Rung.LENGTH, measured=worse, more=More(None, "another comparison with counting words"))
    assert "More grades alone did not help" in stuck
    assert "measures length" not in said(rung=Rung.LENGTH, measured=measured(auc=0.8))
    assert "answers of both kinds" in said(rung=Rung.LENGTH, measured=measured(inadequate=0, auc=None))


def test_a_certificate_is_for_an_attempt_and_never_for_a_level() -> None:
    certificate = Certificate(0.95, 60, 1, 0.951234, Digest("a" * 64))
    told = said(certificate=certificate, more=None)
    assert "from p ≥ 0.95, 59 of 60 audited decisions agree (at least 95.1%)" in told
    assert "never a level" in told
    assert "two disagreements among the last 30" in told


def test_no_number_is_invented() -> None:
    assert "cannot be said yet" in said(more=More(None, "a certificate, drawn by lot and graded blind"))


def test_groups_are_named_with_what_they_get() -> None:
    told = said(groups=(GroupMeasured("home", 30, 0.25, 0.9), GroupMeasured("few", 1, None, None)))
    assert "Group home: 30 answers, suggested +0.25 points, same side as the person 90%." in told
    assert "Group few: 1 answer; below 50, chance would speak." in told
    assert "nothing may pass" in said(gap=Gap("home", "abroad", 0.1))
