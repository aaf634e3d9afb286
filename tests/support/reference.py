"""This repository's own modules as a course in a folder, and hand-ins made of their exemplars."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parent.parent.parent
MODULES = ("spike-at-65", "small-classes")
COURSE = "leading-innovation"

SETTINGS = "from coursekit.nbgrader_exchange import configure as _configure\n_configure(c)\n"
"""What an author's nbgrader_config.py says beside the course's id."""


def copy_course(root: Path) -> None:
    """Modules and cases, without what a build has left there."""
    left = shutil.ignore_patterns(".coursekit", ".ipynb_checkpoints")
    for folder in ("modules", "cases"):
        shutil.copytree(ROOT / folder, root / folder, ignore=left)


def build(root: Path, *modules: str) -> None:
    """`coursekit build` of all of them at the same time."""
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "coursekit", "build", module],
            cwd=root,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for module in modules
    ]
    for one in running:
        said, _ = one.communicate(timeout=300)
        assert one.returncode == 0, said


def exemplars(module: str) -> dict[str, list[dict[str, Any]]]:
    """Prompt → what its exemplars answer, in their order."""
    text = (ROOT / "modules" / module / "exemplars.yml").read_text(encoding="utf-8")
    found = defaultdict(list)
    for exemplar in yaml.safe_load(text)["exemplars"]:
        found[exemplar["prompt"]].append(exemplar["response"])
    return found


def hand_in(root: Path, module: str, learners: int) -> list[str]:
    """submitted/ with that many hand-ins; each answers every prompt with the next of its exemplars."""
    release = root / "release" / module
    answers = exemplars(module)
    names = [f"learner-{n:04d}" for n in range(learners)]
    released = json.loads((release / f"{module}.ipynb").read_text())
    for n, name in enumerate(names):
        folder = root / "submitted" / name / module
        shutil.copytree(release, folder)
        forms = {}
        for cell in released["cells"]:
            prompt = cell["metadata"].get("coursekit", {}).get("prompt", {}).get("id")
            if prompt not in answers:
                continue
            response = answers[prompt][n % len(answers[prompt])]
            written = response.get("code", response.get("text"))
            if written is None:
                forms[prompt] = response
            else:
                cell["source"] = written
        (folder / f"{module}.ipynb").write_text(json.dumps(released, ensure_ascii=False, indent=1))
        responses = {"schema": "coursekit.responses/1", "responses": forms}
        (folder / "responses.json").write_text(json.dumps(responses, ensure_ascii=False))
        # A minute apart.
        (folder / "timestamp.txt").write_text(f"2027-02-01 1{n // 60 % 10}:{n % 60:02d}:00.000000 UTC")
    return names


def hand_in_untouched(root: Path, module: str, name: str = "untouched") -> None:
    """Somebody who handed in the release as it was."""
    folder = root / "submitted" / name / module
    shutil.copytree(root / "release" / module, folder)
    (folder / "timestamp.txt").write_text("2027-02-01 09:00:00.000000 UTC")
