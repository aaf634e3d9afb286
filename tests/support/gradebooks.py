"""New gradebooks without a process each: nbgrader asks the program `alembic` for its newest revision every time.

The answer is a constant of the nbgrader that is installed, and the asking takes two seconds. Here the same library
gives it in this process; tests/unit/store/test_marks.py compares it with what the program says.
"""

from __future__ import annotations

import functools
import importlib
from pathlib import Path


@functools.cache
def newest_revision() -> str:
    """What `alembic heads` says of nbgrader's own steps."""
    from alembic.script import ScriptDirectory

    api = importlib.import_module("nbgrader.api")
    head = ScriptDirectory(str(Path(str(api.__file__)).parent / "alembic")).get_current_head()
    assert head is not None
    return head


def begin_quickly() -> None:
    """From now on in this process."""
    importlib.import_module("nbgrader.api").get_alembic_version = newest_revision
