"""The house itself: its front door, its papers, its floors."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parent.parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def _bare(requirement: str) -> str:
    return re.sub(r"\[.*?\]", "", requirement)


def test_conda_and_pip_ask_for_the_same() -> None:
    wanted = {"python" + PROJECT["project"]["requires-python"]}
    wanted |= {_bare(r) for r in PROJECT["project"]["dependencies"]}
    wanted |= {_bare(r) for r in PROJECT["project"]["optional-dependencies"]["test"]}
    asked = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    from_conda = {name for name in asked if isinstance(name, str)} - {"pip"}
    from_pypi = {name for part in asked if isinstance(part, dict) for name in part["pip"]}
    assert from_conda | from_pypi == wanted


def test_every_dependency_is_used() -> None:
    names = {"pyjwt": "jwt", "pyyaml": "yaml"}
    # Data, an application, and what the application needs beside it.
    not_imported = {"tzdata", "jupyterlab", "httptools", "uvloop"}
    source = "\n".join(
        p.read_text() for p in (ROOT / "coursekit").rglob("*") if p.suffix in (".py", ".ipynb")
    ) + "\n".join(p.read_text() for p in (ROOT / "modules").glob("*/*.ipynb"))
    for requirement in PROJECT["project"]["dependencies"]:
        name = re.split(r"[\[<>=]", requirement)[0]
        module = names.get(name, name)
        assert name in not_imported or re.search(rf"(import|from) {module}\b", source), name


def test_the_package_is_one_version() -> None:
    import coursekit

    assert PROJECT["project"]["version"] == coursekit.__version__
    # The lab extension is part of it.
    package, lock = (
        json.loads((ROOT / "lab" / name).read_text()) for name in ("package.json", "package-lock.json")
    )
    assert package["version"] == lock["version"] == lock["packages"][""]["version"] == coursekit.__version__


def test_the_lab_extension_comes_from_whatever_registry_npm_is_set_to() -> None:
    lock = (ROOT / "lab" / "package-lock.json").read_text()
    assert "resolved" not in lock
    assert "integrity" in lock


def test_help_answers_at_once_and_imports_nothing_heavy() -> None:
    def once() -> float:
        start = time.perf_counter()
        subprocess.run([sys.executable, "-m", "coursekit", "--help"], capture_output=True, check=True)
        return time.perf_counter() - start

    assert min(once() for _ in range(5)) < 0.3
    loaded = subprocess.run(
        [
            *(sys.executable, "-X", "importtime", "-m", "coursekit", "--help"),
        ],
        capture_output=True,
        text=True,
        check=True,
    ).stderr
    for heavy in ("pydantic", "sqlalchemy", "httpx", "nbformat", "nbgrader", "rich", "yaml", "fastapi"):
        assert not re.search(rf"\b{heavy}\b", loaded), heavy


def test_commands_in_the_readme_exist() -> None:
    from coursekit.cli import app

    readme = (ROOT / "README.md").read_text() + (ROOT / "exchange" / "README.md").read_text()
    named = set(re.findall(r"\bcoursekit ([a-z]+)\b", readme)) - {"exchange"}
    known = set(app.list_commands(None))  # type: ignore[arg-type]
    assert named & known, "the README names no command"
    assert set(re.findall(r"^    coursekit ([a-z]+)", readme, re.M)) <= known


def test_make_targets_in_the_readme_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.M))
    assert set(re.findall(r"\bmake ([a-z]+)\b", (ROOT / "README.md").read_text())) <= targets


@pytest.mark.parametrize("page", sorted(p.name for p in (ROOT / "docs").glob("*.md")))
def test_links_and_test_names_in_the_docs_lead_somewhere(page: str) -> None:
    text = (ROOT / "docs" / page).read_text()
    for link in re.findall(r"\]\((?!https?:)([^)#]+)", text):
        assert (ROOT / "docs" / link).exists(), link
    for test in re.findall(r"`(tests/[\w/]+\.py)`", text):
        assert (ROOT / test).exists(), test


def test_the_wheel_is_named_explicitly() -> None:
    # Automatic discovery would take modules, cases and exchange for packages.
    assert PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"] == ["coursekit"]


def test_learners_names_in_a_notebook_are_exactly_these() -> None:
    import coursekit.prompts as ck

    assert set(ck.__all__) == {
        *("decision", "estimate", "confidence", "self_assessment", "plan"),
        *("reflection_status", "analysis_status", "commit", "reveal", "exhibit", "pointers", "chart_style"),
    }
