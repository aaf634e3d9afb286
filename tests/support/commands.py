"""Commands as a person types them, in a home that nothing of the machine's own reaches."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
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
    theirs = _persons(home, url, token)
    code, out, err = (begun if anew else WARM.run)(*command, cwd=home, env=theirs, timeout=300)
    assert code == (1 if fails else 0), out + err
    return out + err


def begun(*command: str, cwd: Path, env: dict[str, str], timeout: float) -> tuple[int, str, str]:
    """A module, or `-c` and a program, in an interpreter of its own; like `WARM.run`."""
    done = subprocess.run(
        [sys.executable, *(command if command[0] == "-c" else ("-m", *command))],
        cwd=cwd,
        env=env,
        capture_output=True,
        text=True,
        check=False,
        timeout=timeout,
    )
    return done.returncode, done.stdout, done.stderr


def begin_at(home: Path, url: str, token: str, *command: str) -> Callable[[], str]:
    """Begin a command that mostly waits, and must fail; what is given waits for its end and says what it said."""
    one = ThreadPoolExecutor(1)
    ended = one.submit(begun, *command, cwd=home, env=_persons(home, url, token), timeout=300)
    one.shutdown(wait=False)

    def said() -> str:
        code, out, err = ended.result()
        assert code == 1, out + err
        return out + err

    return said


def _persons(home: Path, url: str, token: str) -> dict[str, str]:
    mine = {"XDG_CONFIG_HOME": str(home / ".config"), "COURSEKIT_URL": url, "COURSEKIT_TOKEN": token}
    theirs = environment(home, **mine)
    # With it every module of the stack would be compiled anew for each command.
    theirs.pop("PYTHONDONTWRITEBYTECODE", None)
    return theirs
