"""A learner's path and the staff's list in a large exchange, beside nbgrader's list in the same run.

python benchmarks/exchange_list.py [--json] [--learners 1000,10000,100000] [--requests 500]

Each learner has twenty modules with three submissions each. The path is asked for over HTTP, of learners drawn at
random, one after another. nbgrader lists an inbound folder of 4,000 submissions; its time grows with their number.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import load

from exchange import notebook, port_of, serve

COURSE = "large"
MODULES = 20
EACH = 3
NBGRADER_SUBMISSIONS = 4000
BEGIN = datetime(2026, 9, 1, tzinfo=UTC)


def fill(data: Path, learners: int) -> tuple[list[str], str]:
    """A course in its last week, written straight into the tables; some learners' tokens, and the teacher's."""
    os.environ["COURSEKIT_DATA"] = str(data)
    from coursekit.model.course import Course, Module
    from coursekit.model.ids import CourseId, ModuleId, UserId
    from coursekit.services import deliver, enrol
    from coursekit.wire.api import FileShape, MemberShape, ReleaseUpload
    from coursekit.wiring.exchange import OPERATOR, open_exchange
    from coursekit.wiring.settings import storage

    opened = open_exchange(storage())
    names = [ModuleId(f"m{n:02d}") for n in range(MODULES)]
    modules = tuple(
        Module(m, m, after=(names[n - 1],) if n else (), due=BEGIN + timedelta(days=7 * n))
        for n, m in enumerate(names)
    )
    deliver.put_course(opened.exchange, OPERATOR, Course(CourseId(COURSE), "Large", "UTC", modules))
    enrol.put_members(
        opened.exchange, OPERATOR, CourseId(COURSE), [MemberShape(user="teacher", role="instructor")]
    )
    prompts = [{"id": f"p{n}", "kind": "reflection", "title": f"P{n}", "min_words": 5} for n in range(8)]
    for name in names:
        upload = ReleaseUpload(files=[FileShape.of(f"{name}.ipynb", notebook(0))], prompts=prompts)
        deliver.release_module(opened.exchange, OPERATOR, CourseId(COURSE), name, upload)

    digest = "0" * 64

    def rows(of: str) -> Iterator[dict[str, Any]]:
        for n in range(learners):
            who = f"learner{n}"
            if of == "members":
                yield {"course": COURSE, "user": who, "role": "learner", "name": ""}
                continue
            for order, module in enumerate(names):
                at = BEGIN + timedelta(days=7 * order, seconds=n)
                mine = {"course": COURSE, "learner": who, "module": module}
                if of in ("fetches", "completions"):
                    yield {**mine, "release": 1, "at": _stored(at)}
                elif of == "submissions":
                    for each in range(EACH):
                        # A page reads the definition; it is as long as a real one where it is read.
                        number = f"{n:x}-{order:x}-{each}"
                        definition = _definition(number, module, who, at) if order == 0 else "{}"
                        late = {"definition": definition, "receipt": 1, "size": 30_000}
                        yield {**mine, **late, "id": number, "at": _stored(at + timedelta(minutes=each))}

    def _stored(at: datetime) -> str:
        # As SQLAlchemy writes a moment into SQLite.
        return at.strftime("%Y-%m-%d %H:%M:%S.%f")

    def _definition(number: str, module: str, who: str, at: datetime) -> str:
        files = [{"path": f"{module}.ipynb", "digest": digest, "size": 30_000}]
        return json.dumps(
            {"id": number, "course": COURSE, "module": module, "learner": who, "release": 1, "files": files}
            | {"digest": digest, "at": at.isoformat(), "missing": [], "by": None}
        )

    opened.ledger.close()
    # Straight into the file: through the exchange's own engine a hundred thousand learners take half an hour.
    with sqlite3.connect(data / "ledger.sqlite", isolation_level=None) as db:
        for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-2000000"):
            db.execute(f"PRAGMA {pragma}")
        db.execute("BEGIN")
        for table in ("members", "fetches", "completions", "submissions"):
            first = next(rows(table))
            columns = ", ".join(first)
            marks = ", ".join("?" for _ in first)
            db.executemany(
                f"INSERT INTO {table} ({columns}) VALUES ({marks})",
                (tuple(row.values()) for row in rows(table)),
            )
        db.execute("COMMIT")
        db.execute("PRAGMA journal_mode=WAL")
    db.close()
    drawn = [f"learner{n}" for n in random.Random(7).sample(range(learners), min(learners, 200))]
    tokens = [opened.issue_token(UserId(name), timedelta(days=1)) for name in drawn]
    teacher = opened.issue_token(UserId("teacher"), timedelta(days=1))
    return tokens, teacher


def ask(port: int, path: str, tokens: list[str], count: int) -> load.Outcome:
    requests = [
        load.request("GET", path, {"Authorization": f"Bearer {tokens[n % len(tokens)]}"})
        for n in range(count)
    ]
    outcome = load.run([port], requests, connections=1)
    assert outcome.failures == 0, f"{path}: {outcome.failures} failed"
    return outcome


def nbgrader_list(folder: Path) -> float:
    """Seconds for nbgrader's own list of its inbound folder."""
    from nbgrader.auth import Authenticator
    from nbgrader.coursedir import CourseDirectory
    from nbgrader.exchange.default import ExchangeList
    from traitlets.config import Config

    inbound = folder / "exchange" / "c101" / "inbound"
    inbound.mkdir(parents=True)
    for n in range(NBGRADER_SUBMISSIONS):
        one = inbound / f"user{n % 1000:04d}+m{n // 1000}+2026-11-20 10:00:00.{n:06d} UTC+{n:x}"
        one.mkdir()
        (one / "m.ipynb").write_text("{}")
    config = Config()
    config.Exchange.root = str(folder / "exchange")
    config.CourseDirectory.course_id = "c101"
    config.CourseDirectory.root = str(folder)
    config.Application.log_level = 50
    listing = ExchangeList(
        coursedir=CourseDirectory(config=config), authenticator=Authenticator(config=config), config=config
    )
    listing.inbound = True
    listing.log.setLevel(50)
    begun = time.perf_counter()
    found = listing.start()
    seconds = time.perf_counter() - begun
    assert len(found) == NBGRADER_SUBMISSIONS, len(found)
    return seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--learners", default="1000,10000,100000")
    parser.add_argument("--requests", type=int, default=500)
    options = parser.parse_args()
    sizes = [int(size) for size in options.learners.split(",")]
    paths: dict[int, load.Outcome] = {}
    pages: dict[int, load.Outcome] = {}
    for size in sizes:
        with tempfile.TemporaryDirectory(prefix="coursekit-list-") as name:
            tokens, teacher = fill(Path(name), size)
            with serve({"COURSEKIT_DATA": name, "COURSEKIT_RATES": "off"}) as service:
                port = port_of(service)
                path = f"/api/v1/courses/{COURSE}/path"
                ask(port, path, tokens, 50)
                paths[size] = ask(port, path, tokens, options.requests)
                page = f"/api/v1/courses/{COURSE}/modules/m00/submissions?limit=500"
                ask(port, page, [teacher], 3)
                pages[size] = ask(port, page, [teacher], 20)
    with tempfile.TemporaryDirectory(prefix="coursekit-list-") as name:
        theirs = nbgrader_list(Path(name))
    middle = 10_000 if 10_000 in sizes else sizes[-1]
    ours = statistics.median(paths[middle].times)
    if options.json:
        result = {"name": "exchange_list", "ours": ours, "peer": theirs, "ratio": theirs / ours}
        print(json.dumps({**result, "unit": "s", "runs": options.requests}))
        return
    print(f"{'learners':>9}{'submissions':>13}{'path p50':>11}{'path p99':>11}{'first page of 500, p50':>24}")
    for size in sizes:
        p50, p99 = paths[size].percentile(0.5) * 1000, paths[size].percentile(0.99) * 1000
        page = statistics.median(pages[size].times) * 1000
        print(f"{size:>9}{size * MODULES * EACH:>13}{p50:>8.1f} ms{p99:>8.1f} ms{page:>21.1f} ms")
    print(
        f"nbgrader's list of {NBGRADER_SUBMISSIONS} submissions: {theirs:.2f} s; a path at {middle} learners is"
    )
    print(
        f"{theirs / ours:.0f} × as fast (medians of {options.requests} requests, one run of nbgrader's list)."
    )


if __name__ == "__main__":
    main()
