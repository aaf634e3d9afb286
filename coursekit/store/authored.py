"""What authors write in YAML, as values; and one more module in course.yml."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from coursekit.model.course import Competency, Course, Gate, Module, Part, Variant
from coursekit.model.ids import CourseId, ModuleId
from coursekit.model.outcome import Refused
from coursekit.model.rubric import Exemplar, Rubric
from coursekit.policy.gate import find_circle
from coursekit.policy.timing import moment
from coursekit.store.notebookfiles import read_text, shown_path
from coursekit.wire.authoring import (
    CourseShape,
    ExemplarsShape,
    ModuleShape,
    RubricsShape,
    endpoint_of,
    exemplars_of,
    late_of,
    rubrics_of,
)
from coursekit.wire.misread import Misread, read_shape

COURSE_FILE = "modules/course.yml"


# ------------------------------------------------------------------------------------------------ YAML


class _OneOfEach:
    """A key counts once."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Refuses a key that stands there twice."""
        seen: set[str] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value != "<<":
                if key.value in seen:
                    raise yaml.constructor.ConstructorError(
                        None, None, f"“{key.value}” stands there twice", key.start_mark
                    )
                seen.add(key.value)
        found: dict[Any, Any] = super().construct_mapping(node, deep)  # type: ignore[misc]
        return found


class YamlLoader(_OneOfEach, yaml.SafeLoader):
    """YAML without surprises: a date stays text, `no` is Norway, 08:30 is no number, a key counts once."""


class _FastLoader(_OneOfEach, getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """The same over libyaml, where PyYAML was built with it: a course of forty modules needs seconds less."""


YamlLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag.endswith((":null", ":merge"))]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
# As in YAML 1.2's core schema. YAML 1.1 reads `no` as false and 12:30 as 750.
for _tag, _pattern, _first in (
    ("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", "tTfF"),
    ("int", r"^[-+]?(?:0|[1-9][0-9]*)$", "-+0123456789"),
    ("float", r"^[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+|[0-9]+)(?:[eE][-+]?[0-9]+)?$", "-+0123456789."),
):
    YamlLoader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), list(_first))
_FastLoader.yaml_implicit_resolvers = YamlLoader.yaml_implicit_resolvers


def compose_yaml(text: str) -> yaml.Node | None:
    """The text's values with the places where they stand; none when it is no YAML."""
    try:
        return yaml.compose(text, Loader=_FastLoader)
    except (yaml.YAMLError, RecursionError):
        return None


def parse_yaml(text: str, file: str) -> Any:
    """The value of a YAML text. Raises BadInput, naming the file and the line."""
    # The loaders are SafeLoaders with fewer guesses.
    try:
        return yaml.load(text, Loader=_FastLoader)
    except (yaml.YAMLError, RecursionError):
        # What is wrong is said in the words of the other, which are the same on every machine.
        pass
    try:
        return yaml.load(text, Loader=YamlLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark is not None else 1
        problem = f"line {line} is not YAML that we can read: {error.problem or 'something is wrong there'}."
        raise Misread(
            "broken-yaml",
            file,
            problem,
            "Look at that line and the one above it: indentation, colons, quotes.",
            line=line,
        ) from None
    except yaml.YAMLError as error:
        problem = "it is not YAML that we can read: " + str(error).splitlines()[0] + "."
        raise Misread("broken-yaml", file, problem, "Save it as plain UTF-8 text.") from None
    except RecursionError:
        raise Misread("broken-yaml", file, "it is nested too deeply.", "Make it flatter.") from None


# --------------------------------------------------------------------------------------------- reading


def read_course(root: Path) -> Course:
    """The course whose folder holds modules/ and cases/.

    Raises BadInput, naming file, module and field.
    """
    path = root / COURSE_FILE
    if not path.is_file():
        raise Misread(
            "no-such-file", COURSE_FILE, "it is not there.", "Begin a course with coursekit new course DIR."
        )
    return parse_course(read_text(path))


def read_rubrics(module_folder: Path) -> dict[str, Rubric]:
    """The rubrics of a module by name; none when it has no rubrics.yml."""
    path = module_folder / "rubrics.yml"
    if not path.is_file():
        return {}
    return parse_rubrics(read_text(path), shown_path(path))


def parse_rubrics(text: str, file: str) -> dict[str, Rubric]:
    """The rubrics that a text defines. Raises BadInput, naming the file and the field."""
    return rubrics_of(read_shape(RubricsShape, parse_yaml(text, file), file))


def read_exemplars(module_folder: Path) -> tuple[Exemplar, ...]:
    """The sample answers of a module; none when it has no exemplars.yml."""
    path = module_folder / "exemplars.yml"
    if not path.is_file():
        return ()
    return parse_exemplars(read_text(path), shown_path(path))


def parse_exemplars(text: str, file: str) -> tuple[Exemplar, ...]:
    """The sample answers that a text has. Raises BadInput, naming the file and the field."""
    return exemplars_of(read_shape(ExemplarsShape, parse_yaml(text, file), file))


def parse_course(text: str) -> Course:
    """The course that this text of course.yml defines. Raises BadInput, naming file, module and field."""
    shape = read_shape(CourseShape, parse_yaml(text, COURSE_FILE), COURSE_FILE)
    try:
        zone = ZoneInfo(shape.time_zone)
    except (OSError, ValueError, LookupError):
        raise _wrong(
            f"the field “time_zone” names no time zone: {shape.time_zone}.",
            "Use an IANA name such as Europe/Vienna, America/New_York or Asia/Tokyo.",
            "time_zone",
        ) from None
    for name, ids in (
        ("modules", [m.id for m in shape.modules]),
        ("competencies", [c.id for c in shape.competencies]),
        ("variants", [v.id for v in shape.variants]),
        ("parts", [p.id for p in shape.parts]),
    ):
        twice = next((i for i in ids if ids.count(i) > 1), None)
        if twice is not None:
            raise _wrong(
                f"the field “{name}” has the id {twice} twice.", "Give one of them another id.", name, twice
            )
    modules: list[Module] = []
    for shaped in shape.modules:
        modules.append(_module(shaped, modules[-1:], shape, zone))
    known = {m.id for m in modules}
    for number, module in enumerate(modules, 1):
        for before in module.after:
            if before not in known:
                raise _wrong(
                    f"module {number} ({module.id}), the field “after” names {before}, which is no module.",
                    f"The modules there are: {', '.join(m.id for m in modules)}.",
                    *("modules", module.id, "after"),
                )
    for variant in shape.variants:
        for name in variant.modules:
            if name not in known:
                raise _wrong(
                    f"the variant {variant.id} has parameters for {name}, which is no module.",
                    f"The modules there are: {', '.join(m.id for m in modules)}.",
                    *("variants", variant.id),
                )
    circle = find_circle(modules)
    if circle:
        raise Misread(
            "prerequisite-circle",
            COURSE_FILE,
            f"the fields “after” go round in a circle: {' → '.join(circle)}.",
            f"Take one out, such as {circle[1]} from {circle[0]}; as it is, nobody can open any of them.",
            path=("modules", circle[0]),
        )
    return Course(
        CourseId(shape.course),
        shape.title,
        shape.time_zone,
        tuple(modules),
        shape.language,
        tuple(Competency(c.id, c.title, c.domain) for c in shape.competencies),
        shape.parameters,
        late_of(shape.late),
        endpoint_of(shape.reflections),
        tuple(
            Variant(v.id, v.title, v.parameters, {ModuleId(m): p for m, p in v.modules.items()})
            for v in shape.variants
        ),
        tuple(dict.fromkeys(shape.languages)),
        tuple(Part(p.id, p.title, p.summary) for p in shape.parts),
    )


def _module(shape: ModuleShape, above: list[Module], course: CourseShape, zone: ZoneInfo) -> Module:
    after = shape.after if shape.after is not None else [m.id for m in above]
    gate: Gate = shape.gate if shape.gate is not None else course.gate
    dates: dict[str, datetime | None] = {}
    for name, text in (("opens", shape.opens), ("due", shape.due), ("closes", shape.closes)):
        dates[name] = None
        if text is not None:
            when = moment(text, zone)
            if isinstance(when, Refused):
                number = [m.id for m in course.modules].index(shape.id) + 1
                raise _wrong(
                    f"module {number} ({shape.id}), the field “{name}”: {when.reason}",
                    when.next_step,
                    *("modules", shape.id, name),
                )
            dates[name] = when
    return Module(
        ModuleId(shape.id),
        shape.title,
        shape.summary,
        shape.case,
        shape.minutes,
        tuple(ModuleId(m) for m in after),
        gate,
        dates["opens"],
        dates["due"],
        dates["closes"],
        shape.parameters,
        shape.part,
    )


def _wrong(problem: str, next_step: str, *path: str) -> Misread:
    return Misread("bad-field", COURSE_FILE, problem, next_step, path=path)


# --------------------------------------------------------------------------------------------- writing


def append_module(text: str, entry: str) -> str:
    """course.yml's text with one more module at the end of its list; comments stay where they are.

    `text` was read as a course before. `entry` is one block mapping of YAML lines, without the dash
    and without indentation.
    """
    root = yaml.compose(text, Loader=YamlLoader)
    assert isinstance(root, yaml.MappingNode)  # read as a course before
    modules = next(value for key, value in root.value if key.value == "modules")
    lines = text.splitlines(keepends=True)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    if modules.flow_style:
        if modules.value:
            raise Misread(
                "flow-modules",
                COURSE_FILE,
                "the field “modules” is written in one line, so nothing can be added to it.",
                "Write each module on lines of its own, beginning with a dash.",
            )
        start, end = modules.start_mark, modules.end_mark
        tail = lines[end.line][end.column :].strip()
        lines[start.line : end.line + 1] = [
            lines[start.line][: start.column].rstrip() + (f"  {tail}" if tail else "") + "\n"
        ]
        column, after = 2, start.line + 1
    else:
        column, after = modules.start_mark.column, _last_line(modules) + 1
    pad = " " * column
    dashed = [f"{pad}{'- ' if i == 0 else '  '}{line}\n" for i, line in enumerate(entry.splitlines())]
    return "".join([*lines[:after], *dashed, *lines[after:]])


def _last_line(node: yaml.Node) -> int:
    """The last line on which the node has anything. A block's own end mark is where the next token begins."""
    if isinstance(node, yaml.ScalarNode) or getattr(node, "flow_style", False):
        end = node.end_mark
        return int(end.line - 1 if end.column == 0 and end.line > node.start_mark.line else end.line)
    children = [n for pair in node.value for n in (pair if isinstance(pair, tuple) else (pair,))]
    return max((_last_line(child) for child in children), default=node.start_mark.line)
