"""Where exhibits come from: what learners read of it, and what would say too much."""

from __future__ import annotations

from pathlib import Path

import pytest

from coursekit.lint.sources import open_sources

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
