"""Where exhibits come from: what learners read of it, and what would say too much."""

from __future__ import annotations

from pathlib import Path

import pytest

from coursekit.lint.sources import open_sources, sealed_sources

ROOT = Path(__file__).parents[3]
ALL = ["exhibits/a.csv", "exhibits/b.csv", "exhibits/c.csv"]


def shown(text, copied=("exhibits/a.csv", "exhibits/b.csv"), sealed=("exhibits/b.csv",)):
    return open_sources(text, copied, sealed, ALL).removeprefix("# Sources\n\n")


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("- `a.csv`: from A\n  and more\n- `b.csv`: from B", "- `a.csv`: from A\n  and more\n"),
        ("Both `a.csv` and\n`b.csv` are from A.", ""),
        ("`a.csv`: A. `c.csv`, of the next module: C.", ""),
        (
            "## Data: `exhibits/a.csv`\n\n**From.** A.\n\n**How.** It shows 790.",
            "## Data: `exhibits/a.csv`\n\n**From.** A.\n",
        ),
        ("## `a.csv`\n\n## `b.csv`\n\nB.", "## `a.csv`\n"),
        ("The file\n`a.csv` is\nfrom A.\n\nAnd `a.csv` shows 790.", "The file\n`a.csv` is\nfrom A.\n"),
        ("Nothing of it.", ""),
        ("<!-- `a.csv`: a note of the author's -->", ""),
        ("", ""),
    ],
)
def test_an_entry_is_where_it_is_named_first(text, left):
    assert shown(text) == left


def test_of_a_table_the_head_and_the_rows():
    table = "| exhibit | from |\n|---|---|\n| `b.csv` | B |\n| `a.csv` | A |\n| `c.csv` | C |"
    assert shown(table) == "| exhibit | from |\n|---|---|\n| `a.csv` | A |\n"
    assert shown(table, ALL, []) == f"{table}\n"
    assert shown(table, ["exhibits/a.csv", "exhibits/c.csv"], []) == (
        "| exhibit | from |\n|---|---|\n| `a.csv` | A |\n| `c.csv` | C |\n"
    )


def test_the_reference_case_shows_its_open_figure_and_no_result():
    exhibits = {f"exhibits/{p.name}" for p in (ROOT / "cases/project-star/exhibits").iterdir()}
    text = (ROOT / "cases/project-star/SOURCES.md").read_text(encoding="utf-8")
    sources = open_sources(text, exhibits, exhibits - {"exhibits/districts.svg"}, exhibits)
    assert "| `districts.svg` | California Department of Education" in sources
    assert "slope" not in sources
    assert "star_" not in sources


TABLE = """\
| file | from |
|---|---|
| `a.csv` | A |
| `b.csv` | B |
| `c.csv` | C |
| `d.csv` | D |
"""


def head(*rows):
    return "# Sources\n\n| file | from |\n|---|---|\n" + "".join(
        f"| `{r}.csv` | {r.upper()} |\n" for r in rows
    )


def after(text, sealed, copied=("a", "b", "c")):
    named = {prompt: [f"exhibits/{f}.csv" for f in files] for prompt, files in sealed.items()}
    every = [f"exhibits/{f}.csv" for f in "abcd"]
    return sealed_sources(text, [f"exhibits/{f}.csv" for f in copied], named, every)


def test_with_each_prompts_reveals_come_the_sources_of_their_own_files():
    assert after(TABLE, {"p1": ["b"], "p2": ["c"]}) == {"p1": head("b"), "p2": head("c")}
    assert after(TABLE, {"p1": ["b", "c"]}) == {"p1": head("b", "c")}


def test_a_file_that_two_prompts_bring_has_its_source_with_both():
    assert after(TABLE, {"p1": ["b"], "p2": ["b", "c"]}) == {"p1": head("b"), "p2": head("b", "c")}


def test_an_entry_that_names_what_another_prompt_brings_stays_with_the_author():
    together = "Both `b.csv` and\n`c.csv` are from B."
    assert after(together, {"p1": ["b"], "p2": ["c"]}) == {}
    assert after(together, {"p1": ["b", "c"]}) == {"p1": f"# Sources\n\n{together}\n"}
    # What lies open from the first minute may be named beside it.
    beside = "- `a.csv` and `b.csv`: from A"
    assert after(beside, {"p1": ["b"]}) == {"p1": f"# Sources\n\n{beside}\n"}
    # One of another module may not.
    assert after("- `b.csv` and `d.csv`: from B", {"p1": ["b"]}) == {}


def test_without_files_or_without_a_word_about_them_nothing_comes():
    assert after(TABLE, {"p1": []}) == {}
    assert after(TABLE, {"p1": ["d"]}) == {}
    assert after("Nothing of it.", {"p1": ["b"]}) == {}
