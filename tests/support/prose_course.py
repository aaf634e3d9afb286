"""A course of nbgrader's own making in which the essay is a reflection with a rubric, as a build would leave it."""

from __future__ import annotations

import atexit
import json
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

from coursekit.model.course import Course as CourseValue
from coursekit.model.course import Module
from coursekit.model.ids import CourseId, ModuleId, PromptId
from coursekit.model.prompt import Prompt, PromptKind
from coursekit.wire.checks import checks_file
from coursekit.wire.prompts import prompt_to_json
from support.marked import MODULE, hand_in, make_course
from support.reflections.bases import basis
from support.reflections.corpus import genuine
from support.small_course import Course

ESSAY = PromptId("essay")
TEXTS = genuine("spike-at-65/p2", 12)


def build(root: Path) -> None:
    """What `coursekit build` writes of it. The rubric is a reference module's, the rest small."""
    found = basis("spike-at-65/p2")
    rubric = replace(found.rubric, decision=replace(found.rubric.decision, points=4))
    source = root / "source" / MODULE
    prompt = Prompt(ESSAY, PromptKind.REFLECTION, "Why?", found.question, rubric=rubric.name)
    course, module = CourseValue(CourseId("kit"), "Kit", "UTC", ()), Module(ModuleId(MODULE), "One")
    (source / ".coursekit").mkdir(exist_ok=True)
    checks = checks_file(course, module, [prompt], {rubric.name: rubric}, found.case)
    (source / ".coursekit" / "checks.json").write_bytes(checks)
    written = {"title": "One", "notebook": "main", "prompts": [prompt_to_json(prompt)]}
    (source / "prompts.json").write_text(json.dumps(written))
    (source / "rubrics.yml").write_text("schema: coursekit.rubrics/1\nrubrics: {}\n")


@cache
def _generated() -> Path:
    """Made once for all tests of a process: nbgrader takes seconds for it."""
    folder = Path(tempfile.mkdtemp(prefix="coursekit-prose-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return make_course(folder / "course", config="c.CourseDirectory.ignore = ['.coursekit']\n")


def copy_generated(root: Path) -> Path:
    """A course in which nobody has handed anything in yet, and nothing was built."""
    shutil.copytree(_generated(), root)
    return root


def make_prose_course(root: Path, texts: Mapping[str, str]) -> Course:
    """Generated, handed in (learner → essay) and graded, but for the checks."""
    copy_generated(root)
    build(root)
    for learner, text in texts.items():
        hand_in(root, learner, {"essay": text})
    course = Course(root)
    course.grade()
    return course
