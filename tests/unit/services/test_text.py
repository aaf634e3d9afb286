"""Notebook and text of a module on real folders: neither is written over a change that nobody has seen."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from coursekit.model.errors import BadInput, Conflict, NotFound
from coursekit.wiring import author

ROOT = Path(__file__).parents[3]
TINY = ROOT / "tests" / "courses" / "tiny"


class Pair:
    """The first module of the tiny course, as its author has it."""

    def __init__(self, root):
        self.root = root
        self.folder = root / "modules" / "first"
        self.notebook = self.folder / "first.ipynb"
        self.text = self.folder / "first.md"

    def write(self, **options):
        return author.write_texts(self.root, ["first"], **options)

    def back(self, **options):
        return self.write(back=True, **options)

    def differences(self):
        return author.compare_texts(self.root, ["first"])["first"]

    def edit_text(self, old, new):
        text = self.text.read_text()
        assert old in text
        self.text.write_text(text.replace(old, new, 1))

    def edit_notebook(self, change):
        value = json.loads(self.notebook.read_text())
        change(value)
        self.notebook.write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n")

    def cells(self):
        return json.loads(self.notebook.read_text())["cells"]


@pytest.fixture
def pair(tmp_path):
    shutil.copytree(TINY, tmp_path / "tiny")
    return Pair(tmp_path / "tiny")


def rename(value):
    value["cells"][0]["source"] = ["# Another welcome"]


def test_there_and_back_changes_nothing(pair):
    before = pair.notebook.read_bytes()
    assert author.compare_texts(pair.root) == {}
    assert pair.write() == ["wrote modules/first/first.md."]
    assert pair.back() == ["first: notebook and text say the same; nothing was written."]
    assert pair.notebook.read_bytes() == before
    pair.notebook.unlink()
    assert pair.back() == ["wrote modules/first/first.ipynb."]
    assert json.loads(pair.notebook.read_bytes()) == json.loads(before)
    assert pair.notebook.read_text().endswith("}\n")
    assert pair.differences() == []


def test_one_edited_cell_is_one_changed_cell(pair):
    pair.write()
    before = pair.notebook.read_text().splitlines()
    cells = pair.cells()
    pair.edit_text("# ", "# Really: ")
    assert pair.differences() == [f"cell 1 ({cells[0]['id']}): source"]
    assert pair.back() == ["wrote modules/first/first.ipynb."]
    after = pair.cells()
    assert after[1:] == cells[1:]
    assert after[0]["id"] == cells[0]["id"]
    assert "".join(after[0]["source"]).startswith("# Really: ")
    assert len(set(before) ^ set(pair.notebook.read_text().splitlines())) == 2


def test_a_new_cell_gets_an_id_that_stays_and_the_text_learns_it(pair):
    pair.write()
    ids = [c["id"] for c in pair.cells()]
    pair.text.write_text(pair.text.read_text() + "\n+++\n\nOne more thing.\n")
    assert pair.back() == ["wrote modules/first/first.ipynb and modules/first/first.md."]
    new = [c["id"] for c in pair.cells()]
    assert new[:-1] == ids
    assert f'+++ {{"cell-id": "{new[-1]}"}}' in pair.text.read_text()
    pair.edit_text("One more thing.", "Two more things.")
    pair.back()
    assert [c["id"] for c in pair.cells()] == new


def test_a_cell_whose_id_was_lost_finds_its_twin(pair):
    pair.write()
    before = pair.cells()
    pair.edit_text(f'+++ {{"cell-id": "{before[0]["id"]}"}}', "+++")
    assert pair.differences() == []
    assert pair.back() == ["first: notebook and text say the same; nothing was written."]


def test_outputs_stay_where_the_source_is_the_same_and_are_no_difference(pair):
    pair.write()
    code = next(n for n, c in enumerate(pair.cells()) if c["cell_type"] == "code")

    def ran(value):
        value["cells"][code] |= {
            "outputs": [{"output_type": "stream", "name": "stdout", "text": ["two\n"]}],
            "execution_count": 2,
        }

    pair.edit_notebook(ran)
    assert pair.differences() == []
    pair.edit_text("# ", "# Really: ")
    # Running a notebook is no change of what it says.
    pair.back()
    assert pair.cells()[code]["execution_count"] == 2
    assert "two" not in pair.text.read_text()


def test_a_text_that_was_changed_is_not_overwritten(pair):
    pair.write()
    pair.edit_text("# ", "# Mine: ")
    mine = pair.text.read_text()
    with pytest.raises(Conflict) as caught:
        pair.write()
    assert (caught.value.code, caught.value.detail, caught.value.next_step) == (
        "text-newer",
        "modules/first/first.md is newer: it was changed since the two last agreed, and "
        "modules/first/first.ipynb was not.",
        "Run coursekit text --back first, or give up that change with --force.",
    )
    assert pair.text.read_text() == mine
    pair.write(force=True)
    assert "# Mine: " not in pair.text.read_text()


def test_a_notebook_that_was_changed_is_not_overwritten(pair):
    pair.write()
    pair.edit_notebook(rename)
    with pytest.raises(Conflict, match=r"first\.ipynb is newer: .*first\.md was not") as caught:
        pair.back()
    assert caught.value.next_step == "Run coursekit text first, or give up that change with --force."
    assert pair.cells()[0]["source"] == ["# Another welcome"]
    pair.write()
    assert "# Another welcome" in pair.text.read_text()


def test_where_both_were_changed_somebody_must_choose(pair):
    pair.write()
    pair.edit_notebook(rename)
    pair.edit_text("# ", "# Mine: ")
    for way in (pair.write, pair.back):
        with pytest.raises(Conflict, match="were both changed") as caught:
            way()
        assert caught.value.code == "text-diverged"
    pair.back(force=True)
    assert "".join(pair.cells()[0]["source"]).startswith("# Mine: ")


def test_where_nobody_knows_which_is_newer_somebody_must_choose(pair):
    pair.write()
    # As in a fresh clone: git keeps both, and not when they agreed.
    shutil.rmtree(pair.folder / ".coursekit")
    assert pair.write() == ["first: notebook and text say the same; nothing was written."]
    shutil.rmtree(pair.folder / ".coursekit")
    pair.edit_text("# ", "# Mine: ")
    with pytest.raises(Conflict, match="it is not known which of them is newer"):
        pair.write()


def test_a_malformed_text_leaves_everything_as_it_was(pair):
    pair.write()
    pair.edit_text("---\n\n+++", "---\n\n+++ {cell-id")
    before = {p: p.read_bytes() for p in pair.root.rglob("*") if p.is_file()}
    line = next(
        n for n, x in enumerate(pair.text.read_text().splitlines(), 1) if x.startswith("+++ {cell-id")
    )
    with pytest.raises(BadInput, match=f"modules/first/first.md: line {line}: ") as caught:
        pair.back()
    assert caught.value.code == "bad-text"
    # Unfinished work is not written over either.
    with pytest.raises(Conflict, match="is newer"):
        pair.write()
    assert {p: p.read_bytes() for p in pair.root.rglob("*") if p.is_file()} == before


def test_a_folder_that_cannot_be_written_to_is_left_as_it_was(pair):
    (pair.folder / ".coursekit").write_text("in the way")
    before = {p: p.read_bytes() for p in pair.root.rglob("*") if p.is_file()}
    with pytest.raises(BadInput, match="modules/first cannot be written to: ") as caught:
        pair.write()
    assert caught.value.code == "cannot-write"
    assert {p: p.read_bytes() for p in pair.root.rglob("*") if p.is_file()} == before


def test_what_is_written_keeps_its_mode_and_leaves_nothing_beside_it(pair):
    pair.notebook.chmod(0o640)
    pair.write()
    pair.edit_text("# ", "# Really: ")
    pair.back()
    assert pair.notebook.stat().st_mode & 0o777 == 0o640
    assert [p.name for p in (pair.folder / ".coursekit").iterdir()] == ["text.json"]


def test_nothing_is_written_when_one_of_several_cannot_be(pair):
    author.write_texts(pair.root)
    second = pair.root / "modules" / "second" / "second.md"
    second.write_text(second.read_text() + "\nmore\n")
    pair.edit_notebook(rename)
    before = pair.text.read_bytes()
    with pytest.raises(Conflict, match=r"second\.md is newer"):
        author.write_texts(pair.root)
    assert pair.text.read_bytes() == before


def test_what_jupytext_keeps_for_itself_stays_out_of_text_and_notebook(pair):
    pair.edit_notebook(lambda value: value["metadata"].update(jupytext={"formats": "ipynb,md:myst"}))
    pair.write()
    assert "formats" not in pair.text.read_text()
    pair.edit_text("# ", "# Really: ")
    pair.back()
    assert "jupytext" not in pair.notebook.read_text()


def test_what_is_not_there_is_said_with_the_next_step(pair):
    with pytest.raises(NotFound) as caught:
        pair.back()
    assert caught.value.detail == "There is no text modules/first/first.md."
    assert caught.value.next_step == "Write it from the notebook: coursekit text first."
    pair.notebook.unlink()
    with pytest.raises(NotFound, match=r"There is no notebook modules/first/first\.ipynb"):
        pair.write()
    with pytest.raises(BadInput, match=r"There is no modules/second/second\.md") as caught:
        author.compare_texts(pair.root, ["second"])
    assert caught.value.next_step == "Write it: coursekit text second."


def test_a_text_is_no_part_of_a_build(pair):
    from coursekit.model.ids import ModuleId
    from coursekit.store.coursefiles import CourseFolder

    course = CourseFolder(pair.root)
    module = course.course().get_module(ModuleId("first"))
    before = course.inputs(module)
    pair.write()
    (pair.folder / "handout.md").write_text("for learners")
    assert set(course.inputs(module)) - set(before) == {"modules/first/handout.md"}
    with course.scratch(module, b"{}") as scratch:
        there = {p.name for p in Path(scratch).iterdir()}
    assert "handout.md" in there
    assert "first.md" not in there
