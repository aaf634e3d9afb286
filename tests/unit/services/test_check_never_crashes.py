"""Whatever stands in a file, checking ends in findings: never in a traceback."""

from __future__ import annotations

import copy
import json
import shutil
from pathlib import Path

import pytest
import yaml

from coursekit.lint.finding import Finding
from coursekit.services.check import check
from coursekit.store.authored import parse_yaml
from coursekit.store.coursefiles import CourseFolder

TINY = Path(__file__).parents[2] / "courses" / "tiny"
JUNK = [None, -1, "x", [], {"id": 7}]


def paths(value, here=()):
    """Each place in a nested value."""
    if here:
        yield here
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield from paths(inner, (*here, key))


def bend(value, path, junk):
    """A copy with something else in one place."""
    bent = copy.deepcopy(value)
    inner = bent
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = junk
    return bent


@pytest.mark.parametrize(
    "name", ["course.yml", "first/first.ipynb", "first/rubrics.yml", "second/exemplars.yml"]
)
def test_junk_in_any_place_is_found_or_harmless(tmp_path, name):
    shutil.copytree(TINY, tmp_path / "tiny")
    path = tmp_path / "tiny" / "modules" / name
    text = path.read_text(encoding="utf-8")
    notebook = name.endswith(".ipynb")
    value = json.loads(text) if notebook else parse_yaml(text, name)
    places = [p for p in paths(value) if not notebook or p[0] != "cells" or p[-1] != "source"]
    found = 0
    for number, place in enumerate(places):
        junk = JUNK[number % len(JUNK)]
        bent = bend(value, place, junk)
        path.write_text(json.dumps(bent) if notebook else yaml.safe_dump(bent), encoding="utf-8")
        findings = check(CourseFolder(tmp_path / "tiny"))
        assert all(isinstance(f, Finding) and f.message and f.hint for f in findings), (place, junk)
        found += bool(findings)
    assert found > len(places) / 2
