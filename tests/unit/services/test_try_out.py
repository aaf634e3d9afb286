"""Trying a module out: four runs at most, none where nothing has changed, and a build takes one of them up."""

from __future__ import annotations

import copy
import json
import shutil
from pathlib import Path

import pytest

from coursekit.model.edition import Edition
from coursekit.model.errors import BadInput, CellFailed
from coursekit.model.ids import ModuleId
from coursekit.services.build import build, build_edition
from coursekit.services.try_out import try_out
from coursekit.store.coursefiles import CourseFolder

TINY = Path(__file__).parents[2] / "courses" / "tiny"
FIRST, SECOND = ModuleId("first"), ModuleId("second")
STUB = "raise NotImplementedError()"


class Stage:
    """A runner that runs nothing: it remembers the versions, and a test fails where the stub stands."""

    def __init__(self):
        self.versions = []
        self.error = None
        self.counter = None
        self.fails_with = None
        self.given = []

    def run(self, notebook, parameters, folder, *, keep_going=False):
        ran = copy.deepcopy(dict(notebook))
        ids = [cell["id"] for cell in ran["cells"]]
        stub = any(STUB in cell["source"] for cell in ran["cells"])
        self.versions.append(
            ("learners" if "faculty-1" not in ids else "author", "stub" if stub else "solved")
        )
        self.given.append(dict(parameters))
        if self.error is not None and self.fails_with in (None, parameters):
            raise self.error
        for cell in ran["cells"]:
            if cell["id"] == "p3-tests" and stub:
                error = {"output_type": "error", "ename": "NameError", "evalue": "", "traceback": []}
                cell["outputs"] = [error]
            if cell["id"] == "setup" and self.counter is not None:
                self.counter += 1
                text = f"{self.counter}\n"
                cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": text}]
        return ran


def stubbed(notebook):
    cells = [{**c, "source": STUB} if c["id"] == "p3" else c for c in notebook["cells"]]
    return {**notebook, "cells": cells}


@pytest.fixture
def tiny(tmp_path):
    shutil.copytree(TINY, tmp_path / "tiny")
    return tmp_path / "tiny"


@pytest.fixture
def stage():
    return Stage()


def tried(root, stage, module=FIRST, **more):
    more = {"stubs": stubbed, "rules": "r", "version": "1", **more}
    stubs, rules, version = (more.pop(name) for name in ("stubs", "rules", "version"))
    return try_out(CourseFolder(root), module, stage, stubs, version, rules, **more)


def files(root):
    return {p.relative_to(root).as_posix(): p.read_bytes() for p in root.rglob("*") if p.is_file()}


AUTHOR, SOLVED, STUBS = ("author", "solved"), ("learners", "solved"), ("learners", "stub")


def test_the_authors_twice_then_what_learners_get_with_answers_and_without(tiny, stage):
    outcome = tried(tiny, stage)
    assert (outcome.findings, outcome.ran) == ((), True)
    assert stage.versions == [AUTHOR, AUTHOR, SOLVED, STUBS]


def test_without_code_of_the_authors_alone_and_without_tests_two_are_enough(tiny, stage):
    tried(tiny, stage, SECOND)
    assert stage.versions == [AUTHOR, AUTHOR]


def test_nothing_is_written_but_the_record(tiny, stage):
    before = files(tiny)
    tried(tiny, stage)
    new = {path for path in files(tiny) if path not in before}
    assert new == {"modules/first/.coursekit/trial.json", "modules/first/.coursekit/trial.ipynb"}
    assert {path: files(tiny)[path] for path in before} == before


def test_what_has_not_changed_is_not_run_again(tiny, stage):
    stage.counter = 0
    first = tried(tiny, stage)
    runs = len(stage.versions)
    again = tried(tiny, stage)
    assert [f.code for f in first.findings] == ["CK704"]
    assert (again.findings, again.ran, len(stage.versions)) == (first.findings, False, runs)


@pytest.mark.parametrize(
    "change",
    ["modules/first/first.ipynb", "modules/first/helper.py", "cases/lamp/exhibits/rooms.csv"],
)
def test_a_changed_input_is_run_again(tiny, stage, change):
    tried(tiny, stage)
    path = tiny / change
    if change.endswith("ipynb"):
        path.write_text(path.read_text().replace("sum(hours)", "sum( hours)"))
    else:
        path.write_text("room,hours\nA,9\n")
    assert tried(tiny, stage).ran


def test_another_parameter_or_title_is_run_again_and_a_date_is_not(tiny, stage):
    course = tiny / "modules" / "course.yml"
    text = course.read_text()
    tried(tiny, stage)
    course.write_text(text.replace("    minutes: 10\n", "    minutes: 10\n    opens: 2027-01-11 08:00\n"))
    assert not tried(tiny, stage).ran
    course.write_text(text.replace("{rooms: 3}", "{rooms: 5}"))
    assert tried(tiny, stage).ran
    course.write_text(text.replace("The lamp", "The lantern"))
    assert tried(tiny, stage).ran


def test_other_rules_or_another_coursekit_look_again(tiny, stage):
    tried(tiny, stage)
    assert tried(tiny, stage, rules="other").ran
    assert tried(tiny, stage, version="2").ran


def test_without_remembering_everything_is_run_and_nothing_kept(tiny, stage):
    before = files(tiny)
    assert tried(tiny, stage, remember=False).ran
    assert tried(tiny, stage, remember=False).ran
    assert files(tiny) == before


@pytest.mark.parametrize("name", ["trial.json", "trial.ipynb"])
def test_a_damaged_record_is_none(tiny, stage, name):
    tried(tiny, stage)
    (tiny / "modules/first/.coursekit" / name).write_text("{")
    runs = len(stage.versions)
    built = build(CourseFolder(tiny), FIRST, stage, "1")
    assert (built.executed, len(stage.versions)) == (True, runs + 1)


def test_a_build_takes_up_what_was_run_and_the_other_way_round(tiny, stage):
    tried(tiny, stage)
    runs = len(stage.versions)
    built = build(CourseFolder(tiny), FIRST, stage, "1")
    assert (built.executed, len(stage.versions)) == (False, runs)
    by_trial = (tiny / "modules/first/.coursekit/built.ipynb").read_bytes()
    shutil.rmtree(tiny / "modules/first/.coursekit")
    build(CourseFolder(tiny), FIRST, stage, "1")
    assert (tiny / "modules/first/.coursekit/built.ipynb").read_bytes() == by_trial
    runs = len(stage.versions)
    tried(tiny, stage)
    assert stage.versions[runs:] == [AUTHOR, SOLVED, STUBS]


def test_what_fails_first_ends_it(tiny, stage):
    stage.error = CellFailed("cell-failed", "Cell 3 (setup) failed: E", "Mend.", "setup", "E: no", ("E: no",))
    outcome = tried(tiny, stage)
    assert [(f.code, f.cell, f.message) for f in outcome.findings] == [
        ("CK701", 3, "This cell fails: E: no.")
    ]
    assert stage.versions == [AUTHOR]
    assert not (tiny / "modules/first/.coursekit/trial.ipynb").exists()


def test_a_kernel_that_dies_is_no_cells_fault(tiny, stage):
    stage.error = BadInput("kernel-died", "The kernel died while it ran the notebook.", "Mend.")
    (found,) = tried(tiny, stage).findings
    assert (found.code, found.cell, found.message) == (
        "CK706",
        None,
        "The kernel died while it ran the notebook.",
    )


def test_a_test_that_passes_on_the_stub_is_found(tiny, stage):
    (found,) = tried(tiny, stage, stubs=dict).findings
    assert (found.code, found.cell_id) == ("CK703", "p3-tests")


def test_stubs_that_nbgrader_cannot_make_are_a_finding(tiny, stage):
    def refuse(notebook):
        raise BadInput("no-stubs", "nbgrader cannot take the solutions out: no end.", "Mend the marks.")

    (found,) = tried(tiny, stage, stubs=refuse).findings
    assert (found.code, found.message) == ("CK706", "nbgrader cannot take the solutions out: no end.")


def test_a_module_with_errors_is_not_run(tiny, stage):
    (tiny / "cases/lamp/exhibits/night.csv").unlink()
    outcome = tried(tiny, stage)
    assert (outcome.findings, outcome.ran, stage.versions) == ((), False, [])
    assert outcome.why_not == "it has errors that come first"


def test_one_edited_cell_is_all_that_changes_in_what_is_built(tiny, stage):
    """Ids stay, and a diff of two builds shows the edit and nothing else."""
    built = tiny / "modules/first/.coursekit/built.ipynb"
    build(CourseFolder(tiny), FIRST, stage, "1")
    before = built.read_text().splitlines()
    master = tiny / "modules/first/first.ipynb"
    master.write_text(master.read_text().replace("That was all. Hand it in.", "That was it. Hand it in."))
    build(CourseFolder(tiny), FIRST, stage, "1")
    after = built.read_text().splitlines()
    changed = [(a, b) for a, b in zip(before, after, strict=True) if a != b]
    assert [(a.strip(), b.strip()) for a, b in changed] == [
        ('"That was all. Hand it in."', '"That was it. Hand it in."')
    ]
    assert [c["id"] for c in json.loads("\n".join(after))["cells"]] == [
        c["id"] for c in json.loads("\n".join(before))["cells"]
    ]


VARIANTS = """\
variants:
  - {id: north, parameters: {rooms: 7}}
  - {id: south, parameters: {rooms: 8, lamps: 2}}
  - {id: as-south, parameters: {rooms: 8}}
  - {id: same}
"""
FAILED = CellFailed("cell-failed", "Cell 3 (setup) failed: E", "Mend.", "setup", "E: no", ("E: no",))


@pytest.fixture
def varied(tiny):
    course = tiny / "modules" / "course.yml"
    course.write_text(course.read_text() + VARIANTS)
    return tiny


def test_each_variant_with_other_parameters_is_run_once(varied, stage):
    assert tried(varied, stage).findings == ()
    # The module four times, then two: one gives what another gave, and one changes nothing.
    assert stage.given == [{"rooms": 3}, {"rooms": 3}, {}, {}, {"rooms": 7}, {"rooms": 8, "lamps": 2}]
    assert stage.versions[4:] == [AUTHOR, AUTHOR]


def test_a_module_without_parameters_has_no_variants(varied, stage):
    tried(varied, stage, SECOND)
    assert len(stage.versions) == 2


def test_what_a_variant_breaks_names_it_and_is_kept(varied, stage):
    stage.error, stage.fails_with = FAILED, {"rooms": 7}
    (found,) = tried(varied, stage).findings
    assert (found.code, found.cell, found.message) == (
        "CK701",
        3,
        "In the variant north this cell fails: E: no.",
    )
    assert found.hint.startswith(
        "It runs with the module's own parameters: look at those in course.yml as well."
    )
    runs = len(stage.versions)
    again = tried(varied, stage)
    assert (again.findings, again.ran, len(stage.versions)) == ((found,), False, runs)


def test_a_kernel_that_dies_in_a_variant_names_it(varied, stage):
    stage.error = BadInput("kernel-died", "The kernel died while it ran the notebook.", "Mend.")
    stage.fails_with = {"rooms": 7}
    (found,) = tried(varied, stage).findings
    assert (found.code, found.message) == (
        "CK706",
        "In the variant north the kernel died while it ran the notebook.",
    )


def test_what_fails_for_everybody_is_not_said_of_each_variant(varied, stage):
    stage.error = FAILED
    assert [f.message for f in tried(varied, stage).findings] == ["This cell fails: E: no."]
    assert len(stage.versions) == 1


def test_only_the_variant_whose_parameters_changed_is_run_again(varied, stage):
    tried(varied, stage)
    runs = len(stage.versions)
    course = varied / "modules" / "course.yml"
    course.write_text(course.read_text().replace("rooms: 7", "rooms: 6"))
    assert tried(varied, stage).ran
    assert stage.given[runs:] == [{"rooms": 6}]


def test_a_variants_build_takes_up_what_was_run_and_the_other_way_round(varied, stage):
    tried(varied, stage)
    runs = len(stage.versions)
    _, north = build_edition(CourseFolder(varied), FIRST, Edition("north"), stage, "1")
    assert (north.executed, len(stage.versions)) == (False, runs)
    shutil.rmtree(varied / "modules/first/.coursekit")
    build_edition(CourseFolder(varied), FIRST, Edition("north"), stage, "1")
    runs = len(stage.versions)
    tried(varied, stage)
    assert stage.given[runs:] == [{"rooms": 3}, {}, {}, {"rooms": 8, "lamps": 2}]


def test_a_translation_is_looked_at_and_not_run(tiny, stage):
    course = tiny / "modules" / "course.yml"
    course.write_text(course.read_text() + "languages: [de, fr]\n")
    assert tried(tiny, stage).findings == ()
    assert len(stage.versions) == 4
    catalogue = tiny / "modules/first/translations/de.po"
    catalogue.write_text(
        catalogue.read_text().replace("stehen in `exhibits/rooms.csv`", "stehen in `exhibits/raum.csv`")
    )
    outcome = tried(tiny, stage)
    (found,) = outcome.findings
    assert (found.code, found.file, found.cell_id, found.message) == (
        "CK303",
        "modules/first/first.ipynb",
        "story",
        "In the language de this cell names exhibits/raum.csv, which is not in cases/lamp/exhibits.",
    )
    assert found.hint.startswith("Mend it in modules/first/translations/de.po. ")
    assert (outcome.ran, len(stage.versions)) == (False, 4)


def test_what_cannot_be_read_is_not_run_and_not_said_twice(tiny, stage):
    course = tiny / "modules" / "course.yml"
    course.write_text(course.read_text() + "languages: [de]\n")
    catalogue = tiny / "modules/first/translations/de.po"
    catalogue.write_text(catalogue.read_text() + "no message\n")
    outcome = tried(tiny, stage)
    assert (outcome.findings, outcome.why_not, stage.versions) == ((), "it has errors that come first", [])
