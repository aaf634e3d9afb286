"""Mending on real folders: what changes in the file, what does not, and that nothing is half-written."""

from __future__ import annotations

import difflib
import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from coursekit.cli.linting import check as command
from coursekit.model.errors import BadInput
from coursekit.services.check import check
from coursekit.services.mend import mend
from coursekit.store.coursefiles import CourseFolder

COURSES = Path(__file__).parents[2] / "courses"
ANY = "first/first.ipynb"


def everything(code: str) -> bool:
    return True


@pytest.fixture
def course(tmp_path):
    """A copy of one of the test courses."""

    def copy(name):
        shutil.copytree(COURSES / name, tmp_path / name)
        return tmp_path / name

    return copy


@pytest.fixture
def tiny(course):
    return course("tiny")


def bend(root, change, indent=1, newline="\n", end="\n"):
    """tiny's first notebook, with something wrong; gives its path and its text."""
    path = root / "modules" / ANY
    notebook = json.loads(path.read_text(encoding="utf-8"))
    change(notebook["cells"])
    text = json.dumps(notebook, indent=indent, ensure_ascii=False) + end
    path.write_bytes(text.replace("\n", newline).encode())
    return path, path.read_bytes()


def p2_called(cells):
    next(c for c in cells if c["id"] == "p2")["metadata"]["nbgrader"]["grade_id"] = "guess"


@pytest.mark.parametrize("indent", [None, 1, 2, 4, "\t"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("end", ["", "\n"])
def test_one_value_changes_and_the_rest_stays_to_the_byte(tiny, indent, newline, end):
    path, before = bend(tiny, p2_called, indent, newline, end)
    (done,) = mend(CourseFolder(tiny), everything, write=True)
    assert path.read_bytes() == before.replace(b'"guess"', b'"p2"')
    assert [(f.code, f.said) for f in done.fixes] == [("CK203", "set the grade_id to p2; it was guess")]
    assert check(CourseFolder(tiny)) == []


def test_a_diff_shows_the_change_alone(tiny):
    path, before = bend(tiny, p2_called)
    result = CliRunner().invoke(command, ["--diff", "--no-cache", str(tiny)])
    changed = [
        line for line in result.output.splitlines() if line[:1] in "+-" and line[:3] not in ("+++", "---")
    ]
    assert changed == ['-     "grade_id": "guess",', '+     "grade_id": "p2",']
    assert (result.exit_code, path.read_bytes()) == (1, before)


def test_what_was_mended_is_told_and_what_is_left(tiny):
    bend(tiny, p2_called)
    result = CliRunner().invoke(command, ["--fix", "--no-cache", str(tiny)])
    assert result.output == (
        "modules/first/first.ipynb:cell 9  CK203 mended: set the grade_id to p2; it was guess.\n"
        "1 mended. Nothing is wrong.\n"
    )
    again = CliRunner().invoke(command, ["--fix", "--no-cache", str(tiny)])
    assert again.output == "Nothing is wrong.\n"


def test_programs_are_told_as_well(tiny):
    bend(tiny, p2_called)
    found = json.loads(CliRunner().invoke(command, ["--json", "--no-cache", str(tiny)]).output)
    assert [(f["code"], f["fixable"]) for f in found["findings"]] == [("CK203", True)]
    assert "mended" not in found
    done = json.loads(CliRunner().invoke(command, ["--json", "--fix", "--no-cache", str(tiny)]).output)
    assert done["mended"] == [
        {
            **{"file": "modules/first/first.ipynb", "cell": 9, "code": "CK203"},
            "said": "set the grade_id to p2; it was guess",
        }
    ]
    assert done["findings"] == []


def test_what_only_shows_afterwards_is_mended_in_the_same_go(tiny):
    def change(cells):
        p2_called(cells)
        del cells[0]["id"]
        cells[1]["id"] = cells[2]["id"]
        cells[8]["metadata"]["nbgrader"]["points"] = 7
        cells[4]["source"] = 'ck.decision("p9")'
        del cells[4]["metadata"]["nbgrader"]

    bend(tiny, change)
    (done,) = mend(CourseFolder(tiny), everything, write=True)
    assert [f.code for f in done.fixes] == ["CK101", "CK104", "CK202", "CK204", "CK203", "CK208"]
    assert check(CourseFolder(tiny)) == []


def test_only_what_is_selected_is_mended(tiny):
    def change(cells):
        p2_called(cells)
        cells[8]["metadata"]["nbgrader"]["points"] = 7

    bend(tiny, change)
    result = CliRunner().invoke(command, ["--fix", "--select", "CK208", "--no-cache", str(tiny)])
    assert result.output.endswith("1 mended. Nothing is wrong.\n")
    assert [f.code for f in check(CourseFolder(tiny))] == ["CK203"]


def test_what_an_author_allows_is_not_mended(tiny):
    def change(cells):
        p2_called(cells)
        cells[8]["source"] += "\n\n<!-- coursekit: allow CK203: an old gradebook has it so -->"

    path, before = bend(tiny, change)
    assert mend(CourseFolder(tiny), everything, write=True) == []
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "name", ["broken_not_a_notebook", "broken_no_cells", "broken_old_notebook", "broken_yaml"]
)
def test_what_cannot_be_read_is_left_alone(course, name):
    root = course(name)
    before = {p: p.read_bytes() for p in root.rglob("*") if p.is_file()}
    assert mend(CourseFolder(root), everything, write=True) == []
    assert {p: p.read_bytes() for p in root.rglob("*") if p.is_file()} == before


@pytest.mark.parametrize("name", sorted(p.name for p in COURSES.glob("broken_*")))
def test_what_is_said_to_be_fixable_is_mended_and_nothing_else_gets_worse(course, name):
    root = course(name)
    before = check(CourseFolder(root))
    mend(CourseFolder(root), everything, write=True)
    after = check(CourseFolder(root))
    assert [f for f in after if f.fixable] == []
    assert {(f.code, f.file, f.cell) for f in before if not f.fixable} <= {
        (f.code, f.file, f.cell) for f in after
    }
    assert mend(CourseFolder(root), everything, write=True) == []


def test_a_file_that_cannot_be_replaced_stays_whole(tiny, monkeypatch):
    path, before = bend(tiny, p2_called)

    def full(*args):
        raise OSError("No space left on device")

    monkeypatch.setattr("coursekit.store.wholefiles.os.fsync", full)
    with pytest.raises(BadInput, match="cannot be written: No space left"):
        mend(CourseFolder(tiny), everything, write=True)
    assert path.read_bytes() == before
    assert [p.name for p in path.parent.iterdir() if p.name.startswith(".")] == []


def test_a_notebook_that_is_a_link_stays_one(tiny, tmp_path):
    path, _ = bend(tiny, p2_called)
    real = tmp_path / "real.ipynb"
    path.rename(real)
    path.symlink_to(real)
    mend(CourseFolder(tiny), everything, write=True)
    assert path.is_symlink()
    assert b'"guess"' not in real.read_bytes()


def test_permissions_stay(tiny):
    path, _ = bend(tiny, p2_called)
    path.chmod(0o640)
    mend(CourseFolder(tiny), everything, write=True)
    assert path.stat().st_mode & 0o777 == 0o640


def test_the_diff_of_a_whole_set_up_is_readable(tiny):
    def change(cells):
        del cells[4]["metadata"]["nbgrader"]

    path, before = bend(tiny, change)
    mend(CourseFolder(tiny), everything, write=True)
    lines = difflib.unified_diff(
        before.decode().splitlines(), path.read_text(encoding="utf-8").splitlines(), n=0
    )
    assert list(lines)[3:] == [
        "+    },",
        '+    "nbgrader": {',
        '+     "grade": false,',
        '+     "grade_id": "p1",',
        '+     "locked": true,',
        '+     "schema_version": 3,',
        '+     "solution": false,',
        '+     "task": false',
    ]
