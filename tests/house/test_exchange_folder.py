"""exchange/nbgrader_config.py serves this repository's own course."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


def test_nbgrader_runs_in_the_exchange_folder(tmp_path: Path) -> None:
    kept = shutil.ignore_patterns("data", ".coursekit")
    for part in ("modules", "cases", "exchange"):
        shutil.copytree(ROOT / part, tmp_path / part, ignore=kept)
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", "generate_assignment", "small-classes"],
        cwd=tmp_path / "exchange",
        env={
            **os.environ,
            "HOME": str(tmp_path),
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    release = tmp_path / "exchange" / "data" / "nbgrader" / "release" / "small-classes"
    assert (release / "small-classes.ipynb").is_file()
    # Nothing but the build's own, git-ignored files was added to the course.
    assert {p.name for p in tmp_path.iterdir() if not p.name.startswith(".")} == {
        "modules",
        "cases",
        "exchange",
    }
