"""A class of learners in one process: `python learners.py CLASS.json`. Each lives by their own folder alone, so the
whole process may be killed at any moment and started again.

What somebody was told goes into the class's notes, one JSON object a line: the receipts
that learners hold are those on record there.
"""

from __future__ import annotations

import json
import os
import random
import ssl
import sys
import threading
import time
import uuid
from pathlib import Path
from typing import Any

import httpx

from coursekit.client import ExchangeClient, Patience
from coursekit.model.errors import CoursekitError, NotNow, Unreachable
from coursekit.model.ids import CourseId, ModuleId, PromptId
from coursekit.model.submission import sha256
from coursekit.services import answer, take
from coursekit.store.hidden import keep_release
from coursekit.store.workbook import FolderWorkbook

COURSE = "lamps"
# Made once: it takes longer than all that a learner does.
CONTEXT = ssl.create_default_context()


class Hasty:
    """Presses Submit twice: the same request, under the same key, over two lines at the same time."""

    def __init__(self, one: ExchangeClient, other: ExchangeClient) -> None:
        self._one, self._other = one, other

    def __getattr__(self, name: str) -> Any:
        return getattr(self._one, name)

    def submit(self, course: str, module: str, request: Any, key: str | None) -> Any:
        assert key is not None
        answers: list[Any] = []
        errors: list[CoursekitError] = []

        def send(client: ExchangeClient) -> None:
            try:
                answers.append(client.submit(course, module, request, key))
            except (Unreachable, NotNow) as error:
                errors.append(error)

        threads = [threading.Thread(target=send, args=(c,)) for c in (self._one, self._other)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if not answers:
            raise errors[0] if errors else AssertionError("neither was answered, and neither failed")
        assert all(a == answers[0] for a in answers), "two answers to one request"
        return answers[0]


class Learner:
    def __init__(self, whole: dict[str, Any], name: str, token: str, notes: int) -> None:
        self.name = name
        self.home = Path(whole["home"]) / name
        self.home.mkdir(parents=True, exist_ok=True)
        self.luck = random.Random(f"{whole['seed']} {name}")
        self.notes = notes
        patience = Patience(4, time.sleep, self.luck.random, lambda: uuid.uuid4().hex)

        def connect() -> ExchangeClient:
            transport = httpx.HTTPTransport(verify=CONTEXT, trust_env=False)
            return ExchangeClient(whole["url"], token, 30, transport, patience)

        self.exchange: Any = connect()
        if self.luck.random() < 0.2:
            self.exchange = Hasty(self.exchange, connect())

    def live(self, rounds: int) -> None:
        """Do what is not done yet; whatever goes wrong on the way, do it again."""
        steps = [lambda: self.fetch("first"), lambda: self.commit("first", "e1")]
        for n in range(rounds):
            steps.append(lambda n=n: self.hand_in("first", f"version {n}"))
        steps += [lambda: self.fetch("second"), lambda: self.hand_in("second", "version 0")]
        done = self.home / "done"
        while (at := int(done.read_text()) if done.exists() else 0) < len(steps):
            try:
                steps[at]()
            except (Unreachable, NotNow):
                self.note({"failed": at})
                time.sleep(0.2 * self.luck.random())
                continue
            # Killed here, it does this step once more.
            self._replace(done, str(at + 1))

    def fetch(self, module: str) -> None:
        folder = self.home / module

        def keep(release: Any, files: Any) -> None:
            folder.mkdir(exist_ok=True)
            for path, content in files:
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                (folder / path).write_bytes(content)
            kept = {path: sha256(content) for path, content in files}
            keep_release(folder, CourseId(COURSE), ModuleId(module), release, self.exchange.url, kept)

        take.fetch(self.exchange, COURSE, module, keep)

    def commit(self, module: str, prompt: str) -> None:
        book = FolderWorkbook.open(self.home / module)
        book.save_response(PromptId(prompt), {"value": len(self.name)})
        done = answer.commit(book, self.exchange, PromptId(prompt))
        self.note({"receipt": done.receipt.model_dump(mode="json")})

    def hand_in(self, module: str, version: str) -> None:
        self.write(module, version)
        book = FolderWorkbook.open(self.home / module)
        if module == "first":
            # Answered and never committed: sealed with the hand-in.
            book.save_response(PromptId("e2"), {"value": 7})
        sent = {path: sha256(content) for path, content in book.files_to_submit()}
        done = take.hand_in(self.exchange, book).answer
        receipts = [done.receipt, *done.commitments]
        for receipt in receipts[1:]:
            self.note({"receipt": receipt.model_dump(mode="json")})
        self.note(
            {
                "receipt": receipts[0].model_dump(mode="json"),
                "intent": f"{module} {version}",
                "submission": done.submission,
                "files": sent,
            }
        )

    def write(self, module: str, version: str) -> None:
        """What the learner types: enough that an upload takes more than one packet."""
        path = self.home / module / f"{module}.ipynb"
        notebook = json.loads(path.read_bytes())
        for cell in notebook["cells"]:
            cell["source"] = f"{self.name} {module} {version}\n" + "All the rooms had a lamp. " * 400
        self._replace(path, json.dumps(notebook))
        # Binary, of the learner's own, different in each version.
        luck = random.Random(f"{self.name} {module} {version}")
        data = self.home / module / "data"
        data.mkdir(exist_ok=True)
        self._replace(data / "measured.bin", luck.randbytes(luck.choice([0, 1, 5000, 20000])))

    def note(self, told: dict[str, Any]) -> None:
        # One write, so that two threads' lines never mix, and a kill leaves whole lines.
        os.write(self.notes, (json.dumps({"who": self.name, **told}) + "\n").encode())

    def _replace(self, path: Path, content: str | bytes) -> None:
        beside = path.with_name(f".{path.name}.new")
        beside.write_bytes(content.encode() if isinstance(content, str) else content)
        beside.replace(path)


def main() -> None:
    whole = json.loads(Path(sys.argv[1]).read_text())
    notes = os.open(whole["notes"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    failures: list[str] = []

    def live(name: str, token: str) -> None:
        learner = Learner(whole, name, token, notes)
        try:
            learner.live(whole["rounds"])
        except (CoursekitError, Exception) as error:
            failures.append(f"{name}: {type(error).__name__} {getattr(error, 'code', '')} {error}")

    threads = [threading.Thread(target=live, args=person) for person in whole["people"].items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        sys.exit("\n".join(failures[:20]))


if __name__ == "__main__":
    main()
