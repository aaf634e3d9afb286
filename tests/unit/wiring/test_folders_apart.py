"""nbgrader's folders, found out in a process of its own: the same answer, and nothing of it runs here."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from coursekit.model.errors import BadInput
from coursekit.wiring.folders_apart import read_apart
from coursekit.wiring.nbgrader_config import read_folders

CONFIG = """
import os
print("said while it loads")
os.environ["COURSEKIT_TEST_RAN"] = "yes"
c = get_config()
c.CourseDirectory.course_id = "kit"
c.CourseDirectory.source_directory = "modules"
c.CourseDirectory.student_id_exclude = "zoe,abe"
c.CourseDirectory.db_url = "sqlite:///marks.db"
"""


def test_the_same_folders_and_nobody_moves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "nbgrader_config.py").write_text(CONFIG)
    here = Path.cwd()
    found = read_apart(tmp_path)
    assert "COURSEKIT_TEST_RAN" not in os.environ
    assert Path.cwd() == here
    monkeypatch.setenv("COURSEKIT_TEST_RAN", "")
    assert found == read_folders(tmp_path)
    assert (found.course, found.excluded) == ("kit", frozenset({"abe", "zoe"}))
    assert found.db_url == f"sqlite:///{tmp_path}/marks.db"


@pytest.mark.parametrize(
    "config", ["raise ValueError('mend me')", "import sys; sys.exit(3)", "import os; os._exit(0)"]
)
def test_a_broken_configuration_is_said(tmp_path: Path, config: str) -> None:
    (tmp_path / "nbgrader_config.py").write_text(config)
    with pytest.raises(BadInput, match="nbgrader's configuration") as caught:
        read_apart(tmp_path)
    assert caught.value.code == "nbgrader-config"
