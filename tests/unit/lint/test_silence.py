"""What a comment allows, and what it does not."""

from __future__ import annotations

import pytest

from coursekit.lint.catalog import RULES
from coursekit.lint.finding import Finding, Severity
from coursekit.lint.review import module_findings
from coursekit.lint.silence import keep_quiet, silences, without_silences
from coursekit.model.notebook import Cell

KNOWN = {rule.code: rule for rule in RULES}
FILE = "modules/one/rubrics.yml"


def finding(line: int | None, code: str = "CK410", file: str = FILE, cell: int | None = None) -> Finding:
    return Finding(code, Severity.WARNING, file, cell, "", "It is so.", "Mend it.", line)


def left(
    text: str, *found: Finding, cell: Cell | None = None, file: str = FILE
) -> list[tuple[str, int | None]]:
    return [(f.code, f.line) for f in keep_quiet(found, silences(file, text, cell), KNOWN)]


def test_at_the_end_of_a_line_it_covers_that_line():
    text = "a: 1\nb: 2  # coursekit: allow CK410: only learners say so\nc: 3\n"
    assert left(text, finding(1), finding(2), finding(3)) == [("CK410", 1), ("CK410", 3)]


def test_alone_on_its_line_it_covers_the_next_with_anything_on_it():
    text = "a: 1\n# coursekit: allow CK410: only learners say so\n\n# another\nb: 2\nc: 3\n"
    assert left(text, finding(1), finding(5), finding(6)) == [("CK410", 1), ("CK410", 6)]


def test_alone_at_the_top_it_covers_the_file():
    text = "# A rubric.\n# coursekit: allow CK410: only learners say so\na: 1\n"
    assert left(text, finding(3), finding(None)) == []


def test_a_finding_about_the_whole_file_needs_the_top():
    text = "a: 1\n# coursekit: allow CK410: only learners say so\nb: 2\n"
    assert left(text, finding(None)) == [("CK410", None), ("CK110", 2)]


def test_another_code_or_another_file_is_not_covered():
    text = "# coursekit: allow CK410: only learners say so\n"
    assert left(text, finding(1, "CK411")) == [("CK411", 1), ("CK110", 1)]
    assert left(text, finding(1, file="modules/two/rubrics.yml")) == [("CK410", 1), ("CK110", 1)]


@pytest.mark.parametrize("reason", ["", ":", ":   "])
def test_without_a_reason_nothing_is_allowed(reason):
    assert left(f"a: 1  # coursekit: allow CK410{reason}", finding(1)) == [("CK410", 1), ("CK109", 1)]


def test_what_could_not_work_cannot_be_allowed():
    assert left("a: 1  # coursekit: allow CK101: never mind", finding(1, "CK101")) == [
        ("CK101", 1),
        ("CK110", 1),
    ]


NOTEBOOK = "modules/one/one.ipynb"


def in_cell(source: str, *found: Finding, cell_type: str = "markdown") -> list[tuple[str, int | None]]:
    return left(source, *found, cell=Cell(3, "x", cell_type, source), file=NOTEBOOK)


def here(line: int | None, code: str = "CK502", cell: int = 3) -> Finding:
    return finding(line, code, NOTEBOOK, cell)


def test_a_finding_about_a_cell_is_allowed_anywhere_in_it():
    source = "A story.\n\n<!-- coursekit: allow CK502: the long read is the task -->\n\nMore."
    assert in_cell(source, here(None)) == []
    assert in_cell(source, here(None, cell=4)) == [("CK502", None), ("CK110", 3)]


def test_a_comment_may_run_over_lines_and_small_letters_do():
    source = "A story. <!-- coursekit: allow ck502: the long\nread is the task -->"
    assert in_cell(source, here(1)) == []


def test_a_comment_that_is_shown_as_code_allows_nothing():
    assert in_cell("`<!-- coursekit: allow CK502: so -->`", here(None)) == [("CK502", None)]


def test_each_cell_type_has_its_own_comment():
    assert in_cell("# coursekit: allow CK502: so", here(None)) == [("CK502", None)]
    assert in_cell("x  # coursekit: allow CK504: so", here(1, "CK504"), cell_type="code") == []


def test_a_prompts_call_may_have_one(make_cell, make_material, sound_cells):
    sound_cells[1] = make_cell(
        "p1",
        '# coursekit: allow CK209: the reveal comes in class\nck.decision("p1")',
        sound_cells[1].role,
        "code",
        sound_cells[1].nbgrader,
    )
    assert module_findings(make_material(*sound_cells[:2])) == []


def test_a_question_is_read_without_them():
    source = "<!-- coursekit: allow CK502: so -->\n\nWhy?"
    assert without_silences(source) == "Why?"
    assert without_silences("Why? <!-- not ours -->") == "Why? <!-- not ours -->"
