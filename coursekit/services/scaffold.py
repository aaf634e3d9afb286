"""Begin a course or a module: small, sound and working, so that its author only has to change words."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol
from zoneinfo import ZoneInfo

from coursekit.model.course import Course
from coursekit.model.errors import BadInput, Conflict
from coursekit.model.ids import SLUG_RULE, ModuleId, is_slug
from coursekit.policy.templates import Part, Template, filled, notebook_text

FIRST = "first"
"""The template that a new course begins with, and a module where no other is asked for."""

_FIRST_MODULE = "first-module"
# A template's file → where it stands in a course. Some would not lie in a package under their own names.
_OF_A_COURSE = {
    "course.yml": "modules/course.yml",
    "gitignore": "modules/.gitignore",
    "gitattributes": ".gitattributes",
    "nbgrader_config.py.txt": "nbgrader_config.py",
    "README.md": "README.md",
}
_EXHIBITS = "exhibits/"


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

    def with_modules(self, entries: Sequence[str]) -> str:
        """course.yml's text with those modules at the end; raises BadInput when that is no course."""

    def write_course(self, text: str) -> None:
        """Put a new text in course.yml's place, whole."""


class Shelf(Protocol):
    """Where the templates are."""

    def names(self) -> list[str]:
        """The templates for modules."""

    def get(self, name: str) -> Template:
        """One of them."""

    def course(self) -> Mapping[str, str]:
        """The files of a new course, with blanks."""


@dataclass(frozen=True)
class Wishes:
    """What an author says of a new module; what is left out comes from its name and the template."""

    title: str | None = None
    case: str | None = None
    role: str | None = None
    minutes: int | None = None
    part: str | None = None


def new_course(
    ground: Ground, shelf: Shelf, folder: str, title: str | None, course: str | None, time_zone: str
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
    title = title if title is not None else title_of(folder)
    plain = {"course": course_id, "title": title}
    quoted = {"course": course_id, "title": _quoted(title), "zone": _quoted(time_zone)}
    files = {
        _OF_A_COURSE[name]: filled(text, quoted if name.endswith(".yml") else plain)
        for name, text in shelf.course().items()
    }
    ground.write_new(files)
    first = new_module(ground, shelf, FIRST, _FIRST_MODULE, Wishes("A first module"))
    return list(dict.fromkeys([*files, *first]))


def new_module(ground: Ground, shelf: Shelf, template: str, name: str, wishes: Wishes) -> list[str]:
    """Add a template's modules to the course: notebooks, rubrics, exemplars, and cases that are not there.

    Gives the paths written.
    """
    if template not in shelf.names():
        raise BadInput(
            "no-such-template",
            f"There is no template {template}.",
            f"The templates are: {', '.join(shelf.names())}.",
        )
    require_name(name)
    chosen = shelf.get(template)
    if wishes.role is not None and not chosen.has_role:
        raise BadInput(
            "no-role",
            f"The template {template} has nobody whose dilemma it is.",
            "Leave --role out, or choose another template.",
        )
    course = ground.course()
    competencies = [c.id for c in course.competencies[:2]]
    course_part = _course_part(course, wishes.part)
    minutes = wishes.minutes if wishes.minutes is not None else chosen.minutes
    files: dict[str, str] = {}
    entries: list[str] = []
    before: str | None = None
    for part in chosen.parts:
        module = _with_suffix(name, part)
        case = _with_suffix(wishes.case if wishes.case is not None else name, part)
        _require_slug(module, "module", "NAME")
        _require_slug(case, "case", "--case")
        if course.find_module(ModuleId(module)) is not None:
            raise Conflict(
                "already-there", f"The course has a module {module} already.", "Choose another name."
            )
        title = _title_of_part(wishes.title if wishes.title is not None else title_of(name), part)
        values = {
            "title": title,
            "role": " ".join((wishes.role or "").split()) or chosen.role,
            "minutes": str(minutes),
        }
        files[f"modules/{module}/{module}.ipynb"] = notebook_text(part, values, competencies)
        files |= {f"modules/{module}/{path}": filled(text, values) for path, text in part.beside.items()}
        files |= _case_files(ground, case, part, values)
        entries.append(_entry(module, title, case, minutes, course_part, before))
        before = module
    # Asked before anything is written: a course.yml that takes no more modules must leave no folder behind.
    longer = ground.with_modules(entries)
    ground.write_new(files)
    ground.write_course(longer)
    return [*files, "modules/course.yml"]


def require_name(name: str) -> None:
    """Raises BadInput when that cannot be a module's name."""
    _require_slug(name, "module", "NAME")


def _case_files(ground: Ground, case: str, part: Part, values: Mapping[str, str]) -> dict[str, str]:
    """The template's case; of one that is there already only the exhibits that the notebook draws from."""
    folder = f"cases/{case}"
    own = {path: filled(text, values) for path, text in part.case.items()}
    if not any(path.startswith(_EXHIBITS) for path in own):
        # git keeps no empty folder, and this is where figures go.
        own[f"{_EXHIBITS}.gitkeep"] = ""
    if ground.exists(folder):
        own = {
            path: text
            for path, text in own.items()
            if path.startswith(_EXHIBITS)
            and not path.endswith(".gitkeep")
            and not ground.exists(f"{folder}/{path}")
        }
    return {f"{folder}/{path}": text for path, text in own.items()}


def _course_part(course: Course, wished: str | None) -> str | None:
    """In which part of the course a module is that comes last. Raises BadInput when it cannot be the wished one."""
    last = course.modules[-1].part if course.modules else next((p.id for p in course.parts), None)
    if wished is None:
        return last
    known = [p.id for p in course.parts]
    if wished not in known:
        raise BadInput(
            "no-such-part",
            f"The course has no part {wished}.",
            f"Its parts, in course.yml under “parts”, are: {', '.join(known) or 'none yet'}.",
        )
    if wished != last and any(m.part == wished for m in course.modules):
        raise BadInput(
            "part-is-over",
            f"A new module comes last, and the part {wished} is over by then.",
            f"Leave --part out; then move the module up in course.yml, and give it `part: {wished}`.",
        )
    return wished


def _entry(module: str, title: str, case: str, minutes: int, part: str | None, before: str | None) -> str:
    lines = [
        f"id: {_yaml(module)}",
        f"title: {_quoted(title)}",
        f"case: {_yaml(case)}",
        f"minutes: {minutes}",
    ]
    if part is not None:
        lines.append(f"part: {_yaml(part)}")
    if before is not None:
        lines.append(f"after: [{_yaml(before)}]")
    return "\n".join(lines)


def _with_suffix(name: str, part: Part) -> str:
    return f"{name}-{part.suffix}" if part.suffix else name


def _title_of_part(title: str, part: Part) -> str:
    return f"{title} · {part.suffix.upper()}" if part.suffix else title


def _require_slug(name: str, what: str, where: str) -> None:
    if not is_slug(name):
        raise BadInput(
            "bad-name", f"“{name}” cannot be the name of a {what}.", f"As {where} use {SLUG_RULE}."
        )


def _slug(text: str) -> str:
    """A folder's name as an id: `My Course 2027` becomes `my-course-2027`."""
    return re.sub(r"[^a-z0-9_]+", "-", text.lower()).strip("-_")[:64]


def title_of(name: str) -> str:
    """A name as a title: `the-quiet-meeting` becomes “The quiet meeting”."""
    words = re.sub(r"[-_]+", " ", name).strip()
    return words[:1].upper() + words[1:]


def _quoted(text: str) -> str:
    # JSON's quotes are YAML's: whatever a title holds, it stays text.
    return json.dumps(" ".join(text.split()), ensure_ascii=False)


def _yaml(slug: str) -> str:
    """A slug for YAML: `2027` and `true` need quotes to stay text."""
    return slug if re.fullmatch(r"[a-z][a-z0-9_-]*", slug) and slug not in _WORDS else f'"{slug}"'


_WORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})
