"""The lab's sources: their types hold, tests included, and what is pure does what its own tests say."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from types import ModuleType

LAB = Path(__file__).parents[2] / "lab"


def run(builder: ModuleType, *command: str) -> str:
    """A command of npm's packages in lab/; fails with all that it says."""
    environment = builder.with_node()
    assert environment is not None, "No Node: run `make lab`."
    program = shutil.which(command[0], path=f"{LAB / 'node_modules' / '.bin'}:{environment['PATH']}")
    assert program is not None, f"{command[0]} is not there: run `make lab`."
    done = subprocess.run(
        [program, *command[1:]], cwd=LAB, env=environment | {"NO_COLOR": "1"}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_types_hold(builder: ModuleType) -> None:
    run(builder, "tsc", "-p", "tsconfig.tests.json")


def test_logic_does_what_its_tests_say(builder: ModuleType) -> None:
    said = run(builder, "vitest", "run", "--reporter=basic")
    files = list((LAB / "src").rglob("*.test.ts*"))
    assert f"Test Files  {len(files)} passed ({len(files)})" in said, said


def test_nobody_tests_an_extension_of_other_sources(builder: ModuleType) -> None:
    assert builder.is_fresh(), "lab/ has changed since the extension was built: run `make lab`."
