"""`coursekit check --run` and `coursekit build` on the reference course, beside papermill run by hand.

python benchmarks/check_run.py [--json] [--runs 3]

Whole commands on a copy of this repository's course, in turn: how long they took, and what processor time they and
their kernels used, which travels better from a machine that others share. Cold: nothing is kept of an earlier run.
Warm: nothing has changed since. One changed: a word in one notebook. Build after it: what `check --run` executed is
taken up. The peer is the `papermill` command for one notebook after another, each executed once with the course's
parameters, and held to nothing. `check --run` executes each up to four times: the author's twice, the learners'
version with the answers and without.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent


def prepare(folder: Path) -> list[Path]:
    """A course of one's own; gives its notebooks."""
    for part in ("modules", "cases"):
        shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns(".coursekit"))
    course = yaml.safe_load((folder / "modules" / "course.yml").read_text(encoding="utf-8"))
    return [folder / "modules" / m["id"] / f"{m['id']}.ipynb" for m in course["modules"]]


def forget(folder: Path) -> None:
    """Take away whatever was kept, but for the exhibits and prompts that cells read."""
    for kept in (folder / "modules").rglob(".coursekit"):
        shutil.rmtree(kept)


Taken = tuple[float, float]
"""Seconds on the clock, and of the processor."""


def used() -> float:
    of_all = resource.getrusage(resource.RUSAGE_CHILDREN)
    return of_all.ru_utime + of_all.ru_stime


def seconds(folder: Path, *command: str) -> Taken:
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPATH"] = str(ROOT)
    start, before = time.perf_counter(), used()
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    taken = time.perf_counter() - start, used() - before
    if done.returncode:
        raise SystemExit(done.stdout + done.stderr)
    return taken


def peer(folder: Path, notebooks: list[Path]) -> Taken:
    """papermill's own command, one notebook after another."""
    course = yaml.safe_load((folder / "modules" / "course.yml").read_text(encoding="utf-8"))
    own = {m["id"]: m.get("parameters", {}) for m in course["modules"]}
    taken = (0.0, 0.0)
    with tempfile.TemporaryDirectory() as out:
        for notebook in notebooks:
            cells = json.loads(notebook.read_bytes())["cells"]
            takes = any("parameters" in c["metadata"].get("tags", ()) for c in cells)
            given = {**course.get("parameters", {}), **own[notebook.stem]} if takes else {}
            options = [word for name, value in given.items() for word in ("-p", name, str(value))]
            target = str(Path(out, notebook.name))
            command = ("papermill", str(notebook), target, "--cwd", str(notebook.parent), *options)
            clock, processor = seconds(folder, *command)
            taken = (taken[0] + clock, taken[1] + processor)
    return taken


def one_run(folder: Path, notebooks: list[Path]) -> dict[str, Taken]:
    check = ("coursekit", "check", "--run")
    forget(folder)
    found = {"check --run, cold": seconds(folder, *check)}
    found["check --run, warm"] = seconds(folder, *check)
    found["build after it"] = seconds(folder, "coursekit", "build")
    text = notebooks[0].read_text(encoding="utf-8")
    notebooks[0].write_text(text.replace("the", "The", 1), encoding="utf-8")
    found["check --run, one changed"] = seconds(folder, *check)
    notebooks[0].write_text(text, encoding="utf-8")
    forget(folder)
    found["build, cold"] = seconds(folder, "coursekit", "build")
    found["build, warm"] = seconds(folder, "coursekit", "build")
    found["papermill"] = peer(folder, notebooks)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        notebooks = prepare(folder)
        # The first build compiles, and lays out what the peer's cells read.
        seconds(folder, "coursekit", "build")
        runs = [one_run(folder, notebooks) for _ in range(options.runs)]
    clock = {kind: statistics.median(run[kind][0] for run in runs) for kind in runs[0]}
    processor = {kind: statistics.median(run[kind][1] for run in runs) for kind in runs[0]}
    ratio = statistics.median(run["papermill"][0] / run["check --run, cold"][0] for run in runs)
    if options.json:
        named = {kind.replace(",", "").replace("--", "").replace(" ", "_"): s for kind, s in clock.items()}
        result = {"name": "check_run", "ours": clock["check --run, cold"], "peer": clock["papermill"]}
        more = {"ratio": ratio, "unit": "s", "modules": len(notebooks), "runs": options.runs}
        print(json.dumps({**result, **more, **named, "processor": processor}))
        return
    print(f"{len(notebooks)} modules, medians of {options.runs} runs{'taken':>18}{'processor':>14}")
    for kind, taken in clock.items():
        told = "coursekit " if kind != "papermill" else ""
        print(f"{told + kind:<40}{taken:8.2f} s{processor[kind]:12.2f} s")
    print(f"{'papermill beside check --run, cold':<40}{ratio:8.2f} ×")


if __name__ == "__main__":
    main()
