"""Commands without their start: one process imports everything once, and each command is a fork of it.

    python tests/support/warm.py      a line of JSON per command, a line with its exit code back

`python -m nbgrader` needs two to three seconds before it has read its first argument, and most tests of the
whole way run a dozen commands. A fork has what a process of its own has: its folder, its environment, its
arguments, its two outputs, its exit code, its end. Only modules are there already. What depends on them not
being there is tested where a command is run anew: each of nbgrader's verbs once in
tests/courseway/test_nbgrader_way.py, `coursekit grade` in test_grade.py beside it, generating and releasing in
tests/service/test_releases.py, and whatever tests/docs runs off the pages.
"""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

_PRELOADED = (
    "alembic.command",
    "coursekit.cli.authoring",
    "coursekit.cli.deadlines",
    "coursekit.cli.feedback",
    "coursekit.cli.grading",
    "coursekit.cli.learning",
    "coursekit.cli.linting",
    "coursekit.cli.operating",
    "coursekit.cli.roster",
    "coursekit.client",
    "coursekit.nbgrader_exchange",
    "coursekit.store.gradebook",
    "nbgrader.api",
    "nbgrader.apps",
)


class Warm:
    """The process that commands are forked from; begun when the first is asked for."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None
        self._one_at_a_time = threading.Lock()

    def run(self, *command: str, cwd: Path, env: dict[str, str], timeout: float) -> tuple[int, str, str]:
        """Exit code, and what was said on either way out. The command is a module's name, or `-c` and a program."""
        with (
            self._one_at_a_time,
            tempfile.NamedTemporaryFile("rb") as out,
            tempfile.NamedTemporaryFile("rb") as err,
        ):
            asked = {
                "command": command,
                "cwd": str(cwd),
                "env": env,
                "timeout": timeout,
                "out": out.name,
                "err": err.name,
            }
            process = self._begun()
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(json.dumps(asked) + "\n")
            process.stdin.flush()
            code = json.loads(process.stdout.readline())
            if code is None:
                raise subprocess.TimeoutExpired(command, timeout)
            return code, out.read().decode(), err.read().decode()

    def end(self) -> None:
        """Nothing more is asked."""
        if self._process is not None:
            self._process.communicate()
            self._process = None

    def _begun(self) -> subprocess.Popen[str]:
        if self._process is None:
            mine = {k: v for k, v in os.environ.items() if not k.startswith(("COURSEKIT_", "PYTHONDONT"))}
            self._process = subprocess.Popen(
                [sys.executable, __file__],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env=mine,
                text=True,
            )
        return self._process


WARM = Warm()
atexit.register(WARM.end)


def _serve() -> None:
    import gc
    import importlib

    # Nothing of the tests can be imported by a command.
    del sys.path[0]
    for name in _PRELOADED:
        importlib.import_module(name)
    _new_gradebooks_begin_quickly()
    gc.freeze()
    for line in sys.stdin:
        print(json.dumps(_forked(json.loads(line))), flush=True)


def _new_gradebooks_begin_quickly() -> None:
    """As in support/gradebooks.py, which lies beside this file."""
    import runpy

    runpy.run_path(str(Path(__file__).with_name("gradebooks.py")))["begin_quickly"]()


def _forked(asked: dict[str, Any]) -> int | None:
    """The exit code of one command; None if it took too long."""
    child = os.fork()
    if child == 0:
        _become(asked)
    ended = threading.Event()
    late = threading.Event()

    def watch() -> None:
        if not ended.wait(asked["timeout"]):
            late.set()
            os.kill(child, 9)

    # No thread may be there when the next one is forked.
    watcher = threading.Thread(target=watch)
    watcher.start()
    _, status = os.waitpid(child, 0)
    ended.set()
    watcher.join()
    return None if late.is_set() else os.waitstatus_to_exitcode(status)


def _become(asked: dict[str, Any]) -> None:
    """In the fork: be that command, to the end."""
    import runpy
    import traceback

    code = 1
    try:
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        for number, name in ((1, asked["out"]), (2, asked["err"])):
            os.dup2(os.open(name, os.O_WRONLY | os.O_TRUNC), number)
        sys.stdin = open(0, closefd=False)  # noqa: SIM115
        sys.stdout = open(1, "w", closefd=False)  # noqa: SIM115
        sys.stderr = open(2, "w", buffering=1, closefd=False)  # noqa: SIM115
        os.chdir(asked["cwd"])
        # As for `python -m`: the first place to look in is where one stands.
        sys.path.insert(0, asked["cwd"])
        os.environ.clear()
        os.environ.update(asked["env"])
        sys.argv = list(asked["command"])
        if sys.argv[0] == "-c":
            exec(sys.argv.pop(1), {"__name__": "__main__"})
        else:
            runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
        code = 0
    except SystemExit as end:
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
    finally:
        threading._shutdown()  # type: ignore[attr-defined]
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    _serve()
