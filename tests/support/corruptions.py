"""What happens to notebooks between a learner's screen and a grader's: by name, with what must come of it.

All are done to one honest notebook: the tiny course's `first`, with an answer in words (p2) and one in code (p3)
that passes its test. Marks that a corruption does not name stay as they are without it.

    of a file      bytes in, bytes out
    of a folder    the learner's folder of collected files
"""

from __future__ import annotations

import copy
import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from coursekit.policy.cells import source_of

Json = dict[str, Any]

PROSE = "I would not look: nine hours of light cost less than one hour of asking. Das wäre übertrieben."
CODE = "hours = [2, 3, 1]\ntotal = sum(hours)"
ANSWERS = {"p2": PROSE, "p3": CODE}
MARKS: Mapping[str, float | None] = {"p2": None, "p3-tests": 2.0}
"""Of the honest notebook. None: a person marks it."""
FILE = "first.ipynb"


@dataclass(frozen=True)
class Corruption:
    """One of them, and how it must end."""

    name: str
    codes: frozenset[str] = frozenset()
    """The codes of all remarks; empty where nothing is worth a word."""
    unreadable: str = ""
    """The code with which it goes to a person; empty where it is graded."""
    marks: Mapping[str, float | None] = field(default_factory=lambda: MARKS)
    answers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """What must stand in the answers, part by part."""
    of_file: Callable[[bytes], bytes] | None = None
    of_folder: Callable[[Path], None] | None = None

    def apply(self, folder: Path) -> None:
        """Do it to a learner's folder."""
        if self.of_folder is not None:
            self.of_folder(folder)
        if self.of_file is not None:
            path = folder / FILE
            path.write_bytes(self.of_file(path.read_bytes()))


ALL: list[Corruption] = []


def _register(
    function: Callable[..., Any],
    kind: str,
    name: str,
    codes: tuple[str, ...],
    unreadable: str,
    marks: Mapping[str, float | None],
    answers: Mapping[str, tuple[str, ...]],
) -> None:
    kept = {} if unreadable else {key: (text,) for key, text in ANSWERS.items()} | dict(answers)
    all_marks = dict.fromkeys(MARKS, None) if unreadable else {**MARKS, **marks}
    ALL.append(
        Corruption(name, frozenset(codes), unreadable, all_marks, kept, **{kind: function})  # type: ignore[arg-type]
    )


def of_notebook(
    *codes: str, marks: Mapping[str, float | None] | None = None, **answers: tuple[str, ...]
) -> Callable[[Callable[[Json], Any]], Callable[[Json], Any]]:
    """A corruption of the notebook's JSON, which it may change in place or give anew."""

    def register(function: Callable[[Json], Any]) -> Callable[[Json], Any]:
        def of_bytes(content: bytes) -> bytes:
            notebook = json.loads(content)
            for cell in notebook["cells"]:
                cell["source"] = source_of(cell)
            changed = function(notebook)
            return json.dumps(notebook if changed is None else changed).encode()

        _register(of_bytes, "of_file", function.__name__, codes, "", marks or {}, answers)
        return function

    return register


def of_bytes(
    *codes: str, unreadable: str = ""
) -> Callable[[Callable[[bytes], bytes]], Callable[[bytes], bytes]]:
    """A corruption of the file itself."""

    def register(function: Callable[[bytes], bytes]) -> Callable[[bytes], bytes]:
        _register(function, "of_file", function.__name__, codes, unreadable, {}, {})
        return function

    return register


def of_folder(
    *codes: str, unreadable: str = "", marks: Mapping[str, float | None] | None = None
) -> Callable[[Callable[[Path], None]], Callable[[Path], None]]:
    """A corruption of the folder."""

    def register(function: Callable[[Path], None]) -> Callable[[Path], None]:
        _register(function, "of_folder", function.__name__, codes, unreadable, marks or {}, {})
        return function

    return register


# cells


def _at(notebook: Json, name: str) -> int:
    return next(n for n, cell in enumerate(notebook["cells"]) if cell["id"] == name)


def _get(notebook: Json, name: str) -> Json:
    cell: Json = notebook["cells"][_at(notebook, name)]
    return cell


def _nbgrader(notebook: Json, name: str) -> Json:
    nbgrader: Json = _get(notebook, name)["metadata"]["nbgrader"]
    return nbgrader


def _copy_below(notebook: Json, name: str, **changes: Any) -> Json:
    cell = {**copy.deepcopy(_get(notebook, name)), "id": f"{name}-again", **changes}
    notebook["cells"].insert(_at(notebook, name) + 1, cell)
    return cell


def _plain(cell_type: str, source: Any, name: str) -> Json:
    cell = {"cell_type": cell_type, "id": name, "metadata": {}, "source": source}
    return {**cell, "outputs": [], "execution_count": None} if cell_type == "code" else cell


def _retype(cell: Json, cell_type: str) -> None:
    cell["cell_type"] = cell_type
    for key in ("outputs", "execution_count"):
        cell.pop(key, None)
    if cell_type == "code":
        cell |= {"outputs": [], "execution_count": 3}


@of_notebook("duplicated-cell")
def duplicated_answer(notebook: Json) -> None:
    _copy_below(notebook, "p2")


@of_notebook("duplicated-cell")
def duplicated_answer_left_blank(notebook: Json) -> None:
    _copy_below(notebook, "p2", source="*Write your answer here.*")


@of_notebook("duplicated-cell")
def duplicated_test(notebook: Json) -> None:
    _copy_below(notebook, "p3-tests")


@of_notebook("duplicated-cell")
def duplicated_setup_at_the_end(notebook: Json) -> None:
    notebook["cells"].append({**copy.deepcopy(_get(notebook, "setup")), "id": "again"})


@of_notebook("duplicated-cell")
def everything_twice(notebook: Json) -> None:
    # Select all, copy, paste below.
    notebook["cells"] += copy.deepcopy(notebook["cells"])


@of_notebook("split-answer", p2=(PROSE[:40], PROSE[40:]))
def split_prose(notebook: Json) -> None:
    _copy_below(notebook, "p2", source=PROSE[40:])
    _get(notebook, "p2")["source"] = PROSE[:40]


@of_notebook("answer-below", p2=(PROSE[:40], PROSE[40:]))
def split_prose_without_name(notebook: Json) -> None:
    _copy_below(notebook, "p2", source=PROSE[40:], metadata={})
    _get(notebook, "p2")["source"] = PROSE[:40]


@of_notebook("answer-below")
def answered_in_the_cell_below(notebook: Json) -> None:
    notebook["cells"].insert(_at(notebook, "p2") + 1, _plain("markdown", PROSE, "own"))
    _get(notebook, "p2")["source"] = "*Write your answer here.*"


@of_notebook("split-answer", p3=("total = sum(hours)",))
def split_code(notebook: Json) -> None:
    _copy_below(notebook, "p3", source="total = sum(hours)")
    _get(notebook, "p3")["source"] = "hours = [2, 3, 1]"


@of_notebook(p3=("hours = [2, 3, 1]",))
def split_code_without_name(notebook: Json) -> None:
    _copy_below(notebook, "p3", source="total = sum(hours)", metadata={})
    _get(notebook, "p3")["source"] = "hours = [2, 3, 1]"


@of_notebook("missing-cell", marks={"p2": 0.0}, p2=("Write your answer here.",))
def deleted_answer(notebook: Json) -> None:
    del notebook["cells"][_at(notebook, "p2")]


@of_notebook("missing-cell", marks={"p3-tests": 0.0}, p3=("raise NotImplementedError()",))
def deleted_code_answer(notebook: Json) -> None:
    del notebook["cells"][_at(notebook, "p3")]


@of_notebook("missing-cell", p3=("raise NotImplementedError()",))
def code_answer_written_in_another_cell(notebook: Json) -> None:
    # Before any known cell that the deleted one stood behind.
    notebook["cells"].insert(_at(notebook, "p3-question"), _plain("code", CODE, "own"))
    del notebook["cells"][_at(notebook, "p3")]


@of_notebook("missing-cell")
def deleted_test(notebook: Json) -> None:
    del notebook["cells"][_at(notebook, "p3-tests")]


@of_notebook("missing-cell")
def deleted_setup(notebook: Json) -> None:
    del notebook["cells"][_at(notebook, "setup")]


@of_notebook(
    "missing-cell",
    marks={"p2": 0.0, "p3-tests": 0.0},
    p2=("Write your answer here.",),
    p3=("raise NotImplementedError()",),
)
def deleted_everything(notebook: Json) -> None:
    notebook["cells"] = []


@of_notebook("retyped-cell")
def prose_turned_into_code(notebook: Json) -> None:
    _retype(_get(notebook, "p2"), "code")


@of_notebook("retyped-cell")
def prose_turned_raw(notebook: Json) -> None:
    _retype(_get(notebook, "p2"), "raw")


@of_notebook("retyped-cell")
def code_turned_into_text(notebook: Json) -> None:
    _retype(_get(notebook, "p3"), "markdown")


@of_notebook("retyped-cell")
def code_turned_raw(notebook: Json) -> None:
    _retype(_get(notebook, "p3"), "raw")


@of_notebook("retyped-cell")
def test_turned_into_text(notebook: Json) -> None:
    _retype(_get(notebook, "p3-tests"), "markdown")


@of_notebook("changed-locked-cell")
def test_made_easy(notebook: Json) -> None:
    _get(notebook, "p3-tests")["source"] = "assert True"


@of_notebook("unknown-cell")
def cell_of_another_module(notebook: Json) -> None:
    cell = _copy_below(notebook, "p2-status", source="1 + 1")
    cell["metadata"]["nbgrader"] |= {"grade_id": "p77", "grade": True, "points": 100}


# names


@of_notebook("lost-id")
def nbgrader_metadata_lost(notebook: Json) -> None:
    for cell in notebook["cells"]:
        cell["metadata"].pop("nbgrader", None)


@of_notebook("lost-id")
def all_metadata_lost(notebook: Json) -> None:
    for cell in notebook["cells"]:
        cell["metadata"] = {}


@of_notebook()
def nbformat_ids_lost(notebook: Json) -> None:
    notebook["nbformat_minor"] = 4
    for cell in notebook["cells"]:
        del cell["id"]


@of_notebook()
def nbformat_ids_all_the_same(notebook: Json) -> None:
    for cell in notebook["cells"]:
        cell["id"] = "same"


@of_notebook("lost-id")
def metadata_and_ids_lost(notebook: Json) -> None:
    nbformat_ids_lost(notebook)
    all_metadata_lost(notebook)


@of_notebook("lost-id")
def answer_typed_into_a_new_cell(notebook: Json) -> None:
    # The answer's cell was deleted, and a fresh one took its place.
    notebook["cells"][_at(notebook, "p2")] = _plain("markdown", PROSE, "2f0c1c1e-9a1e-4c43-8f6e-0d8f2a7c1b11")


@of_notebook("lost-id")
def saved_by_colab(notebook: Json) -> Json:
    cells = []
    for number, cell in enumerate(notebook["cells"]):
        saved = {
            "cell_type": cell["cell_type"],
            "metadata": {"id": f"vXk{number:02}_QpL9dA"},
            "source": cell["source"].splitlines(keepends=True),
        }
        if cell["cell_type"] == "code":
            saved["metadata"] |= {"colab": {"base_uri": "https://localhost:8080/"}, "outputId": "0b1c"}
            saved |= {"execution_count": number, "outputs": []}
        cells.append(saved)
    kernelspec = {"name": "python3", "display_name": "Python 3"}
    metadata = {
        "colab": {"provenance": [], "toc_visible": True},
        "kernelspec": kernelspec,
        "language_info": {"name": "python"},
    }
    return {"nbformat": 4, "nbformat_minor": 0, "metadata": metadata, "cells": cells}


@of_notebook("lost-id")
def saved_by_vs_code(notebook: Json) -> None:
    for cell in notebook["cells"]:
        cell["metadata"] = {"vscode": {"languageId": "python"}} if cell["cell_type"] == "code" else {}
    notebook["metadata"] = {
        "kernelspec": {"display_name": ".venv (3.12.1)", "language": "python", "name": "python3"},
        "language_info": {
            "codemirror_mode": {"name": "ipython", "version": 3},
            "file_extension": ".py",
            "mimetype": "text/x-python",
            "name": "python",
            "version": "3.12.1",
        },
    }


@of_notebook("lost-id")
def saved_by_kaggle(notebook: Json) -> None:
    notebook["nbformat_minor"] = 4
    moment = "2027-01-24T10:00:00.000000Z"
    for number, cell in enumerate(notebook["cells"]):
        del cell["id"]
        cell["metadata"] = {"_uuid": f"8f2839f25d086af736a60e9eeb907d3b93b6e0e{number:x}", "trusted": True}
        if cell["cell_type"] == "code":
            cell["metadata"] |= {
                "_cell_guid": f"b1076dfc-b9ad-4769-8c92-a6c4dae69d{number:02}",
                "execution": {"iopub.status.busy": moment, "shell.execute_reply": moment},
            }
    notebook["metadata"] |= {"kaggle": {"accelerator": "none", "dataSources": [], "isGpuEnabled": False}}


# nbgrader's metadata


def _versions(version: Any, name: str) -> None:
    def odd(notebook: Json) -> None:
        for cell in notebook["cells"]:
            if "nbgrader" in cell["metadata"]:
                cell["metadata"]["nbgrader"]["schema_version"] = version

    odd.__name__ = name
    of_notebook("odd-schema")(odd)


for _version in (0, 1, 2, 4, 99, -1):
    _versions(_version, f"schema_version_{_version}")
_versions("3", "schema_version_as_text")
_versions(None, "schema_version_null")


@of_notebook("odd-schema")
def metadata_of_the_first_nbgrader(notebook: Json) -> None:
    for cell in notebook["cells"]:
        nbgrader = cell["metadata"].get("nbgrader")
        if nbgrader is not None:
            for key in ("schema_version", "task", "cell_type"):
                nbgrader.pop(key, None)


@of_notebook("changed-metadata")
def points_changed(notebook: Json) -> None:
    _nbgrader(notebook, "p3-tests")["points"] = 200


@of_notebook("changed-metadata")
def points_that_are_no_number(notebook: Json) -> None:
    _nbgrader(notebook, "p2")["points"] = {"a": "lot"}


@of_notebook("changed-metadata")
def setup_unlocked(notebook: Json) -> None:
    _nbgrader(notebook, "setup")["locked"] = False


@of_notebook("changed-metadata")
def grade_flag_off(notebook: Json) -> None:
    _nbgrader(notebook, "p3-tests")["grade"] = False


@of_notebook("changed-metadata", "changed-locked-cell")
def test_made_an_answer(notebook: Json) -> None:
    _nbgrader(notebook, "p3-tests")["solution"] = True
    _get(notebook, "p3-tests")["source"] = "2"


@of_notebook("changed-metadata")
def answer_made_a_task(notebook: Json) -> None:
    _nbgrader(notebook, "p2")["task"] = True


@of_notebook("lost-id")
def nbgrader_metadata_is_text(notebook: Json) -> None:
    _get(notebook, "p2")["metadata"]["nbgrader"] = "graded"


@of_notebook("lost-id")
def grade_id_is_a_list(notebook: Json) -> None:
    _nbgrader(notebook, "p3")["grade_id"] = ["p3"]


# formats


def _as_format_3(notebook: Json) -> Json:
    cells = []
    for cell in notebook["cells"]:
        old = {"cell_type": cell["cell_type"], "metadata": cell["metadata"]}
        if cell["cell_type"] == "code":
            old |= {"input": cell["source"], "language": "python", "outputs": [], "collapsed": False}
        else:
            old["source"] = cell["source"]
        cells.append(old)
    return {
        "nbformat": 3,
        "nbformat_minor": 0,
        "metadata": {"name": ""},
        "worksheets": [{"cells": cells, "metadata": {}}],
    }


@of_notebook("old-format")
def nbformat_3(notebook: Json) -> Json:
    return _as_format_3(notebook)


@of_notebook("old-format")
def nbformat_3_with_damaged_outputs(notebook: Json) -> Json:
    old = _as_format_3(notebook)
    for cell in old["worksheets"][0]["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"] = [{"output_type": "pyout"}, 7]
    return old


@of_notebook("old-format", "lost-id")
def nbformat_2(notebook: Json) -> Json:
    old = _as_format_3(notebook)
    old["nbformat"] = 2
    del old["nbformat_minor"]
    for cell in old["worksheets"][0]["cells"]:
        del cell["metadata"]
    return old


@of_notebook("odd-format")
def nbformat_5_claimed(notebook: Json) -> None:
    notebook["nbformat"] = 5


@of_notebook("odd-format")
def nbformat_not_said(notebook: Json) -> None:
    del notebook["nbformat"], notebook["nbformat_minor"]


# the file


@of_bytes(unreadable="damaged-json")
def truncated(content: bytes) -> bytes:
    return content[: len(content) // 2]


@of_bytes(unreadable="empty-file")
def empty(content: bytes) -> bytes:
    return b""


@of_bytes(unreadable="empty-file")
def zeros_of_a_full_disk(content: bytes) -> bytes:
    return b"\0" * len(content)


@of_bytes(unreadable="not-a-notebook")
def binary(content: bytes) -> bytes:
    return b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)) * 4


@of_bytes(unreadable="not-a-notebook")
def a_page_of_the_hub(content: bytes) -> bytes:
    return b"<!DOCTYPE html><html><body>Please sign in</body></html>"


@of_bytes(unreadable="not-a-notebook")
def json_but_no_notebook(content: bytes) -> bytes:
    return b'[{"cells": []}]'


@of_bytes(unreadable="not-a-notebook")
def no_cells(content: bytes) -> bytes:
    return b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": null}'


@of_bytes(unreadable="merge-conflict")
def merge_conflict(content: bytes) -> bytes:
    lines = json.dumps(json.loads(content), indent=1).splitlines()
    at = next(n for n, line in enumerate(lines) if "sum(hours)" in line)
    conflict = ["<<<<<<< HEAD", lines[at], "=======", lines[at].replace("sum", "max"), ">>>>>>> 1f3a9c2"]
    return "\n".join([*lines[:at], *conflict, *lines[at + 1 :]]).encode()


@of_bytes(unreadable="not-a-notebook")
def a_tower_of_brackets(content: bytes) -> bytes:
    return b"[" * 200_000


@of_bytes()
def byte_order_mark(content: bytes) -> bytes:
    return b"\xef\xbb\xbf" + content


@of_bytes("odd-encoding")
def utf_16(content: bytes) -> bytes:
    return json.dumps(json.loads(content), ensure_ascii=False).encode("utf-16")


@of_bytes("odd-encoding")
def latin_1(content: bytes) -> bytes:
    return json.dumps(json.loads(content), ensure_ascii=False).replace("·", "-").encode("latin-1")


# what else stands in it


@of_notebook("foreign-kernel")
def saved_with_r(notebook: Json) -> None:
    notebook["metadata"] = {
        "kernelspec": {"display_name": "R", "language": "R", "name": "ir"},
        "language_info": {"name": "R", "version": "4.3.1"},
    }


@of_notebook("foreign-kernel")
def saved_with_julia(notebook: Json) -> None:
    notebook["metadata"] = {
        "kernelspec": {"display_name": "Julia 1.10", "language": "julia", "name": "julia-1.10"},
        "language_info": {"name": "julia"},
    }


@of_notebook()
def kernel_that_nobody_has(notebook: Json) -> None:
    notebook["metadata"] = {
        "kernelspec": {"display_name": "mine", "language": "python", "name": "conda-env-mine"}
    }


@of_notebook()
def thirty_megabytes_on_a_line(notebook: Json) -> None:
    printed = {"output_type": "stream", "name": "stdout", "text": "x" * 30_000_000}
    _get(notebook, "p3")["outputs"] = [printed]


@of_notebook()
def hundred_thousand_lines(notebook: Json) -> None:
    printed = {"output_type": "stream", "name": "stdout", "text": ["another line\n"] * 100_000}
    _get(notebook, "p3")["outputs"] = [printed]


@of_notebook()
def forged_outputs(notebook: Json) -> None:
    result = {
        "output_type": "execute_result",
        "data": {"text/plain": "2"},
        "metadata": {},
        "execution_count": 1,
    }
    _get(notebook, "p3-tests")["outputs"] = [result]


@of_notebook()
def null_source(notebook: Json) -> None:
    notebook["cells"].append(_plain("code", None, "null"))


@of_notebook("odd-source")
def source_of_numbers(notebook: Json) -> None:
    notebook["cells"].append(_plain("markdown", [1, {"a": 2}, None], "numbers"))


@of_notebook()
def sources_as_lists_of_lines(notebook: Json) -> None:
    for cell in notebook["cells"]:
        cell["source"] = cell["source"].splitlines(keepends=True)


@of_notebook()
def line_ends_of_windows(notebook: Json) -> None:
    for cell in notebook["cells"]:
        cell["source"] = cell["source"].replace("\n", "\r\n")


@of_notebook(p2=(PROSE, "![room](attachment:room.png)"))
def picture_pasted_into_the_answer(notebook: Json) -> None:
    cell = _get(notebook, "p2")
    cell["attachments"] = {"room.png": {"image/png": "iVBORw0KGgo="}}
    cell["source"] += "\n\n![room](attachment:room.png)"


@of_notebook("lost-id")
def cell_metadata_null(notebook: Json) -> None:
    _get(notebook, "p2")["metadata"] = None


@of_notebook()
def notebook_metadata_is_a_list(notebook: Json) -> None:
    notebook["metadata"] = ["a", "b"]


@of_notebook()
def outputs_not_a_list(notebook: Json) -> None:
    _get(notebook, "p3")["outputs"] = {"output_type": "stream"}
    _get(notebook, "p3-tests")["outputs"] = "none"
    del _get(notebook, "setup")["outputs"]


@of_notebook()
def two_thousand_empty_cells(notebook: Json) -> None:
    notebook["cells"] += [_plain("code", "", f"empty-{n}") for n in range(2000)]


@of_notebook("odd-cell")
def nested_cells(notebook: Json) -> None:
    notebook["cells"] = [notebook["cells"][:5], {"cells": notebook["cells"][5:]}]


@of_notebook("odd-cell")
def things_among_the_cells(notebook: Json) -> None:
    notebook["cells"][3:3] = [None, 7, "a cell", True]


@of_notebook()
def widget_state(notebook: Json) -> None:
    view = {"model_module": "@jupyter-widgets/controls", "model_name": "HTMLModel", "state": {"value": "<b>"}}
    notebook["metadata"]["widgets"] = {
        "application/vnd.jupyter.widget-state+json": {"state": {"a1": view}, "version_major": 2}
    }


@of_notebook()
def metadata_that_nbformat_refuses(notebook: Json) -> None:
    odd = {"tags": "parameters", "collapsed": "yes", "scrolled": 3, "name": "", "jupyter": [], "format": 1}
    for cell in notebook["cells"]:
        cell["metadata"] |= odd


@of_bytes()
def numbers_out_of_this_world(content: bytes) -> bytes:
    notebook = json.loads(content)
    _get(notebook, "p2")["metadata"]["size"] = "@@"
    numbers = b"[NaN, -Infinity, 1e999, " + b"9" * 6000 + b", -0.0]"
    return json.dumps(notebook).encode().replace(b'"@@"', numbers)


@of_bytes()
def half_of_an_emoji(content: bytes) -> bytes:
    notebook = json.loads(content)
    notebook["cells"].append(_plain("markdown", "a \ud83d b", "half"))
    notebook["cells"][0]["metadata"]["\udc00"] = "\ud800"
    return json.dumps(notebook).encode()


# the folder


@of_folder(unreadable="missing-notebook")
def a_folder_in_its_place(folder: Path) -> None:
    (folder / FILE).unlink()
    (folder / FILE).mkdir()
    (folder / FILE / "inside.txt").write_text("Something.")


@of_folder("not-a-file", unreadable="missing-notebook")
def a_link_in_its_place(folder: Path) -> None:
    target = folder / "elsewhere.txt"
    (folder / FILE).rename(target)
    (folder / FILE).symlink_to(target)


@of_folder("renamed-notebook")
def renamed(folder: Path) -> None:
    (folder / FILE).rename(folder / "first (1) FINAL.ipynb")


@of_folder("extra-notebook")
def extra_notebook(folder: Path) -> None:
    (folder / "scratch.ipynb").write_text('{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": []}')
    (folder / "broken.ipynb").write_bytes(b"\xff\xfe{")


@of_folder("extra-notebook")
def second_copy(folder: Path) -> None:
    shutil.copy(folder / FILE, folder / "first-Copy1.ipynb")


@of_folder(unreadable="missing-notebook")
def not_handed_in(folder: Path) -> None:
    (folder / FILE).unlink()
    (folder / "notes.txt").write_text("I could not do it.")


FILES = [corruption for corruption in ALL if corruption.of_file is not None]
FOLDERS = [corruption for corruption in ALL if corruption.of_folder is not None]
