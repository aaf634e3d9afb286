"""Building with a real kernel: the same sources give the same bytes, and git shows what was edited."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from coursekit.wiring import author

ROOT = Path(__file__).parents[3]
TINY = ROOT / "tests" / "courses" / "tiny"
VARIANTS = "variants:\n  - {id: north, parameters: {rooms: 7}}\n"


@pytest.fixture
def course(tmp_path, monkeypatch):
    """Under git, with all that a build makes: what .gitignore leaves out is looked at as well."""
    # A kernel starts in a scratch folder, from which a checkout of coursekit is not importable.
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    root = tmp_path / "tiny"
    shutil.copytree(TINY, root)
    path = root / "modules" / "course.yml"
    path.write_text(path.read_text() + VARIANTS)
    git(root, "init", "--quiet")
    return root


def git(root, *words):
    told = ["-c", "user.name=a", "-c", "user.email=a@example.org", *words]
    done = subprocess.run(["git", *told], cwd=root, capture_output=True, text=True, check=True)
    return done.stdout


def keep(root):
    git(root, "add", "--all", "--force")
    git(root, "commit", "--quiet", "--message", "built")


def build_all(root):
    author.build_editions(root, "first", ["north"])
    author.build_editions(root, "first", [], "de")
    author.build_editions(root, "first", ["north"], "de")


def changed(root):
    """Each changed line of what was built, by file; records of digests left out."""
    found, file = {}, ""
    for line in git(root, "diff", "--unified=0", "--", ":!*build.json").splitlines():
        if line.startswith("+++ b/"):
            file = line.removeprefix("+++ b/modules/first/")
        elif line.startswith(("+", "-")) and not line.startswith("---"):
            found.setdefault(file, []).append(line[0] + line[1:].strip())
    return found


def test_building_anew_changes_no_byte_and_an_edit_changes_its_own_line_in_each_edition(course):
    build_all(course)
    keep(course)
    shutil.rmtree(course / "modules/first/.coursekit")
    shutil.rmtree(course / "modules/first/exhibits")
    build_all(course)
    git(course, "add", "--all", "--force")
    assert git(course, "status", "--porcelain") == ""
    built = [p.relative_to(course).as_posix() for p in course.rglob("built.ipynb")]
    assert len(built) == 4

    master = course / "modules/first/first.ipynb"
    master.write_text(master.read_text().replace("That was all. Hand it in.", "That was it. Hand it in."))
    build_all(course)
    edit = ['-"That was all. Hand it in."', '+"That was it. Hand it in."']
    # The translation is of another text now, so the source stands there.
    german = ['-"source": "Das war alles. Geben Sie ab."', '+"source": "That was it. Hand it in."']
    found = changed(course)
    checks = [found.pop(path) for path in sorted(found) if path.endswith("checks.json")]
    assert [len(lines) for lines in checks] == [2, 2, 2]
    assert found == {
        "first.ipynb": edit,
        ".coursekit/built.ipynb": edit,
        ".coursekit/variants/north/built.ipynb": edit,
        ".coursekit/languages/de/built.ipynb": german,
        ".coursekit/variants/north/languages/de/built.ipynb": german,
    }
