"""The schemas that editors use say the same as the code that reads, on sound files and on broken ones."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from coursekit.cli.schemas import write_schemas
from coursekit.model.errors import BadInput
from coursekit.model.ids import is_slug
from coursekit.model.prompt import PromptKind
from coursekit.store.authored import parse_yaml
from coursekit.wire.authoring import CourseShape, ExemplarsShape, RubricsShape, read_role
from coursekit.wire.misread import Misread, read_shape
from coursekit.wire.prompts import prompt_from_json
from coursekit.wire.schemas import prompt_schema, schema_text, schemas

ROOT = Path(__file__).parents[3]
COURSES = ROOT / "tests" / "courses"
FILES = {
    "course.yml": ("course.schema.json", CourseShape),
    "rubrics.yml": ("rubrics.schema.json", RubricsShape),
    "exemplars.yml": ("exemplars.schema.json", ExemplarsShape),
}


def validator(name):
    return Draft202012Validator(schemas()[name])


def json_of(path):
    """A YAML file as an editor's schema check sees it: keys are text."""
    return json.loads(json.dumps(parse_yaml(path.read_text(encoding="utf-8"), path.name)))


def yaml_files(root, broken):
    found = []
    for name in FILES:
        found += [p for p in root.rglob(name) if ("broken_" in p.as_posix()) is broken]
    return sorted(p for p in found if not {".venv", "node_modules"} & set(p.parts))


SOUND = sorted({*yaml_files(ROOT / "modules", False), *yaml_files(COURSES, False)})


def test_the_files_in_docs_are_what_is_generated(tmp_path):
    result = CliRunner().invoke(write_schemas, [str(tmp_path)])
    assert result.exit_code == 0, result.output
    made = {p.name: p.read_text() for p in tmp_path.iterdir()}
    kept = {p.name: p.read_text() for p in (ROOT / "docs" / "schemas").glob("*.schema.json")}
    assert kept == made, "run python -m coursekit.cli.schemas docs/schemas"
    assert made == {name: schema_text(schema) for name, schema in schemas().items()}


@pytest.mark.parametrize("name", sorted(schemas()))
def test_each_schema_is_a_schema(name):
    Draft202012Validator.check_schema(schemas()[name])


@pytest.mark.parametrize("path", SOUND, ids=lambda p: f"{p.parent.name}-{p.name}")
def test_sound_files_pass_both(path):
    schema, shape = FILES[path.name]
    assert [e.message for e in validator(schema).iter_errors(json_of(path))] == []
    read_shape(shape, parse_yaml(path.read_text(encoding="utf-8"), path.name), path.name)


@pytest.mark.parametrize("course", ["fields", "late_fields", "rubrics"])
def test_broken_files_fail_both(course):
    broken = 0
    for path in (COURSES / f"broken_{course}").rglob("*.yml"):
        schema, shape = FILES[path.name]
        fails = not validator(schema).is_valid(json_of(path))
        try:
            read_shape(shape, parse_yaml(path.read_text(), path.name), path.name)
            refused = False
        except Misread:
            refused = True
        assert fails is refused, path
        broken += fails
    assert broken == 1


def test_the_repositorys_cells_pass_the_schema():
    cell_schema = validator("cell.schema.json")
    checked = 0
    for path in [*ROOT.glob("modules/*/*.ipynb"), *COURSES.glob("tiny/modules/*/*.ipynb")]:
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            metadata = cell["metadata"].get("coursekit")
            if metadata is not None:
                assert [e.message for e in cell_schema.iter_errors(metadata)] == [], (path, cell["id"])
                checked += 1
    assert checked > 10


COMMON = {"id": "p1", "title": "T", "question": "Q?"}
PROMPTS = {
    "reflection": {"rubric": "r", "min_words": 0, "max_words": None},
    "decision": {"options": [{"id": "a", "label": "A"}, {"id": "b", "label": "B"}], "min_words": 3},
    "estimate": {"unit": "%", "min": -5, "max": 9.5, "step": 0.5},
    "confidence": {"scale": ["low", "so so", "high"]},
    "self_assessment": {"scale": ["low", "so so", "high"], "items": [{"id": "a", "label": "A"}]},
    "plan": {"fields": [{"id": "a", "label": "A", "min_words": 3}], "rubric": "r"},
    "analysis": {},
}
REPLACEMENTS = [
    None, "", " x", 7, -1, 0, 2.5, True, [], ["a"], ["a", "b", "c"], {}, "low", "P 1", [{"id": "a"}],
    [{"id": "a", "label": "A", "min_words": 1}],
]  # fmt: skip


def both(value):
    """Whether the schema and the reader take it."""
    try:
        prompt_from_json(value)
        reads = True
    except BadInput:
        reads = False
    return Draft202012Validator(prompt_schema()).is_valid(value), reads


@pytest.mark.parametrize("kind", PromptKind)
def test_a_prompts_schema_agrees_with_its_reader(kind):
    sound = {**COMMON, "kind": kind.value, **PROMPTS[kind.value]}
    assert both(sound) == (True, True)
    assert both({**sound, "colour": "red"}) == (False, False)
    names = {*sound, "minutes", "required", "competencies", "rubric", "items", "fields", "scale", "step"}
    differ = []
    for name in sorted(names):
        without = {k: v for k, v in sound.items() if k != name}
        for value in (without, *({**sound, name: r} for r in REPLACEMENTS)):
            schema, reads = both(value)
            if schema is not reads:
                differ.append((name, value.get(name, "left out"), schema, reads))
    assert differ == []


@pytest.mark.parametrize(
    "metadata",
    [
        {"prompt": {**COMMON, "kind": "analysis"}},
        {"reveal": {"after": "p1", "files": ["exhibits/a.csv"], "alt": "Bars."}},
        {"faculty": True},
        {"faculty": False},
        {"faculty": 1},
        {"faculty": True, "reveal": {"after": "p1"}},
        {"reveal": {"after": "p1", "files": "exhibits/a.csv"}},
        {"reveal": {"after": ""}},
        {"reveal": {}},
        {"reveal": "p1"},
        {},
        [],
        "faculty",
    ],
)
def test_a_cells_schema_agrees_with_its_reader(metadata):
    try:
        read_role(metadata, "one.ipynb", 1, "a")
        reads = True
    except BadInput:
        reads = False
    assert validator("cell.schema.json").is_valid(metadata) is reads


@pytest.mark.parametrize(
    "gate", ["submitted", "passed", {"passed": 0.6}, {"passed": 2}, {"passed": True}, {}, 1]
)
def test_a_gates_schema_agrees_with_its_reader(gate):
    value = {
        "schema": "coursekit.course/1",
        "course": "c",
        "title": "C",
        "time_zone": "UTC",
        "modules": [],
        "gate": gate,
    }
    try:
        read_shape(CourseShape, value, "modules/course.yml")
        reads = True
    except Misread:
        reads = False
    assert validator("course.schema.json").is_valid(value) is reads


@pytest.mark.parametrize(
    ("late", "sound"),
    [
        ({}, True),
        ({"grace_minutes": 15, "window_days": 7, "penalty_per_day": 0.1, "penalty_most": 0.5}, True),
        ({"grace_minutes": 2.5, "window_days": 0, "penalty_per_day": 0, "penalty_most": 1}, True),
        ({"window_days": None}, True),
        ({"grace_minutes": None}, False),
        ({"grace_minutes": -1}, False),
        ({"grace_minutes": 10_081}, False),
        ({"grace_minutes": "15"}, False),
        ({"grace_minutes": True}, False),
        ({"window_days": -0.5}, False),
        ({"window_days": 3_651}, False),
        ({"penalty_per_day": 1.01}, False),
        ({"penalty_most": 10}, False),
        ({"penalty": 0.1}, False),
        (15, False),
    ],
)
def test_a_late_rules_schema_agrees_with_its_reader(late, sound):
    value = {
        "schema": "coursekit.course/1",
        "course": "c",
        "title": "C",
        "time_zone": "UTC",
        "modules": [],
        "late": late,
    }
    try:
        read_shape(CourseShape, value, "modules/course.yml")
        reads = True
    except Misread:
        reads = False
    assert validator("course.schema.json").is_valid(value) is reads is sound


@pytest.mark.parametrize("slug", ["a", "a-b_2", "2027", "A", "-a", "", "a" * 65, "a b", "ä"])
def test_the_schemas_idea_of_an_id_is_ours(slug):
    schema = schemas()["course.schema.json"]["properties"]["course"]
    assert Draft202012Validator(schema).is_valid(slug) is is_slug(slug)


def test_all_errors_of_a_file_are_kept_and_the_first_is_raised():
    with pytest.raises(Misread) as caught:
        read_shape(CourseShape, {}, "modules/course.yml")
    assert caught.value.detail == "modules/course.yml: the field “schema” is missing."
    assert len(caught.value.others) == 4
