"""Whatever an author writes comes back from the text as it was; what is not as it must be is said with its line."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coursekit.model.errors import BadInput
from coursekit.policy.textpair import content_of, same
from coursekit.store.textform import read_text_form, write_text
from coursekit.wire.misread import Misread

ROOT = Path(__file__).parents[3]
KERNEL = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}


def cell(source, kind="markdown", name="a", **more):
    return {"id": name, "cell_type": kind, "source": source, "metadata": more.pop("metadata", {}), **more}


def book(*cells, **metadata):
    return {"metadata": {**KERNEL, **metadata}, "cells": list(cells)}


def back(content):
    return read_text_form(write_text(content, "m.ipynb"), "m.md")


# --------------------------------------------------------------------------------------- what comes back

MARKS = [
    *(
        "```",
        "````",
        "~~~",
        ":::",
        "---",
        "+++",
        "+++ {}",
        "```{code-cell}",
        "```{raw-cell} x",
        "```{note}",
        "{",
    ),
    *(
        "- ",
        "> ",
        "1. ",
        "    ",
        "\t",
        "\n",
        "\n\n",
        " ",
        "  \n",
        "<!--",
        "<pre>",
        "<div>",
        "$$",
        "| a |",
        "# ",
    ),
    *(
        "%",
        "(x)=",
        "[a]: b",
        ":a: b",
        "a: b",
        "é",
        "“",
        "🙂",
        "\\",
        'ck.decision("p2")',
        "word",
        "\u2028",
        "\x0b",
    ),
    *("\r", "\x00", "===", "***", "&amp;", "cell-id: x", "\x85", "}", "|---|"),
]
source = st.lists(st.one_of(st.sampled_from(MARKS), st.text(max_size=8)), max_size=10).map("".join)
YAMLS = [
    "no",
    "yes",
    "1:30",
    "2027-01-01",
    "~",
    "0x1",
    "1e5",
    "=",
    "<<",
    "!!x",
    "&a",
    "*a",
    "- a",
    "a #b",
    "k: v",
]
scalar = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**18), 10**18),
    st.floats(allow_nan=False, allow_infinity=False),
    source,
    st.sampled_from([*YAMLS, "a long question " * 20]),
)
NAMES = [
    "coursekit",
    "nbgrader",
    "tags",
    "prompt",
    "id",
    "cell-id",
    "collapsed",
    "a b",
    "1",
    "no",
    "",
    "jupyter",
    "title",
]
name = st.one_of(st.sampled_from(NAMES), st.text(max_size=6))
value = st.recursive(
    scalar,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(name, inner, max_size=3)),
    max_leaves=6,
)
mapping = st.dictionaries(name, value, max_size=3)
any_cell = st.builds(
    lambda kind, source, metadata: {"cell_type": kind, "source": source, "metadata": metadata},
    st.sampled_from(["markdown", "markdown", "code", "raw"]),
    source,
    mapping,
)


@settings(max_examples=60)
@given(st.lists(any_cell, max_size=4), mapping)
def test_any_notebook_comes_back_as_it_was(cells, metadata):
    content = {"metadata": metadata, "cells": [{"id": f"c{n}", **cell} for n, cell in enumerate(cells)]}
    text = write_text(content, "m.ipynb")
    assert same(read_text_form(text, "m.md"), content)
    # Any editor and git may hold it.
    assert text.endswith("\n")
    assert "\r" not in text


AWKWARD = [
    "",
    " ",
    "\n\n",
    "ends in blanks  \n",
    "\n\nbegins with lines",
    "---\ntitle: no header\n---",
    "+++",
    '+++ {"cell-id": "a"}',
    "```{code-cell}\nck.plan('p9')\n```",
    "```python\nnever closed",
    ":::{note}\nA directive of MyST.\n:::",
    "<!-- never closed",
    "- a list\n\n  ```{code-cell}\n  x = 1\n  ```",
    "A formfeed \x0c and a line separator \u2028 here",
    "Überschrift “mit” Ümläuten 🙂",
]


@pytest.mark.parametrize("source", AWKWARD)
@pytest.mark.parametrize("kind", ["markdown", "code", "raw"])
def test_awkward_cells_come_back(source, kind):
    content = book(cell(source, kind, "one"), cell("between", "markdown", "two"), cell(source, kind, "three"))
    assert back(content) == content


@pytest.mark.parametrize(
    "source",
    ['print("""\n```\n""")', "x = 1\n\n", ":tags: [a]", "---\nx", "%%bash\nls", "# a `tick`\n```\n````"],
)
def test_code_with_fences_magics_and_lines_like_options_comes_back(source):
    content = book(cell(source, "code", metadata={"tags": ["parameters"]}), cell(source, "code", "b"))
    assert back(content) == content


def test_metadata_of_every_shape_come_back():
    prompt = {
        "id": "p1",
        "kind": "decision",
        "question": "Who: the head, or --- nobody?\n\n::: a `tick` and ```three``` “quoted” 日本",
        "options": [{"id": "no", "label": "No: keep 8:00"}, {"id": "2027-01-01", "label": "1:30"}],
        "minutes": 3,
        "required": True,
        "levels": {"0": "Nothing.", "1": None},
    }
    own = {"coursekit": {"prompt": prompt}, "nbgrader": {"points": 4.0, "grade_id": "p1"}, "tags": []}
    for kind in ("markdown", "code", "raw"):
        content = book(cell("x", kind, metadata=own))
        assert back(content) == content


def test_a_pasted_image_comes_back():
    content = book(cell("![bars](attachment:a.png)", attachments={"a.png": {"image/png": "aGk="}}))
    assert back(content) == content


def test_a_raw_cell_of_yaml_on_top_is_no_header():
    content = book(cell("---\ntitle: mine\n---", "raw"), cell("text", name="b"))
    assert back(content) == content


@pytest.mark.parametrize("path", sorted((ROOT / "modules").glob("*/*.ipynb")), ids=lambda p: p.stem)
def test_our_own_modules_come_back_and_are_legible(path):
    content = content_of(json.loads(path.read_text()))
    text = write_text(content, path.name)
    assert read_text_form(text, "m.md") == content
    # Nothing in them is so awkward that it needs a form of its own.
    assert not any(mark in text for mark in ("cell-text", "cell-metadata", "cell-json", "\\u"))


def test_outputs_are_in_no_text():
    ran = {
        **cell("1 + 1", "code"),
        "outputs": [{"output_type": "stream", "text": "two"}],
        "execution_count": 7,
    }
    text = write_text(content_of({"cells": [ran], "metadata": KERNEL}), "m.ipynb")
    assert "two" not in text
    assert "7" not in text


def test_half_an_emoji_is_refused():
    with pytest.raises(Misread, match=r"m\.ipynb: it has half an emoji"):
        write_text(book(cell("\ud83d")), "m.ipynb")


def test_cells_that_nobody_could_tell_apart_are_refused():
    with pytest.raises(Misread) as caught:
        write_text(book(cell("one"), cell("two")), "m.ipynb")
    assert caught.value.detail == "m.ipynb, cell 2 (a): cell 1 has its id as well."
    with pytest.raises(Misread, match=r"cell 1 \(a b\): its id is none for a notebook"):
        write_text(book(cell("one", name="a b")), "m.ipynb")


def test_without_jupytext_it_is_said_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "jupytext", None)
    for work in (lambda: write_text(book(), "m.ipynb"), lambda: read_text_form("", "m.md")):
        with pytest.raises(BadInput) as caught:
            work()
        assert caught.value.detail == "The text form of a notebook needs the package jupytext."
        assert caught.value.next_step == "Install it: pip install 'coursekit[text]'."


def test_the_text_as_people_read_it():
    content = book(
        cell("# Guten Tag", metadata={"coursekit": {"faculty": True}, "note": "für uns"}),
        cell("import coursekit.prompts as ck", "code", "setup"),
        cell("", name="empty"),
    )
    assert write_text(content, "m.ipynb").split("---\n", 2)[2] == (
        '\n+++ {"cell-id": "a", "coursekit": {"faculty": true}, "note": "für uns"}\n\n# Guten Tag\n\n'
        "```{code-cell}\n:cell-id: setup\n\nimport coursekit.prompts as ck\n```\n\n"
        "```{raw-cell}\n---\ncell-id: empty\ncell-text:\n  kind: markdown\n---\n\n```\n"
    )


# ------------------------------------------------------------------------------------ what is not as it must be

HEAD = "---\nkernelspec:\n  name: python3\n---\n"
BROKEN = [
    ("# A page\n\nof somebody's", "line 1: it does not begin with a header between two lines of ---."),
    (
        "---\njupytext:\n  text_representation:\n    format_name: markdown\n---\n",
        "line 4: the header says that the format is markdown, and myst is the one that we read.",
    ),
    (
        "---\nkernelspec: {name: python3\n---\n",
        "line 2: the header cannot be read as YAML: expected ',' or '}', but got '<stream end>'.",
    ),
    ("---\n- a\n---\n", "line 2: the header are no mapping of names and values."),
    (HEAD + "\n+++ {cell-id: a}\n\ntext", "line 6: what follows +++ is not JSON, near its character 6."),
    (HEAD + "\na\x1f", "line 6: it has the character U+001F, which is none for a text."),
    (HEAD + "\n+++ [1]\n\ntext", "line 6: what follows +++ is no mapping in braces."),
    (
        HEAD + "\ntext\n\n```{code-cell}\n:cell-id: a\n\nx = 1\n",
        "line 8: the cell that begins with ```{code-cell} is never closed.",
    ),
    (
        HEAD + "```{code-cell}\n---\ncell-id: a\n```\n",
        "line 6: the cell's metadata begin with --- and never end.",
    ),
    (
        HEAD + "```{code-cell}\n---\ncell-id: a\ntags: [b\n---\nx\n```\n",
        "line 8: the cell's metadata cannot be read as YAML: expected ',' or ']', but got '<stream end>'.",
    ),
    (
        HEAD + "```{code-cell}\n:cell-id: a\n:due: 2027-01-01\n\nx\n```\n",
        "line 6: the cell's metadata have 2027-01-01, which YAML takes for something that no notebook can hold.",
    ),
    (
        HEAD + "```{code-cell}\n---\ncell-id: a\nlevels:\n  0: none\n---\n```\n",
        "line 7: the cell's metadata have the name 0, which YAML takes for something that no notebook can hold.",
    ),
    (
        HEAD + '```{code-cell}\n:cell-id: a\n\nx\n```\n\n+++ {"cell-id": "a"}\n\ntext\n',
        "line 11: the cell on line 6 has the id a as well.",
    ),
    (HEAD + "```{code-cell}\n:cell-id: 7\n\nx\n```\n", "line 6: “7” cannot be the id of a cell."),
    (
        HEAD + "- a list\n\n  ```{code-cell}\n  x\n  ```\n",
        "line 7: a cell stands inside a list or a quotation, where it is none.",
    ),
    (
        HEAD + '\n+++ {"cell-text": {"kind": "cake"}}\n\ntext\n',
        "line 6: “cell-text” is not as `coursekit text` writes it.",
    ),
    (
        HEAD + '\n+++ {"cell-json": "{}"}\n\ntext\n',
        "line 6: “cell-json” is not as `coursekit text` writes it.",
    ),
]


@pytest.mark.parametrize(("text", "said"), BROKEN, ids=[said[:40] for _, said in BROKEN])
def test_what_is_wrong_is_said_with_its_line(text, said):
    with pytest.raises(Misread) as caught:
        read_text_form(text, "modules/m/m.md")
    assert (caught.value.code, caught.value.detail) == ("bad-text", f"modules/m/m.md: {said}")
    assert caught.value.next_step


@settings(max_examples=50)
@given(st.text(max_size=60), st.integers(0, 400))
def test_a_damaged_text_is_read_or_refused_and_nothing_else(junk, where):
    text = write_text(
        book(
            cell("# One", metadata={"coursekit": {"faculty": True}}),
            cell("x = 1", "code", "b", metadata={"a": {}}),
        ),
        "m.ipynb",
    )
    said = "line "
    try:
        read_text_form(text[:where] + junk + text[where + len(junk) :], "m.md")
    except Misread as error:
        said = error.detail
    assert "line " in said
