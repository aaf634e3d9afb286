"""Our quick look at nbgrader's configuration sees what nbgrader sees, and does not wait for it."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from support.commands import begun
from support.warm import WARM

from coursekit.model.errors import BadInput
from coursekit.wiring.nbgrader_config import read_folders

OURS = "from coursekit.nbgrader_exchange import configure; configure(get_config())\n"
# What nbgrader's own commands work with, in their own words.
ORACLE = """
import json
from nbgrader.apps import NbGrader

app = NbGrader()
app.initialize([])
course = app.coursedir
named = ("course_id", "db_url", "source_directory", "release_directory", "submitted_directory",
         "autograded_directory", "feedback_directory", "directory_structure", "root", "student_id_exclude")
found = {name: getattr(course, name) for name in named}
found["path"] = course.format_path(course.feedback_directory, "maria", "first")
print(json.dumps(found))
"""
MOVED = """
c = get_config()
c.CourseDirectory.course_id = " tiny "
c.CourseDirectory.root = "below"
c.CourseDirectory.autograded_directory = "data/graded"
c.CourseDirectory.directory_structure = "{assignment_id}/{nbgrader_step}/{student_id}"
c.CourseDirectory.student_id_exclude = "olu,gil"
"""
BELOW = """
c = get_config()
c.CourseDirectory.feedback_directory = "given"
c.CourseDirectory.db_url = "postgresql://localhost/grades"
"""


def look(folder: Path, code: str, anew: bool = False) -> str:
    environment = {**os.environ, "HOME": str(folder), "JUPYTER_CONFIG_DIR": str(folder / "none")}
    ended, out, err = (begun if anew else WARM.run)("-c", code, cwd=folder, env=environment, timeout=60)
    assert ended == 0, err
    return out


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"nbgrader_config.py": OURS + "get_config().CourseDirectory.course_id = 'tiny'"},
        {"nbgrader_config.py": MOVED, "below/nbgrader_config.py": BELOW},
        {"nbgrader_config.json": json.dumps({"CourseDirectory": {"course_id": "tiny", "root": "/srv/tiny"}})},
    ],
    ids=["nothing", "ours", "moved, and more below", "json"],
)
def test_it_sees_what_nbgrader_sees(tmp_path: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    theirs = json.loads(look(tmp_path, ORACLE).splitlines()[-1])
    code = "from pathlib import Path; from coursekit.wiring.nbgrader_config import read_folders\n"
    code += "import json, sys; f = read_folders(Path.cwd())\n"
    code += (
        "found = {**vars(f), 'path': f.path(f.feedback, 'maria', 'first'), 'excluded': sorted(f.excluded)}\n"
    )
    code += "print(json.dumps([found, 'nbgrader' in sys.modules], default=str))"
    ours, has_nbgrader = json.loads(look(tmp_path, code, anew=True))
    assert not has_nbgrader
    assert ours["late_by_course"] is ("configure" in files.get("nbgrader_config.py", ""))
    steps = ("source", "release", "submitted", "autograded", "feedback")
    assert {f"{step}_directory": ours[step] for step in steps} == {
        f"{step}_directory": theirs[f"{step}_directory"] for step in steps
    }
    assert (ours["course"], ours["db_url"], ours["structure"]) == (
        theirs["course_id"],
        theirs["db_url"],
        theirs["directory_structure"],
    )
    assert (ours["root"], ours["path"]) == (theirs["root"], theirs["path"])
    assert ours["excluded"] == sorted(filter(None, theirs["student_id_exclude"].split(",")))


def test_learners_are_those_with_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path / "none"))
    (tmp_path / "nbgrader_config.py").write_text(MOVED.replace('"below"', '"."'))
    for name in ("maria", "olu", "a.b@c", "[x]"):
        (tmp_path / "first" / "data" / "graded" / name).mkdir(parents=True)
    (tmp_path / "second" / "data" / "graded" / "vera").mkdir(parents=True)
    (tmp_path / "first" / "data" / "graded" / "file").write_text("")
    folders = read_folders(tmp_path)
    assert list(folders.learners(folders.autograded, "first")) == ["[x]", "a.b@c", "maria"]
    assert list(folders.learners(folders.autograded, "f*")) == []


def test_a_broken_configuration_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path / "none"))
    (tmp_path / "nbgrader_config.py").write_text("c = get_config()\nc.CourseDirectory.root = nowhere")
    with pytest.raises(BadInput) as error:
        read_folders(tmp_path)
    assert error.value.code == "nbgrader-config"
    assert "NameError: name 'nowhere' is not defined" in error.value.detail
