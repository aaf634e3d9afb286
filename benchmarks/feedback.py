"""`coursekit feedback` beside `nbgrader generate_feedback`, on the same graded submissions of a reference module.

python benchmarks/feedback.py [--json] [--runs 3] [--submissions 100] [--flat 100,1000,2000]

Whole commands, from the shell's point of view; each begins without a feedback folder. Twenty submissions are made
of the module's exemplars and graded by `nbgrader autograde`; the rest are copies of the graded ones, in the folder
and in the gradebook. `--flat` goes on with more of them and says what each further learner costs.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections import defaultdict
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
COURSE, MODULE = "leading-innovation", "spike-at-65"
GRADED = 20
CONFIG = f"""\
from coursekit.nbgrader_exchange import configure; configure(get_config())

get_config().CourseDirectory.course_id = "{COURSE}"
"""


def run(folder: Path, *command: str) -> float:
    """A command of this installation, in that folder; how long it took."""
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    environment["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), environment["PATH"]])
    # Nobody is signed in: neither command talks to an exchange.
    environment |= {"HOME": str(folder), "XDG_CONFIG_HOME": str(folder / ".config")}
    environment.pop("COURSEKIT_TOKEN", None)
    begun = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    seconds = time.perf_counter() - begun
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")
    return seconds


def prepare(folder: Path) -> None:
    """A course with the first graded submissions."""
    for part in ("modules", "cases"):
        shutil.copytree(HERE.parent / part, folder / part)
    (folder / "nbgrader_config.py").write_text(CONFIG)
    run(folder, "nbgrader", "generate_assignment", MODULE)
    for number in range(GRADED):
        hand_in(folder, number)
    run(folder, "nbgrader", "autograde", MODULE)
    mark(folder / "gradebook.db")


def hand_in(folder: Path, number: int) -> None:
    """What a learner would have handed in: an exemplar for each prompt, another mixture for each number."""
    from coursekit.store.authored import read_exemplars

    by_prompt: dict[str, list[Any]] = defaultdict(list)
    for exemplar in read_exemplars(folder / "modules" / MODULE):
        by_prompt[exemplar.prompt].append(exemplar.response)
    chosen = {
        p: found[number * (i + 1) % len(found)] for i, (p, found) in enumerate(sorted(by_prompt.items()))
    }
    notebook = json.loads((folder / "release" / MODULE / f"{MODULE}.ipynb").read_bytes())
    for cell in notebook["cells"]:
        response = chosen.get(cell["metadata"].get("nbgrader", {}).get("grade_id"), {})
        cell["source"] = response.get("text") or response.get("code") or cell["source"]
    forms = {prompt: r for prompt, r in chosen.items() if not {"text", "code"} & set(r)}
    mine = folder / "submitted" / learner(number) / MODULE
    mine.mkdir(parents=True)
    (mine / f"{MODULE}.ipynb").write_text(json.dumps(notebook))
    (mine / "responses.json").write_text(json.dumps({"schema": "coursekit.responses/1", "responses": forms}))
    (mine / "timestamp.txt").write_text("2027-01-20 10:00:00.000000 UTC")


def learner(number: int) -> str:
    return f"learner{number:05d}"


def mark(gradebook: Path) -> None:
    """A grader's points and words on every second written answer."""
    with sqlite3.connect(gradebook) as db:
        db.execute(
            "UPDATE grade SET manual_score = 3, needs_manual_grade = 0 "
            "WHERE needs_manual_grade AND rowid % 2 = 0 AND auto_score IS NULL"
        )
        db.execute(
            "UPDATE comment SET manual_comment = 'Say **whose** numbers these are.' WHERE rowid % 2 = 0"
        )


def multiply(folder: Path, want: int) -> None:
    """Copies of the graded submissions, in the folder and in the gradebook, until there are so many."""
    have = len(list((folder / "autograded").iterdir()))
    with sqlite3.connect(folder / "gradebook.db") as db:
        for number in range(have, want):
            like, new = learner(number % GRADED), learner(number)
            shutil.copytree(folder / "autograded" / like, folder / "autograded" / new)
            copy(db, "student", f"id = '{like}'", id=new)
            for (old,) in db.execute(
                f"SELECT id FROM submitted_assignment WHERE student_id = '{like}'"
            ).fetchall():
                theirs = copy(db, "submitted_assignment", f"id = '{old}'", student_id=new)
                for (book,) in db.execute(
                    f"SELECT id FROM submitted_notebook WHERE assignment_id = '{old}'"
                ).fetchall():
                    mine = copy(db, "submitted_notebook", f"id = '{book}'", assignment_id=theirs)
                    copy(db, "grade", f"notebook_id = '{book}'", notebook_id=mine)
                    copy(db, "comment", f"notebook_id = '{book}'", notebook_id=mine)


def copy(db: sqlite3.Connection, table: str, where: str, **other: str) -> str:
    """Rows once more, under new ids and with other values; the last new id."""
    found = db.execute(f"SELECT * FROM {table} WHERE {where}")
    names = [column[0] for column in found.description]
    rows = [dict(zip(names, row, strict=True)) | {"id": uuid.uuid4().hex} | other for row in found]
    places = ", ".join(f":{name}" for name in names)
    db.executemany(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({places})", rows)
    return str(rows[-1]["id"])


def timed(folder: Path, *command: str) -> float:
    shutil.rmtree(folder / "feedback", ignore_errors=True)
    return run(folder, *command)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--submissions", type=int, default=100)
    parser.add_argument("--flat", default="100,1000,2000", help="numbers of learners, from the smallest on")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="coursekit-feedback-") as name:
        folder = Path(name)
        prepare(folder)
        multiply(folder, options.submissions)
        ours, theirs = ("coursekit", "feedback", MODULE), ("nbgrader", "generate_feedback", MODULE)
        timed(folder, *ours)  # the first run compiles
        pairs = [(timed(folder, *ours), timed(folder, *theirs)) for _ in range(options.runs)]
        again = statistics.median(run(folder, *ours) for _ in range(options.runs))
        flat = {}
        for many in (int(number) for number in options.flat.split(",") if number):
            multiply(folder, many)
            flat[many] = statistics.median(timed(folder, *ours) for _ in range(options.runs))
    mine, peer = (statistics.median(column) for column in zip(*pairs, strict=True))
    ratio = statistics.median(t / m for m, t in pairs)
    if options.json:
        result = {"name": "feedback", "ours": mine, "peer": peer, "ratio": ratio, "unit": "s"}
        print(json.dumps({**result, "runs": options.runs}))
        return
    print(f"{options.submissions} graded submissions, whole commands, medians of {options.runs} runs")
    print(f"{'coursekit feedback':<30}{mine:8.3f} s")
    print(f"{'nbgrader generate_feedback':<30}{peer:8.3f} s")
    print(f"{'ratio, by pairs':<30}{ratio:8.1f} ×")
    print(f"{'coursekit, nothing new':<30}{again:8.3f} s")
    fewer = None
    for many, seconds in flat.items():
        more = ""
        if fewer is not None:
            each = (seconds - fewer[1]) / (many - fewer[0])
            more = f"{1000 * each:10.2f} ms for each further one"
        print(f"{f'coursekit, {many} learners':<30}{seconds:8.3f} s{more}")
        fewer = many, seconds


if __name__ == "__main__":
    main()
