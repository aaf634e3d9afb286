"""Several processes that are all the first to open an exchange's folder."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

_OPEN = """
import sys, time
from pathlib import Path
from coursekit.model.ids import CourseId, UserId
from coursekit.model.people import Member, Role
from coursekit.store.ledger import open_sqlite
sys.stdin.readline()
with open_sqlite(Path(sys.argv[1])).write(CourseId("c")) as deed:
    deed.put_member(Member(CourseId("c"), UserId(sys.argv[2]), Role.LEARNER))
"""


def test_all_of_them_get_in(tmp_path: Path) -> None:
    path = tmp_path / "data" / "ledger.sqlite"
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", _OPEN, str(path), f"user{n}"],
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for n in range(6)
    ]
    # Imports take longer than the race: all wait at the line, then go together.
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    said = [process.communicate(timeout=60)[1] for process in processes]
    assert [p.returncode for p in processes] == [0] * 6, said
