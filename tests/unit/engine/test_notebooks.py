"""What papermill hands back, made the same each time; and its errors, in an author's words."""

from __future__ import annotations

import pickle

import pytest

from coursekit.engine.notebooks import PapermillRunner, settled
from coursekit.model.errors import BadInput, CellFailed


def code(cell_id, source, tags=(), outputs=(), count=None):
    return {
        "cell_type": "code",
        "id": cell_id,
        "metadata": {"tags": list(tags)} if tags else {},
        "source": source,
        "outputs": list(outputs),
        "execution_count": count,
    }


def notebook(*cells, **metadata):
    return {"cells": list(cells), "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def stream(text, name="stdout"):
    return {"output_type": "stream", "name": name, "text": text}


def outputs_of(*outputs):
    return settled(notebook(code("a", "x")), notebook(code("a", "x", outputs=outputs)))["cells"][0]["outputs"]


def test_the_master_stays_as_it_is_but_for_outputs():
    master = notebook(
        code("a", ["x\n", "y"]), {"cell_type": "markdown", "id": "b", "metadata": {}, "source": "B"}
    )
    ran = notebook(
        {**code("a", "x\ny", count=1), "metadata": {"papermill": {"duration": 1.2}, "tags": []}},
        {"cell_type": "markdown", "id": "b", "metadata": {"papermill": {}, "tags": []}, "source": "B"},
        papermill={"start_time": "now"},
        widgets={},
    )
    got = settled(master, ran)
    assert got["metadata"] == {}
    assert got["cells"][0] == {**master["cells"][0], "execution_count": 1}
    assert got["cells"][1] == master["cells"][1]
    assert master["cells"][0]["execution_count"] is None


def test_the_injected_cell_has_always_the_same_id():
    master = notebook(code("p", "x = 1", ["parameters"]), code("a", "x"))
    ran = notebook(
        code("p", "x = 1", ["parameters"], count=1),
        code("7f3a", "# Parameters\nx = 2\n", ["injected-parameters"], count=2),
        code("a", "x", count=3),
    )
    cells = settled(master, ran)["cells"]
    assert [c["id"] for c in cells] == ["p", "injected-parameters", "a"]
    assert cells[1]["source"] == "# Parameters\nx = 2\n"
    assert settled({**master, "cells": cells}, ran)["cells"] == cells


def test_streams_are_joined_addresses_and_widget_ids_are_gone():
    widget = {"application/vnd.jupyter.widget-view+json": {"model_id": "ab"}, "text/plain": "A form"}
    assert outputs_of(stream("a"), stream("b"), stream("c", "stderr"), stream("d")) == [
        stream("ab"),
        stream("c", "stderr"),
        stream("d"),
    ]
    assert outputs_of({"output_type": "display_data", "data": widget, "metadata": {}}) == [
        {"output_type": "display_data", "data": {"text/plain": "A form"}, "metadata": {}}
    ]
    only = {"application/vnd.jupyter.widget-view+json": {"model_id": "ab"}}
    assert outputs_of({"output_type": "display_data", "data": only, "metadata": {}}) == []
    result = {
        "output_type": "execute_result",
        "data": {"text/plain": "<Axes at 0x7f3a12cd>"},
        "metadata": {},
        "execution_count": 1,
    }
    assert outputs_of(result)[0]["data"] == {"text/plain": "<Axes at 0x…>"}


def test_a_failing_cell_is_counted_as_its_author_counts(tmp_path):
    master = notebook(
        code("p", "x = 1", ["parameters"]),
        code("ok", "print(x)"),
        code("p1", "raise ValueError('first line\\nsecond line')"),
        kernelspec={"name": "python3", "display_name": "Python 3", "language": "python"},
    )
    with pytest.raises(BadInput) as caught:
        PapermillRunner().run(master, {"x": 2}, str(tmp_path))
    assert caught.value.detail == "Cell 3 (p1) failed: ValueError: first line"
    assert (
        caught.value.next_step
        == "Run all cells of the master from the top, mend that cell, then build again."
    )


def test_a_kernel_that_is_not_installed(tmp_path):
    master = notebook(
        code("a", "1"), kernelspec={"name": "cobol", "display_name": "COBOL", "language": "cobol"}
    )
    with pytest.raises(BadInput) as caught:
        PapermillRunner().run(master, {}, str(tmp_path))
    assert caught.value.detail == "The notebook asks for the kernel cobol, which is not installed here."


def test_a_cell_that_takes_too_long(tmp_path):
    kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    master = notebook(code("a", "import time; time.sleep(30)"), kernelspec=kernelspec)
    with pytest.raises(BadInput) as caught:
        PapermillRunner(cell_timeout=1).run(master, {}, str(tmp_path))
    assert caught.value.code == "cell-too-slow"


def test_past_errors_every_cell_is_run_and_keeps_its_error(tmp_path):
    value = notebook(
        code("a", "1 / 0"),
        code("b", "2"),
        kernelspec={"name": "python3", "display_name": "", "language": "python"},
    )
    ran = PapermillRunner().run(value, {}, str(tmp_path), keep_going=True)
    assert [c["id"] for c in ran["cells"]] == ["a", "b"]
    assert [c["metadata"] for c in ran["cells"]] == [{}, {}]
    assert ran["cells"][0]["outputs"][0]["ename"] == "ZeroDivisionError"
    assert ran["cells"][1]["outputs"][0]["data"] == {"text/plain": "2"}


def test_a_failure_carries_its_cell_and_traceback(tmp_path):
    value = notebook(
        code("a", "x = 1\n1 / 0"), kernelspec={"name": "python3", "display_name": "", "language": "python"}
    )
    with pytest.raises(CellFailed) as caught:
        PapermillRunner().run(value, {}, str(tmp_path))
    assert (caught.value.cell_id, caught.value.said) == ("a", "ZeroDivisionError: division by zero")
    assert caught.value.traceback[-1] == "ZeroDivisionError: division by zero"
    copied = pickle.loads(pickle.dumps(caught.value))
    assert (copied.detail, copied.traceback) == (caught.value.detail, caught.value.traceback)
