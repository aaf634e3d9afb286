"""From a hand-in to its pointers: one service process on SQLite, and the process of the checks that it starts.

python benchmarks/pointers.py [--json] [--peers 300] [--submissions 40] [--together 30]

Answers of about 150 words to one prompt of this repository's first module with written answers, beside 300 others'.
First one learner after another, each asked for as a panel asks; then many at the same moment, until the last one
has theirs. The load, the service and the checks share the machine's cores.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import tempfile
import threading
import time
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from exchange import cpu_seconds, notebook, port_of, serve

ROOT = Path(__file__).resolve().parent.parent
LIMIT = 1.0
"""Seconds; what is promised."""


def module_with_answers() -> tuple[Any, Any, list[Any], bytes]:
    """Course, module, prompts and checks.json of the first module here that has written answers with a rubric."""
    from coursekit.model.ids import ModuleId
    from coursekit.model.prompt import PromptKind
    from coursekit.store.coursefiles import CourseFolder
    from coursekit.wire.checks import checks_file

    folder = CourseFolder(ROOT)
    course = folder.course()
    for module in course.modules:
        if module.id not in folder.notebooks():
            continue
        material = folder.material(course, ModuleId(module.id))
        prompts = [p for _, p in material.notebook.prompts() if p.kind is PromptKind.REFLECTION and p.rubric]
        if prompts:
            told = [
                folder.story(module),
                *(c.source for c in material.notebook.cells if c.cell_type == "markdown"),
            ]
            return course, module, prompts, checks_file(course, module, prompts, material.rubrics, told)
    raise SystemExit("no module here has written answers")


WHO = ("I", "We", "Teachers", "Parents", "Pupils", "Colleagues", "My deputy", "The board", "Some families")
DOES = ("think", "know", "wonder", "fear", "hope", "expect", "doubt", "believe", "found", "noticed")
WHAT = (
    "that the cloud of districts is wide",
    "that richer parents pay for tutoring",
    "what the 11 points really mean",
    "that nobody compared the same school twice",
    "how large our own classes were last year",
    "what happens to the scores when five pupils leave",
    "that a lottery would be a fairer comparison",
)
WHY = (
    "because I saw it in my own school",
    "although the chart says nothing about it",
    "and next week I will ask them",
    "which changed how I read the table",
    "but the numbers alone do not show it",
    "so I would keep the chart back",
)


def answers(count: int) -> list[str]:
    """About 150 words each, of sentences that people might write; no two alike."""
    chance = random.Random(5)
    found = []
    for number in range(count):
        sentences = [" ".join(map(chance.choice, (WHO, DOES, WHAT, WHY))) + "." for _ in range(10)]
        found.append(f"In school number {number} it was like this. " + " ".join(sentences))
    return found


def prepare(data: Path, learners: int, peers: int) -> tuple[str, str, str, list[str]]:
    """The course, released and with others' answers in it; ids and the learners' tokens."""
    os.environ["COURSEKIT_DATA"] = str(data)
    from coursekit.model.ids import UserId
    from coursekit.services import commit, deliver, enrol
    from coursekit.wire.api import CommitRequest, FileShape, MemberShape, ReleaseUpload
    from coursekit.wire.prompts import prompt_to_json
    from coursekit.wiring.exchange import OPERATOR, open_exchange
    from coursekit.wiring.settings import storage

    course, module, prompts, checks = module_with_answers()
    opened = open_exchange(storage())
    alone = type(course)(course.id, course.title, course.time_zone, (type(module)(module.id, module.title),))
    deliver.put_course(opened.exchange, OPERATOR, alone)
    people = [f"peer{n}" for n in range(peers)] + [f"learner{n}" for n in range(learners)]
    enrol.put_members(opened.exchange, OPERATOR, course.id, [MemberShape(user=who) for who in people])
    upload = ReleaseUpload(
        files=[FileShape.of(f"{module.id}.ipynb", notebook(0))],
        prompts=[prompt_to_json(p) for p in prompts],
        checks=checks,
    )
    deliver.release_module(opened.exchange, OPERATOR, course.id, module.id, upload)
    texts = answers(peers)
    for who, text in zip(people, texts, strict=False):
        request = CommitRequest(response={"text": text})
        commit.commit(opened.exchange, course.id, module.id, UserId(who), prompts[0].id, request)
    tokens = [opened.issue_token(UserId(f"learner{n}"), timedelta(days=1)) for n in range(learners)]
    opened.ledger.close()
    return course.id, module.id, prompts[0].id, tokens


def measure(data: Path, peers: int, one_by_one: int, at_once: int) -> dict[str, Any]:
    learners = 1 + one_by_one + at_once
    course, module, prompt, tokens = prepare(data, learners, peers)
    texts = answers(peers + learners)[peers:]
    with serve({"COURSEKIT_DATA": str(data)}) as service:
        port = port_of(service)

        def hand_in(number: int, pause: float = 0.02) -> tuple[float, float]:
            """Seconds until the receipt, and from it to the pointers."""
            from coursekit.client import ExchangeClient
            from coursekit.wire.api import FileShape, SubmitRequest

            with ExchangeClient(f"http://127.0.0.1:{port}", tokens[number]) as client:
                files = [FileShape.of(f"{module}.ipynb", notebook(number + 1))]
                request = SubmitRequest(files=files, responses={prompt: {"text": texts[number]}})
                began = time.perf_counter()
                client.submit(course, module, request)
                kept = time.perf_counter()
                while client.pointers(course, module).state != "checked":
                    time.sleep(pause)
                return kept - began, time.perf_counter() - kept

        # The first one waits for models to be loaded, unless the service has been up for some seconds.
        first = hand_in(0)[1]
        single = [hand_in(n) for n in range(1, 1 + one_by_one)]
        worker = children(service.pid)
        before = sum(cpu_seconds(pid) for pid in worker)
        storm: list[float] = []
        threads = [
            threading.Thread(target=lambda n=n: storm.append(hand_in(n, 0.2)[1]))
            for n in range(1 + one_by_one, learners)
        ]
        began = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        whole = time.perf_counter() - began
        return {
            "first": first,
            "receipt": statistics.median(s[0] for s in single),
            "median": statistics.median(s[1] for s in single),
            "worst": max(s[1] for s in single),
            "storm": whole,
            "each": (sum(cpu_seconds(pid) for pid in worker) - before) / max(1, at_once),
            "service_mib": resident(service.pid),
            "checks_mib": sum(resident(pid) for pid in worker),
        }


def children(pid: int) -> list[int]:
    """The processes that it started; none where /proc is not to be had."""
    try:
        return [
            int(p) for t in Path(f"/proc/{pid}/task").iterdir() for p in (t / "children").read_text().split()
        ]
    except OSError:
        return []


def resident(pid: int) -> float:
    """MiB of memory; 0 where /proc is not to be had."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20
    except OSError:
        return 0.0


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--peers", type=int, default=300)
    parser.add_argument("--submissions", type=int, default=40)
    parser.add_argument("--together", type=int, default=30)
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        found = measure(Path(folder) / "exchange", chosen.peers, chosen.submissions, chosen.together)
    if chosen.json:
        ratio = LIMIT / found["median"]
        runs = {"unit": "s", "runs": chosen.submissions}
        print(
            json.dumps({"name": "pointers", "ours": found["median"], "peer": LIMIT, "ratio": ratio, **runs})
        )
        return
    print(f"From a receipt to its pointers, {chosen.peers} others' answers, {chosen.submissions} hand-ins:")
    print(f"  median {found['median']:.2f} s, longest {found['worst']:.2f} s (promised: {LIMIT:g} s)")
    print(f"  the first after the service has started: {found['first']:.2f} s")
    print(f"  the receipt itself: {1000 * found['receipt']:.0f} ms")
    print(f"  {chosen.together} at the same moment: the last has its pointers after {found['storm']:.2f} s")
    print(f"  processor time of the checks for each: {1000 * found['each']:.0f} ms")
    print(f"  memory: service {found['service_mib']:.0f} MiB, checks {found['checks_mib']:.0f} MiB")


if __name__ == "__main__":
    main()
