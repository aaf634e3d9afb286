"""The calls of a notebook show, never raise, and touch the exchange only to commit."""

from __future__ import annotations

import inspect
import json
import subprocess
import sys
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import coursekit.prompts as ck
from coursekit.model.errors import CoursekitError
from coursekit.prompts import calls, session

ASKING = {
    "p1": ck.estimate,
    "p2": ck.decision,
    "p3": ck.reflection_status,
    "p4": ck.analysis_status,
    "p5": ck.confidence,
    "p6": ck.self_assessment,
    "p7": ck.plan,
}
GOOD = {"choice": "publish", "reason": "The number is real."}
WIDGET = "application/vnd.jupyter.widget-view+json"


def test_the_public_names_are_exactly_these() -> None:
    names = {
        "decision",
        "estimate",
        "confidence",
        "self_assessment",
        "plan",
        "reflection_status",
        "analysis_status",
        "commit",
        "reveal",
        "exhibit",
        "chart_style",
    }
    assert set(ck.__all__) == names
    public = {n for n, v in vars(ck).items() if not n.startswith("_") and not isinstance(v, types.ModuleType)}
    assert public == names
    assert all(inspect.getdoc(getattr(ck, name)) for name in names)


def test_importing_it_loads_nothing_heavy() -> None:
    heavy = "pydantic httpx matplotlib ipywidgets pandas nbformat sqlalchemy IPython"
    code = f"import sys, coursekit.prompts; print([m for m in '{heavy}'.split() if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("prompt", ASKING)
def test_each_call_shows_one_bundle_and_returns_nothing(desk: Any, prompt: str, capsys: Any) -> None:
    assert ASKING[prompt](prompt) is None
    assert len(desk.shown) == 1
    assert {WIDGET, "text/plain", "text/html"} == set(desk.shown[0])
    assert desk.connected == 0
    assert capsys.readouterr().err == ""


def test_the_saved_answer_stands_in_the_fallback(desk: Any) -> None:
    desk.workbook.save_response("p2", GOOD)
    ck.decision("p2")
    assert "The number is real." in desk.text
    assert "Saved, not committed yet." in desk.html


def test_a_committed_prompt_is_shown_read_only_with_receipt_and_reveal(desk: Any) -> None:
    desk.workbook.save_response("p2", GOOD)
    ck.commit("p2")
    desk.shown.clear()
    desk.workbook.save_response("p2", {"choice": "wait", "reason": "Changed my mind since."})
    ck.decision("p2")
    assert WIDGET not in desk.shown[0]
    assert "The number is real." in desk.text
    assert "Changed my mind" not in desk.text
    assert "Committed 2027-01-11 08:00:00 UTC, receipt " in desk.text
    assert desk.shown[1]["text/markdown"] == "**What happened:** 102."
    assert '<img alt="Bars:' in desk.html
    assert desk.connected == 1


def test_commit_prints_one_line_and_shows_what_it_opens(desk: Any, capsys: Any) -> None:
    desk.write("p3", "Three whole words.")
    assert ck.commit("p3") is None
    out, err = capsys.readouterr()
    assert out.startswith("Committed 2027-01-11 08:00:00 UTC")
    assert out.count("\n") == 1
    assert err == ""
    assert desk.shown[0]["text/markdown"] == "**What happened:** 102."


def test_committing_again_when_all_cells_run_again_asks_nobody(desk: Any, capsys: Any) -> None:
    desk.workbook.save_response("p2", GOOD)
    for _ in range(3):
        ck.commit("p2")
    assert desk.connected == 1
    assert capsys.readouterr().out.count("Committed 2027-01-11") == 3


def test_another_answer_is_kept_as_a_revision_and_the_first_stays(desk: Any, capsys: Any) -> None:
    desk.write("p3", "Three whole words.")
    ck.commit("p3")
    desk.write("p3", "Three better words.")
    ck.commit("p3")
    assert "Kept as revision 2" in capsys.readouterr().out
    assert desk.workbook.find_commitment("p3")[0] == {"text": "Three whole words."}


def test_a_sealed_answer_is_shown_even_when_the_cell_was_emptied(desk: Any) -> None:
    desk.write("p3", "Three whole words.")
    ck.commit("p3")
    desk.write("p3", "")
    desk.shown.clear()
    ck.commit("p3")
    assert desk.connected == 1
    assert "102" in desk.text


def test_a_refusal_is_a_sentence(desk: Any, refusal: CoursekitError) -> None:
    ck.commit("p3")
    assert "Write it, then commit again. Then save the notebook (Ctrl+S, or Cmd+S on a Mac)." in desk.text
    desk.write("p3", "Three whole words.")
    desk.exchange.problem = refusal
    desk.shown.clear()
    ck.commit("p3")
    assert desk.text == "The exchange says no. Ask again tomorrow."
    assert desk.workbook.find_commitment("p3") is None


@pytest.mark.parametrize("call", [*ASKING.values(), ck.commit, ck.reveal])
def test_a_folder_without_a_module_is_said_kindly(desk: Any, call: Callable[[str], None]) -> None:
    (desk.folder / "prompts.json").unlink()
    call("p2")
    assert "There is no module in this folder" in desk.text
    assert "Open the notebook in the folder" in desk.html


def test_a_wrong_call_names_the_right_one(desk: Any) -> None:
    ck.decision("p3")
    assert 'ck.reflection_status("p3")' in desk.text
    ck.decision("p99")
    assert "has no prompt p99" in desk.text


def test_a_damaged_responses_file_is_said_and_left_alone(desk: Any) -> None:
    (desk.folder / "responses.json").write_text("{half")
    ck.decision("p2")
    assert "responses.json" in desk.text
    assert (desk.folder / "responses.json").read_text() == "{half"


def test_hostile_names_in_a_refusal_are_escaped(desk: Any, hostile: str) -> None:
    ck.decision(hostile)
    assert "<script" not in desk.html
    assert "&lt;script&gt;" in desk.html


def test_a_reveal_says_what_opens_it(desk: Any) -> None:
    ck.reveal("p3")
    assert desk.text == "This opens when you commit your answer to “Why?” (p3)."
    desk.write("p3", "Three whole words.")
    ck.commit("p3")
    desk.shown.clear()
    ck.reveal("p3")
    assert desk.shown[0]["text/markdown"] == "**What happened:** 102."


def test_an_exhibit_is_a_path_or_a_hint(desk: Any) -> None:
    with pytest.raises(FileNotFoundError, match="may open after you commit") as caught:
        ck.exhibit("scores.csv")
    assert "none" in str(caught.value)
    (desk.folder / "exhibits").mkdir()
    (desk.folder / "exhibits/rooms.csv").write_text("a\n")
    with pytest.raises(FileNotFoundError, match=r"Here now: rooms\.csv"):
        ck.exhibit("scores.csv")
    path = ck.exhibit("rooms.csv")
    assert path == Path("exhibits/rooms.csv")
    assert path.read_text() == "a\n"


def test_without_ipython_the_text_is_printed(desk: Any, capsys: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    calls.show({"text/plain": "plain", "text/html": "<p>plain</p>"})
    assert capsys.readouterr().out == "plain\n"


def test_the_real_session_finds_the_folder(desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "current", session.Session())
    assert session.workbook().module == "spike-at-65"


def test_a_notebook_runs_to_its_end_in_a_real_kernel(
    tmp_path: Path, write_module: Callable[[Path], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    import nbformat
    import papermill

    write_module(tmp_path)
    kept = {"p1": {"value": 120, "reason": ""}, "p2": GOOD}
    (tmp_path / "responses.json").write_text(
        json.dumps({"schema": "coursekit.responses/1", "responses": kept})
    )
    sources = [
        "import coursekit.prompts as ck",
        # Whoever touches the network now ends the run.
        "import socket\n\n\ndef refuse(self, address):\n    raise SystemExit('the network was touched')\n\n\n"
        "socket.socket.connect = refuse",
        *(f'assert ck.{call.__name__}("{prompt}") is None' for prompt, call in ASKING.items()),
        'ck.reveal("p2")',
        'ck.commit("p1")',
        'ck.decision("p99")',
        "ck.chart_style()",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(s) for s in sources])
    answer = nbformat.v4.new_markdown_cell("Three whole words.", metadata={"nbgrader": {"grade_id": "p3"}})
    notebook.cells.append(answer)
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(notebook, tmp_path / "spike-at-65.ipynb")
    before = (tmp_path / "responses.json").read_bytes()
    for name in ("COURSEKIT_URL", "COURSEKIT_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "no-config"))
    out = papermill.execute_notebook(
        tmp_path / "spike-at-65.ipynb", None, cwd=str(tmp_path), progress_bar=False, kernel_name="python3"
    )
    outputs = [o for cell in out.cells if cell.cell_type == "code" for o in cell.outputs]
    assert [o for o in outputs if o.output_type == "error"] == []
    assert [o for o in outputs if o.output_type == "stream"] == []
    shown = [o["data"] for o in outputs if o.output_type == "display_data"]
    assert len(shown) == len(ASKING) + 3
    texts = "\n".join(data["text/plain"] for data in shown)
    assert "120 pupils" in texts
    assert "The number is real." in texts
    assert "Three whole words." in texts
    assert "You are not signed in to an exchange." in texts
    assert "has no prompt p99" in texts
    assert all("text/html" in data for data in shown)
    assert sum(WIDGET in data for data in shown) == len(ASKING)
    assert (tmp_path / "responses.json").read_bytes() == before
