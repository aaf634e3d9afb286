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
        "pointers",
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
    ck.decision("p2")
    card, story, chart, below = desk.shown
    # What is sealed needs no kernel to be read; only the way to a revision does.
    assert not any(WIDGET in data for data in (card, story, chart))
    assert "The number is real." in card["text/html"]
    assert "Committed 2027-01-11 08:00:00 UTC, receipt " in card["text/plain"]
    assert story["text/markdown"] == "**What happened:** 102."
    assert '<img alt="Bars:' in chart["text/html"]
    assert WIDGET in below
    assert "To add a revision" in below["text/html"]
    assert desk.connected == 1


def test_running_everything_again_commits_no_revision(desk: Any, capsys: Any) -> None:
    desk.workbook.save_response("p2", GOOD)
    desk.write("p3", "Three whole words.")
    for prompt in ("p2", "p3"):
        ck.commit(prompt)
    later = {"choice": "wait", "reason": "Changed my mind since."}
    desk.workbook.save_response("p2", later)
    desk.write("p3", "Three better words.")
    desk.shown.clear()
    for _ in range(2):
        ck.decision("p2")
        ck.reflection_status("p3")
        ck.commit("p2")
        ck.commit("p3")
    assert desk.exchange.asked == ["p2", "p3"]
    assert "The number is real." in desk.shown[0]["text/html"]
    assert "Changed my mind" not in desk.shown[0]["text/html"]
    below = desk.shown[3]
    assert WIDGET in below
    assert "Changed my mind" in below["text/html"]
    assert "Changed my mind" in below["text/plain"]
    assert 'ck.commit("p2", revision=True)' in capsys.readouterr().out
    assert desk.saved("p2") == later


@pytest.mark.parametrize("prompt", ASKING)
def test_a_grader_sees_the_saved_answer_and_no_widget(desk: Any, prompt: str) -> None:
    desk.grading = True
    answers: dict[str, tuple[dict[str, Any], str]] = {
        "p1": ({"value": 120, "reason": "A guess."}, "120 pupils"),
        "p2": (GOOD, "Publish the letter"),
        "p5": ({"level": 3}, "sure (3 of 3)"),
        "p6": ({"levels": {"listening": 2, "data": 1}}, "half sure (2 of 3)"),
        "p7": ({"fields": {"aim": "Tell the parents", "when": "Soon"}}, "Tell the parents"),
    }
    expected = "Three whole words"
    if prompt in answers:
        response, expected = answers[prompt]
        desk.workbook.save_response(prompt, response)
    else:
        desk.write(prompt, "Three whole words")
    ASKING[prompt](prompt)
    ck.commit(prompt)
    for data in desk.shown:
        assert set(data) == {"text/plain", "text/html"}
        assert expected in data["text/plain"]
        assert expected in data["text/html"]
        assert "<button" not in data["text/html"]
        assert "<style" not in data["text/html"]
    assert len(desk.shown) == 2
    assert desk.connected == 0


@pytest.mark.parametrize("prompt", ASKING)
def test_a_grader_sees_that_nothing_was_answered(desk: Any, prompt: str) -> None:
    desk.grading = True
    ASKING[prompt](prompt)
    assert set(desk.shown[0]) == {"text/plain", "text/html"}
    assert "Not answered yet." in desk.text


@pytest.mark.parametrize(("said", "grading"), [("autograde", True), ("validate", False), (None, False)])
def test_grading_is_told_by_nbgraders_own_word(
    monkeypatch: pytest.MonkeyPatch, said: str | None, grading: bool
) -> None:
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    if said:
        monkeypatch.setenv("NBGRADER_EXECUTION", said)
    assert session.Session().is_grading() is grading


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
    for _ in range(2):
        ck.commit("p3", revision=True)
    assert capsys.readouterr().out.count("Kept as revision 2 beside your answer.") == 1
    assert desk.workbook.find_commitment("p3")[0] == {"text": "Three whole words."}
    assert desk.exchange.kept["p3"] == [{"text": "Three whole words."}, {"text": "Three better words."}]


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
    assert "Write it, then commit. Then save the notebook (Ctrl+S, or Cmd+S on a Mac)." in desk.text
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
    assert "You are not signed in to the exchange at " in texts
    assert "has no prompt p99" in texts
    assert all("text/html" in data for data in shown)
    assert sum(WIDGET in data for data in shown) == len(ASKING)
    assert (tmp_path / "responses.json").read_bytes() == before
