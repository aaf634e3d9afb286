"""A build replaces what was there at the very end, or not at all; the same course gives the same bytes."""

from __future__ import annotations

import copy
import json
import shutil
from pathlib import Path

import pytest

from coursekit.model.edition import Edition
from coursekit.model.errors import BadInput, Conflict, NotFound
from coursekit.model.ids import ModuleId
from coursekit.model.rubric import Detector
from coursekit.nbgrader_seal import SealReveals
from coursekit.policy.sealing import find_leak
from coursekit.services.build import build, build_edition
from coursekit.store.coursefiles import CourseFolder
from coursekit.wire.checks import parse_checks
from coursekit.wire.prompts import prompt_from_json
from coursekit.wiring import author, staff
from coursekit.wiring.nbgrader_config import IGNORED

ROOT = Path(__file__).parents[3]
TINY = ROOT / "tests" / "courses" / "tiny"
FIRST = ModuleId("first")


class Stage:
    """A runner that runs nothing, and remembers what it was asked to run."""

    def __init__(self):
        self.runs = []
        self.saw = set()
        self.error = None

    def run(self, notebook, parameters, folder):
        self.runs.append(dict(parameters))
        self.saw = {p.relative_to(folder).as_posix() for p in Path(folder).rglob("*") if p.is_file()}
        if self.error is not None:
            raise self.error
        return copy.deepcopy(dict(notebook))


@pytest.fixture
def tiny(tmp_path):
    shutil.copytree(TINY, tmp_path / "tiny")
    return tmp_path / "tiny"


@pytest.fixture
def stage():
    return Stage()


def files(root):
    return {p.relative_to(root).as_posix(): p.read_bytes() for p in root.rglob("*") if p.is_file()}


def test_the_kernel_sees_exhibits_and_prompts_and_the_author_sees_them_afterwards(tiny, stage):
    before = files(tiny)
    built = build(CourseFolder(tiny), FIRST, stage, "1")
    assert {"prompts.json", "exhibits/night.csv", "exhibits/rooms.csv"} <= stage.saw
    new = set(files(tiny)) - set(before)
    assert new == {
        "modules/first/prompts.json",
        "modules/first/exhibits/SOURCES.md",
        "modules/first/exhibits/SOURCES-after-p1.md",
        "modules/first/exhibits/night.csv",
        "modules/first/exhibits/rooms.csv",
        "modules/first/.coursekit/built.ipynb",
        "modules/first/.coursekit/checks.json",
        "modules/first/.coursekit/build.json",
    }
    assert {path: files(tiny)[path] for path in before} == before
    assert built.exhibits == ("exhibits/night.csv", "exhibits/rooms.csv")
    assert built.summary == "first: executed; prompts: 3, exhibits: 2."


def test_a_module_gets_no_exhibit_of_another_modules(tiny, stage):
    """One case, two modules: what the first holds back must not lie open in the second."""
    second = tiny / "modules" / "second"
    built = build(CourseFolder(tiny), ModuleId("second"), stage, "1")
    assert built.exhibits == ()
    assert not (second / "exhibits").exists()
    assert not [path for path in stage.saw if path.startswith("exhibits/")]
    assert (
        "cases/lamp/exhibits/night.csv"
        not in json.loads((second / ".coursekit/build.json").read_text())["inputs"]
    )


def test_copies_of_an_earlier_build_that_nobody_names_go_and_edited_ones_stay(tiny, stage):
    exhibits = tiny / "modules" / "second" / "exhibits"
    shutil.copytree(tiny / "cases" / "lamp" / "exhibits", exhibits)
    (exhibits / "rooms.csv").write_text("mine")
    build(CourseFolder(tiny), ModuleId("second"), stage, "1")
    assert {p.name: p.read_text() for p in exhibits.iterdir()} == {"rooms.csv": "mine"}


def test_the_modules_parameters_are_over_the_courses(tiny, stage):
    path = tiny / "modules" / "course.yml"
    path.write_text(path.read_text().replace("{rooms: 3}", "{rooms: 3, floors: 2}"))
    notebook = tiny / "modules" / "second" / "second.ipynb"
    value = json.loads(notebook.read_text())
    value["cells"].insert(
        1,
        {
            "cell_type": "code",
            "id": "parameters",
            "metadata": {"tags": ["parameters"]},
            "source": "rooms = 1",
            "outputs": [],
            "execution_count": None,
        },
    )
    notebook.write_text(json.dumps(value))
    build(CourseFolder(tiny), FIRST, stage, "1")
    build(CourseFolder(tiny), ModuleId("second"), stage, "1")
    assert stage.runs == [{"rooms": 3, "floors": 2}, {"rooms": 4, "floors": 2}]


def test_without_a_parameters_cell_nothing_is_injected(tiny, stage):
    build(CourseFolder(tiny), ModuleId("second"), stage, "1")
    assert stage.runs == [{}]


def test_prompts_json_has_every_question(tiny, stage):
    build(CourseFolder(tiny), FIRST, stage, "1")
    value = json.loads((tiny / "modules" / "first" / "prompts.json").read_text())
    assert [value[k] for k in ("schema", "course", "module", "title", "notebook")] == [
        "coursekit.prompts/1",
        "tiny",
        "first",
        "The lamp",
        "first",
    ]
    prompts = [prompt_from_json(p) for p in value["prompts"]]
    assert [p.question for p in prompts] == [
        "How many hours did the lamp burn?",
        "Would you look for whoever left it on? Say why, with a fact from the story.",
        "Add up the hours of the rooms A, B and C.",
    ]


def test_prompts_json_keeps_the_authors_secrets(tiny, stage):
    for module in ("first", "second"):
        build(CourseFolder(tiny), ModuleId(module), stage, "1")
        assert b"CANARY" not in (tiny / "modules" / module / "prompts.json").read_bytes()


EVERYTHING = """\
schema: coursekit.rubrics/1
rubrics:
  view:
    title: A view, with a fact
    language: en
    cap_words: 4321
    min_own_words: 31
    private_phrases: [SECRET-phrase of the model answer]
    decision:
      auto: none
      rule: {all_of: [fact], at_least: 1, of: [side]}
      audit_rate: 0.4321
    criteria:
      - id: fact
        ask: Cites a fact from the story.
        detector: terms
        terms: [SECRET-lamp, hours]
        levels: {0: No fact., 1: Some facts., 2: All facts.}
        feedback: {found: SECRET-found, missing: SECRET-missing}
      - id: side
        ask: Takes a side.
        detector: position
        options: [SECRET-yes, SECRET-no]
        levels: {0: No side., 1: A side.}
      - id: chair
        ask: Says what somebody else wants.
        detector: perspective
        stakeholders: [SECRET-caretaker, SECRET-parents]
        levels: {0: Nobody., 1: Somebody.}
  unused:
    title: SECRET-unused
    criteria: [{id: x, ask: SECRET-ask, levels: {0: SECRET-no, 1: SECRET-yes}}]
"""


def test_of_a_rubric_learners_read_what_is_asked_and_the_levels_and_not_a_word_more(tiny, stage):
    (tiny / "modules" / "first" / "rubrics.yml").write_text(EVERYTHING)
    notebook = tiny / "modules" / "first" / "first.ipynb"
    value = json.loads(notebook.read_text())
    cell = next(c for c in value["cells"] if c["id"] == "p2")
    cell["metadata"]["nbgrader"]["points"] = 4
    notebook.write_text(json.dumps(value))
    (tiny / "modules" / "first" / "exemplars.yml").unlink()
    build(CourseFolder(tiny), FIRST, stage, "1")
    content = (tiny / "modules" / "first" / "prompts.json").read_text()
    assert json.loads(content)["rubrics"] == {
        "view": {
            "title": "A view, with a fact",
            "criteria": [
                {
                    "id": "fact",
                    "ask": "Cites a fact from the story.",
                    "levels": {"0": "No fact.", "1": "Some facts.", "2": "All facts."},
                },
                {"id": "side", "ask": "Takes a side.", "levels": {"0": "No side.", "1": "A side."}},
                {
                    "id": "chair",
                    "ask": "Says what somebody else wants.",
                    "levels": {"0": "Nobody.", "1": "Somebody."},
                },
            ],
        }
    }
    assert not [word for word in ("SECRET", "4321", "adequate", "detector", "terms") if word in content]
    assert "SECRET-phrase" in (tiny / "modules" / "first" / ".coursekit" / "checks.json").read_text()


def test_a_module_without_rubrics_says_nothing_of_them(tiny, stage):
    build(CourseFolder(tiny), ModuleId("second"), stage, "1")
    assert "rubrics" not in json.loads((tiny / "modules" / "second" / "prompts.json").read_text())


def test_what_the_checks_need_is_written_down_apart(tiny, stage):
    """Rubrics, and all that a learner can copy; never what the faculty keeps, nor a model answer."""
    build(CourseFolder(tiny), FIRST, stage, "1")
    content = (tiny / "modules" / "first" / ".coursekit" / "checks.json").read_bytes()
    (basis,) = parse_checks(content).values()
    assert (basis.prompt, basis.rubric.name, basis.language) == ("p2", "view", "en")
    assert [c.id for c in basis.rubric.criteria] == ["fact", "side"]
    told = "\n".join(basis.case)
    assert "A lamp burned all night in an empty school." in told
    assert "CANARY-reveal-text" in told
    assert "CANARY-model-answer" not in content.decode()
    assert "CANARY-faculty" not in content.decode()
    assert "CANARY-teaching-note" not in content.decode()


def test_checks_follow_the_rubric_and_the_case(tiny, stage):
    def written():
        build(CourseFolder(tiny), FIRST, stage, "1")
        return (tiny / "modules" / "first" / ".coursekit" / "checks.json").read_bytes()

    first = written()
    assert written() == first
    path = tiny / "modules" / "first" / "rubrics.yml"
    path.write_text(path.read_text().replace("Takes a side.", "Takes one side."))
    second = written()
    (tiny / "cases" / "lamp" / "case.md").write_text("Another story.")
    assert len({first, second, written()}) == 3


def test_nothing_changed_nothing_executed(tiny, stage):
    build(CourseFolder(tiny), FIRST, stage, "1")
    before = files(tiny)
    again = build(CourseFolder(tiny), FIRST, stage, "1")
    assert (again.executed, len(stage.runs)) == (False, 1)
    assert "nothing has changed" in again.summary
    assert files(tiny) == before


@pytest.mark.parametrize(
    "path",
    [
        "modules/course.yml",
        "modules/first/rubrics.yml",
        "cases/lamp/case.md",
        "cases/lamp/exhibits/rooms.csv",
    ],
)
def test_a_changed_input_is_executed_again(tiny, stage, path):
    build(CourseFolder(tiny), FIRST, stage, "1")
    with (tiny / path).open("a") as file:
        file.write("# more\n" if path.endswith("yml") else "D,4\n")
    assert build(CourseFolder(tiny), FIRST, stage, "1").executed


def test_another_coursekit_or_a_lost_notebook_is_executed_again(tiny, stage):
    build(CourseFolder(tiny), FIRST, stage, "1")
    assert build(CourseFolder(tiny), FIRST, stage, "2").executed
    (tiny / "modules" / "first" / ".coursekit" / "built.ipynb").unlink()
    assert build(CourseFolder(tiny), FIRST, stage, "2").executed


def test_a_failed_build_leaves_the_old_one_untouched(tiny, stage):
    build(CourseFolder(tiny), FIRST, stage, "1")
    (tiny / "cases" / "lamp" / "exhibits" / "rooms.csv").write_text("room,hours\nA,9\n")
    before = files(tiny)
    stage.error = BadInput(
        "cell-failed", "Cell 5 (p1) failed: NameError: name 'x' is not defined", "Mend it."
    )
    with pytest.raises(BadInput) as caught:
        build(CourseFolder(tiny), FIRST, stage, "1")
    assert caught.value.detail == (
        "modules/first/first.ipynb: cell 5 (p1) failed: NameError: name 'x' is not defined"
    )
    assert files(tiny) == before


def test_a_module_with_errors_is_refused_and_others_are_not(tiny, stage):
    (tiny / "cases" / "lamp" / "exhibits" / "night.csv").unlink()
    with pytest.raises(BadInput) as caught:
        build(CourseFolder(tiny), FIRST, stage, "1")
    assert caught.value.detail == (
        "first has 2 errors: modules/first/first.ipynb, cell 6 (p1-reveal): "
        "This cell names exhibits/night.csv, which is not in cases/lamp/exhibits."
    )
    assert stage.runs == []
    assert build(CourseFolder(tiny), ModuleId("second"), stage, "1").executed


def test_a_module_without_its_notebook_or_case_is_refused(tiny, stage):
    shutil.rmtree(tiny / "cases" / "lamp")
    with pytest.raises(BadInput, match="has no folder cases/lamp"):
        build(CourseFolder(tiny), FIRST, stage, "1")
    (tiny / "modules" / "first" / "first.ipynb").unlink()
    with pytest.raises(BadInput, match="has no notebook"):
        build(CourseFolder(tiny), FIRST, stage, "1")
    with pytest.raises(NotFound, match="has no module third"):
        build(CourseFolder(tiny), ModuleId("third"), stage, "1")


def test_a_warning_does_not_stop_a_build(tiny, stage):
    (tiny / "modules" / "first" / "exemplars.yml").unlink()
    assert build(CourseFolder(tiny), FIRST, stage, "1").executed


def test_with_a_real_kernel_twice_the_same_bytes(tiny, monkeypatch):
    # The kernel starts in a scratch folder, from which a checkout of coursekit is not importable.
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    author.build(tiny, "first")
    folder = tiny / "modules" / "first"
    first = {
        name: (folder / name).read_bytes()
        for name in ("prompts.json", ".coursekit/checks.json", ".coursekit/built.ipynb")
    }
    shutil.rmtree(folder / ".coursekit")
    author.build(tiny, "first")
    assert {name: (folder / name).read_bytes() for name in first} == first
    built = json.loads(first[".coursekit/built.ipynb"])
    cells = {c["id"]: c for c in built["cells"]}
    # Course and module parameters arrive, and a reveal's outputs are there to be sealed.
    assert cells["injected-parameters"]["source"] == "# Parameters\nrooms = 3\n"
    assert cells["p1-reveal-table"]["outputs"] == [
        {"name": "stdout", "output_type": "stream", "text": "CANARY-reveal-output 3 3\n"}
    ]
    assert "papermill" not in first[".coursekit/built.ipynb"].decode()


def test_learners_read_where_what_lies_open_comes_from_and_of_nothing_sealed(tiny, stage):
    build(CourseFolder(tiny), FIRST, stage, "1")
    sources = tiny / "modules/first/exhibits/SOURCES.md"
    assert sources.read_text() == "# Sources\n\n- `rooms.csv`: made up by the authors of coursekit.\n"
    after = sources.with_name("SOURCES-after-p1.md")
    assert after.read_text() == (
        "# Sources\n\n- `night.csv`: made up as well, CANARY-source-of-what-is-sealed.\n"
    )
    (tiny / "cases/lamp/SOURCES.md").write_text("It is all made up.")
    assert build(CourseFolder(tiny), FIRST, stage, "1").executed
    assert not sources.exists()
    assert not after.exists()


def test_a_released_module_holds_the_sources_of_what_is_sealed_with_its_reveal_alone(tiny, stage):
    build(CourseFolder(tiny), FIRST, stage, "1")
    source, release = tiny / "modules/first", tiny / "release/first"
    notebook = staff.seal_module(source, "first")
    shutil.copytree(source, release, ignore=shutil.ignore_patterns(*IGNORED))
    (release / "first.ipynb").write_text(json.dumps(notebook))
    upload = staff.pack_module(source, release)
    assert [f.path for f in upload.files if f.path.startswith("exhibits/")] == [
        "exhibits/SOURCES.md",
        "exhibits/rooms.csv",
    ]
    assert {r.after: [f.path for f in r.files] for r in upload.reveals} == {
        "p1": ["exhibits/SOURCES-after-p1.md", "exhibits/night.csv"],
        "p2": [],
        "p3": [],
    }


def test_an_edited_copy_of_the_sources_is_never_overwritten(tiny, stage):
    build(CourseFolder(tiny), FIRST, stage, "1")
    sources = tiny / "modules/first/exhibits/SOURCES.md"
    sources.write_text("mine")
    with pytest.raises(Conflict) as caught:
        build(CourseFolder(tiny), FIRST, stage, "1")
    assert "Move your change to cases/lamp/SOURCES.md" in caught.value.next_step
    assert sources.read_text() == "mine"


VARIANTS = """\
variants:
  - id: north
    title: The northern schools
    parameters: {rooms: 7}
  - id: south
    parameters: {rooms: 8}
    modules:
      first: {rooms: 9}
  - {id: same}
"""


@pytest.fixture
def with_variants(tiny):
    path = tiny / "modules" / "course.yml"
    path.write_text(path.read_text() + VARIANTS)
    return tiny


def test_a_variants_parameters_are_over_all_others_and_its_notebook_lies_beside(with_variants, stage):
    folder = CourseFolder(with_variants)
    own, north = build_edition(folder, FIRST, Edition("north"), stage, "1")
    assert own.summary == "first: executed; prompts: 3, exhibits: 2."
    assert north.summary == "first, north: executed; rooms = 7."
    _, south = build_edition(folder, FIRST, Edition("south"), stage, "1")
    assert south.summary == "first, south: executed; rooms = 9."
    assert stage.runs == [{"rooms": 3}, {"rooms": 7}, {"rooms": 9}]
    kept = with_variants / "modules/first/.coursekit/variants"
    assert sorted(p.relative_to(kept).as_posix() for p in kept.rglob("*") if p.is_file()) == [
        "north/build.json",
        "north/built.ipynb",
        "south/build.json",
        "south/built.ipynb",
    ]


def test_an_unchanged_variant_is_not_executed_again(with_variants, stage):
    folder = CourseFolder(with_variants)
    build_edition(folder, FIRST, Edition("north"), stage, "1")
    before = files(with_variants)
    own, north = build_edition(folder, FIRST, Edition("north"), stage, "1")
    assert (own.executed, north.executed, len(stage.runs)) == (False, False, 2)
    assert files(with_variants) == before
    path = with_variants / "modules" / "course.yml"
    path.write_text(path.read_text().replace("rooms: 7", "rooms: 6"))
    assert build_edition(CourseFolder(with_variants), FIRST, Edition("north"), stage, "1")[1].executed
    assert stage.runs[-1] == {"rooms": 6}


def test_a_variant_that_changes_nothing_here_takes_the_modules_own_notebook(with_variants, stage):
    _, same = build_edition(CourseFolder(with_variants), FIRST, Edition("same"), stage, "1")
    assert same.summary == (
        "first, same: nothing has changed, so it was not executed again; the same as for everybody."
    )
    own = with_variants / "modules/first/.coursekit"
    assert (own / "variants/same/built.ipynb").read_bytes() == (own / "built.ipynb").read_bytes()
    # The second has no parameters cell, so nothing can be given to it.
    build_edition(CourseFolder(with_variants), ModuleId("second"), Edition("north"), stage, "1")
    assert stage.runs == [{"rooms": 3}, {}]


def test_a_failed_variant_leaves_its_old_notebook(with_variants, stage):
    folder = CourseFolder(with_variants)
    build_edition(folder, FIRST, Edition("north"), stage, "1")
    path = with_variants / "modules" / "course.yml"
    path.write_text(path.read_text().replace("rooms: 7", "rooms: 6"))
    build(CourseFolder(with_variants), FIRST, stage, "1")
    before = files(with_variants)
    stage.error = BadInput("cell-failed", "Cell 5 (p1) failed: E", "Mend it.")
    with pytest.raises(BadInput, match="cell 5"):
        build_edition(CourseFolder(with_variants), FIRST, Edition("north"), stage, "1")
    assert files(with_variants) == before


def test_a_variant_that_is_not_there_is_named_with_those_that_are(with_variants, stage):
    with pytest.raises(NotFound) as caught:
        build_edition(CourseFolder(with_variants), FIRST, Edition("east"), stage, "1")
    assert caught.value.detail == "The course tiny has no variant east."
    assert caught.value.next_step == (
        "Its variants, in course.yml under “variants”, are: north, south, same."
    )
    assert stage.runs == []


def test_a_parameter_that_the_module_has_not_stops_its_variant(with_variants, stage):
    path = with_variants / "modules" / "course.yml"
    path.write_text(path.read_text().replace("first: {rooms: 9}", "first: {romos: 9}"))
    with pytest.raises(BadInput) as caught:
        build_edition(CourseFolder(with_variants), FIRST, Edition("south"), stage, "1")
    assert caught.value.detail == (
        "The variant south gives first the parameter romos, which its parameters cell has not."
    )
    assert not (with_variants / "modules/first/.coursekit/variants").exists()


def test_what_is_sealed_is_the_variants(with_variants, stage):
    build_edition(CourseFolder(with_variants), FIRST, Edition("north"), stage, "1")
    folder = with_variants / "modules/first"
    built = folder / ".coursekit/variants/north/built.ipynb"
    built.write_text(built.read_text().replace("That was all.", "That was all in the north."))
    sealed = staff.seal_module(folder, "first", Edition("north"))
    assert "in the north" in json.dumps(sealed)
    assert "in the north" not in json.dumps(staff.seal_module(folder, "first"))


def german(root, module=FIRST):
    folder = root / "modules" / module / ".coursekit" / "languages" / "de"
    return {name: (folder / name).read_text() for name in ("built.ipynb", "prompts.json", "checks.json")}


def test_a_translation_has_other_words_and_the_same_of_all_else(tiny, stage):
    own, other = build_edition(CourseFolder(tiny), FIRST, Edition(language="de"), stage, "1")
    assert own.summary == "first: executed; prompts: 3, exhibits: 2."
    assert other.summary == "first, de: executed; everything is translated."
    made = german(tiny)
    source = json.loads((tiny / "modules/first/.coursekit/built.ipynb").read_text())["cells"]
    cells = json.loads(made["built.ipynb"])["cells"]
    assert [c["id"] for c in cells] == [c["id"] for c in source]
    assert [c["metadata"].get("nbgrader") for c in cells] == [c["metadata"].get("nbgrader") for c in source]
    code = [c["source"] for c in source if c["cell_type"] == "code"]
    assert [c["source"] for c in cells if c["cell_type"] == "code"] == code
    by_id = {c["id"]: c["source"] for c in cells}
    assert by_id["end"] == "Das war alles. Geben Sie ab."
    assert by_id["p1-reveal"] == "CANARY-reveal-text: Sie brannte neun Stunden."
    assert "first let them" not in made["built.ipynb"]
    prompts = json.loads(made["prompts.json"])
    assert (prompts["title"], prompts["language"]) == ("Die Lampe", "de")
    assert [p["id"] for p in prompts["prompts"]] == ["p1", "p2", "p3"]
    assert prompts["prompts"][2]["question"] == "Zählen Sie die Stunden der Räume A, B und C zusammen."
    assert prompts["rubrics"]["view"]["criteria"][1]["levels"] == {
        "0": "Bezieht keine Stellung.",
        "1": "Sagt ja oder nein.",
    }
    assert "CANARY" not in made["prompts.json"]
    (basis,) = parse_checks(made["checks.json"].encode()).values()
    assert (basis.language, [c.id for c in basis.rubric.criteria]) == ("de", ["fact", "side"])


def test_the_module_itself_stays_in_its_language(tiny, stage):
    build(CourseFolder(tiny), FIRST, stage, "1")
    before = files(tiny)
    build_edition(CourseFolder(tiny), FIRST, Edition(language="de"), stage, "1")
    assert {path: files(tiny)[path] for path in before} == before


def test_what_is_missing_or_stale_stands_in_the_source_and_is_told(tiny, stage):
    catalogue = tiny / "modules/first/translations/de.po"
    catalogue.write_text(catalogue.read_text().replace('msgstr "Stunden"', 'msgstr ""', 1))
    master = tiny / "modules/first/first.ipynb"
    master.write_text(master.read_text().replace("That was all. Hand it in.", "That was it."))
    _, other = build_edition(CourseFolder(tiny), FIRST, Edition(language="de"), stage, "1")
    assert other.left == {"missing": ["prompt/p1/title"], "stale": ["cell/end"]}
    assert other.summary == "first, de: executed; 1 missing, 1 stale."
    made = german(tiny)
    assert "That was it." in made["built.ipynb"]
    assert json.loads(made["prompts.json"])["prompts"][0]["title"] == "Hours"


def test_an_unchanged_translation_is_not_executed_again(tiny, stage):
    build_edition(CourseFolder(tiny), FIRST, Edition(language="de"), stage, "1")
    before, runs = files(tiny), len(stage.runs)
    assert not build_edition(CourseFolder(tiny), FIRST, Edition(language="de"), stage, "1")[1].executed
    assert (files(tiny), len(stage.runs)) == (before, runs)
    catalogue = tiny / "modules/first/translations/de.po"
    catalogue.write_text(catalogue.read_text().replace("Das war alles.", "Das war es."))
    own, other = build_edition(CourseFolder(tiny), FIRST, Edition(language="de"), stage, "1")
    assert (own.executed, other.executed) == (False, True)


def test_without_a_catalogue_the_next_step_is_told(tiny, stage):
    with pytest.raises(BadInput) as caught:
        build_edition(CourseFolder(tiny), FIRST, Edition(language="fr"), stage, "1")
    assert caught.value.next_step == "Run coursekit translate first --language fr, and translate it."


def test_an_error_that_the_translation_brings_stops_it(tiny, stage):
    catalogue = tiny / "modules/first/translations/de.po"
    catalogue.write_text(
        catalogue.read_text().replace("stehen in `exhibits/rooms.csv`", "stehen in `exhibits/raum.csv`")
    )
    with pytest.raises(BadInput, match=r"cell 4 \(story\): This cell names exhibits/raum\.csv"):
        build_edition(CourseFolder(tiny), FIRST, Edition(language="de"), stage, "1")
    assert not (tiny / "modules/first/.coursekit/languages").exists()


def test_what_is_sealed_and_released_is_the_translation(tiny, stage):
    build_edition(CourseFolder(tiny), FIRST, Edition(language="de"), stage, "1")
    folder = tiny / "modules/first"
    sealed = json.dumps(staff.seal_module(folder, "first", Edition(language="de")), ensure_ascii=False)
    assert "Geben Sie ab" in sealed
    assert "Sie brannte neun Stunden" not in sealed
    bundle = json.loads((folder / ".coursekit/sealed.json").read_text())
    assert "Sie brannte neun Stunden" in json.dumps(bundle, ensure_ascii=False)
    assert bundle["prompts"][0]["title"] == "Stunden"
    staff.seal_module(folder, "first")
    assert json.loads((folder / ".coursekit/sealed.json").read_text())["prompts"][0]["title"] == "Hours"


def test_a_catalogue_is_never_among_what_runs_or_is_copied(tiny, stage):
    build_edition(CourseFolder(tiny), FIRST, Edition(language="de"), stage, "1")
    assert not [path for path in stage.saw if path.endswith(".po")]
    assert find_leak({"translations/de.po": b""}, ()).reason == (
        "translations/de.po has the reveals in another language, and is among the learners' files."
    )
    assert "translations" in IGNORED


BOTH = Edition("north", "de")


def test_a_variant_in_another_language_has_its_parameters_and_its_words(with_variants, stage):
    own, both = build_edition(CourseFolder(with_variants), FIRST, BOTH, stage, "1")
    assert own.summary == "first: executed; prompts: 3, exhibits: 2."
    assert both.summary == "first, north, de: executed; rooms = 7; everything is translated."
    assert stage.runs == [{"rooms": 3}, {"rooms": 7}]
    kept = with_variants / "modules/first/.coursekit/variants/north/languages/de"
    assert sorted(p.name for p in kept.iterdir()) == [
        "build.json",
        "built.ipynb",
        "checks.json",
        "prompts.json",
    ]
    assert "Geben Sie ab" in (kept / "built.ipynb").read_text()
    assert json.loads((kept / "prompts.json").read_text())["language"] == "de"
    # Neither of the two alone is made, or changed, by it.
    assert not (with_variants / "modules/first/.coursekit/languages").exists()
    assert not (kept.parent.parent / "built.ipynb").exists()


def test_such_an_edition_is_executed_again_when_its_words_or_its_parameters_are_others(with_variants, stage):
    def again():
        return build_edition(CourseFolder(with_variants), FIRST, BOTH, stage, "1")[1].executed

    assert again()
    before = files(with_variants)
    assert (again(), files(with_variants)) == (False, before)
    catalogue = with_variants / "modules/first/translations/de.po"
    catalogue.write_text(catalogue.read_text().replace("Das war alles.", "Das war es."))
    assert again()
    path = with_variants / "modules" / "course.yml"
    path.write_text(path.read_text().replace("rooms: 7", "rooms: 6"))
    assert (again(), stage.runs[-1]) == (True, {"rooms": 6})


def test_what_is_sealed_of_a_variant_in_another_language_is_of_both(with_variants, stage):
    build_edition(CourseFolder(with_variants), FIRST, BOTH, stage, "1")
    folder = with_variants / "modules/first"
    built = folder / ".coursekit" / BOTH.path / "built.ipynb"
    built.write_text(built.read_text().replace("Geben Sie ab", "Geben Sie im Norden ab"))
    assert "im Norden" in json.dumps(staff.seal_module(folder, "first", BOTH), ensure_ascii=False)
    bundle = json.loads((folder / ".coursekit/sealed.json").read_text())
    assert bundle["prompts"][0]["title"] == "Stunden"
    assert (folder / ".coursekit/sealed-edition").read_text() == "variants/north/languages/de"


@pytest.mark.parametrize(
    ("options", "title", "hidden"),
    [
        ({}, "Hours", "modules"),
        ({"variant": "north"}, "Hours", "norths"),
        ({"language": "de"}, "Stunden", "de's"),
        ({"variant": "north", "language": "de"}, "Stunden", "both's"),
    ],
)
def test_nbgrader_is_told_which_edition_to_release(with_variants, stage, options, title, hidden):
    folder = with_variants / "modules/first"
    editions = {"norths": Edition("north"), "de's": Edition(language="de"), "both's": BOTH}
    for name, edition in editions.items():
        build_edition(CourseFolder(with_variants), FIRST, edition, stage, "1")
        built = folder / ".coursekit" / edition.path / "built.ipynb"
        built.write_text(
            built.read_text().replace("# Die Lampe", f"# {name}").replace("# The lamp", f"# {name}")
        )
    built = folder / ".coursekit/built.ipynb"
    built.write_text(built.read_text().replace("# The lamp", "# modules"))
    resources = {"metadata": {"path": str(folder)}, "unique_key": "first"}
    notebook, _ = SealReveals(**options).preprocess(None, resources)
    assert notebook.cells[0].source.startswith(f"# {hidden}\n")
    assert json.loads((folder / ".coursekit/sealed.json").read_text())["prompts"][0]["title"] == title


@pytest.mark.parametrize(
    ("edition", "error"),
    [(Edition("east", "de"), NotFound), (Edition("north", "fr"), BadInput)],
    ids=["variant", "language"],
)
def test_an_edition_of_which_one_half_is_missing_is_not_made(with_variants, stage, edition, error):
    with pytest.raises(error):
        build_edition(CourseFolder(with_variants), FIRST, edition, stage, "1")
    assert not (with_variants / "modules/first/.coursekit/variants").exists()


@pytest.mark.parametrize(
    "edition",
    [Edition(), Edition("north"), Edition(language="de"), BOTH],
    ids=["module", "variant", "language", "both"],
)
def test_the_same_sources_give_the_same_bytes_with_and_without_a_build_before(with_variants, stage, edition):
    def made():
        folder = CourseFolder(with_variants)
        if edition:
            build_edition(folder, FIRST, edition, stage, "1")
        else:
            build(folder, FIRST, stage, "1")
        own = with_variants / "modules" / "first"
        return files(own)

    first = made()
    assert made() == first
    shutil.rmtree(with_variants / "modules/first/.coursekit")
    shutil.rmtree(with_variants / "modules/first/exhibits")
    (with_variants / "modules/first/prompts.json").unlink()
    assert made() == first


def lines_changed(before, after):
    """The lines of a diff of two folders, path by path; no file came or went."""
    assert before.keys() == after.keys()
    changed = {}
    for path, content in before.items():
        pairs = zip(content.decode().splitlines(), after[path].decode().splitlines(), strict=True)
        lines = [(a.strip(), b.strip()) for a, b in pairs if a != b]
        if lines:
            changed[path] = lines
    return changed


@pytest.mark.parametrize(
    ("edition", "words"),
    [
        (Edition(), ("That was all. Hand it in.", "That was it. Hand it in.")),
        (Edition("north"), ("That was all. Hand it in.", "That was it. Hand it in.")),
        (Edition(language="de"), ("Das war alles. Geben Sie ab.", "Das war es. Geben Sie ab.")),
        (BOTH, ("Das war alles. Geben Sie ab.", "Das war es. Geben Sie ab.")),
    ],
    ids=["module", "variant", "language", "both"],
)
def test_one_changed_sentence_is_the_whole_diff_of_an_edition_and_ids_stay(
    with_variants, stage, edition, words
):
    folder = with_variants / "modules/first"
    own = folder / ".coursekit" / edition.path

    def made():
        if edition:
            build_edition(CourseFolder(with_variants), FIRST, edition, stage, "1")
        else:
            build(CourseFolder(with_variants), FIRST, stage, "1")
        kept = {path: content for path, content in files(own).items() if "build.json" not in path}
        return kept | {"prompts.json": (folder / "prompts.json").read_bytes()}

    before = made()
    source = folder / ("translations/de.po" if edition.language else "first.ipynb")
    source.write_text(source.read_text().replace(*words))
    changed = lines_changed(before, made())
    # What the checks know of the text is on one line.
    told = changed.pop("checks.json", [])
    assert all(words[0] in a and a.replace(*words) == b for a, b in told)
    # A translated cell is one text, a cell of the master a list of lines.
    of = '"source": "{}"' if edition.language else '"{}"'
    assert changed == {"built.ipynb": [(of.format(words[0]), of.format(words[1]))]}
    ids = [[c["id"] for c in json.loads(m["built.ipynb"])["cells"]] for m in (before, made())]
    assert ids[0] == ids[1]


SIDE = """\
        detector: position
        options: [yes it was, no it was not]
"""


def with_a_side(root):
    path = root / "modules/first/rubrics.yml"
    path.write_text(
        path.read_text().replace("        ask: Takes a side.\n", f"        ask: Takes a side.\n{SIDE}")
    )
    author.translate(root, "first", "de")
    return root / "modules/first/translations/de.po"


def checks_in_german(root):
    (basis,) = parse_checks(german(root)["checks.json"].encode()).values()
    return basis


def test_the_checks_of_a_translation_look_for_its_own_words(tiny, stage):
    catalogue = with_a_side(tiny)
    text = catalogue.read_text()
    assert (
        "#. What the checks look for: one on each line, as many as the language needs.\n"
        'msgctxt "rubric/view/side/options"\n'
    ) in text
    empty = '"yes it was\\n"\n"no it was not"\nmsgstr ""'
    assert empty in text
    catalogue.write_text(text.replace(empty, empty.replace('msgstr ""', 'msgstr "ja\\nnein\\nkeineswegs"')))
    build_edition(CourseFolder(tiny), FIRST, Edition(language="de"), stage, "1")
    basis = checks_in_german(tiny)
    fact, side = basis.rubric.criteria
    assert (basis.language, side.options) == ("de", ("ja", "nein", "keineswegs"))
    assert (fact.found, fact.missing) == (
        "Sie haben eine Tatsache genannt.",
        "Nennen Sie eine Tatsache aus der Geschichte.",
    )
    # A translator's list holds when the catalogue is brought up to date.
    assert author.translate(tiny, "first", "de").left == {"missing": [], "stale": []}
    assert not author.translate(tiny, "first", "de").changed


def test_without_words_of_the_language_people_alone_read_for_it(tiny, stage):
    with_a_side(tiny)
    _, other = build_edition(CourseFolder(tiny), FIRST, Edition(language="de"), stage, "1")
    assert other.left == {"missing": ["rubric/view/side/options"], "stale": []}
    side = checks_in_german(tiny).rubric.criteria[1]
    assert (side.detector, side.options) == (Detector.NONE, ())
    # The module's own checks know its words.
    (own,) = parse_checks((tiny / "modules/first/.coursekit/checks.json").read_bytes()).values()
    assert own.rubric.criteria[1].options == ("yes it was", "no it was not")


def test_a_rubric_that_names_the_courses_language_speaks_the_translations(tiny, stage):
    path = tiny / "modules/first/rubrics.yml"
    path.write_text(path.read_text().replace("    criteria:\n", "    language: en\n    criteria:\n", 1))
    build_edition(CourseFolder(tiny), FIRST, Edition(language="de"), stage, "1")
    assert checks_in_german(tiny).language == "de"
    path.write_text(path.read_text().replace("language: en", "language: fr"))
    build_edition(CourseFolder(tiny), FIRST, Edition(language="de"), stage, "1")
    assert checks_in_german(tiny).language == "fr"


def test_two_sentences_of_feedback_that_say_the_same_in_the_translation_stop_it(tiny, stage):
    catalogue = tiny / "modules/first/translations/de.po"
    catalogue.write_text(
        catalogue.read_text().replace(
            "Nennen Sie eine Tatsache aus der Geschichte.", "Sie haben eine Tatsache genannt."
        )
    )
    with pytest.raises(BadInput, match="first in de has an error that the source has not: the rubric view, "):
        build_edition(CourseFolder(tiny), FIRST, Edition(language="de"), stage, "1")
