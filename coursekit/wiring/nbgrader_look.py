"""nbgrader's configuration as its commands in this folder load it, as one line of JSON.

Run in a process of its own: a configuration file may do anything, and nbgrader takes seconds to import.
"""

from __future__ import annotations

import contextlib
import io
import json
import sys

from coursekit.policy.diagnosis import VERBS


def main() -> None:
    """Print `{"problem", "files", "course", "verbs"}`."""
    seen: dict[str, object] = {"problem": "", "files": [], "course": "", "verbs": {}}
    said = io.StringIO()
    # What a configuration file prints must not stand between us and our answer.
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        try:
            seen.update(_look())
        except BaseException as error:
            seen["problem"] = " ".join(f"{type(error).__name__}: {error}".split())[:300]
    sys.stdout.write(json.dumps(seen))


def _look() -> dict[str, object]:
    from nbgrader.apps import NbGrader
    from nbgrader.coursedir import CourseDirectory
    from nbgrader.exchange import ExchangeFactory

    # A file that fails is otherwise logged and passed over, and nbgrader goes on without it.
    app = NbGrader(raise_config_file_errors=True)
    app.load_config_file()
    factory = ExchangeFactory(config=app.config)
    course = CourseDirectory(config=app.config)
    return {
        "files": [str(path) for path in app.loaded_config_files],
        "course": course.course_id,
        "verbs": {verb: getattr(factory, verb).__module__ for verb in VERBS},
    }


if __name__ == "__main__":
    main()
