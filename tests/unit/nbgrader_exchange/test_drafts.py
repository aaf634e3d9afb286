"""A note of the checks never reaches a learner, neither by nbgrader's own pages nor by ours."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from support.marked import MODULE, hand_in, run_nbgrader
from support.prose_course import copy_generated
from support.small_course import Course

from coursekit.model.reviewing import ProseNote
from coursekit.policy.reflection.questions import DRAFT
from coursekit.store.marks import read_module
from coursekit.store.prosemarks import ProseMarks
from coursekit.wiring import nbgrader_course
from coursekit.wiring.nbgrader_config import WITHOUT_DRAFTS

NOTE = f"{DRAFT}\nSECRET of the checks."
OURS = (
    "from nbconvert.preprocessors import CSSHTMLHeaderPreprocessor\n"
    f"c.GenerateFeedback.preprocessors = ['{WITHOUT_DRAFTS}', CSSHTMLHeaderPreprocessor]\n"
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = copy_generated(tmp_path_factory.mktemp("made") / "course")
    hand_in(root, "ada")
    course = Course(root)
    course.grade()
    with ProseMarks(course.url, MODULE, "main") as marks:
        marks.write({"ada": {"essay": ProseNote(None, NOTE)}})
    return root


def page(made: Path, root: Path, config: str) -> str:
    shutil.copytree(made, root)
    with (root / "nbgrader_config.py").open("a") as file:
        file.write(config)
    run_nbgrader(root, "GenerateFeedbackApp", MODULE)
    return (root / "feedback" / "ada" / MODULE / "main.html").read_text()


def test_nbgraders_own_page_would_show_it(made: Path, tmp_path: Path) -> None:
    assert "SECRET" in page(made, tmp_path / "plain", "")
    assert not nbgrader_course.load(tmp_path / "plain", MODULE).drafts


def test_with_our_configuration_it_does_not(made: Path, tmp_path: Path) -> None:
    shown = page(made, tmp_path / "ours", OURS)
    assert "SECRET" not in shown
    assert "Because." in shown
    assert nbgrader_course.load(tmp_path / "ours", MODULE).drafts


def test_configure_sets_it(made: Path, tmp_path: Path) -> None:
    shutil.copytree(made, tmp_path / "kit")
    shutil.copytree(tmp_path / "kit" / "source", tmp_path / "kit" / "modules")
    with (tmp_path / "kit" / "nbgrader_config.py").open("a") as file:
        file.write("from coursekit.nbgrader_exchange import configure; configure(get_config())\n")
    assert nbgrader_course.load(tmp_path / "kit", MODULE).drafts


def test_nbgraders_own_beside_ours_is_no_protection(made: Path, tmp_path: Path) -> None:
    shutil.copytree(made, tmp_path / "both")
    with (tmp_path / "both" / "nbgrader_config.py").open("a") as file:
        file.write("from nbgrader.preprocessors import GetGrades\n")
        file.write(f"c.GenerateFeedback.preprocessors = ['{WITHOUT_DRAFTS}', GetGrades]\n")
    assert not nbgrader_course.load(tmp_path / "both", MODULE).drafts


def test_our_page_takes_a_persons_words_alone(made: Path) -> None:
    marks = read_module(Course(made).url, MODULE).marks["ada"]
    assert marks.words == {}
