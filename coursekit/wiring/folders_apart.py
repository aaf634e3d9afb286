"""Where nbgrader keeps a course, found out in a process of its own.

A configuration file may do anything, and is read standing in its folder: a server that others work in must neither
run it nor move.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from coursekit.model.errors import BadInput, CoursekitError
from coursekit.wiring.nbgrader_config import CourseFolders, read_folders

_PATIENCE = 60
"""Seconds that a configuration may take."""


def read_apart(here: Path) -> CourseFolders:
    """As `read_folders`. Raises BadInput when the configuration cannot be read."""
    try:
        ran = subprocess.run(
            [sys.executable, "-m", __name__, str(here)],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_PATIENCE,
            check=False,
        )
        value: dict[str, Any] = json.loads(ran.stdout)
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        raise BadInput(
            "nbgrader-config",
            f"nbgrader's configuration in {here} cannot be loaded.",
            "Mend nbgrader_config.py; `coursekit doctor` says more.",
        ) from error
    if "code" in value:
        raise BadInput(value["code"], value["detail"], value["next_step"])
    value["root"], value["excluded"] = Path(value["root"]), frozenset(value["excluded"])
    return CourseFolders(**value)


def main(here: Path) -> None:
    """Print the folders, or what is wrong, as one line of JSON."""
    try:
        folders = read_folders(here)
    except CoursekitError as error:
        value: dict[str, Any] = {"code": error.code, "detail": error.detail, "next_step": error.next_step}
    else:
        value = asdict(folders) | {"root": str(folders.root), "excluded": sorted(folders.excluded)}
    sys.stdout.write(json.dumps(value))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
