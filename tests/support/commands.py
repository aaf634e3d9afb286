"""Commands as a person types them, in a home that nothing of the machine's own reaches."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def environment(home: Path, **more: str) -> dict[str, str]:
    """This process's, with another home, in which the commands of this installation are found."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    return {**os.environ, "HOME": str(home), "PATH": path, **more}


def run_at(home: Path, url: str, token: str, *command: str, fails: bool = False) -> str:
    """`python -m` that command in somebody's home; everything it said. `fails`: it must end with 1, otherwise 0."""
    mine = {"XDG_CONFIG_HOME": str(home / ".config"), "COURSEKIT_URL": url, "COURSEKIT_TOKEN": token}
    theirs = environment(home, **mine)
    # With it every module of the stack would be compiled anew for each command.
    theirs.pop("PYTHONDONTWRITEBYTECODE", None)
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=home,
        env=theirs,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    said = done.stdout + done.stderr
    assert done.returncode == (1 if fails else 0), said
    return said
