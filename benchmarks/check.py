"""`coursekit check` on a course of forty modules, beside nbformat reading and validating the same notebooks.

python benchmarks/check.py [--json] [--runs 5] [--modules 40]

Whole processes, in turn. The modules are copies of the reference modules, each with its notebook, its rubrics and
exemplars, and its case. Cold: nothing is kept of an earlier check. Warm: nothing has changed since. One changed: a
word in one of the notebooks. The peer opens the notebooks with `nbformat.read` and holds them to their schema with
`nbformat.validate`, as JupyterLab and nbgrader do; it reads no rubric and no exemplar, and knows nothing of
prompts. It is the least that any tool on nbformat takes.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
PEER = """\
import sys, nbformat
for path in sys.argv[1:]:
    nbformat.validate(nbformat.read(path, as_version=4))
"""


def prepare(folder: Path, count: int) -> list[Path]:
    """A course of that many modules; gives their notebooks."""
    shutil.copytree(ROOT / "cases", folder / "cases")
    course = yaml.safe_load((ROOT / "modules" / "course.yml").read_text(encoding="utf-8"))
    originals, notebooks = course["modules"], []
    course["modules"] = []
    for number in range(count):
        # Copies of one module stand together, and so its part does.
        original = originals[number * len(originals) // count]
        name = f"{original['id']}-{number:02}"
        target = folder / "modules" / name
        target.mkdir(parents=True)
        for file in ("rubrics.yml", "exemplars.yml"):
            shutil.copy(ROOT / "modules" / original["id"] / file, target / file)
        notebooks.append(target / f"{name}.ipynb")
        shutil.copy(ROOT / "modules" / original["id"] / f"{original['id']}.ipynb", notebooks[-1])
        course["modules"].append({**original, "id": name})
    (folder / "modules" / "course.yml").write_text(
        yaml.safe_dump(course, allow_unicode=True), encoding="utf-8"
    )
    return notebooks


def seconds(*command: str) -> float:
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, *command], env=environment, capture_output=True, text=True, check=False
    )
    taken = time.perf_counter() - start
    if done.returncode:
        raise SystemExit(done.stdout + done.stderr)
    return taken


def one_run(folder: Path, notebooks: list[Path]) -> dict[str, float]:
    shutil.rmtree(folder / "modules" / ".coursekit", ignore_errors=True)
    check = ("-m", "coursekit", "check", str(folder))
    found = {"cold": seconds(*check), "warm": seconds(*check)}
    text = notebooks[0].read_text(encoding="utf-8")
    notebooks[0].write_text(text.replace("the", "The", 1), encoding="utf-8")
    found["one changed"] = seconds(*check)
    notebooks[0].write_text(text, encoding="utf-8")
    found["peer"] = seconds("-c", PEER, *map(str, notebooks))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--modules", type=int, default=40)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        notebooks = prepare(folder, options.modules)
        one_run(folder, notebooks)  # the first run compiles
        runs = [one_run(folder, notebooks) for _ in range(options.runs)]
    median = {kind: statistics.median(run[kind] for run in runs) for kind in runs[0]}
    ratio = statistics.median(run["peer"] / run["cold"] for run in runs)
    if options.json:
        result = {
            "name": "check",
            "ours": median["cold"],
            "peer": median["peer"],
            "ratio": ratio,
            "unit": "s",
        }
        more = {"warm": median["warm"], "one_changed": median["one changed"]}
        print(json.dumps({**result, **more, "modules": options.modules, "runs": options.runs}))
        return
    for kind in ("cold", "one changed", "warm"):
        print(f"{f'coursekit check, {kind}':<34}{median[kind]:8.3f} s")
    print(f"{'nbformat, read and validate':<34}{median['peer']:8.3f} s")
    print(f"{'ratio to cold, by runs':<34}{ratio:8.1f} ×   median of {options.runs} runs")


if __name__ == "__main__":
    main()
