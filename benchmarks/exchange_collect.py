"""`collect` of 1,000 submissions of 30 KB beside nbgrader's default collect, in the same run.

python benchmarks/exchange_collect.py [--json] [--runs 3] [--submissions 1000]

Both collect into an empty folder, from where a class has just handed in, and then once more with nothing new. Both
run in this process, with the gradebook made beforehand, so that no start of a command is counted.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from exchange import COURSE, MODULE, measure, notebook, ours, port_of, prepare, serve


def timed(deed: Callable[[], Any]) -> float:
    begun = time.perf_counter()
    deed()
    return time.perf_counter() - begun


def nbgrader_config(root: Path) -> Any:
    from traitlets.config import Config

    config = Config()
    config.CourseDirectory.course_id = COURSE
    config.CourseDirectory.root = str(root)
    config.CourseDirectory.assignment_id = MODULE
    config.Application.log_level = 50
    return config


def coursedir(config: Any) -> Any:
    from nbgrader.api import Gradebook
    from nbgrader.coursedir import CourseDirectory

    found = CourseDirectory(config=config)
    Gradebook(found.db_url, COURSE).close()
    return found


def quiet(collect: Any) -> Any:
    collect.log.setLevel(50)
    return collect


def by_nbgrader(folder: Path, count: int) -> tuple[float, float]:
    from nbgrader.exchange.default import ExchangeCollect

    inbound = folder / "exchange" / COURSE / "inbound"
    inbound.mkdir(parents=True)
    for n in range(count):
        one = inbound / f"learner{n}+{MODULE}+2026-11-20 10:00:00.{n:06d} UTC+{n:x}"
        one.mkdir()
        (one / f"{MODULE}.ipynb").write_bytes(notebook(n))
        (one / "timestamp.txt").write_text(f"2026-11-20 10:00:00.{n:06d} UTC")
    config = nbgrader_config(folder)
    config.Exchange.root = str(folder / "exchange")
    config.ExchangeCollect.check_owner = False
    where = coursedir(config)
    first = timed(lambda: quiet(ExchangeCollect(coursedir=where, config=config)).start())
    assert len(list((folder / "submitted").iterdir())) == count
    return first, timed(lambda: quiet(ExchangeCollect(coursedir=where, config=config)).start())


def by_coursekit(folder: Path, count: int) -> tuple[float, float]:
    from coursekit.nbgrader_exchange import ExchangeCollect
    from coursekit.services import enrol
    from coursekit.wire.api import MemberShape
    from coursekit.wiring.exchange import OPERATOR, open_exchange
    from coursekit.wiring.settings import storage

    data = {"COURSEKIT_DATA": str(folder / "data"), "COURSEKIT_RATES": "off"}
    tokens = prepare(folder / "data", data)
    os.environ.update(data)
    opened = open_exchange(storage())
    enrol.put_members(opened.exchange, OPERATOR, COURSE, [MemberShape(user="teacher", role="instructor")])
    token = opened.issue_token("teacher", timedelta(days=1))
    opened.ledger.close()
    with serve(data) as service:
        port = port_of(service)
        outcome = measure([port], ours(count, 1, tokens[:count]))
        assert outcome.failures == 0
        os.environ.update({"COURSEKIT_URL": f"http://127.0.0.1:{port}", "COURSEKIT_TOKEN": token})
        config = nbgrader_config(folder)
        where = coursedir(config)
        first = timed(lambda: quiet(ExchangeCollect(coursedir=where, config=config)).start())
        assert len(list((folder / "submitted").iterdir())) == count
        again = timed(lambda: quiet(ExchangeCollect(coursedir=where, config=config)).start())
    return first, again


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--submissions", type=int, default=1000)
    options = parser.parse_args()
    mine: list[tuple[float, float]] = []
    theirs: list[tuple[float, float]] = []
    for _ in range(options.runs):
        with tempfile.TemporaryDirectory(prefix="coursekit-collect-") as name:
            theirs.append(by_nbgrader(Path(name), options.submissions))
            shutil.rmtree(name)
            Path(name).mkdir()
            mine.append(by_coursekit(Path(name), options.submissions))
    found = [
        (label, statistics.median(m[i] for m in mine), statistics.median(t[i] for t in theirs))
        for i, label in enumerate(("first time", "nothing new"))
    ]
    if options.json:
        _, ours_, peer = found[0]
        result = {"name": "exchange_collect", "ours": ours_, "peer": peer, "ratio": peer / ours_}
        print(json.dumps({**result, "unit": "s", "runs": options.runs}))
        return
    print(f"{options.submissions} submissions{'coursekit':>16}{'nbgrader':>12}{'ratio':>10}")
    for label, m, t in found:
        print(f"{label:<16}{m:>14.3f} s{t:>10.3f} s{t / m:>8.1f} ×")
    print(f"Medians of {options.runs} runs.")


if __name__ == "__main__":
    main()
