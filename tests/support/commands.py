"""Commands as a person types them, in a home that nothing of the machine's own reaches."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from support.warm import WARM


def environment(home: Path, **more: str) -> dict[str, str]:
    """This process's, with another home, in which the commands of this installation are found."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    return {**os.environ, "HOME": str(home), "PATH": path, **more}


def run_at(home: Path, url: str, token: str, *command: str, fails: bool = False, anew: bool = False) -> str:
    """`python -m` that command in somebody's home; everything it said. `fails`: it must end with 1, otherwise 0.

    `anew`: in an interpreter of its own, not forked from a warm one.
    """
    mine = {"XDG_CONFIG_HOME": str(home / ".config"), "COURSEKIT_URL": url, "COURSEKIT_TOKEN": token}
    theirs = environment(home, **mine)
    # With it every module of the stack would be compiled anew for each command.
    theirs.pop("PYTHONDONTWRITEBYTECODE", None)
    code, out, err = (_begun if anew else WARM.run)(*command, cwd=home, env=theirs, timeout=300)
    assert code == (1 if fails else 0), out + err
    return out + err


def _begun(*command: str, cwd: Path, env: dict[str, str], timeout: float) -> tuple[int, str, str]:
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=cwd,
        env=env,
        capture_output=True,
        text=True,
        check=False,
        timeout=timeout,
    )
    return done.returncode, done.stdout, done.stderr
