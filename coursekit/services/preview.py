"""Preview a module: what a learner would get of it just now, and what stands in the way."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from coursekit.model.errors import CoursekitError
from coursekit.model.prompt import Prompt, Response
from coursekit.policy.preview import code_of, stand_in_answer, with_outputs_of
from coursekit.ports import Runner, Workbook


class Remembering:
    """Runs a notebook only when something has changed that its outputs depend on.

    An author who mends a sentence sees it at once; a kernel takes seconds. prompts.json is no such thing: only the
    forms read it, and the lab draws forms itself.
    """

    def __init__(self, runner: Runner, digest: Callable[[str], str]) -> None:
        """`digest`: of all that lies in a folder beside the notebook and its prompts.json."""
        self._runner, self._digest = runner, digest
        self._known: tuple[object, dict[str, Any]] | None = None
        self.ran = False
        """Whether the last one was run indeed."""

    def run(
        self,
        notebook: Mapping[str, object],
        parameters: Mapping[str, object],
        folder: str,
        *,
        keep_going: bool = False,
    ) -> dict[str, object]:
        """As every runner does. Raises CellFailed when a cell fails. What was to go on over errors is not kept."""
        if keep_going:
            return self._runner.run(notebook, parameters, folder, keep_going=True)
        code = code_of(notebook)
        key = (code, repr(sorted(parameters.items())), self._digest(folder), notebook.get("metadata"))
        self.ran = code is None or self._known is None or self._known[0] != key
        if not self.ran and self._known is not None:
            return with_outputs_of(notebook, self._known[1])
        executed = self._runner.run(notebook, parameters, folder)
        self._known = (key, executed)
        return executed


def open_all(
    workbook: Workbook,
    who: str,
    write: Callable[[Prompt, Response], None],
    commit: Callable[[Prompt], object],
) -> list[tuple[str, CoursekitError]]:
    """Commit a stand-in answer to every prompt, so that all reveals are open; gives what could not be, and why."""
    refused: list[tuple[str, CoursekitError]] = []
    for prompt in workbook.prompts:
        try:
            write(prompt, stand_in_answer(prompt, who))
            commit(prompt)
        except CoursekitError as error:
            refused.append((prompt.id, error))
    return refused
