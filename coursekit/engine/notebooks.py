"""An author's notebook executed from top to bottom by papermill, the same bytes each time."""

from __future__ import annotations

import copy
import json
import logging
import re
import tempfile
from collections.abc import Mapping, Sequence
from typing import Any

from coursekit.lint.running import plain_lines
from coursekit.model.errors import BadInput, CellFailed

INJECTED = "injected-parameters"

_WIDGET = "application/vnd.jupyter.widget-view+json"
# <Axes at 0x7f3a…>: where Python put an object is chance.
_ADDRESS = re.compile(r"\bat 0x[0-9a-fA-F]{6,}")
_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
# A kernel that is stopped after a failed cell says so on our standard error.
_QUIET = ["--IPKernelApp.log_level=50"]
_MEND = "Run all cells of the master from the top, mend that cell, then build again."


class PapermillRunner:
    """Executes with papermill, in a fresh kernel."""

    def __init__(self, cell_timeout: int = 300, start_timeout: int = 120) -> None:
        """Seconds that one cell and the kernel's start may take."""
        self._cell_timeout = cell_timeout
        self._start_timeout = start_timeout

    def run(
        self,
        notebook: Mapping[str, object],
        parameters: Mapping[str, object],
        folder: str,
        *,
        keep_going: bool = False,
    ) -> dict[str, object]:
        """The notebook with its outputs, and with a cell for the parameters where there are any.

        Raises CellFailed, naming the cell, when one fails; with `keep_going` the next one is run instead.
        """
        # papermill and nbformat take more than a second to import.
        import nbformat
        from jupyter_client.kernelspec import NoSuchKernel
        from nbclient.exceptions import CellTimeoutError, DeadKernelError
        from papermill.exceptions import PapermillExecutionError
        from papermill.log import logger

        quiet = logger.level
        # It warns of parameters that one notebook of the course does not use, which is how courses are.
        logger.setLevel(logging.ERROR)
        try:
            given = nbformat.reads(json.dumps(notebook), as_version=4)
            # Sockets in a folder of our own: kernels cannot take each other's port, and nobody listens in.
            with tempfile.TemporaryDirectory(prefix="ck-") as sockets:
                run = self._run_on if keep_going else self._run
                executed = run(given, dict(parameters), folder, f"{sockets}/k")
        except PapermillExecutionError as error:
            said = f"{error.ename}: {error.evalue}" if error.evalue else str(error.ename)
            raise _failed(notebook, bool(parameters), error.cell_index, said, error.traceback) from None
        except CellTimeoutError:
            raise BadInput(
                "cell-too-slow",
                f"A cell took longer than {self._cell_timeout} seconds.",
                "Make it quicker: prepare the data beforehand and put it into the case's exhibits.",
            ) from None
        except DeadKernelError:
            raise BadInput("kernel-died", "The kernel died while it ran the notebook.", _MEND) from None
        except NoSuchKernel as error:
            raise BadInput(
                "no-such-kernel",
                f"The notebook asks for the kernel {error.name}, which is not installed here.",
                "Choose the kernel python3 in JupyterLab and save the notebook, or install that kernel.",
            ) from None
        finally:
            logger.setLevel(quiet)
        return settled(notebook, json.loads(nbformat.writes(executed)))

    def _run(self, given: Any, parameters: dict[str, object], folder: str, socket: str) -> Any:
        from papermill import execute_notebook

        return execute_notebook(
            given,
            None,
            parameters=parameters or None,
            cwd=folder,
            progress_bar=False,
            start_timeout=self._start_timeout,
            execution_timeout=self._cell_timeout,
            extra_arguments=_QUIET,
            config=_on(socket),
        )

    def _run_on(self, given: Any, parameters: dict[str, object], folder: str, socket: str) -> Any:
        """Past errors. papermill throws away what it ran when a cell fails; what it runs it with does not."""
        from nbclient import NotebookClient

        if parameters:
            raise ValueError("what is run past its errors has its parameters already")
        client = NotebookClient(
            given,
            allow_errors=True,
            timeout=self._cell_timeout,
            startup_timeout=self._start_timeout,
            resources={"metadata": {"path": folder}},
            extra_arguments=_QUIET,
            config=_on(socket),
        )
        return client.execute()


def _on(socket: str) -> Any:
    from traitlets.config import Config

    return Config({"KernelManager": {"transport": "ipc", "ip": socket}})


def settled(master: Mapping[str, Any], executed: Mapping[str, Any]) -> dict[str, Any]:
    """The master with the outputs of its execution, and nothing that changes from one run to the next.

    Built on the master, so that papermill's time stamps and tags have nowhere to come from.
    """
    settled_notebook: dict[str, Any] = copy.deepcopy(dict(master))
    run = list(executed["cells"])
    cells: list[dict[str, Any]] = []
    for cell in settled_notebook["cells"]:
        while run and INJECTED in run[0].get("metadata", {}).get("tags", []) and not _is_injected(cell):
            cells.append(_injected(run.pop(0)))
        ran = run.pop(0)
        if _is_injected(cell):
            cell = _injected(ran)
        elif cell["cell_type"] == "code":
            cell["outputs"] = _outputs(ran.get("outputs", []))
            cell["execution_count"] = ran.get("execution_count")
        cells.append(cell)
    settled_notebook["cells"] = cells
    return settled_notebook


def _is_injected(cell: Mapping[str, Any]) -> bool:
    return INJECTED in cell.get("metadata", {}).get("tags", [])


def _injected(cell: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "execution_count": cell.get("execution_count"),
        # papermill draws a new id each time.
        "id": INJECTED,
        "metadata": {"tags": [INJECTED]},
        "outputs": [],
        "source": _text(cell["source"]),
    }


def _outputs(outputs: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    kept: list[dict[str, Any]] = []
    for output in outputs:
        mine = copy.deepcopy(dict(output))
        if mine["output_type"] == "stream":
            mine["text"] = _ADDRESS.sub("at 0x…", _text(mine["text"]))
            # When the kernel flushes is chance as well.
            if kept and kept[-1]["output_type"] == "stream" and kept[-1]["name"] == mine["name"]:
                kept[-1]["text"] += mine["text"]
                continue
        if isinstance(mine.get("data"), dict):
            # A widget's id means nothing without the kernel that drew it.
            mine["data"].pop(_WIDGET, None)
            if not mine["data"]:
                continue
            for kind in ("text/plain", "text/html"):
                if kind in mine["data"]:
                    mine["data"][kind] = _ADDRESS.sub("at 0x…", _text(mine["data"][kind]))
        mine.pop("transient", None)
        if "execution_count" in mine and mine["output_type"] != "execute_result":
            del mine["execution_count"]
        kept.append(mine)
    return kept


def _text(value: str | list[str]) -> str:
    return value if isinstance(value, str) else "".join(value)


def _failed(
    notebook: Mapping[str, Any], parameters: bool, index: int, said: str, traceback: Sequence[str]
) -> CellFailed:
    """The error of a cell that failed, counted as its author counts."""
    said, lines = _first_line(said), plain_lines(traceback)
    cells: Sequence[Mapping[str, Any]] = notebook["cells"]
    tagged = [i for i, c in enumerate(cells) if "parameters" in c.get("metadata", {}).get("tags", [])]
    if parameters and not any(_is_injected(c) for c in cells):
        at = tagged[0] + 1 if tagged else 0
        if index == at:
            return CellFailed("cell-failed", f"The parameters cannot be set: {said}", _MEND, "", said, lines)
        index -= index > at
    cell_id = cells[index].get("id", "")
    detail = f"Cell {index + 1} ({cell_id}) failed: {said}"
    return CellFailed("cell-failed", detail, _MEND, cell_id, said, lines)


def _first_line(said: str) -> str:
    lines = [line.strip() for line in _ANSI.sub("", said).splitlines() if line.strip()]
    # A message of several lines says what happened first; what follows is detail.
    return lines[0] if lines else "no reason was given."
