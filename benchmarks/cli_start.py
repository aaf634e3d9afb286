"""How long `coursekit --help` takes beside `nbgrader --help`: medians of paired runs, whole processes.

python benchmarks/cli_start.py [--json] [--runs 7]
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time


def _seconds(module: str) -> float:
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    start = time.perf_counter()
    subprocess.run([sys.executable, "-m", module, "--help"], env=environment, capture_output=True, check=True)
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--runs", type=int, default=7)
    options = parser.parse_args()
    _seconds("coursekit"), _seconds("nbgrader")  # the first run compiles
    pairs = [(_seconds("coursekit"), _seconds("nbgrader")) for _ in range(options.runs)]
    ours, peer = (statistics.median(column) for column in zip(*pairs, strict=True))
    ratio = statistics.median(theirs / mine for mine, theirs in pairs)
    if options.json:
        result = {"name": "cli_start", "ours": ours, "peer": peer, "ratio": ratio}
        print(json.dumps({**result, "unit": "s", "runs": options.runs}))
        return
    print(f"{'coursekit --help':<22}{ours:8.3f} s")
    print(f"{'nbgrader --help':<22}{peer:8.3f} s")
    print(f"{'ratio, by pairs':<22}{ratio:8.1f} ×   median of {options.runs} runs")


if __name__ == "__main__":
    main()
