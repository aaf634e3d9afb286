"""What learners get in a solution's place: nbgrader's own stubs, put there by nbgrader's own preprocessor."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from coursekit.model.errors import BadInput


class NbgraderStubs:
    """ClearSolutions, as the course's nbgrader_config.py sets it up."""

    def __init__(self, config: Any) -> None:
        """`config`: a traitlets Config."""
        self._config = config

    def __call__(self, notebook: Mapping[str, Any]) -> dict[str, Any]:
        """The notebook without its solutions, its hidden tests still there. Raises BadInput in nbgrader's words."""
        # nbgrader takes seconds to import.
        import nbformat
        from nbgrader.preprocessors import ClearSolutions

        given = nbformat.reads(json.dumps(notebook), as_version=4)
        try:
            cleared, _ = ClearSolutions(config=self._config).preprocess(given, {})
        except (RuntimeError, ValueError) as error:
            raise BadInput(
                "no-stubs",
                f"nbgrader cannot take the solutions out: {error}.",
                "Mend the marks around the solutions, or ClearSolutions in nbgrader_config.py.",
            ) from error
        stubs: dict[str, Any] = json.loads(nbformat.writes(cleared))
        return stubs
