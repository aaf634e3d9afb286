"""Begin a course or a module: small, sound and working, so that its author only has to change words."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from coursekit.model.course import Course
from coursekit.model.errors import BadInput, Conflict
from coursekit.model.ids import SLUG_RULE, ModuleId, is_slug

_FIRST = "first-module"


class Ground(Protocol):
    """The folder that a course stands on, or will."""

    def is_empty(self) -> bool:
        """Whether nothing stands there yet."""

    def exists(self, path: str) -> bool:
        """Whether a file or folder of that path is there."""

    def course(self) -> Course:
        """As course.yml tells it."""

    def write_new(self, files: Mapping[str, str]) -> None:
        """All of them or none; raises Conflict when one is there already."""

    def with_module(self, entry: str) -> str:
        """course.yml's text with that module at the end; raises BadInput when that is no course."""

    def write_course(self, text: str) -> None:
        """Put a new text in course.yml's place, whole."""


def new_course(
    ground: Ground, folder: str, title: str | None, course: str | None, time_zone: str
) -> list[str]:
    """Begin a course in an empty folder, with one module; gives the paths written.

    Raises Conflict when something is in the folder.
    """
    if not ground.is_empty():
        raise Conflict(
            "not-empty",
            f"The folder {folder} is not empty.",
            "Give the name of a new folder; in a course, use coursekit new module NAME.",
        )
    course_id = course if course is not None else _slug(folder)
    _require_slug(course_id, "course", "--id")
    try:
        ZoneInfo(time_zone)
    except (OSError, ValueError, LookupError):
        raise BadInput(
            "bad-time-zone",
            f"“{time_zone}” is no time zone.",
            "As --time-zone use an IANA name such as Europe/Vienna, America/New_York or Asia/Tokyo.",
        ) from None
    title = title if title is not None else _title(folder)
    files = {
        "modules/course.yml": _COURSE.format(course=course_id, title=_quoted(title), zone=_quoted(time_zone)),
        "modules/.gitignore": "# Written by coursekit build.\n*/exhibits/\n*/prompts.json\n.coursekit/\n",
        "nbgrader_config.py": _NBGRADER.format(course=course_id),
        "README.md": _README.format(title=title),
    }
    ground.write_new(files)
    return list(dict.fromkeys([*files, *new_module(ground, _FIRST, "A first module", None)]))


def new_module(ground: Ground, name: str, title: str | None, case: str | None) -> list[str]:
    """Add a module to the course: notebook, rubric, exemplars, a case if it is not there; gives the "
    "paths written."""
    _require_slug(name, "module", "NAME")
    case = case if case is not None else name
    _require_slug(case, "case", "--case")
    course = ground.course()
    if course.find_module(ModuleId(name)) is not None:
        raise Conflict("already-there", f"The course has a module {name} already.", "Choose another name.")
    title = title if title is not None else _title(name)
    competencies = [c.id for c in course.competencies[:2]]
    folder = f"modules/{name}"
    files = {
        f"{folder}/{name}.ipynb": json.dumps(_notebook(title, competencies), indent=1, ensure_ascii=False)
        + "\n",
        f"{folder}/rubrics.yml": _RUBRICS,
        f"{folder}/exemplars.yml": _EXEMPLARS,
    }
    if not ground.exists(f"cases/{case}"):
        files |= {
            f"cases/{case}/case.md": _CASE.format(title=title),
            f"cases/{case}/teaching-note.md": _TEACHING_NOTE.format(title=title),
            f"cases/{case}/SOURCES.md": _SOURCES,
            # git keeps no empty folder, and this is where figures go.
            f"cases/{case}/exhibits/.gitkeep": "",
        }
    entry = f"id: {_yaml(name)}\ntitle: {_quoted(title)}\ncase: {_yaml(case)}\nminutes: 15"
    # Asked before anything is written: a course.yml that takes no more modules must leave no folder behind.
    longer = ground.with_module(entry)
    ground.write_new(files)
    ground.write_course(longer)
    return [*files, "modules/course.yml"]


def _require_slug(name: str, what: str, where: str) -> None:
    if not is_slug(name):
        raise BadInput(
            "bad-name", f"“{name}” cannot be the name of a {what}.", f"As {where} use {SLUG_RULE}."
        )


def _slug(text: str) -> str:
    """A folder's name as an id: `My Course 2027` becomes `my-course-2027`."""
    return re.sub(r"[^a-z0-9_]+", "-", text.lower()).strip("-_")[:64]


def _title(name: str) -> str:
    words = re.sub(r"[-_]+", " ", name).strip()
    return words[:1].upper() + words[1:]


def _quoted(text: str) -> str:
    # JSON's quotes are YAML's: whatever a title holds, it stays text.
    return json.dumps(" ".join(text.split()), ensure_ascii=False)


def _yaml(slug: str) -> str:
    """A slug for YAML: `2027` and `true` need quotes to stay text."""
    return slug if re.fullmatch(r"[a-z][a-z0-9_-]*", slug) and slug not in _WORDS else f'"{slug}"'


_WORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})


# --------------------------------------------------------------------------------------- the notebook


def _notebook(title: str, competencies: list[str]) -> dict[str, Any]:
    def prompt(competency: int = 0, **fields: Any) -> dict[str, Any]:
        # A competency that no prompt exercises would be a finding of the first check.
        named = competencies[competency : competency + 1] or competencies[:1]
        return {"prompt": {**fields, **({"competencies": named} if named else {})}}

    def reveal(after: str) -> dict[str, Any]:
        return {"reveal": {"after": after}}

    cells = [
        _markdown(
            "welcome",
            f"# {title}\n\nYou will answer three questions about a school day that could begin later. It "
            "takes 15 minutes. Each answer is sealed before you see what others found, so that the first "
            "thought is your own.",
        ),
        _code("setup", "import coursekit.prompts as ck", nbgrader=_locked("setup")),
        _markdown(
            "story",
            "## The proposal\n\nThe school in this story is invented. It has 600 pupils and begins at "
            "8:00. Some parents ask for 9:00, because their children are tired. The bus company can drive "
            "later, but the sports clubs need the hall from 15:30 on. The head must answer by Friday.",
        ),
        _code(
            "p1",
            'ck.estimate("p1")',
            prompt(
                id="p1",
                kind="estimate",
                title="A guess first",
                question="Out of 100 parents of this school, how many would be for 9:00?",
                minutes=1,
                unit="parents of 100",
                min=0,
                max=100,
                step=1,
            ),
            _locked("p1"),
        ),
        _markdown(
            "p1-reveal",
            "In this story a survey was made: 48 of 100 were for it, 40 against it, and 12 did not mind. "
            "Neither side is a majority.",
            reveal("p1"),
        ),
        _code(
            "p2",
            'ck.decision("p2")',
            prompt(
                id="p2",
                kind="decision",
                title="Your answer to the parents",
                question="What would you answer by Friday?",
                minutes=3,
                options=[
                    {"id": "yes", "label": "Yes: begin at 9:00 next year"},
                    {"id": "trial", "label": "Try it for one term with some of the classes"},
                    {"id": "no", "label": "No: keep 8:00"},
                ],
            ),
            _locked("p2"),
        ),
        _markdown(
            "p2-reveal",
            "The head of the story chose a trial. The first question in the staff room was: how will we "
            "know whether it worked?",
            reveal("p2"),
        ),
        _markdown(
            "p3-question",
            "### 3 · Who loses\n\nWhoever decides here, somebody loses something. Say who would lose most "
            "by your answer, what exactly, and what you would do about it. Use a fact from the story.",
        ),
        _markdown(
            "p3",
            "By a trial the sports clubs lose most: with lessons until 16:00 they lose the first half "
            "hour in the hall on five days. I would offer them the small hall from 15:30 for the term, "
            "and ask them in week six what it cost them.",
            prompt(1, id="p3", kind="reflection", title="Who loses", minutes=5, rubric="who-loses"),
            {**_nbgrader("p3", grade=True, solution=True), "points": 4},
        ),
        _code("p3-status", 'ck.reflection_status("p3")', nbgrader=_locked("p3-status")),
        _markdown(
            "p3-reveal",
            "In the story the clubs were not asked. They learned of the trial from the timetable, and "
            "that was what they minded most.",
            reveal("p3"),
        ),
        _markdown(
            "faculty-note",
            "Ask first who has *not* been heard in the story. Most answers name the pupils and the "
            "parents; few name the clubs or the bus drivers.",
            {"faculty": True},
        ),
        _markdown("end", "That was all. Hand the module in to open the next one."),
    ]
    return {
        "cells": cells,
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def _nbgrader(
    grade_id: str, grade: bool = False, solution: bool = False, locked: bool = False
) -> dict[str, Any]:
    return {
        "grade": grade,
        "grade_id": grade_id,
        "locked": locked,
        "schema_version": 3,
        "solution": solution,
        "task": False,
    }


def _locked(grade_id: str) -> dict[str, Any]:
    return _nbgrader(grade_id, locked=True)


def _markdown(
    cell_id: str,
    source: str,
    coursekit: Mapping[str, Any] | None = None,
    nbgrader: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    metadata: dict[str, Any] = {}
    if coursekit is not None:
        metadata["coursekit"] = coursekit
    if nbgrader is not None:
        metadata["nbgrader"] = nbgrader
    lines = source.splitlines(keepends=True)
    return {"cell_type": "markdown", "id": cell_id, "metadata": metadata, "source": lines}


def _code(
    cell_id: str,
    source: str,
    coursekit: Mapping[str, Any] | None = None,
    nbgrader: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    cell = _markdown(cell_id, source, coursekit, nbgrader)
    return {**cell, "cell_type": "code", "execution_count": None, "outputs": []}


# ----------------------------------------------------------------------------------- the other files


_COURSE = """\
# The course: its modules in order, and what opens each of them.
# coursekit check holds this file to docs/module-format.md.
schema: coursekit.course/1
course: {course}
title: {title}
language: en
time_zone: {zone}          # an IANA name; every date below is local time there
gate: submitted
competencies:
  - {{id: reason-from-evidence, title: Reason from evidence, domain: cognitive}}
  - {{id: see-other-interests, title: See what others have to gain and to lose, domain: interpersonal}}
modules: []
"""

_NBGRADER = """\
# nbgrader with coursekit's exchange: releases, submissions and feedback go through the service.
from coursekit.nbgrader_exchange import configure

c = get_config()
configure(c)
c.CourseDirectory.course_id = "{course}"
"""

_README = """\
# {title}

A course made with coursekit. Learners commit an answer before they see what is revealed after it.

    coursekit check                  look for mistakes
    coursekit build                  make every module ready
    coursekit new module NAME        add a module
    nbgrader generate_assignment NAME
    nbgrader release_assignment NAME

`modules/course.yml` has the modules' order and dates. Each module is a folder in `modules/` with one
notebook, its `rubrics.yml` and `exemplars.yml`; its story and its data are in `cases/`.
"""

_CASE = """\
# {title}

The school in this story is invented. It has 600 pupils and begins at 8:00. Some parents ask for 9:00,
because their children are tired. The bus company can drive later, but the sports clubs need the hall from
15:30 on. The head must answer by Friday.
"""

_TEACHING_NOTE = """\
# {title}: teaching note

For faculty only; no learner gets this file.

Purpose: to notice who is not at the table when a timetable is changed.
"""

_SOURCES = """\
# Sources

Where every figure comes from, with its licence. The story and its numbers are invented.
"""

_RUBRICS = """\
schema: coursekit.rubrics/1
rubrics:
  who-loses:
    title: Somebody's loss, taken seriously
    cap_words: 300                     # words beyond it earn nothing with the checks
    min_own_words: 20
    decision:
      auto: none                       # a person reads every answer
      rule: {all_of: [perspective]}    # what an adequate attempt shows: level 1 or more
    criteria:
      - id: evidence
        ask: Uses a specific fact from the story.
        detector: case_evidence        # what the checks point at; a person gives the level
        levels:
          0: No fact from the story.
          1: Uses a specific fact, such as the hall at 15:30 or the survey.
        terms: ["15:30", "48", "40", hall, bus, survey, clubs]
        feedback:
          found: You used a fact from the story.
          missing: Point to one fact from the story.
      - id: perspective
        ask: Says what somebody loses, in that person's own terms.
        detector: perspective
        stakeholders: [clubs, drivers, parents, teachers, pupils]
        levels:
          0: Nobody in particular loses.
          1: Names who loses.
          2: Says what exactly they lose, as they would say it.
        terms: [lose, nobody asked, did not listen]
        feedback:
          found: You saw it with somebody else's eyes.
          missing: Say what exactly somebody loses, as they would say it.
      - id: next_step
        ask: Says what to do about it.
        detector: intention
        levels:
          0: Nothing to do.
          1: A concrete step.
        terms: [ask, offer, meet, week]
        feedback:
          found: You said what you would do.
          missing: Add one step that you would take.
"""

_EXEMPLARS = """\
# Sample answers with a teacher's marks. They calibrate the checks, so let them differ as your learners do.
schema: coursekit.exemplars/1
exemplars:
  - id: p3-nobody
    prompt: p3
    response:
      text: >-
        I do not think that anybody really loses here. It is only one hour, and after some weeks people
        will be used to the new time, as they always are.
    marks: {evidence: 0, perspective: 0, next_step: 0}
    adequate: false
    note: Does not look for a loss.
  - id: p3-everybody
    prompt: p3
    response:
      text: >-
        Everybody loses something and everybody wins something, that is how change works. A leader must
        communicate early and take all stakeholders along, so that the vision is shared and the culture is
        open.
    marks: {evidence: 0, perspective: 0, next_step: 0}
    adequate: false
    note: Fluent, and about no one in this story.
  - id: p3-clubs
    prompt: p3
    response:
      text: >-
        The sports clubs lose most if we begin at 9:00. They need the hall from 15:30, and our lessons
        would still be going on, so their youngest groups would have to stop.
    marks: {evidence: 1, perspective: 2, next_step: 0}
    adequate: true
    note: A clear loss with a fact, and no step.
  - id: p3-clubs-step
    prompt: p3
    response:
      text: >-
        The clubs. At 15:30 the hall is theirs, and the trainers come from work just for that hour. I
        would meet them before Friday and offer the small hall for the term of the trial.
    marks: {evidence: 1, perspective: 2, next_step: 1}
    adequate: true
    note: Short and complete.
  - id: p3-parents
    prompt: p3
    response:
      text: >-
        Parents who start work early lose, I think, because somebody must bring the small ones. I would
        open the library at 7:45 with one assistant, starting on the first day.
    marks: {evidence: 0, perspective: 2, next_step: 1}
    adequate: true
    note: A good view of somebody's morning; nothing from the story.
  - id: p3-no
    prompt: p3
    response:
      text: >-
        I said no, so the parents who asked for it lose. In the survey they were 48 of 100, which is more
        than those against it. They will say that we did not listen.
    marks: {evidence: 1, perspective: 2, next_step: 0}
    adequate: true
    note: Sees the loss on the side that was turned down.
  - id: p3-drivers
    prompt: p3
    response:
      text: >-
        For bus drivers it is maybe the worst. The company can drive later, says the story, but the driver
        then comes home later every day, nobody asked him. I will call the company this week.
    marks: {evidence: 1, perspective: 2, next_step: 1}
    adequate: true
    note: Somebody whom few think of; the English is not native and the thought is good.
  - id: p3-teachers
    prompt: p3
    response:
      text: >-
        The teachers lose. They will not be happy about this, and when teachers are not happy the whole
        school feels it. It is important to keep the teachers happy during a change.
    marks: {evidence: 0, perspective: 1, next_step: 0}
    adequate: true
    note: Names who, and not what.
"""
