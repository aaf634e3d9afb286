"""Links that lead somewhere, and headings that follow one another."""

from __future__ import annotations

import pytest

from coursekit.lint.links import link_findings
from coursekit.model.ids import PromptId
from coursekit.model.notebook import Faculty, Reveal
from coursekit.model.prompt import Prompt, PromptKind

REFLECTION = Prompt(PromptId("p2"), PromptKind.REFLECTION, "View", "")
STORY = "# The story\n\n### It is *late*, isn't it?"


def codes(material):
    return [f.code for f in link_findings(material)]


@pytest.mark.parametrize(
    "link",
    [
        "https://example.org/a#b",
        "mailto:a@example.org",
        "//example.org",
        "attachment:x.png",
        "#The-story",
        "#the-story",
        "#It-is-late,-isn't-it?",
        "#it-is-late-isnt-it",
        "#here",
        "one.ipynb#The-story",
        "./notes.md",
        "notes%2Emd",
        "prompts.json",
        "exhibits/none.csv",
    ],
)
def test_it_is_there(make_cell, make_material, link):
    cells = (
        make_cell("a", STORY.replace("###", "##") + "\n\n<a id='here'></a>"),
        make_cell("b", f"[x]({link})"),
    )
    assert codes(make_material(*cells, files=frozenset({"notes.md"}))) == []


@pytest.mark.parametrize(
    "link", ["Notes.md", "#The-end", "../two/two.ipynb", "/etc/passwd", "two.ipynb#x", "rubrics.yml"]
)
def test_it_is_not_there(make_cell, make_material, link):
    cells = (make_cell("a", "# The story"), make_cell("b", f"[x]({link})"))
    assert codes(make_material(*cells, files=frozenset({"notes.md"}))) == ["CK307"]


@pytest.mark.parametrize("source", ["<a href='x.md'>x</a>", "[x]\n\n[x]: x.md", "<img alt='' src=\"x.png\">"])
def test_other_ways_to_write_a_link(make_cell, make_material, source):
    assert codes(make_material(make_cell("a", source))) == ["CK307"]


@pytest.mark.parametrize("source", ["`[x](x.md)`", "```\n[x](x.md)\n```", "f(x)[0](y)"])
def test_code_is_no_link(make_cell, make_material, source):
    assert (
        codes(make_material(make_cell("a", source, cell_type="markdown" if "`" in source else "code"))) == []
    )


def test_faculty_may_link_to_anything(make_cell, make_material):
    assert codes(make_material(make_cell("a", "[x](teaching-note.md)", Faculty()))) == []


def test_headings_go_down_by_one_and_up_by_any(make_cell, make_material):
    texts = ["### Begins anywhere", "#### Down", "# Up", "## Down", "```\n##### code\n```"]
    assert codes(make_material(*(make_cell(str(n), t) for n, t in enumerate(texts)))) == []


def test_a_reveals_heading_counts(make_cell, make_material):
    cells = (
        make_cell("a", "# One"),
        make_cell("b", "## Two", Reveal(PromptId("p1"))),
        make_cell("c", "### Three"),
    )
    assert codes(make_material(*cells)) == []
    assert codes(make_material(cells[0], cells[2])) == ["CK308"]


@pytest.mark.parametrize(
    ("alt", "found"),
    [
        ("bars.svg", True),
        ("a b/Bars 2.PNG", True),
        ("Bars: 102 at 64", False),
        ("See bars.svg for it", False),
    ],
)
def test_a_files_name_describes_nothing(make_cell, make_material, alt, found):
    assert codes(make_material(make_cell("a", f"![{alt}](exhibits/x.svg)"))) == (["CK309"] if found else [])
    reveal = make_cell("r", "plt.plot(x)", Reveal(PromptId("p1"), alt=alt), "code")
    assert codes(make_material(reveal)) == (["CK309"] if found else [])


def test_a_prompt_is_a_heading_of_level_three(make_cell, make_material, make_decision):
    top, form = make_cell("a", "# One"), make_cell("p1", "", make_decision(), "code")
    question, answer = make_cell("q", "### 1 · Your view\n\nWhy?"), make_cell("p2", "", REFLECTION)
    under = make_cell("r", "#### What it was", Reveal(PromptId("p1")))
    assert codes(make_material(top, form, under)) == []
    assert codes(make_material(top, question, answer)) == []
    assert codes(make_material(top, under)) == ["CK308"]
    assert codes(make_material(top, question)) == ["CK308"]
