"""What `new` makes is sound from the first minute: it passes `check`, and it builds."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from coursekit.model.errors import BadInput, Conflict
from coursekit.store.authored import read_course
from coursekit.wiring import author

ROOT = Path(__file__).parents[3]


@pytest.fixture
def course(tmp_path):
    author.new_course(tmp_path / "My Course", time_zone="Europe/Vienna")
    return tmp_path / "My Course"


def test_a_new_course_is_sound(course):
    assert author.check(course) == []
    made = read_course(course)
    assert (made.id, made.title, made.time_zone) == ("my-course", "My Course", "Europe/Vienna")
    assert [m.id for m in made.modules] == ["first-module"]


def test_a_new_course_has_what_nbgrader_and_git_need(course):
    config = (course / "nbgrader_config.py").read_text()
    assert "from coursekit.nbgrader_exchange import configure\n" in config
    assert "configure(c)\n" in config
    # Without it `nbgrader collect` asks for --course each time.
    assert 'c.CourseDirectory.course_id = "my-course"\n' in config
    ignored = (course / "modules" / ".gitignore").read_text().splitlines()
    assert {"*/exhibits/", "*/prompts.json", ".coursekit/"} <= set(ignored)


def test_a_new_course_is_ready_for_the_tools_that_compare_notebooks(course):
    attributes = (course / ".gitattributes").read_text().splitlines()
    assert "*.ipynb diff=jupyternotebook merge=jupyternotebook" in attributes
    assert "modules/**/*.ipynb filter=nbstripout" in attributes
    # Without it nbstripout gives all cells new ids.
    assert 'git config filter.nbstripout.clean "nbstripout --keep-id"' in (course / "README.md").read_text()


def test_a_case_that_is_there_gets_the_template_s_exhibits_and_keeps_its_own(course):
    own = course / "cases" / "first-module"
    before = {p.name: p.read_bytes() for p in own.iterdir() if p.is_file()}
    written = author.new_module(course, "claim", case="first-module", template="evidence")
    assert "cases/first-module/exhibits/placeholder_studies.csv" in written
    assert {p.name: p.read_bytes() for p in own.iterdir() if p.is_file()} == before
    again = author.new_module(course, "claim-2", case="first-module", template="evidence")
    assert not [path for path in again if path.startswith("cases/")]
    # Its SOURCES.md is the author's: nothing is written into it, and check says what it lacks.
    assert [(f.code, f.file) for f in author.check(course)] == [
        ("CK311", "modules/claim/claim.ipynb"),
        ("CK311", "modules/claim-2/claim-2.ipynb"),
    ]


def test_a_template_that_is_not_there(course):
    with pytest.raises(BadInput) as caught:
        author.new_module(course, "more", template="novel")
    assert caught.value.next_step == "The templates are: ab, case, cycle, evidence, first."


def test_a_role_that_nobody_plays(course):
    with pytest.raises(BadInput) as caught:
        author.new_module(course, "quiet", role="the head of a village school")
    assert caught.value.code == "no-role"
    assert not (course / "modules" / "quiet").exists()


def test_one_of_two_modules_that_is_there_already_stops_both(course):
    author.new_module(course, "doors-b")
    before = (course / "modules" / "course.yml").read_text()
    with pytest.raises(Conflict, match="has a module doors-b already"):
        author.new_module(course, "doors", template="ab")
    assert not (course / "modules" / "doors-a").exists()
    assert (course / "modules" / "course.yml").read_text() == before


def test_a_new_course_builds(course, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    built = author.build(course, "first-module")
    assert built.executed
    assert [p.id for p in built.prompts] == ["p1", "p2", "p3"]
    assert all(p.question for p in built.prompts)


def test_the_notebook_is_one_for_jupyter(course):
    import nbformat

    path = course / "modules" / "first-module" / "first-module.ipynb"
    nbformat.validate(nbformat.read(path, as_version=4))


def test_eight_answers_that_differ(course):
    from coursekit.store.authored import read_exemplars

    exemplars = read_exemplars(course / "modules" / "first-module")
    assert len(exemplars) == 8
    assert len({tuple(e.marks.values()) for e in exemplars}) >= 5


@pytest.mark.parametrize("title", ["Ein: Titel # nicht", '“Quoted” "twice"', "- yes", "{}", "日本\nの学校"])
def test_any_title_will_do(tmp_path, title):
    author.new_course(tmp_path / "c", title=title)
    author.new_module(tmp_path / "c", "more", title=title)
    course = read_course(tmp_path / "c")
    assert course.title == course.modules[1].title == " ".join(title.split())
    assert author.check(tmp_path / "c") == []


def test_a_folder_with_something_in_it_is_left_alone(tmp_path):
    (tmp_path / "thesis.tex").write_text("mine")
    with pytest.raises(Conflict) as caught:
        author.new_course(tmp_path)
    assert caught.value.code == "not-empty"
    assert [p.name for p in tmp_path.iterdir()] == ["thesis.tex"]


@pytest.mark.parametrize(
    ("options", "code"),
    [({"course": "My Course"}, "bad-name"), ({"time_zone": "Vienna"}, "bad-time-zone")],
)
def test_a_wrong_option_leaves_no_folder(tmp_path, options, code):
    with pytest.raises(BadInput) as caught:
        author.new_course(tmp_path / "c", **options)
    assert caught.value.code == code
    assert not (tmp_path / "c").exists()


def test_a_second_module_comes_after_the_first(course):
    written = author.new_module(course, "late-start", case="first-module")
    assert read_course(course).modules[1].after == ("first-module",)
    assert "cases/late-start/case.md" not in written
    assert author.check(course) == []


def test_the_authors_comments_survive(course):
    path = course / "modules" / "course.yml"
    path.write_text(path.read_text() + "    # due after the holidays\n")
    author.new_module(course, "more")
    text = path.read_text()
    assert "# due after the holidays" in text
    assert "# an IANA name" in text


@pytest.mark.parametrize("name", ["no", "2027", "null"])
def test_a_name_that_yaml_would_take_for_something_else(course, name):
    author.new_module(course, name)
    assert read_course(course).modules[1].id == name


def test_a_module_that_is_there_is_left_alone(course):
    before = (course / "modules" / "course.yml").read_text()
    with pytest.raises(Conflict):
        author.new_module(course, "first-module")
    with pytest.raises(BadInput):
        author.new_module(course, "../elsewhere")
    (course / "modules" / "draft").mkdir()
    (course / "modules" / "draft" / "rubrics.yml").write_text("mine")
    with pytest.raises(Conflict, match=r"modules/draft/rubrics\.yml is there already"):
        author.new_module(course, "draft")
    assert (course / "modules" / "course.yml").read_text() == before
    assert [p.name for p in (course / "modules" / "draft").iterdir()] == ["rubrics.yml"]


def test_a_course_yml_that_takes_no_more_leaves_no_folder(course):
    path = course / "modules" / "course.yml"
    head = path.read_text().split("modules:")[0]
    path.write_text(head + "modules: [{id: first-module, title: First}]\n")
    with pytest.raises(BadInput, match="written in one line"):
        author.new_module(course, "more")
    assert not (course / "modules" / "more").exists()
    assert not (course / "cases" / "more").exists()


def test_a_course_without_competencies_gets_none(course):
    path = course / "modules" / "course.yml"
    lines = [
        x for x in path.read_text().splitlines(keepends=True) if "domain" not in x and "competenc" not in x
    ]
    path.write_text("".join(lines))
    author.new_module(course, "more")
    notebook = json.loads((course / "modules" / "more" / "more.ipynb").read_text())
    assert all(
        "competencies" not in c["metadata"].get("coursekit", {}).get("prompt", {}) for c in notebook["cells"]
    )


PARTS = """
parts:
  - {id: calm, title: Calm}
  - {id: storm, title: Storm}
  - {id: after, title: After}
modules:
"""


@pytest.fixture
def in_parts(course):
    """Its one module is in the part `calm`."""
    file = course / "modules" / "course.yml"
    text = file.read_text().replace("\nmodules:\n", PARTS)
    file.write_text(text.replace("    minutes: ", "    part: calm\n    minutes: ", 1))
    return course


def parts(course):
    return [m.part for m in read_course(course).modules]


def test_a_module_comes_into_the_part_of_the_last_one(in_parts):
    author.new_module(in_parts, "doors", template="ab")
    author.new_module(in_parts, "rain", part="storm")
    author.new_module(in_parts, "wind")
    assert parts(in_parts) == ["calm", "calm", "calm", "storm", "storm"]
    assert [f.code for f in author.check(in_parts)] == ["CK117"]


@pytest.mark.parametrize(
    ("part", "said", "next_step"),
    [
        (
            "sunshine",
            "The course has no part sunshine.",
            "Its parts, in course.yml under “parts”, are: calm, storm, after.",
        ),
        (
            "calm",
            "A new module comes last, and the part calm is over by then.",
            "Leave --part out; then move the module up in course.yml, and give it `part: calm`.",
        ),
    ],
)
def test_a_part_in_which_nothing_can_be_added_is_refused(in_parts, part, said, next_step):
    author.new_module(in_parts, "rain", part="storm")
    before = (in_parts / "modules" / "course.yml").read_text()
    with pytest.raises(BadInput) as refused:
        author.new_module(in_parts, "one-more", part=part)
    assert (refused.value.detail, refused.value.next_step) == (said, next_step)
    assert (in_parts / "modules" / "course.yml").read_text() == before
    assert not (in_parts / "modules" / "one-more").exists()


def test_a_course_without_parts_stays_one(course):
    author.new_module(course, "rain")
    assert parts(course) == [None, None]
    with pytest.raises(BadInput, match="no part calm"):
        author.new_module(course, "wind", part="calm")
